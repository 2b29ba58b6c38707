//! The names of a document as names in WIT.

/// WIT's keywords, which are written with `%`.
const KEYWORDS: &str = " use type func u8 u16 u32 u64 s8 s16 s32 s64 f32 f64 char resource own borrow record flags variant enum \
    bool string option result future stream error-context list map as from static interface tuple world import export \
    package constructor include with async ";
/// Rust's keywords, which no operation and no interface may be: a build writes them bare.
const RUST: &str = " as break const continue crate else enum extern false fn for if impl in let loop match mod move mut pub ref \
    return self static struct super trait true type unsafe use where while async await dyn abstract become box do final \
    macro override priv typeof unsized virtual yield try gen ";
/// What means something in a vendor's WIT: the shared types, the interfaces that exist, and the forms of values.
const OURS: &str =
    " json error types operations recipes plugin outwit tools extra other unix-seconds date-time date hours ";
/// The longest that a name is made.
const LONGEST: usize = 60;

/// The words of a name, in lower case. They end at every sign that is no letter and no digit, before a capital, and before the
/// last capital of a run: `userID` is two words, and so is `HTTPServer`.
pub(crate) fn words(name: &str) -> Vec<String> {
    let chars: Vec<char> = name.chars().collect();
    let mut words = Vec::new();
    let mut word = String::new();
    for (index, char) in chars.iter().enumerate() {
        if !char.is_ascii_alphanumeric() {
            words.push(std::mem::take(&mut word));
            continue;
        }
        let before = index.checked_sub(1).map_or(' ', |index| chars[index]);
        let after = chars.get(index + 1).copied().unwrap_or(' ');
        let begins = char.is_ascii_uppercase()
            && (before.is_ascii_lowercase()
                || before.is_ascii_digit()
                || before.is_ascii_uppercase() && after.is_ascii_lowercase());
        if begins {
            words.push(std::mem::take(&mut word));
        }
        word.push(char.to_ascii_lowercase());
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

/// Words in kebab-case. A word that begins with a digit is part of the word before it; empty where there are none.
pub(crate) fn kebab(words: &[String]) -> String {
    let mut name = String::new();
    for word in words {
        if !name.is_empty() && !word.starts_with(|c: char| c.is_ascii_digit()) {
            name.push('-');
        }
        name.push_str(word);
    }
    name
}

/// A name in kebab-case, with `prefix` in front where it does not begin with a letter.
pub(crate) fn ident(name: &str, prefix: &str) -> String {
    let name = kebab(&words(name));
    match name.chars().next() {
        Some(first) if first.is_ascii_alphabetic() => name,
        Some(_) => format!("{prefix}{name}"),
        None => prefix.to_owned(),
    }
}

/// A name that is not longer than need be: words are left out of its middle.
pub(crate) fn short(name: &str, longest: usize) -> String {
    if name.len() <= longest {
        return name.to_owned();
    }
    let mut words: Vec<&str> = name.split('-').collect();
    let length = |words: &[&str]| words.iter().map(|word| word.len() + 1).sum::<usize>();
    while words.len() > 1 && length(&words) > longest + 1 {
        words.remove(words.len() / 2);
    }
    let name = words.join("-");
    name[..name.len().min(longest)].trim_end_matches('-').to_owned()
}

/// The name of a type.
pub(crate) fn type_name(name: &str) -> String {
    let name = short(&ident(name, "t"), LONGEST);
    if is_reserved(&name) && !is_keyword(&name) { format!("{name}-type") } else { name }
}

pub(crate) fn is_keyword(name: &str) -> bool {
    among(KEYWORDS, name)
}

/// Whether an operation and an interface may not be called so.
pub(crate) fn is_reserved(name: &str) -> bool {
    is_keyword(name) || among(RUST, name) || among(OURS, name)
}

/// Whether a vendor may not be called so.
pub(crate) fn is_no_vendor(name: &str) -> bool {
    is_keyword(name) || among(OURS, name)
}

fn among(words: &str, name: &str) -> bool {
    words.split_ascii_whitespace().any(|word| word == name)
}

/// A name as WIT has it.
pub(crate) fn escaped(name: &str) -> String {
    if is_keyword(name) { format!("%{name}") } else { name.to_owned() }
}

/// One of what the last word says.
pub(crate) fn singular(name: &str) -> String {
    if let Some(stem) = name.strip_suffix("ies").filter(|stem| stem.len() > 1) {
        return format!("{stem}y");
    }
    for (plural, one) in [("sses", "ss"), ("ches", "ch"), ("shes", "sh"), ("xes", "x")] {
        if let Some(stem) = name.strip_suffix(plural) {
            return format!("{stem}{one}");
        }
    }
    let singular = ["ss", "us", "is"].iter().any(|end| name.ends_with(end));
    name.strip_suffix('s').filter(|stem| !singular && !stem.is_empty()).map_or_else(|| name.to_owned(), str::to_owned)
}

/// Whether a word says several.
pub(crate) fn is_plural(word: &str) -> bool {
    singular(word) != word
}

/// A name as a sentence, where nothing else is said: `User id.`
pub(crate) fn sentence(name: &str) -> String {
    let text = name.replace('-', " ");
    let mut chars = text.chars();
    chars.next().map_or_else(|| "It.".to_owned(), |first| format!("{}{}.", first.to_ascii_uppercase(), chars.as_str()))
}

/// Capitals and `_`, as settings are called.
pub(crate) fn setting(vendor: &str, words: &[String]) -> String {
    let vendor = vendor.to_ascii_uppercase().replace('-', "_");
    let name: Vec<String> = words.iter().map(|word| word.to_ascii_uppercase()).collect();
    let name = name.join("_");
    let name = name.strip_prefix(&format!("{vendor}_")).unwrap_or(&name);
    if name.is_empty() { format!("{vendor}_KEY") } else { format!("{vendor}_{name}") }
}
