//! The chart: a bar for each kind of call, as an image that a README can show.

use crate::table::{Row, readable};
use std::fmt::Write;

const WIDTH: f64 = 820.0;
/// Where bars begin, right of their names.
const LEFT: f64 = 320.0;
/// How long the longest is; behind it stands its value.
const LONGEST: f64 = 340.0;
const STEP: f64 = 26.0;
const TOP: f64 = 46.0;

/// Colours with enough contrast on white and on black; where the viewer tells which it is, better ones.
const STYLE: &str = "text { font: 13px system-ui, sans-serif; fill: #6e7781 } .name { fill: #57606a } \
     .native { fill: #8c959f } .ours { fill: #2f81f7 } \
     @media (prefers-color-scheme: dark) { text, .name { fill: #9ea7b3 } }";

/// Of the rows that are to be compared.
pub fn svg(rows: &[Row]) -> String {
    let rows: Vec<&Row> = rows.iter().filter(|row| row.charted).collect();
    // A bar that is far longer than the others would leave nothing of them to see, and is cut.
    let native = rows.first().map_or(1.0, |row| row.p50);
    let most = rows.iter().map(|row| row.p50).fold(native, f64::max).min(native * 12.0);
    let height = TOP + STEP * rows.len() as f64 + 10.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" \
         role=\"img\" aria-label=\"How long a call takes, beside native requests\">\n<style>{STYLE}</style>\n\
         <text x=\"{LEFT}\" y=\"24\">median in µs, and how many times as long as native</text>\n"
    );
    for (index, row) in rows.iter().enumerate() {
        bar(&mut svg, row, TOP + STEP * index as f64, LONGEST / most);
    }
    svg + "</svg>\n"
}

/// A name, its bar, and what it says.
fn bar(svg: &mut String, row: &Row, y: f64, scale: f64) {
    let (length, cut) = ((row.p50 * scale).clamp(1.0, LONGEST), if row.p50 * scale > LONGEST { "… " } else { "" });
    let (class, ratio) = match row.ratio {
        // What is compared with itself.
        Some(1.0) | None => ("native", String::new()),
        Some(ratio) => ("ours", format!(" · {ratio:.2} ×")),
    };
    let (name, value) = (&row.name, readable(row.p50));
    let (ends, base, after) = (LEFT - 10.0, y + 14.0, LEFT + length + 8.0);
    // Writing to a string does not fail.
    _ = writeln!(
        svg,
        "<text class=\"name\" x=\"{ends}\" y=\"{base}\" text-anchor=\"end\">{name}</text>\
         <rect class=\"{class}\" x=\"{LEFT}\" y=\"{y}\" width=\"{length:.1}\" height=\"18\" rx=\"2\"/>\
         <text x=\"{after:.1}\" y=\"{base}\">{cut}{value} µs{ratio}</text>"
    );
}
