//! A select as a caller gives it, and what it has to become.

use outwit_fuzz::statement::Literal;
use serde_json::{Map, Value, json};

/// A value, with the literal that it has to become.
#[derive(Clone, Debug)]
pub enum Given {
    Text(String),
    Number(f64),
    Truth(bool),
}

impl Given {
    pub fn json(&self) -> Value {
        match self {
            Given::Text(text) => json!({ "text": text }),
            Given::Number(number) => json!({ "number": number }),
            Given::Truth(truth) => json!({ "truth": truth }),
        }
    }

    pub fn literal(&self) -> Literal {
        match self {
            Given::Text(text) => Literal::Text(text.clone()),
            Given::Number(number) => Literal::number(*number),
            Given::Truth(truth) => Literal::number(f64::from(u8::from(*truth))),
        }
    }
}

pub type Column = (String, Option<&'static str>, Option<String>);
pub type Predicate = (String, &'static str, Vec<Given>);

#[derive(Clone, Debug)]
pub struct Selected {
    pub columns: Vec<Column>,
    pub table: Vec<String>,
    pub predicates: Vec<Predicate>,
    pub order: Vec<(String, Option<bool>)>,
    /// The word for it, and how many rows.
    pub limit: Option<(&'static str, u32)>,
}

impl Selected {
    pub fn json(&self) -> Value {
        let members = |pairs: [(&str, Value); 3]| {
            let given = pairs.into_iter().filter(|(_, value)| !value.is_null());
            given.map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>()
        };
        let columns = self.columns.iter().map(|(name, aggregate, alias)| {
            members([("name", json!(name)), ("aggregate", json!(aggregate)), ("alias", json!(alias))])
        });
        let predicates = self.predicates.iter().map(|(column, test, values)| {
            let values: Vec<Value> = values.iter().map(Given::json).collect();
            json!({ "column": column, "test": test, "values": values })
        });
        let order = self.order.iter();
        let order = order.map(|(c, d)| members([("column", json!(c)), ("descending", json!(d)), ("", Value::Null)]));
        let mut select = json!({
            "columns": columns.collect::<Vec<_>>(),
            "table": self.table.join("."),
            "where": predicates.collect::<Vec<_>>(),
            "order": order.collect::<Vec<_>>(),
        });
        if let Some((word, rows)) = self.limit {
            select["limit"] = json!({ word: rows });
        }
        select
    }

    /// The statement that it has to be, with nulls for literals. Names are plain.
    pub fn expected(&self) -> String {
        let name = |name: &String| format!("\"{name}\"");
        let columns = self.columns.iter().map(|(column, aggregate, alias)| {
            let mut column = name(column);
            if let Some(aggregate) = aggregate {
                let function = AGGREGATES.iter().find(|(ours, _)| ours == aggregate).map_or("", |(_, sql)| sql);
                column = format!("{function}({column})");
            }
            alias.as_ref().map_or(column.clone(), |alias| format!("{column} AS {}", name(alias)))
        });
        let columns: Vec<String> = columns.collect();
        let columns = if columns.is_empty() { "*".to_owned() } else { columns.join(", ") };
        let table = self.table.join(".").split('.').map(|part| name(&part.to_owned())).collect::<Vec<_>>().join(".");
        let limit = |word: &str| self.limit.filter(|(given, _)| *given == word).map(|(_, rows)| rows);
        let top = limit("top").map_or_else(String::new, |rows| format!("TOP ({rows}) "));
        let mut sql = format!("SELECT {top}{columns} FROM {table}");
        let mut clause = |keyword: &str, parts: Vec<String>, between: &str| {
            if !parts.is_empty() {
                sql.push_str(&format!(" {keyword} {}", parts.join(between)));
            }
        };
        let conditions = self.predicates.iter().map(|(column, test, values)| {
            let operator = TESTS.iter().find(|(ours, _)| ours == test).map_or("", |(_, sql)| sql);
            let nulls = vec!["NULL"; values.len()].join(", ");
            let nulls = if *test == "one-of" { format!("({nulls})") } else { nulls };
            format!("{} {operator} {nulls}", name(column))
        });
        clause("WHERE", conditions.collect(), " AND ");
        let groups =
            self.columns.iter().filter(|(_, aggregate, _)| aggregate.is_none()).map(|(column, ..)| name(column));
        if self.columns.iter().any(|(_, aggregate, _)| aggregate.is_some()) {
            clause("GROUP BY", groups.collect(), ", ");
        }
        let order = self.order.iter().map(|(column, descending)| {
            format!("{}{}", name(column), if *descending == Some(true) { " DESC" } else { "" })
        });
        clause("ORDER BY", order.collect(), ", ");
        clause("LIMIT", limit("limit").iter().map(u32::to_string).collect(), "");
        sql
    }

    /// Whether a field may be refused: a name that is not plain, or values that do not fit their test.
    pub fn is_odd(&self, field: &str) -> bool {
        let odd = |name: &str| !name.split('.').all(is_name);
        let columns = self.columns.iter().enumerate().flat_map(|(index, (name, _, alias))| {
            let alias = alias.as_ref().map(|alias| (format!("columns[{index}].alias"), !is_name(alias)));
            [Some((format!("columns[{index}].name"), !is_name(name))), alias]
        });
        let order = self.order.iter().enumerate();
        let order = order.map(|(index, (column, _))| (format!("order[{index}].column"), !is_name(column)));
        let mut named = columns.flatten().chain(order).chain([("table".to_owned(), odd(&self.table.join(".")))]);
        if let Some((_, odd)) = named.find(|(name, _)| format!("input.{name}") == field) {
            return odd;
        }
        self.predicates.iter().enumerate().any(|(index, (column, test, values))| {
            match field.strip_prefix(&format!("input.where[{index}].")) {
                Some("column") => !is_name(column),
                Some("values") => match *test {
                    "is-null" | "is-not-null" => !values.is_empty(),
                    "one-of" => values.is_empty(),
                    _ => values.len() != 1,
                },
                Some(rest) => values.iter().enumerate().any(|(at, value)| {
                    let odd = match value {
                        Given::Text(text) => text.contains(|c: char| c == '\\' || c.is_control()),
                        _ => *test == "like",
                    };
                    odd && rest == format!("values[{at}]")
                }),
                None => false,
            }
        })
    }
}

fn is_name(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && text.starts_with(|c: char| !c.is_ascii_digit())
}

pub const AGGREGATES: [(&str, &str); 5] =
    [("sum", "SUM"), ("count", "COUNT"), ("average", "AVG"), ("least", "MIN"), ("most", "MAX")];
pub const TESTS: [(&str, &str); 10] = [
    ("equals", "="),
    ("differs", "<>"),
    ("less", "<"),
    ("at-most", "<="),
    ("greater", ">"),
    ("at-least", ">="),
    ("one-of", "IN"),
    ("like", "LIKE"),
    ("is-null", "IS NULL"),
    ("is-not-null", "IS NOT NULL"),
];
