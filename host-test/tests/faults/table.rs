//! The table in `faults.toml`, which explains itself.

use bytes::Bytes;
use outwit::Advice;
use outwit_mocks::faults::Fault;
use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use toml::{Table, Value};

use crate::cell::Ground;
use crate::targets::Target;

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct File {
    after_a_write: Table,
    after_a_start: Table,
    group: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    about: String,
    #[serde(default)]
    once: bool,
    #[serde(default)]
    only: Vec<String>,
    #[serde(default)]
    settings: BTreeMap<String, String>,
    faults: Vec<Answer>,
    #[serde(flatten)]
    cells: BTreeMap<Column, Table>,
}

/// What an exchange is, and whether it is one of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Column {
    All,
    Read,
    Idempotent,
    Write,
    Look,
    After,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Answer {
    name: Option<String>,
    status: Option<u16>,
    #[serde(rename = "type")]
    content: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "bytes")]
    body: Option<Bytes>,
    #[serde(default, deserialize_with = "bytes")]
    raw: Option<Bytes>,
    #[serde(default)]
    silent: bool,
    connection: Option<String>,
    nowhere: Option<String>,
    resent: Option<String>,
    deadline_ms: Option<u64>,
    #[serde(default)]
    settings: BTreeMap<String, String>,
    #[serde(default)]
    all: Table,
    #[serde(default)]
    read: Table,
}

/// A fault, and what is expected of it.
pub struct Row {
    pub name: String,
    pub settings: BTreeMap<String, String>,
    /// How long a call may take by the machine's clock.
    pub deadline_ms: u64,
    /// The fault comes once.
    pub once: bool,
    only: Vec<String>,
    answer: Answer,
    levels: Vec<BTreeMap<Column, Table>>,
    after: [Table; 2],
}

/// What comes of a call.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Cell {
    #[serde(deserialize_with = "one_or_several")]
    pub gives: Vec<String>,
    #[serde(skip)]
    pub or_gives: Vec<String>,
    #[serde(default, deserialize_with = "one_or_several")]
    pub advice: Vec<Advice>,
    #[serde(default)]
    pub status: bool,
    #[serde(default)]
    pub maybe_done: bool,
    pub requests: Option<usize>,
    #[serde(default)]
    pub retry_after_ms: Vec<u64>,
    #[serde(default)]
    pub says: Vec<String>,
    pub takes_ms: Option<(u64, u64)>,
}

/// Characters that are bytes, once or each piece of them several times.
fn bytes<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Bytes>, D::Error> {
    let pieces: Vec<(String, usize)> = match Value::deserialize(value)? {
        Value::String(text) => vec![(text, 1)],
        pieces => pieces.try_into().map_err(Error::custom)?,
    };
    let bytes = pieces
        .iter()
        .flat_map(|(text, times)| text.chars().map(|c| u8::try_from(c).unwrap()).collect::<Vec<u8>>().repeat(*times));
    Ok(Some(bytes.collect()))
}

fn one_or_several<'de, T: DeserializeOwned, D: Deserializer<'de>>(value: D) -> Result<Vec<T>, D::Error> {
    let values = match Value::deserialize(value)? {
        Value::Array(several) => several,
        one => vec![one],
    };
    values.into_iter().map(|value| value.try_into().map_err(Error::custom)).collect()
}

/// How it fails.
pub enum How {
    /// The exchange that is hit gets this.
    Answered(Fault),
    /// It gets the good answer, sent in another way: of status line and headers without those that frame the body, and the body.
    Resent(fn(&[u8], &[u8]) -> Vec<Bytes>),
    /// Nobody is at this address.
    At(String),
}

/// All rows.
pub fn rows() -> Vec<Arc<Row>> {
    let File { after_a_write, after_a_start, group } = read(include_str!("faults.toml"));
    let rows = group.into_iter().flat_map(|group| {
        assert!(!group.about.is_empty());
        let after = [after_a_write.clone(), after_a_start.clone()];
        group.faults.into_iter().map(move |answer| {
            let own = [(Column::All, answer.all.clone()), (Column::Read, answer.read.clone())];
            let name = answer.name.clone().unwrap_or_else(|| answer.status.unwrap_or_default().to_string());
            Arc::new(Row {
                name: if group.once { format!("{name}, once") } else { name },
                settings: group.settings.iter().chain(&answer.settings).map(|(k, v)| (k.clone(), v.clone())).collect(),
                deadline_ms: answer.deadline_ms.unwrap_or(4000),
                once: group.once,
                only: group.only.clone(),
                levels: vec![group.cells.clone(), own.into()],
                after: after.clone(),
                answer,
            })
        })
    });
    rows.collect()
}

fn read<T: DeserializeOwned>(text: &str) -> T {
    toml::from_str(text).unwrap_or_else(|problem| panic!("{problem}"))
}

impl Row {
    /// What is at fault before anything is sent concerns the first exchange; the same fault at the others is another one.
    pub fn fits(&self, target: &Target) -> bool {
        (self.only.is_empty() || self.only.iter().any(|only| target.operation.starts_with(only)))
            && (self.answer.nowhere.is_none() || target.at == 0)
    }

    /// What comes of a call.
    pub fn cell(&self, target: &Target) -> Cell {
        let mut cell = Table::new();
        for column in target.columns() {
            cell.extend(self.levels.iter().filter_map(|level| level.get(&column)).flatten().map(owned));
        }
        let [write, start] = &self.after;
        match (target.has_written(), target.is_job) {
            (true, true) => cell.extend(start.iter().map(owned)),
            (true, false) => cell.extend(write.iter().map(owned)),
            (false, _) => {}
        }
        let mut cell: Cell = cell.try_into().unwrap_or_else(|problem| panic!("{}: {problem}", self.name));
        let documented =
            target.documented.iter().filter(|(status, _)| self.only.is_empty() && *status == self.status());
        cell.or_gives.extend(documented.map(|(_, kind)| kind.clone()));
        cell
    }

    /// The status of the answer, where it is one.
    pub fn status(&self) -> u16 {
        self.answer.status.unwrap_or(200)
    }

    pub fn how(&self, ground: &Ground) -> How {
        let Answer { content, headers, body, raw, silent, connection, nowhere, resent, .. } = &self.answer;
        if let Some(place) = nowhere {
            return How::At(ground.nowhere(place).to_owned());
        }
        if let Some(way) = resent {
            return How::Resent(way_of(way));
        }
        if let Some(raw) = raw {
            return How::Answered(Fault::Raw { pieces: vec![raw.clone()], pause: Duration::ZERO, closes: !silent });
        }
        How::Answered(match connection.as_deref() {
            Some("reset") => Fault::ResetMidBody,
            Some("close") => Fault::CloseBeforeAnswer,
            Some("short") => Fault::Truncated { status: 200, body: "{\"meta\":".into() },
            Some("silence") => Fault::NeverAnswers,
            Some("drip") => Fault::Drip,
            Some(other) => panic!("{}: {other}", self.name),
            None => {
                let content = content.iter().map(|content| ("content-type".to_owned(), content.clone()));
                let headers = headers.iter().map(|(name, value)| (name.clone(), ground.filled(value, "")));
                Fault::Reply {
                    status: self.status(),
                    headers: content.chain(headers).collect(),
                    body: body.clone().unwrap_or_default(),
                }
            }
        })
    }
}

fn owned((name, value): (&String, &Value)) -> (String, Value) {
    (name.clone(), value.clone())
}

/// A text in which moments stand for `{date+9}` and `{unix+9}`.
pub fn with_moments(text: &str) -> String {
    let Some((name, seconds)) = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')?.split_once('+')) else {
        return text.to_owned();
    };
    let moment = SystemTime::now() + Duration::from_secs(seconds.parse().unwrap());
    match name {
        "date" => httpdate::fmt_http_date(moment),
        _ => moment.duration_since(UNIX_EPOCH).unwrap().as_secs().to_string(),
    }
}

fn way_of(name: &str) -> fn(&[u8], &[u8]) -> Vec<Bytes> {
    match name {
        "as it is" => |head, body| {
            vec![[head, format!("content-length: {}\r\n\r\n", body.len()).as_bytes(), body].concat().into()]
        },
        "in three pieces" => |head, body| {
            let whole = framed(head, body);
            whole.chunks(whole.len() / 3 + 1).map(Bytes::copy_from_slice).collect()
        },
        "until the connection ends" => |head, body| vec![[head, b"\r\n", body].concat().into()],
        "in chunks" => |head, body| {
            let mut text = [head, b"connection: close\r\ntransfer-encoding: chunked\r\n\r\n"].concat();
            for chunk in body.chunks(100) {
                text.extend(format!("{:x};name=\"value\"\r\n", chunk.len()).into_bytes());
                text.extend([chunk, b"\r\n"].concat());
            }
            text.extend(b"0\r\nx-trailer: 1\r\n\r\n");
            vec![text.into()]
        },
        "after others" => |head, body| {
            let early = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n";
            vec![[&early[..], &framed(head, body)].concat().into()]
        },
        "by HTTP/1.0" => |head, body| {
            let head = String::from_utf8_lossy(head).replacen("HTTP/1.1", "HTTP/1.0", 1);
            vec![[head.as_bytes(), b"\r\n", body].concat().into()]
        },
        other => panic!("{other}"),
    }
}

fn framed(head: &[u8], body: &[u8]) -> Vec<u8> {
    [head, format!("connection: close\r\ncontent-length: {}\r\n\r\n", body.len()).as_bytes(), body].concat()
}
