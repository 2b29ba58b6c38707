//! Messages that say a member twice, before a parser takes the last for the only one: a client that shows the call to a person
//! may have shown the first.
//!
//! A request with such a member is marked, so that it is answered as a call with a wrong input is; an answer becomes an error.

use crate::input::{TWICE, twice};
use serde_json::{Map, Value, json};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, ReadBuf};

/// The member of a request's `_meta` that names what stands there twice. A client that sets it itself is refused, too.
pub(crate) const MARK: &str = "outwit/given-twice";

/// Lines longer than this pass as they are; the transport refuses them.
const LONGEST: usize = 16 << 20;

/// The message in place of one that says a member twice; none where it does not.
pub(crate) fn marked(message: &[u8]) -> Option<Vec<u8>> {
    let text = str::from_utf8(message).ok()?;
    let place = twice("", text)?;
    let mut message: Value = serde_json::from_str(text).ok()?;
    // An answer to a question of the server's, or a batch, which this protocol does not have.
    if message.get("method").is_none() {
        let error = json!({ "code": -32600, "message": problem(&place) });
        return Some(json!({ "jsonrpc": "2.0", "id": message.get("id"), "error": error }).to_string().into_bytes());
    }
    let params = member(message.as_object_mut()?, "params");
    member(params, "_meta").insert(MARK.to_owned(), named(&place).into());
    Some(message.to_string().into_bytes())
}

/// A member that is an object, and becomes one if it is not.
fn member<'m>(of: &'m mut Map<String, Value>, name: &str) -> &'m mut Map<String, Value> {
    let value = of.entry(name).or_insert_with(|| json!({}));
    if !value.is_object() {
        *value = json!({});
    }
    value.as_object_mut().expect("it is an object")
}

/// As a caller names it: `input.name` for a member of an operation's input.
fn named(place: &str) -> &str {
    place.strip_prefix(".params.arguments.").or_else(|| place.strip_prefix('.')).unwrap_or(place)
}

/// What is wrong, in a sentence.
pub(crate) fn problem(place: &str) -> String {
    format!("{}: {TWICE}", named(place))
}

/// What a client writes, line by line, with [`marked`] lines.
pub(crate) struct Lines<R> {
    inner: R,
    /// What was read of a line whose end has not come.
    line: Vec<u8>,
    /// What is to be given next.
    ready: Vec<u8>,
    given: usize,
    /// Whether the rest of a line that is too long passes as it is.
    passing: bool,
}

impl<R> Lines<R> {
    pub fn new(inner: R) -> Lines<R> {
        Lines { inner, line: Vec::new(), ready: Vec::new(), given: 0, passing: false }
    }

    /// Takes what was read.
    fn take(&mut self, mut read: &[u8]) {
        while let Some(end) = read.iter().position(|byte| *byte == b'\n') {
            let (rest, after) = read.split_at(end + 1);
            self.line.extend_from_slice(rest);
            read = after;
            let line = std::mem::take(&mut self.line);
            match (std::mem::take(&mut self.passing), marked(&line)) {
                (false, Some(marked)) => {
                    self.ready.extend(marked);
                    self.ready.push(b'\n');
                }
                _ => self.ready.extend(line),
            }
        }
        self.line.extend_from_slice(read);
        if self.passing || self.line.len() > LONGEST {
            self.passing = true;
            self.ready.append(&mut self.line);
        }
    }
}

impl<R: AsyncRead + Unpin> AsyncRead for Lines<R> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        loop {
            if self.given < self.ready.len() {
                let some = (self.ready.len() - self.given).min(into.remaining());
                into.put_slice(&self.ready[self.given..][..some]);
                self.given += some;
                return Poll::Ready(Ok(()));
            }
            self.ready.clear();
            self.given = 0;
            let mut buffer = [0; 16 << 10];
            let mut buffer = ReadBuf::new(&mut buffer);
            ready!(Pin::new(&mut self.inner).poll_read(context, &mut buffer))?;
            if buffer.filled().is_empty() {
                // The end: what has come of a last line.
                self.ready = std::mem::take(&mut self.line);
                if self.ready.is_empty() {
                    return Poll::Ready(Ok(()));
                }
                continue;
            }
            self.take(buffer.filled());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncReadExt;

    fn value(message: &str) -> Option<Value> {
        Some(serde_json::from_slice(&marked(message.as_bytes())?).unwrap())
    }

    #[test]
    fn a_request_that_says_a_member_twice_is_marked_with_its_place() {
        for (params, place) in [
            (r#"{"name":"x","arguments":{"input":{"a":1,"a":2}}}"#, "input.a"),
            (r#"{"name":"x","arguments":{"operation":"a","operation":"b"}}"#, "operation"),
            (r#"{"name":"x","name":"y","_meta":{"progressToken":1}}"#, "params.name"),
            (r#"1,"params":{"name":"y"}"#, "params"),
        ] {
            let told =
                value(&format!(r#"{{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{params}}}"#)).unwrap();
            assert_eq!((&told["id"], &told["params"]["_meta"][MARK]), (&json!(7), &json!(place)), "{told}");
        }
        assert_eq!(value(r#"{"jsonrpc":"2.0","id":7,"method":"x","params":{"a":{"b":1},"b":1}}"#), None);
        assert_eq!(value("{\"a\":1,\"a\":"), None, "no JSON");
    }

    #[test]
    fn an_answer_that_says_a_member_twice_is_none() {
        let told = value(r#"{"jsonrpc":"2.0","id":3,"result":{"action":"decline","action":"accept"}}"#).unwrap();
        assert_eq!((&told["id"], &told["error"]["code"]), (&json!(3), &json!(-32600)));
        assert_eq!(told["error"]["message"], "result.action: given twice, expected once");
        assert!(value(r#"[{"a":1,"a":2}]"#).unwrap()["error"].is_object());
    }

    #[tokio::test]
    async fn lines_pass_as_they_are_in_any_pieces() {
        let twice = "{\"method\":\"x\",\"method\":\"x\"}";
        let long = "x".repeat(40_000);
        let text = format!("{{\"a\": 1}}\r\n\n{twice}\n{long}\n{twice}\nrest");
        for size in [1, 7, 100_000] {
            let (mut writer, reader) = tokio::io::duplex(size);
            let written = text.clone();
            tokio::spawn(async move { tokio::io::AsyncWriteExt::write_all(&mut writer, written.as_bytes()).await });
            let mut read = String::new();
            Lines::new(reader).read_to_string(&mut read).await.unwrap();
            let lines: Vec<&str> = read.split('\n').collect();
            assert_eq!((lines[0], lines[1], lines[3], lines[5]), ("{\"a\": 1}\r", "", &*long, "rest"));
            assert!(lines[2].contains(MARK) && lines[4].contains(MARK), "{read}");
        }
    }
}
