//! What `vendor.toml` says wrong is named.

use outwit_link::{Source, Vendor, check};

const HEAD: &str = r#"
name = "acme"
title = "Acme"
base = "https://api.acme.example"
settings = [
    { name = "ACME_TOKEN", description = "The token." }, { name = "ACME_CLIENT_ID", description = "The id." },
    { name = "ACME_CLIENT_SECRET", description = "The secret." },
]
"#;
const WORLD: &str = "package outwit:acme@0.1.0;
    /// Acme.
    world acme { include outwit:plugin/plugin@0.1.0; export things; EXPORTS }";

/// What is wrong with a vendor of the WIT's operation `things.get-thing` and more facts; empty if nothing is.
fn problem(wit: &[(&str, &str)], exports: &str, facts: &str) -> String {
    let vendor: Vendor = match toml::from_str(&[HEAD, facts].concat()) {
        Ok(vendor) => vendor,
        Err(problem) => return problem.to_string(),
    };
    let world = WORLD.replace("EXPORTS", exports);
    let all: Vec<(&str, &str)> = [("world.wit", &*world)].into_iter().chain(wit.iter().copied()).collect();
    let checked = check(&Source { vendor: &vendor, wit: &all, version: "0.1.0" });
    checked.err().map(|problem| format!("{problem:#}")).unwrap_or_default()
}

const THINGS: &str = "package outwit:acme@0.1.0;
    /// Things.
    interface things {
        use outwit:plugin/types@0.1.0.{error};
        /// Get the thing.
        get-thing: func() -> result<string, error>;
    }";

#[test]
fn facts_of_oauth_that_do_not_fit_are_named() {
    use outwit_link::vendor::Grant;
    let good = r#"
        operations.get-thing = { method = "GET", route = "/thing", text = true }
        [auth]
        kind = "oauth"
        token = "ACME_TOKEN"
        client-id = "ACME_CLIENT_ID"
        client-secret = "ACME_CLIENT_SECRET"
        grant = "authorization-code"
        token-url = "https://id.acme.example/token"
        authorize-url = "https://acme.example/allow?prompt=yes"
        who = [["email", "/user/email"]]
    "#;
    let with = |grant: Grant, facts: &str| {
        let oauth = outwit_link::oauth::wit("acme", "oauth", grant);
        problem(&[("things.wit", THINGS), ("oauth.wit", &oauth)], "export oauth;", facts)
    };
    let code = |from: &str, to: &str| with(Grant::AuthorizationCode, &good.replace(from, to));
    assert_eq!(code("", ""), "");
    let alone = good.replace("authorization-code", "client-credentials");
    let alone = alone.replace("authorize-url = \"https://acme.example/allow?prompt=yes\"", "");
    assert_eq!(with(Grant::ClientCredentials, &alone), "");
    for (from, to, expected) in [
        ("authorization-code", "password", "grant: expected client-credentials or authorization-code"),
        ("grant =", "client-auth = \"body\"\ngrant =", ""),
        ("grant =", "client-auth = \"basic-unencoded\"\ngrant =", ""),
        ("grant =", "client-auth = \"post\"\ngrant =", "client-auth: expected basic, basic-unencoded or body"),
        ("authorization-code", "client-credentials", "auth: authorize-url: expected none"),
        ("authorize-url = \"https://acme.example/allow?prompt=yes\"", "", "auth: authorize-url: expected the address"),
        ("https://acme.example/allow", "https://acme.example", "auth: authorize-url: expected a path"),
        ("https://id.acme.example/token", "http://id.acme.example/token", "auth: token-url: expected an address"),
        ("https://id.acme.example/token", "https://id.acme.example/token?a=b", "auth: token-url: expected scheme"),
        ("https://id.acme.example/token", "https://id.acme.example/{x}/token", "auth: token-url: expected a path"),
        ("\"/user/email\"", "\"user\"", "auth: who: email: expected a JSON pointer"),
        (
            "client-id = \"ACME_CLIENT_ID\"",
            "client-id = \"ACME_ID\"",
            "auth: client-id: ACME_ID is not among the settings",
        ),
        ("client-id = \"ACME_CLIENT_ID\"", "", "client-id"),
        ("grant", "grants", "grants"),
        (
            "text = true",
            "text = true, accept = \"json\"",
            "operations.get-thing: accept: \"json\": expected a media type",
        ),
        ("text = true", "text = true, auth = { kind = \"all\", all = [] }", ""),
        ("\"/thing\"", "\"/{a}-{b}-{c}\"", "has more than two placeholders"),
        (
            "operations.get",
            "headers = [[\"host\", \"ACME_TOKEN\"]]\noperations.get",
            "host: this header is not an input's",
        ),
    ] {
        let message = code(from, to);
        assert!(message.contains(expected), "{to}: {message}: expected {expected}");
    }
    let own = good.replace(
        "text = true",
        "text = true, auth = { kind = \"oauth\", token = \"ACME_TOKEN\", client-id = \"ACME_CLIENT_ID\", \
         client-secret = \"ACME_CLIENT_SECRET\", grant = \"client-credentials\", token-url = \"https://a.example/b\" }",
    );
    let message = with(Grant::AuthorizationCode, &own);
    assert!(message.contains("operations.get-thing: auth: oauth: expected it as the vendor's"), "{message}");
    let message = problem(&[("things.wit", THINGS)], "", good);
    assert!(message.contains("auth: expected the operation request-authorization in the WIT"), "{message}");
}

#[test]
fn facts_of_streams_that_do_not_fit_are_named() {
    const WIT: &str = "package outwit:acme@0.1.0;
        /// Things.
        interface things {
            use outwit:plugin/types@0.1.0.{error, json};
            /// The whole.
            record reply {
                /// The text.
                reply-text: option<string>,
                /// Whether it is complete.
                complete: option<bool>,
                /// The rest.
                data: list<json>,
            }
            /// A part.
            variant event {
                /// A piece.
                text(string),
                /// The whole.
                done(reply),
            }
            /// Parts.
            resource parts {
                /// The next.
                next: func() -> result<option<event>, error>;
            }
            /// Get the thing.
            get-thing: func() -> result<parts, error>;
        }";
    let good = r#"
        [operations.get-thing]
        method = "GET"
        route = "/thing"
        [operations.get-thing.stream]
        switch = "stream"
        text = ["/text", "/choices/0/delta/content"]
        text-field = "reply-text"
        end = [["/type", "stop"]]
        error = "/error"
    "#;
    let with = |wit: &str, from: &str, to: &str| problem(&[("things.wit", wit)], "", &good.replace(from, to));
    assert_eq!(with(WIT, "", ""), "");
    for (from, to, expected) in [
        ("\"/text\"", "\"text\"", "operations.get-thing: stream.text: \"text\": expected a JSON pointer"),
        ("\"/type\"", "\"type\"", "operations.get-thing: stream.end: \"type\": expected a JSON pointer"),
        ("\"/error\"", "\"error\"", "operations.get-thing: stream.error: \"error\": expected a JSON pointer"),
        (
            "text = [\"/text\", \"/choices/0/delta/content\"]",
            "",
            "operations.get-thing: stream.text: expected where events",
        ),
        ("text-field = \"reply-text\"", "", "operations.get-thing: stream.text-field: expected the field"),
        ("\"reply-text\"", "\"nobody\"", "operations.get-thing: stream.text-field: the output has no field nobody"),
        ("switch = \"stream\"", "switch = \"\"", "operations.get-thing: stream.switch: expected the name"),
        ("switch", "switches", "switches"),
        ("error = \"/error\"", "error = 1", "error"),
    ] {
        let message = with(WIT, from, to);
        assert!(message.contains(expected), "{to}: {message}: expected {expected}");
    }
    let plain = WIT.replace("result<parts, error>", "result<string, error>");
    assert!(with(&plain, "", "").contains("operations.get-thing: stream: expected the operation to give a resource"));
    let silent = &good[..good.find("[operations.get-thing.stream]").unwrap()];
    let message = problem(&[("things.wit", WIT)], "", silent);
    assert!(message.contains("operations.get-thing: stream: expected what events mean"), "{message}");
    for (field, expected) in [("data: list<json>", "data"), ("complete: option<bool>", "complete")] {
        let wit = WIT.replace(field, "other: option<json>");
        let message = with(&wit, "", "");
        assert!(message.contains(&format!("stream: expected the field {expected}")), "{message}");
    }
}

#[test]
fn credentials_that_one_request_cannot_carry_are_named() {
    let with = |auth: &str| {
        let row = "operations.get-thing = { method = \"GET\", route = \"/thing\", text = true }";
        problem(&[("things.wit", THINGS)], "", &format!("auth = {auth}\n{row}"))
    };
    let bearer = r#"{ kind = "bearer", token = "ACME_TOKEN" }"#;
    let basic = r#"{ kind = "basic", user = "ACME_CLIENT_ID", password = "ACME_CLIENT_SECRET" }"#;
    let key = |kind: &str, name: &str| {
        format!(
            "{{ kind = \"{kind}\", {kind2} = \"{name}\", key = \"ACME_TOKEN\" }}",
            kind2 = if kind == "query" { "parameter" } else { kind }
        )
    };
    let all = |one: &str, other: &str| with(&format!("{{ kind = \"all\", all = [{one}, {other}] }}"));
    for (one, other, place) in [
        // RFC 9110, 11.6.2.
        (bearer.to_owned(), basic.to_owned(), "header authorization"),
        (key("header", "authorization"), bearer.to_owned(), "header authorization"),
        (key("header", "x-key"), key("header", "x-key"), "header x-key"),
        (key("query", "key"), key("query", "key"), "parameter key"),
        (key("cookie", "sid"), key("cookie", "sid"), "cookie sid"),
        (key("cookie", "sid"), key("header", "cookie"), "header cookie"),
    ] {
        let message = all(&one, &other);
        assert!(message.contains(&format!("auth: all: two need the {place}")), "{one}, {other}: {message}");
    }
    assert_eq!(all(&key("cookie", "sid"), &key("cookie", "lang")), "");
    assert_eq!(all(&key("query", "key"), &key("header", "key")), "");
    // One that may be absent is one credential, and the whole of it.
    let optional = |auth: &str| format!("{{ kind = \"optional\", auth = {auth} }}");
    assert_eq!(with(&optional(bearer)), "");
    assert_eq!(with(&optional(&format!("{{ kind = \"all\", all = [{bearer}, {}] }}", key("query", "key")))), "");
    for (auth, expected) in [
        (optional("{ kind = \"none\" }"), "auth: optional: expected a credential"),
        (optional(&optional(bearer)), "auth: optional: expected a credential"),
        (optional("{ kind = \"bearer\", token = \"ACME_TOKN\" }"), "did you mean ACME_TOKEN?"),
        (format!("{{ kind = \"all\", all = [{}] }}", optional(bearer)), "auth: all: expected no further all"),
    ] {
        let message = with(&auth);
        assert!(message.contains(expected), "{auth}: {message}");
    }
}

/// A name of a type that means more than its type elsewhere: an alias of a number or a text has the form, a record does not.
#[test]
fn types_are_linked_whatever_they_are_called() {
    let row = r#"operations.get-thing = { method = "GET", route = "/thing" }"#;
    for (name, single) in
        [("amount", "string"), ("date", "string"), ("date-time", "string"), ("hours", "f64"), ("unix-seconds", "u64")]
    {
        let record = "record NAME {\n/// The value.\nvalue: string,\n}".replace("NAME", name);
        let several = "enum NAME {\n/// One.\none,\n/// Two.\ntwo,\n}".replace("NAME", name);
        for ty in [format!("type {name} = {single};"), record, several] {
            let types = format!("package outwit:acme@0.1.0;\n/// Types.\ninterface types {{\n/// It.\n{ty}\n}}");
            let things = format!(
                "package outwit:acme@0.1.0;
                /// Things.
                interface things {{
                    use outwit:plugin/types@0.1.0.{{error}};
                    use types.{{{name}}};
                    /// What it takes.
                    record input {{
                        /// It.
                        one: option<{name}>,
                    }}
                    /// Get the thing.
                    get-thing: func(input: input) -> result<{name}, error>;
                }}"
            );
            assert_eq!(problem(&[("types.wit", &types), ("things.wit", &things)], "", row), "", "{ty}");
        }
    }
}

#[test]
fn what_is_no_member_is_named_wherever_it_stands() {
    let with = |facts: &str| problem(&[("things.wit", THINGS)], "", facts);
    let row = r#"operations.get-thing = { method = "GET", route = "/thing", text = true }"#;
    assert_eq!(with(row), "");
    for facts in [
        "auth = { kind = \"none\", titel = \"x\" }",
        "auth = { kind = \"bearer\", token = \"ACME_TOKEN\", titel = \"x\" }",
        "auth = { kind = \"all\", all = [{ kind = \"none\", titel = \"x\" }] }",
        "names = { titel = \"x\" }",
        "answers = { titel = \"x\" }",
        "check = { operation = \"get-thing\", input = \"{}\", titel = \"x\" }",
        "titel = \"x\"",
    ] {
        let message = with(&format!("{facts}\n{row}"));
        assert!(message.contains("unknown field `titel`"), "{facts}: {message}");
    }
    for member in
        ["titel = 1", "stream = { titel = 1 }", "input.x = { titel = 1 }", "auth = { kind = \"none\", titel = 1 }"]
    {
        let message = with(&row.replace("text = true", member));
        assert!(message.contains("unknown field `titel`"), "{member}: {message}");
    }
    let message = with(&row.replace("text = true", "auth = { kind = \"bearer\", token = \"ACME_TOKN\" }"));
    assert!(message.ends_with("ACME_TOKN is not among the settings; did you mean ACME_TOKEN?"), "{message}");
    let message = with(&row.replace("text = true", "base = \"https://{ACME_SIET}.acme.example\""));
    assert!(message.contains("base: ACME_SIET is not among the settings"), "{message}");
}
