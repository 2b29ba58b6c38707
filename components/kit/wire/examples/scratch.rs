use std::time::Instant;
use wire::*;
static TEXT: Type = Type { size: 8, align: 4, kind: Kind::Text };
static NUMBER: Type = Type { size: 4, align: 4, kind: Kind::Unsigned };
static SOME_TEXT: Type = Type { size: 0, align: 4, kind: Kind::Option { some: &TEXT, payload: 4 } };
static SOME_NUMBER: Type = Type { size: 0, align: 4, kind: Kind::Option { some: &NUMBER, payload: 4 } };
static BOOL: Type = Type { size: 0, align: 4, kind: Kind::Bool };
static SOME_BOOL: Type = Type { size: 0, align: 4, kind: Kind::Option { some: &BOOL, payload: 4 } };
static JSON: Type = Type { size: 0, align: 4, kind: Kind::Json };
static SOME_JSON: Type = Type { size: 0, align: 4, kind: Kind::Option { some: &JSON, payload: 4 } };
static STAFF: Type = Type {
    size: 0,
    align: 4,
    kind: Kind::Record(&[
        f("id", &TEXT),
        f("firstname", &SOME_TEXT),
        f("surname", &SOME_TEXT),
        f("email", &SOME_TEXT),
        f("extra", &SOME_JSON),
    ]),
};
static SOME_STAFF: Type = Type { size: 0, align: 4, kind: Kind::Option { some: &STAFF, payload: 4 } };
static MEDIUM: Type = Type {
    size: 12,
    align: 4,
    kind: Kind::Variant {
        cases: &[
            Case { name: "note", holds: None },
            Case { name: "meeting", holds: None },
            Case { name: "email", holds: None },
            Case { name: "other", holds: Some(&TEXT) },
        ],
        payload: 4,
    },
};
static SOME_MEDIUM: Type = Type { size: 0, align: 4, kind: Kind::Option { some: &MEDIUM, payload: 4 } };
const fn f(name: &'static str, ty: &'static Type) -> Field {
    Field { name, ty, offset: 0, flat: 0 }
}
static ACT: Type = Type {
    size: 0,
    align: 4,
    kind: Kind::Record(&[
        f("id", &TEXT),
        f("subject", &SOME_TEXT),
        f("body", &SOME_TEXT),
        f("preview-body", &SOME_TEXT),
        f("against-type", &SOME_TEXT),
        f("against-id", &SOME_TEXT),
        f("owner-type", &SOME_TEXT),
        f("owner-id", &SOME_TEXT),
        f("confidential", &SOME_BOOL),
        f("medium", &SOME_MEDIUM),
        f("visibility", &SOME_TEXT),
        f("parent-id", &SOME_TEXT),
        f("thread-id", &SOME_TEXT),
        f("billable", &SOME_NUMBER),
        f("nonbillable", &SOME_NUMBER),
        f("staff", &SOME_STAFF),
        f("x1", &SOME_TEXT),
        f("x2", &SOME_TEXT),
        f("x3", &SOME_TEXT),
        f("x4", &SOME_TEXT),
        f("date-created", &SOME_NUMBER),
        f("extra", &SOME_JSON),
    ]),
};
static LIST: Type = Type { size: 8, align: 4, kind: Kind::List(&ACT) };
fn main() {
    let activity = |i: u32| {
        format!(
            r#"{{"id":"{}","subject":"Quarterly planning meeting {i}","confidential":0,"medium":"meeting","billable":"0","nonbillable":"2700","staff":{{"id":"21","firstname":"Mirela","surname":"Osei"}}}}"#,
            20000 + i
        )
    };
    let reply =
        format!(r#"{{"meta":{{"status":"ok"}},"response":[{}]}}"#, (0..20).map(activity).collect::<Vec<_>>().join(","));
    let n = 20000;
    let names = Names { zero_is_none: &["parent-id", "task"], ..Names::DEFAULT };
    let (mut a, mut b, mut c, mut d) = (0, 0, 0, 0);
    for _ in 0..n {
        let t = Instant::now();
        let mut node = Node::parse(reply.as_bytes()).unwrap();
        a += t.elapsed().as_nanos();
        let node = node.remove("response").unwrap();
        let t = Instant::now();
        let out = read(&LIST, &node, &names, "response").unwrap();
        b += t.elapsed().as_nanos();
        let t = Instant::now();
        let text = out.to_json();
        c += t.elapsed().as_nanos();
        assert!(text.len() > 100);
        let t = Instant::now();
        drop(out);
        drop(node);
        d += t.elapsed().as_nanos();
    }
    println!("{} bytes: parse {} read {} write {} drop {} ns", reply.len(), a / n, b / n, c / n, d / n);
}
