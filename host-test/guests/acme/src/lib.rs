//! The facts of `host-test/linked/acme/vendor.toml`, written once more by hand.

use kit::wire::{Names, Spelling};
use kit::{Api, Auth, Body, Check, Imported, ImportedRow, Param, Place, Setting, Style};

static API: Api = Api {
    name: "acme",
    title: "Acme",
    base: "https://{ACME_SITE}.acme.example/v1",
    auth: Auth::All(&[
        Auth::Query { name: "api_key", key: "ACME_KEY" },
        Auth::Cookie { name: "session", key: "ACME_SESSION" },
    ]),
    settings: &[
        Setting { name: "ACME_SITE", description: "The subdomain.", required: true, ..Setting::DEFAULT },
        Setting { name: "ACME_KEY", description: "The key.", required: true, secret: true, ..Setting::DEFAULT },
        Setting { name: "ACME_SESSION", description: "The session.", required: true, secret: true, ..Setting::DEFAULT },
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
        ..Names::DEFAULT
    },
    code: &["/code"],
    message: &["/message", "/error/message"],
    check: Some(Check { operation: "read-rules", input: "{}", who: &[] }),
    imported: Some(Imported::new(&[("acme-version", "ACME_VERSION")], &[("api-version", "ACME_API_VERSION")], true)),
    ..Api::DEFAULT
};

const PLAIN: ImportedRow = ImportedRow { base: None, body: None, text: false, params: &[] };

const fn param(field: &'static str, name: Option<&'static str>, place: Option<Place>, style: Style) -> Param {
    Param { field, name, place, style, numeric: None }
}

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
        list_things    = GET    "/owners/{owner-id}/things" { result: Some("/data"), imported: Some(&ImportedRow { params: LIST, ..PLAIN }) };
        create_thing   = POST   "/owners/{owner-id}/things" { repeatable: true, imported: Some(&ImportedRow { params: CREATE, ..PLAIN }) };
        replace_labels = PUT    "/things/{thing-id}/labels" { imported: Some(&ImportedRow { params: LABELS, ..PLAIN }) };
        delete_thing   = DELETE "/things/{thing-id}" { imported: Some(&ImportedRow { params: END, ..PLAIN }) };
    }
    owners {
        send_message   = POST   "/owners/by-address/{address}.json" { silent: true, auth: Some(Auth::Bearer { token: "ACME_KEY" }), imported: Some(&FORM) };
        read_rules     = GET    "/rules" { imported: Some(&ImportedRow { text: true, ..PLAIN }) };
    }
}
