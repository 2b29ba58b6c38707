//! `sql-select` → the text of one SELECT statement.
//!
//! The vendor takes text and no parameters (document), and nothing tells which dialect it speaks. So what is written is what all
//! dialects read alike, but for the words that limit rows, which the caller chooses; a database that does not know them
//! refuses the statement (inferred). Alike are: names in double quotes that hold nothing but letters, digits
//! and `_`; texts in single quotes, doubled where they occur inside. A backslash, which some dialects take for an escape, is
//! refused, as are control characters. Then no value ever changes the statement.

use crate::raw;
use kit::FieldError;
use kit::wire::joined;
use serde_json::{Map, Value};

/// Puts the statement in the place of the parameters.
pub fn render(params: &mut Map<String, Value>) -> Result<(), FieldError> {
    let select = std::mem::take(params);
    let statement = match (select.get("raw").and_then(Value::as_str), text(&select, "table")) {
        (None, "") => return Err(FieldError::new("table", "missing, a table is needed to select from")),
        (None, _) => structured(&select)?,
        (Some(raw), "") if select.len() == 1 => {
            raw::one_select(raw).map_err(|expected| FieldError::new("raw", expected))?
        }
        _ => return Err(FieldError::new("raw", "expected nothing else beside a whole statement")),
    };
    params.insert("query".to_owned(), statement.into());
    Ok(())
}

fn structured(select: &Map<String, Value>) -> Result<String, FieldError> {
    let mut selected = Vec::new();
    let mut groups = Vec::new();
    let columns = list(select, "columns");
    for (index, column) in columns.iter().enumerate() {
        let at = format!("columns[{index}]");
        let name = name(column, "name", &at)?;
        let mut expression = match column["aggregate"].as_str() {
            Some(aggregate) => format!("{}({name})", function(aggregate)),
            None => {
                groups.push(name.clone());
                name
            }
        };
        if column["alias"].is_string() {
            expression = format!("{expression} AS {}", self::name(column, "alias", &at)?);
        }
        selected.push(expression);
    }
    let columns = if selected.is_empty() { "*".to_owned() } else { joined(&selected, ", ") };
    let table: Option<Vec<_>> = text(select, "table").split('.').map(quoted).collect();
    let table = table.ok_or_else(|| FieldError::new("table", NAME))?;
    let table = joined(&table, ".");
    let limit = |word: &str| select.get("limit").and_then(|limit| limit[word].as_u64());
    let top = limit("top").map_or_else(String::new, |rows| format!("TOP ({rows}) "));
    let mut statement = format!("SELECT {top}{columns} FROM {table}");
    let mut conditions = Vec::new();
    for (index, predicate) in list(select, "where").iter().enumerate() {
        conditions.push(condition(predicate, &format!("where[{index}]"))?);
    }
    append(&mut statement, " WHERE ", &conditions, " AND ");
    if groups.len() < selected.len() {
        append(&mut statement, " GROUP BY ", &groups, ", ");
    }
    let mut order = Vec::new();
    for (index, by) in list(select, "order").iter().enumerate() {
        let direction = if by["descending"] == true { " DESC" } else { "" };
        order.push(format!("{}{direction}", name(by, "column", &format!("order[{index}]"))?));
    }
    append(&mut statement, " ORDER BY ", &order, ", ");
    if let Some(rows) = limit("limit") {
        append(&mut statement, " LIMIT ", &[rows.to_string()], "");
    }
    Ok(statement)
}

fn append(statement: &mut String, keyword: &str, parts: &[String], between: &str) {
    if !parts.is_empty() {
        statement.push_str(keyword);
        statement.push_str(&joined(parts, between));
    }
}

fn function(aggregate: &str) -> &'static str {
    match aggregate {
        "sum" => "SUM",
        "count" => "COUNT",
        "average" => "AVG",
        "least" => "MIN",
        _ => "MAX",
    }
}

const NAME: &str = "expected a name of letters, digits and '_', which begins with no digit";

/// The name in a member, quoted.
fn name(of: &Value, member: &str, at: &str) -> Result<String, FieldError> {
    quoted(of[member].as_str().unwrap_or_default()).ok_or_else(|| FieldError::new(format!("{at}.{member}"), NAME))
}

fn quoted(name: &str) -> Option<String> {
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let begins = name.bytes().next().is_some_and(|b| !b.is_ascii_digit());
    (plain && begins).then(|| format!("\"{name}\""))
}

fn condition(predicate: &Value, at: &str) -> Result<String, FieldError> {
    let column = name(predicate, "column", at)?;
    let test = predicate["test"].as_str().unwrap_or_default();
    let mut values = Vec::new();
    for (index, value) in predicate["values"].as_array().into_iter().flatten().enumerate() {
        let literal = literal(value).map_err(|expected| FieldError::new(format!("{at}.values[{index}]"), expected))?;
        if test == "like" && value["text"].is_null() {
            return Err(FieldError::new(format!("{at}.values[{index}]"), "expected a text, the pattern"));
        }
        values.push(literal);
    }
    let (operator, fits, expected) = match test {
        "isnull" => ("IS NULL", values.is_empty(), "expected no value for this test"),
        "isnotnull" => ("IS NOT NULL", values.is_empty(), "expected no value for this test"),
        "oneof" => ("IN", !values.is_empty(), "expected at least one value"),
        comparison => (compared(comparison), values.len() == 1, "expected one value for this test"),
    };
    if !fits {
        return Err(FieldError::new(format!("{at}.values"), expected));
    }
    let values = joined(&values, ", ");
    Ok(match operator {
        "IN" => format!("{column} IN ({values})"),
        operator => format!("{column} {operator} {values}").trim_end().to_owned(),
    })
}

fn compared(test: &str) -> &'static str {
    match test {
        "differs" => "<>",
        "less" => "<",
        "atmost" => "<=",
        "greater" => ">",
        "atleast" => ">=",
        "like" => "LIKE",
        _ => "=",
    }
}

fn literal(value: &Value) -> Result<String, &'static str> {
    if let Some(truth) = value["truth"].as_bool() {
        return Ok(u8::from(truth).to_string());
    }
    match &value["text"] {
        Value::String(text) if text.chars().any(|c| c == '\\' || c.is_control()) => {
            Err("expected a text without backslashes and control characters")
        }
        Value::String(text) => {
            let mut literal = "'".to_owned();
            for c in text.chars() {
                literal.push(c);
                if c == '\'' {
                    literal.push(c);
                }
            }
            literal.push('\'');
            Ok(literal)
        }
        _ => match &value["number"] {
            Value::Number(number) => Ok(number.to_string()),
            // What is not finite is no number in JSON.
            _ => Err("expected a finite number"),
        },
    }
}

fn list<'m>(of: &'m Map<String, Value>, name: &str) -> &'m [Value] {
    of.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text<'m>(of: &'m Map<String, Value>, name: &str) -> &'m str {
    of.get(name).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rendered(select: Value) -> Result<String, FieldError> {
        let Value::Object(mut params) = select else { unreachable!() };
        render(&mut params)?;
        assert_eq!(params.len(), 1, "only the statement is sent");
        Ok(text(&params, "query").to_owned())
    }

    fn field(select: Value) -> String {
        rendered(select).unwrap_err().field
    }

    #[test]
    fn a_select_is_written_with_all_its_parts() {
        let select = json!({
            "table": "dbo.AeroTimes",
            "columns": [
                {"name": "TeamMember"},
                {"name": "Hat", "alias": "Role"},
                {"name": "Hours", "aggregate": "sum", "alias": "TotalHours"},
                {"name": "Id", "aggregate": "count"},
            ],
            "where": [
                {"column": "StartDate", "test": "atleast", "values": [{"text": "2026-07-01"}]},
                {"column": "Hours", "test": "greater", "values": [{"number": 0.25}]},
                {"column": "HatId", "test": "oneof", "values": [{"number": 12.0}, {"number": -13}]},
                {"column": "Billable", "test": "equals", "values": [{"truth": true}]},
                {"column": "Client", "test": "like", "values": [{"text": "Larkspur%"}]},
                {"column": "Notes", "test": "isnotnull"},
            ],
            "order": [{"column": "TotalHours", "descending": true}, {"column": "TeamMember"}],
            "limit": {"limit": 50},
        });
        let statement = "SELECT \"TeamMember\", \"Hat\" AS \"Role\", SUM(\"Hours\") AS \"TotalHours\", COUNT(\"Id\") \
                         FROM \"dbo\".\"AeroTimes\" WHERE \"StartDate\" >= '2026-07-01' AND \"Hours\" > 0.25 \
                         AND \"HatId\" IN (12.0, -13) AND \"Billable\" = 1 AND \"Client\" LIKE 'Larkspur%' \
                         AND \"Notes\" IS NOT NULL GROUP BY \"TeamMember\", \"Hat\" \
                         ORDER BY \"TotalHours\" DESC, \"TeamMember\" LIMIT 50";
        assert_eq!(rendered(select).unwrap(), statement);
    }

    #[test]
    fn rows_are_grouped_only_where_columns_differ_in_kind() {
        let of = |columns: Value| rendered(json!({"table": "T", "columns": columns})).unwrap();
        assert_eq!(rendered(json!({"table": "T"})).unwrap(), "SELECT * FROM \"T\"");
        assert_eq!(of(json!([{"name": "A"}])), "SELECT \"A\" FROM \"T\"");
        assert_eq!(of(json!([{"name": "A", "aggregate": "most"}])), "SELECT MAX(\"A\") FROM \"T\"");
    }

    #[test]
    fn no_value_changes_the_statement() {
        for value in ["O'Brien", "'", "''", "' OR 1=1 --", "\"; DROP TABLE x", "é", "%_"] {
            let statement = rendered(json!({
                "table": "T", "where": [{"column": "A", "test": "equals", "values": [{"text": value}]}],
            }));
            let doubled = value.replace('\'', "''");
            assert_eq!(statement.unwrap(), format!("SELECT * FROM \"T\" WHERE \"A\" = '{doubled}'"));
        }
    }

    #[test]
    fn what_dialects_read_differently_is_refused_at_its_place() {
        let of = |predicate: Value| field(json!({"table": "T", "where": [predicate]}));
        for value in ["a\\", "a\nb", "\u{0}", "\u{7f}", "\u{85}"] {
            assert_eq!(of(json!({"column": "A", "test": "equals", "values": [{"text": value}]})), "where[0].values[0]");
        }
        assert_eq!(of(json!({"column": "A", "test": "equals", "values": [{"number": null}]})), "where[0].values[0]");
        assert_eq!(of(json!({"column": "A", "test": "like", "values": [{"number": 1}]})), "where[0].values[0]");
        assert_eq!(of(json!({"column": "A", "test": "equals"})), "where[0].values");
        assert_eq!(of(json!({"column": "A", "test": "oneof", "values": []})), "where[0].values");
        assert_eq!(of(json!({"column": "A", "test": "isnull", "values": [{"truth": true}]})), "where[0].values");
        for name in ["", "1a", "a b", "a\"b", "a.b", "é", "a;", "*"] {
            assert_eq!(of(json!({"column": name, "test": "isnull"})), "where[0].column", "{name}");
            assert_eq!(field(json!({"table": "T", "columns": [{"name": name}]})), "columns[0].name");
            assert_eq!(field(json!({"table": "T", "columns": [{"name": "A", "alias": name}]})), "columns[0].alias");
            assert_eq!(field(json!({"table": "T", "order": [{"column": name}]})), "order[0].column");
        }
        for table in ["", "a.", ".b", "a..b", "a b", "T\"--"] {
            assert_eq!(field(json!({ "table": table })), "table", "{table}");
        }
    }

    #[test]
    fn a_statement_stands_alone_and_a_table_is_needed() {
        assert_eq!(field(json!({})), "table");
        assert_eq!(field(json!({"columns": [{"name": "A"}]})), "table");
        assert_eq!(field(json!({"raw": "SELECT 1", "table": "T"})), "raw");
        assert_eq!(field(json!({"raw": "SELECT 1", "limit": {"top": 1}})), "raw");
    }
}
