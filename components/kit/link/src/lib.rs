//! Makes a vendor's component of a folder of data: its WIT and `vendor.toml`. No compiler is needed.

#![deny(missing_docs)]

pub mod vendor;

pub use vendor::Vendor;
