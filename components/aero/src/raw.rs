//! A statement of the caller's own, for `run-sql-select`: taken only where a setting allows it, and only if it is one SELECT
//! in every dialect. Whatever may end a statement, begin another or a comment, or quote in a way that others do not know is
//! refused outside of quotes.

/// Words that begin a statement which does more than select, or make one of a SELECT. SQL Server needs no `;` between two
/// statements, so that they may stand anywhere. A column that is called so can be had in double quotes. (One text: a list of
/// them would take eight bytes more for each.)
const OTHER_STATEMENTS: &str = "alter analyze attach backup begin bulk call commit copy create dbcc deallocate \
                                declare delete deny detach drop exec execute goto grant if insert into kill merge \
                                open pragma print raiserror restore return revoke rollback save set shutdown throw \
                                truncate update use vacuum waitfor while";

/// A statement of the caller's own, if it is one SELECT and nothing else in every dialect.
pub fn one_select(raw: &str) -> Result<String, &'static str> {
    let statement = raw.trim();
    let mut quote = None;
    let mut word = String::new();
    let mut words = 0;
    let mut earlier = ' ';
    // What came before the word: whether a parenthesis opened right there, and the word before.
    let (mut opened, mut before) = (false, String::new());
    for c in statement.chars().chain([' ']) {
        if c == '\\' || c.is_control() && !c.is_ascii_whitespace() {
            return Err("expected no backslash or control character");
        }
        if let Some(open) = quote {
            // A doubled quote closes and opens again.
            quote = quote.filter(|_| c != open);
            continue;
        }
        // A number may hold a point, and letters right after it belong to it: `1.e5INTO` is two words to some.
        let in_word = c.is_ascii_alphanumeric()
            || c == '_'
            || c == '.' && word.as_bytes().first().is_some_and(u8::is_ascii_digit);
        match c {
            '\'' | '"' if earlier.is_ascii_alphanumeric() || earlier == '_' => {
                return Err("expected nothing right before a quote: it may change its meaning");
            }
            '\'' | '"' => quote = Some(c),
            ';' => return Err("expected one statement, without ';'"),
            '-' if earlier == '-' => return Err("expected no comments"),
            '*' if earlier == '/' => return Err("expected no comments"),
            '#' | '`' | '[' | ']' | '{' | '}' | '$' => return Err("expected no other quotes than ' and \""),
            _ if !c.is_ascii() => return Err("expected other characters than ASCII in quotes only"),
            _ => {}
        }
        if !in_word && !word.is_empty() {
            words += 1;
            match (words, word.as_str()) {
                (1, "select") => {}
                (1, _) => return Err(SELECT),
                (_, "select")
                    if !opened && !["union", "all", "distinct", "except", "intersect"].contains(&&*before) =>
                {
                    return Err("expected one SELECT; another only in parentheses, or joined by UNION and the like");
                }
                (_, word) if OTHER_STATEMENTS.split(' ').any(|other| other == word) => {
                    return Err("expected one SELECT, without words that begin another statement, such as INTO");
                }
                (_, word) if !is_number(word) && word.starts_with(|c: char| !c.is_ascii_alphabetic()) => {
                    return Err("expected words to begin with letters: `1INTO` may be two");
                }
                _ => {}
            }
            opened = false;
            before = std::mem::take(&mut word);
        }
        match c {
            '(' => opened = true,
            _ if in_word || c.is_ascii_whitespace() => {}
            _ => (opened, before) = (false, String::new()),
        }
        if in_word {
            word.push(c.to_ascii_lowercase());
        } else if words == 0 && word.is_empty() {
            return Err(SELECT);
        }
        earlier = c;
    }
    if quote.is_some() {
        return Err("expected each quote to be closed");
    }
    if words < 2 { Err(SELECT) } else { Ok(statement.to_owned()) }
}

/// Digits, maybe with points and an exponent, whose sign ends the word.
fn is_number(word: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    word.split_once('e').map_or(digits(word), |(number, exponent)| digits(number) && digits(exponent))
}

const SELECT: &str = "expected a statement that begins with SELECT";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_of_the_callers_own_is_one_select() {
        for raw in [
            " select 1 ",
            "SELECT a - b, 'x;--', \"into\", 'it''s' FROM t\nWHERE c / 2 > 1",
            "SELECT (SELECT MAX(a) FROM t) AS intonation, b*c FROM u",
            "SELECT a FROM t WHERE b IN ( SELECT 'x' FROM u) UNION ALL SELECT c FROM v",
            "SELECT \"set\", t1.\"größe\", 1e5, 1e-5, 2.5, 1., .5, 1.5e-3, x2into FROM t1 WHERE a = 'x' ORDER BY b",
        ] {
            assert_eq!(one_select(raw).as_deref(), Ok(raw.trim()));
        }
    }

    #[test]
    fn what_may_be_more_than_one_select_is_refused() {
        for raw in [
            "",
            "SELECT",
            "DELETE FROM t",
            "(SELECT 1)",
            "WITH a AS (SELECT 1) SELECT 2",
            "SELECTED 1",
            "SELECT 1;",
            "SELECT 1; DROP TABLE t",
            "SELECT 1 -- more",
            "SELECT 1 /* more */",
            "SELECT 1 # more",
            "/**/SELECT 1",
            "SELECT a INTO b FROM c",
            "SELECT a INTO\tb FROM c",
            "SELECT 'a",
            "SELECT \"a",
            "SELECT 'a\\'; DROP TABLE t; --'",
            "SELECT [']; DROP TABLE t; --[']",
            "SELECT `'`; DROP TABLE t; --`'`",
            "SELECT $$'$$; DROP TABLE t; --$$'$$",
            "SELECT q'[']'; DROP TABLE t --'",
            "SELECT q'!'!', 1",
            "SELECT 1 DROP TABLE t",
            "SELECT a SELECT b",
            "SELECT (a) SELECT b",
            "SELECT 'union' SELECT b",
            "SELECT a, SELECT b",
            "SELECT 1 UPDATE t SET a = 1",
            "SELECT a, 1INTO b FROM c",
            "SELECT a, 1e5INTO b FROM c",
            "SELECT a, 1eINTO b FROM c",
            "SELECT a, 0xINTO b FROM c",
            "SELECT a, 1.e5INTO b FROM c",
            "SELECT a, _INTO b FROM c",
            "SELECT a, 1.dINTO b FROM c",
            "SELECT a, 1.5e5INTO b FROM c",
            "SELECT a\u{a0}INTO b FROM c",
            "SELECT 1\u{0}",
        ] {
            assert!(one_select(raw).is_err(), "{raw}");
        }
    }
}
