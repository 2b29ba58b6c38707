//! Calls through the library: one after the other, on one thread.

use crate::sample::{Effort, Turns};
use crate::table::{Row, Target, Unit};
use crate::vendor::{INPUT, OPERATION, Vendor, native, reply, runtime, settings};
use anyhow::{Context, Result, anyhow, ensure};
use http::{Request, Response};
use outwit::embed::{Body, InstanceState, RequestOptions, Sending, Testing, Transport, body};
use outwit::{Host, Options, Plugin, Plugins};
use outwit_host_test::net;
use serde_json::Value;
use std::hint::black_box;
use std::sync::Arc;
use wasmtime::Store;
use wasmtime::component::Instance;
use wit::Accelo;
use wit::exports::outwit::accelo::activities::ActivityQuery;

/// In a module of its own, since the bindings have a module that is called like the crate.
mod wit {
    wasmtime::component::bindgen!({
        path: ["../wit/plugin", "../wit/accelo"],
        world: "outwit:accelo/accelo",
        exports: { default: async },
    });
}

pub const NATIVE: &str = "native reqwest, HTTP";
const NATIVE_TLS: &str = "native reqwest, TLS";
const INSTANTIATE: &str = "an instance, made and dropped";
const INSIDE: &str = "call, in-process reply, fresh instance";
const INSIDE_WARM: &str = "call, in-process reply, warm instance";
const TYPED: &str = "typed call, in-process reply, fresh instance";
const TYPED_WARM: &str = "typed call, in-process reply, warm instance";
const HTTP: &str = "call, HTTP, fresh instance";
const HTTP_WARM: &str = "call, HTTP, warm instance";
const TLS: &str = "call, TLS, fresh instance";
const TLS_WARM: &str = "call, TLS, warm instance";

/// Each row, what it is compared with, and what it should reach.
const ROWS: [(&str, &str, Option<Target>); 11] = [
    (NATIVE, NATIVE, None),
    (HTTP, NATIVE, Some(Target::Ratio(1.6))),
    (HTTP_WARM, NATIVE, Some(Target::Ratio(1.3))),
    (NATIVE_TLS, NATIVE_TLS, None),
    (TLS, NATIVE_TLS, Some(Target::Ratio(1.6))),
    (TLS_WARM, NATIVE_TLS, Some(Target::Ratio(1.3))),
    (INSTANTIATE, NATIVE, Some(Target::Most(15.0))),
    (INSIDE, NATIVE, Some(Target::Most(60.0))),
    (INSIDE_WARM, NATIVE, None),
    (TYPED, NATIVE, None),
    (TYPED_WARM, NATIVE, None),
];

/// Answers without a socket: at once, or after all others had their turn.
pub struct Inside {
    reply: bytes::Bytes,
    yields: bool,
}

impl Inside {
    pub fn transport(yields: bool) -> Arc<dyn Transport> {
        Arc::new(Inside { reply: reply(20).into(), yields })
    }

    /// Answers with a text, at once.
    pub fn replying(text: String) -> Arc<dyn Transport> {
        Arc::new(Inside { reply: text.into(), yields: false })
    }
}

impl Transport for Inside {
    fn send(&self, _: Request<Body>, _: RequestOptions) -> Sending {
        let response = Response::builder().header("content-type", "application/json").body(body(self.reply.clone()));
        let yields = self.yields;
        Box::pin(async move {
            if yields {
                tokio::task::yield_now().await;
            }
            Ok(response.expect("a constant"))
        })
    }
}

/// A plugin of a host of its own that talks to this address.
pub async fn plugin(options: Options, url: &str) -> Result<Plugin> {
    let component = Plugins::embedded().component("accelo")?.context("accelo is not embedded")?;
    Ok(Host::new(options)?.load(&component, settings(url)).await?)
}

/// A call in a fresh instance.
pub async fn call(plugin: &Plugin) -> Result<()> {
    black_box(plugin.call(OPERATION, INPUT).await?);
    Ok(())
}

async fn instantiate(plugin: &Plugin) -> Result<()> {
    black_box(outwit::embed::instantiate(plugin).await?);
    Ok(())
}

/// An instance that stays.
struct Warm {
    store: Store<InstanceState>,
    accelo: Accelo,
}

impl Warm {
    async fn of(plugin: &Plugin) -> Result<Warm> {
        let (mut store, instance) = outwit::embed::instantiate(plugin).await?;
        let accelo = Accelo::new(&mut store, &instance)?;
        Ok(Warm { store, accelo })
    }

    async fn call(&mut self) -> Result<()> {
        let (operation, input) = (OPERATION.to_owned(), INPUT.to_owned());
        let called = self.accelo.outwit_plugin_operations().call_call(&mut self.store, &operation, &input).await?;
        black_box(called.map_err(|error| anyhow!(error.message))?);
        Ok(())
    }

    async fn typed(&mut self, query: &ActivityQuery) -> Result<()> {
        let listed = typed(&mut self.store, &self.accelo, query).await?;
        ensure!(listed == 20, "not 20 activities");
        Ok(())
    }
}

async fn typed(store: &mut Store<InstanceState>, accelo: &Accelo, query: &ActivityQuery) -> Result<usize> {
    let listed = accelo.outwit_accelo_activities().call_list_activities(store, query).await?;
    Ok(black_box(listed.map_err(|error| anyhow!(error.message))?).len())
}

/// The typed call in an instance; how many activities it gave.
pub async fn accelo(store: &mut Store<InstanceState>, instance: &Instance) -> Result<usize> {
    let accelo = Accelo::new(&mut *store, instance)?;
    typed(store, &accelo, &query()).await
}

/// [`INPUT`], typed.
fn query() -> ActivityQuery {
    let fields = ["medium", "billable", "nonbillable", "staff()"].map(str::to_owned).into();
    ActivityQuery { page: None, limit: Some(20), fields, where_: vec![], any: vec![], order: None }
}

pub fn rows(vendor: &Vendor, effort: Effort) -> Result<Vec<Row>> {
    let turns = runtime()?.block_on(measure(vendor, effort))?;
    let row = |(name, beside, target): (&str, &str, Option<Target>)| {
        let row = Row::of(name, Unit::Microseconds, &turns.of(name)).beside(&turns.of(beside)).in_chart();
        target.into_iter().fold(row, Row::target)
    };
    Ok(ROWS.into_iter().map(row).collect())
}

async fn measure(vendor: &Vendor, effort: Effort) -> Result<Turns> {
    let inside = Options {
        testing: Testing { transport: Some(Inside::transport(false)), ..Testing::default() },
        ..net::options()
    };
    let inside = plugin(inside, "http://127.0.0.1:9").await?;
    let http = plugin(net::options(), &vendor.http).await?;
    let tls = Options { roots: Some(vendor.certificate.clone()), ..net::options() };
    let tls = plugin(tls, &vendor.https).await?;
    let certificate = reqwest::Certificate::from_pem(&std::fs::read(&vendor.certificate)?)?;
    let native_http = net::client();
    let native_tls = net::client_with().tls_certs_only([certificate]).build()?;
    let (mut inside_warm, mut http_warm, mut tls_warm) =
        (Warm::of(&inside).await?, Warm::of(&http).await?, Warm::of(&tls).await?);
    let query = query();
    for plugin in [&inside, &http, &tls] {
        let listed: Value = serde_json::from_str(&plugin.call(OPERATION, INPUT).await?)?;
        ensure!(listed.as_array().map(Vec::len) == Some(20), "not 20 activities: {listed}");
    }
    let mut turns = Turns::new(effort.of(100, 5));
    for turn in 0..effort.of(50, 2) {
        turns.take(NATIVE, async || native(&native_http, &vendor.http).await).await?;
        turns.take(HTTP, async || call(&http).await).await?;
        turns.take(HTTP_WARM, async || http_warm.call().await).await?;
        turns.take(NATIVE_TLS, async || native(&native_tls, &vendor.https).await).await?;
        turns.take(TLS, async || call(&tls).await).await?;
        turns.take(TLS_WARM, async || tls_warm.call().await).await?;
        turns.take(INSTANTIATE, async || instantiate(&inside).await).await?;
        turns.take(INSIDE, async || call(&inside).await).await?;
        turns.take(INSIDE_WARM, async || inside_warm.call().await).await?;
        turns.take(TYPED, async || Warm::of(&inside).await?.typed(&query).await).await?;
        turns.take(TYPED_WARM, async || inside_warm.typed(&query).await).await?;
        if turn == 0 {
            turns.forget();
        }
    }
    Ok(turns)
}
