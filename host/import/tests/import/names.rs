//! Names of operations, interfaces, types and fields.

use crate::{all_wit, answers, definition, document, imported, imported_as, in_order, sends, with_schemas};
use outwit_import::{Options, Problem};
use serde_json::{Value, json};

/// The names that operations of these ids, methods and paths get.
fn names(operations: &[(&str, &str, &str)]) -> Vec<String> {
    let id = |id: &str| if id.is_empty() { String::new() } else { format!("{:?}: {id:?}, ", "operationId") };
    let one = |(name, method, path): &(&str, &str, &str)| {
        format!("{path:?}: {{{method:?}: {{{}\"responses\": {{}}}}}}", id(name))
    };
    let paths = operations.iter().map(one).collect::<Vec<_>>().join(", ");
    let imported = in_order(&document(json!("HERE")), &format!("{{{paths}}}"));
    let wit = all_wit(&imported);
    let of = |line: &str| Some(line.trim().split_once(": func(")?.0.trim_start_matches('%').to_owned());
    wit.lines().filter_map(of).collect()
}

#[test]
fn an_operation_is_called_by_its_id() {
    assert_eq!(names(&[("getUserID", "get", "/a/{b}")]), ["get-user-id"]);
    assert_eq!(names(&[("Pets_listAll", "get", "/a")]), ["pets-list-all"]);
}

#[test]
fn an_id_of_method_and_path_is_replaced_by_verb_and_noun() {
    assert_eq!(
        names(&[("get-/crm/v3/objects/contacts_getPage", "get", "/crm/v3/objects/contacts")]),
        ["list-contacts"]
    );
    for (method, path, expected) in [
        ("get", "/v1/users", "list-users"),
        ("get", "/v1/users/{id}", "get-user"),
        ("post", "/api/users", "create-user"),
        ("put", "/users/{id}", "update-user"),
        ("patch", "/users/{id}", "update-user"),
        ("delete", "/users/{id}", "delete-user"),
        ("post", "/contacts/merge", "contacts-merge"),
        ("get", "/companies/{id}", "get-company"),
    ] {
        assert_eq!(names(&[("", method, path)]), [expected], "{method} {path}");
    }
}

#[test]
fn path_and_method_behind_an_id_are_left_out() {
    let id = "list_all_users_v1_teams__team_id__users_get";
    assert_eq!(names(&[(id, "get", "/v1/teams/{team_id}/users")]), ["list-all-users"]);
    assert_eq!(names(&[("read_users_get", "get", "/users")]), ["list-users"]);
}

#[test]
fn parents_are_added_until_a_name_is_the_only_one() {
    let both = [("", "get", "/users/{id}/notes"), ("", "get", "/deals/{id}/notes")];
    // By the names of their interfaces.
    assert_eq!(names(&both), ["list-deals-notes", "list-notes"]);
    let same = [("doIt", "get", "/a"), ("do_it", "get", "/b")];
    assert_eq!(names(&same), ["do-it", "get-b"]);
}

#[test]
fn words_that_mean_something_are_no_names_of_operations() {
    for id in ["match", "list", "json", "error", "move", "self"] {
        assert_eq!(names(&[(id, "get", "/things")]), ["list-things"], "{id}");
    }
    assert_eq!(names(&[("", "post", "/match")]), ["do-match"]);
}

#[test]
fn names_fit_into_those_of_tools() {
    let long = "a".repeat(40) + "B" + &"c".repeat(40);
    assert_eq!(names(&[(&long, "get", "/things")]), ["list-things"]);
}

#[test]
fn an_interface_is_the_first_tag_or_the_first_fixed_part_of_the_path() {
    let paths = json!({
        "/v2/orders": { "get": { "operationId": "a1", "responses": {} } },
        "/x": { "get": { "operationId": "a2", "tags": ["Price Lists", "other"], "responses": {} } },
        "/y": { "get": { "operationId": "a3", "tags": ["acme"], "responses": {} } },
        "/z": { "get": { "operationId": "a4", "tags": ["types"], "responses": {} } },
    });
    let imported = imported(&document(paths));
    let files: Vec<&String> = imported.wit.keys().collect();
    assert_eq!(files, ["acme-api.wit", "orders.wit", "price-lists.wit", "types-api.wit", "world.wit"]);
}

#[test]
fn a_type_is_called_by_its_schema_and_like_no_operation() {
    let schema = json!({ "$ref": "#/components/schemas/Thing" });
    let body = json!({ "content": { "application/json": { "schema": { "type": "object", "properties": { "thing": schema } } } } });
    let answer = json!({ "200": { "content": { "application/json": { "schema": schema } } } });
    let paths = json!({ "/a": { "post": { "operationId": "new-thing", "requestBody": body, "responses": answer } } });
    let imported = imported(&with_schemas(paths, json!({ "Thing": { "properties": { "a": { "type": "string" } } } })));
    assert_eq!(definition(&imported, "thing"), ["a: option<string>", "extra: option<json>"]);
    assert_eq!(definition(&imported, "new-thing-2"), ["a: option<string>"]);
    assert_eq!(definition(&imported, "new-thing-input"), ["thing: option<new-thing-2>"]);
}

#[test]
fn a_type_is_not_called_like_a_form_or_a_shared_type() {
    let schemas = json!({
        "Date": { "properties": { "a": { "type": "string" } } },
        "Error": { "properties": { "b": { "type": "string" } } },
    });
    let answer = json!({ "200": { "content": { "application/json": { "schema": { "properties": {
        "x": { "$ref": "#/components/schemas/Date" }, "y": { "$ref": "#/components/schemas/Error" }
    } } } } } });
    let imported =
        imported(&with_schemas(json!({ "/a": { "get": { "operationId": "b", "responses": answer } } }), schemas));
    assert_eq!(definition(&imported, "b-answer")[..2], ["x: option<date-type>", "y: option<error-type>"]);
}

#[test]
fn equal_answers_are_one_type() {
    let one = json!({ "properties": { "a": { "type": "string" } } });
    let imported = imported(&answers(json!({ "properties": { "x": one, "y": one } })));
    assert_eq!(definition(&imported, "do-it-answer")[..2], ["x: option<do-it-answer-x>", "y: option<do-it-answer-x>"]);
}

/// The names that members get, and how WIT's are renamed.
fn fields(members: &[&str]) -> (Vec<String>, Value) {
    let properties =
        members.iter().map(|name| format!("{name:?}: {{\"type\": \"boolean\"}}")).collect::<Vec<_>>().join(", ");
    let imported = in_order(&answers(json!({ "properties": "HERE" })), &format!("{{{properties}}}"));
    let mut names = definition(&imported, "do-it-answer");
    names.pop();
    let name = |line: String| line.split_once(':').unwrap().0.to_owned();
    (names.into_iter().map(name).collect(), serde_json::to_value(&imported.vendor.names.renamed).unwrap())
}

#[test]
fn words_of_fields_end_where_people_see_it() {
    let (names, renamed) = fields(&["userID", "HTTPServer", "snake_case", "kebab-case", "a.b", "$top"]);
    assert_eq!(names, ["user-id", "http-server", "snake-case", "kebab-case", "a-b", "top"]);
    let expected = json!([
        ["a-b", "a.b"],
        ["http-server", "HTTPServer"],
        ["kebab-case", "kebab-case"],
        ["top", "$top"],
        ["user-id", "userID"]
    ]);
    assert_eq!(renamed, expected);
}

#[test]
fn a_word_does_not_begin_with_a_digit() {
    let (names, renamed) = fields(&["address_2", "24hVolume", "1", "", "日本"]);
    assert_eq!(names, ["address2", "n24h-volume", "n1", "n", "n-2"]);
    assert_eq!(renamed[0], json!(["n-2", "日本"]));
}

#[test]
fn keywords_are_escaped() {
    let (names, _) = fields(&["type", "map", "from", "result"]);
    assert_eq!(names, ["%type", "%map", "%from", "%result"]);
}

#[test]
fn what_is_read_may_be_spelled_in_several_ways() {
    let inner = |name: &str| json!({ "properties": { name: { "type": "boolean" } } });
    let imported = imported(&answers(json!({ "properties": { "a": inner("userId"), "b": inner("user_id") } })));
    let expected = json!([["user-id", "userId"], ["user-id", "user_id"]]);
    assert_eq!(serde_json::to_value(&imported.vendor.names.renamed).unwrap(), expected);
}

#[test]
fn two_names_of_one_record_are_told_apart() {
    let (names, renamed) = fields(&["_id", "id"]);
    assert_eq!(names, ["id-2", "id"]);
    // Read first, so that each member lands in its own field.
    assert_eq!(renamed, json!([["id-2", "_id"]]));
}

#[test]
fn a_nested_name_that_is_sent_stands_for_one_name() {
    let inner = |name: &str| json!({ "type": "object", "properties": { name: { "type": "boolean" } } });
    let imported = imported(&sends(json!({ "properties": { "a": inner("userId"), "b": inner("user_id") } })));
    assert_eq!(definition(&imported, "do-it-a"), ["user-id: option<bool>"]);
    assert_eq!(definition(&imported, "do-it-b"), ["user-id-2: option<bool>"]);
    let renamed = serde_json::to_value(&imported.vendor.names.renamed).unwrap();
    assert_eq!(imported.vendor.names.members, outwit_link::vendor::Spelling::Camel);
    assert_eq!(renamed, json!([["user-id-2", "user_id"]]));
}

#[test]
fn a_property_called_extra_is_not_the_rest() {
    let (names, renamed) = fields(&["extra"]);
    assert_eq!((names, renamed), (vec!["extra-2".to_owned()], json!([["extra-2", "extra"]])));
}

#[test]
fn a_vendor_is_called_by_its_host_or_its_title() {
    for (url, title, expected) in [
        ("https://api.hubapi.com/crm", "X", "hubapi"),
        ("https://www.shop.co.uk", "X", "shop"),
        ("https://example.com", "The Lamp API v1", "lamp"),
        ("https://my-stage.herokuapp.com", "Tide Tables", "tide-tables"),
        ("https://{tenant}.blue.com", "X", "blue"),
        ("https://api.box.com", "X", "box"),
        ("https://api.list.com", "X", "list-api"),
        ("/v1", "", "vendor"),
    ] {
        let mut document = document(json!({ "/a": { "get": { "responses": {} } } }));
        document["servers"][0]["url"] = url.into();
        document["info"]["title"] = title.into();
        assert_eq!(imported(&document).vendor.name, expected, "{url}");
    }
}

#[test]
fn a_vendor_is_called_as_asked() {
    let document = document(json!({ "/a": { "get": { "responses": {} } } })).to_string();
    let named = |name: &str| {
        let options = Options { name: Some(name.to_owned()), ..Options::default() };
        imported_as(document.as_bytes(), &options).map(|imported| imported.vendor.name)
    };
    assert_eq!(named("my-vendor").unwrap(), "my-vendor");
    for name in ["", "My", "a--b", "list", "types", "1a", &"a".repeat(40)] {
        assert!(matches!(named(name), Err(Problem::Name { .. })), "{name}");
    }
}
