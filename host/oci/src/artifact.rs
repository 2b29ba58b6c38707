//! A component as registries keep it: a configuration, the component itself, and a manifest that names both.
//!
//! The media types are those of the CNCF's guidance for WebAssembly, which Wassette, wasmCloud, Spin and `wkg` read.

use outwit::inspect::{self, Export, Structure};
use outwit::{Advice, Error, ErrorKind};
use serde_json::{Map, Value, json};

pub(super) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &str = "application/vnd.wasm.config.v0+json";
const LAYER: &str = "application/wasm";
const TITLE: &str = "org.opencontainers.image.title";
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
        let Structure { imports, exports, annotations: about, digest, .. } = Structure::read(component)?;
        let exports: Vec<String> = exports.into_iter().map(|Export { name, .. }| name).collect();
        let config = json!({
            // Nothing that would make equal components differ.
            "created": "1970-01-01T00:00:00Z",
            "architecture": "wasm",
            "os": "wasip2",
            "layerDigests": [digest],
            "component": { "exports": exports, "imports": imports, "target": null },
        });
        let config = config.to_string().into_bytes();
        let mut annotations: Map<String, Value> =
            about.into_iter().map(|(word, text)| (annotation(&word), text.into())).collect();
        annotations.insert(TITLE.into(), name.into());
        annotations.extend(more.iter().map(|(word, value)| (annotation(word), Value::from(*value))));
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": { "mediaType": CONFIG, "digest": inspect::digest(&config), "size": config.len() },
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

fn annotation(word: &str) -> String {
    format!("org.opencontainers.image.{word}")
}
