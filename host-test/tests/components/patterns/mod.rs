//! What people do with each vendor, end to end over loopback HTTP: the jobs of the vendors' catalogue pages.

mod accelo;
mod accelo_refused;
mod accelowork;
mod aero;
mod aero_inputs;
mod airops;
mod airops_cancel;
mod airops_stream;
mod described;
mod imported;

use outwit::embed::Testing;
use outwit::{CallHandle, Error, Host, Options, Plugin, Plugins, Settings};
use outwit_host_test::{Scaled, net};
use outwit_mocks::Server;
use serde_json::Value;
use std::sync::Arc;

/// A vendor's component in the real host, and its mock.
struct Vendor {
    plugin: Plugin,
    mock: Server,
}

impl Vendor {
    async fn start(name: &str) -> Vendor {
        Vendor::with(name, &[], Options::default()).await
    }

    async fn with(name: &str, settings: &[(&str, &str)], options: Options) -> Vendor {
        let mock = outwit_mocks::start(name, "127.0.0.1:0".parse().unwrap()).await.unwrap();
        let component = Plugins::embedded().component(name).unwrap().unwrap();
        let given = mock.settings().iter().map(|(k, v)| (k.as_str(), v.as_str()));
        let settings: Settings = given.chain(settings.iter().copied()).collect();
        let plugin = Host::new(options).unwrap().load(&component, settings).await.unwrap();
        Vendor { plugin, mock }
    }

    /// Where a second takes a fraction of one, for the component and for the mock.
    async fn in_quick_time(name: &str, settings: &[(&str, &str)], times: u32) -> Vendor {
        let clock = Some(Arc::new(Scaled::by(times)) as Arc<_>);
        let vendor = Vendor::with(
            name,
            settings,
            Options { testing: Testing { clock, ..Testing::default() }, ..Options::default() },
        )
        .await;
        // A mock whose work takes no time has no clock to set.
        let speed = format!("{}/mock?speed={times}", vendor.mock.url());
        assert!(!net::client().post(speed).send().await.unwrap().status().is_server_error());
        vendor.mock.forget();
        vendor
    }

    async fn attempt(&self, operation: &str, input: Value) -> Result<Value, Error> {
        self.watched(operation, input, &CallHandle::new()).await
    }

    async fn watched(&self, operation: &str, input: Value, watch: &CallHandle) -> Result<Value, Error> {
        let id = format!("{}.{operation}", self.plugin.name());
        let output = self.plugin.call_with_handle(&id, &input.to_string(), watch).await?;
        Ok(serde_json::from_str(&output).unwrap())
    }

    async fn call(&self, operation: &str, input: Value) -> Value {
        self.attempt(operation, input).await.unwrap_or_else(|error| panic!("{operation}: {error:?}"))
    }

    /// Sets switches of the mock.
    async fn switch(&self, switches: &str) {
        let url = format!("{}/mock?{switches}", self.mock.url());
        assert!(net::client().post(url).send().await.unwrap().status().is_success(), "{switches}");
        self.mock.forget();
    }

    /// Method and path of the requests so far.
    fn requests(&self) -> Vec<String> {
        self.mock.seen().iter().map(|seen| format!("{} {}", seen.method, seen.path)).collect()
    }
}
