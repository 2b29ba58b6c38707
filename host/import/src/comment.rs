//! Texts of a document as comments in WIT. A text never changes what the WIT says.

use crate::names;

/// The most characters of a comment.
const MOST: usize = 1_000;
/// The longest example, in characters.
const LONGEST_EXAMPLE: usize = 60;
/// The longest example that is made, in characters.
const LONGEST_SAMPLE: usize = 300;
/// The most bytes of a text that are looked at.
const MOST_READ: usize = 8_000;
/// The longest tag of HTML that is taken for one.
const LONGEST_TAG: usize = 300;
/// Elements of HTML that descriptions hold.
const ELEMENTS: &str = " p br b i u em strong code pre ul ol li a div span h1 h2 h3 h4 h5 h6 table thead tbody tr td th hr sup sub \
    small note img blockquote ";

/// A text as one line that ends as a sentence does; empty where it says nothing.
pub(crate) fn line(text: &str) -> String {
    let text = &text[..text.floor_char_boundary(MOST_READ)];
    let text = without_elements(&text.replace(is_unsafe, " "));
    let mut line = String::new();
    for word in text.split_whitespace() {
        if line.len() + word.len() > MOST {
            line.push_str(" …");
            break;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    ended(neutral(line.trim()))
}

/// The first of texts that says something, or the name as a sentence.
pub(crate) fn first(texts: &[Option<&str>], name: &str) -> String {
    let lines = texts.iter().flatten().map(|text| line(text));
    lines.into_iter().find(|line| !line.is_empty()).unwrap_or_else(|| names::sentence(name))
}

/// A comment of a summary and a description, of which the first sentence stands alone.
pub(crate) fn paragraphs(summary: Option<&str>, description: Option<&str>, name: &str) -> Vec<String> {
    let (summary, description) = (summary.map(line).unwrap_or_default(), description.map(line).unwrap_or_default());
    match (summary.is_empty(), description.is_empty()) {
        (true, true) => vec![names::sentence(name)],
        (true, false) => match description.split_once(". ") {
            Some((first, rest)) => vec![format!("{first}."), rest.to_owned()],
            None => vec![description],
        },
        (false, true) => vec![summary],
        (false, false) if description == summary => vec![summary],
        // A description often begins with its summary.
        (false, false) => match description.strip_prefix(&summary) {
            Some(rest) => vec![summary, rest.trim().to_owned()],
            None => vec![summary, description],
        },
    }
}

/// A comment with an example of the field.
pub(crate) fn with_example(comment: &str, example: Option<&str>) -> String {
    with_short(comment, example, LONGEST_EXAMPLE)
}

/// A comment with an example that was made, which may be an object.
pub(crate) fn with_sample(comment: &str, sample: Option<&str>) -> String {
    with_short(comment, sample, LONGEST_SAMPLE)
}

fn with_short(comment: &str, example: Option<&str>, most: usize) -> String {
    let fits = |text: &&str| {
        let count = text.chars().count();
        count > 0 && count <= most && !text.contains(['`', '\n']) && !text.contains(is_unsafe)
    };
    match example.filter(fits).filter(|text| text.trim() == *text && !text.contains("*/") && !text.contains("  ")) {
        Some(example) => {
            let (first, rest) = comment.split_at(first_sentence(comment));
            format!("{}, such as `{example}`.{rest}", first.trim_end_matches(['.', ':', ',', '…', ' ']))
        }
        None => comment.to_owned(),
    }
}

/// Where the first sentence of a comment ends: at a full stop before a capital.
fn first_sentence(comment: &str) -> usize {
    let ends = comment.match_indices(". ").map(|(at, _)| at + 1);
    let mut ends = ends.filter(|at| comment[at + 1..].starts_with(|c: char| c.is_uppercase()));
    ends.find(|at| !comment[..*at].ends_with("e.g.") && !comment[..*at].ends_with("i.e.")).unwrap_or(comment.len())
}

/// A comment with another sentence.
pub(crate) fn and(comment: &str, sentence: &str) -> String {
    format!("{comment} {sentence}")
}

/// Words as a sentence: "One of `a`, `b`."
pub(crate) fn one_of(words: &[String]) -> String {
    const MOST_WORDS: usize = 30;
    let safe = |word: &String| {
        let word = word.replace(is_unsafe, " ").replace('`', "'").replace("*/", "* /");
        format!("`{}`", word.chars().take(LONGEST_EXAMPLE).collect::<String>())
    };
    let mut shown: Vec<String> = words.iter().take(MOST_WORDS).map(safe).collect();
    if words.len() > MOST_WORDS {
        shown.push("…".to_owned());
    }
    match shown.as_slice() {
        [] => String::new(),
        [word] => format!("Always {word}."),
        _ => format!("One of {}.", shown.join(", ")),
    }
}

/// Whether a text can stand in backticks without a change.
pub(crate) fn is_as_it_is(text: &str) -> bool {
    !text.contains('`') && !text.contains(is_unsafe) && !text.contains("*/")
}

/// What ends a line, is no text, or turns its direction: some of it ends a comment, and wit-parser refuses the rest.
fn is_unsafe(char: char) -> bool {
    char.is_control()
        || matches!(
            char,
            '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
                | '\u{149}' | '\u{673}' | '\u{f77}' | '\u{f79}' | '\u{17a3}' | '\u{17a4}' | '\u{17b4}' | '\u{17b5}'
        )
}

/// Comments say some things by their form. A document's texts do not.
fn neutral(text: &str) -> String {
    let text = text.replace("*/", "* /").replace("/*", "/ *");
    text.replace("such as `", "such as: `").replace("For example `", "For example: `").replace("Steps: `", "Steps `")
}

fn ended(text: String) -> String {
    let trimmed = text.trim_end_matches([' ', ':', ',', ';', '-']);
    if trimmed.is_empty() || trimmed.ends_with(['.', '!', '?', '…']) {
        trimmed.to_owned()
    } else {
        format!("{trimmed}.")
    }
}

/// A text without the tags of HTML. What else stands between `<` and `>` stays.
fn without_elements(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        plain.push_str(before);
        let name = after.trim_start_matches('/');
        let end = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
        let name = name[..end].to_ascii_lowercase();
        match after.bytes().take(LONGEST_TAG).position(|byte| byte == b'>') {
            Some(end) if ELEMENTS.split_ascii_whitespace().any(|known| known == name) => {
                plain.push(' ');
                rest = &after[end + 1..];
            }
            _ => {
                plain.push('<');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    plain
}
