//! The mock of AirOps with a key, and a reader of its streams.

use std::io;

use http::HeaderMap;
use http::header::{HeaderName, HeaderValue};
use outwit_mocks::Server;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::client::{Answer, send, setting};

pub struct Airops {
    pub server: Server,
    key: String,
}

pub async fn airops() -> Airops {
    let server = outwit_mocks::start("airops", ([127, 0, 0, 1], 0).into()).await.unwrap();
    let key = setting(&server, "AIROPS_API_KEY");
    Airops { server, key }
}

impl Airops {
    pub fn authorization(&self) -> String {
        format!("Bearer {}", self.key)
    }

    /// Without a key.
    pub async fn bare(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        send(self.server.url(), method, target, headers, body.as_bytes()).await.unwrap()
    }

    pub async fn get(&self, target: &str) -> Answer {
        self.bare("GET", target, &[("authorization", &self.authorization())], "").await
    }

    /// A request without a body.
    pub async fn act(&self, method: &str, target: &str) -> Answer {
        self.bare(method, target, &[("authorization", &self.authorization())], "").await
    }

    pub async fn send(&self, method: &str, target: &str, body: Value) -> Answer {
        let headers = [("authorization", self.authorization()), ("content-type", "application/json".to_owned())];
        let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
        self.bare(method, target, &headers, &body.to_string()).await
    }

    pub async fn post(&self, target: &str, body: Value) -> Answer {
        self.send("POST", target, body).await
    }

    /// Starts a workflow in `v1`, told by a webhook and so not waited for; its execution, with the workflow.
    pub async fn start(&self, workflow: &str, inputs: Value) -> Value {
        let body = json!({ "inputs": inputs, "webhook_url": "https://example.com/hook" });
        let mut run = ok(&self.post(&format!("/v1/workflows/{workflow}/execute"), body).await);
        run["workflow"] = workflow.into();
        run
    }

    /// An execution as `v1` shows it.
    pub async fn poll(&self, execution: &Value) -> Value {
        let name = |member: &str| execution[member].as_str().unwrap();
        ok(&self.get(&format!("/v1/workflows/{}/executions/{}", name("workflow"), name("execution_id"))).await)
    }

    /// Sets switches of the mock.
    pub async fn switch(&self, query: &str) -> Value {
        ok(&self.bare("POST", &format!("/mock?{query}"), &[], "").await)
    }

    pub async fn stream(&self, target: &str, body: Value) -> Stream {
        let (url, body) = (self.server.url().strip_prefix("http://").unwrap(), body.to_string());
        let mut stream = TcpStream::connect(url).await.unwrap();
        let request = format!(
            "POST {target} HTTP/1.1\r\nhost: {url}\r\nconnection: close\r\nauthorization: {}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.authorization(),
            body.len()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut reader = BufReader::new(stream);
        let status = line(&mut reader).await.unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let mut headers = HeaderMap::new();
        while let Some((name, value)) = line(&mut reader).await.unwrap().split_once(": ") {
            headers.insert(HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_str(value).unwrap());
        }
        assert_eq!(headers["transfer-encoding"], "chunked");
        Stream { status, headers, reader }
    }

    /// The events of a whole stream.
    pub async fn events(&self, target: &str, body: Value) -> Vec<String> {
        let mut stream = self.stream(target, body).await;
        let (pieces, end) = stream.rest().await;
        end.unwrap();
        events(&pieces.concat())
    }
}

/// The body of a 200.
pub fn ok(answer: &Answer) -> Value {
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"), "{answer:?}");
    answer.json()
}

/// The status and the text for people: `error` is all that a refusal of `public` holds, and `message` beside a word in `error`
/// what one of `v1` does.
pub fn refusal(answer: &Answer) -> (u16, String) {
    let body = answer.json();
    let text = body.get("message").unwrap_or(&body["error"]);
    assert_eq!(body.as_object().unwrap().len(), if body.get("message").is_some() { 2 } else { 1 }, "{body}");
    assert_eq!(body.get("message").is_some(), !body["error"].as_str().unwrap().contains(' '), "{body}");
    (answer.status, text.as_str().unwrap().to_owned())
}

/// An answer whose body comes in chunks.
pub struct Stream {
    pub status: u16,
    pub headers: HeaderMap,
    reader: BufReader<TcpStream>,
}

impl Stream {
    /// The next chunk; `None` at the proper end.
    pub async fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        let size = line(&mut self.reader).await?;
        let size = usize::from_str_radix(&size, 16).map_err(|_| io::Error::from(io::ErrorKind::UnexpectedEof))?;
        let mut bytes = vec![0; size + 2];
        self.reader.read_exact(&mut bytes).await?;
        bytes.truncate(size);
        Ok((size > 0).then_some(bytes))
    }

    /// All that is left, and how it ended.
    pub async fn rest(&mut self) -> (Vec<Vec<u8>>, io::Result<()>) {
        let mut pieces = Vec::new();
        loop {
            match self.next().await {
                Ok(Some(piece)) => pieces.push(piece),
                Ok(None) => return (pieces, Ok(())),
                Err(error) => return (pieces, Err(error)),
            }
        }
    }
}

async fn line(reader: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut text = String::new();
    reader.read_line(&mut text).await?;
    Ok(text.trim_end().to_owned())
}

/// The data of every event, as the standard says: lines of data are joined, and everything else is dropped.
pub fn events(bytes: &[u8]) -> Vec<String> {
    let (mut events, mut data) = (Vec::new(), Vec::new());
    for line in std::str::from_utf8(bytes).unwrap().lines() {
        if let Some(text) = line.strip_prefix("data:") {
            data.push(text.strip_prefix(' ').unwrap_or(text));
        } else if line.is_empty() && !data.is_empty() {
            events.push(data.join("\n"));
            data.clear();
        }
    }
    assert!(data.is_empty(), "an event that is not ended is dropped: {data:?}");
    events
}

/// The events before `[DONE]`, which has to be there, as JSON.
pub fn whole(mut events: Vec<String>) -> Vec<Value> {
    assert_eq!(events.pop().as_deref(), Some("[DONE]"));
    events.iter().map(|event| serde_json::from_str(event).unwrap()).collect()
}

/// What the tokens of all events say together, of an app or of an agent.
pub fn said(events: &[Value]) -> String {
    let token = |event: &Value| {
        let output = &event["delta"]["output"];
        output.as_str().or(output["token"].as_str()).unwrap_or_default().to_owned()
    };
    events.iter().map(token).collect()
}
