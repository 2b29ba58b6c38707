//! What a vendor's value becomes in WIT's spelling, and what becomes of that again.
//!
//! `OPERATION`, and on the next line a value as the vendor might send it: an output, or, from the caller's side, an input.

use crate::engine::Target;
use crate::schema::misfit;
use crate::vendors::{all, cut, operation};
use kit::wire::{Kind, ListAt, Names, Node, Text, Type, read, read_into, read_with_list, withhold, write};
use kit::world::Answer;
use serde_json::Value;

pub const TARGET: Target = Target { name: "decode", run, seeds };

fn run(data: &[u8]) -> &'static str {
    let (id, text) = cut(data, b"\n");
    let Some((vendor, operation, described)) = std::str::from_utf8(id).ok().and_then(operation) else {
        return "no operation";
    };
    let parsed = Node::parse(text);
    let value = serde_json::from_slice::<Value>(text);
    assert_eq!(parsed.is_ok(), value.is_ok(), "JSON is read in two ways");
    let (Ok(node), Ok(value)) = (parsed, value) else { return "no JSON" };
    assert_eq!(node.clone().into_value(), value, "JSON is read in two ways");
    // Some numbers come back a little different, whoever writes them.
    let again = |text: String| serde_json::from_str::<Value>(&text).ok();
    assert_eq!(again(node.to_json()), again(value.to_string()), "JSON is written as something else");
    let api = vendor.component.api;
    if let Some(ty) = operation.input {
        match read(ty, &node, &api.names.callers(), "input") {
            Ok(input) => assert!(write(ty, &input, &api.names).is_object(), "an input is sent as no object"),
            Err(fault) => assert!(fault.at.starts_with("input") && !fault.problem.is_empty(), "a fault at no place"),
        }
    }
    let (Some(ty), Some(schema)) = (operation.output, &described.output) else { return "no output" };
    read_late(ty, text, &api.names);
    match read(ty, &node, &api.names, "response") {
        Ok(output) => {
            let problem = misfit(&vendor.catalogue, schema, &output.clone().into_value(), "output");
            assert!(problem.is_none(), "an output that is none by its schema: {problem:?}");
            let again = read(ty, &output, &Names::CALLERS, "output");
            assert_eq!(again.ok().as_ref(), Some(&output), "an output is not what its type says");
            "read"
        }
        Err(fault) => {
            assert!(fault.at.starts_with("response") && !fault.problem.is_empty(), "a fault at no place");
            "fault"
        }
    }
}

/// Lists that are read from their text are what a tree of them is.
fn read_late(ty: &Type, text: &[u8], names: &Names) {
    let (Ok((mut late, _)), Ok(mut whole)) = (Node::read_lazily(text), Node::read(text)) else { return };
    let [late, whole] = [&mut late, &mut whole].map(|answer| {
        withhold(answer, names.withheld, None);
        let mut json = Text::default();
        let read = read_into(ty, answer, names, "response", &mut json);
        read.map(|()| json.take()).map_err(|fault| fault.to_string())
    });
    assert_eq!(late, whole, "a list is read in two ways");
    let mut json = Text::default();
    let list = ListAt { pointer: "", member: None, ty, names, root: "response" };
    let on_the_way = read_with_list(text, list, &mut json).expect("what can be read lazily can be read");
    let is_list = matches!((on_the_way.0, &ty.kind), (Node::Unread(_), Kind::List(_)));
    assert_eq!(on_the_way.2.is_some(), is_list && whole.is_ok(), "a list is read in two ways");
    assert_eq!(json.take(), whole.ok().filter(|_| is_list).unwrap_or_default(), "a list is read in two ways");
}

fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for vendor in all() {
        for case in &vendor.cases {
            let mut add = |value: &[u8]| seeds.push([case.operation.as_bytes(), b"\n", value].concat());
            add(case.input.to_string().as_bytes());
            if let (Some(output), Some((_, operation, _))) = (&case.output, operation(&case.operation)) {
                operation.output.iter().for_each(|ty| {
                    add(write(ty, &output.clone().into(), &vendor.component.api.names).to_string().as_bytes())
                });
            }
            for answer in &case.answers {
                if let Answer::Whole(_, _, body, _) = answer {
                    add(body);
                }
            }
        }
    }
    seeds
}
