//! What a component can reach by what it imports, in plain words.

use serde::Serialize;

/// One thing that a component can reach, or cannot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reach {
    /// What it is: `files`.
    pub name: &'static str,
    /// Whether the component imports an interface for it.
    pub imported: bool,
}

/// WASI's interfaces by what they reach. A component has no other way out than its imports, and WASI has no interface for
/// processes.
const INTERFACES: [(&str, &[&str]); 8] = [
    ("HTTP requests", &["wasi:http/outgoing-handler@", "wasi:http/client@", "wasi:http/handler@"]),
    ("environment variables", &["wasi:cli/environment@", "wasi:config/"]),
    ("clocks", &["wasi:clocks/"]),
    ("files", &["wasi:filesystem/"]),
    ("sockets", &["wasi:sockets/"]),
    ("standard input and output", &["wasi:cli/std", "wasi:cli/terminal", "wasi:logging/"]),
    ("random numbers", &["wasi:random/"]),
    ("stores and messages", &["wasi:keyvalue/", "wasi:blobstore/", "wasi:messaging/"]),
];
/// WASI's interfaces that reach nothing outside by themselves.
const PLAIN: [&str; 6] = [
    "wasi:io/",
    "wasi:http/types@",
    "wasi:cli/exit@",
    "wasi:cli/types@",
    "wasi:http/incoming-handler@",
    "wasi:cli/run@",
];
/// Types alone.
const OWN_TYPES: &str = "outwit:plugin/types@";

impl Reach {
    /// What imports reach, and what they do not.
    pub fn of(imports: &[String]) -> Vec<Reach> {
        let reach = |(name, starts): &(&'static str, &[&str])| {
            let imported = imports.iter().any(|import| starts.iter().any(|start| import.starts_with(start)));
            Reach { name, imported }
        };
        let processes = Reach { name: "processes", imported: false };
        INTERFACES.iter().map(reach).chain([processes]).collect()
    }
}

/// The imports that are not known here: what they reach depends on the host.
pub fn unknown_imports(imports: &[String]) -> Vec<String> {
    let known = INTERFACES.iter().flat_map(|(_, starts)| *starts).chain(&PLAIN).chain([&OWN_TYPES]);
    let known: Vec<&str> = known.copied().collect();
    imports.iter().filter(|import| !known.iter().any(|start| import.starts_with(start))).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn imports(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn only_what_is_imported_is_reached() {
        let reached = |names: &[&str]| {
            let reach = Reach::of(&imports(names)).into_iter();
            reach.filter(|reach| reach.imported).map(|reach| reach.name).collect::<Vec<_>>()
        };
        assert_eq!(reached(&["wasi:http/types@0.2.4", "wasi:io/poll@0.2.4"]), [""; 0]);
        assert_eq!(reached(&["wasi:filesystem/preopens@0.2.0", "wasi:sockets/tcp@0.2.0"]), ["files", "sockets"]);
        assert_eq!(reached(&["wasi:cli/environment@0.2.4"]), ["environment variables"]);
    }

    #[test]
    fn imports_of_other_packages_are_named() {
        let names =
            imports(&["wasi:io/poll@0.2.4", "acme:x/y@1.0.0", "wasi:gpu/z@0.1.0", "log", "outwit:plugin/types@0.1.0"]);
        assert_eq!(unknown_imports(&names), ["acme:x/y@1.0.0", "wasi:gpu/z@0.1.0", "log"]);
    }
}
