//! A component as registries keep it: a configuration, the component itself, and a manifest that names both.
//!
//! The media types are those of the CNCF's guidance for WebAssembly, which Wassette, wasmCloud, Spin and `wkg` read.

use outwit::{Advice, Error, ErrorKind};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use wasmparser::{Encoding, Parser, Payload};

pub(super) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &str = "application/vnd.wasm.config.v0+json";
const LAYER: &str = "application/wasm";
const TITLE: &str = "org.opencontainers.image.title";
/// The custom sections that become annotations, by the same word.
const ANNOTATION_SECTIONS: [&str; 7] =
    ["authors", "description", "homepage", "licenses", "revision", "source", "version"];

/// What is kept of a component in a registry, beside the component. The same component gives the same bytes.
#[derive(Clone, Debug)]
pub struct Artifact {
    /// What kind of component it is: its imports and exports, as JSON.
    pub config: Vec<u8>,
    /// What names the configuration and the component by their digests, as JSON.
    pub manifest: Vec<u8>,
}

impl Artifact {
    /// The artifact of a component that is called `NAME.wasm`. What the component says of itself, such as its version,
    /// becomes annotations; `more` are further ones, such as `revision`, which count more.
    ///
    /// # Errors
    ///
    /// `invalid-input`, when it is no component.
    pub fn of(component: &[u8], name: &str, more: &[(&str, &str)]) -> Result<Artifact, Error> {
        let about = About::read(component)?;
        let digest = digest(component);
        let config = json!({
            // Nothing that would make equal components differ.
            "created": "1970-01-01T00:00:00Z",
            "architecture": "wasm",
            "os": "wasip2",
            "layerDigests": [digest],
            "component": { "exports": about.exports, "imports": about.imports, "target": null },
        });
        let config = config.to_string().into_bytes();
        let mut annotations = about.annotations;
        annotations.insert(TITLE.into(), name.into());
        annotations.extend(more.iter().map(|(word, value)| (annotation(word), Value::from(*value))));
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": { "mediaType": CONFIG, "digest": self::digest(&config), "size": config.len() },
            "layers": [{
                "mediaType": LAYER,
                "digest": digest,
                "size": component.len(),
                "annotations": { TITLE: format!("{name}.wasm") },
            }],
            "annotations": annotations,
        });
        Ok(Artifact { config, manifest: manifest.to_string().into_bytes() })
    }
}

/// What a content is called by: `sha256:…`.
pub fn digest(content: &[u8]) -> String {
    let hash = Sha256::digest(content);
    hash.iter().fold("sha256:".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

/// The digest and size of the component that a manifest names.
pub(super) fn layer(manifest: &[u8]) -> Result<(String, usize), Error> {
    let manifest: Value = serde_json::from_slice(manifest).unwrap_or_default();
    let [layer] = manifest["layers"].as_array().map_or(&[][..], Vec::as_slice) else {
        return Err(unreadable("the manifest does not name one layer"));
    };
    if layer["mediaType"] != LAYER {
        return Err(unreadable(&format!("the layer is {}, expected {LAYER}", layer["mediaType"])));
    }
    let size = layer["size"].as_u64().and_then(|size| usize::try_from(size).ok());
    match (layer["digest"].as_str(), size) {
        (Some(digest), Some(size)) => Ok((digest.to_owned(), size)),
        _ => Err(unreadable("the manifest gives no digest and size of its layer")),
    }
}

fn unreadable(message: &str) -> Error {
    Error::new(ErrorKind::Unreadable, Advice::GiveUp, message)
}

/// Says no to what is not a component.
pub(super) fn check(component: &[u8]) -> Result<(), Error> {
    About::read(component).map(|_| ())
}

#[derive(Default)]
struct About {
    imports: Vec<String>,
    exports: Vec<String>,
    annotations: Map<String, Value>,
}

impl About {
    fn read(component: &[u8]) -> Result<About, Error> {
        About::parse(component).map_err(|problem| {
            let message = format!("this is not a component: {problem}");
            Error::new(ErrorKind::InvalidInput, Advice::ChangeInput, message)
        })
    }

    fn parse(component: &[u8]) -> Result<About, String> {
        // The parser would show the bytes.
        if !component.starts_with(b"\0asm") {
            return Err("no WebAssembly".into());
        }
        let message = |problem: wasmparser::BinaryReaderError| problem.message().to_owned();
        let mut about = About::default();
        let mut depth = 0_usize;
        for payload in Parser::new(0).parse_all(component) {
            match payload.map_err(message)? {
                Payload::Version { encoding: Encoding::Module, .. } if depth == 0 => return Err("a module".into()),
                Payload::Version { .. } => depth += 1,
                Payload::End(_) => depth -= 1,
                Payload::ComponentImportSection(imports) if depth == 1 => {
                    for import in imports {
                        about.imports.push(import.map_err(message)?.name.name.to_owned());
                    }
                }
                Payload::ComponentExportSection(exports) if depth == 1 => {
                    for export in exports {
                        about.exports.push(export.map_err(message)?.name.name.to_owned());
                    }
                }
                Payload::CustomSection(section) if depth == 1 && ANNOTATION_SECTIONS.contains(&section.name()) => {
                    let text = String::from_utf8_lossy(section.data()).into_owned();
                    about.annotations.insert(annotation(section.name()), text.into());
                }
                _ => {}
            }
        }
        Ok(about)
    }
}

fn annotation(word: &str) -> String {
    format!("org.opencontainers.image.{word}")
}
