//! Tidewater as a sandboxed component: what is particular to the vendor, as facts.
//!
//! The contract is `wit/tidewater`; everything that moves is in `kit`. The vendor is made up.

use kit::{Api, Auth, Check, Setting};

static API: Api = Api {
    name: "tidewater",
    title: "Tidewater",
    base: "https://api.tidewater.example",
    auth: Auth::Header { name: "x-api-key", key: "TIDEWATER_API_KEY" },
    settings: &[Setting {
        name: "TIDEWATER_API_KEY",
        description: "The account's key.",
        required: true,
        secret: true,
        ..Setting::DEFAULT
    }],
    code: &["/code"],
    message: &["/message"],
    check: Some(Check { operation: "list-readings", input: r#"{"gauge":"north-pier"}"#, who: &[] }),
    ..Api::DEFAULT
};

kit::operations! { API;
    readings {
        list_readings  = GET  "/v1/gauges/{gauge}/readings" { member: Some("readings") };
        create_reading = POST "/v1/readings";
    }
}
