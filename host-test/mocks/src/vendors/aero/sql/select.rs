//! Reads a SELECT over one table.

use std::cmp::Ordering;

use serde_json::Value;

pub struct Select {
    /// All columns if there are none.
    pub items: Vec<Item>,
    pub table: String,
    /// All of them hold.
    pub conditions: Vec<Condition>,
    pub groups: Vec<String>,
    /// With `true` for the largest first.
    pub order: Vec<(String, bool)>,
    pub limit: usize,
}

/// A column of the result, called `name` there.
#[derive(Clone)]
pub struct Item {
    pub column: String,
    /// Its function, in upper case.
    pub aggregate: Option<String>,
    pub name: String,
}

impl Item {
    pub fn column(name: &str) -> Item {
        Item { column: name.to_owned(), aggregate: None, name: name.to_owned() }
    }

    /// The one value of the values of some rows. An aggregate passes over nulls.
    pub fn of<'a>(&self, mut values: impl Iterator<Item = &'a Value>) -> Value {
        let Some(function) = &self.aggregate else { return values.next().cloned().unwrap_or_default() };
        let values: Vec<&Value> = values.filter(|value| !value.is_null()).collect();
        let sum: f64 = values.iter().filter_map(|value| value.as_f64()).sum();
        let by = |one: &&&Value, other: &&&Value| order(one, other);
        match function.as_str() {
            "COUNT" => values.len().into(),
            _ if values.is_empty() => Value::Null,
            "SUM" => sum.into(),
            "AVG" => (sum / values.len() as f64).into(),
            "MIN" => values.iter().min_by(by).copied().cloned().into(),
            _ => values.iter().max_by(by).copied().cloned().into(),
        }
    }
}

pub struct Condition {
    pub column: String,
    /// In upper case.
    test: String,
    values: Vec<Value>,
}

impl Condition {
    /// With a null, only `IS NULL` holds.
    pub fn holds(&self, value: &Value) -> bool {
        self.test == "IS NULL" && value.is_null()
            || self.test == "IS NOT NULL" && !value.is_null()
            || !value.is_null() && self.values.iter().any(|other| self.compares(value, other))
    }

    fn compares(&self, value: &Value, other: &Value) -> bool {
        let order = order(value, other);
        match self.test.as_str() {
            "<>" => order.is_ne(),
            "<" => order.is_lt(),
            "<=" => order.is_le(),
            ">" => order.is_gt(),
            ">=" => order.is_ge(),
            "LIKE" => match (value, other) {
                (Value::String(text), Value::String(pattern)) => like(&text.to_lowercase(), &pattern.to_lowercase()),
                _ => false,
            },
            _ => order.is_eq(),
        }
    }
}

/// Nulls come before numbers, and those before texts.
pub fn order(one: &Value, other: &Value) -> Ordering {
    let rank = |value: &Value| (!value.is_null(), value.is_string());
    let number = |value: &Value| value.as_f64().unwrap_or_default();
    (rank(one).cmp(&rank(other))).then(number(one).total_cmp(&number(other))).then(one.as_str().cmp(&other.as_str()))
}

/// `%` is any text, `_` one character.
fn like(text: &str, pattern: &str) -> bool {
    let (mut letters, mut rest) = (text.chars(), pattern.chars());
    let (letter, wanted) = (letters.next(), rest.next());
    match wanted {
        None => letter.is_none(),
        Some('%') => like(text, rest.as_str()) || letter.is_some() && like(letters.as_str(), pattern),
        Some(wanted) => letter.is_some_and(|c| wanted == '_' || c == wanted) && like(letters.as_str(), rest.as_str()),
    }
}

impl Select {
    pub fn parse(statement: &str) -> Result<Select, String> {
        let mut words = Words { all: split(statement)?, next: 0 };
        words.expect("SELECT")?;
        let items = if words.skip("*") { Vec::new() } else { words.list(Words::item)? };
        words.expect("FROM")?;
        let mut table = words.name()?;
        while words.skip(".") {
            table = format!("{table}.{}", words.name()?);
        }
        let mut conditions = Vec::new();
        if words.skip("WHERE") {
            conditions.push(words.condition()?);
            while words.skip("AND") {
                conditions.push(words.condition()?);
            }
        }
        let groups = if words.skip_two("GROUP", "BY")? { words.list(Words::name)? } else { Vec::new() };
        let by = |words: &mut Words| Ok((words.name()?, words.skip("DESC")));
        let order = if words.skip_two("ORDER", "BY")? { words.list(by)? } else { Vec::new() };
        let limit = match words.skip("LIMIT") {
            true => words.take().parse().map_err(|_| words.instead_of("a whole number"))?,
            false => usize::MAX,
        };
        words.expect("")?;
        Ok(Select { items, table, conditions, groups, order, limit })
    }
}

/// Names, literals and signs, as they are spelled.
fn split(statement: &str) -> Result<Vec<&str>, String> {
    let mut all = Vec::new();
    let mut rest = statement.trim();
    while let Some(first) = rest.chars().next() {
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let end =
            |from: usize, part: fn(char) -> bool| rest[from..].find(|c| !part(c)).map_or(rest.len(), |at| from + at);
        let length = match first {
            '\'' | '"' => 1 + closing(&rest[1..], first).ok_or_else(|| format!("a quote is not closed: {rest}"))?,
            '<' if rest.starts_with("<>") => 2,
            '<' | '>' if rest[1..].starts_with('=') => 2,
            '-' | '0'..='9' => {
                let length = end(1, |c| c.is_ascii_alphanumeric() || c == '.');
                let signed = rest[..length].ends_with(['e', 'E']) && rest[length..].starts_with(['-', '+']);
                if signed { end(length + 1, |c| c.is_ascii_digit()) } else { length }
            }
            _ if is_word(first) => end(0, |c| c.is_ascii_alphanumeric() || c == '_'),
            _ => first.len_utf8(),
        };
        all.push(&rest[..length]);
        rest = rest[length..].trim_start();
    }
    Ok(all)
}

/// Behind the quote that closes; one that is doubled does not.
fn closing(text: &str, quote: char) -> Option<usize> {
    let end = text.find(quote)? + 1;
    if text[end..].starts_with(quote) { Some(end + 1 + closing(&text[end + 1..], quote)?) } else { Some(end) }
}

struct Words<'s> {
    all: Vec<&'s str>,
    next: usize,
}

impl<'s> Words<'s> {
    /// Empty at the end.
    fn take(&mut self) -> &'s str {
        self.next += 1;
        self.all.get(self.next - 1).copied().unwrap_or_default()
    }

    /// That the word taken last is wrong.
    fn instead_of(&self, expected: &str) -> String {
        let found = self.all.get(self.next - 1).copied().unwrap_or_default();
        let [found, expected] = [found, expected].map(|word| if word.is_empty() { "the end" } else { word });
        format!("expected {expected} instead of {found}; this mock reads one SELECT over one table")
    }

    fn skip(&mut self, word: &str) -> bool {
        let found = self.all.get(self.next).is_some_and(|next| next.eq_ignore_ascii_case(word));
        self.next += usize::from(found);
        found
    }

    fn expect(&mut self, word: &str) -> Result<(), String> {
        if self.take().eq_ignore_ascii_case(word) { Ok(()) } else { Err(self.instead_of(word)) }
    }

    fn skip_two(&mut self, first: &str, second: &str) -> Result<bool, String> {
        let found = self.skip(first);
        if found { self.expect(second).map(|()| true) } else { Ok(false) }
    }

    fn list<T>(&mut self, one: impl Fn(&mut Self) -> Result<T, String>) -> Result<Vec<T>, String> {
        let mut all = vec![one(self)?];
        while self.skip(",") {
            all.push(one(self)?);
        }
        Ok(all)
    }

    fn name(&mut self) -> Result<String, String> {
        match self.take() {
            name if name.starts_with('"') => Ok(name[1..name.len() - 1].replace("\"\"", "\"")),
            name if name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') => Ok(name.to_owned()),
            _ => Err(self.instead_of("a name")),
        }
    }

    fn literal(&mut self) -> Result<Value, String> {
        match self.take() {
            text if text.starts_with('\'') => Ok(text[1..text.len() - 1].replace("''", "'").into()),
            number if number.starts_with(|c: char| c == '-' || c.is_ascii_digit()) => {
                number.parse::<f64>().map(Value::from).map_err(|_| self.instead_of("a number"))
            }
            _ => Err(self.instead_of("a text or a number")),
        }
    }

    fn item(&mut self) -> Result<Item, String> {
        let first = self.name()?;
        let mut item = Item::column(&first);
        if self.skip("(") {
            let function = first.to_ascii_uppercase();
            if !["SUM", "COUNT", "AVG", "MIN", "MAX"].contains(&function.as_str()) {
                return Err(format!("no such function: {first}"));
            }
            let column = self.name()?;
            self.expect(")")?;
            item = Item { name: format!("{first}({column})"), aggregate: Some(function), column };
        }
        if self.skip("AS") {
            item.name = self.name()?;
        }
        Ok(item)
    }

    fn condition(&mut self) -> Result<Condition, String> {
        let column = self.name()?;
        let mut test = self.take().to_ascii_uppercase();
        let values = match test.as_str() {
            "=" | "<>" | "<" | "<=" | ">" | ">=" | "LIKE" => vec![self.literal()?],
            "IN" => {
                self.expect("(")?;
                let values = self.list(Self::literal)?;
                self.expect(")")?;
                values
            }
            "IS" => {
                test.push_str(if self.skip("NOT") { " NOT NULL" } else { " NULL" });
                self.expect("NULL")?;
                Vec::new()
            }
            _ => return Err(self.instead_of("a comparison")),
        };
        Ok(Condition { column, test, values })
    }
}
