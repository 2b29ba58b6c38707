//! Cases as they stand in `components/*/cases/*.json`.

use crate::root;
use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;

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
    /// Settings that differ from those of [`test_settings`](crate::test_settings).
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
    /// The query's parameters, decoded.
    #[serde(default)]
    pub query: BTreeMap<String, String>,
    /// Those headers that matter.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The JSON body, or a form's fields as an object of texts. Without it, the request has no body.
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

impl Case {
    /// All cases of a vendor, file by file.
    pub fn of(vendor: &str) -> Result<Vec<Case>> {
        let folder = root().join("components").join(vendor).join("cases");
        let entries = folder.read_dir().with_context(|| folder.display().to_string())?;
        let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
        files.sort();
        let mut all = Vec::new();
        for file in files {
            let text = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
            let mut cases: Vec<Case> = serde_json::from_str(&text).with_context(|| file.display().to_string())?;
            for case in &mut cases {
                ensure!(case.output.is_none() || case.error.is_none(), "{}: both output and error", case.name);
                case.file.clone_from(&file);
            }
            all.append(&mut cases);
        }
        Ok(all)
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
