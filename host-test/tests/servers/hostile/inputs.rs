//! Inputs that mean harm.

/// A text that no operation takes, and what the error has to say about it.
pub struct Input {
    pub name: &'static str,
    pub text: String,
    pub said: &'static str,
}

/// What is wrong for every operation.
pub fn all() -> Vec<Input> {
    let input = |name, text: String, said| Input { name, text, said };
    let large = "more than a call can take";
    let deep = "deeper than 127 levels";
    vec![
        input("a text of 9 megabytes", format!(r#"{{"id":"{}"}}"#, "x".repeat(9 << 20)), large),
        input("5 megabytes of lists", format!(r#"{{"id":[{}0]}}"#, "[],".repeat(5 << 18)), large),
        input("5 megabytes of objects", format!(r#"{{"inputs":{{"a":[{}0]}}}}"#, "{},".repeat(5 << 18)), large),
        input("5 megabytes that break off", format!("[{}", "0,".repeat(5 << 19)), large),
        input("5 megabytes of members", members(400_000), large),
        input("lists 10,000 deep", format!("{}{}", "[".repeat(10_000), "]".repeat(10_000)), deep),
        input("objects 10,000 deep", format!("{}1{}", r#"{"id":"#.repeat(10_000), "}".repeat(10_000)), deep),
        input("lists 2,000,000 deep", "[".repeat(2_000_000), deep),
        input("a member twice", r#"{"id":"1","id":"2"}"#.to_owned(), "input.id: given twice"),
        input("a member twice, spelled in two ways", r#"{"id":"1","i\u0064":"2"}"#.to_owned(), "input.id: given twice"),
        input("a member twice, inside", r#"{"a":[{"b":1,"b":1}]}"#.to_owned(), "input.a[0].b: given twice"),
        input("a long member twice", format!(r#"{{"{0}":1,"{0}":1}}"#, "x".repeat(9_000)), "given twice"),
        input("a number beyond range", r#"{"limit":1e999}"#.to_owned(), "number out of range"),
        input("a number far beyond range", format!(r#"{{"limit":{}}}"#, "9".repeat(5_000)), "number out of range"),
        input("a part of an escape", r#"{"id":"\ud8"}"#.to_owned(), "not JSON"),
        input("a zero outside of a text", "{\u{0}\"id\":\"1\"}".to_owned(), "not JSON"),
        input("two documents", "{}{}".to_owned(), "not JSON"),
        input("no number", r#"{"limit":NaN}"#.to_owned(), "not JSON"),
        input("a number with a zero in front", r#"{"limit":010}"#.to_owned(), "not JSON"),
        input("a byte order mark", "\u{feff}{}".to_owned(), "not JSON"),
    ]
}

fn members(count: usize) -> String {
    let all: Vec<String> = (0..count).map(|n| format!(r#""m{n}":0"#)).collect();
    format!("{{{}}}", all.join(","))
}

/// What no field of whole numbers takes, as JSON writes it.
pub const NUMBERS: [&str; 9] = [
    "18446744073709551616",
    "-18446744073709551616",
    "1e300",
    "-1",
    "-9223372036854775808",
    "0.5",
    "-0.1",
    "99999999999999999999999999999999999999",
    "\"-1\"",
];
