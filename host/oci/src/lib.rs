//! Components in OCI registries: what is kept of them there, and how they get there and back.

mod artifact;
mod registry;

pub use artifact::Artifact;
pub use outwit::inspect::digest;
pub use registry::{Login, Place};
