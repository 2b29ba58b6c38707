//! What was imported, what was left out, and why: for programs as JSON, for people as Markdown.

use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write;

/// The most lines of a kind that [`Report::to_markdown`] shows.
const MOST_SHOWN: usize = 40;
/// The most lines of one kind that are kept, except of operations: their number is counted all the same.
const MOST_LINES: usize = 1_000;

/// What became of a document.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Report {
    /// The vendor's name.
    pub vendor: String,
    /// The vendor's title.
    pub title: String,
    /// The version that the document says it is written in.
    pub format: String,
    /// Operations of the document that were asked for.
    pub operations: usize,
    /// Those of them that were imported.
    pub imported: usize,
    /// Those that were left out, by reason.
    pub left_out: BTreeMap<Kind, usize>,
    /// Imported operations that need a credential of which the document does not say how it is sent.
    pub without_credential: usize,
    /// Types of the WIT.
    pub types: usize,
    /// Fields of its records.
    pub fields: usize,
    /// Places of the document that became `json`, by reason.
    pub json: BTreeMap<String, usize>,
    /// Lines by kind, those that are not kept included.
    pub counts: BTreeMap<Kind, usize>,
    /// What there is to say, by place.
    pub lines: Vec<Line>,
}

/// Something to say of a place in the document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Line {
    /// The place, as a JSON pointer into the document.
    pub pointer: String,
    /// The operation that it is about, as WIT calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// What kind of thing it is.
    pub what: Kind,
    /// A sentence.
    pub text: String,
}

/// What a line of a report is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Kind {
    /// Left out: HEAD, OPTIONS or TRACE.
    Method,
    /// Left out: `?` or `#` in the path, or a path that cannot be sent.
    Path,
    /// Left out: the method and path of another operation.
    SameRoute,
    /// Left out: a body of several parts.
    Multipart,
    /// Left out: a body that is neither JSON nor a form.
    BodyMedia,
    /// Left out: an answer that is neither JSON nor text.
    AnswerMedia,
    /// Left out: an answer that comes piece by piece.
    AnswerStream,
    /// Left out: a required value that no rule says how to write.
    Unsayable,
    /// Left out: the request has to be signed, or the like.
    Security,
    /// Left out: a path or an operation that is no object.
    Malformed,
    /// Left out: the document is larger than an importer works on.
    TooLarge,
    /// A parameter that may be absent and cannot be given.
    OptionalLeftOut,
    /// A reference that leads nowhere, or to another file.
    Reference,
    /// A schema that leads back to itself: `json` there.
    Recursion,
    /// A name that could not be as the document has it.
    Renamed,
    /// Something that is the same for all operations, and so a setting.
    Setting,
    /// What the document leaves open and was decided.
    Decided,
    /// What looks wrong in the document.
    Doubtful,
    /// The vendor advises against it.
    Deprecated,
    /// The vendor's name is that of a built-in vendor.
    Replaces,
}

impl Kind {
    /// What people read of it.
    pub fn title(self) -> &'static str {
        match self {
            Kind::Method => "method that is not sent",
            Kind::Path => "path that cannot be sent",
            Kind::SameRoute => "method and path of another operation",
            Kind::Multipart => "body of several parts",
            Kind::BodyMedia => "body that is neither JSON nor a form",
            Kind::AnswerMedia => "answer that is neither JSON nor text",
            Kind::AnswerStream => "answer that comes piece by piece",
            Kind::Unsayable => "required value that cannot be written",
            Kind::Security => "credential that cannot be sent",
            Kind::Malformed => "path or operation that is no object",
            Kind::TooLarge => "document too large",
            Kind::OptionalLeftOut => "Optional parameters left out",
            Kind::Reference => "References that lead nowhere",
            Kind::Recursion => "Recursion, `json` there",
            Kind::Renamed => "Names that were changed",
            Kind::Setting => "Settings in the place of inputs",
            Kind::Decided => "Decided without the document",
            Kind::Doubtful => "What looks wrong",
            Kind::Deprecated => "Deprecated",
            Kind::Replaces => "The name of a built-in vendor",
        }
    }

    /// Whether it says that an operation is not there.
    pub fn is_left_out(self) -> bool {
        self <= Kind::TooLarge
    }
}

impl Report {
    /// Adds a line.
    pub(crate) fn say(&mut self, what: Kind, pointer: String, operation: Option<&str>, text: impl Into<String>) {
        let count = self.counts.entry(what).or_default();
        *count += 1;
        if *count > MOST_LINES && !what.is_left_out() {
            return;
        }
        if what.is_left_out() {
            *self.left_out.entry(what).or_default() += 1;
        }
        self.lines.push(Line { pointer, operation: operation.map(str::to_owned), what, text: text.into() });
    }

    /// Counts a place that became `json`.
    pub(crate) fn json(&mut self, why: &str) {
        *self.json.entry(why.to_owned()).or_default() += 1;
    }

    /// The report as a page for people.
    pub fn to_markdown(&self) -> String {
        let mut page = format!("# {}: import of `{}`\n\n", safe(&self.title), self.vendor);
        // Writing to a string does not fail.
        let _ = writeln!(
            page,
            "{} of {} operations are imported, with {} types and {} fields. The document says {}.\n",
            self.imported,
            self.operations,
            self.types,
            self.fields,
            safe(&self.format)
        );
        if !self.left_out.is_empty() {
            page += "## Left out\n\n";
            for (kind, count) in &self.left_out {
                let _ = writeln!(page, "{} ({count}):\n", capital(kind.title()));
                self.list(&mut page, *kind);
            }
        }
        if !self.json.is_empty() {
            page += "## What became `json`\n\n";
            self.json.iter().for_each(|(why, count)| page += &format!("- {}: {count}\n", safe(why)));
            page.push('\n');
        }
        for kind in self.counts.keys().rev().filter(|kind| !kind.is_left_out()) {
            let _ = writeln!(page, "## {} ({})\n", kind.title(), self.counts[kind]);
            self.list(&mut page, *kind);
        }
        page
    }

    /// The lines of a kind.
    fn list(&self, page: &mut String, kind: Kind) {
        let lines: Vec<&Line> = self.lines.iter().filter(|line| line.what == kind).collect();
        for line in lines.iter().take(MOST_SHOWN) {
            let operation = line.operation.as_ref().map(|name| format!("`{name}`: ")).unwrap_or_default();
            let _ = writeln!(page, "- {operation}{} (`{}`)", safe(&line.text), safe(&line.pointer));
        }
        let count = self.counts.get(&kind).copied().unwrap_or_default();
        if count > MOST_SHOWN {
            let _ = writeln!(page, "- … and {} more", count - MOST_SHOWN.min(lines.len()));
        }
        page.push('\n');
    }
}

/// A text of the document in a line of the page.
fn safe(text: &str) -> String {
    text.replace(|c: char| c.is_control() || c == '`', " ")
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().collect::<String>() + chars.as_str()).unwrap_or_default()
}
