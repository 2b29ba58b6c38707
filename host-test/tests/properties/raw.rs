//! A statement of the caller's own: `run-sql-select` takes it only where a setting says so, and only if it
//! does nothing but read.

use crate::holds;
use crate::sql::{SELECT, statement};
use crate::world::{Answer, Vendor};
use outwit::ErrorKind;
use outwit_fuzz::statement::writing;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;
use std::cell::Cell;

/// Pieces of which statements are made, and of which attacks are made.
#[rustfmt::skip]
const PIECES: &[&str] = &[
    " ", " ", " ", "\n", "\t", "SELECT", "select", "a", "b", "1", "*", ",", "FROM t", "from", "WHERE", "=", "<", "(",
    ")", "'", "''", "\"", "'x'", "\"x\"", "INTO", "into", "b", "UNION", "UNION ALL SELECT 1", "AS", "-", "--", "/",
    "/*", "*/", ";", "#", "\\", "`", "[", "]", "$$", "$a$", "N'", "E'", "e'", "q'", "Q'!", "!'", "nq'(", ")'", "U&'",
    "X'", "b'", "_utf8'", "@", "@@version", ":a", "?", ".", "||", "DROP TABLE t", "DELETE FROM t", "EXEC x", "GO",
    "LIMIT 1", "ORDER BY 1", "GROUP BY a", "HAVING", "JOIN u ON", "IN", "NOT", "NULL", "CASE WHEN", "END",
    "FOR UPDATE", "\u{a0}", "\u{2003}", "\u{3000}", "\u{2028}", "\u{feff}", "\u{200b}", "\u{b}", "\u{c}", "\u{85}",
    "\0", "é", "\u{2019}", "{", "}", "1e5", "1e", "0x", ".5", "OUTFILE 'x'", "SETTINGS", "WITH", "VALUES (1)",
    "TABLE t", "|>", "SET a = 1",
];

fn statements() -> impl Strategy<Value = String> {
    let pieces = vec(prop_oneof![12 => select(PIECES).prop_map(str::to_owned), 1 => any::<String>()], 1..14);
    let spaced = (pieces, any::<bool>()).prop_map(|(pieces, spaced)| pieces.join(if spaced { " " } else { "" }));
    prop_oneof![
        6 => spaced.clone().prop_map(|rest| format!("SELECT {rest}")),
        6 => spaced.clone().prop_map(|rest| format!("SELECT a FROM t {rest}")),
        6 => (spaced.clone(), spaced.clone()).prop_map(|(a, b)| format!("SELECT '{a}', {b} FROM t")),
        2 => spaced.clone().prop_map(|rest| format!("SELECT a {rest} b FROM t")),
        1 => "SELECT a,? [0-9]{1,2}(e[0-9]?|x[0-9a-f]?|\\.[0-9]?)?(INTO|into|FROM) ?b( FROM t)?",
        1 => spaced,
    ]
}

#[test]
fn a_statement_of_the_callers_own_needs_a_setting_and_does_nothing_but_read() {
    let without = Vendor::new("aero");
    let with = without.with(&[("AERO_ALLOW_RAW_SQL".to_owned(), "1".to_owned())].into());
    let through = Cell::new(0);
    holds(6000, &statements(), |raw| {
        let input = json!({ "raw": raw });
        let denied = without.call(SELECT, &input, &[Answer::json("[]")]);
        let is_denied =
            denied.as_ref().is_err_and(|e| e.kind == ErrorKind::Denied && e.field.as_deref() == Some("input.raw"));
        if !is_denied || !without.sent().is_empty() {
            return Err(format!("without the setting: {denied:?}"));
        }
        if let Err(error) = with.call(SELECT, &input, &[Answer::json("[]")]) {
            let named = error.kind == ErrorKind::InvalidInput && error.field.as_deref() == Some("input.raw");
            return if named && with.sent().is_empty() { Ok(()) } else { Err(format!("{error:?}")) };
        }
        let sql = statement(&with).ok_or("no statement was sent")?;
        through.set(through.get() + 1);
        if sql != raw.trim() {
            return Err(format!("{sql:?} was sent for {raw:?}"));
        }
        writing(&sql).map_or(Ok(()), Err)
    });
    assert!(through.get() > 0, "nothing was let through");
}
