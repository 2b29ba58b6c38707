//! A component as an OCI image layout: what `oras` and `skopeo` copy to registries, and other hosts read from a folder.

use anyhow::Result;
use outwit_oci::{Artifact, digest};
use serde_json::json;

/// Paths and contents of the files.
pub fn of(component: &[u8], name: &str, version: &str, revision: Option<&str>) -> Result<Vec<(String, Vec<u8>)>> {
    let more: Vec<(&str, &str)> = revision.map(|revision| ("revision", revision)).into_iter().collect();
    let Artifact { config, manifest } = Artifact::of(component, name, &more)?;
    let index = json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": [{
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "digest": digest(&manifest),
            "size": manifest.len(),
            "annotations": { "org.opencontainers.image.ref.name": version },
        }],
    });
    let mut files = vec![
        ("oci-layout".to_owned(), json!({ "imageLayoutVersion": "1.0.0" }).to_string().into_bytes()),
        ("index.json".to_owned(), index.to_string().into_bytes()),
    ];
    for blob in [component.to_vec(), config, manifest] {
        files.push((format!("blobs/{}", digest(&blob).replace(':', "/")), blob));
    }
    Ok(files)
}
