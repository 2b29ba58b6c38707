//! A vendor that is linked from a document, beside the same vendor as a crate that cargo compiles: how long each takes, how large
//! the components are, and what a call costs. The documents are made here.

use crate::calls::Inside;
use crate::sample::{Effort, Samples, Turns};
use crate::table::{Row, Target, Unit};
use crate::vendor::runtime;
use anyhow::{Context, Result, ensure};
use outwit::embed::Testing;
use outwit::{CodeCache, Host, Options, Plugin, Settings};
use outwit_host_test::{net, root};
use outwit_import::Imported;
use outwit_link::vendor::{Param, Place, Spelling, Vendor};
use outwit_link::{Run, Snapshot, Source, Variant};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::process::Command;

const COLOURS: [&str; 8] = ["red", "green", "blue", "white", "black", "brown", "grey", "pink"];
const THINGS: [&str; 9] = ["Lamp", "Chair", "Table", "Shelf", "Carpet", "Mirror", "Bench", "Drawer", "Stool"];
const SMALL: usize = 40;
const LARGE: usize = 325;
const LINKED: &str = "call of a linked component, in-process reply";
const COMPILED: &str = "the same, compiled by cargo";

/// A document with so many operations: five of each kind of thing.
fn document(operations: usize) -> Value {
    let kinds = THINGS.iter().flat_map(|thing| COLOURS.iter().map(move |colour| (colour, thing)));
    let (mut paths, mut schemas) = (json!({}), json!({}));
    for (colour, thing) in kinds.take(operations / 5) {
        let kind = format!("{}{}{thing}", colour[..1].to_uppercase(), &colour[1..]);
        let one = json!({ "$ref": format!("#/components/schemas/{kind}") });
        let json = |schema: &Value| json!({ "content": { "application/json": { "schema": schema } } });
        let answers = |schema: &Value| {
            let mut answer = json(schema);
            answer["description"] = "It is done.".into();
            json!({ "200": answer })
        };
        let operation = |verb: &str, summary: &str| json!({ "operationId": format!("{verb}{kind}"), "summary": summary, "tags": [thing] });
        let with = |mut operation: Value, members: Value| {
            operation
                .as_object_mut()
                .into_iter()
                .for_each(|all| all.extend(members.as_object().cloned().unwrap_or_default()));
            operation
        };
        let query = |name: &str, schema: Value| json!({ "name": name, "in": "query", "schema": schema });
        let id = json!([{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }]);
        let path = format!("/{colour}-{}s", thing.to_lowercase());
        paths[&path] = json!({
            "get": with(operation("list", "List them, the newest first."), json!({
                "parameters": [query("limit", json!({ "type": "integer" })), query("pageCursor", json!({ "type": "string" })),
                    query("tags", json!({ "type": "array", "items": { "type": "string" } }))],
                "responses": answers(&json!({ "type": "array", "items": one })) })),
            "post": with(operation("create", "Create one."), json!({ "requestBody": json(&one), "responses": answers(&one) })),
        });
        paths[format!("{path}/{{id}}")] = json!({
            "get": with(operation("get", "Get one by its id."), json!({ "parameters": id, "responses": answers(&one) })),
            "put": with(operation("update", "Change one."), json!({ "parameters": id, "requestBody": json(&one), "responses": answers(&one) })),
            "delete": with(operation("delete", "Delete one."), json!({ "parameters": id, "responses": { "204": { "description": "It is gone." } } })),
        });
        let text = |description: &str| json!({ "type": "string", "description": description });
        schemas[kind] = json!({ "type": "object", "properties": {
            "id": text("The id."), "displayName": text("What people call it."), "createdAt": text("When it was made."),
            "amount": { "type": "number" }, "count": { "type": "integer" }, "isActive": { "type": "boolean" },
            "state": { "type": "string", "enum": ["open", "onHold", "closed"] }, "tags": { "type": "array", "items": { "type": "string" } },
            "owner": { "type": "object", "properties": { "id": text("The id."), "email": text("The address.") } },
            "parts": { "type": "array", "items": { "type": "object", "properties": { "sku": text("The number."), "quantity": { "type": "integer" } } } },
        } });
    }
    json!({
        "openapi": "3.0.3", "info": { "title": "Furniture", "version": "1" }, "servers": [{ "url": "https://api.furniture.test/v1" }],
        "security": [{ "token": [] }], "paths": paths,
        "components": { "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } }, "schemas": schemas },
    })
}

struct Wasmtime<'c>(&'c CodeCache);

impl Snapshot for Wasmtime<'_> {
    fn run(&self, run: &Run<'_>) -> Result<(Vec<u8>, i32)> {
        Ok(outwit::snapshot(run.engine, run.structure, run.structure_at, run.texts, self.0)?)
    }
}

fn import(document: &[u8]) -> Result<Imported> {
    Ok(outwit_import::import(document, &outwit_import::Options::default())?)
}

/// From the document's bytes to the component.
fn link(document: &[u8], cache: &CodeCache) -> Result<Vec<u8>> {
    let imported = import(document)?;
    let wit: Vec<(&str, &str)> = imported.wit.iter().map(|(name, text)| (&**name, &**text)).collect();
    let source = Source { vendor: &imported.vendor, wit: &wit, version: env!("CARGO_PKG_VERSION") };
    outwit_link::link(&source, Variant::Operations, outwit::ENGINE, &Wasmtime(cache))
}

pub fn rows(folder: &Path, effort: Effort) -> Result<Vec<Row>> {
    let folder = folder.join("link");
    let cache = CodeCache::Folder(folder.join("cache"));
    let mut rows = Vec::new();
    let mut linking = f64::NAN;
    for (operations, most) in [(SMALL, 60.0), (LARGE, 800.0)] {
        let document = document(operations).to_string().into_bytes();
        link(&document, &cache)?;
        let mut samples = Samples::default();
        for _ in 0..effort.of(20, 1) {
            samples.time(|| Ok(black_box(link(&document, &cache)?)))?;
        }
        let name = format!("import and link a document of {operations} operations");
        let row = Row::of(name, Unit::Milliseconds, &samples).target(Target::Most(most));
        linking = if operations == SMALL { row.p50 } else { linking };
        rows.push(row);
    }
    if effort.of(1, 0) == 0 {
        return Ok(rows);
    }
    let document = document(SMALL).to_string().into_bytes();
    let linked = link(&document, &cache)?;
    let (compiled, milliseconds) = compile(&import(&document)?, &folder.join("crate"))?;
    let ratio = |row: Row, ratio: f64| Row { ratio: Some(ratio), ..row };
    let size = |bytes: &[u8]| bytes.len() as f64 / 1000.0;
    let cargo =
        Row::one("cargo compiles the same vendor, its dependencies compiled before", Unit::Milliseconds, milliseconds);
    rows.push(ratio(cargo, milliseconds / linking));
    let linked_size = Row::one("a linked component, beside the compiled one", Unit::Kilobytes, size(&linked));
    rows.push(ratio(linked_size, size(&linked) / size(&compiled)).target(Target::Ratio(1.05)));
    let turns = runtime()?.block_on(calls(&linked, &compiled, effort))?;
    let call = |name: &str| Row::of(name, Unit::Microseconds, &turns.of(name)).beside(&turns.of(COMPILED));
    rows.extend([call(COMPILED), call(LINKED).target(Target::Ratio(1.02))]);
    Ok(rows)
}

async fn calls(linked: &[u8], compiled: &[u8], effort: Effort) -> Result<Turns> {
    let rows: Vec<Value> = (0..20).map(|n| {
        json!({ "id": format!("{n}"), "displayName": format!("Lamp {n}"), "createdAt": "2026-11-30", "amount": 12.5, "count": n, "isActive": true,
            "state": "onHold", "tags": ["a", "b"], "owner": { "id": "7", "email": "a@furniture.test" }, "parts": [{ "sku": "x", "quantity": 2 }] })
    }).collect();
    let reply = Value::from(rows).to_string();
    let load = async |component: &[u8]| -> Result<Plugin> {
        let testing = Testing { transport: Some(Inside::replying(reply.clone())), ..Testing::default() };
        let settings: Settings = [("FURNITURE_TOKEN", "token")].into_iter().collect();
        Ok(Host::new(Options { testing, ..net::options() })?.load(component, settings).await?)
    };
    let (linked, compiled) = (load(linked).await?, load(compiled).await?);
    const OPERATION: &str = "furniture.list-red-lamp";
    const INPUT: &str = r#"{"limit": 20, "tags": ["a", "b"]}"#;
    let output = linked.call(OPERATION, INPUT).await?;
    ensure!(output == compiled.call(OPERATION, INPUT).await?, "the linked component gives something else");
    ensure!(output.contains("on-hold") && output.contains("Lamp 19"), "{output}");
    let mut turns = Turns::new(effort.of(100, 5));
    for turn in 0..effort.of(50, 2) {
        for (name, plugin) in [(LINKED, &linked), (COMPILED, &compiled)] {
            turns.take(name, async || Ok(_ = black_box(plugin.call(OPERATION, INPUT).await?))).await?;
        }
        if turn == 0 {
            turns.forget();
        }
    }
    Ok(turns)
}

/// The vendor as a crate, compiled by cargo: the component, and how many milliseconds cargo took with the dependencies there.
fn compile(imported: &Imported, folder: &Path) -> Result<(Vec<u8>, f64)> {
    let workspace: toml::Table = fs::read_to_string(root().join("Cargo.toml"))?.parse()?;
    let profile = toml::Table::from_iter([("component".to_owned(), workspace["profile"]["component"].clone())]);
    let kit = root().join("components/kit");
    let kit = kit.to_str().context("a path that is text")?;
    let profile = toml::to_string(&toml::Table::from_iter([("profile".to_owned(), profile.into())]))?;
    let manifest = format!(
        "[package]\nname = \"furniture\"\nedition = \"2024\"\n[workspace]\n\
         [dependencies]\nkit = {{ package = \"outwit-kit\", path = \"{kit}\", features = [\"imported\"] }}\n\
         [build-dependencies]\nkit-build = {{ package = \"outwit-kit-build\", path = \"{kit}/build\" }}\n{profile}"
    );
    fs::create_dir_all(folder.join("wit"))?;
    fs::create_dir_all(folder.join("src"))?;
    fs::write(folder.join("Cargo.toml"), manifest)?;
    fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock"))?;
    fs::write(folder.join("build.rs"), "fn main() {\n    kit_build::component_of(\"wit\");\n}\n")?;
    for (name, text) in &imported.wit {
        fs::write(folder.join("wit").join(name), text)?;
    }
    let source = source(&imported.vendor, &imported.wit);
    let mut took = 0.0;
    // The first time compiles the dependencies.
    for _ in 0..2 {
        fs::write(folder.join("src/lib.rs"), &source)?;
        let begun = std::time::Instant::now();
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.current_dir(folder).args(["rustc", "-q", "--crate-type", "cdylib", "--profile", "component"]);
        cargo.args(["--target", "wasm32-unknown-unknown", "--target-dir", "target", "--"]);
        cargo.args(["-Clink-arg=--compress-relocations", "-Clink-arg=--wasi-adapter=none"]);
        ensure!(cargo.status()?.success(), "cargo does not compile the vendor");
        took = begun.elapsed().as_secs_f64() * 1e3;
    }
    let component = fs::read(folder.join("target/wasm32-unknown-unknown/component/furniture.wasm"))?;
    // As the host's build script does it.
    Ok((outwit_link::shorten(&component)?, took))
}

/// The facts as Rust: what these documents need.
fn source(vendor: &Vendor, wit: &std::collections::BTreeMap<String, String>) -> String {
    let spelling = |spelling: Spelling| format!("Spelling::{spelling:?}");
    let names = &vendor.names;
    let settings: String = vendor
        .settings
        .iter()
        .map(|one| {
            let (name, description, required, secret) = (&one.name, &one.description, one.required, one.secret);
            format!("Setting {{ name: {name:?}, description: {description:?}, required: {required}, secret: {secret}, ..Setting::DEFAULT }}, ")
        })
        .collect();
    let mut text = format!(
        "#![allow(unused_imports)]\nuse kit::wire::{{Names, Spelling}};\nuse kit::{{Api, Auth, Imported, ImportedRow, Param, Place, Setting, Style}};\n\
         static API: Api = Api {{ name: {:?}, title: {:?}, base: {:?}, auth: Auth::Bearer {{ token: \"FURNITURE_TOKEN\" }}, settings: &[{settings}],\n\
         names: Names {{ members: {}, words: {}, renamed: &{:?}, words_renamed: &{:?}, numeric_ids: &{:?}, ..Names::DEFAULT }},\n\
         code: &{:?}, message: &{:?}, imported: Some(Imported::new(&[], &[], {})), ..Api::DEFAULT }};\n\
         const PLAIN: ImportedRow = ImportedRow::DEFAULT;\nkit::operations! {{ API;\n",
        vendor.name,
        vendor.title,
        vendor.base,
        spelling(names.members),
        spelling(names.words),
        names.renamed,
        names.words_renamed,
        names.numeric_ids,
        vendor.answers.code,
        vendor.answers.message,
        vendor.encode_paths,
    );
    let mut open = false;
    for line in wit.values().flat_map(|text| text.lines()) {
        if let Some(interface) = line.strip_prefix("interface ") {
            open = true;
            _ = writeln!(text, "{}", interface.replace('-', "_"));
        } else if let Some((name, _)) = line.trim_start().split_once(": func(")
            && let Some(operation) = vendor.operations.get(name)
        {
            let params: String = operation.input.iter().map(param).collect();
            let method = format!("{:?}", operation.method).to_uppercase();
            _ = writeln!(
                text,
                "{} = {method} {:?} {{ imported: Some(&ImportedRow {{ params: &[{params}], ..PLAIN }}) }};",
                name.replace('-', "_"),
                operation.route
            );
        } else if line == "}" && std::mem::take(&mut open) {
            text.push_str("}\n");
        }
    }
    text + "}\n"
}

fn param((field, param): (&String, &Param)) -> String {
    let place = param.place.map(|place| match place {
        Place::Query => "Query",
        Place::Header => "Header",
        Place::Body => "Body",
        Place::WholeBody => "WholeBody",
    });
    let place = place.map_or("None".to_owned(), |place| format!("Some(Place::{place})"));
    let (name, style, numeric) = (&param.name, param.style, param.numeric);
    format!(
        "Param {{ field: {field:?}, name: {name:?}, place: {place}, style: Style::{style:?}, numeric: {numeric:?} }}, "
    )
}
