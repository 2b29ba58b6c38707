//! Components in OCI registries: what is kept of them there.

mod artifact;

pub use artifact::{Artifact, digest};
