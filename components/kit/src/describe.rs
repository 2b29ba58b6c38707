//! A vendor's catalogue: the facts of [`Api`] and the rows, put into the text that was made of the WIT.
//!
//! Nothing is parsed. The text is JSON as it leaves, but for gaps, which control characters mark: `kit-build` puts them where
//! something stands that only the vendor's crate knows.

use crate::api::{Api, Auth, Row, Setting};
use crate::dispatch::{Component, Operation};
use crate::imported::CAN_BE;
use crate::search::Found;
use crate::unpack::{parts, summaries};
use crate::wire::Node;
use outwit_core::base64;
use serde_json::Number;

/// The gaps, as `template.rs` in `kit-build` explains them.
const FACTS: u8 = 1;
const OPERATION: u8 = 2;
const BOUNDS: u8 = 3;
const BOUNDS_END: u8 = 4;
const LIST: u8 = 5;

/// Answers `operations.describe`.
pub fn describe(component: &Component) -> String {
    let api = component.api;
    let (summaries, text) = parts(component.catalogue);
    let mut operations = component.operations.iter().zip(summaries.split(|byte| *byte == b'\n'));
    let mut json = Json(Vec::with_capacity(text.len() * 2));
    let mut rest = &*text;
    while let Some(at) = gap(rest) {
        json.0.extend_from_slice(&rest[..at]);
        match rest[at] {
            FACTS => json.facts(component),
            OPERATION => {
                if let Some((operation, summary)) = operations.next() {
                    json.operation(api, operation, summary);
                }
            }
            LIST => _ = json.bounds(api, true),
            BOUNDS if json.bounds(api, false) => {
                rest = &rest[rest.iter().position(|byte| *byte == BOUNDS_END).unwrap_or(at)..];
                continue;
            }
            _ => {}
        }
        rest = &rest[at + 1..];
    }
    json.0.extend_from_slice(rest);
    String::from_utf8(json.0).unwrap_or_default()
}

/// These operations with their scores, as JSON: what a search gives, and more.
pub(crate) fn search_results(component: &Component, found: &[Found]) -> Vec<u8> {
    let summaries = summaries(component.catalogue);
    let mut json = Json(vec![b'[']);
    for one @ Found { id, score } in found {
        for (operation, summary) in component.operations.iter().zip(summaries.split(|byte| *byte == b'\n')) {
            if id.strip_suffix(operation.name).is_some_and(|vendor| vendor.len() == component.api.name.len() + 1) {
                json.0.push(b'{');
                json.operation(component.api, operation, summary);
                let score = Number::from_f64((*score).into()).map(Node::Number).unwrap_or_default();
                json.bare("score", &score.to_json());
                json.truth("weak", one.weak());
                json.close(b'}');
            }
        }
    }
    json.close(b']');
    json.0.pop();
    json.0
}

/// Where the next gap is, found by eight bytes at once: one of them is less than a space if taking a space from it borrows.
fn gap(text: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    let plain = |eight: &&[u8; 8]| {
        let eight = u64::from_le_bytes(**eight);
        eight.wrapping_sub(ONES * 0x20) & !eight & (ONES * 0x80) == 0
    };
    let start = 8 * text.as_chunks().0.iter().take_while(plain).count();
    text[start..].iter().position(|byte| *byte < b' ').map(|at| start + at)
}

/// JSON as it is written. A comma follows each member: it is taken away where an object ends, and what comes after a gap in the
/// text is never nothing.
struct Json(Vec<u8>);

impl Json {
    fn facts(&mut self, component: &Component) {
        let api = component.api;
        self.text("vendor", api.name);
        self.text("title", api.title);
        self.text("version", component.version);
        self.text("base", api.base);
        self.auth(api.auth);
        self.text("search-index", &base64(component.index));
        self.open("settings", b'[');
        for setting in api.settings.iter().chain(Api::COMMON_SETTINGS) {
            self.setting(setting, setting.name);
        }
        let base = Setting {
            description: "Replaces the address that requests go to: for proxies and mocks.",
            default: Some(api.base),
            ..Setting::DEFAULT
        };
        self.setting(&base, &api.base_setting());
        self.close(b']');
        if let Some(dialects) = api.dialects {
            self.text("dialect-setting", dialects.setting);
            self.open("dialects", b'[');
            dialects.all.iter().for_each(|dialect| self.item(dialect.name));
            self.close(b']');
        }
        for (name, pointers) in [("state", api.state), ("work", api.work)] {
            if !pointers.is_empty() {
                self.open(name, b'[');
                pointers.iter().for_each(|pointer| self.item(pointer));
                self.close(b']');
            }
        }
        if let Some(parameter) = api.method_override {
            self.text("method-override", parameter);
        }
        if let Some(oauth) = api.oauth {
            self.open("oauth", b'{');
            self.text("scope", oauth.scope);
            if !CAN_BE || !oauth.authorize.is_empty() {
                self.id("authorize", api, oauth.authorize);
            }
            self.id("exchange", api, oauth.exchange);
            self.pairs("who", oauth.who);
            self.close(b'}');
        }
        if let Some(check) = api.check {
            self.open("check", b'{');
            self.text("input", check.input);
            self.id("operation", api, check.operation);
            self.pairs("who", check.who);
            self.close(b'}');
        }
    }

    fn operation(&mut self, api: &Api, operation: &Operation, summary: &[u8]) {
        let row = operation.row;
        self.id("id", api, operation.name);
        self.text("interface", operation.interface);
        self.name("summary");
        self.quoted(summary);
        self.0.push(b',');
        self.text("effect", row.effect.word());
        self.truth("secret", row.secret);
        if !row.method.is_empty() && row.only.is_none() {
            self.request(row);
        }
        if let Some(auth) = row.auth {
            self.auth(auth);
        }
        if let (true, Some(base)) = (CAN_BE, row.imported.and_then(|row| row.base)) {
            self.text("base", base);
        }
        if !row.body_secrets.is_empty() {
            self.pairs("body-secrets", row.body_secrets);
        }
        if let Some(deadline) = row.deadline_ms {
            self.number("deadline-ms", deadline.into());
        }
        let only = row.only.map(|name| (name, row));
        if only.is_some() || !row.dialects.is_empty() {
            self.open("dialects", b'{');
            for (name, row) in row.dialects.iter().map(|(name, row)| (*name, row)).chain(only) {
                self.open(name, b'{');
                self.request(row);
                self.close(b'}');
            }
            self.close(b'}');
        }
    }

    /// What callers may give, where the vendor's facts say more than the type; vendors keep to nothing. The schema of a member
    /// has just begun. Whether there are bounds.
    fn bounds(&mut self, api: &Api, list: bool) -> bool {
        let member = self.0.strip_suffix(b"\":{").unwrap_or_default();
        // Names have no quotation marks.
        let is = |name: &str| member.strip_suffix(name.as_bytes()).is_some_and(|rest| rest.ends_with(b"\""));
        let sensitive = api.names.sensitive.iter().any(|name| is(name));
        let filled = api.names.filled.iter().any(|name| is(name));
        let bounds = api.names.bounds.iter().find(|(name, ..)| is(name));
        if sensitive {
            self.truth("writeOnly", true);
        }
        if filled {
            self.bare(if list { "minItems" } else { "minLength" }, "1");
        }
        if let Some((_, least, most)) = bounds {
            self.number("minimum", *least);
            self.number("maximum", *most);
        }
        bounds.is_some()
    }

    fn request(&mut self, row: &Row) {
        self.text("method", row.method);
        self.text("route", row.route);
    }

    fn auth(&mut self, auth: Auth) {
        self.open("auth", b'{');
        self.auth_members(auth);
        self.close(b'}');
    }

    fn auth_members(&mut self, auth: Auth) {
        let pairs: &[(&str, &str)] = match auth {
            Auth::None => &[("kind", "none")],
            Auth::Bearer { token } => &[("kind", "bearer"), ("token", token)],
            Auth::Basic { user, password } => &[("kind", "basic"), ("user", user), ("password", password)],
            Auth::Header { name, key } => &[("kind", "header"), ("header", name), ("key", key)],
            _ if !CAN_BE => &[],
            Auth::Query { name, key } => &[("kind", "query"), ("parameter", name), ("key", key)],
            Auth::Cookie { name, key } => &[("kind", "cookie"), ("cookie", name), ("key", key)],
            Auth::Client { user, password, .. } => &[("kind", "client"), ("user", user), ("password", password)],
            Auth::All(_) => &[("kind", "all")],
            Auth::Optional(_) => &[("kind", "optional")],
        };
        pairs.iter().for_each(|(name, value)| self.text(name, value));
        if let (true, Auth::Client { basic, .. }) = (CAN_BE, auth) {
            self.truth("basic", basic);
        }
        if let (true, Auth::Optional(auth)) = (CAN_BE, auth) {
            self.auth(*auth);
        }
        if let (true, Auth::All(all)) = (CAN_BE, auth) {
            self.open("all", b'[');
            for auth in all {
                self.0.push(b'{');
                self.auth_members(*auth);
                self.close(b'}');
            }
            self.close(b']');
        }
    }

    fn setting(&mut self, setting: &Setting, name: &str) {
        self.0.push(b'{');
        self.text("name", name);
        self.text("description", setting.description);
        self.truth("required", setting.required);
        self.truth("secret", setting.secret);
        if let Some(default) = setting.default {
            self.text("default", default);
        }
        self.close(b'}');
    }

    fn pairs(&mut self, name: &str, pairs: &[(&str, &str)]) {
        self.open(name, b'{');
        pairs.iter().for_each(|(name, value)| self.text(name, value));
        self.close(b'}');
    }

    fn id(&mut self, name: &str, api: &Api, operation: &str) {
        self.text(name, &[api.name, ".", operation].concat());
    }

    fn text(&mut self, name: &str, value: &str) {
        self.name(name);
        self.item(value);
    }

    fn item(&mut self, value: &str) {
        self.quoted(value.as_bytes());
        self.0.push(b',');
    }

    fn truth(&mut self, name: &str, value: bool) {
        self.bare(name, if value { "true" } else { "false" });
    }

    fn number(&mut self, name: &str, value: u64) {
        self.bare(name, &value.to_string());
    }

    fn bare(&mut self, name: &str, value: &str) {
        self.name(name);
        self.0.extend_from_slice(value.as_bytes());
        self.0.push(b',');
    }

    fn open(&mut self, name: &str, bracket: u8) {
        self.name(name);
        self.0.push(bracket);
    }

    fn close(&mut self, bracket: u8) {
        self.0.pop_if(|last| *last == b',');
        self.0.extend_from_slice(&[bracket, b',']);
    }

    fn name(&mut self, name: &str) {
        self.quoted(name.as_bytes());
        self.0.push(b':');
    }

    fn quoted(&mut self, text: &[u8]) {
        self.0.push(b'"');
        for byte in text {
            match byte {
                b'"' | b'\\' => self.0.extend_from_slice(&[b'\\', *byte]),
                // Facts are lines. A control character would end the text for whoever reads it.
                0..b' ' => self.0.push(b' '),
                _ => self.0.push(*byte),
            }
        }
        self.0.push(b'"');
    }
}

#[cfg(test)]
mod tests;
