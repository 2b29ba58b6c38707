//! A record on its way, and what its first field holds.

use crate::wire::{Mark, Marks, Node, Sink, Writer};
use std::borrow::Cow;

/// Passes a record on, and has the text in its first field.
pub(super) struct FirstField<'s, 't> {
    field: &'static str,
    out: &'s mut dyn Sink<'t>,
    /// Whether no field has begun yet.
    before: bool,
    /// Whether the field's value comes next.
    next: bool,
    text: Option<Cow<'t, str>>,
}

impl<'s, 't> FirstField<'s, 't> {
    pub fn of(field: &'static str, out: &'s mut dyn Sink<'t>) -> FirstField<'s, 't> {
        FirstField { field, out, before: true, next: false, text: None }
    }

    /// The field, and the text in it.
    pub fn named(&self) -> Option<(&'static str, &str)> {
        Some((self.field, self.text.as_deref()?))
    }
}

impl<'t> Sink<'t> for FirstField<'_, 't> {
    fn open(&mut self, list: bool) {
        self.next = false;
        self.out.open(list);
    }

    fn member(&mut self, name: Cow<'t, str>) -> Mark {
        (self.before, self.next) = (false, false);
        self.out.member(name)
    }

    fn field(&mut self, name: &'static str) -> Mark {
        self.next = std::mem::take(&mut self.before) && self.field == name;
        self.out.field(name)
    }

    fn put(&mut self, value: Node<'t>) {
        if let (Node::Text(text), true) = (&value, std::mem::take(&mut self.next)) {
            self.text = Some(text.clone());
        }
        self.out.put(value);
    }

    fn copy(&mut self, text: &str) {
        if std::mem::take(&mut self.next) {
            self.text = Some(text.to_owned().into());
        }
        self.out.copy(text);
    }

    fn close(&mut self, list: bool) {
        self.out.close(list);
    }

    fn back(&mut self, to: Mark) {
        self.out.back(to);
    }

    fn expect(&mut self, bytes: usize) {
        self.out.expect(bytes);
    }

    fn length(&self) -> usize {
        self.out.length()
    }

    fn writer(&mut self) -> Option<(&mut Writer, Option<&Marks>)> {
        if self.before { None } else { self.out.writer() }
    }

    fn suspects(&self, text: &str) -> bool {
        self.out.suspects(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Field, Form, Kind, Names, Text, Type, read_into};

    const fn of(kind: Kind) -> Type {
        Type { size: 8, align: 4, form: Form::Any, kind }
    }
    const fn field(name: &'static str, ty: &'static Type) -> Field {
        Field { name, ty, offset: 0, flat: 0 }
    }
    static TEXT: Type = of(Kind::Text);
    static OPTION_TEXT: Type = of(Kind::Option { some: &TEXT, payload: 4 });
    static LINKED: Type = of(Kind::Record(&[field("id", &TEXT)]));
    static OPTION_LINKED: Type = of(Kind::Option { some: &LINKED, payload: 4 });
    static LIST: Type = of(Kind::List(&LINKED));
    static RECORD: Type =
        of(Kind::Record(&[field("id", &OPTION_TEXT), field("staff", &OPTION_LINKED), field("links", &LIST)]));

    #[test]
    fn the_text_of_a_records_own_first_field_is_seen_and_all_of_it_goes_on() {
        for (json, first, out) in [
            (
                r#"{"links":[{"id":"1"}],"staff":{"id":"9"},"id":"7"}"#,
                Some("7"),
                r#"{"id":"7","staff":{"id":"9"},"links":[{"id":"1"}]}"#,
            ),
            (r#"{"id":"\u0037"}"#, Some("7"), r#"{"id":"7","links":[]}"#),
            (r#"{"staff":{"id":"9"},"links":[{"id":"1"}]}"#, None, r#"{"staff":{"id":"9"},"links":[{"id":"1"}]}"#),
            (r#"{"id":null,"links":[{"id":"1"}]}"#, None, r#"{"links":[{"id":"1"}]}"#),
        ] {
            let (node, _) = Node::read_lazily(json.as_bytes()).unwrap();
            let mut text = Text::default();
            let mut record = FirstField::of("id", &mut text);
            read_into(&RECORD, &node, &Names::DEFAULT, "response", &mut record).unwrap();
            assert_eq!(record.named(), first.map(|text| ("id", text)), "{json}");
            assert_eq!(text.take(), out);
        }
    }
}
