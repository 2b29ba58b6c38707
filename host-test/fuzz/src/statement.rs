//! What SQL dialects make of a statement.

use sqlparser::ast::{Expr, Query, Select, SetExpr, Statement, UnaryOperator, Value};
use sqlparser::dialect::{
    Dialect, GenericDialect, MsSqlDialect, MySqlDialect, OracleDialect, PostgreSqlDialect, SQLiteDialect,
};
use sqlparser::keywords::Keyword;
use sqlparser::parser::{Parser, ParserError, ParserOptions};
use sqlparser::tokenizer::{Token, Tokenizer, Whitespace};
use std::any::TypeId;
use std::ops::ControlFlow;

/// MySQL in its mode `ANSI_QUOTES`, where `"` quotes names.
#[derive(Debug)]
struct AnsiMySql(MySqlDialect);

/// What MySQL says of itself, as far as a SELECT is concerned.
macro_rules! same {
    ($($method:ident)*) => { $(fn $method(&self) -> bool { self.0.$method() })* };
}

impl Dialect for AnsiMySql {
    fn dialect(&self) -> TypeId {
        TypeId::of::<MySqlDialect>()
    }

    fn is_delimited_identifier_start(&self, c: char) -> bool {
        c == '"' || c == '`'
    }

    fn is_identifier_start(&self, c: char) -> bool {
        self.0.is_identifier_start(c)
    }

    fn is_identifier_part(&self, c: char) -> bool {
        self.0.is_identifier_part(c)
    }

    fn parse_infix(&self, parser: &mut Parser, left: &Expr, precedence: u8) -> Option<Result<Expr, ParserError>> {
        self.0.parse_infix(parser, left, precedence)
    }

    fn is_table_factor_alias(&self, explicit: bool, keyword: &Keyword, parser: &mut Parser) -> bool {
        self.0.is_table_factor_alias(explicit, keyword, parser)
    }

    same! {
        supports_string_literal_backslash_escape supports_string_literal_concatenation ignores_wildcard_escapes
        supports_numeric_prefix supports_bitwise_shift_operators supports_multiline_comment_hints
        require_interval_qualifier supports_limit_comma supports_table_hints supports_match_against
        requires_single_line_comment_whitespace supports_select_modifiers supports_double_ampersand_operator
        supports_binary_kw_as_cast supports_comment_optimizer_hint supports_group_by_with_modifier
        supports_left_associative_joins_without_parens
    }
}

/// The dialects, by name. SQL Server needs nothing between two statements.
pub fn dialects() -> [(&'static str, Box<dyn Dialect>); 6] {
    [
        ("generic", Box::new(GenericDialect {})),
        ("SQLite", Box::new(SQLiteDialect {})),
        ("SQL Server", Box::new(MsSqlDialect {})),
        ("PostgreSQL", Box::new(PostgreSqlDialect {})),
        ("Oracle", Box::new(OracleDialect {})),
        ("MySQL", Box::new(AnsiMySql(MySqlDialect {}))),
    ]
}

pub fn parse(dialect: &dyn Dialect, sql: &str) -> Result<Vec<Statement>, ParserError> {
    let needed = !dialect.is::<MsSqlDialect>();
    let options = ParserOptions { require_semicolon_stmt_delimiter: needed, ..ParserOptions::default() };
    Parser::new(dialect).with_options(options).try_with_sql(sql)?.parse_statements()
}

/// The one query that these are.
pub fn query(statements: &mut [Statement]) -> Option<&mut Query> {
    match statements {
        [Statement::Query(query)] => Some(query),
        _ => None,
    }
}

/// Whether nothing but queries is there that write nothing: one, or in SQL Server, where no word tells the end of one from
/// the begin of another, maybe several, or what it does not take for a statement at all.
fn only_reads(dialect: &dyn Dialect, statements: &[Statement]) -> bool {
    let reads = |statement: &Statement| match statement {
        Statement::Query(query) => !writes(&query.body),
        Statement::Commit { end, .. } => *end && dialect.is::<MsSqlDialect>(),
        _ => false,
    };
    statements.iter().all(reads) && (statements.len() == 1 || dialect.is::<MsSqlDialect>())
}

/// Whether a query writes what it finds into a table.
fn writes(body: &SetExpr) -> bool {
    match body {
        SetExpr::Select(select) => select.into.is_some(),
        SetExpr::Query(query) => writes(&query.body),
        SetExpr::SetOperation { left, right, .. } => writes(left) || writes(right),
        SetExpr::Values(_) | SetExpr::Table(_) => false,
        SetExpr::Insert(_) | SetExpr::Update(_) | SetExpr::Delete(_) | SetExpr::Merge(_) => true,
    }
}

/// The first dialect in which a statement does more than read, with what does it.
pub fn writing(sql: &str) -> Option<String> {
    dialects().into_iter().find_map(|(name, dialect)| {
        // What a dialect does not understand it does not carry out; but there must be nothing in it to begin another
        // statement, should the parser here be the one that is wrong.
        if let Some(token) = suspicious(&*dialect, sql) {
            return Some(format!("{name} reads {token:?} in {sql:?}"));
        }
        let parsed = parse(&*dialect, sql).ok().filter(|parsed| !only_reads(&*dialect, parsed))?;
        Some(format!("{name} does more than read: {sql:?}: {parsed:?}"))
    })
}

/// What a statement that no parser understands must not hold either: the end of one, a comment, INTO.
fn suspicious(dialect: &dyn Dialect, sql: &str) -> Option<Token> {
    let suspect = |token: &Token| match token {
        Token::SemiColon => true,
        Token::Whitespace(space) => !matches!(space, Whitespace::Space | Whitespace::Newline | Whitespace::Tab),
        Token::Word(word) => word.keyword == Keyword::INTO && word.quote_style.is_none(),
        _ => false,
    };
    // What is not even made of tokens is refused by the vendor.
    Tokenizer::new(dialect, sql).tokenize().ok()?.into_iter().find(suspect)
}

/// A literal in a statement.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    Text(String),
    /// Its value as the bits of a float.
    Number(u64),
}

impl Literal {
    pub fn number(number: f64) -> Literal {
        Literal::Number(number.to_bits())
    }
}

/// Takes the literals out of a query's conditions, and leaves nulls.
pub fn take_literals(query: &mut Query) -> Vec<Literal> {
    let mut taken = Vec::new();
    if let SetExpr::Select(select) = &mut *query.body {
        let Select { selection, .. } = &mut **select;
        if let Some(condition) = selection {
            take(condition, &mut taken);
        }
    }
    taken
}

fn take(expression: &mut Expr, taken: &mut Vec<Literal>) {
    let literal = match expression {
        Expr::Value(value) => match &value.value {
            Value::SingleQuotedString(text) => ControlFlow::Break(Literal::Text(text.clone())),
            Value::Number(digits, false) => number(digits),
            _ => ControlFlow::Continue(()),
        },
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } => match &**expr {
            Expr::Value(value) => match &value.value {
                Value::Number(digits, false) => number(&format!("-{digits}")),
                _ => ControlFlow::Continue(()),
            },
            _ => ControlFlow::Continue(()),
        },
        _ => ControlFlow::Continue(()),
    };
    if let ControlFlow::Break(literal) = literal {
        taken.push(literal);
        *expression = Expr::Value(Value::Null.into());
        return;
    }
    match expression {
        Expr::BinaryOp { left, right, .. } => {
            take(left, taken);
            take(right, taken);
        }
        Expr::InList { expr, list, .. } => {
            take(expr, taken);
            list.iter_mut().for_each(|item| take(item, taken));
        }
        Expr::Like { expr, pattern, .. } => {
            take(expr, taken);
            take(pattern, taken);
        }
        _ => {}
    }
}

fn number(digits: &str) -> ControlFlow<Literal> {
    digits.parse().map_or(ControlFlow::Continue(()), |number| ControlFlow::Break(Literal::number(number)))
}
