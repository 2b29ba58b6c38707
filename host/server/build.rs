//! Takes Swagger UI out of the crate that carries it, so that this tree has no code that was made smaller by a machine. Its files
//! stay packed: what deflate made of them becomes gzip with another head and tail.

use rawzip::{CompressionMethod, ZipArchive};
use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};
use utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED;

const FILES: [(&str, &str); 4] = [
    ("dist/swagger-ui-bundle.js", "swagger-ui.js"),
    ("dist/swagger-ui.css", "swagger-ui.css"),
    ("LICENSE", "LICENSE"),
    ("NOTICE", "NOTICE"),
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo did not set OUT_DIR")?);
    let archive = ZipArchive::from_slice(SWAGGER_UI_VENDORED)?;
    let mut entries = archive.entries();
    let mut missing: Vec<&str> = FILES.iter().map(|(wanted, _)| *wanted).collect();
    while let Some(entry) = entries.next_entry()? {
        // All of them are in a folder that has the version in its name.
        let path = String::from_utf8_lossy(entry.file_path().as_ref()).into_owned();
        let wanted = FILES.iter().find(|(wanted, _)| path.split_once('/').is_some_and(|(_, path)| path == *wanted));
        let Some((wanted, name)) = wanted else { continue };
        let stored = archive.get_entry(entry.wayfinder())?;
        let length = u32::try_from(entry.uncompressed_size_hint())?;
        // RFC 1951, 3.2.4: a last block of bytes as they are, with their number and its complement.
        let as_it_is = |length: u16| [&[1][..], &length.to_le_bytes(), &(!length).to_le_bytes()].concat();
        let block = match entry.compression_method() {
            CompressionMethod::DEFLATE => Vec::new(),
            CompressionMethod::STORE => as_it_is(u16::try_from(length)?),
            other => return Err(format!("{path} is packed with {other:?}; expected deflate").into()),
        };
        // RFC 1952: magic, deflate, no flags, no time, the best compression, an unknown system; CRC and length at the end.
        let head = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255];
        let packed = [&head, &*block, stored.data(), &entry.crc32().to_le_bytes(), &length.to_le_bytes()].concat();
        fs::write(out.join(format!("{name}.gz")), packed)?;
        missing.retain(|other| other != wanted);
    }
    if !missing.is_empty() {
        return Err(format!("Swagger UI has no {}", missing.join(", ")).into());
    }
    Ok(())
}
