//! Many requests at once.

use crate::served::{Served, TOKEN, all};
use outwit::Options;
use outwit_host_test::net::{options, run};
use serde_json::json;
use std::sync::Arc;
use tokio::task::JoinSet;

#[test]
fn two_hundred_requests_at_once_are_all_answered() {
    run(async {
        let served = Arc::new(Served::start(&all()).await);
        let calls = ["accelo.list-staff", "aero.list-companies", "airops.list-workflows"];
        let mut set = JoinSet::new();
        for index in 0..200 {
            let served = served.clone();
            set.spawn(async move { served.call(calls[index % calls.len()], &json!({})).await });
        }
        while let Some(done) = set.join_next().await {
            let (status, output) = done.unwrap();
            assert_eq!(status, 200, "{output}");
            assert!(output.as_array().is_some_and(|items| !items.is_empty()), "{output}");
        }
    });
}

#[test]
fn more_requests_than_there_are_places_wait_for_one() {
    run(async {
        let options = Options { concurrency: 2, ..options() };
        let served = Arc::new(Served::with(&["accelo"], options, &[("OUTWIT_GATEWAY_TOKEN", TOKEN)]).await);
        let mut set = JoinSet::new();
        for _ in 0..20 {
            let served = served.clone();
            set.spawn(async move { served.call("accelo.list-staff", &json!({})).await.0 });
        }
        while let Some(status) = set.join_next().await {
            assert_eq!(status.unwrap(), 200);
        }
    });
}
