//! Cases of a vendor: `cases/*.json` in its folder, of vendors that are compiled and of those that are imported.

use crate::Seen;
use crate::difference::differences;
use anyhow::{Context, Result, ensure};
use http::{HeaderName, HeaderValue};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What an operation gives, or fails with: both in WIT's spelling.
pub type Outcome = std::result::Result<Value, Value>;

/// One operation with an input, the requests that it has to send, and what it makes of the replies.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Case {
    /// The file that it is in.
    #[serde(skip)]
    pub file: PathBuf,
    /// A sentence that says what it shows.
    pub name: String,
    /// The operation, without the vendor.
    pub operation: String,
    /// Its input.
    pub input: Value,
    /// Settings with another value than [`test_value`].
    #[serde(default)]
    pub settings: BTreeMap<String, String>,
    /// Where the expected requests are documented.
    #[serde(default)]
    pub source: Option<String>,
    /// What goes over the wire, in order.
    pub exchanges: Vec<Exchange>,
    #[serde(default, deserialize_with = "present")]
    output: Option<Value>,
    #[serde(default)]
    error: Option<Value>,
}

/// A request that has to be sent, and the reply to it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// The request.
    pub request: Request,
    /// The reply.
    pub reply: Reply,
}

/// A request as the vendor has to see it. The credential is not in it: it follows from the catalogue.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The method, in capitals.
    pub method: String,
    /// The path, after the vendor's base.
    pub path: String,
    /// The query's parameters, decoded: a text, or a list of texts for a parameter that stands there several times.
    #[serde(default)]
    pub query: Map<String, Value>,
    /// Those headers that matter.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The JSON body, or a form's fields as the query's parameters. Without it, the request has no body.
    #[serde(default)]
    pub body: Option<Value>,
}

/// A reply of the vendor.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// Why the vendor's document does not have this reply: a fault, or more than it says.
    #[serde(default)]
    pub undocumented: Option<String>,
    /// Its headers.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    #[serde(default)]
    body: Option<Value>,
    #[serde(default)]
    text: Option<String>,
}

impl Reply {
    /// The bytes of its body, given as JSON or, for what is none, as text.
    pub fn bytes(&self) -> Vec<u8> {
        match (&self.body, &self.text) {
            (Some(json), _) => json.to_string().into_bytes(),
            (_, text) => text.clone().unwrap_or_default().into_bytes(),
        }
    }
}

impl Request {
    /// What was sent, in the shape of [`Request::shape`]: of the headers, those that are expected.
    pub fn sent(&self, seen: &Seen) -> Value {
        let header =
            |name: &str| seen.headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        let headers: BTreeMap<_, _> =
            self.headers.keys().filter_map(|name| Some((name.clone(), header(name)?))).collect();
        let body = match header("content-type").unwrap_or_default().as_str() {
            _ if seen.body.is_empty() => Value::Null,
            FORM => parameters(&seen.body),
            _ => serde_json::from_slice(&seen.body).unwrap_or_else(|_| String::from_utf8_lossy(&seen.body).into()),
        };
        json!({
            "method": seen.method,
            "path": seen.path,
            "query": parameters(seen.query.as_bytes()),
            "headers": headers,
            "body": body,
        })
    }

    /// The request as a document.
    pub fn shape(&self) -> Value {
        json!({
            "method": self.method, "path": self.path, "query": self.query, "headers": self.headers, "body": self.body,
        })
    }

    /// Where a request that was sent differs, as `request.query.limit: expected "1", got "2"`. Of a credential, only that it is
    /// there is compared.
    pub fn differences(&self, seen: &Seen, credential: &Credential) -> Vec<String> {
        let (mut expected, mut sent) = (self.shape(), self.sent(seen));
        let mut missing = Vec::new();
        for (part, names) in [("headers", &credential.headers), ("query", &credential.parameters)] {
            for name in names {
                let is_there = match part {
                    "headers" => seen.headers.contains_key(name.as_str()),
                    _ => sent[part].get(name).is_some(),
                };
                if !is_there {
                    missing.push(format!("request.{part}.{name}: expected the credential, it is missing"));
                }
                for side in [&mut expected, &mut sent] {
                    let members = side[part].as_object_mut().into_iter();
                    members.for_each(|members| members.retain(|other, _| !same_name(part, other, name)));
                }
            }
        }
        let differences = differences(&expected, &sent);
        missing.into_iter().chain(differences.into_iter().map(|line| format!("request{line}"))).collect()
    }
}

/// Where requests carry a credential.
#[derive(Clone, Debug, Default)]
pub struct Credential {
    /// The names of headers, in lower case.
    pub headers: Vec<String>,
    /// The names of parameters of the query.
    pub parameters: Vec<String>,
}

/// The content type of a form.
pub const FORM: &str = "application/x-www-form-urlencoded";

/// The names of headers have no case.
fn same_name(part: &str, one: &str, other: &str) -> bool {
    if part == "headers" { one.eq_ignore_ascii_case(other) } else { one == other }
}

/// The parameters of a query or a form. One that stands there several times is a list.
fn parameters(encoded: &[u8]) -> Value {
    let mut parameters = Map::new();
    for (name, value) in form_urlencoded::parse(encoded) {
        let value = match parameters.remove(&*name) {
            Some(Value::Array(mut values)) => {
                values.push(value.into());
                values.into()
            }
            Some(earlier) => json!([earlier, value]),
            None => value.into(),
        };
        parameters.insert(name.into_owned(), value);
    }
    parameters.into()
}

/// The value with which tests run for a setting without a default: the setting's own name as a word (`acme-token`), which tells
/// whose value it is wherever it turns up, and is also one label of a host's name.
pub fn test_value(setting: &str) -> String {
    setting.to_ascii_lowercase().replace('_', "-")
}

impl Case {
    /// All cases of a folder `cases`, file by file.
    ///
    /// # Errors
    ///
    /// A file cannot be read, or a case is malformed: the error names the file, and the case or the line.
    pub fn in_folder(folder: &Path) -> Result<Vec<Case>> {
        let entries = folder.read_dir().with_context(|| folder.display().to_string())?;
        let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
        files.sort();
        let mut all = Vec::new();
        for file in files {
            let text = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
            let mut cases: Vec<Case> = serde_json::from_str(&text).with_context(|| file.display().to_string())?;
            for case in &mut cases {
                case.check().with_context(|| format!("{}: {:?}", file.display(), case.name))?;
                case.file.clone_from(&file);
            }
            all.append(&mut cases);
        }
        Ok(all)
    }

    fn check(&self) -> Result<()> {
        ensure!(self.output.is_none() || self.error.is_none(), "both output and error");
        for (index, Exchange { request, reply }) in self.exchanges.iter().enumerate() {
            let at = |member: &str| format!("exchanges[{index}].{member}");
            let texts = |value: &Value| match value {
                Value::Array(items) => items.iter().all(Value::is_string),
                value => value.is_string(),
            };
            for (name, value) in &request.query {
                ensure!(
                    texts(value),
                    "{}.{name}: expected a text or a list of texts, got {value}",
                    at("request.query")
                );
            }
            ensure!(
                (200..600).contains(&reply.status),
                "{}: expected 200 to 599, got {}",
                at("reply.status"),
                reply.status
            );
            ensure!(reply.body.is_none() || reply.text.is_none(), "{}: both body and text", at("reply"));
            let is_empty = reply.body.is_none() && reply.text.is_none();
            ensure!(
                is_empty || ![204, 205, 304].contains(&reply.status),
                "{}: {} has no body",
                at("reply"),
                reply.status
            );
            for (name, value) in &reply.headers {
                let is_header = HeaderName::try_from(name).is_ok() && HeaderValue::try_from(value).is_ok();
                ensure!(is_header, "{}.{name}: expected a header's name and value", at("reply.headers"));
            }
        }
        Ok(())
    }

    /// What the case says that comes out; none in a new case.
    pub fn outcome(&self) -> Option<Outcome> {
        self.output.clone().map(Ok).or(self.error.clone().map(Err))
    }
}

/// An output of `null` is an output.
fn present<'d, D: Deserializer<'d>>(from: D) -> std::result::Result<Option<Value>, D::Error> {
    Value::deserialize(from).map(Some)
}
