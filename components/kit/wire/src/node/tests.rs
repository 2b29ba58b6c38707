use super::*;
use serde_json::json;

#[test]
fn what_is_read_is_written_as_it_was() {
    for text in [
        r#"{"a":[1,-2,2.5,true,false,null],"b":{},"c":[],"d":"x"}"#,
        r#"["","\"","\\","\n","\u0001","é","𝄞","a longer text with a \" in it and more after it"]"#,
        r#"[18446744073709551615,-9223372036854775808]"#,
    ] {
        let node = Node::parse(text.as_bytes()).unwrap();
        assert_eq!(node.to_json(), text);
        assert_eq!(Node::from(node.clone().into_value()).into_value(), serde_json::from_str::<Value>(text).unwrap());
    }
}

#[test]
fn every_character_is_escaped_at_every_place_where_json_wants_it() {
    for character in (0..=0x100).filter_map(char::from_u32) {
        for before in 0..18 {
            let text = format!("{}{character}{}", "x".repeat(before), "y".repeat(17 - before));
            assert_eq!(Node::from(&*text).to_json(), Value::from(text).to_string(), "{character:?} after {before}");
        }
    }
}

#[test]
fn texts_without_escapes_stay_where_they_were_read_from() {
    let read = Node::parse(br#"{"plain":"plain","escaped":"\u0061"}"#).unwrap();
    let [(_, plain), (_, escaped)] = read.members().unwrap() else { panic!("{read:?}") };
    assert!(matches!(plain, Node::Text(Cow::Borrowed("plain"))));
    assert!(matches!(escaped, Node::Text(Cow::Owned(text)) if text == "a"));
}

#[test]
fn of_several_members_of_one_name_the_last_counts() {
    let mut twice = Node::parse(br#"{"a":1,"b":{"c":2},"a":3}"#).unwrap();
    assert_eq!(twice.get("a"), Some(&Node::Number(3.into())));
    assert_eq!(twice.at("/b/c"), Some(&Node::Number(2.into())));
    assert_eq!(twice.at("/b/d"), None);
    assert_eq!(twice.clone().into_value(), json!({ "a": 3, "b": { "c": 2 } }));
    assert_eq!(twice.remove("a"), Some(Node::Number(3.into())));
}

#[test]
fn depth_is_measured_and_bounded() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let text = nested(3);
    let node = Node::parse(text.as_bytes()).unwrap();
    assert!(node.is_deeper_than(2) && !node.is_deeper_than(3));
    assert!(Node::parse(nested(100_000).as_bytes()).is_err());
}
