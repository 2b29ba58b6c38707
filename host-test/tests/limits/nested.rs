//! JSON that is nested as deep as any is read fits into a component's stack.

use super::lists::{called, reply_of};
use outwit::ErrorKind;
use outwit_host_test::net;
use serde_json::{Value, json};

/// A value that is nested so deep, in lists, objects, or both in turn.
fn nested(levels: usize, open: [(&str, &str); 2]) -> String {
    let at = |level: usize| open[level % 2];
    let before: String = (0..levels).map(|level| at(level).0).collect();
    let after: String = (0..levels).rev().map(|level| at(level).1).collect();
    format!("{before}1{after}")
}

#[test]
fn the_deepest_json_fits_into_the_stack() {
    const LIST: (&str, &str) = ("[", "]");
    const OBJECT: (&str, &str) = ("{\"a\":", "}");
    net::run(async {
        let mut read = [0, 0];
        for (vendor, operation, input, wrap) in [
            ("accelo", "list-activities", json!({}), r#"{"meta":{"status":"ok"},"response":[{"id":"1","new":@}]}"#),
            (
                "accelo",
                "get-activity",
                json!({ "id": "1" }),
                r#"{"meta":{"status":"ok"},"response":{"id":"1","new":@}}"#,
            ),
            ("aero", "list-companies", json!({}), r#"[{"id":1,"name":"S","new":@}]"#),
            (
                "airops",
                "get-workflow-execution",
                json!({ "workflow-id": "1", "execution-id": "2" }),
                r#"{"id":1,"status":"success","output":@}"#,
            ),
        ] {
            for open in [[LIST, LIST], [OBJECT, OBJECT], [LIST, OBJECT], [OBJECT, LIST]] {
                for levels in [50, 100, 106, 109, 115, 120, 124, 125, 126, 127, 128] {
                    let body = wrap.replace('@', &nested(levels, open));
                    for status in [200, 400] {
                        match called(vendor, operation, input.clone(), reply_of(status, body.clone())).await {
                            Ok(_) => read[0] += 1,
                            Err(error) => {
                                read[1] += 1;
                                let kinds = [ErrorKind::Unreadable, ErrorKind::Rejected, ErrorKind::InvalidInput];
                                assert!(kinds.contains(&error.kind), "{operation} {levels} {status}: {error:?}");
                            }
                        }
                    }
                }
                let deep: Value = serde_json::from_str(&nested(120, open)).unwrap();
                let input = json!({ "workflow-id": "1", "inputs": { "deep": deep } });
                let run = called("airops", "execute-workflow", input, reply_of(200, r#"{"id":2}"#.to_owned()));
                let run = run.await.map_err(|error| error.kind);
                assert!(matches!(run, Ok(_) | Err(ErrorKind::InvalidInput)), "{run:?}");
            }
        }
        assert!(read[0] >= 30 && read[1] > 200, "{read:?}");
    });
}
