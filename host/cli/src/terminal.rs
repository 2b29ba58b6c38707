//! How wide a terminal is, and texts that fit into a width.

use outwit::visible;
use terminal_size::{Width, terminal_size};
use unicode_width::UnicodeWidthChar;

/// The width where neither `COLUMNS` nor a terminal gives one.
const DEFAULT: usize = 80;
/// Below this, tables are not narrowed further.
const LEAST: usize = 20;
/// Above this, lines are no longer read well, and tables stay as they are.
const MOST: usize = 1000;

/// The columns of the terminal: [`known_width`], or else 80.
pub fn width() -> usize {
    known_width().unwrap_or(DEFAULT)
}

/// The variable `COLUMNS`, or else the size of the terminal that one of the standard streams is.
pub fn known_width() -> Option<usize> {
    let set =
        std::env::var("COLUMNS").ok().and_then(|columns| columns.trim().parse().ok()).filter(|&columns| columns > 0);
    let width = set.or_else(|| terminal_size().map(|(Width(width), _)| usize::from(width)).filter(|&width| width > 0));
    width.map(|width| width.clamp(LEAST, MOST))
}

/// What is left of a width beside so many columns, and at least enough for a few words.
pub fn rest(width: Option<usize>, used: usize) -> usize {
    width.map_or(usize::MAX, |width| width.saturating_sub(used).max(LEAST))
}

/// A text on one line, at most so wide: what is hidden is written as its number, and what is cut off ends with `…`.
pub fn line(text: &str, width: usize) -> String {
    let mut start: String = text.chars().take(width.saturating_mul(4).saturating_add(1)).collect();
    let whole = start.len() == text.len();
    if start.contains(['\n', '\t', '\r']) {
        start = start.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    cut(&visible(&start), width, whole)
}

/// A text with its line breaks, at most so many characters long, then how many were left out.
pub fn paragraph(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => visible(&text.replace("\r\n", "\n")).into_owned(),
        Some((at, _)) => {
            let left_out = text[at..].chars().count();
            format!("{}… ({left_out} more characters; --json shows them)", visible(&text[..at]))
        }
    }
}

fn cut(text: &str, width: usize, whole: bool) -> String {
    let wide = |character: char| character.width().unwrap_or(0);
    if whole && text.chars().map(wide).sum::<usize>() <= width {
        return text.to_owned();
    }
    let (mut out, mut used) = (String::new(), 1);
    for character in text.chars() {
        used += wide(character);
        if used > width {
            break;
        }
        out.push(character);
    }
    out + "…"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_to_its_width_and_hides_nothing() {
        for (text, width, shown) in [
            ("short", 5, "short"),
            ("longer", 5, "long…"),
            ("日本語", 6, "日本語"),
            ("日本語の", 6, "日本…"),
            ("a\u{1b}[2Jb", 20, "a\\u001b[2Jb"),
            ("a\u{202e}b", 4, "a\\u…"),
            ("two\n  lines\tand", 20, "two lines and"),
            ("", 5, ""),
        ] {
            assert_eq!(line(text, width), shown);
        }
        assert_eq!(line(&"w".repeat(1 << 20), 10), "wwwwwwwww…");
    }

    #[test]
    fn a_paragraph_says_how_much_it_leaves_out() {
        assert_eq!(paragraph("a\r\nb\u{7}", 10), "a\nb\\u0007");
        assert_eq!(paragraph("abcdef", 4), "abcd… (2 more characters; --json shows them)");
    }
}
