//! What becomes of a small contract.

mod forms;

use super::*;
use wit_parser::{Resolve, Type};

const PLUGIN: &str =
    "package outwit:plugin@0.1.0; interface types { type json = string; record error { message: string } }";

/// A world with one interface.
fn contract(interface: &str) -> Result<Contract> {
    let mut resolve = Resolve::default();
    resolve.push_str("plugin.wit", PLUGIN)?;
    let wit = format!(
        "package outwit:acme@0.1.0;\n\
         interface things {{ use outwit:plugin/types@0.1.0.{{error, json}};\n{interface} }}\n\
         /// Acme. Makes things.\nworld acme {{ export things; }}"
    );
    let package = resolve.push_str("acme.wit", &wit)?;
    let world = resolve.select_world(&[package], Some("acme"))?;
    Ok(Contract { resolve, world })
}

/// The catalogue and the source of a world with one interface.
fn made(interface: &str) -> Result<(serde_json::Value, String)> {
    let contract = contract(interface)?;
    Ok((catalogue::of(&contract)?, tables::of(&contract, None)?.0))
}

/// The tools of a world with one interface, as WIT without comments, and the comments of the first.
fn tools_of(interface: &str) -> Result<(String, String)> {
    let contract = contract(interface)?;
    let tools = Tools::of(&contract)?;
    tables::of(&contract, Some(&tools))?;
    let mut wit = String::new();
    let name = |ty: &Type| if let Type::String = ty { "string".to_owned() } else { format!("{ty:?}") };
    for function in tools.functions() {
        let params: Vec<_> = function.params.iter().map(|p| format!("{}: {}", p.name, name(&p.ty))).collect();
        wit += &format!("{}({})\n", function.name, params.join(", "));
    }
    let docs = tools.functions().next().and_then(|function| function.docs.contents.clone());
    Ok((wit, docs.unwrap_or_default()))
}

const THING: &str = "
    /// A thing.
    record thing {
        /// Its id.
        id: string,
        /// Its weight.
        weight: option<u8>,
        /// What else there is.
        extra: option<json>,
    }";

#[test]
fn comments_and_types_become_the_catalogue() {
    let (catalogue, _) = made(&format!(
        "{THING} /// Get a thing. Any thing.\n get-thing: func(thing: thing) -> result<list<thing>, error>;"
    ))
    .unwrap();
    assert_eq!(catalogue["summary"], "Acme.");
    assert_eq!(catalogue["description"], "Makes things.");
    let operation = &catalogue["operations"]["get-thing"];
    assert_eq!(operation["summary"], "Get a thing.");
    assert_eq!(operation["input"], serde_json::json!({ "$ref": "#/$defs/thing" }));
    assert_eq!(operation["output"]["items"], serde_json::json!({ "$ref": "#/$defs/thing" }));
    let thing = &catalogue["$defs"]["thing"];
    assert_eq!(thing["required"], serde_json::json!(["id"]));
    assert_eq!(thing["properties"]["weight"]["maximum"], 255);
    assert_eq!(thing["properties"]["extra"], serde_json::json!({ "description": "What else there is." }));
}

#[test]
fn the_template_has_gaps_where_the_vendors_crate_knows_more() {
    let thing = THING.replace("weight:", "heavy: option<bool>,\n/// Its weight.\nweight:");
    let wit = format!("{thing} /// Get \"\\u0002\": 0,\n get-thing: func(thing: thing) -> result<string, error>;");
    let catalogue = catalogue::of(&contract(&wit).unwrap()).unwrap();
    let Template { summaries, text } = Template::of(catalogue, &["get-thing"]).unwrap();
    assert_eq!(summaries, "Get \"\\u0002\": 0,\n");
    for expected in [
        "{\u{1}\"$defs\":",
        "\"operations\":[{\u{2}\"input\":",
        "\"weight\":{\u{3}\"maximum\":255,\"minimum\":0,\u{4}\"description\":\"Its weight.\",",
        "\"id\":{\u{3}\u{4}\"description\":\"Its id.\",",
        "\"heavy\":{\"description\":\"Its weight.\",\"type\":\"boolean\"}",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    let without: String = text.chars().filter(|char| !char.is_control()).collect();
    let without: serde_json::Value = serde_json::from_str(&without).unwrap();
    assert_eq!(without["$defs"]["thing"]["properties"]["weight"]["maximum"], 255);
    assert!(Template::of(serde_json::json!({}), &["get-thing"]).is_err_and(|e| e.to_string().contains("get-thing")));
}

#[test]
fn types_become_tables_and_functions_become_exports() {
    let (_, source) =
        made(&format!("{THING} /// Get a thing.\n get-thing: func(thing: thing) -> result<thing, error>;")).unwrap();
    // id: pointer and length; weight: from byte 8, its value at 9; extra: from 12, its text at 16.
    assert!(source.contains(r#"name: "weight", ty: &T2, offset: 8, flat: 2"#), "{source}");
    assert!(source.contains(r#"name: "extra", ty: &T4, offset: 12, flat: 4"#), "{source}");
    assert!(source.contains(r#"row: &things::get_thing"#), "{source}");
    assert!(source.contains(r#"export_name = "outwit:acme/things@0.1.0#get-thing""#), "{source}");
}

#[test]
fn what_a_type_stands_for_is_said_once_and_examples_come_from_comments() {
    let (catalogue, source) = made(
        "/// A moment, in seconds since 1970,\n/// such as `1769900000`.
        type unix-seconds = u64;
        /// An id, such as `7`.
        type id = string;
        /// A thing.
        record thing {
            /// Its id.
            id: id,
            /// When it was made.
            made: option<unix-seconds>,
            /// Its parts, by id, such as `8`.
            parts: list<id>,
            /// How many, such as `3`.
            count: option<u8>,
        }
        /// A thing that came.
        record other {
            /// When it was made.
            made: unix-seconds,
        }
        /// Make a thing.
        ///
        /// Once more is no harm. For example `{\"id\": \"9\"}`.
        make: func(thing: thing) -> result<other, error>;",
    )
    .unwrap();
    let defs = &catalogue["$defs"];
    let seconds = serde_json::json!({
        "type": "integer", "minimum": 0, "format": "unix-time", "examples": [1_769_900_000],
        "description": "A moment, in seconds since 1970, such as `1769900000`.",
    });
    assert_eq!(defs["unix-seconds"], seconds);
    let made = serde_json::json!({
        "$ref": "#/$defs/unix-seconds", "description": "When it was made.", "minimum": 315_532_800, "maximum": 7_258_118_399_u64,
    });
    assert_eq!(defs["thing"]["properties"]["made"], made);
    let expected = serde_json::json!({ "$ref": "#/$defs/unix-seconds", "description": "When it was made." });
    assert_eq!(defs["other"]["properties"]["made"], expected, "vendors keep to no bounds");
    assert_eq!(defs["thing"]["properties"]["parts"]["examples"], serde_json::json!([["8"]]));
    assert_eq!(defs["thing"]["properties"]["count"]["examples"], serde_json::json!([3]));
    let operation = &catalogue["operations"]["make"];
    assert_eq!(operation["input"], serde_json::json!({ "$ref": "#/$defs/thing", "examples": [{ "id": "9" }] }));
    assert_eq!(operation["description"], "Once more is no harm.");
    assert_eq!(source.matches("form: kit::wire::Form::UnixSeconds").count(), 1, "{source}");
}

#[test]
fn the_steps_of_an_operation_come_from_its_comment_and_are_operations() {
    let wit = |steps: &str| {
        format!(
            "{THING}
            /// Get a thing.
            get: func(thing: thing) -> result<thing, error>;
            /// Make a thing.
            ///
            /// Once more is no harm. Steps: {steps}.
            make: func(thing: thing) -> result<thing, error>;"
        )
    };
    let (catalogue, _) = made(&wit("`get`, `make`")).unwrap();
    let operation = &catalogue["operations"]["make"];
    assert_eq!(operation["steps"], serde_json::json!(["acme.get", "acme.make"]));
    assert_eq!(operation["description"], "Once more is no harm.");
    assert_eq!(catalogue["operations"]["get"]["steps"], serde_json::Value::Null);
    assert!(format!("{:#}", made(&wit("`get`, `gte`")).unwrap_err()).contains("the step gte is no operation"));
}

const STREAM: &str = "
    /// A part.
    variant part {
        /// A piece.
        text(string),
        /// All of it.
        whole(thing),
    }
    /// A thing as it is made.
    resource making {
        /// The next part.
        next: func() -> result<option<part>, error>;
    }
    /// Make a thing.
    make: func(thing: thing) -> result<making, error>;";

#[test]
fn a_resource_gives_the_output_of_its_operation_piece_by_piece() {
    let (catalogue, source) = made(&format!("{THING} {STREAM}")).unwrap();
    let operation = &catalogue["operations"]["make"];
    assert_eq!(operation["streams"], true);
    assert_eq!(operation["output"], serde_json::json!({ "$ref": "#/$defs/thing" }));
    assert_eq!(catalogue["operations"].as_object().unwrap().len(), 1, "the method is no operation");
    for expected in [
        r#"wasm_import_module = "[export]outwit:acme/things@0.1.0""#,
        r#"link_name = "[resource-new]making""#,
        r#"export_name = "outwit:acme/things@0.1.0#[method]making.next""#,
        r#"export_name = "outwit:acme/things@0.1.0#[dtor]making""#,
        "kit::abi::open(&super::COMPONENT, 0,",
    ] {
        assert!(source.contains(expected), "{expected}: {source}");
    }
    let again = format!("{THING} {STREAM}\n/// Make it again.\nremake: func(thing: thing) -> result<making, error>;");
    let (_, source) = made(&again).unwrap();
    assert_eq!(source.matches("[dtor]making").count(), 1, "one resource of two operations");
    assert!(source.contains("kit::abi::open(&super::COMPONENT, 1,"), "{source}");
    let refused = |from: &str, to: &str| made(&format!("{THING} {}", STREAM.replace(from, to))).unwrap_err();
    for (from, to) in [("text(string)", "text(u8)"), ("option<part>", "part"), ("next: func()", "next: func(a: u8)")] {
        let error = format!("{:#}", refused(from, to));
        assert!(error.contains("the resource has one method, next: func()"), "{to}: {error}");
    }
}

#[test]
fn cases_that_hold_something_are_objects_with_one_member() {
    let (catalogue, _) = made(
        "/// A value.
        variant value {
            /// Nothing.
            none,
            /// A text.
            text(string),
        }
        /// Holds values.
        record holder {
            /// The values.
            values: list<value>,
        }
        /// Put values.
        put: func(holder: holder) -> result<_, error>;",
    )
    .unwrap();
    let choices = &catalogue["$defs"]["value"]["anyOf"];
    assert_eq!(choices[0]["enum"], serde_json::json!(["none"]));
    assert_eq!(choices[1]["properties"]["text"]["type"], "string");
    assert_eq!(choices[1]["required"], serde_json::json!(["text"]));
}

#[test]
fn what_is_no_operation_is_refused() {
    let refused = |interface: &str| format!("{:#}", made(interface).unwrap_err());
    let undocumented = refused("get-thing: func() -> result<string, error>;");
    assert_eq!(undocumented, "operation get-thing: get-thing has no comment; everything in the WIT is documented");
    let several = refused("/// Get.\n get-thing: func(a: string, b: string) -> result<string, error>;");
    assert!(several.contains("takes several parameters"), "{several}");
    let bare = refused("/// Get.\n get-thing: func() -> string;");
    assert!(bare.contains("does not give result<_, error>"), "{bare}");
    let tuple = refused("/// Get.\n get-thing: func() -> result<tuple<u8, u8>, error>;");
    assert!(tuple.contains("tuple is not used in operations"), "{tuple}");
}

const QUERY: &str = "
    /// Moments, in seconds.
    type moment = u64;
    /// How.
    enum order {
        /// Up.
        up,
        /// Down.
        down,
    }
    /// A part.
    record part {
        /// Its size.
        size: u32,
    }
    /// Which.
    record query {
        /// How many.
        count: u32,
        /// May it.
        really: bool,
        /// In which order.
        %type: order,
        /// Since when.
        since: moment,
        /// The whole.
        whole: part,
        /// What for.
        inputs: json,
        /// Parts of it.
        parts: list<part>,
        /// Until when.
        until: option<moment>,
    }
    /// List things.
    ///
    /// All of them.
    list-things: func(query: query) -> result<list<part>, error>;
    /// Count things.
    count-things: func() -> result<u64, error>;";

#[test]
fn a_tool_takes_what_is_required_in_plain_types_and_the_rest_as_options() {
    let (wit, docs) = tools_of(QUERY).unwrap();
    assert_eq!(
        wit,
        "acme-list-things(count: U32, really: Bool, type: string, since: string, whole: string, inputs: string, \
         options: string)\nacme-count-things()\n"
    );
    let expected = "List things.\n\
        \n\
        All of them.\n\
        \n\
        Parameters:\n\
        - `count` (integer): How many.\n\
        - `really` (boolean): May it.\n\
        - `type` (word): In which order. `up`: Up. `down`: Down.\n\
        - `since` (JSON text: integer): Since when. Moments, in seconds.\n\
        - `whole` (JSON text: object): The whole.\n  \
        - `whole.size` (integer, required): Its size.\n\
        - `inputs` (JSON text): What for.\n\
        - `options` (JSON text: object; `{}` for none): any of\n  \
        - `parts` (array of object): Parts of it. As `whole`.\n  \
        - `until` (integer): Until when. Moments, in seconds.\n\
        \n\
        Gives JSON text: array of object with\n\
        - `size` (integer): Its size.";
    assert_eq!(docs, expected);
}

#[test]
fn many_parameters_of_a_tool_are_read_from_memory() {
    let fields: String = (0..8).map(|n| format!("/// A text.\n text{n}: string,\n")).collect();
    let many = QUERY.replace("record query {", &format!("record query {{ {fields}"));
    let contract = contract(&many).unwrap();
    let tools = Tools::of(&contract).unwrap();
    let (source, _) = tables::of(&contract, Some(&tools)).unwrap();
    // Eight texts, a number, a truth, then the word after three bytes that hold nothing.
    assert!(source.contains(r#"name: "really", ty: &T2, offset: 68, flat: 17"#), "{source}");
    assert!(source.contains(r#"name: "type", ty: &T0, offset: 72, flat: 18"#), "{source}");
    assert!(source.contains("kit::flat::tool(&super::COMPONENT, 0, &[a0.into()], &super::"), "{source}");
    assert!(source.contains(", true) }"), "{source}");
    assert!(source.contains(", false) }"), "{source}");
}

#[test]
fn an_operation_that_can_be_no_tool_is_refused() {
    let taken = QUERY.replace("really: bool", "options: bool");
    let taken = format!("{:#}", tools_of(&taken).unwrap_err());
    assert!(taken.starts_with("operation list-things: the required field options is called like"), "{taken}");
    let long = QUERY.replace("list-things", &"list-many-things".repeat(4));
    let long = format!("{:#}", tools_of(&long).unwrap_err());
    assert!(long.contains("longer than 64 characters"), "{long}");
}

#[test]
fn a_contract_of_texts_is_that_of_folders() {
    let wit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../wit");
    let folder = |name: &str| -> Vec<(String, String)> {
        let files = wit.join(name).read_dir().unwrap().map(|entry| entry.unwrap().path());
        files.map(|path| (path.display().to_string(), std::fs::read_to_string(path).unwrap())).collect()
    };
    for vendor in ["airops", "accelo"] {
        let files = folder(vendor);
        let sources: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let of_texts = Contract::of_sources(vendor, &sources).unwrap();
        let of_folders = Contract::read(&wit, vendor).unwrap();
        assert_eq!(catalogue::of(&of_texts).unwrap(), catalogue::of(&of_folders).unwrap());
    }
    assert!(Contract::of_sources("acme", &[("acme.wit", "package outwit:acme@0.1.0; world acme {")]).is_err());
}

#[test]
fn an_index_has_the_words_of_texts_and_phrases_and_the_catalogue_has_no_phrases() {
    use outwit_search::{Draft, Index, Operation};
    let wit = format!(
        "{THING} /// Get a thing. Any thing.\n get-thing: func(thing: thing) -> result<list<thing>, error>;\n\
         /// Remove a thing.\n delete-thing: func(thing: thing) -> result<thing, error>;"
    );
    let contract = contract(&wit).unwrap();
    let mut catalogue = catalogue::of(&contract).unwrap();
    catalogue["operations"]["delete-thing"]["phrases"] = serde_json::json!(["shred the gizmo"]);
    let index = index::of(&contract, &mut catalogue).unwrap();
    assert_eq!(catalogue["operations"]["delete-thing"]["phrases"], serde_json::Value::Null);
    let operation = |id: &'static str, effect, secret| Operation { id: id.into(), effect, secret };
    let found = |secret, intent: &str| {
        let operations =
            [operation("acme.get-thing", "read", false), operation("acme.delete-thing", "destroy", secret)];
        let segment = Draft::from_bytes(&index).unwrap().segment("acme", "Acme", &operations);
        let found = Index::of_one(segment).search(intent, 9);
        found.into_iter().map(|one| one.id).collect::<Vec<_>>()
    };
    assert_eq!(found(false, "shred the gizmo")[0], "acme.delete-thing");
    assert_eq!(found(false, "get a thing")[0], "acme.get-thing");
    assert_eq!(
        found(false, "the thing's weight")[0],
        "acme.get-thing",
        "what an operation gives counts where it reads"
    );
    assert_eq!(found(true, "shred the gizmo"), [""; 0]);
    assert_eq!(found(true, "the thing's weight"), ["acme.get-thing"]);
}
