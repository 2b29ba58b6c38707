//! Machine code by function, so that a process compiles only once what several components share.
//!
//! Linked components carry the same functions, those of the engine, and compiled ones have many in common. Cranelift finds a
//! function's code by a digest of all that the code depends on.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use wasmtime::CacheStore;

/// The most bytes of code that are stored. The engine's functions take one million.
const MOST_BYTES: usize = 4 << 20;

#[derive(Default)]
pub(crate) struct FunctionCache(Mutex<Functions>);

#[derive(Default)]
struct Functions {
    code: HashMap<Box<[u8]>, Box<[u8]>>,
    bytes: usize,
}

impl FunctionCache {
    fn functions(&self) -> MutexGuard<'_, Functions> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CacheStore for FunctionCache {
    fn get(&self, digest: &[u8]) -> Option<Cow<'_, [u8]>> {
        self.functions().code.get(digest).map(|code| Cow::Owned(code.to_vec()))
    }

    fn insert(&self, digest: &[u8], code: Vec<u8>) -> bool {
        let mut functions = self.functions();
        let fits = functions.bytes + code.len() <= MOST_BYTES;
        if fits {
            functions.bytes += code.len();
            functions.code.insert(digest.into(), code.into());
        }
        fits
    }
}

impl fmt::Debug for FunctionCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FunctionCache").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use wasmtime::{Config, Engine, Module};

    /// A module of functions that return these numbers.
    fn module(numbers: &[u8]) -> Vec<u8> {
        let count = u8::try_from(numbers.len()).unwrap();
        let mut bytes = b"\0asm\x01\0\0\0\x01\x05\x01\x60\0\x01\x7f".to_vec();
        bytes.extend([3, count + 1, count]);
        bytes.extend(numbers.iter().map(|_| 0));
        bytes.extend([10, count * 5 + 1, count]);
        numbers.iter().for_each(|number| bytes.extend([4, 0, 0x41, *number, 0x0b]));
        bytes
    }

    #[test]
    fn a_function_that_two_modules_share_is_compiled_once() {
        let cache = Arc::new(FunctionCache::default());
        let engine = Engine::new(Config::new().enable_incremental_compilation(cache.clone()).unwrap()).unwrap();
        let stored = |numbers: &[u8]| {
            Module::new(&engine, module(numbers)).unwrap();
            cache.functions().code.len()
        };
        let first = stored(&[1, 2, 3]);
        assert!(first >= 3, "{first}");
        assert_eq!(stored(&[3, 1]), first);
        assert_eq!(stored(&[3, 4]), first + 1);
    }

    #[test]
    fn no_more_than_the_limit_is_stored() {
        let cache = FunctionCache::default();
        assert!(cache.insert(b"a", vec![0; MOST_BYTES]));
        assert!(!cache.insert(b"b", vec![0; 1]));
        assert!(cache.get(b"a").is_some() && cache.get(b"b").is_none());
    }
}
