//! Cases of a vendor: a request and an answer for each operation, made from what the document says of both.

use crate::convert::Made;
use crate::input::{Place, by_rule};
use crate::spelling::Spellings;
use crate::types::{DefKind, Field, Ty, Types};
use outwit_link::Vendor;
use outwit_link::vendor::{Auth, Check, Method, Style};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};
use std::cell::Cell;
use std::collections::BTreeMap;

/// Where a case's request comes from.
const SOURCE: &str = "made from the document's schemas; not seen at the vendor";
/// The most records inside of each other.
const DEEPEST: usize = 4;

/// The most values of a case, and of all.
const MOST_VALUES: usize = 2_000;
const MOST_OF_ALL: usize = 500_000;

/// What cases are made of.
pub(crate) struct Cases<'s> {
    pub vendor: &'s Vendor,
    pub types: &'s Types,
    pub spellings: &'s Spellings,
    left: Cell<usize>,
    left_of_all: Cell<usize>,
    /// Whether values are given, and not read.
    is_given: Cell<bool>,
}

impl<'s> Cases<'s> {
    pub fn new(vendor: &'s Vendor, types: &'s Types, spellings: &'s Spellings) -> Cases<'s> {
        let (left, left_of_all, is_given) = (Cell::new(0), Cell::new(MOST_OF_ALL), Cell::new(false));
        Cases { vendor, types, spellings, left, left_of_all, is_given }
    }

    /// The cases as files: one for each interface.
    pub fn files(&self, operations: &[Made]) -> BTreeMap<String, String> {
        let mut files: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        // A case has an answer that comes at once.
        for operation in operations.iter().filter(|operation| operation.stream.is_none()) {
            let cases = files.entry(format!("{}.json", operation.interface)).or_default();
            let first = self.case(operation, false);
            let all =
                operation.sent.iter().any(|sent| sent.field.ty.may_be_absent()).then(|| self.case(operation, true));
            let all = all.flatten().filter(|all| first.as_ref().is_none_or(|first| first["input"] != all["input"]));
            cases.extend(first.into_iter().chain(all));
        }
        files.retain(|_, cases| !cases.is_empty());
        let text = |cases: Vec<Value>| serde_json::to_string_pretty(&cases).unwrap_or_default() + "\n";
        files.into_iter().map(|(name, cases)| (name, text(cases))).collect()
    }

    /// A case with what is required, or with everything; none where it would have to show what cases cannot.
    fn case(&self, operation: &Made, all: bool) -> Option<Value> {
        let (mut input, mut query, mut headers, mut body) = (Map::new(), Map::new(), Map::new(), Map::new());
        let mut path = operation.route.clone();
        let mut whole = None;
        self.left.set(MOST_VALUES.min(self.left_of_all.get()));
        let mut settings = Map::new();
        self.is_given.set(true);
        for sent in &operation.sent {
            let field = &sent.field;
            if field.name == "extra" || field.ty.may_be_absent() && !all {
                // A list of nothing is a body.
                if sent.place == Place::WholeBody && matches!(field.ty, Ty::List(_)) {
                    whole = Some(json!([]));
                }
                continue;
            }
            // How it is written outside of JSON is not said by a map of texts.
            let in_json = sent.place == Place::Body && !operation.is_form || sent.place == Place::WholeBody;
            if !in_json
                && !field.ty.is_scalar(self.types)
                && (sent.style == Style::Json || !self.is_plain_list(&field.ty))
            {
                if field.ty.may_be_absent() {
                    continue;
                }
                return None;
            }
            let (ours, theirs) = self.sample(field, &field.ty, true, 0)?;
            let text = || match &theirs {
                Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(","),
                value => plain(value),
            };
            if sent.place == Place::Header && !is_sendable(&text()) {
                if field.ty.may_be_absent() {
                    continue;
                }
                return None;
            }
            input.insert(field.name.clone(), ours);
            match sent.place {
                Place::Path => path = path.replace(&format!("{{{}}}", field.name), &encoded(&text())),
                Place::Query => _ = query.insert(written(field, sent.style), text().into()),
                Place::Header => _ = headers.insert(field.theirs.to_ascii_lowercase(), text().into()),
                Place::WholeBody => whole = Some(theirs),
                Place::Body if operation.is_form => _ = body.insert(written(field, sent.style), text().into()),
                Place::Body => _ = body.insert(field.theirs.clone(), theirs),
            }
        }
        if path.contains('{') && !self.fill(&mut path, &mut settings) {
            return None;
        }
        let sends_none = operation.is_form || by_rule(operation.method) == Place::Query && !operation.needs_body;
        let has_body = operation.sends_members() && !(body.is_empty() && sends_none);
        for (parameter, setting) in &self.vendor.queries {
            query.insert(parameter.clone(), self.value(setting, &mut settings).into());
        }
        for (header, setting) in &self.vendor.headers {
            headers.insert(header.clone(), self.value(setting, &mut settings).into());
        }
        let mut request = json!({ "method": method(operation), "path": path });
        for (name, members) in [("query", query), ("headers", headers)] {
            if !members.is_empty() {
                request[name] = members.into();
            }
        }
        if let Some(body) = whole.or_else(|| has_body.then(|| body.into())) {
            request["body"] = body;
        }
        let (output, reply) = self.reply(operation)?;
        let with = if all { "everything" } else { "what is required" };
        let mut case = json!({
            "name": format!("{} with {with}", operation.name),
            "operation": operation.name,
            "input": input,
            "source": SOURCE,
            "exchanges": [{ "request": request, "reply": reply }],
            "output": output,
        });
        if !settings.is_empty() {
            case["settings"] = settings.into();
        }
        Some(case)
    }

    fn is_plain_list(&self, ty: &Ty) -> bool {
        matches!(ty.some(), Ty::List(item) if item.is_scalar(self.types))
    }

    /// Fills the settings of a path; whether that is all that was open.
    fn fill(&self, path: &mut String, settings: &mut Map<String, Value>) -> bool {
        for setting in &self.vendor.settings {
            let name = format!("{{{}}}", setting.name);
            if path.contains(&name) {
                let value = self.value(&setting.name, settings);
                *path = path.replace(&name, &value);
            }
        }
        !path.contains('{')
    }

    /// The value of a setting: its default, or one that the case sets.
    fn value(&self, name: &str, settings: &mut Map<String, Value>) -> String {
        let setting = self.vendor.settings.iter().find(|setting| setting.name == name);
        match setting.and_then(|setting| setting.default.clone()) {
            Some(default) => default,
            None => {
                settings.insert(name.to_owned(), "a1".into());
                "a1".to_owned()
            }
        }
    }

    /// What an operation gives, and the reply that says so.
    fn reply(&self, operation: &Made) -> Option<(Value, Value)> {
        let Some(ty) = &operation.output else { return Some((Value::Null, json!({ "status": 204 }))) };
        if operation.is_text {
            let reply =
                json!({ "status": operation.status, "headers": { "content-type": "text/plain" }, "text": "text" });
            return Some(("text".into(), reply));
        }
        self.is_given.set(false);
        let (ours, theirs) = self.value_of(ty, "", None, false, 0)?;
        let body = operation.member.as_ref().map_or_else(|| theirs.clone(), |member| json!({ member: theirs }));
        let reply =
            json!({ "status": operation.status, "headers": { "content-type": "application/json" }, "body": body });
        Some((ours, reply))
    }

    /// A value of a field as WIT and as the vendor spell it.
    fn sample(&self, field: &Field, ty: &Ty, own: bool, depth: usize) -> Option<(Value, Value)> {
        self.value_of(ty, &field.name, field.example.as_ref(), own, depth)
    }

    fn value_of(
        &self,
        ty: &Ty,
        name: &str,
        example: Option<&Value>,
        own: bool,
        depth: usize,
    ) -> Option<(Value, Value)> {
        self.left.set(self.left.get().checked_sub(1)?);
        self.left_of_all.set(self.left_of_all.get().saturating_sub(1));
        let same = |value: Value| Some((value.clone(), value));
        match ty {
            Ty::Bool => same(example.cloned().unwrap_or(true.into())),
            Ty::S32 | Ty::U32 | Ty::S64 => same(example.cloned().unwrap_or(1.into())),
            Ty::F64 => same(example.and_then(Value::as_f64).unwrap_or(1.5).into()),
            // The host takes secrets that are given out of answers, whose examples often are the same.
            Ty::Text if self.is_given.get() && self.spellings.sensitive.contains(name) => same("not-a-secret".into()),
            Ty::Text => same(example.cloned().unwrap_or("text".into())),
            Ty::Json => same(json!({ "key": "value" })),
            Ty::NumericId => {
                let number = example.cloned().unwrap_or(7.into());
                if !own && self.spellings.is_ambiguous(name) {
                    same(number)
                } else {
                    Some((plain(&number).into(), number))
                }
            }
            Ty::Decimal if own || self.spellings.is_decimal(name) => Some(("1.5".into(), json!(1.5))),
            Ty::Decimal => same(json!(1.5)),
            Ty::Option(some) => self.value_of(some, name, example, own, depth),
            Ty::List(item) => {
                let (ours, theirs) = self.value_of(item, name, example, own, depth + 1)?;
                Some((json!([ours]), json!([theirs])))
            }
            Ty::Named(index) => match &self.types.defs[*index].kind {
                DefKind::Enum(words) | DefKind::Variant(words) => {
                    let (ours, theirs) = words.first()?;
                    Some((ours.as_str().into(), theirs.as_str().into()))
                }
                DefKind::Record(fields) => self.record(fields, depth),
            },
        }
    }

    fn record(&self, fields: &[Field], depth: usize) -> Option<(Value, Value)> {
        let (mut ours, mut theirs) = (Map::new(), Map::new());
        for field in fields.iter().filter(|field| field.name != "extra") {
            if depth >= DEEPEST && field.ty.may_be_absent() {
                // What is read has its lists, even of nothing.
                if matches!(field.ty, Ty::List(_)) {
                    ours.insert(field.name.clone(), json!([]));
                }
                continue;
            }
            let (our, their) = self.sample(field, &field.ty, false, depth + 1)?;
            ours.insert(field.name.clone(), our);
            theirs.insert(field.theirs.clone(), their);
        }
        Some((ours.into(), theirs.into()))
    }
}

fn method(operation: &Made) -> Value {
    serde_json::to_value(operation.method).unwrap_or_default()
}

/// The name under which a field stands in a query or a form.
fn written(field: &Field, style: Style) -> String {
    match (&field.ty, style) {
        (Ty::List(_), Style::Brackets) => format!("{}[]", field.theirs),
        (Ty::List(_), Style::Indexed) => format!("{}[0]", field.theirs),
        _ => field.theirs.clone(),
    }
}

/// A value as text.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Whether a header can carry a text as it is.
fn is_sendable(text: &str) -> bool {
    !text.is_empty() && text.trim() == text && text.bytes().all(|byte| (0x20..0x7f).contains(&byte))
}

fn encoded(text: &str) -> String {
    const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    utf8_percent_encode(text, PLAIN).to_string()
}

/// A harmless call that shows whether the credential works: a read without required input that is about the caller.
pub(crate) fn check(operations: &[Made]) -> Option<Check> {
    const LAST: [&str; 10] =
        ["whoami", "me", "myself", "self", "current-user", "currentuser", "user-info", "userinfo", "account", "user"];
    let fits = |operation: &&Made| {
        let reads = operation.method == Method::Get && operation.output.is_some() && operation.stream.is_none();
        // What can be called without a credential says nothing of it.
        let reads = reads && !matches!(operation.auth, Some(Auth::None | Auth::Optional { .. }));
        reads && operation.sent.iter().all(|sent| sent.field.ty.may_be_absent()) && !operation.route.contains('{')
    };
    let rank = |operation: &Made| {
        let last = operation.route.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let last = crate::names::kebab(&crate::names::words(last));
        let name = operation.name.trim_start_matches("get-");
        // Deeper in a path, it is about something else.
        let is_top = operation.route.matches('/').count() <= 4;
        LAST.iter().position(|known| is_top && *known == last || *known == name)
    };
    let best = operations
        .iter()
        .filter(fits)
        .filter_map(|operation| Some((rank(operation)?, operation)))
        .min_by_key(|(rank, _)| *rank);
    best.map(|(_, operation)| Check { operation: operation.name.clone(), input: "{}".to_owned() })
}
