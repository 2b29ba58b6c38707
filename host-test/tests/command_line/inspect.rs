//! `outwit inspect`: what it says of components is what other tools say, and what is in a file stays text.

use super::import::LAMPS;
use outwit_host_test::build::outwit;
use outwit_host_test::{root, vendors};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use wasmparser::{Parser, Payload};
use wit_component::{ComponentEncoder, DecodedWasm, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(outwit()).args(arguments).current_dir(folder).env("COLUMNS", "100").output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn inspected(folder: &Path, file: &str) -> Value {
    let (code, json, problem) = run(folder, &["inspect", file]);
    assert_eq!(code, 0, "{file}: {problem}");
    serde_json::from_str(&json).unwrap()
}

/// A folder with each vendor's component and tools, an imported vendor, and a composed file.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("lamps.json"), LAMPS).unwrap();
    let all: &[&[&str]] = &[
        &["extract"],
        &["extract", "--tools"],
        &["import", "lamps.json", "-o", "lamps.wasm"],
        &["import", "lamps.json", "--tools", "-o", "lamps-tools.wasm"],
        &["--plugins", ".", "compose", "accelo", "lamps", "-o", "app.wasm"],
    ];
    for arguments in all {
        let (code, _, problem) = run(folder.path(), arguments);
        assert_eq!(code, 0, "{arguments:?}: {problem}");
    }
    folder
}

fn names<'v>(values: &'v Value, member: &str) -> BTreeSet<&'v str> {
    values.as_array().unwrap().iter().map(|one| one.get(member).unwrap_or(one).as_str().unwrap()).collect()
}

/// Imports and exports, as `wit-component` reads them.
fn interfaces(component: &[u8]) -> [BTreeSet<String>; 2] {
    let DecodedWasm::Component(resolve, world) = wit_component::decode(component).unwrap() else {
        panic!("no component")
    };
    let world = &resolve.worlds[world];
    [&world.imports, &world.exports].map(|items| items.keys().map(|key| resolve.name_world_key(key)).collect())
}

#[test]
fn components_are_what_their_makers_and_other_tools_say() {
    let folder = folder();
    let path = folder.path();
    let mut expected =
        vec![("lamps".to_owned(), "imported"), ("lamps-tools".to_owned(), "tools"), ("app".to_owned(), "composed")];
    for vendor in vendors().unwrap() {
        expected.push((format!("{vendor}-tools"), "tools"));
        expected.push((vendor, "vendor"));
    }
    for (name, kind) in expected {
        let file = format!("{name}.wasm");
        let found = inspected(path, &file);
        assert_eq!((&found["kind"], found.get("unread")), (&json!(kind), None), "{name}");
        let content = fs::read(path.join(&file)).unwrap();
        let [imports, exports] = interfaces(&content);
        assert!(names(&found["imports"], "name").into_iter().eq(imports.iter()), "{name}: {}", found["imports"]);
        assert!(names(&found["exports"], "name").into_iter().eq(exports.iter()), "{name}: {}", found["exports"]);
        let sizes = found["sizes"].as_object().unwrap().values().map(|size| size.as_u64().unwrap());
        assert_eq!(
            (found["size"].as_u64().unwrap(), sizes.sum()),
            (content.len() as u64, content.len() as u64),
            "{name}"
        );
        let reach = found["reach"].as_array().unwrap().iter().filter(|one| one["imported"] == true);
        let reach: Vec<&str> = reach.map(|one| one["name"].as_str().unwrap()).collect();
        assert_eq!(reach, ["HTTP requests", "environment variables", "clocks"], "{name}");
        assert_eq!(found["other-imports"], json!([]), "{name}");
        if kind == "vendor" {
            let (_, listed, _) = run(path, &["list", &name]);
            let listed: Value = serde_json::from_str(&listed).unwrap();
            assert_eq!(names(&found["vendors"][0]["operations"], "id"), names(&listed, "id"), "{name}");
        }
        #[cfg(unix)]
        {
            let sum = Command::new("sha256sum").arg(path.join(&file)).output().unwrap();
            let sum = String::from_utf8(sum.stdout).unwrap();
            assert_eq!(found["digest"], format!("sha256:{}", sum.split(' ').next().unwrap()), "{name}");
        }
    }
    // By the document that it was made of.
    let lamps = inspected(path, "lamps.wasm");
    let origins = json!({
        "https://api.lamps.example": { "GET": ["/v1/lamps/{lamp-id}"], "DELETE": ["/v1/lamps/{lamp-id}"] },
        "https://files.lamps.example": { "POST": ["/photos"] },
    });
    assert_eq!(lamps["vendors"][0]["origins"], origins);
    let app = inspected(path, "app.wasm");
    let in_app: Vec<&Value> = app["vendors"].as_array().unwrap().iter().map(|vendor| &vendor["vendor"]).collect();
    assert_eq!((in_app, &app["vendors"][1]["origins"]), (vec![&json!("accelo"), &json!("lamps")], &origins));
    let secrets = app["vendors"].as_array().unwrap().iter().flat_map(|vendor| vendor["settings"].as_array().unwrap());
    let secrets: Vec<&str> =
        secrets.filter(|one| one["secret"] == true).map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(secrets, ["ACCELO_TOKEN", "ACCELO_CLIENT_SECRET", "LAMPS_API_KEY"]);
    assert_eq!(names(&inspected(path, "lamps-tools.wasm")["exports"], "kind"), BTreeSet::from(["function"]));
    let (_, text, _) = run(path, &["--text", "inspect", "lamps.wasm"]);
    for line in ["imported vendor component", "DELETE (1 path)  /v1/lamps/{lamp-id}", "not imported  files, sockets"] {
        assert!(text.contains(line), "{line}: {text}");
    }
}

/// The picture in the document is what the program draws. `BLESS=1` writes it.
#[test]
fn the_picture_in_the_document_is_true() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(folder.path(), &["extract", "accelo"]).0, 0);
    assert_eq!(run(folder.path(), &["inspect", "accelo.wasm", "--svg", "accelo.svg"]).0, 0);
    let drawn = fs::read_to_string(folder.path().join("accelo.svg")).unwrap();
    let file = root().join("docs/inspect.svg");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&file, &drawn).unwrap();
    }
    assert!(fs::read_to_string(&file).unwrap() == drawn, "{} is not what is drawn; BLESS=1 writes it", file.display());
    let texts = texts(&drawn);
    for line in ["23 read", "https://{ACCELO_DEPLOYMENT}.api.accelo.com", "GET: 19 paths"] {
        assert!(texts.iter().any(|text| text == line), "{line}: {texts:?}");
    }
}

/// A component that is not Outwit's, and would never end if it were run.
const FOREIGN: &str = r#"(component
  (import "wasi:filesystem/types@0.2.0" (instance))
  (import "acme:gpu/draw@1.0.0" (instance))
  (core module $m (func $spin (loop br 0)) (start $spin) (func (export "run")))
  (core instance $i (instantiate $m))
  (func $run (canon lift (core func $i "run")))
  (instance $handler (export "handle" (func $run)))
  (export "wasi:http/incoming-handler@0.2.4" (instance $handler)))"#;

/// By the binary format (https://webassembly.github.io/spec/core/binary/): the content of each section is counted by hand.
#[test]
fn bytes_are_counted_by_what_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let component = r#"(component (core module (func) (memory 1) (data (i32.const 0) "abc") (@custom "x" "yz")))"#;
    let component = wat::parse_str(component).unwrap();
    fs::write(folder.path().join("small.wasm"), &component).unwrap();
    let found = inspected(folder.path(), "small.wasm");
    // One body: 1 for the count, 3 for size, locals and end. Data: count, mode, three of the offset, length and text.
    let sizes = json!({ "code": 4, "data": 9, "types": 4 + 2 + 3, "custom": 4, "headers": 8 + 2 + 8 + 6 * 2 });
    assert_eq!((&found["sizes"], component.len()), (&sizes, 56));
    assert_eq!(found["nested"], json!([{ "kind": "module", "size": 46 }]));
    assert_eq!(found["custom-sections"], json!({ "x": 4 }));
}

#[test]
fn a_foreign_component_is_read_and_never_run() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("foreign.wasm"), wat::parse_str(FOREIGN).unwrap()).unwrap();
    let alone: String = FOREIGN.lines().filter(|line| !line.contains("(import")).collect();
    fs::write(folder.path().join("alone.wasm"), wat::parse_str(alone).unwrap()).unwrap();
    _ = outwit();
    for file in ["alone.wasm", "foreign.wasm"] {
        let begun = Instant::now();
        let found = inspected(folder.path(), file);
        assert!(begun.elapsed() < Duration::from_secs(4), "{file}: {:?}", begun.elapsed());
        assert_eq!((&found["kind"], &found["vendors"], found.get("unread")), (&json!("foreign"), &json!([]), None));
    }
    let found = inspected(folder.path(), "foreign.wasm");
    assert_eq!(found["imports"], json!(["wasi:filesystem/types@0.2.0", "acme:gpu/draw@1.0.0"]));
    assert_eq!(found["exports"], json!([{ "name": "wasi:http/incoming-handler@0.2.4", "kind": "interface" }]));
    assert_eq!(found["other-imports"], json!(["acme:gpu/draw@1.0.0"]));
    let reach = found["reach"].as_array().unwrap().iter().filter(|one| one["imported"] == true);
    assert_eq!(reach.map(|one| &one["name"]).collect::<Vec<_>>(), ["files"]);
}

#[test]
fn what_is_no_component_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let foreign = wat::parse_str(FOREIGN).unwrap();
    let files: [(&str, &[u8], &str); 6] = [
        ("module.wasm", &wat::parse_str("(module)").unwrap(), "a core module"),
        ("empty.wasm", b"", "empty"),
        ("cut.wasm", &foreign[..foreign.len() - 3], "ends too early"),
        ("text.wasm", b"\x1b[2Jhello", "no WebAssembly"),
        ("head.wasm", b"\0asm", "ends too early"),
        ("later.wasm", b"\0asm\x63\0\x01\0", "version"),
    ];
    for (name, content, expected) in files {
        fs::write(path.join(name), content).unwrap();
        let (code, out, problem) = run(path, &["inspect", name, "--svg", "none.svg"]);
        let error: Value = serde_json::from_str(&problem).unwrap();
        let message = error["message"].as_str().unwrap();
        assert_eq!((code, &*out, &error["kind"]), (3, "", &json!("invalid-input")), "{name}: {problem}");
        assert!(message.starts_with(name) && message.contains(expected), "{message}");
        assert!(message.contains("expected a WebAssembly component") && !message.contains('\u{1b}'), "{message}");
    }
    assert!(!path.join("none.svg").exists());
    for (name, expected) in [("none.wasm", "none.wasm"), (".", "expected a WebAssembly component")] {
        let (code, _, problem) = run(path, &["inspect", name]);
        assert!(code == 3 && problem.contains(expected), "{code}: {problem}");
    }
}

/// Every text of a picture. A picture that is no XML, or has other elements than the program draws, fails the test.
fn texts(svg: &str) -> Vec<String> {
    let document = roxmltree::Document::parse(svg).unwrap();
    let elements: BTreeSet<&str> =
        document.descendants().filter(|node| node.is_element()).map(|node| node.tag_name().name()).collect();
    let drawn = BTreeSet::from(["svg", "title", "style", "rect", "path", "text"]);
    assert!(elements.is_subset(&drawn), "{elements:?}");
    let texts = document.descendants().filter(|node| node.has_tag_name(("http://www.w3.org/2000/svg", "text")));
    texts.map(|node| node.text().unwrap_or_default().to_owned()).collect()
}

const HOSTILE: &str = "\u{1b}[2J\u{202e}</text><script>x</script>&\"\r\n\u{9b}31m";

/// A plugin with this catalogue.
fn plugin(catalogue: &Value) -> Vec<u8> {
    let catalogue = catalogue.to_string();
    let data: String = catalogue.bytes().map(|byte| format!("\\{byte:02x}")).collect();
    let (start, size) = (1024, catalogue.len());
    let pages = (start + size) / 65536 + 2;
    let name = "outwit:plugin/operations@0.1.0";
    let module = format!(
        r#"(module
          (memory (export "memory") {pages})
          (data (i32.const 8) "\00\04\00\00") (data (i32.const 12) "{}") (data (i32.const {start}) "{data}")
          (func (export "{name}#describe") (result i32) i32.const 8)
          (func (export "{name}#search") (param i32 i32 i32) (result i32) unreachable)
          (func (export "{name}#call") (param i32 i32 i32 i32) (result i32) unreachable)
          (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) i32.const 512))"#,
        u32::try_from(size).unwrap().to_le_bytes().map(|byte| format!("\\{byte:02x}")).concat(),
    );
    let mut module = wat::parse_str(module).unwrap();
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(root().join("wit/plugin")).unwrap();
    let world = resolve.select_world(&[package], Some("plugin")).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default().module(&module).unwrap().validate(true).encode().unwrap()
}

/// A component with a custom section.
fn with_section(mut component: Vec<u8>, name: &str, content: &str) -> Vec<u8> {
    let leb = |mut value: usize| {
        let mut bytes = Vec::new();
        while value > 0x7f {
            bytes.push((value & 0x7f) as u8 | 0x80);
            value >>= 7;
        }
        bytes.push(value as u8);
        bytes
    };
    let section = [leb(name.len()), name.into(), content.into()].concat();
    component.push(0);
    component.extend([leb(section.len()), section].concat());
    component
}

#[test]
fn what_a_file_says_stays_text() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let long = "w".repeat(1 << 20);
    let catalogue = json!({
        "vendor": format!("v{HOSTILE}"), "title": HOSTILE, "version": HOSTILE, "summary": HOSTILE, "base": format!("https://{HOSTILE}/x"),
        "auth": { "kind": "bearer", "token": format!("T{HOSTILE}") },
        "settings": [{ "name": format!("T{HOSTILE}"), "description": HOSTILE }, { "name": long, "description": long }],
        "operations": [
            { "id": format!("v.{HOSTILE}"), "effect": "read", "summary": HOSTILE, "method": HOSTILE, "route": HOSTILE },
            { "id": format!("v.{long}"), "effect": "write", "summary": long, "method": "GET", "route": format!("/{long}"),
              "base": format!("https://{long}.example") },
        ],
    });
    let hostile = with_section(with_section(plugin(&catalogue), "licenses", HOSTILE), HOSTILE, &long);
    fs::write(path.join("hostile.wasm"), hostile).unwrap();
    let foreign =
        FOREIGN.replace("acme:gpu/draw@1.0.0", "\\1b[2J\\e2\\80\\ae</text><script>x</script>&\\22\\0d\\0a\\c2\\9b31m");
    let foreign = with_section(wat::parse_str(foreign).unwrap(), "version", &long);
    fs::write(path.join("foreign.wasm"), foreign).unwrap();
    for file in ["hostile.wasm", "foreign.wasm"] {
        let (code, text, problem) = run(path, &["--text", "inspect", file, "--svg", "picture.svg"]);
        assert_eq!((code, &*problem), (0, ""), "{file}");
        let (_, json, _) = run(path, &["inspect", file]);
        let svg = fs::read_to_string(path.join("picture.svg")).unwrap();
        for (form, content) in [("text", &text), ("json", &json), ("svg", &svg)] {
            let hides = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
            assert!(!content.contains(hides), "{file} {form}: {:?}", content.chars().find(|c| hides(*c)));
        }
        assert!(text.contains("\\u001b[2J\\u202e</text><script>x</script>&"), "{file}: {text}");
        assert!(text.len() < 100_000 && svg.len() < 50_000, "{file}: {} and {}", text.len(), svg.len());
        let shown = texts(&svg);
        assert!(shown.iter().any(|text| text.contains("\\u001b[2J\\u202e</text>")), "{file}: {shown:?}");
        // JSON is for programs: nothing is cut, and the same characters come out.
        let found: Value = serde_json::from_str(&json).unwrap();
        match file {
            "hostile.wasm" => {
                assert_eq!((&found["kind"], found.get("unread")), (&json!("vendor"), None));
                let vendor = &found["vendors"][0];
                assert_eq!((&vendor["title"], &vendor["operations"][1]["summary"]), (&json!(HOSTILE), &json!(long)));
            }
            _ => assert_eq!(found["imports"][1], HOSTILE),
        }
    }
}

/// What claims to be a plugin and is none, or is damaged, is described by its structure, with the reason; and it is a failure.
#[test]
fn a_plugin_whose_catalogue_cannot_be_read_is_described_without_it_and_fails() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let claims = FOREIGN.replace("wasi:http/incoming-handler@0.2.4", "outwit:plugin/operations@0.1.0");
    fs::write(path.join("claims.wasm"), wat::parse_str(claims).unwrap()).unwrap();
    assert_eq!(run(path, &["extract", "airops"]).0, 0);
    let mut damaged = fs::read(path.join("airops.wasm")).unwrap();
    // In a function, whose size stays; there is no such instruction.
    let functions = Parser::new(0).parse_all(&damaged).filter_map(|payload| match payload.unwrap() {
        Payload::CodeSectionEntry(body) => Some(body.range()),
        _ => None,
    });
    let longest = functions.max_by_key(ExactSizeIterator::len).unwrap();
    damaged[longest].split_at_mut(64).1.fill(0xff);
    fs::write(path.join("damaged.wasm"), damaged).unwrap();
    // What it imports is denied, and what is damaged cannot be loaded.
    for (file, expected, exit) in [("claims.wasm", "wasi:filesystem/types@0.2.0", 7), ("damaged.wasm", "", 3)] {
        let (code, out, problem) = run(path, &["inspect", file]);
        let (found, error): (Value, Value) =
            (serde_json::from_str(&out).unwrap(), serde_json::from_str(&problem).unwrap());
        assert_eq!((&found["kind"], &found["vendors"]), (&json!("vendor"), &json!([])), "{file}");
        assert_eq!((code, &error["kind"]), (exit, &found["unread"]["kind"]), "{file}: {problem}");
        let reason = found["unread"]["message"].as_str().unwrap();
        assert!(reason.contains(expected), "{reason}");
        assert_eq!(error["message"], format!("{file}: {reason}"));
    }
    fs::write(path.join("odd.wasm"), plugin(&json!({ "vendor": 7 }))).unwrap();
    let (code, text, problem) = run(path, &["--text", "inspect", "odd.wasm"]);
    assert!(code != 0 && text.contains("Its catalogue cannot be read"), "{code}: {text}");
    assert!(problem.contains("odd.wasm"), "{problem}");
}
