//! Makes the OpenAPI document smaller, and packs the page `/docs`: style and script go into the document, and their digests into its content security policy.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=page");
    println!("cargo::rerun-if-changed=openapi.json");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo did not set OUT_DIR")?);
    let read = |name: &str| fs::read_to_string(format!("page/{name}")).map(|text| stripped(&text));
    let (style, script) = (read("page.css")?, read("page.js")?);
    let page = read("page.html")?.replace("/*STYLE*/", &style).replace("/*SCRIPT*/", &script);
    let source = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text.as_bytes())));
    fs::write(out.join("style.txt"), source(&style))?;
    fs::write(out.join("script.txt"), source(&script))?;
    fs::write(out.join("openapi.json"), stripped(&fs::read_to_string("openapi.json")?))?;
    // A host with a library for the reference says where it is.
    for (name, library) in [("page", ""), ("page-with-library", "docs/library.js")] {
        let page = page.replace(r#"name="library" content="""#, &format!(r#"name="library" content="{library}""#));
        let mut packed = Vec::new();
        zopfli::compress(zopfli::Options::default(), zopfli::Format::Gzip, page.as_bytes(), &mut packed)?;
        fs::write(out.join(format!("{name}.html.gz")), packed)?;
    }
    Ok(())
}

/// A text without indentation, empty lines and lines that are comments.
fn stripped(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}
