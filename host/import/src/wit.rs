//! The WIT of a vendor: a file for each interface, one for what several use, and the world.

use crate::convert::Made;
use crate::events::Streamed;
use crate::names::escaped;
use crate::spelling::Spellings;
use crate::types::{DefKind, Ty, Types};
use outwit_link::vendor::Grant;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// The columns of a line.
const COLUMNS: usize = 120;

/// What the files are made of.
pub(crate) struct Source<'s> {
    pub vendor: &'s str,
    /// What the world says, by paragraphs.
    pub doc: &'s [String],
    pub operations: &'s [Made],
    /// How the host gets tokens, where it does.
    pub grant: Option<Grant>,
    pub types: &'s Types,
    pub spellings: &'s Spellings,
}

/// The files, and how many types and fields are in them.
pub(crate) struct Files {
    pub files: BTreeMap<String, String>,
    pub types: usize,
    pub fields: usize,
}

/// The interface of each type; none where several use it.
pub(crate) fn owners<'m>(operations: &'m [Made], types: &Types) -> BTreeMap<usize, Option<&'m str>> {
    let mut reached: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for operation in operations {
        let reached = reached.entry(&operation.interface).or_default();
        let named = operation.input.into_iter().chain(operation.output.as_ref().and_then(Ty::named));
        named.for_each(|index| types.reach(index, reached));
    }
    let mut owners = BTreeMap::new();
    for (interface, reached) in reached {
        for index in reached {
            owners.entry(index).and_modify(|owner| *owner = None).or_insert(Some(interface));
        }
    }
    owners
}

impl Source<'_> {
    pub fn files(&self) -> Files {
        let mut order: Vec<&str> = Vec::new();
        let mut groups: BTreeMap<&str, Vec<&Made>> = BTreeMap::new();
        for operation in self.operations {
            if !groups.contains_key(operation.interface.as_str()) {
                order.push(&operation.interface);
            }
            groups.entry(&operation.interface).or_default().push(operation);
        }
        let owners = owners(self.operations, self.types);
        let shared: Vec<usize> = owners.iter().filter(|(_, owner)| owner.is_none()).map(|(index, _)| *index).collect();
        let mut files = BTreeMap::new();
        let mut world = format!("package outwit:%{}@0.1.0;\n\n", self.vendor);
        self.paragraphs(&mut world, "", self.doc);
        world += &format!("world %{} {{\n  include outwit:plugin/plugin@0.1.0;\n\n", self.vendor);
        if !shared.is_empty() {
            let types: Vec<&usize> = shared.iter().collect();
            let text = self.interface("types", "What several interfaces have in common.", &[], &types, &[]);
            files.insert("types.wit".to_owned(), text);
            world += "  export types;\n";
        }
        for name in order {
            let operations = &groups[name];
            let doc = operations.first().map(|operation| operation.interface_doc.as_str()).unwrap_or_default();
            let own: Vec<&usize> =
                owners.iter().filter(|(_, owner)| **owner == Some(name)).map(|(index, _)| index).collect();
            let mut used = BTreeSet::new();
            for operation in operations {
                used.extend(operation.output.as_ref().and_then(Ty::named));
            }
            for index in &own {
                used.extend(self.types.inner(**index));
            }
            let used: Vec<usize> = used.into_iter().filter(|index| owners[index].is_none()).collect();
            files.insert(format!("{name}.wit"), self.interface(name, doc, &used, &own, operations));
            let _ = writeln!(world, "  export {};", escaped(name));
        }
        if let Some(grant) = self.grant {
            let names = ["oauth", "oauth-tokens"];
            let name = names.into_iter().find(|name| !groups.contains_key(name)).unwrap_or("oauth-of-the-host");
            files.insert(format!("{name}.wit"), outwit_link::oauth::wit(self.vendor, name, grant));
            let _ = writeln!(world, "  export {name};");
        }
        world += "}\n";
        files.insert("world.wit".to_owned(), world);
        let fields = |index: &usize| match &self.types.defs[*index].kind {
            DefKind::Record(fields) => fields.len(),
            DefKind::Enum(_) | DefKind::Variant(_) => 0,
        };
        Files { files, types: owners.len(), fields: owners.keys().map(fields).sum() }
    }

    /// A file with one interface.
    fn interface(&self, name: &str, doc: &str, used: &[usize], own: &[&usize], operations: &[&Made]) -> String {
        let mut body = String::new();
        for index in own {
            self.definition(&mut body, **index);
        }
        for operation in operations {
            self.operation(&mut body, operation);
        }
        let mut imported = Vec::new();
        if !operations.is_empty() {
            imported.push("error");
        }
        let inner = own.iter().any(|index| self.has_json(**index));
        if inner || operations.iter().any(|operation| operation.output.as_ref().is_some_and(is_json)) {
            imported.push("json");
        }
        let mut text = format!("package outwit:%{}@0.1.0;\n\n", self.vendor);
        self.comment(&mut text, "", doc);
        let _ = writeln!(text, "interface {} {{", escaped(name));
        if !imported.is_empty() {
            let _ = writeln!(text, "  use outwit:plugin/types@0.1.0.{{{}}};", imported.join(", "));
        }
        if !used.is_empty() {
            let mut names: Vec<String> = used.iter().map(|index| escaped(&self.types.defs[*index].name)).collect();
            names.sort();
            let _ = writeln!(text, "  use types.{{{}}};", names.join(", "));
        }
        text.push('\n');
        text += body.trim_end();
        text += "\n}\n";
        text
    }

    fn has_json(&self, index: usize) -> bool {
        match &self.types.defs[index].kind {
            DefKind::Record(fields) => fields.iter().any(|field| is_json(&field.ty)),
            DefKind::Enum(_) | DefKind::Variant(_) => false,
        }
    }

    fn definition(&self, text: &mut String, index: usize) {
        let def = &self.types.defs[index];
        let own = self.operations.iter().any(|operation| operation.input == Some(index));
        self.comment(text, "  ", &def.doc);
        let (keyword, words) = match &def.kind {
            DefKind::Record(fields) => {
                let _ = writeln!(text, "  record {} {{", escaped(&def.name));
                for field in fields {
                    self.comment(text, "    ", &field.doc);
                    let ty = self.ty(&field.ty, (!own).then_some(&field.name));
                    let _ = writeln!(text, "    {}: {ty},", escaped(&field.name));
                }
                *text += "  }\n\n";
                return;
            }
            DefKind::Enum(words) => ("enum", words),
            DefKind::Variant(words) => ("variant", words),
        };
        let _ = writeln!(text, "  {keyword} {} {{", escaped(&def.name));
        for (ours, theirs) in words {
            self.comment(text, "    ", &crate::comment::one_of(std::slice::from_ref(theirs)).replace("Always ", ""));
            let _ = writeln!(text, "    {},", escaped(ours));
        }
        if keyword == "variant" {
            *text += "    /// Another word of the vendor's.\n    other(string),\n";
        }
        *text += "  }\n\n";
    }

    fn operation(&self, text: &mut String, operation: &Made) {
        let whole = operation.output.as_ref().map_or_else(|| "_".to_owned(), |ty| self.ty(ty, None));
        let output = match &operation.stream {
            Some(stream) => {
                self.resource(text, stream, &operation.name, &whole);
                escaped(&stream.resource)
            }
            None => whole,
        };
        self.paragraphs(text, "  ", &operation.doc);
        let input = operation.input.map(|index| format!("input: {}", escaped(&self.types.defs[index].name)));
        let _ = writeln!(
            text,
            "  {}: func({}) -> result<{output}, error>;\n",
            escaped(&operation.name),
            input.unwrap_or_default()
        );
    }

    /// What gives an answer piece by piece.
    fn resource(&self, text: &mut String, stream: &Streamed, operation: &str, whole: &str) {
        let (event, resource) = (escaped(&stream.event), escaped(&stream.resource));
        let piece = match stream.facts.text.is_empty() {
            true => "/// The next events, a line of JSON each.\n    lines(string)",
            false => "/// The next piece of the text.\n    text(string)",
        };
        self.comment(text, "  ", &format!("A part of what `{operation}` gives."));
        let _ = writeln!(
            text,
            "  variant {event} {{\n    {piece},\n    /// The whole, at the end.\n    done({whole}),\n  }}\n"
        );
        self.comment(text, "  ", &format!("What `{operation}` gives, piece by piece."));
        let _ = writeln!(text, "  resource {resource} {{\n    /// The next part; none after the whole.");
        let _ = writeln!(text, "    next: func() -> result<option<{event}>, error>;\n  }}\n");
    }

    /// A type as WIT has it. `nested`: the field that it is of, where it is in a record that operations share.
    fn ty(&self, ty: &Ty, nested: Option<&String>) -> String {
        match ty {
            Ty::Bool => "bool".to_owned(),
            Ty::S32 => "s32".to_owned(),
            Ty::U32 => "u32".to_owned(),
            Ty::S64 => "s64".to_owned(),
            Ty::F64 => "f64".to_owned(),
            Ty::Text => "string".to_owned(),
            Ty::Json => "json".to_owned(),
            // A name that stands for a number here and for text elsewhere is in no table, and so the number stays one.
            Ty::NumericId if nested.is_some_and(|name| self.spellings.is_ambiguous(name)) => "s64".to_owned(),
            Ty::NumericId => "string".to_owned(),
            Ty::Decimal if nested.is_none_or(|name| self.spellings.is_decimal(name)) => "string".to_owned(),
            Ty::Decimal => "f64".to_owned(),
            Ty::Named(index) => escaped(&self.types.defs[*index].name),
            Ty::List(item) => format!("list<{}>", self.ty(item, nested)),
            Ty::Option(some) => format!("option<{}>", self.ty(some, nested)),
        }
    }

    fn paragraphs(&self, text: &mut String, indent: &str, paragraphs: &[String]) {
        let some = paragraphs.iter().filter(|paragraph| !paragraph.trim().is_empty());
        for (index, paragraph) in some.enumerate() {
            if index > 0 {
                let _ = writeln!(text, "{indent}///");
            }
            self.comment(text, indent, paragraph);
        }
    }

    /// A comment, wrapped at words.
    fn comment(&self, text: &mut String, indent: &str, comment: &str) {
        let start = format!("{indent}///");
        text.push_str(&start);
        let mut columns = start.len();
        for word in comment.split_whitespace() {
            let more = 1 + word.chars().count();
            if columns > start.len() && columns + more > COLUMNS {
                text.push('\n');
                text.push_str(&start);
                columns = start.len();
            }
            text.push(' ');
            text.push_str(word);
            columns += more;
        }
        text.push('\n');
    }
}

fn is_json(ty: &Ty) -> bool {
    match ty {
        Ty::Json => true,
        Ty::List(inner) | Ty::Option(inner) => is_json(inner),
        _ => false,
    }
}
