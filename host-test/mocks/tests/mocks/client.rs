//! The smallest HTTP/1.1 client: one request on one connection.

use std::io;

use http::HeaderMap;
use http::header::{HeaderName, HeaderValue};
use outwit_mocks::Server;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// What the envelope holds, after a look at the verdict.
    pub fn ok(&self) -> Value {
        let body = self.json();
        assert_eq!((self.status, body["meta"]["status"].as_str()), (200, Some("ok")), "{body}");
        body["response"].clone()
    }

    /// The status and the vendor's word for it, out of either shape.
    pub fn refusal(&self) -> (u16, String) {
        let body = self.json();
        let word = body["meta"]["status"].as_str().or(body["error"].as_str()).or(body["status"].as_str());
        (self.status, word.unwrap_or_default().to_owned())
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// Sends one request and reads the answer to the end of the connection.
pub async fn send(url: &str, method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> io::Result<Answer> {
    let authority = url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(authority).await?;
    let mut head = format!("{method} {target} HTTP/1.1\r\nconnection: close\r\ncontent-length: {}\r\n", body.len());
    if !headers.iter().any(|(name, _)| *name == "host") {
        head.push_str(&format!("host: {authority}\r\n"));
    }
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    stream.write_all(&[head.as_bytes(), body].concat()).await?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await?;
    parse(&bytes).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
}

fn parse(bytes: &[u8]) -> Option<Answer> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let mut headers = HeaderMap::new();
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        headers.append(HeaderName::from_bytes(name.as_bytes()).ok()?, HeaderValue::from_str(value).ok()?);
    }
    let body = bytes[end + 4..].to_vec();
    let length: Option<usize> = headers.get("content-length").and_then(|value| value.to_str().ok()?.parse().ok());
    (length.is_none_or(|length| length == body.len())).then_some(Answer { status, headers, body })
}

/// The mock of Accelo with a token.
pub struct Accelo {
    pub server: Server,
    pub token: String,
}

pub async fn accelo() -> Accelo {
    let server = outwit_mocks::start("accelo", ([127, 0, 0, 1], 0).into()).await.unwrap();
    let token = setting(&server, "ACCELO_TOKEN");
    Accelo { server, token }
}

pub fn setting(server: &Server, name: &str) -> String {
    server.settings().iter().find(|(known, _)| known == name).unwrap().1.clone()
}

impl Accelo {
    /// Without a token.
    pub async fn bare(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        send(self.server.url(), method, target, headers, body.as_bytes()).await.unwrap()
    }

    pub async fn call(&self, method: &str, target: &str, kind: &str, body: &str) -> Answer {
        let token = format!("Bearer {}", self.token);
        self.bare(method, target, &[("authorization", &token), ("content-type", kind)], body).await
    }

    pub async fn get(&self, target: &str) -> Answer {
        self.call("GET", target, "text/plain", "").await
    }

    pub async fn form(&self, method: &str, target: &str, body: &str) -> Answer {
        self.call(method, target, "application/x-www-form-urlencoded", body).await
    }

    pub async fn json(&self, method: &str, target: &str, body: Value) -> Answer {
        self.call(method, target, "application/json", &body.to_string()).await
    }

    /// The ids of a list, in order.
    pub async fn ids(&self, target: &str) -> Vec<String> {
        ids(&self.get(target).await.ok())
    }

    /// Sets switches of the mock.
    pub async fn switch(&self, query: &str) -> Value {
        self.bare("POST", &format!("/mock?{query}"), &[], "").await.json()
    }

    pub async fn oauth(&self, path: &str, body: &str) -> Answer {
        let kind = ("content-type", "application/x-www-form-urlencoded");
        self.bare("POST", &format!("/oauth2/v0/{path}"), &[kind], body).await
    }

    /// `client_id` and `client_secret` as form fields.
    pub fn client(&self) -> String {
        let mut form = form_urlencoded::Serializer::new(String::new());
        for (name, from) in [("client_id", "ACCELO_CLIENT_ID"), ("client_secret", "ACCELO_CLIENT_SECRET")] {
            form.append_pair(name, &setting(&self.server, from));
        }
        form.finish()
    }
}

pub fn ids(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|record| record["id"].as_str().unwrap().to_owned()).collect()
}
