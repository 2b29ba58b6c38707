//! What YAML has and JSON has not.

use crate::{comment, definition, imported_as, lines, row};
use outwit_import::{Imported, Kind, Options, Problem};

const HEAD: &str = "openapi: 3.0.3\ninfo: {title: Acme, version: 1.10}\nservers: [{url: https://api.acme.test/v1}]\n";

fn yaml(text: &str) -> Result<Imported, Problem> {
    imported_as(format!("{HEAD}{text}").as_bytes(), &Options::default())
}

/// <https://yaml.org/type/merge.html>: own members win, and of several objects the earlier ones.
#[test]
fn merged_members_are_there_unless_the_object_has_its_own() {
    let imported = yaml(
        "
x-base: &base {operationId: doBase, tags: [base], responses: {200: {content: {text/plain: {}}}}}
x-more: &more {operationId: doMore, tags: [more], summary: More.}
paths:
  /a:
    post:
      operationId: doIt
      <<: [*more, *base]
",
    )
    .unwrap();
    assert!(row(&imported).text, "the answer is the merged one");
    assert_eq!(imported.vendor.operations.keys().collect::<Vec<_>>(), ["do-it"]);
    assert!(imported.wit.contains_key("more.wit"), "{:?}", imported.wit.keys());
    assert_eq!(comment(&imported, "do-it: func"), "More.");
    assert!(lines(&imported, Kind::Doubtful).is_empty(), "{:?}", imported.report.lines);
}

/// YAML 1.2, 3.2.1.3, and RFC 8259, section 4: names should be unique.
#[test]
fn a_member_that_is_there_twice_is_reported() {
    let twice = |imported: &Imported| {
        let lines = lines(imported, Kind::Doubtful).into_iter().filter(|(_, text)| text.contains("several times"));
        lines.map(|(pointer, _)| pointer).collect::<Vec<_>>()
    };
    let imported = yaml(
        "
paths:
  /a/{b}:
    get: {operationId: first}
  /a/{b}:
    get:
      operationId: second
      operationId: third
      parameters: [{name: b, in: path, name: b}]
      responses: {204: {description: Done.}}
",
    )
    .unwrap();
    assert_eq!(imported.vendor.operations.keys().collect::<Vec<_>>(), ["third"]);
    let expected = ["/paths/~1a~1{b}", "/paths/~1a~1{b}/get/operationId", "/paths/~1a~1{b}/get/parameters/0/name"];
    assert_eq!(twice(&imported), expected);
    let json = r#"{"openapi":"3.0.3","paths":{"/a":{"get":{"operationId":"one","operationId":"two"}}}}"#;
    let imported = imported_as(json.as_bytes(), &Options::default()).unwrap();
    assert_eq!(twice(&imported), ["/paths/~1a/get/operationId"]);
}

#[test]
fn values_of_texts_stay_as_they_are_written() {
    let imported = yaml(
        "
paths:
  /a:
    post:
      operationId: doIt
      requestBody: {content: {application/json: {schema: {properties: {
        a: {type: string, enum: [1.10, 1.20, 2]},
        b: {type: string, default: 2020-01-01},
        c: {type: string, example: 1.50},
        d: {type: number, enum: [1.50, 2]},
        e: {type: string, enum: [on, off]},
        f: {type: string, enum: [true, 1e3]},
        g: {type: string, example: !!binary aGVsbG8=},
        h: {type: string, enum: [!!str 012, !other x]}
      }}}}}
",
    )
    .unwrap();
    let expected = [
        ("a: ", "A. One of `1.10`, `1.20`, `2`."),
        ("b: ", "B. `2020-01-01` if left out."),
        ("c: ", "C, such as `1.50`."),
        ("d: ", "D. One of `1.5`, `2`."),
        ("f: ", "F. One of `true`, `1e3`."),
        ("g: ", "G, such as `aGVsbG8=`."),
        ("h: ", "H. One of `012`, `x`."),
    ];
    for (field, expected) in expected {
        assert_eq!(comment(&imported, field), expected);
    }
    assert_eq!(definition(&imported, "do-it-e"), ["on", "off"]);
}

#[test]
fn names_that_look_like_no_texts_are_texts() {
    let imported = yaml(
        "
paths:
  /a:
    get:
      operationId: doIt
      responses:
        null: {description: None.}
        4.10: {description: None.}
        !!str 404: {description: None.}
        201: {content: {text/plain: {}}}
",
    )
    .unwrap();
    assert!(row(&imported).text);
}

#[test]
fn what_cannot_be_read_says_where() {
    for (text, place) in [
        ("paths: {/a: {get: {? [x, y] : z}}}", "paths./a.get"),
        ("paths: {/a: *nobody}", "line 4"),
        ("paths: {}\n---\npaths: {}", "more than one document"),
        ("paths:\n\t/a: {}", "line 5"),
    ] {
        match yaml(text) {
            Err(Problem::Unreadable { message }) => assert!(message.contains(place), "{text}: {message}"),
            other => panic!("{text}: {other:?}"),
        }
    }
}

/// YAML 1.2.2, 3.1.1: an alias may stand inside of what it stands for. No document of this kind has an end.
#[test]
fn an_alias_inside_of_itself_is_named_with_its_place() {
    let problem = yaml("paths: &all {/a: *all}").unwrap_err();
    let Problem::TooDeep { place, line: 4, .. } = &problem else { panic!("{problem:?}") };
    assert!(place.starts_with("/paths/~1a/~1a/"), "{place}");
}

#[test]
fn aliases_of_a_large_text_do_not_explode() {
    let aliases = "- *a\n".repeat(30_000);
    let text = format!("paths: {{}}\nx-a: &a {}\nx-b:\n{aliases}", "b".repeat(1_000_000));
    assert!(matches!(yaml(&text), Err(Problem::TooManyValues { .. })));
}
