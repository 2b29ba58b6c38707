//! Components in OCI registries: what is kept of them there, and how they get there and back.

mod artifact;
mod registry;

pub use artifact::{Artifact, digest};
pub use registry::{Login, Place};
