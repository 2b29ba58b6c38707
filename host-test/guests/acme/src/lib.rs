//! The facts of `host-test/linked/acme/vendor.toml`, written once more by hand.

use kit::wire::{Names, Spelling};
use kit::{
    Api, Auth, Body, Check, Effect, Events, Imported, ImportedRow, OAuth, Param, Part, Place, Setting, Stream, Style,
};

static API: Api = Api {
    name: "acme",
    title: "Acme",
    base: "https://{ACME_SITE}.acme.example/v1",
    auth: Auth::Bearer { token: "ACME_TOKEN" },
    oauth: Some(OAuth {
        authorize: "request-authorization",
        exchange: "exchange-token",
        scope: "things:read things:write",
        who: &[("email", "/user/email")],
    }),
    settings: &[
        Setting { name: "ACME_SITE", description: "The subdomain.", required: true, ..Setting::DEFAULT },
        Setting { name: "ACME_TOKEN", description: "The token.", required: true, secret: true, ..Setting::DEFAULT },
        Setting { name: "ACME_CLIENT_ID", description: "The application's id.", ..Setting::DEFAULT },
        Setting {
            name: "ACME_CLIENT_SECRET",
            description: "The application's secret.",
            secret: true,
            ..Setting::DEFAULT
        },
        Setting { name: "ACME_KEY", description: "The key.", secret: true, ..Setting::DEFAULT },
        Setting { name: "ACME_SESSION", description: "The session.", secret: true, ..Setting::DEFAULT },
        Setting {
            name: "ACME_VERSION",
            description: "The version of answers.",
            default: Some("2026-01-01"),
            ..Setting::DEFAULT
        },
        Setting { name: "ACME_API_VERSION", description: "The version of requests.", ..Setting::DEFAULT },
    ],
    names: Names {
        members: Spelling::Camel,
        words: Spelling::Pascal,
        renamed: &[("display-name", "displayNAME")],
        words_renamed: &[("on-the-way", "OTW")],
        numeric_ids: &["owner-id", "id"],
        sensitive: &["authorization-code", "refresh-token"],
        open: true,
        ..Names::DEFAULT
    },
    code: &["/code"],
    message: &["/message", "/error/message"],
    check: Some(Check { operation: "read-rules", input: "{}", who: &[] }),
    imported: Some(Imported::new(&[("acme-version", "ACME_VERSION")], &[("api-version", "ACME_API_VERSION")], true)),
    ..Api::DEFAULT
};

const PLAIN: ImportedRow = ImportedRow::DEFAULT;

const fn param(field: &'static str, name: Option<&'static str>, place: Option<Place>, style: Style) -> Param {
    Param { field, name, place, style, numeric: None }
}

const BOTH: Auth = Auth::All(&[
    Auth::Query { name: "api_key", key: "ACME_KEY" },
    Auth::Cookie { name: "session", key: "ACME_SESSION" },
]);
const CLIENT: Auth = Auth::Client { user: "ACME_CLIENT_ID", password: "ACME_CLIENT_SECRET", basic: true };
const CONSENT: ImportedRow = ImportedRow { base: Some("https://acme.example"), ..PLAIN };
const TOKEN: ImportedRow = ImportedRow {
    base: Some("https://id.acme.example"),
    body: Some(Body::Form),
    params: &[
        param("authorization-code", Some("code"), None, Style::Comma),
        param("grant-type", Some("grant_type"), None, Style::Comma),
        param("redirect-uri", Some("redirect_uri"), None, Style::Comma),
        param("refresh-token", Some("refresh_token"), None, Style::Comma),
    ],
    ..PLAIN
};

const EVENTS: Events = Events { switch: Some("stream"), text: &["/text"], end: &[], open_end: false, error: None };
const OF_ADVICE: Events = Events {
    text: &["/choices/0/delta/content", "/delta/text"],
    end: &[("/type", "message_stop")],
    error: Some("/error"),
    ..EVENTS
};
const OF_LOG: Events = Events { switch: None, text: &[], open_end: true, ..EVENTS };
const ADVICE: ImportedRow = ImportedRow { events: Some(&OF_ADVICE), ..PLAIN };
const AGAIN: ImportedRow = ImportedRow { body: Some(Body::Form), events: Some(&EVENTS), ..PLAIN };
const LOG: ImportedRow = ImportedRow { events: Some(&OF_LOG), ..PLAIN };
const TEXT: Stream = Stream {
    part: |_, _| Part::Odd,
    headers: &[],
    text: "reply-text",
    complete: "complete",
    at_once: "",
    documented: &[],
};
const NO_TEXT: Stream = Stream { text: "", ..TEXT };

const LIST: &[Param] = &[
    param("filter", None, None, Style::Json),
    param("labels", Some("label"), None, Style::Brackets),
    param("states", None, None, Style::Repeated),
];
const CREATE: &[Param] = &[
    param("dry-run", Some("dry_run"), Some(Place::Query), Style::Comma),
    param("idempotency-key", Some("idempotency-key"), Some(Place::Header), Style::Comma),
];
const LABELS: &[Param] = &[param("labels", None, Some(Place::WholeBody), Style::Comma)];
const END: &[Param] = &[param("reason", None, Some(Place::Body), Style::Comma)];
const COPIES: &[Param] = &[param("copies", None, None, Style::Indexed)];
const FORM: ImportedRow = ImportedRow { body: Some(Body::Form), params: COPIES, ..PLAIN };

kit::operations! { API;
    things {
        list_things    = GET    "/owners/{owner-id}/things" { result: Some("/data"), auth: Some(BOTH), imported: Some(&ImportedRow { params: LIST, ..PLAIN }) };
        create_thing   = POST   "/owners/{owner-id}/things" { repeatable: true, imported: Some(&ImportedRow { params: CREATE, ..PLAIN }) };
        replace_labels = PUT    "/things/{thing-id}/labels" { imported: Some(&ImportedRow { params: LABELS, ..PLAIN }) };
        delete_thing   = DELETE "/things/{thing-id}" { imported: Some(&ImportedRow { params: END, ..PLAIN }) };
    }
    owners {
        send_message   = POST   "/owners/by-address/{address}.json" { silent: true, auth: Some(Auth::Bearer { token: "ACME_KEY" }), imported: Some(&FORM) };
        read_rules     = GET    "/rules" { imported: Some(&ImportedRow { text: true, ..PLAIN }) };
    }
    advice {
        ask_advice     = POST   "/owners/{owner-id}/advice" { result: Some(""), stream: Some(&TEXT), deadline_ms: Some(600_000), imported: Some(&ADVICE) };
        ask_again      = POST   "/owners/{owner-id}/advice" { result: Some(""), stream: Some(&TEXT), imported: Some(&AGAIN) };
        follow_log     = GET    "/log" { result: Some(""), stream: Some(&NO_TEXT), imported: Some(&LOG) };
    }
    oauth {
        request_authorization => kit::request_authorization { route: "/allow", defaults: &[("prompt", "yes")], effect: Effect::Read, imported: Some(&CONSENT) };
        exchange_token = POST   "/oauth/token" { result: Some(""), auth: Some(CLIENT), secret: true, imported: Some(&TOKEN) };
    }
}
