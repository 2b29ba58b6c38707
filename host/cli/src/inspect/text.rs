//! What a component is, as text.

use super::{counted, kind, not_imported, secrets, title};
use crate::list::effect;
use crate::style::{BOLD, CYAN, DIM, RESET, YELLOW};
use crate::table::{Column, fields, table, widths};
use crate::terminal::line;
use outwit::inspect::{Companion, CompanionKind, ComponentKind, Inspection, VendorAccess};
use outwit::{Effect, Setting};
use unicode_width::UnicodeWidthStr;

/// The widest name, path or text.
const WIDEST: usize = 200;
/// The most nested parts, sections and functions that are listed.
const MOST: usize = 20;

pub fn text(file: &str, found: &Inspection, companions: &[Companion], width: usize) -> String {
    let structure = &found.structure;
    let mut out = format!("{BOLD}{}{RESET}\n", line(&title(found), width));
    let size = grouped(structure.sizes.total());
    out.push_str(&fields(
        &[
            row("kind", kind(found.kind)),
            row("file", &format!("{file}, {size} bytes")),
            row("digest", &structure.digest),
        ],
        width,
    ));
    if let Some(problem) = &found.unread {
        out.push_str(&format!("{YELLOW}Its catalogue cannot be read: {}{RESET}\n", line(&problem.message, WIDEST)));
    }
    found.vendors.iter().for_each(|vendor| of_vendor(vendor, width, &mut out));
    refused(found, width, &mut out);
    heading("Imports", &mut out);
    let reached = found.reach.iter().filter(|reach| reach.imported).map(|reach| reach.name);
    out.push_str(&fields(
        &[
            row("reach", &or_none(&reached.collect::<Vec<_>>().join(", "))),
            row("of other packages", &or_none(&found.other_imports.join(", "))),
        ],
        width,
    ));
    names(structure.imports.iter().map(String::as_str), width, &mut out);
    heading("Exports", &mut out);
    let is_tools = found.kind == ComponentKind::Tools;
    let note = if is_tools {
        format!("{DIM}One function for each operation. A file of tools has no catalogue.{RESET}\n")
    } else {
        String::new()
    };
    out.push_str(&note);
    names(structure.exports.iter().map(|export| &*export.name), width, &mut out);
    sizes(found, width, &mut out);
    made_by(found, companions, width, &mut out);
    out
}

fn of_vendor(vendor: &VendorAccess, width: usize, out: &mut String) {
    let counts =
        [Effect::Read, Effect::Write, Effect::Destroy].map(|one| format!("{} {}", vendor.count(one), effect(one)));
    heading(&format!("Operations of {}", line(&vendor.vendor, WIDEST)), out);
    out.push_str(&format!("{}: {}\n", vendor.operations.len(), counts.join(", ")));
    let rows: Vec<Vec<String>> = vendor
        .operations
        .iter()
        .map(|operation| {
            let secret = if operation.secret { "credential: " } else { "" };
            let summary = line(&format!("{secret}{}", operation.summary), WIDEST);
            vec![line(&operation.id, WIDEST), operation.effect.as_str().to_owned(), summary]
        })
        .collect();
    let widest = |index: usize| rows.iter().map(|row| row[index].width()).max().unwrap_or(0);
    let needs = [(widest(0).clamp(2, width / 2), widest(0)), ("destroy".len(), 0), (MOST, widest(2))];
    let columns: Vec<Column> = ["id", "effect", "summary"]
        .into_iter()
        .zip(widths(&needs, width))
        .map(|(name, width)| Column { name: name.to_owned(), width, number: false })
        .collect();
    out.push_str(&table(&columns, &rows));
    heading(&format!("Requests of {}", line(&vendor.vendor, WIDEST)), out);
    for (origin, methods) in &vendor.origins {
        out.push_str(&format!("{CYAN}{}{RESET}\n", line(origin, width)));
        let paths = methods.iter().map(|(method, paths)| {
            let listed = paths.iter().map(|path| line(path, WIDEST)).collect::<Vec<_>>().join(" ");
            row(&format!("  {} ({})", line(method, MOST), counted(paths.len(), "path")), &listed)
        });
        out.push_str(&fields(&paths.collect::<Vec<_>>(), width));
    }
    heading(&format!("Settings of {}", line(&vendor.vendor, WIDEST)), out);
    let setting = |setting: &Setting| {
        let secret = if setting.secret { "Secret: stays with the host. " } else { "" };
        let required = if setting.required { "Required. " } else { "" };
        row(&setting.name, &format!("{secret}{required}{}", setting.description))
    };
    out.push_str(&fields(&vendor.settings.iter().map(setting).collect::<Vec<_>>(), width));
}

fn refused(found: &Inspection, width: usize, out: &mut String) {
    heading("Withheld", out);
    let mut lines = Vec::new();
    if !found.vendors.is_empty() {
        let secrets = secrets(found);
        lines.push(row("secrets", &or_none(&secrets.join(", "))));
        lines.push(row("requests", "all others: the gate refuses them"));
    }
    lines.push(row("not imported", &not_imported(found).join(", ")));
    out.push_str(&fields(&lines, width));
}

fn sizes(found: &Inspection, width: usize, out: &mut String) {
    heading("Size", out);
    let structure = &found.structure;
    let (sizes, total) = (&structure.sizes, structure.sizes.total());
    let part = |name: &str, size: usize| {
        let share = (size * 100).checked_div(total).unwrap_or(0);
        row(name, &format!("{:>11}  {share:>3} %", grouped(size)))
    };
    let custom = structure.custom_sections.iter().take(MOST);
    let custom =
        custom.map(|(name, size)| row(&format!("  {}", line(name, WIDEST)), &format!("{:>11}", grouped(*size))));
    let parts = [
        part("code", sizes.code),
        part("data", sizes.data),
        part("types", sizes.types),
        part("custom sections", sizes.custom),
    ];
    let lines = parts.into_iter().chain(custom).chain([part("headers", sizes.headers)]);
    out.push_str(&fields(&lines.collect::<Vec<_>>(), width));
    let nested = |inside: &outwit::inspect::Nested| {
        let name = inside.name.as_deref().or(inside.exports.first().map(String::as_str)).unwrap_or_default();
        row(inside.kind, &format!("{:>11}  {}", grouped(inside.size), line(name, WIDEST)))
    };
    if !structure.nested.is_empty() {
        out.push_str(&format!("{DIM}Inside: {}{RESET}\n", counted(structure.nested.len(), "part")));
        out.push_str(&fields(&structure.nested.iter().take(MOST).map(nested).collect::<Vec<_>>(), width));
        more(structure.nested.len(), out);
    }
}

fn made_by(found: &Inspection, companions: &[Companion], width: usize, out: &mut String) {
    let structure = &found.structure;
    heading("Origin of the file", out);
    let annotations = structure.annotations.iter().map(|(word, text)| row(word, text));
    let producers = structure.producers.iter().take(MOST);
    let producers = producers.map(|one| row(&one.field, &format!("{} {}", one.name, one.version)));
    let sections = [
        ("signature", "inside; it is not verified here"),
        (".dep-v0", "a list of dependencies inside, from cargo-auditable"),
    ];
    let inside = sections.iter().filter(|(name, _)| structure.custom_sections.contains_key(*name));
    let inside = inside.map(|(name, text)| row(name, text));
    let beside = companions.iter().map(|companion| {
        let word = match companion.kind {
            CompanionKind::Sbom => "SBOM",
            CompanionKind::Checksums => "checksums",
            CompanionKind::Signature => "signature",
        };
        let fits = match companion.matches {
            Some(true) => "has this file's digest",
            Some(false) => "has another digest than this file's",
            None => "it is not verified here",
        };
        row(word, &format!("{}: {fits}", companion.file))
    });
    let mut lines: Vec<_> = annotations.chain(producers).chain(inside).chain(beside).collect();
    if !companions.iter().any(|companion| companion.kind == CompanionKind::Sbom) {
        lines.push(row("SBOM", "none beside the file"));
    }
    if !companions.iter().any(|companion| companion.kind == CompanionKind::Signature) {
        lines.push(row("signature", "none beside the file"));
    }
    out.push_str(&fields(&lines, width));
}

fn heading(text: &str, out: &mut String) {
    out.push_str(&format!("\n{BOLD}{text}{RESET}\n"));
}

/// Names, a line each.
fn names<'n>(names: impl Iterator<Item = &'n str>, width: usize, out: &mut String) {
    let (mut count, most) = (0, 10 * MOST);
    for name in names {
        count += 1;
        if count <= most {
            out.push_str(&format!("  {}\n", line(name, width.saturating_sub(2))));
        }
    }
    if count > most {
        out.push_str(&format!("  {DIM}and {} more; --json shows all{RESET}\n", count - most));
    }
}

fn more(count: usize, out: &mut String) {
    if count > MOST {
        out.push_str(&format!("{DIM}and {} more; --json shows all{RESET}\n", count - MOST));
    }
}

/// A name and a value, as they are shown.
fn row(name: &str, value: &str) -> (String, String) {
    let indent = if name.starts_with("  ") { "  " } else { "" };
    let most = 100 * WIDEST;
    (
        format!("{indent}{}", line(name.trim_start(), WIDEST)),
        if value.starts_with(' ') { value.to_owned() } else { line(value, most) },
    )
}

fn or_none(text: &str) -> String {
    if text.is_empty() { "none".to_owned() } else { text.to_owned() }
}

/// A number with a comma before each third digit.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let start = digits.len() % 3;
    let mut out = digits[..start].to_owned();
    for three in digits.as_bytes()[start..].chunks(3) {
        if !out.is_empty() {
            out.push(',');
        }
        out.extend(three.iter().map(|digit| char::from(*digit)));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1234567, "1,234,567")] {
            assert_eq!(grouped(number), text);
        }
    }
}
