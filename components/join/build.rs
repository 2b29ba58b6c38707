//! Writes the world of this component: WIT cannot say that an import under a name of its own has the shape of an interface
//! that stands elsewhere, so that the text of `outwit:plugin/operations` is repeated, by this script and not by hand.

use std::path::Path;
use std::{env, fs};

const OPERATIONS: &str = "../../wit/plugin/operations.wit";

fn main() -> Result<(), String> {
    println!("cargo::rerun-if-changed={OPERATIONS}");
    let text = fs::read_to_string(OPERATIONS).map_err(|problem| format!("{OPERATIONS}: {problem}"))?;
    let (_, interface) = text.split_once("interface operations {").ok_or("expected the interface `operations`")?;
    let (interface, _) = interface.rsplit_once('}').ok_or("expected the end of the interface")?;
    let interface = interface.replace("use types.{", "use outwit:plugin/types@0.1.0.{");
    let world = format!(
        "package outwit:join;\nworld join {{\nimport first: interface {{{interface}}}\n\
         import second: interface {{{interface}}}\nexport outwit:plugin/operations@0.1.0;\n}}"
    );
    let bindings =
        format!("wit_bindgen::generate!({{ inline: r##\"{world}\"##, path: \"../../wit/plugin\", generate_all }});\n");
    let out = env::var("OUT_DIR").map_err(|_| "cargo did not set OUT_DIR")?;
    let to = Path::new(&out).join("bindings.rs");
    fs::write(&to, bindings).map_err(|problem| format!("{}: {problem}", to.display()))
}
