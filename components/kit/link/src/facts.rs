//! Facts as bytes: what `components/engine` reads, in `facts.rs`, in the same order.
//!
//! Texts stand apart from the structure: the structure is gone when the engine has read it, and texts stay where they are.

use crate::oauth;
use crate::vendor::{
    Answers, Auth, Body, Effect, Method, Names, Operation, Param, Place, Setting, Spelling, Stream, Style, Vendor,
};
use anyhow::{Context, Result, ensure};
use kit_build::Described;
use kit_build::model::{KindModel, Model, OperationModel, TypeModel};
use std::collections::HashMap;
use wire::Form;

/// What the engine reads.
#[derive(Default)]
pub struct Facts {
    /// The structure.
    pub structure: Vec<u8>,
    /// The texts and the catalogue, which the structure refers to.
    pub texts: Vec<u8>,
    /// Equal texts are one.
    known: HashMap<Vec<u8>, usize>,
}

impl Facts {
    /// The facts of a vendor, with what its component carries of the WIT.
    pub fn of(model: &Model<'_>, vendor: &Vendor, version: &str, described: &Described) -> Result<Facts> {
        let mut facts = Facts::default();
        facts.list(&model.types, Facts::ty)?;
        facts.option(model.found.as_ref(), |facts, ty| facts.number(*ty));
        facts.api(vendor);
        facts.number(model.operations.len());
        let own = match &vendor.auth {
            Auth::OAuth(oauth) => oauth.operations(),
            _ => Vec::new(),
        };
        for OperationModel { name, .. } in &model.operations {
            let of_oauth = || own.iter().find(|(own, _)| own == name).map(|(_, row)| row);
            let row = vendor.operations.get(name);
            facts.truth(row.is_none() && name == oauth::AUTHORIZE);
            facts.row(row.or_else(of_oauth).with_context(|| format!("vendor.toml has no operations.{name}"))?);
        }
        facts.number(model.operations.len());
        for operation in &model.operations {
            facts.text(&operation.name);
            facts.text(&operation.interface);
            facts.option(operation.input.as_ref(), |facts, ty| facts.number(*ty));
            facts.truth(operation.spilled);
            facts.option(operation.output.as_ref(), |facts, ty| facts.number(*ty));
            facts.number(operation.error);
            facts.short(operation.size)?;
            facts.short(operation.payload)?;
            facts.truth(operation.resource.is_some());
            if let Some(resource) = &operation.resource {
                facts.number(resource.events);
                facts.short(resource.size)?;
                facts.short(resource.payload)?;
            }
        }
        facts.number(model.tools.len());
        for (takes, spilled) in &model.tools {
            facts.number(*takes);
            facts.truth(*spilled);
        }
        facts.text(version);
        facts.bytes(&described.catalogue);
        facts.bytes(&described.index);
        Ok(facts)
    }

    fn ty(&mut self, ty: &TypeModel) -> Result<()> {
        let TypeModel { size, align, form, kind } = ty;
        self.short(*size)?;
        self.byte(u8::try_from(*align)?);
        let number = Form::ALL.iter().position(|known| format!("{known:?}") == *form);
        self.byte(number.with_context(|| format!("the engine has no form {form}"))? as u8);
        match kind {
            KindModel::Bool => self.byte(0),
            KindModel::Unsigned => self.byte(1),
            KindModel::Signed => self.byte(2),
            KindModel::Float => self.byte(3),
            KindModel::Text => self.byte(4),
            KindModel::Json => self.byte(5),
            KindModel::List(item) => {
                self.byte(6);
                self.number(*item);
            }
            KindModel::Option { some, payload } => {
                self.byte(7);
                self.number(*some);
                self.short(*payload)?;
            }
            KindModel::Record(fields) => {
                self.byte(8);
                self.list(fields, |facts, field| {
                    facts.text(&field.name);
                    facts.number(field.ty);
                    facts.short(field.offset)?;
                    facts.short(field.flat)
                })?;
            }
            KindModel::Enum(words) => {
                self.byte(9);
                self.texts(words);
            }
            KindModel::Variant { cases, payload } => {
                self.byte(10);
                self.list(cases, |facts, (name, holds)| {
                    facts.text(name);
                    facts.option(holds.as_ref(), |facts, ty| facts.number(*ty));
                    Ok(())
                })?;
                self.short(*payload)?;
            }
        }
        Ok(())
    }

    fn api(&mut self, vendor: &Vendor) {
        let Vendor { name, title, base, auth, settings, names, body, answers, check, .. } = vendor;
        self.text(name);
        self.text(title);
        self.text(base);
        self.auth(auth);
        self.each(settings, Facts::setting);
        let mut names = names.clone();
        if let Auth::OAuth(_) = auth {
            names.sensitive.extend(oauth::SENSITIVE.map(str::to_owned));
        }
        self.names(&names);
        self.truth(*body == Body::Form);
        let Answers { result, code, success_codes, message, problems } = answers;
        self.text(result);
        [code, success_codes, message].into_iter().for_each(|texts| self.texts(texts));
        self.text(problems);
        self.option(check.as_ref(), |facts, check| {
            facts.text(&check.operation);
            facts.text(&check.input);
        });
        let oauth = match auth {
            Auth::OAuth(oauth) => Some(oauth),
            _ => None,
        };
        self.option(oauth, |facts, oauth| {
            facts.text(oauth.authorize_url.as_ref().map_or("", |_| oauth::AUTHORIZE));
            facts.text(oauth::EXCHANGE);
            facts.text(&oauth.scope);
            facts.pairs(&oauth.who);
        });
        self.pairs(&vendor.headers);
        self.pairs(&vendor.queries);
        self.truth(vendor.encode_paths);
    }

    fn auth(&mut self, auth: &Auth) {
        let (kind, texts): (u8, [&str; 2]) = match auth {
            Auth::None => return self.byte(0),
            Auth::Bearer { token } => {
                self.byte(1);
                return self.text(token);
            }
            Auth::OAuth(oauth) => {
                self.byte(1);
                return self.text(&oauth.token);
            }
            Auth::All { all } => {
                self.byte(6);
                return self.each(all, Facts::auth);
            }
            Auth::Optional { auth } => {
                self.byte(9);
                return self.auth(auth);
            }
            Auth::Basic { user, password } => (2, [user, password]),
            Auth::Header { header, key } => (3, [header, key]),
            Auth::Query { parameter, key } => (4, [parameter, key]),
            Auth::Cookie { cookie, key } => (5, [cookie, key]),
            Auth::Client { user, password, basic } => (if *basic { 8 } else { 7 }, [user, password]),
        };
        self.byte(kind);
        texts.into_iter().for_each(|text| self.text(text));
    }

    fn setting(&mut self, setting: &Setting) {
        self.text(&setting.name);
        self.text(&setting.description);
        self.truth(setting.required);
        self.truth(setting.secret);
        self.option(setting.default.as_ref(), |facts, default| facts.text(default));
    }

    fn names(&mut self, names: &Names) {
        let spelling = |spelling: Spelling| match spelling {
            Spelling::Kebab => 0,
            Spelling::Snake => 1,
            Spelling::Camel => 2,
            Spelling::Pascal => 3,
            Spelling::Flat => 4,
        };
        self.byte(spelling(names.members));
        self.byte(spelling(names.words));
        self.pairs(&names.renamed);
        self.pairs(&names.words_renamed);
        [&names.numeric_ids, &names.decimals, &names.sensitive].into_iter().for_each(|texts| self.texts(texts));
    }

    fn row(&mut self, row: &Operation) {
        let (method, effect, repeatable) = match row.method {
            Method::Get => ("GET", Effect::Read, true),
            Method::Put => ("PUT", Effect::Write, true),
            Method::Delete => ("DELETE", Effect::Destroy, false),
            Method::Post => ("POST", Effect::Write, false),
            Method::Patch => ("PATCH", Effect::Write, false),
        };
        self.text(method);
        self.text(&row.route);
        self.byte(match row.effect.unwrap_or(effect) {
            Effect::Read => 0,
            Effect::Write => 1,
            Effect::Destroy => 2,
        });
        self.truth(row.repeatable.unwrap_or(repeatable));
        self.truth(row.silent);
        self.truth(row.secret);
        self.option(row.auth.as_ref(), Facts::auth);
        self.pairs(&row.defaults);
        // Of a stream, the result is what its events make.
        let no_pointer = row.stream.as_ref().map(|_| String::new());
        self.option(row.result.as_ref().or(no_pointer.as_ref()), |facts, text| facts.text(text));
        self.option(row.member.as_ref(), |facts, text| facts.text(text));
        self.option(row.deadline_ms.as_ref(), |facts, deadline| facts.number(*deadline as usize));
        self.option(row.stream.as_ref(), |facts, stream| facts.text(&stream.text_field));
        self.option(row.stream.as_ref(), Facts::events);
        self.option(row.base.as_ref(), |facts, text| facts.text(text));
        self.option(row.body.as_ref(), |facts, body| facts.truth(*body == Body::Form));
        for media in [&row.content_type, &row.accept] {
            self.option(media.as_ref(), |facts, text| facts.text(text));
        }
        self.truth(row.text);
        self.number(row.input.len());
        for (field, param) in &row.input {
            self.text(field);
            self.param(param);
        }
    }

    fn events(&mut self, stream: &Stream) {
        let Stream { switch, text, text_field: _, end, open_end, error } = stream;
        self.option(switch.as_ref(), |facts, switch| facts.text(switch));
        self.texts(text);
        self.pairs(end);
        self.truth(*open_end);
        self.option(error.as_ref(), |facts, error| facts.text(error));
    }

    fn param(&mut self, param: &Param) {
        self.option(param.name.as_ref(), |facts, name| facts.text(name));
        self.byte(match param.place {
            None => 0,
            Some(Place::Query) => 1,
            Some(Place::Header) => 2,
            Some(Place::Body) => 3,
            Some(Place::WholeBody) => 4,
        });
        self.byte(match param.style {
            Style::Comma => 0,
            Style::Repeated => 1,
            Style::Space => 2,
            Style::Pipe => 3,
            Style::Brackets => 4,
            Style::Indexed => 5,
            Style::Json => 6,
        });
        self.option(param.numeric.as_ref(), |facts, numeric| facts.truth(*numeric));
    }

    fn byte(&mut self, byte: u8) {
        self.structure.push(byte);
    }

    fn truth(&mut self, truth: bool) {
        self.byte(truth.into());
    }

    /// Unsigned LEB128.
    fn number(&mut self, mut number: usize) {
        while number >= 0x80 {
            self.byte(number as u8 | 0x80);
            number >>= 7;
        }
        self.byte(number as u8);
    }

    fn short(&mut self, number: usize) -> Result<()> {
        ensure!(number <= usize::from(u16::MAX), "a record takes {number} bytes, and 65535 are the most");
        self.number(number);
        Ok(())
    }

    fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        let at = match self.known.get(bytes) {
            Some(at) => *at,
            None => {
                let at = self.texts.len();
                self.texts.extend_from_slice(bytes);
                self.known.insert(bytes.to_vec(), at);
                at
            }
        };
        self.number(at);
        self.number(bytes.len());
    }

    fn option<T>(&mut self, value: Option<&T>, write: impl FnOnce(&mut Facts, &T)) {
        self.truth(value.is_some());
        if let Some(value) = value {
            write(self, value);
        }
    }

    fn each<T>(&mut self, items: &[T], write: fn(&mut Facts, &T)) {
        self.number(items.len());
        items.iter().for_each(|item| write(self, item));
    }

    fn list<T>(&mut self, items: &[T], write: impl Fn(&mut Facts, &T) -> Result<()>) -> Result<()> {
        self.number(items.len());
        items.iter().try_for_each(|item| write(self, item))
    }

    fn texts(&mut self, texts: &[String]) {
        self.each(texts, |facts, text| facts.text(text));
    }

    fn pairs(&mut self, pairs: &[(String, String)]) {
        self.each(pairs, |facts, (one, other)| {
            facts.text(one);
            facts.text(other);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 9110, 9.2.1 and 9.2.2: GET is safe, PUT is idempotent, POST and PATCH are neither. A deletion is made once here: a second
    /// one may meet what took the place of the first.
    #[test]
    fn the_effect_of_an_operation_and_whether_it_may_be_repeated_follow_from_its_method() {
        for (method, effect, repeatable) in [
            (Method::Get, 0, 1),
            (Method::Put, 1, 1),
            (Method::Post, 1, 0),
            (Method::Patch, 1, 0),
            (Method::Delete, 2, 0),
        ] {
            let mut facts = Facts::default();
            facts.row(&Operation { method, route: "/things".to_owned(), ..Operation::default() });
            // Behind two texts, each of its place and its length.
            assert_eq!(facts.structure[4..6], [effect, repeatable], "{method:?}");
        }
    }

    #[test]
    fn the_secrets_of_oauth_are_not_said_again_where_they_are_refused() {
        let mut facts = Facts::default();
        facts.api(&Vendor { auth: Auth::OAuth(Box::default()), ..Vendor::default() });
        let known = |text: &str| facts.known.contains_key(text.as_bytes());
        assert!(
            ["authorization-code", "refresh-token"].into_iter().all(known),
            "{:?}",
            String::from_utf8_lossy(&facts.texts)
        );
    }
}
