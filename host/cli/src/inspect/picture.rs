//! What a component may do, as an SVG picture: what comes in, what may go out, and what is withheld.

use super::{counted, kind, not_imported, secrets, title};
use crate::terminal::line;
use html_escape::encode_text;
use outwit::Effect;
use outwit::inspect::{Inspection, VendorAccess};

const WIDTH: usize = 1000;
const LINE: usize = 18;
/// Texts are written in a font whose characters are all so wide.
const CHARACTER: f32 = 7.3;
/// The characters on a line of the box of origins.
const ROOM_OF_ORIGINS: usize = 44;
/// The most lines of a box.
const MOST: usize = 26;
/// The most names of operations of an effect.
const NAMES: usize = 5;
const STYLE: &str = "\
text{font:12px ui-monospace,Menlo,Consolas,monospace;fill:#1f2328}\
.h{font-weight:bold}.n{fill:#59636e}.read{fill:#1a7f37}.write{fill:#9a6700}.destroy{fill:#cf222e}\
.page{fill:#fff}.box{fill:#f6f8fa;stroke:#818b98}.no{stroke-dasharray:5 4}.to{stroke:#818b98;stroke-width:2;fill:none}\
@media(prefers-color-scheme:dark){text{fill:#f0f6fc}.n{fill:#9198a1}.read{fill:#3fb950}.write{fill:#d29922}\
.destroy{fill:#f85149}.page{fill:#0d1117}.box{fill:#151b23;stroke:#656c76}.to{stroke:#656c76}}";

/// A line of a box: its class and its text.
type Line = (&'static str, String);

/// A box with a heading.
struct Part {
    x: usize,
    width: usize,
    lines: Vec<Line>,
}

pub fn picture(found: &Inspection) -> String {
    let incoming = Part { x: 20, width: 300, lines: bounded("What comes in", incoming(found)) };
    let component = Part { x: 370, width: 210, lines: component(found) };
    let outgoing = Part { x: 630, width: 350, lines: bounded("What may go out", outgoing(found)) };
    let refused = Part { x: 20, width: 960, lines: bounded("What is withheld", refused(found)) };
    let upper = [&incoming, &component, &outgoing].map(|part| part.height()).into_iter().max().unwrap_or(0);
    let (top, gap) = (20, 24);
    let height = top + upper + gap + refused.height() + top;
    let name = text(&title(found), 100);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" \
         role=\"img\" aria-labelledby=\"title\">\n<title id=\"title\">What {name} may do</title>\n<style>{STYLE}</style>\n\
         <rect class=\"page\" width=\"{WIDTH}\" height=\"{height}\"/>\n"
    );
    for part in [&incoming, &component, &outgoing] {
        part.draw(top, upper, "box", &mut out);
    }
    let middle = top + upper / 2;
    for (from, to) in [(320, 370), (580, 630)] {
        let (from, to, tip) = (from + 4, to - 4, to - 12);
        let (above, below) = (middle - 6, middle + 6);
        out.push_str(&format!(
            "<path class=\"to\" d=\"M{from} {middle}H{to}M{tip} {above}L{to} {middle}L{tip} {below}\"/>\n"
        ));
    }
    refused.draw(top + upper + gap, refused.height(), "box no", &mut out);
    out + "</svg>\n"
}

impl Part {
    fn height(&self) -> usize {
        self.lines.len() * LINE + 20
    }

    fn draw(&self, y: usize, height: usize, class: &str, out: &mut String) {
        let Part { x, width, lines } = self;
        out.push_str(&format!(
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"6\"/>\n"
        ));
        let characters = ((width - 24) as f32 / CHARACTER) as usize;
        for (index, (class, content)) in lines.iter().enumerate() {
            let indent = content.len() - content.trim_start_matches(' ').len();
            let (x, y) = (x + 12 + indent * 7, y + 24 + index * LINE);
            let content = text(content.trim_start_matches(' '), characters.saturating_sub(indent));
            out.push_str(&format!("<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{content}</text>\n"));
        }
    }
}

/// A text of others in a picture: on one line, cut to its room, without what XML reads or does not allow.
fn text(content: &str, characters: usize) -> String {
    let allowed = |character: char| if matches!(character, '\u{fffe}' | '\u{ffff}') { '\u{fffd}' } else { character };
    let content: String = line(content, characters).chars().map(allowed).collect();
    encode_text(&content).into_owned()
}

fn bounded(heading: &str, mut lines: Vec<Line>) -> Vec<Line> {
    if lines.len() > MOST {
        let more = lines.len() - MOST;
        lines.truncate(MOST);
        lines.push(("n", format!("and {more} more lines; outwit inspect --json shows all")));
    }
    lines.insert(0, ("h", heading.to_owned()));
    lines
}

fn incoming(found: &Inspection) -> Vec<Line> {
    if found.vendors.is_empty() {
        return found
            .structure
            .exports
            .iter()
            .map(|export| ("", format!("{} ({})", export.name, export.kind)))
            .collect();
    }
    found.vendors.iter().flat_map(|vendor| operations(vendor, found.vendors.len())).collect()
}

fn operations(vendor: &VendorAccess, vendors: usize) -> Vec<Line> {
    let mut lines = vec![("", format!("{}: {}", vendor.vendor, counted(vendor.operations.len(), "operation")))];
    let names = (NAMES / vendors).max(1);
    for effect in [Effect::Read, Effect::Write, Effect::Destroy] {
        let of_effect: Vec<_> = vendor.operations.iter().filter(|one| one.effect == effect).collect();
        if of_effect.is_empty() {
            continue;
        }
        lines.push((effect.as_str(), format!(" {} {}", of_effect.len(), effect.as_str())));
        let name = |id: &str| id.split_once('.').map_or(id, |(_, name)| name).to_owned();
        // Instead of "and 1 more", that one.
        let names = if of_effect.len() == names + 1 { names + 1 } else { names };
        lines.extend(of_effect.iter().take(names).map(|one| ("n", format!("  {}", name(&one.id)))));
        if of_effect.len() > names {
            lines.push(("n", format!("  and {} more", of_effect.len() - names)));
        }
    }
    lines
}

fn component(found: &Inspection) -> Vec<Line> {
    let mut lines: Vec<Line> = match found.vendors.as_slice() {
        [] => vec![("h", title(found))],
        vendors => vendors.iter().map(|vendor| ("h", format!("{} {}", vendor.vendor, vendor.version))).collect(),
    };
    lines.truncate(MOST);
    lines.extend(kind(found.kind).split(": ").map(|words| ("", words.to_owned())));
    lines.push(("n", "in a sandbox".to_owned()));
    lines.push(("", String::new()));
    lines.push(("", "It imports:".to_owned()));
    let reached: Vec<Line> =
        found.reach.iter().filter(|one| one.imported).map(|one| ("n", format!(" {}", one.name))).collect();
    let none = reached.is_empty() && found.other_imports.is_empty();
    lines.extend(reached);
    lines.extend(found.other_imports.iter().take(MOST).map(|import| ("n", format!(" {import}"))));
    if none {
        lines.push(("n", " nothing".to_owned()));
    }
    lines
}

fn outgoing(found: &Inspection) -> Vec<Line> {
    let reaches = |name: &str| found.reach.iter().any(|one| one.imported && one.name == name);
    if found.vendors.is_empty() {
        let undeclared = ["HTTP requests", "sockets", "files", "standard input and output", "stores and messages"];
        let mut lines: Vec<Line> =
            undeclared.into_iter().filter(|name| reaches(name)).map(|name| ("", name.to_owned())).collect();
        if !lines.is_empty() {
            lines.push(("n", "Where to is not declared: its host decides.".to_owned()));
        }
        lines.extend(found.other_imports.iter().map(|import| ("", import.clone())));
        if lines.is_empty() {
            lines.push(("n", "nothing".to_owned()));
        }
        return lines;
    }
    let mut lines = Vec::new();
    for (origin, methods) in found.vendors.iter().flat_map(|vendor| &vendor.origins) {
        lines.extend(whole(origin));
        lines.extend(
            methods.iter().map(|(method, paths)| ("n", format!("  {method}: {}", counted(paths.len(), "path")))),
        );
    }
    if lines.is_empty() {
        lines.push(("n", "no request".to_owned()));
    }
    lines
}

/// An origin on as many lines as it needs, up to a bound: a host that is cut could be taken for another.
fn whole(origin: &str) -> Vec<Line> {
    let room = ROOM_OF_ORIGINS - 1;
    let shown: Vec<char> = line(origin, 8 * room).chars().collect();
    let indent = |index| if index == 0 { "" } else { " " };
    shown
        .chunks(room)
        .enumerate()
        .map(|(index, part)| ("", format!("{}{}", indent(index), String::from_iter(part))))
        .collect()
}

fn refused(found: &Inspection) -> Vec<Line> {
    let mut lines = Vec::new();
    if !found.vendors.is_empty() {
        for secret in secrets(found) {
            lines.push(("destroy", format!("{secret}: a secret; Outwit's host adds it to requests")));
        }
        lines.push(("", "Other hosts, methods and paths: Outwit's host refuses such requests.".to_owned()));
    }
    lines.push(("", format!("Not imported: {}.", not_imported(found).join(", "))));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_others_is_no_markup_and_fits() {
        assert_eq!(text("<script>&\"'</script>", 40), "&lt;script&gt;&amp;\"'&lt;/script&gt;");
        assert_eq!(text("a\u{1b}\u{202e}\nb\u{fffe}", 40), "a\\u001b\\u202e b\u{fffd}");
        assert_eq!(text(&"<".repeat(1 << 20), 3), "&lt;&lt;…");
    }
}
