//! What lies beside a component's file and belongs to it: an SBOM, checksums, a signature.

use super::structure::digest;
use serde::Serialize;
use serde_json::Value;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The largest SBOM or list of checksums that is read.
const LARGEST: u64 = 16 << 20;

/// A file that lies beside a component.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Companion {
    /// Its name.
    pub file: String,
    /// What it is.
    pub kind: CompanionKind,
    /// Whether it names the component's digest; none where that was not checked.
    pub matches: Option<bool>,
}

/// What a file beside a component is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CompanionKind {
    /// An SBOM in CycloneDX: `NAME.cdx.json`.
    Sbom,
    /// `SHA256SUMS` with a line for the file.
    Checksums,
    /// A signature: `NAME.wasm.sig` or `NAME.wasm.sigstore.json`. It is not verified.
    Signature,
}

impl Companion {
    /// What lies beside a file whose content is known.
    pub fn of(file: &Path, content: &[u8]) -> Vec<Companion> {
        let (Some(folder), Some(name)) = (file.parent(), file.file_name().and_then(|name| name.to_str())) else {
            return Vec::new();
        };
        let digest = digest(content);
        let hash = digest.trim_start_matches("sha256:");
        let stem = name.strip_suffix(".wasm").unwrap_or(name);
        let mut found = Vec::new();
        let sbom = format!("{stem}.cdx.json");
        if let Some(text) = read(&folder.join(&sbom)) {
            let matches = Some(sbom_names(&text, hash));
            found.push(Companion { file: sbom, kind: CompanionKind::Sbom, matches });
        }
        if let Some(listed) = read(&folder.join("SHA256SUMS")).and_then(|text| listed(&text, name)) {
            let matches = Some(listed.eq_ignore_ascii_case(hash));
            found.push(Companion { file: "SHA256SUMS".to_owned(), kind: CompanionKind::Checksums, matches });
        }
        for ending in ["sig", "sigstore.json"] {
            let signature = format!("{name}.{ending}");
            if folder.join(&signature).is_file() {
                found.push(Companion { file: signature, kind: CompanionKind::Signature, matches: None });
            }
        }
        found
    }
}

/// The text of a file that is there, is a file, and is not too large.
fn read(path: &Path) -> Option<String> {
    // Opening a pipe would wait for somebody to write.
    if !path.is_file() {
        return None;
    }
    let mut text = Vec::new();
    File::open(path).ok()?.take(LARGEST).read_to_end(&mut text).ok()?;
    Some(String::from_utf8_lossy(&text).into_owned())
}

/// Whether an SBOM in CycloneDX is about the content with this SHA-256.
fn sbom_names(text: &str, hash: &str) -> bool {
    let document: Value = serde_json::from_str(text).unwrap_or_default();
    let hashes = document["metadata"]["component"]["hashes"].as_array().into_iter().flatten();
    let mut hashes = hashes.filter(|one| one["alg"] == "SHA-256").filter_map(|one| one["content"].as_str());
    hashes.any(|one| one.eq_ignore_ascii_case(hash))
}

/// The hash of a name, as `sha256sum` writes it: in binary mode with a star.
fn listed(text: &str, name: &str) -> Option<String> {
    let mut lines = text.lines().filter_map(|line| line.split_once(' '));
    let of_name = |(_, rest): &(&str, &str)| rest.trim_start_matches([' ', '*']).trim_start_matches("./") == name;
    lines.find(of_name).map(|(hash, _)| hash.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    // `printf abc | sha256sum`
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    fn found(files: &[(&str, &str)]) -> Vec<(String, Option<bool>)> {
        let folder = tempfile::tempdir().unwrap();
        files.iter().for_each(|(name, text)| std::fs::write(folder.path().join(name), text).unwrap());
        let found = Companion::of(&folder.path().join("abc.wasm"), b"abc").into_iter();
        found.map(|companion| (companion.file, companion.matches)).collect()
    }

    #[test]
    fn companions_are_compared_with_the_file() {
        let sbom = |hash: &str| {
            format!(r#"{{"metadata":{{"component":{{"hashes":[{{"alg":"SHA-256","content":"{hash}"}}]}}}}}}"#)
        };
        let sums = format!("{}  other.wasm\n{ABC} *abc.wasm\n", "0".repeat(64));
        let all = [("abc.cdx.json", &*sbom(ABC)), ("SHA256SUMS", &*sums), ("abc.wasm.sig", "x")];
        let expected = [("abc.cdx.json", Some(true)), ("SHA256SUMS", Some(true)), ("abc.wasm.sig", None)];
        assert_eq!(found(&all), expected.map(|(name, matches)| (name.to_owned(), matches)));
        let other = [("abc.cdx.json", &*sbom(&"0".repeat(64))), ("SHA256SUMS", "00  abc.wasm\n")];
        assert!(found(&other).iter().all(|(_, matches)| *matches == Some(false)), "{:?}", found(&other));
        assert_eq!(found(&[("SHA256SUMS", "00  other.wasm\n"), ("other.cdx.json", "{}")]), []);
        assert_eq!(found(&[("abc.cdx.json", "no JSON")]), [("abc.cdx.json".to_owned(), Some(false))]);
    }
}
