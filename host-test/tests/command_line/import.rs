//! `outwit import` and `outwit build`: the cases of a vendor's folder, and what is wrong with files that are named.

use outwit_host_test::build::outwit;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

pub const LAMPS: &str = r##"{
  "openapi": "3.0.3",
  "info": { "title": "Lamps", "version": "1" },
  "servers": [{ "url": "https://api.lamps.example/v1" }],
  "security": [{ "key": [] }],
  "paths": {
    "/lamps/{lampId}": {
      "get": {
        "operationId": "getLamp", "tags": ["lamps"],
        "parameters": [
          { "name": "lampId", "in": "path", "required": true, "schema": { "type": "string" } },
          { "name": "tag", "in": "query", "schema": { "type": "array", "items": { "type": "string" } } },
          { "name": "Accept-Language", "in": "header", "schema": { "type": "string" } }
        ],
        "responses": { "200": { "description": "It.", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Lamp" } } } } }
      },
      "delete": {
        "operationId": "deleteLamp", "tags": ["lamps"],
        "parameters": [{ "name": "lampId", "in": "path", "required": true, "schema": { "type": "string" } }],
        "requestBody": { "$ref": "#/components/requestBodies/Reason" },
        "responses": { "204": { "description": "Done." } }
      }
    },
    "/photos": { "post": {
      "operationId": "createPhoto", "tags": ["photos"], "servers": [{ "url": "https://files.lamps.example" }],
      "requestBody": { "required": true, "content": { "application/json": { "schema": {
        "required": ["title"], "properties": { "title": { "type": "string" }, "width": { "type": "number" } } } } } },
      "responses": { "201": { "description": "It.", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Lamp" } } } } }
    } }
  },
  "components": {
    "securitySchemes": { "key": { "type": "apiKey", "in": "query", "name": "api_key" } },
    "requestBodies": { "Reason": { "required": true, "content": { "application/json": { "schema": {
      "properties": { "reason": { "type": "string" } } } } } } },
    "schemas": { "Lamp": { "properties": { "id": { "type": "integer" }, "weight": { "type": "number", "example": 5 } } } }
  }
}"##;

/// Runs the program in a folder; gives its exit code, and what it printed on the stream that counts.
fn run(folder: &Path, arguments: &[&str]) -> (i32, Value) {
    let output = Command::new(outwit()).args(arguments).current_dir(folder).stdin(Stdio::null()).output().unwrap();
    let printed = if output.stdout.is_empty() { &output.stderr } else { &output.stdout };
    (output.status.code().unwrap(), serde_json::from_slice(printed).unwrap_or_default())
}

/// A folder with the vendor's folder `lamps`.
fn lamps() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("lamps.json"), LAMPS).unwrap();
    let (code, printed) = run(folder.path(), &["import", "lamps.json", "-o", "lamps"]);
    assert_eq!((code, &printed["imported"]), (0, &json!(3)), "{printed}");
    folder
}

/// A case as a person writes it: a recorded answer of a vendor.
fn recorded() -> Value {
    json!({
        "name": "recorded", "operation": "get-lamp", "input": { "lamp-id": "a b", "tag": ["x", "y&z"] },
        "exchanges": [{
            "request": { "method": "GET", "path": "/lamps/a%20b", "query": { "tag": ["x", "y&z"] } },
            "reply": {
                "status": 200, "body": { "id": 7, "weight": 5.5, "colour": "red" },
                "headers": { "Content-Type": "application/json", "Content-Encoding": "gzip", "Transfer-Encoding": "chunked" },
            },
        }],
        "output": { "id": "7", "weight": 5.5, "extra": { "colour": "red" } },
    })
}

#[test]
fn cases_of_the_importer_and_of_a_person_pass() {
    let folder = lamps();
    let refused = json!({
        "name": "refused", "operation": "delete-lamp", "input": { "lamp-id": "7" },
        "exchanges": [{
            "request": { "method": "DELETE", "path": "/lamps/7", "headers": { "content-type": "application/json" }, "body": {} },
            "reply": { "status": 404, "body": { "message": "no such lamp" } },
        }],
        "error": { "kind": "not-found", "status": 404 },
    });
    let unsent = json!({ "name": "unsent", "operation": "get-lamp", "input": {}, "exchanges": [], "error": { "kind": "invalid-input" } });
    fs::write(folder.path().join("lamps/cases/mine.json"), json!([recorded(), refused, unsent]).to_string()).unwrap();
    // The gate lets a header of an input pass.
    let cases = fs::read_to_string(folder.path().join("lamps/cases/lamps-api.json")).unwrap();
    assert!(cases.contains("\"accept-language\": "), "{cases}");
    let (code, printed) = run(folder.path(), &["build", "lamps", "--check"]);
    assert_eq!(code, 0, "{printed}");
    assert_eq!((&printed["out"], &printed["cases"]["failed"]), (&Value::Null, &json!([])));
    assert!(printed["cases"]["passed"].as_u64().unwrap() >= 3 + 3, "{printed}");
    let (code, printed) = run(folder.path(), &["build", "lamps", "--check", "-o", "lamps.wasm"]);
    assert_eq!((code, &printed["out"]), (0, &json!("lamps.wasm")));
    assert!(folder.path().join("lamps.wasm").exists());
    // A person's case survives the next import.
    assert_eq!(run(folder.path(), &["import", "lamps.json", "-o", "lamps"]).0, 0);
    assert!(folder.path().join("lamps/cases/mine.json").exists());
}

#[test]
fn each_difference_fails_its_case_and_is_named() {
    let folder = lamps();
    let request = "/exchanges/0/request";
    let changes: [(&str, Value, &str); 11] = [
        (&format!("{request}/method"), json!("POST"), r#"request.method: expected "POST", got "GET""#),
        (&format!("{request}/path"), json!("/lamps/a b"), r#"request.path: expected "/lamps/a b", got "/lamps/a%20b""#),
        (&format!("{request}/query/tag/1"), json!("z"), r#"request.query.tag[1]: expected "z", got "y&z""#),
        (&format!("{request}/query/tag"), json!("x"), r#"request.query.tag: expected "x", got ["x","y&z"]"#),
        (&format!("{request}/query/page"), json!("1"), r#"request.query.page: expected "1", it is missing"#),
        (&format!("{request}/headers"), json!({ "accept": "x/y" }), r#"request.headers.accept: expected "x/y", got "#),
        (&format!("{request}/body"), json!({ "a": 1 }), r#"request.body: expected {"a":1}, got null"#),
        ("/output/id", json!("8"), r#"output.id: expected "8", got "7""#),
        ("/output", json!({ "id": "7", "weight": 5.5 }), r#"output.extra: not expected, got {"colour":"red"}"#),
        ("/exchanges", json!([]), "GET /lamps/a%20b?tag=x&tag=y%26z&api_key=lamps-api-key: sent, and not expected"),
        ("/input/lamp-id", json!(""), "GET /lamps/a%20b: expected, and not sent"),
    ];
    let mut cases = Vec::new();
    for (index, (pointer, value, _)) in changes.iter().enumerate() {
        let mut case = recorded();
        case["name"] = index.to_string().into();
        let (parent, member) = pointer.rsplit_once('/').unwrap();
        match case.pointer_mut(parent).unwrap() {
            Value::Array(items) => items[member.parse::<usize>().unwrap()] = value.clone(),
            object => object[member] = value.clone(),
        }
        cases.push(case);
    }
    let mut unknown = recorded();
    unknown["name"] = "neither".into();
    unknown.as_object_mut().unwrap().remove("output");
    cases.push(unknown);
    fs::write(folder.path().join("lamps/cases/mine.json"), json!(cases).to_string()).unwrap();
    let (code, printed) = run(folder.path(), &["build", "lamps", "--check", "-o", "lamps.wasm"]);
    assert_eq!(code, 1, "{printed}");
    assert!(!folder.path().join("lamps.wasm").exists(), "a component of failing cases");
    let failed = printed["cases"]["failed"].as_array().unwrap();
    assert_eq!(failed.len(), changes.len() + 1, "{printed:#}");
    let lines = |name: &str| {
        let case = failed.iter().find(|case| case["case"] == name).unwrap_or_else(|| panic!("{name}: {printed:#}"));
        assert_eq!((&case["file"], &case["operation"]), (&json!("mine.json"), &json!("get-lamp")));
        case["differences"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect::<Vec<_>>().join("\n")
    };
    for (index, (_, _, expected)) in changes.iter().enumerate() {
        let lines = lines(&index.to_string());
        assert!(lines.contains(expected), "{expected}: {lines}");
    }
    assert!(lines("neither").starts_with("expected output or error in the case; the call gave {\"output\":"));
}

/// A credential is compared by its place, and an operation without one fails its case.
#[test]
fn a_credential_has_to_be_sent_and_its_value_does_not_count() {
    let folder = lamps();
    let mut case = recorded();
    case["exchanges"][0]["request"]["query"]["api_key"] = "the value at the vendor".into();
    fs::write(folder.path().join("lamps/cases/mine.json"), json!([case]).to_string()).unwrap();
    assert_eq!(run(folder.path(), &["build", "lamps", "--check"]).0, 0);
    let settings = json!({ "LAMPS_API_KEY": "another-value" });
    case["settings"] = settings;
    fs::write(folder.path().join("lamps/cases/mine.json"), json!([case]).to_string()).unwrap();
    assert_eq!(run(folder.path(), &["build", "lamps", "--check"]).0, 0);
}

#[test]
fn what_is_wrong_with_files_is_wrong_input() {
    let replaced = |file: &str, from: &str, to: &str| {
        let folder = lamps();
        let file = folder.path().join("lamps").join(file);
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.contains(from), "{from}: {text}");
        fs::write(&file, text.replacen(from, to, 1)).unwrap();
        let (code, error) = run(folder.path(), &["build", "lamps", "--check", "-o", "x.wasm"]);
        assert_eq!((code, &error["kind"]), (3, &json!("invalid-input")), "{to}: {error}");
        error["message"].as_str().unwrap().to_owned()
    };
    for (file, from, to, named) in [
        ("vendor.toml", "name = ", "name = [", "lamps/vendor.toml: "),
        ("vendor.toml", "title = ", "titel = ", "; did you mean `title`?"),
        ("vendor.toml", "encode-paths", "encoded-paths", "; did you mean `encode-paths`?"),
        (
            "vendor.toml",
            "key = \"LAMPS_API_KEY\"",
            "key = \"LAMPS_APIKEY\"",
            "LAMPS_APIKEY is not among the settings; did you mean LAMPS_API_KEY?",
        ),
        ("vendor.toml", "https://api", "ftp://api", "lamps: base: "),
        ("vendor.toml", "/lamps/{lamp-id}", "/lamps/{nobody}", "route: the input has no field nobody"),
        ("wit/lamps-api.wit", "record ", "recrod ", "lamps"),
        ("cases/lamps-api.json", "\"input\"", "\"imput\"", "lamps/cases/lamps-api.json: unknown field `imput`"),
        (
            "cases/lamps-api.json",
            "\"status\": 200",
            "\"status\": 99",
            "exchanges[0].reply.status: expected 200 to 599, got 99",
        ),
    ] {
        let message = replaced(file, from, to);
        assert!(message.contains(named), "{named}: {message}");
    }
    let folder = lamps();
    fs::create_dir(folder.path().join("other")).unwrap();
    fs::write(folder.path().join("other/mine.txt"), "x").unwrap();
    fs::write(folder.path().join("file"), "x").unwrap();
    fs::write(folder.path().join("text.json"), "no document").unwrap();
    for (arguments, named) in [
        (&["import", "lamps.json", "-o", "other"][..], "other: the folder is not empty"),
        (&["import", "lamps.json", "-o", "file"], "file: expected a folder"),
        (&["import", "nowhere.json", "-o", "new"], "nowhere.json: "),
        (&["import", "text.json", "-o", "new"], "text.json: "),
        (&["build", "nowhere", "-o", "x.wasm"], "nowhere/vendor.toml: "),
        (&["build", "other", "-o", "x.wasm"], "other/vendor.toml: "),
    ] {
        let (code, error) = run(folder.path(), arguments);
        assert_eq!((code, &error["kind"]), (3, &json!("invalid-input")), "{arguments:?}: {error}");
        assert!(error["message"].as_str().unwrap().starts_with(named), "{arguments:?}: {error}");
    }
    fs::remove_dir_all(folder.path().join("lamps/cases")).unwrap();
    let (code, error) = run(folder.path(), &["build", "lamps", "--check"]);
    assert_eq!((code, &error["kind"]), (3, &json!("invalid-input")), "{error}");
}

#[test]
fn a_setting_of_a_case_that_the_vendor_does_not_have_is_named() {
    let folder = lamps();
    let refused = |name: &str| {
        let mut case = recorded();
        case["settings"] = json!({ name: "x" });
        fs::write(folder.path().join("lamps/cases/mine.json"), json!([case]).to_string()).unwrap();
        let (code, error) = run(folder.path(), &["build", "lamps", "--check", "-o", "x.wasm"]);
        assert_eq!((code, &error["kind"]), (3, &json!("invalid-input")), "{name}: {error}");
        error["message"].as_str().unwrap().to_owned()
    };
    let near = refused("LAMPS_API_KEX");
    assert!(near.starts_with("lamps/cases/mine.json: "), "{near}");
    assert!(near.ends_with("settings.LAMPS_API_KEX: lamps has no such setting; did you mean LAMPS_API_KEY?"), "{near}");
    let far = refused("PORT");
    assert!(far.contains("settings.PORT: lamps has no such setting; expected one of LAMPS_API_KEY, "), "{far}");
    assert!(refused("LAMPS_BASE_URL").contains("requests of cases go to a local server"));
    // Those that every component has are there.
    let mut case = recorded();
    case["settings"] = json!({ "OUTWIT_TRIES": "1" });
    fs::write(folder.path().join("lamps/cases/mine.json"), json!([case]).to_string()).unwrap();
    assert_eq!(run(folder.path(), &["build", "lamps", "--check"]).0, 0);
}

#[test]
fn the_name_of_a_built_in_vendor_is_a_warning() {
    let folder = lamps();
    for (name, warned) in [("lamps", false), ("aero", true)] {
        let arguments = ["import", "lamps.json", "-o", "new.wasm", "--name", name, "--report", "report.json"];
        let output = Command::new(outwit()).args(arguments).current_dir(folder.path()).output().unwrap();
        let (printed, said) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
        assert!(output.status.success(), "{said}");
        assert_eq!(said.starts_with(&format!("warning: {name} is also a built-in vendor")), warned, "{said}");
        let printed: Value = serde_json::from_str(&printed).unwrap();
        assert_eq!(printed["replaces-built-in"], warned);
        let report = fs::read(folder.path().join("report.json")).unwrap();
        let report: Value = serde_json::from_slice(&report).unwrap();
        assert_eq!(report["counts"].get("replaces").is_some(), warned, "{report:#}");
    }
}

/// Both sides are right: a person decides.
#[test]
fn a_conflict_is_no_wrong_input() {
    let folder = lamps();
    let wit = folder.path().join("lamps/wit/lamps-api.wit");
    fs::write(&wit, fs::read_to_string(&wit).unwrap() + "\n/// Mine.\n").unwrap();
    let changed = LAMPS.replace("\"reason\"", "\"cause\"");
    fs::write(folder.path().join("lamps.json"), changed).unwrap();
    let (code, error) = run(folder.path(), &["import", "lamps.json", "-o", "lamps"]);
    assert_eq!((code, &error["kind"]), (1, &json!("other")), "{error}");
    assert!(error["message"].as_str().unwrap().contains("wit/lamps-api.wit"), "{error}");
    assert!(fs::read_to_string(folder.path().join("lamps/wit/lamps-api.wit.new")).unwrap().contains("cause"));
}

#[test]
fn a_policy_names_the_hosts_of_operations_with_a_base_of_their_own() {
    let folder = lamps();
    fs::create_dir(folder.path().join("plugins")).unwrap();
    assert_eq!(run(folder.path(), &["build", "lamps", "-o", "plugins/lamps.wasm"]).0, 0);
    let policy = |host: &str, allow: &str| {
        let arguments = ["--plugins", "plugins", "policy", "--host", host, "lamps", "--allow", allow];
        let output = Command::new(outwit()).args(arguments).current_dir(folder.path()).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    for host in ["wassette", "spin", "wash", "wasmtime", "jco"] {
        for (allow, api, files) in [("*", true, true), ("*-lamp", true, false), ("create-photo", false, true)] {
            let text = policy(host, allow);
            let named = (text.contains("api.lamps.example"), text.contains("files.lamps.example"));
            assert_eq!(named, (api, files), "{host}, {allow}: {text}");
        }
    }
}

/// wasm-tools refuse types that are nested deeper than 100, and one deep schema is no reason to refuse a document.
#[test]
fn deep_schemas_are_linked() {
    let folder = tempfile::tempdir().unwrap();
    let mut schemas = json!({ "Object0": { "type": "string" }, "List0": { "type": "string" } });
    let inner = |name: &str, number: usize| json!({ "$ref": format!("#/components/schemas/{name}{number}") });
    for number in 1..=60 {
        schemas[format!("Object{number}")] =
            json!({ "type": "object", "properties": { "p": inner("Object", number - 1) } });
        schemas[format!("List{number}")] = json!({ "type": "array", "items": inner("List", number - 1) });
    }
    let (object, list) = (inner("Object", 60), inner("List", 60));
    let content =
        |schema: &Value| json!({ "description": "It.", "content": { "application/json": { "schema": schema } } });
    let operation = |schema: &Value| json!({ "requestBody": content(schema), "responses": { "200": content(schema) } });
    let document = json!({
        "openapi": "3.0.3", "info": { "title": "Deep", "version": "1" }, "servers": [{ "url": "https://deep.example" }],
        "paths": { "/a": { "put": operation(&object) }, "/b": { "put": operation(&list) } },
        "components": { "schemas": schemas },
    });
    fs::write(folder.path().join("deep.json"), document.to_string()).unwrap();
    let (code, printed) = run(folder.path(), &["import", "deep.json", "-o", "deep.wasm"]);
    assert_eq!((code, &printed["imported"]), (0, &json!(2)), "{printed}");
}

/// A path that begins with a format, which no caller has to set.
#[test]
fn a_setting_of_a_path_has_its_default() {
    let folder = tempfile::tempdir().unwrap();
    let format = json!({ "name": "format", "in": "path", "required": true,
        "schema": { "type": "string", "default": "XML", "enum": ["XML", "JSON"] } });
    let paths: serde_json::Map<String, Value> = ["teams", "games", "scores", "news"]
        .iter()
        .map(|name| {
            (format!("/{{format}}/{name}"), json!({ "get": { "parameters": [format], "responses": { "204": {} } } }))
        })
        .collect();
    let document = json!({
        "openapi": "3.0.3", "info": { "title": "Sports", "version": "1" }, "servers": [{ "url": "https://sports.example" }],
        "paths": paths,
    });
    fs::write(folder.path().join("sports.json"), document.to_string()).unwrap();
    assert_eq!(run(folder.path(), &["import", "sports.json", "-o", "sports"]).0, 0);
    let facts = fs::read_to_string(folder.path().join("sports/vendor.toml")).unwrap();
    assert!(facts.contains("route = \"/{SPORTS_FORMAT}/teams\""), "{facts}");
    assert!(facts.contains("default = \"JSON\""), "{facts}");
    let (code, printed) = run(folder.path(), &["build", "sports", "--check"]);
    assert_eq!((code, &printed["cases"]["passed"]), (0, &json!(4)), "{printed}");
}
