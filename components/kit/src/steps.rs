//! What recipes share: finding the one record that is meant, and telling what was done when a later step fails.

use crate::call::Call;
use crate::error::{fail, word};
use crate::json;
use crate::response::clean;
use crate::types::{Error, ErrorKind};
use crate::wire::{Node, joined};
use serde_json::Value;

/// The only candidate for what a caller named in `field`, such as `company`; each has an `id`.
///
/// # Errors
///
/// `not-found` without a candidate; `ambiguous` with several, which `details` lists; `unreadable` if it has no id.
pub fn exactly_one(
    field: &str,
    kind: &str,
    wanted: &str,
    mut found: Vec<Value>,
    name: fn(&Value) -> String,
) -> Result<Value, Error> {
    match found.len() {
        1 if found[0]["id"].as_str().is_none_or(is_no_id) => {
            let message = format!("the vendor answered something unexpected: response: a {kind} without an id");
            Err(fail(ErrorKind::Unreadable, message))
        }
        1 => Ok(found.swap_remove(0)),
        _ => Err(unclear(field, kind, wanted, &found, name)),
    }
}

/// Whether a text stands where an id should, and is none: nothing, 0, a number below it, several words.
pub(crate) fn is_no_id(id: &str) -> bool {
    id.starts_with('-') || id.bytes().all(|b| b == b'0') || id.bytes().any(|b| b <= b' ')
}

fn unclear(field: &str, kind: &str, wanted: &str, found: &[Value], name: fn(&Value) -> String) -> Error {
    let wanted = clean(wanted, 80);
    let about = |kind, message| Error { field: Some(format!("input.{field}")), ..fail(kind, message) };
    if found.is_empty() {
        return about(ErrorKind::NotFound, format!("no {kind} fits \"{wanted}\""));
    }
    let names = names(found, name);
    let message = match found.len() {
        1 => format!("no {kind} is called \"{wanted}\"; the only one that comes near is {names}"),
        several => format!("{several} {kind} records fit \"{wanted}\", such as {names}"),
    };
    Error { details: Some(candidates(found, name)), ..about(ErrorKind::Ambiguous, message) }
}

/// The first of some records, by name and id.
fn names(records: &[Value], name: fn(&Value) -> String) -> String {
    let id = |record: &Value| clean(record["id"].as_str().unwrap_or_default(), 40);
    let names = records.iter().take(10).map(|record| format!("{} ({})", clean(&name(record), 80), id(record)));
    joined(&names.collect::<Vec<_>>(), ", ")
}

/// How a name may fit what is wanted, the best first: it is the same, it is the same but for case, accents and spaces, or it has
/// it among its words.
const FITS: [fn(&str, &str) -> bool; 3] = [
    |name, wanted| name == wanted,
    |name, wanted| folded(name) == folded(wanted),
    |name, wanted| has_words(&folded(name), &folded(wanted)),
];

/// The records that a name fits best, of which each is called what stands in `members`.
fn best<'r>(all: &'r [Value], members: &[&str], wanted: &str, fits: &[fn(&str, &str) -> bool]) -> Vec<&'r Value> {
    let mut ways = fits.iter().map(|fits| {
        let called = |record: &&Value| {
            members.iter().any(|member| record[*member].as_str().is_some_and(|name| fits(name.trim(), wanted)))
        };
        all.iter().filter(called).collect::<Vec<_>>()
    });
    ways.find(|found| !found.is_empty()).unwrap_or_default()
}

/// Whether a record is called exactly so, but for case, accents and spaces. Then a number is a name, and no id.
pub fn is_called(all: &[Value], members: &[&str], wanted: &str) -> bool {
    !best(all, members, wanted.trim(), &FITS[..2]).is_empty()
}

/// The record that a caller means in `field` by a name. Each has an `id`, and what it is called in `members`; a name that is the
/// same but for case counts more than one that has the words in it. One that has them within a word is not meant.
///
/// # Errors
///
/// As [`exactly_one`]; with `not-found`, `details` lists records that have a word of it in their name, or else the first ones, and the
/// message says which of both they are.
pub fn meant(
    field: &str,
    kind: &str,
    wanted: &str,
    all: Vec<Value>,
    members: &[&str],
    name: fn(&Value) -> String,
) -> Result<Value, Error> {
    let wanted = wanted.trim();
    let found = best(&all, members, wanted, &FITS);
    if !found.is_empty() {
        return exactly_one(field, kind, wanted, found.into_iter().cloned().collect(), name);
    }
    let inside = best(&all, members, wanted, &[has]);
    if !inside.is_empty() {
        let inside: Vec<Value> = inside.into_iter().cloned().collect();
        return Err(unclear(field, kind, wanted, &inside, name));
    }
    let called = |record: &Value, word: &str| !best(std::slice::from_ref(record), members, word, &[has]).is_empty();
    let words = || wanted.split(' ').filter(|word| word.len() > 2);
    let mut near: Vec<&Value> = all.iter().filter(|record| words().any(|word| called(record, word))).collect();
    let about = if near.is_empty() {
        near.extend(&all);
        "those that were found are called otherwise"
    } else {
        "near it are"
    };
    let near: Vec<Value> = near.into_iter().take(20).cloned().collect();
    let mut error = unclear(field, kind, wanted, &[], name);
    if !near.is_empty() {
        error.message = format!("{}; {about}: {}", error.message, names(&near, name));
        error.details = Some(candidates(&near, name));
    }
    Err(error)
}

/// A name without the differences that people do not see or do not type: case, accents, and which spaces there are.
fn folded(name: &str) -> String {
    // The letters from U+00C0 and from U+0100 on without their accents; a point: they have none.
    const LATIN: &[u8; 192] = b"aaaaaa.ceeeeiiii.nooooo.ouuuuy..aaaaaa.ceeeeiiii.nooooo.ouuuuy.y\
        aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii..jjkk.llllllllllnnnnnn...oooooo..rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
    let mut folded = String::new();
    let mut space = false;
    for c in name.chars() {
        let code = u32::from(c);
        let latin = code.checked_sub(0xc0).and_then(|at| LATIN.get(at as usize)).filter(|letter| **letter != b'.');
        let lower = match (latin, code) {
            (Some(letter), _) => Some(char::from(*letter)),
            // Accents that are characters of their own.
            (None, 0x300..=0x36f) => continue,
            // Of the ligatures, of Greek and of Cyrillic.
            (None, 0xc0..=0xde | 0x391..=0x3a9 | 0x410..=0x42f) => char::from_u32(code + 32),
            (None, 0x400..=0x40f) => char::from_u32(code + 80),
            (None, 0x132 | 0x14a | 0x152) => char::from_u32(code + 1),
            _ => Some(c.to_ascii_lowercase()),
        };
        if c.is_whitespace() {
            space = !folded.is_empty();
        } else {
            if space {
                folded.push(' ');
            }
            space = false;
            folded.extend(lower);
        }
    }
    folded
}

/// Whether a text has another one in it that neither begins nor ends within a word.
fn has_words(text: &str, part: &str) -> bool {
    let (text, part) = (text.as_bytes(), part.as_bytes());
    let letter =
        |at: Option<usize>| at.and_then(|at| text.get(at)).is_some_and(|b| b.is_ascii_alphanumeric() || *b > 0x7f);
    let fits =
        |(at, window): (usize, &[u8])| window == part && !letter(at.checked_sub(1)) && !letter(Some(at + part.len()));
    part.is_empty() || text.windows(part.len()).enumerate().any(fits)
}

/// The pages of a list, by the ids of their records: one that moves to the next page while they are read counts once.
#[derive(Debug, Default)]
pub struct Pages {
    /// The records so far.
    pub records: Vec<Value>,
    /// Their ids, in order, since there may be thousands.
    seen: Vec<String>,
}

impl Pages {
    /// No vendor's pages are as short as this: a shorter one is the last. Of others, only one that is empty, or brings nothing
    /// new, tells that there are no more: a vendor may give fewer at a time than were asked for.
    pub const SHORT: usize = 10;

    /// Takes a page in; gives how many records of it are new. What has no id tells nothing of whether it is: it counts with those
    /// that have one, and on the first page.
    pub fn take(&mut self, page: Vec<Value>) -> usize {
        let before = self.records.len();
        let first = before == 0;
        let mut new = 0;
        for record in page {
            let id = record["id"].as_str().unwrap_or_default();
            if !id.is_empty() {
                let Err(place) = self.seen.binary_search_by(|seen| (**seen).cmp(id)) else { continue };
                self.seen.insert(place, id.to_owned());
                new += 1;
            }
            self.records.push(record);
        }
        if new == 0 && !first {
            self.records.truncate(before);
        }
        self.records.len() - before
    }
}

/// Whether a text has another one in it, whatever the case of its letters.
pub fn has(text: &str, part: &str) -> bool {
    part.is_empty() || text.as_bytes().windows(part.len()).any(|window| window.eq_ignore_ascii_case(part.as_bytes()))
}

/// Whether a name has another text in it that neither begins nor ends within a word, whatever case and accents they have.
pub fn has_name(name: &str, part: &str) -> bool {
    has_words(&folded(name), &folded(part))
}

fn candidates(records: &[Value], name: fn(&Value) -> String) -> String {
    let candidates: Vec<_> = records.iter().map(|c| json!({ "id": c["id"], "name": name(c) })).collect();
    Node::from(json!({ "candidates": candidates })).to_json()
}

/// The steps of a recipe that writes more than once. What was written stays when a later step fails, and the error says
/// what it was.
#[derive(Debug)]
pub struct Progress<'c> {
    call: &'c Call,
    done: Vec<Value>,
}

impl Progress<'_> {
    /// Nothing done yet.
    pub fn of(call: &Call) -> Progress<'_> {
        Progress { call, done: Vec::new() }
    }

    /// As [`Call::step`].
    ///
    /// # Errors
    ///
    /// The step's own, or `incomplete` if something was written before; `details` then holds what was `done` and what
    /// `failed`.
    pub fn step(&mut self, name: &str, input: Value) -> Result<Value, Error> {
        match self.call.step(name, input) {
            Ok(result) => {
                if !self.call.reads(name) {
                    self.done.push(json!({ "operation": name, "result": result }));
                }
                Ok(result)
            }
            Err(error) => Err(self.stopped(name, error)),
        }
    }

    /// What a recipe fails with when it cannot go on at a step: the error, or `incomplete` if something was written before.
    pub fn stopped(&self, name: &str, error: Error) -> Error {
        if self.done.is_empty() {
            return error;
        }
        let done: Vec<_> = self.done.iter().filter_map(|done| done["operation"].as_str()).collect();
        let message = format!("{} went well, then {name} failed: {}", joined(&done, ", "), error.message);
        let failed = json!({
            "operation": name,
            "kind": word(error.kind),
            "message": error.message,
            "field": error.field,
            "status": error.status,
            "code": error.code,
            "maybe-done": error.maybe_done,
        });
        let details = Some(Node::from(json!({ "done": self.done, "failed": failed })).to_json());
        Error {
            details,
            status: error.status,
            code: error.code,
            retry_after_ms: error.retry_after_ms,
            // What is left to do may be done, too; what was done certainly is.
            maybe_done: true,
            ..fail(ErrorKind::Incomplete, message)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(wanted: &str) -> Result<String, Error> {
        let all =
            [("1", "Larkspur Bakery"), ("2", "Larkspur"), ("3", "Birchwood Films"), ("4", "Birchwood"), ("5", "X")];
        let all = all.into_iter().map(|(id, name)| json!({ "id": id, "name": name })).collect();
        let name = |record: &Value| record["name"].as_str().unwrap_or_default().to_owned();
        let found = super::meant("company", "company", wanted, all, &["name"], name)?;
        Ok(found["id"].as_str().unwrap_or_default().to_owned())
    }

    fn listed(error: &Error) -> usize {
        Node::parse(error.details.as_ref().unwrap().as_bytes()).unwrap().into_value()["candidates"]
            .as_array()
            .unwrap()
            .len()
    }

    #[test]
    fn a_name_that_fits_exactly_counts_more_than_a_part_and_case_does_not() {
        assert_eq!(meant(" LARKSPUR ").unwrap(), "2");
        assert_eq!(meant("bakery").unwrap(), "1");
    }

    #[test]
    fn a_name_is_the_same_whatever_its_case_accents_and_spaces() {
        for (name, wanted) in [
            ("Müller GmbH", "MÜLLER GMBH"),
            ("Cafe\u{301} Rouge", "Café Rouge"),
            ("Acme \u{a0} Ltd", " acme ltd "),
            ("Łódź Ćma Œuvre", "łódź ćma œuvre"),
            ("Ωμέγα", "ωμέγα"),
            ("Ёлка", "ёлка"),
        ] {
            assert_eq!(folded(name), folded(wanted), "{name}");
        }
        assert_ne!(folded("Acme"), folded("Acne"));
        assert_eq!(folded("ĿſžŽĀ"), "lszza");
    }

    #[test]
    fn what_is_within_a_word_is_not_meant() {
        for (name, wanted, meant) in [
            ("Acme Tools", "acme", true),
            ("Tools (Acme)", "acme", true),
            ("Pacme Holdings", "acme", false),
            ("Acmeé", "acme", false),
            ("Something else", "acme", false),
        ] {
            assert_eq!(has_words(&folded(name), &folded(wanted)), meant, "{name}");
        }
        let error = meant("rchwood Fil").unwrap_err();
        assert_eq!((error.kind, listed(&error)), (ErrorKind::Ambiguous, 1));
    }

    #[test]
    fn what_no_vendor_has_as_an_id_is_none() {
        for id in ["", "0", "000", "-5", "12 34", "12\t34", " "] {
            assert!(is_no_id(id), "{id:?}");
            let found = vec![json!({ "id": id, "name": "Acme" })];
            let error = exactly_one("company", "company", "Acme", found, |_| String::new()).unwrap_err();
            assert_eq!((error.kind, error.field), (ErrorKind::Unreadable, None), "{id:?}");
        }
        for id in ["5", "0005", "10", "wf_abc123", "0b8f5b52-6c1e-4b53-9f0a-3f5f0f7b9a11"] {
            assert!(!is_no_id(id), "{id}");
        }
    }

    #[test]
    fn a_record_that_stands_on_two_pages_counts_once() {
        let page = |ids: &[&str]| ids.iter().map(|id| json!({ "id": *id })).collect::<Vec<_>>();
        let mut pages = Pages::default();
        let new = [&["1", "2"][..], &["2", "3"], &["3"], &[]].map(|ids| pages.take(page(ids)));
        assert_eq!((new, pages.records.len()), ([2, 1, 0, 0], 3));
        let mut without = Pages::default();
        assert_eq!([without.take(page(&["", ""])), without.take(page(&["", ""]))], [2, 0]);
    }

    #[test]
    fn candidates_are_listed_where_none_or_several_fit() {
        let error = meant("wood").unwrap_err();
        assert_eq!((error.kind, listed(&error)), (ErrorKind::Ambiguous, 2));
        let error = meant("Birchwod Films").unwrap_err();
        assert_eq!(
            (error.kind, error.field.as_deref(), listed(&error)),
            (ErrorKind::NotFound, Some("input.company"), 1)
        );
        let error = meant("Zzz").unwrap_err();
        assert_eq!((error.kind, listed(&error)), (ErrorKind::NotFound, 5));
    }
}
