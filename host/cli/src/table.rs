//! Tables on a terminal, and lists of names with values.

use super::style::{BLUE, BOLD, RESET};
use comfy_table::presets::NOTHING;
use comfy_table::{Cell, CellAlignment, ColumnConstraint, ContentArrangement, Row, Table, Width};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// What separates columns.
pub const GAP: usize = 2;

/// One column.
#[derive(Clone, Debug)]
pub struct Column {
    /// What stands above it.
    pub name: String,
    /// How wide it is.
    pub width: usize,
    /// Whether it is aligned to the right.
    pub number: bool,
}

/// A table with a bold line of names, and one line a row. Texts that are longer than their column are cut.
pub fn table(columns: &[Column], rows: &[Vec<String>]) -> String {
    let mut table = new(columns.iter().map(|column| column.width + GAP).sum());
    let mut header = Row::from(columns.iter().map(|column| column.name.as_str()));
    header.max_height(1);
    table.set_header(header);
    for cells in rows {
        let mut row = Row::from(cells.iter().map(Cell::new));
        row.max_height(1);
        table.add_row(row);
    }
    for (column, shown) in columns.iter().zip(table.column_iter_mut()) {
        shown.set_padding((0, GAP as u16));
        let width = u16::try_from(column.width + GAP).unwrap_or(u16::MAX);
        shown.set_constraint(ColumnConstraint::Absolute(Width::Fixed(width)));
        if column.number {
            shown.set_cell_alignment(CellAlignment::Right);
        }
    }
    let text = table.trim_fmt();
    let (header, rows) = text.split_once('\n').unwrap_or((&text, ""));
    let gap = if rows.is_empty() { "" } else { "\n" };
    format!("{BOLD}{header}{RESET}\n{rows}{gap}")
}

/// The widths of columns, of which each has the least and the most that it needs, so that all fit into a width: what is left is
/// given in their order.
pub fn widths(needs: &[(usize, usize)], width: usize) -> Vec<usize> {
    let least: usize = needs.iter().map(|(least, _)| least + GAP).sum();
    let mut left = (width + GAP).saturating_sub(least);
    let grown = needs.iter().map(|(least, most)| {
        let more = left.min(most.saturating_sub(*least));
        left -= more;
        least + more
    });
    grown.collect()
}

/// Names, and beside each its value, which is wrapped where it is too long for the width.
pub fn fields(fields: &[(String, String)], width: usize) -> String {
    let mut table = new(width);
    table.add_rows(fields.iter().map(|(name, value)| [name, value]));
    let widest = fields.iter().map(|(name, _)| name.width()).max().unwrap_or(0).min(width / 2);
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, GAP as u16));
        if index == 0 {
            let width = u16::try_from(widest + GAP).unwrap_or(u16::MAX);
            column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(width)));
        }
    }
    if fields.is_empty() {
        return String::new();
    }
    table.trim_fmt().lines().map(|line| coloured(line, widest) + "\n").collect()
}

/// A line whose first characters, up to a width, are a name.
fn coloured(line: &str, width: usize) -> String {
    let mut used = 0;
    let end = line.char_indices().find(|(_, character)| {
        used += character.width().unwrap_or(0);
        used > width
    });
    let (name, value) = line.split_at(end.map_or(line.len(), |(at, _)| at));
    let (name, gap) = name.split_at(name.trim_end().len());
    if name.is_empty() { line.to_owned() } else { format!("{BLUE}{name}{RESET}{gap}{value}") }
}

fn new(width: usize) -> Table {
    let mut table = Table::new();
    table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    // The last column's gap is nothing but spaces, which are trimmed.
    table.set_width(u16::try_from(width + GAP).unwrap_or(u16::MAX));
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_grow_in_their_order_and_not_beyond_the_whole() {
        assert_eq!(widths(&[(3, 10), (5, 20), (4, 4)], 30), [10, 12, 4]);
        assert_eq!(widths(&[(3, 10), (5, 20)], 100), [10, 20]);
        assert_eq!(widths(&[(30, 40), (5, 20)], 20), [30, 5]);
    }

    #[test]
    fn names_of_fields_are_coloured_and_values_are_not() {
        let text = fields(&[("a".to_owned(), "one two".to_owned()), ("日本".to_owned(), String::new())], 10);
        assert_eq!(text, format!("{BLUE}a{RESET}     one\n      two\n{BLUE}日本{RESET}\n"));
    }
}
