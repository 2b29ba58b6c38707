//! What a host allows and uses.

use crate::catalogue::Effect;
use crate::embed::Testing;
use crate::proxy::Proxies;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::time::Duration;

/// What a host allows and uses. Start from the default and change fields:
///
/// ```
/// let options = outwit::Options { grant: outwit::Grant::Read, ..Default::default() };
/// assert_eq!(options.memory, 512 << 20);
/// ```
#[derive(Clone)]
pub struct Options {
    /// The most memory of an instance, in bytes. 512 MiB by default, for the largest list that may come
    /// (`OUTWIT_MAX_BODY_BYTES`); a small call takes some hundred KiB. Rounded up to whole pages of 64 KiB.
    pub memory: usize,
    /// How many instances may exist at the same time; further calls wait for a place. 256 by default.
    pub concurrency: u32,
    /// How long a call may take beyond its component's own deadline (the setting `OUTWIT_DEADLINE_MS`) before it is cut
    /// off. 5 seconds by default.
    pub deadline_slack: Duration,
    /// How long the whole body of a request to a [`GatewayApp`](crate::GatewayApp) may take to come. 30 seconds by default.
    pub read_timeout: Duration,
    /// What plugins may do. Everything by default.
    pub grant: Grant,
    /// A PEM file of the certificates to trust instead of the system's.
    pub roots: Option<PathBuf>,
    /// Which proxies requests go by. None: those that the environment names.
    pub proxies: Option<Proxies>,
    /// What is used in place of the host's own parts.
    pub testing: Testing,
    /// Where compiled code is kept, so that a component is compiled once a machine and not once a process.
    pub code_cache: CodeCache,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            memory: 512 << 20,
            concurrency: 256,
            deadline_slack: Duration::from_secs(5),
            read_timeout: Duration::from_secs(30),
            grant: Grant::All,
            roots: None,
            proxies: None,
            testing: Testing::default(),
            code_cache: CodeCache::User,
        }
    }
}

/// What plugins may do at vendors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grant {
    /// Operations that change nothing.
    Read,
    /// Those, and operations that create or change something.
    Write,
    /// Those, and operations that delete something.
    #[default]
    All,
}

impl Grant {
    /// The word for it: `read`, `write` or `all`.
    pub fn as_str(self) -> &'static str {
        match self {
            Grant::Read => "read",
            Grant::Write => "write",
            Grant::All => "all",
        }
    }

    /// The strongest effect that is granted.
    pub fn strongest(self) -> Effect {
        match self {
            Grant::Read => Effect::Read,
            Grant::Write => Effect::Write,
            Grant::All => Effect::Destroy,
        }
    }
}

/// Where compiled code is kept. It is machine code that the host will run: nobody else may be able to write there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum CodeCache {
    /// Nowhere: every process compiles.
    Off,
    /// In the user's cache folder, where wasmtime keeps such code. Without such a folder, nowhere. What is damaged there is
    /// made anew, and the oldest files go where there are too many.
    #[default]
    User,
    /// In a folder of its own, given as an absolute path.
    Folder(PathBuf),
}
