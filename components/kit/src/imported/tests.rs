//! Requests as an API's document says that they are to be.

use super::*;
use crate::api::{Api, Auth, Row, Setting};
use crate::exchange::Answer;
use crate::settings::Settings;
use crate::wire::{Form, Tree, Type};
use serde_json::json;

static TEXT: Type = Type { size: 8, align: 4, form: Form::Any, kind: Kind::Text };
static NUMBER: Type = Type { size: 8, align: 8, form: Form::Any, kind: Kind::Signed };
static JSON: Type = Type { size: 8, align: 4, form: Form::Any, kind: Kind::Json };
static TEXTS: Type = Type { size: 8, align: 4, form: Form::Any, kind: Kind::List(&TEXT) };
static INPUT: Type = Type {
    size: 0,
    align: 8,
    form: Form::Any,
    kind: Kind::Record(&[
        Field { name: "account-id", ty: &TEXT, offset: 0, flat: 0 },
        Field { name: "page-size", ty: &NUMBER, offset: 0, flat: 0 },
        Field { name: "tags", ty: &TEXTS, offset: 0, flat: 0 },
        Field { name: "filter", ty: &JSON, offset: 0, flat: 0 },
        Field { name: "key", ty: &TEXT, offset: 0, flat: 0 },
        Field { name: "extra", ty: &JSON, offset: 0, flat: 0 },
    ]),
};
static ERROR: Type = Type { size: 0, align: 1, form: Form::Any, kind: Kind::Record(&[]) };

static API: Api = Api {
    name: "acme",
    base: "https://api.example.com/v1",
    auth: Auth::All(&[
        Auth::Query { name: "api key", key: "ACME_KEY" },
        Auth::Cookie { name: "session", key: "ACME_SESSION" },
        Auth::Header { name: "authorization", key: "ACME_TOKEN" },
    ]),
    settings: &[Setting { name: "ACME_KEY", secret: true, ..Setting::DEFAULT }],
    names: Names { members: wire::Spelling::Camel, numeric_ids: &["account-id"], ..Names::DEFAULT },
    imported: Some(Imported::new(&[("acme-version", "ACME_VERSION")], &[("api-version", "ACME_API_VERSION")], true)),
    ..Api::DEFAULT
};

/// Method, path with query, headers beside the usual ones, and body.
type Sent = (&'static str, String, Vec<(String, String)>, Option<String>);

fn sent(row: Row, input: Value, settings: &[(&str, &str)]) -> Result<Sent, Error> {
    let method = row.method;
    let built = built(row, input, settings)?;
    let usual = ["accept", "accept-encoding", "user-agent", "content-length"];
    let headers = built.headers.iter().filter(|(name, _)| !usual.contains(&&**name));
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    Ok((
        method,
        built.base.url("").replace(&built.base.path, "") + &built.path_and_query,
        headers.map(|(name, value)| (name.clone(), text(value))).collect(),
        built.body.as_deref().map(text),
    ))
}

fn built(row: Row, input: Value, settings: &[(&str, &str)]) -> Result<Built, Error> {
    let row: &'static Row = Box::leak(Box::new(row));
    let operation = Operation {
        name: "do-it",
        interface: "things",
        row,
        input: Some(&INPUT),
        spilled: false,
        output: None,
        error: &ERROR,
        size: 0,
        payload: 0,
        resource: None,
    };
    let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let call = Call::with(&API, Settings(settings));
    let imported = API.imported.as_ref().unwrap();
    let resolved = ResolvedRow::of(&call, &operation, row, None);
    (imported.build)(&call, imported, resolved, &operation, &input.into())
}

/// A request by a host that adds credentials.
fn plain(row: Row, input: Value) -> Sent {
    sent(row, input, &[("OUTWIT_AUTH", "host")]).unwrap()
}

fn row(method: &'static str, params: &'static [Param]) -> Row {
    let imported = ImportedRow { params, ..ImportedRow::DEFAULT };
    Row { imported: Some(Box::leak(Box::new(imported))), ..Row::new(method, "/accounts/{account-id}/things") }
}

fn form(params: &'static [Param]) -> Row {
    let imported = ImportedRow { body: Some(Body::Form), params, ..ImportedRow::DEFAULT };
    Row { imported: Some(Box::leak(Box::new(imported))), ..row("POST", params) }
}

const fn to(field: &'static str, place: Place) -> Param {
    Param { field, place: Some(place), ..Param::RULE }
}

const fn styled(field: &'static str, style: Style) -> Param {
    Param { field, style, ..Param::RULE }
}

#[test]
fn a_field_goes_where_its_row_says_and_else_by_the_method() {
    let input = || json!({ "account-id": "7", "page-size": 3, "tags": ["a", "b c"], "key": "k" });
    let base = "https://api.example.com/v1/accounts/7/things".to_owned();
    let (_, url, _, body) = plain(row("GET", &[]), input());
    assert_eq!((url, body), (format!("{base}?pageSize=3&tags=a%2Cb+c&key=k"), None));
    let (_, url, headers, body) = plain(row("POST", &[]), input());
    assert_eq!((url, headers), (base.clone(), vec![("content-type".into(), "application/json".into())]));
    assert_eq!(body.unwrap(), r#"{"key":"k","pageSize":3,"tags":["a","b c"]}"#);
    const PLACES: &[Param] = &[
        to("page-size", Place::Query),
        Param { name: Some("x-key"), ..to("key", Place::Header) },
        to("tags", Place::Body),
    ];
    let (_, url, headers, body) = plain(row("DELETE", PLACES), input());
    assert_eq!(url, format!("{base}?pageSize=3"));
    assert_eq!(headers[0], ("x-key".into(), "k".into()));
    assert_eq!(body.as_deref(), Some(r#"{"tags":["a","b c"]}"#));
    // A body that may be there and is not: only what has none by its method goes without.
    assert_eq!(plain(row("DELETE", PLACES), json!({ "account-id": "7" })).3, None);
    assert_eq!(plain(row("POST", &[]), json!({ "account-id": "7" })).3.as_deref(), Some("{}"));
    const WHOLE: &[Param] = &[
        to("tags", Place::WholeBody),
        to("page-size", Place::Query),
        to("filter", Place::Query),
        to("key", Place::Query),
        to("extra", Place::Query),
    ];
    let (_, _, _, body) = plain(row("PUT", WHOLE), input());
    assert_eq!(body.as_deref(), Some(r#"["a","b c"]"#));
    // A list of nothing is a body, and a body that may be absent is none.
    assert_eq!(plain(row("PUT", WHOLE), json!({ "account-id": "7" })).3.as_deref(), Some("[]"));
    const FREE: &[Param] = &[
        to("filter", Place::WholeBody),
        to("page-size", Place::Query),
        to("tags", Place::Query),
        to("key", Place::Query),
        to("extra", Place::Query),
    ];
    assert_eq!(plain(row("PUT", FREE), json!({ "account-id": "7" })).3.as_deref(), Some(""));
}

#[test]
fn lists_and_objects_are_written_in_their_style() {
    let query = |style: Style| {
        let params = vec![styled("tags", style), styled("filter", style)];
        let input = json!({ "account-id": "7", "tags": ["a", "b"], "filter": { "x": 1, "y": ["p", "q"] } });
        let url = plain(row("GET", params.leak()), input).1;
        form_urlencoded::parse(url.split_once('?').unwrap().1.as_bytes())
            .map(|(name, value)| format!("{name}={value}"))
            .collect::<Vec<_>>()
    };
    assert_eq!(query(Style::Comma), ["tags=a,b", r#"filter=x,1,y,["p","q"]"#]);
    assert_eq!(query(Style::Repeated), ["tags=a", "tags=b", "x=1", "y=p,q"]);
    assert_eq!(query(Style::Space)[0], "tags=a b");
    assert_eq!(query(Style::Pipe)[0], "tags=a|b");
    assert_eq!(query(Style::Brackets), ["tags[]=a", "tags[]=b", "filter[x]=1", "filter[y][]=p", "filter[y][]=q"]);
    assert_eq!(query(Style::Indexed), ["tags[0]=a", "tags[1]=b", "filter[x]=1", "filter[y][0]=p", "filter[y][1]=q"]);
    assert_eq!(query(Style::Json), [r#"tags=["a","b"]"#, r#"filter={"x":1,"y":["p","q"]}"#]);
}

#[test]
fn a_form_has_its_fields_in_their_style_and_what_it_does_not_name() {
    let input = json!({ "account-id": "7", "tags": ["a", "b"], "extra": { "more": "m n" } });
    let (_, _, headers, body) = plain(form(&[]), input);
    assert_eq!(headers[0].1, "application/x-www-form-urlencoded");
    assert_eq!(body.unwrap(), "tags=a%2Cb&more=m+n");
    let input = json!({ "account-id": "7", "key": "mine", "extra": { "key": "other", "more": 1 } });
    assert_eq!(plain(row("POST", &[]), input).3.unwrap(), r#"{"key":"mine","more":1}"#);
}

#[test]
fn an_id_is_a_number_or_a_text_as_its_row_says() {
    const PARAMS: &[Param] = &[
        Param { numeric: Some(true), ..to("key", Place::Body) },
        Param { numeric: Some(false), ..to("account-id", Place::Body) },
    ];
    let imported = ImportedRow { params: PARAMS, ..ImportedRow::DEFAULT };
    let row = Row { imported: Some(Box::leak(Box::new(imported))), ..Row::new("POST", "/things") };
    let input = json!({ "account-id": "7", "key": "-12" });
    assert_eq!(plain(row, input).3.unwrap(), r#"{"accountId":"7","key":-12}"#);
    let row = Row { imported: row_imported(), ..Row::new("POST", "/things") };
    assert_eq!(plain(row, json!({ "account-id": "7" })).3.unwrap(), r#"{"accountId":7}"#);
}

fn row_imported() -> Option<&'static ImportedRow> {
    Some(&ImportedRow::DEFAULT)
}

#[test]
fn credentials_and_constants_come_from_settings() {
    let settings = [
        ("ACME_KEY", "a+b"),
        ("ACME_SESSION", "s1"),
        ("ACME_TOKEN", "Token t-1"),
        ("ACME_VERSION", "2026-01"),
        ("ACME_API_VERSION", "v 2"),
    ];
    let (_, url, headers, _) = sent(row("GET", &[]), json!({ "account-id": "7" }), &settings).unwrap();
    assert!(url.ends_with("/things?api-version=v+2&api+key=a%2Bb"), "{url}");
    let expected = [("acme-version", "2026-01"), ("cookie", "session=s1"), ("authorization", "Token t-1")];
    assert_eq!(headers, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let error = sent(row("GET", &[]), json!({ "account-id": "7" }), &settings[1..]).unwrap_err();
    assert_eq!(error.field.as_deref(), Some("ACME_KEY"));
    // Where the host adds the credential, the component needs none.
    let (_, url, headers, _) = plain(row("GET", &[]), json!({ "account-id": "7" }));
    assert!(url.ends_with("/things") && headers.is_empty(), "{url} {headers:?}");
}

/// RFC 6749, 2.3.1, with the text and the encoding of its appendix B in the secret.
#[test]
fn a_clients_id_and_secret_are_form_encoded_for_http_basic() {
    let client = |basic| Auth::Client { user: "ACME_ID", password: "ACME_SECRET", basic };
    let settings = [("ACME_ID", "my:id"), ("ACME_SECRET", "p: %&+£€")];
    let asked = |basic| {
        let row = Row { auth: Some(client(basic)), ..form(&[]) };
        sent(row, json!({ "account-id": "7", "key": "k" }), &settings).unwrap()
    };
    let (_, _, headers, body) = asked(true);
    let basic = outwit_core::base64(b"my%3Aid:p%3A+%25%26%2B%C2%A3%E2%82%AC");
    assert!(headers.contains(&("authorization".into(), format!("Basic {basic}"))), "{headers:?}");
    assert_eq!(body.as_deref(), Some("key=k"));
    let (_, _, headers, body) = asked(false);
    assert!(headers.iter().all(|(name, _)| name != "authorization"), "{headers:?}");
    assert_eq!(body.unwrap(), "key=k&client_id=my%3Aid&client_secret=p%3A+%25%26%2B%C2%A3%E2%82%AC");
}

/// RFC 6265, 5.4.
#[test]
fn several_cookies_stand_in_one_header() {
    const BOTH: Auth =
        Auth::All(&[Auth::Cookie { name: "SID", key: "ACME_KEY" }, Auth::Cookie { name: "lang", key: "ACME_SESSION" }]);
    let row = Row { auth: Some(BOTH), ..row("GET", &[]) };
    let settings = [("ACME_KEY", "31d4d96e407aad42"), ("ACME_SESSION", "en-US")];
    let (_, _, headers, _) = sent(row, json!({ "account-id": "7" }), &settings).unwrap();
    assert_eq!(headers, [("cookie".to_owned(), "SID=31d4d96e407aad42; lang=en-US".to_owned())]);
}

/// OpenAPI 3.1, Security Requirement Object: an empty requirement among others makes security optional.
#[test]
fn what_may_be_absent_is_sent_where_a_part_of_it_is_given() {
    const TWO: Auth = Auth::All(&[
        Auth::Query { name: "key", key: "ACME_KEY" },
        Auth::Basic { user: "ACME_USER", password: "ACME_PASSWORD" },
    ]);
    let sent = |settings: &[(&str, &str)]| {
        let row = Row { auth: Some(Auth::Optional(&TWO)), ..row("GET", &[]) };
        sent(row, json!({ "account-id": "7" }), settings).map(|(_, url, headers, _)| (url, headers))
    };
    let url = "https://api.example.com/v1/accounts/7/things".to_owned();
    assert_eq!(sent(&[]).unwrap(), (url.clone(), vec![]));
    // An empty variable is none.
    assert_eq!(sent(&[("ACME_KEY", " "), ("ACME_PASSWORD", "")]).unwrap(), (url.clone(), vec![]));
    let all = [("ACME_KEY", "k"), ("ACME_USER", "Aladdin"), ("ACME_PASSWORD", "open sesame")];
    // RFC 7617, 2.
    let basic = ("authorization".to_owned(), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==".to_owned());
    assert_eq!(sent(&all).unwrap(), (format!("{url}?key=k"), vec![basic]));
    // Who gives a part means the whole.
    for (index, missing) in ["ACME_KEY", "ACME_USER", "ACME_PASSWORD"].into_iter().enumerate() {
        let mut some = all.to_vec();
        some.remove(index);
        assert_eq!(sent(&some).unwrap_err().field.as_deref(), Some(missing));
    }
}

#[test]
fn a_setting_that_is_not_set_has_its_default() {
    const DATED: Api =
        Api { settings: &[Setting { name: "ACME_VERSION", default: Some("2026-01"), ..Setting::DEFAULT }], ..API };
    let value = |set: &[(&str, &str)]| {
        let set = set.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        value(&Call::with(&DATED, Settings(set)), "ACME_VERSION").map(str::to_owned)
    };
    assert_eq!(value(&[]).as_deref(), Some("2026-01"));
    assert_eq!(value(&[("ACME_VERSION", "2027-02")]).as_deref(), Some("2027-02"));
}

#[test]
fn an_answer_of_which_nothing_is_said_may_be_none() {
    let output = |ty: &'static Type, body: Option<Value>| {
        let call = Call::with(&API, Settings::default());
        let operation = row("GET", &[]);
        let operation: &'static Row = Box::leak(Box::new(operation));
        let answer = Answer { status: 200, result: body.map(Node::from), content: None, location: None };
        let mut output = Tree::default();
        let done = crate::output::output(&call, ResolvedRow::plain(operation), Some(ty), answer, &mut output);
        done.map(|()| output.take().into_value()).map_err(|error| error.kind)
    };
    assert_eq!(output(&JSON, None), Ok(Value::Null));
    assert_eq!(output(&JSON, Some(json!([1]))), Ok(json!([1])));
    // RFC 8259, 3: null is a value.
    assert_eq!(output(&JSON, Some(Value::Null)), Ok(Value::Null));
    assert_eq!(output(&TEXT, None), Err(crate::types::ErrorKind::Unreadable));
}

#[test]
fn an_operation_can_have_a_base_of_its_own_which_the_setting_replaces_too() {
    let imported = ImportedRow { base: Some("https://files.example.com"), ..ImportedRow::DEFAULT };
    let imported: &'static ImportedRow = Box::leak(Box::new(imported));
    let row = || Row { imported: Some(imported), ..Row::new("GET", "/files/{key}") };
    let (_, url, ..) = plain(row(), json!({ "key": "a" }));
    assert!(url.starts_with("https://files.example.com/files/a"), "{url}");
    let replaced = [("OUTWIT_AUTH", "host"), ("ACME_BASE_URL", "http://127.0.0.1:1")];
    let (_, url, ..) = sent(row(), json!({ "key": "a" }), &replaced).unwrap();
    assert!(url.starts_with("http://127.0.0.1:1/files/a"), "{url}");
}

#[test]
fn a_value_of_a_path_is_encoded_and_stays_one_segment() {
    let path = |key: &str| {
        let row = Row { imported: row_imported(), ..Row::new("GET", "/files/{key}.json") };
        sent(row, json!({ "key": key }), &[("OUTWIT_AUTH", "host")]).map(|sent| sent.1)
    };
    assert!(path("a@b.example +1:2;ä").unwrap().ends_with("/files/a%40b.example%20%2B1%3A2%3B%C3%A4.json"));
    for key in ["", ".", "..", "a/b", "../a", "a\\b", "a%2fb", "a\nb", "\u{0}", &"a".repeat(1025)] {
        let error = path(key).unwrap_err();
        assert_eq!(error.field.as_deref(), Some("input.key"), "{key:?}");
    }
}

#[test]
fn a_header_carries_ascii_only() {
    const PARAMS: &[Param] = &[to("key", Place::Header)];
    let send =
        |key: &str| sent(row("GET", PARAMS), json!({ "account-id": "7", "key": key }), &[("OUTWIT_AUTH", "host")]);
    assert!(send("a b").is_ok());
    for key in ["", "ä", "a\r\nx: y", "a\u{7f}"] {
        assert_eq!(send(key).unwrap_err().field.as_deref(), Some("input.key"), "{key:?}");
    }
}

#[test]
fn a_default_is_sent_where_the_caller_gave_nothing() {
    let defaults: &[(&str, &str)] = &[("key", "usual"), ("sort", "name")];
    let sent = |row: Row, input: Value| {
        let (_, url, _, body) = plain(Row { defaults, ..row }, input);
        (url.split_once('?').map(|(_, query)| query.to_owned()), body)
    };
    let (none, mine) = (json!({ "account-id": "7" }), json!({ "account-id": "7", "key": "mine" }));
    assert_eq!(sent(row("GET", &[]), none.clone()), (Some("key=usual&sort=name".into()), None));
    assert_eq!(sent(row("GET", &[]), mine.clone()), (Some("key=mine&sort=name".into()), None));
    assert_eq!(sent(form(&[]), mine.clone()), (None, Some("key=mine&sort=name".into())));
    assert_eq!(sent(row("POST", &[]), mine), (None, Some(r#"{"key":"mine","sort":"name"}"#.into())));
    const REASON: &[Param] = &[to("tags", Place::Body)];
    assert_eq!(sent(row("DELETE", REASON), none), (Some("key=usual&sort=name".into()), None));
}

#[test]
fn who_may_answer_at_once_is_told_that_events_are_wanted() {
    static EVENTS: Events = Events { switch: Some("stream"), text: &[], end: &[], open_end: true, error: None };
    for (body, expected) in [(Body::Json, r#"{"key":"a","stream":true}"#), (Body::Form, "key=a&stream=true")] {
        let of_row = ImportedRow { body: Some(body), events: Some(&EVENTS), ..ImportedRow::DEFAULT };
        let of_row: &'static ImportedRow = Box::leak(Box::new(of_row));
        let sent = plain(Row { imported: Some(of_row), ..row("POST", &[]) }, json!({ "account-id": "7", "key": "a" }));
        assert_eq!(sent.3.as_deref(), Some(expected));
    }
}

fn all_headers(row: Row, input: Value) -> Vec<(String, String)> {
    let headers = built(row, input, &[("OUTWIT_AUTH", "host")]).unwrap().headers;
    headers.into_iter().map(|(name, value)| (name, String::from_utf8(value).unwrap())).collect()
}

/// RFC 9110, 8.3 and 12.5.1.
#[test]
fn a_vendors_own_json_is_sent_and_asked_for_by_its_name() {
    let headers = |facts: ImportedRow| {
        let facts: &'static ImportedRow = Box::leak(Box::new(facts));
        let row = Row { imported: Some(facts), ..Row::new("PATCH", "/accounts/{account-id}") };
        all_headers(row, json!({ "account-id": "7", "page-size": 3 }))
    };
    let named = |headers: &[(String, String)], name: &str| {
        headers.iter().filter(|(known, _)| known == name).map(|(_, value)| value.clone()).collect::<Vec<_>>()
    };
    let plain = headers(ImportedRow::DEFAULT);
    assert_eq!(named(&plain, "accept"), ["application/json"]);
    assert_eq!(named(&plain, "content-type"), ["application/json"]);
    let own = headers(ImportedRow {
        content_type: Some("application/merge-patch+json"),
        accept: Some("application/vnd.api+json"),
        ..ImportedRow::DEFAULT
    });
    assert_eq!(named(&own, "accept"), ["application/vnd.api+json, application/json"]);
    assert_eq!(named(&own, "content-type"), ["application/merge-patch+json"]);
}
