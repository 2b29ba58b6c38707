//! How the vendor spells names and words, and what WIT calls them.
//!
//! One table of a vendor holds for all nested records, so a name of WIT stands for one name of the vendor wherever it is sent.
//! What is read may have several. The fields of an operation's own input have names of their own.

use crate::types::Names as Taken;
use outwit_link::vendor::{Names, Spelling};
use std::collections::{BTreeMap, HashMap, HashSet};

/// In this order where several fit as many names.
const SPELLINGS: [Spelling; 5] = [Spelling::Snake, Spelling::Camel, Spelling::Pascal, Spelling::Kebab, Spelling::Flat];

#[derive(Debug, Default)]
pub(crate) struct Spellings {
    /// What WIT's names of nested fields stand for: what is sent comes first.
    members: BTreeMap<String, Member>,
    /// What WIT calls a name that is sent, by the name as words and as the vendor has it.
    sent: HashMap<(String, String), String>,
    /// The number that the next name of the same words gets.
    next: HashMap<String, usize>,
    /// WIT's names of the fields of inputs, and the vendor's, for the choice of a spelling.
    inputs: Vec<(String, String)>,
    /// What WIT's words of inputs stand for.
    words: BTreeMap<String, String>,
    /// The same of the fields of inputs.
    input_numbers: HashSet<String>,
    input_texts: HashSet<String>,
    /// Fields of inputs that are secrets.
    pub sensitive: HashSet<String>,
    /// Names of nested fields that are sent as numbers, and as texts.
    numbers: HashSet<String>,
    texts: HashSet<String>,
    decimals: HashSet<String>,
    no_decimals: HashSet<String>,
}

#[derive(Debug, Default)]
struct Member {
    sent: Option<String>,
    read: Vec<String>,
}

impl Spellings {
    /// The name of a nested field that is sent.
    pub fn sent(&mut self, ours: &str, theirs: &str, taken: &mut Taken) -> String {
        let pair = (ours.to_owned(), theirs.to_owned());
        if let Some(name) = self.sent.get(&pair).filter(|name| taken.take(name)) {
            return name.clone();
        }
        let mut name = ours.to_owned();
        loop {
            let member = self.members.entry(name.clone()).or_default();
            if member.sent.is_none() && taken.take(&name) {
                member.sent = Some(theirs.to_owned());
                self.sent.insert(pair, name.clone());
                return name;
            }
            let number = self.next.entry(ours.to_owned()).or_insert(2);
            name = format!("{ours}-{number}");
            *number += 1;
        }
    }

    /// The name of a field that is read.
    pub fn read(&mut self, ours: &str, theirs: &str, taken: &mut Taken) -> String {
        let name = taken.unique(ours);
        let member = self.members.entry(name.clone()).or_default();
        if !member.read.iter().any(|known| known == theirs) {
            member.read.push(theirs.to_owned());
        }
        name
    }

    /// The name of a field of an operation's input.
    pub fn input(&mut self, ours: &str, theirs: &str, taken: &mut Taken) -> String {
        let name = taken.unique(ours);
        self.inputs.push((name.clone(), theirs.to_owned()));
        name
    }

    /// Takes the words of an enumeration that is sent, unless one of them is spelled otherwise elsewhere.
    pub fn take_words(&mut self, words: &[(String, String)]) -> bool {
        let fits = |(ours, theirs): &(String, String)| self.words.get(ours).is_none_or(|known| known == theirs);
        let fit = words.iter().all(fits);
        if fit {
            self.words.extend(words.iter().cloned());
        }
        fit
    }

    pub fn note_number(&mut self, name: &str) {
        self.numbers.insert(name.to_owned());
    }

    pub fn note_decimal(&mut self, name: &str) {
        self.decimals.insert(name.to_owned());
    }

    pub fn note_input(&mut self, name: &str, is_number: bool) {
        let names = if is_number { &mut self.input_numbers } else { &mut self.input_texts };
        names.insert(name.to_owned());
    }

    pub fn note_no_decimal(&mut self, name: &str) {
        self.no_decimals.insert(name.to_owned());
    }

    pub fn note_text(&mut self, name: &str) {
        self.texts.insert(name.to_owned());
    }

    /// Whether fields of this name are text in WIT, although the vendor has numbers. Nested ones have nothing of their own to say
    /// so; the fields of inputs have, where they differ.
    fn is_numeric(&self, name: &str) -> bool {
        (self.numbers.contains(name) || self.input_numbers.contains(name)) && !self.is_text(name)
    }

    /// Whether nested fields of this name are numbers, and other fields are texts.
    pub fn is_ambiguous(&self, name: &str) -> bool {
        self.numbers.contains(name) && self.is_text(name)
    }

    fn is_text(&self, name: &str) -> bool {
        self.texts.contains(name) || self.input_texts.contains(name)
    }

    pub fn is_decimal(&self, name: &str) -> bool {
        self.decimals.contains(name) && !self.no_decimals.contains(name)
    }

    /// The tables of the vendor.
    pub fn names(&self) -> Names {
        let of_members = self
            .members
            .iter()
            .flat_map(|(ours, member)| member.all().map(move |theirs| (ours.as_str(), theirs)).take(1));
        let of_inputs = self.inputs.iter().map(|(ours, theirs)| (ours.as_str(), theirs.as_str()));
        let members = main(of_members.chain(of_inputs));
        let words = main(self.words.iter().map(|(ours, theirs)| (ours.as_str(), theirs.as_str())));
        let mut renamed = Vec::new();
        for (ours, member) in self.members.iter().filter(|(_, member)| member.all().next().is_some()) {
            let all: Vec<&str> = member.all().collect();
            if all.as_slice() != [spelled(ours, members)] {
                // What begins with `/` would be read as a pointer.
                let theirs = all.into_iter().map(|theirs| match theirs.starts_with('/') {
                    true => format!("/{}", crate::refs::escaped(theirs)),
                    false => theirs.to_owned(),
                });
                renamed.extend(theirs.map(|theirs| (ours.clone(), theirs)));
            }
        }
        // Of two names that stand for one of the vendor's, the one with a number is meant where both are in a record.
        renamed.sort_by_key(|(ours, _)| !is_numbered(ours));
        let words_renamed = self.words.iter().filter(|(ours, theirs)| spelled(ours, words) != **theirs);
        let sorted = |names: &HashSet<String>, test: &dyn Fn(&str) -> bool| {
            let mut names: Vec<String> = names.iter().filter(|name| test(name)).cloned().collect();
            names.sort();
            names
        };
        Names {
            members,
            words,
            renamed,
            words_renamed: words_renamed.map(|(ours, theirs)| (ours.clone(), theirs.clone())).collect(),
            numeric_ids: sorted(&self.numbers.union(&self.input_numbers).cloned().collect(), &|name| {
                self.is_numeric(name)
            }),
            decimals: sorted(&self.decimals, &|name| self.is_decimal(name)),
            sensitive: sorted(&self.sensitive, &|_| true),
        }
    }
}

impl Member {
    /// What is sent, and then what else is read.
    fn all(&self) -> impl Iterator<Item = &str> {
        let sent = self.sent.as_deref();
        sent.into_iter().chain(self.read.iter().map(String::as_str).filter(move |theirs| Some(*theirs) != sent))
    }
}

/// How the vendor calls a field of an input, where nothing is said of the field.
pub(crate) fn by_rule(names: &Names, ours: &str) -> String {
    let renamed = names.renamed.iter().find(|(name, theirs)| name == ours && !theirs.starts_with('/'));
    renamed.map_or_else(|| spelled(ours, names.members), |(_, theirs)| theirs.clone())
}

fn is_numbered(name: &str) -> bool {
    let last = name.rsplit('-').next().unwrap_or_default();
    !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit())
}

/// The spelling of most names.
fn main<'a>(names: impl Iterator<Item = (&'a str, &'a str)>) -> Spelling {
    let mut counts: HashMap<Spelling, usize> = HashMap::new();
    for (ours, theirs) in names {
        for spelling in SPELLINGS.into_iter().filter(|spelling| spelled(ours, *spelling) == theirs) {
            *counts.entry(spelling).or_default() += 1;
        }
    }
    let count = |spelling: &Spelling| counts.get(spelling).copied().unwrap_or_default();
    // The first of the most.
    SPELLINGS.into_iter().rev().max_by_key(count).unwrap_or_default()
}

fn spelled(name: &str, spelling: Spelling) -> String {
    let members = match spelling {
        Spelling::Kebab => wire::Spelling::Kebab,
        Spelling::Snake => wire::Spelling::Snake,
        Spelling::Camel => wire::Spelling::Camel,
        Spelling::Pascal => wire::Spelling::Pascal,
        Spelling::Flat => wire::Spelling::Flat,
    };
    wire::Names { members, ..wire::Names::DEFAULT }.member(name).into_owned()
}
