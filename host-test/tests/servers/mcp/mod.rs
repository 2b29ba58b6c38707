//! `outwit mcp`, as a client sees it: tools and what they cost, calls, errors, long results, progress, cancellation,
//! consent, and who is let in over HTTP. The official clients are tested in `host-test/mcp`.

mod audit;
mod calls;
pub mod client;
mod conversation;
mod cost;
mod http;
mod lasting;
mod numbers;
mod options;
mod rest;
mod secrets;
mod tools;

use client::Client;
use outwit_host_test::net;
use outwit_mocks::Server;
use std::time::Duration;

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

/// Mocks beside the program, so that tests can see what arrives there.
struct Mocks {
    runtime: tokio::runtime::Runtime,
    servers: Vec<Server>,
}

impl Mocks {
    fn start(vendors: &[&str]) -> Mocks {
        let runtime = runtime();
        let start = |vendor: &&str| runtime.block_on(outwit_mocks::start(vendor, ([127, 0, 0, 1], 0).into())).unwrap();
        let servers = vendors.iter().map(start).collect();
        Mocks { runtime, servers }
    }

    fn settings(&self) -> Vec<(String, String)> {
        self.servers.iter().flat_map(|server| server.account().cloned()).collect()
    }

    /// A program that talks to them.
    fn client(&self, options: &[&str]) -> Client {
        Client::start(options, &self.settings())
    }

    /// Sets switches of the first one.
    fn switch(&self, switches: &str) {
        let url = format!("{}/mock?{switches}", self.servers[0].url());
        let answer = self.runtime.block_on(net::client().post(url).send()).unwrap();
        assert!(answer.status().is_success(), "{switches}");
    }

    /// Method and path of what arrived at the first one.
    fn requests(&self) -> Vec<String> {
        self.servers[0].seen().iter().map(|seen| format!("{} {}", seen.method, seen.path)).collect()
    }

    /// Waits until something arrived at the first one.
    fn wait_for(&self, what: &str) {
        self.wait(what, Duration::from_secs(60));
    }

    /// Waits until a call under way was cancelled at the first one. A server that does not cancel gives the call up after ten
    /// seconds.
    fn wait_for_cancel(&self) {
        self.wait("/cancel", Duration::from_secs(9));
    }

    fn wait(&self, what: &str, most: Duration) {
        let begun = std::time::Instant::now();
        while !self.requests().iter().any(|request| request.contains(what)) {
            assert!(begun.elapsed() < most, "no {what} among {:?}", self.requests());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}
