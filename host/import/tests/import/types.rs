//! What schemas become.

use crate::{all_wit, answers, comment, definition, document, imported, lines, sends, signature, with_schemas};
use outwit_import::Kind;
use serde_json::{Value, json};

/// The type that a member of an answer gets.
fn read(schema: Value) -> String {
    field(&imported(&answers(json!({ "properties": { "a": schema, "b": { "type": "string" } } }))), "do-it-answer")
}

/// The type that a required member of a body gets.
fn sent(schema: Value) -> String {
    field(&imported(&sends(json!({ "required": ["a"], "properties": { "a": schema } }))), "do-it-input")
}

fn field(imported: &outwit_import::Imported, record: &str) -> String {
    definition(imported, record)[0].strip_prefix("a: ").unwrap().to_owned()
}

#[test]
fn plain_types_are_plain() {
    for (schema, expected) in [
        (json!({ "type": "string" }), "string"),
        (json!({ "type": "string", "format": "date-time" }), "string"),
        (json!({ "type": "string", "format": "byte" }), "string"),
        (json!({ "type": "boolean" }), "bool"),
        (json!({ "type": "integer" }), "s64"),
        (json!({ "type": "integer", "format": "int32" }), "s32"),
        (json!({ "type": "integer", "format": "uint32" }), "u32"),
        (json!({ "type": "number", "format": "float" }), "f64"),
        (json!({ "type": "array", "items": { "type": "string" } }), "list<string>"),
        (json!({ "const": "x" }), "string"),
        (json!({ "enum": [1, 2] }), "s64"),
    ] {
        assert_eq!(sent(schema.clone()), expected, "{schema}");
    }
}

#[test]
fn what_says_nothing_is_json() {
    for (schema, why) in [
        (json!({}), "nothing is said"),
        (json!({ "type": "object" }), "an object that says nothing of its members"),
        (json!({ "type": "object", "additionalProperties": { "type": "string" } }), "a map"),
        (json!({ "oneOf": [{ "type": "string" }, { "type": "object" }] }), "one of several shapes"),
        (json!({ "type": "Edge" }), "a type that there is not"),
        (json!({ "$ref": "#/components/schemas/Nobody" }), "a reference that leads nowhere"),
        (json!({ "$ref": "other.json#/X" }), "a reference to another file"),
    ] {
        let imported = imported(&sends(json!({ "required": ["a"], "properties": { "a": schema } })));
        assert_eq!(field(&imported, "do-it-input"), "json", "{schema}");
        assert_eq!(imported.report.json.get(why), Some(&1), "{schema}: {:?}", imported.report.json);
    }
    assert_eq!(read(json!({ "type": "array" })), "list<json>");
}

#[test]
fn ids_are_text_and_numbers_at_the_vendor() {
    let id = json!({ "type": "integer" });
    let imported = imported(&sends(
        json!({ "properties": { "userId": id, "nested": { "type": "object", "properties": { "id": id } } } }),
    ));
    assert_eq!(definition(&imported, "do-it-input")[1], "user-id: option<string>");
    assert_eq!(definition(&imported, "do-it-nested"), ["id: option<string>"]);
    assert_eq!(imported.vendor.names.numeric_ids, ["id", "user-id"]);
}

#[test]
fn a_nested_id_is_a_number_if_fields_of_its_name_are_text_elsewhere() {
    let ids = |ty: &str| json!({ "type": "object", "properties": { "id": { "type": ty } } });
    let mut document = sends(json!({ "properties": { "id": { "type": "string" }, "a": ids("integer") } }));
    let imported_one = imported(&document);
    // A text in the place of a number would be refused, so that the number stays one.
    assert!(imported_one.vendor.names.numeric_ids.is_empty());
    assert!(imported_one.vendor.operations["do-it"].input.get("id").is_none_or(|param| param.numeric.is_none()));
    assert_eq!(definition(&imported_one, "do-it-a"), ["id: option<s64>"]);
    let schema = "/paths/~1things/post/requestBody/content/application~1json/schema/properties";
    document.pointer_mut(schema).unwrap()["b"] = ids("string");
    let imported_two = imported(&document);
    assert_eq!(definition(&imported_two, "do-it-a"), ["id: option<s64>"]);
    assert_eq!(definition(&imported_two, "do-it-b"), ["id: option<string>"]);
    assert!(imported_two.vendor.names.numeric_ids.is_empty());
}

#[test]
fn decimals_are_text_unless_texts_are_called_alike() {
    let decimal = json!({ "type": "number", "format": "decimal" });
    let imported_one = imported(&sends(json!({ "properties": { "price": decimal } })));
    assert_eq!(definition(&imported_one, "do-it-input")[0], "price: option<string>");
    assert_eq!(imported_one.vendor.names.decimals, ["price"]);
    let nested = |schema: &Value| json!({ "type": "object", "properties": { "price": schema } });
    let both = json!({ "properties": { "a": nested(&decimal), "b": nested(&json!({ "type": "string" })) } });
    let imported_two = imported(&sends(both));
    assert_eq!(definition(&imported_two, "do-it-a"), ["price: option<f64>"]);
    assert!(imported_two.vendor.names.decimals.is_empty());
}

#[test]
fn words_are_an_enumeration_or_a_variant() {
    let schema = json!({ "type": "string", "enum": ["asc", "inReverse", "other"] });
    let imported_in = imported(&sends(json!({ "properties": { "order": schema } })));
    assert_eq!(definition(&imported_in, "do-it-order"), ["asc", "in-reverse", "other"]);
    assert_eq!(imported_in.vendor.names.words, outwit_link::vendor::Spelling::Camel);
    let imported_out = imported(&answers(json!({ "properties": { "order": schema } })));
    assert_eq!(definition(&imported_out, "do-it-answer-order"), ["asc", "in-reverse", "other(string)"]);
}

#[test]
fn words_that_cannot_be_told_apart_are_text() {
    for words in [json!(["one"]), json!(["ASC", "asc"]), json!(["1st", "2nd"]), json!(["<", "<="]), json!(["a", "ä"])]
    {
        assert_eq!(sent(json!({ "type": "string", "enum": words })), "string", "{words}");
    }
    let many: Vec<String> = (0..101).map(|number| format!("w{number}")).collect();
    assert_eq!(sent(json!({ "type": "string", "enum": many })), "string");
    let imported = imported(&sends(json!({ "properties": { "a": { "type": "string", "enum": ["<", "<="] } } })));
    assert_eq!(comment(&imported, "a: option<string>"), "A. One of `<`, `<=`.");
}

#[test]
fn words_that_two_enumerations_spell_differently_are_text() {
    let schema = |words: Value| json!({ "type": "string", "enum": words });
    let body = json!({ "properties": { "a": schema(json!(["asc", "desc"])), "b": schema(json!(["ASC", "x"])) } });
    let imported = imported(&sends(body));
    assert_eq!(definition(&imported, "do-it-input"), ["a: option<do-it-a>", "b: option<string>"]);
    assert_eq!(comment(&imported, "b: option<string>"), "B. One of `ASC`, `x`.");
}

#[test]
fn parts_are_merged_with_what_stands_beside_them() {
    let schema = json!({
        "allOf": [{ "$ref": "#/components/schemas/Base" }, { "required": ["b"], "properties": { "b": { "type": "boolean" } } }],
        "properties": { "c": { "type": "boolean" } },
    });
    let base = json!({ "required": ["a"], "properties": { "a": { "type": "boolean" } } });
    let body = json!({ "content": { "application/json": { "schema": schema } } });
    let paths = json!({ "/a": { "post": { "operationId": "do-it", "requestBody": body, "responses": {} } } });
    let imported = imported(&with_schemas(paths, json!({ "Base": base })));
    assert_eq!(definition(&imported, "do-it-input"), ["a: bool", "b: bool", "c: option<bool>"]);
}

#[test]
fn one_part_alone_is_the_schema_itself() {
    let wrapped = json!({ "allOf": [{ "$ref": "#/components/schemas/Base" }], "description": "Another text" });
    let answer = json!({ "200": { "content": { "application/json": { "schema": { "properties": {
        "x": wrapped, "y": { "$ref": "#/components/schemas/Base" }
    } } } } } });
    let paths = json!({ "/a": { "get": { "operationId": "do-it", "responses": answer } } });
    let imported = imported(&with_schemas(paths, json!({ "Base": { "properties": { "a": { "type": "string" } } } })));
    assert_eq!(definition(&imported, "do-it-answer")[..2], ["x: option<base>", "y: option<base>"]);
    assert_eq!(comment(&imported, "x: option<base>"), "Another text.");
}

#[test]
fn one_of_several_is_what_all_have_in_common() {
    for (schema, expected) in [
        (json!({ "oneOf": [{ "type": "string" }, { "type": "string", "format": "uri" }] }), "string"),
        (json!({ "anyOf": [{ "type": "integer" }, { "type": "number" }] }), "f64"),
        (json!({ "anyOf": [{ "type": "string" }, { "type": "null" }] }), "option<string>"),
        (json!({ "type": "string", "oneOf": [{ "required": ["x"] }, { "required": ["y"] }] }), "string"),
    ] {
        assert_eq!(sent(schema.clone()), expected, "{schema}");
    }
    // A number can be read as text. What a caller gives stays what it is.
    let scalars = json!({ "type": ["string", "integer"] });
    assert_eq!(read(scalars.clone()), "option<string>");
    assert_eq!(sent(scalars), "json");
}

#[test]
fn null_is_an_option() {
    for schema in [
        json!({ "type": "string", "nullable": true }),
        json!({ "type": ["string", "null"] }),
        json!({ "type": "string", "x-nullable": true }),
        json!({ "oneOf": [{ "type": "null" }, { "type": "string" }] }),
    ] {
        assert_eq!(sent(schema.clone()), "option<string>", "{schema}");
    }
}

#[test]
fn recursion_is_json_where_it_leads_back() {
    let node = json!({ "properties": { "name": { "type": "string" }, "children": { "type": "array", "items": { "$ref": "#/components/schemas/Node" } } } });
    let answer =
        json!({ "200": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Node" } } } } });
    let paths = json!({ "/a": { "get": { "operationId": "do-it", "responses": answer } } });
    let imported = imported(&with_schemas(paths, json!({ "Node": node })));
    assert_eq!(definition(&imported, "node")[..2], ["children: list<json>", "name: option<string>"]);
    let expected = ("/components/schemas/Node".to_owned(), "it leads back to itself".to_owned());
    assert_eq!(lines(&imported, Kind::Recursion), [expected]);
}

#[test]
fn references_lead_into_everything() {
    let mut document = document(json!({
        "/a b/{c}": { "get": {
            "operationId": "one",
            "parameters": [{ "name": "c", "in": "path", "required": true, "schema": { "type": "boolean" } }],
            "responses": {}
        } },
        "/d": { "get": {
            "operationId": "two",
            "parameters": [{ "name": "e", "in": "query", "required": true, "schema": { "$ref": "#/paths/~1a%20b~1%7Bc%7D/get/parameters/0/schema" } }],
            "responses": { "200": { "$ref": "#/components/responses/x~0y" } }
        } },
    }));
    document["components"]["responses"] =
        json!({ "x~y": { "content": { "application/json": { "schema": { "type": "boolean" } } } } });
    let imported = imported(&document);
    assert_eq!(definition(&imported, "two-input"), ["e: bool"]);
    assert_eq!(signature(&imported, "two"), "two: func(input: two-input) -> result<bool, error>;");
}

#[test]
fn comments_say_what_a_type_cannot() {
    let imported = imported(&sends(json!({ "properties": {
        "a": { "type": "integer", "minimum": 1, "maximum": 9, "default": 3, "example": 4, "description": "How many" },
        "b": { "type": "string", "example": { "no": "text" } },
        "c": { "type": "boolean", "example": "yes" },
        "d": { "type": "string", "example": "a `b`" },
        "f": { "type": "string", "example": "x y", "description": "An id, e.g. Of a lamp. It is short" },
    } })));
    assert_eq!(comment(&imported, "a: option<s64>"), "How many, such as `4`. From `1` to `9`. `3` if left out.");
    assert_eq!(comment(&imported, "f: "), "An id, e.g. Of a lamp, such as `x y`. It is short.");
    for (field, expected) in [("b: ", "B."), ("c: ", "C."), ("d: ", "D.")] {
        assert_eq!(comment(&imported, field), expected);
    }
    assert!(!all_wit(&imported).contains("no"), "{}", all_wit(&imported));
}

#[test]
fn comments_say_what_a_schema_demands() {
    let imported = imported(&sends(json!({ "required": ["d", "g"], "properties": {
        "a": { "type": "string", "pattern": "^[A-Z]{2}$", "minLength": 2, "maxLength": 2 },
        "b": { "type": "string", "minLength": 8 },
        "c": { "type": "number", "minimum": 0, "exclusiveMinimum": true, "maximum": 5 },
        "d": { "type": "array", "items": { "type": "string", "format": "email" }, "minItems": 1, "maxItems": 3 },
        "e": { "allOf": [{ "type": "string", "enum": ["x y", "z"] }, { "type": "string", "description": "Own" }] },
        "g": { "type": "array", "items": { "type": "string" } },
        "h": { "type": "string", "maxLength": 20000 },
        "i": { "type": "array", "maxItems": 2, "items": { "type": "string", "enum": ["1", "2"] } },
        "j": { "type": "string", "format": "byte", "pattern": "^.$" },
        "k": { "type": "string", "format": "email", "maxLength": 9 },
    } })));
    let expected = [
        ("a: ", "A. Exactly 2 characters. Matches `^[A-Z]{2}$`."),
        ("b: ", "B, such as `texttext`. At least 8 characters."),
        ("c: ", "C. More than `0`. At most `5`."),
        ("d: ", "D, such as `someone@example.com`. From 1 to 3 items. Required."),
        ("g: ", "G. Required."),
        ("h: ", "H."),
        ("i: ", "I. One of `1`, `2`. At most 2 items."),
        // No address of an example has nine characters.
        ("j: ", "J. Matches `^.$`."),
        ("k: ", "K. At most 9 characters."),
    ];
    for (field, expected) in expected {
        assert_eq!(comment(&imported, field), expected, "{field}");
    }
    assert_eq!(definition(&imported, "do-it-e").len(), 2);
}

#[test]
fn an_example_is_made_where_the_type_does_not_say_the_form() {
    let schemas = json!({
        "Text": { "type": "object", "required": ["type", "text"], "properties": {
            "type": { "type": "string" }, "text": { "type": "string", "minLength": 6 }, "more": { "type": "string" } } },
        "Tree": { "type": "object", "required": ["children"], "properties": {
            "children": { "type": "array", "items": { "$ref": "#/components/schemas/Tree" } } } },
    });
    let body = json!({ "content": { "application/json": { "schema": { "properties": {
        "a": { "type": "string", "format": "date" },
        "b": { "oneOf": [{ "$ref": "#/components/schemas/Text" }, { "type": "string" }],
               "discriminator": { "propertyName": "type", "mapping": { "words": "#/components/schemas/Text" } } },
        "c": { "type": "object", "additionalProperties": { "type": "integer", "minimum": 3 } },
        "d": { "type": "object" },
        "e": { "type": "array", "items": { "anyOf": [{ "type": "integer" }, { "type": "array" }] } },
        "f": { "anyOf": [{ "$ref": "#/components/schemas/Tree" }, { "type": "string", "pattern": "^a$" }] },
        "g": { "type": "object", "example": { "x": [1] } },
    } } } } });
    let paths = json!({ "/things": { "post": { "operationId": "doIt", "requestBody": body, "responses": {} } } });
    let imported = imported(&with_schemas(paths, schemas));
    let expected = [
        ("a: ", "A, such as `2026-01-31`."),
        ("b: ", r#"B, such as `{"text":"textte","type":"words"}`."#),
        ("c: ", r#"C, such as `{"name":3}`."#),
        ("d: ", "D."),
        ("e: ", "E, such as `1`."),
        ("f: ", "F."),
        ("g: ", r#"G, such as `{"x":[1]}`."#),
    ];
    for (field, expected) in expected {
        assert_eq!(comment(&imported, field), expected, "{field}");
    }
}

#[test]
fn records_that_are_given_are_one_only_where_their_comments_are() {
    let of = |word: &str| json!({ "type": "object", "properties": { "type": { "type": "string", "enum": [word] } } });
    let imported = imported(&sends(json!({ "properties": { "a": of("x"), "b": of("y"), "c": of("x") } })));
    let input = definition(&imported, "do-it-input");
    let types: Vec<&str> = input.iter().map(|field| field.split_once(": ").unwrap().1).collect();
    assert_eq!(types, ["option<do-it-a>", "option<do-it-b>", "option<do-it-a>"]);
}

#[test]
fn parts_that_no_value_has_at_once_are_reported() {
    let all = |parts: Value| json!({ "allOf": parts });
    let (text, whole, number) =
        (json!({ "type": "string" }), json!({ "type": "integer" }), json!({ "type": "number" }));
    let object = json!({ "properties": { "k": { "type": "string" } } });
    let imported = imported(&sends(json!({ "properties": {
        "a": all(json!([text, whole])), "b": all(json!([object, text])), "c": all(json!([number, whole])),
        "d": all(json!([text, { "description": "D." }])), "e": all(json!([object, { "type": "object" }])),
    } })));
    let pointers: Vec<String> = lines(&imported, Kind::Doubtful)
        .into_iter()
        .map(|(pointer, _)| pointer)
        .filter(|at| at.contains("/properties/"))
        .collect();
    let at = "/paths/~1things/post/requestBody/content/application~1json/schema/properties";
    assert_eq!(pointers, [format!("{at}/a"), format!("{at}/b")]);
}

/// OpenAPI 3.1, Reference Object and Schema Object: what stands beside `$ref` in a schema counts.
#[test]
fn words_beside_a_reference_are_the_words() {
    let reference = "#/components/schemas/Colour";
    let body = json!({ "content": { "application/json": { "schema": { "properties": {
        "a": { "$ref": reference, "enum": ["red", "blue"] }, "b": { "$ref": reference }, "c": { "$ref": "#/components/schemas/Count", "maximum": 9 },
    } } } } });
    let paths = json!({ "/things": { "post": { "operationId": "doIt", "requestBody": body, "responses": {} } } });
    let schemas =
        json!({ "Colour": { "type": "string", "enum": ["red", "green", "blue"] }, "Count": { "type": "integer" } });
    let imported = imported(&with_schemas(paths, schemas));
    let input = definition(&imported, "do-it-input");
    let words = |field: &str| {
        let line = input.iter().find(|line| line.starts_with(field)).unwrap();
        definition(&imported, line.split(['<', '>']).nth(1).unwrap())
    };
    assert_eq!(
        (words("a: "), words("b: ")),
        (vec!["red".into(), "blue".into()], vec!["red".into(), "green".into(), "blue".into()])
    );
    assert_eq!(comment(&imported, "c: "), "C. At most `9`.");
}

/// The pattern of a British postcode is a document's own.
#[test]
fn a_pattern_is_shown_as_it_is_or_not_at_all() {
    let postcode = "^(([gG][iI][rR] {0,}0[aA]{2})|((([a-pr-uwyzA-PR-UWYZ][a-hk-yA-HK-Y]?[0-9][0-9]?)|(([a-pr-uwyzA-PR-UWYZ][0-9][a-hjkstuwA-HJKSTUW])|([a-pr-uwyzA-PR-UWYZ][a-hk-yA-HK-Y][0-9][abehmnprv-yABEHMNPRV-Y]))) {0,}[0-9][abd-hjlnp-uw-zABD-HJLNP-UW-Z]{2}))$";
    let pattern = |pattern: &str| json!({ "type": "string", "pattern": pattern });
    let imported = imported(&sends(json!({ "properties": {
        "a": pattern(postcode), "b": pattern("^`$"), "c": pattern("^[a*/]$"), "d": pattern(&"x".repeat(400)), "e": pattern("\\.$."),
    } })));
    let a = comment(&imported, "a: ");
    assert_eq!(a, format!("A. Matches `{postcode}`."));
    for (field, expected) in [("b: ", "B."), ("c: ", "C."), ("d: ", "D."), ("e: ", "E. Matches `\\.$.`.")] {
        assert_eq!(comment(&imported, field), expected);
    }
}

/// Of OpenAPI 3.0 `nullable`, of JSON Schema the type `null`.
#[test]
fn items_that_may_be_null_are_optional_in_answers() {
    let imported = imported(&answers(json!({ "properties": {
        "a": { "type": "array", "items": { "type": "string", "nullable": true } },
        "b": { "type": "array", "items": { "type": ["integer", "null"] } },
        "c": { "type": "array", "items": { "type": "string" } },
    } })));
    let fields = definition(&imported, "do-it-answer");
    assert_eq!(fields[..3], ["a: list<option<string>>", "b: list<option<s64>>", "c: list<string>"]);
}

/// OpenAPI Format Registry: `int32` and `int64` are whole numbers, of the JSON type number.
#[test]
fn a_number_of_a_whole_format_is_given_as_a_whole_number() {
    assert_eq!(sent(json!({ "type": "number", "format": "int32" })), "s32");
    assert_eq!(sent(json!({ "type": "number", "format": "int64" })), "s64");
    assert_eq!(read(json!({ "type": "number", "format": "int32" })), "option<f64>");
}
