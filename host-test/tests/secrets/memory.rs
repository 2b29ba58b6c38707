//! The memory of every component after every operation of its tour, looked through for the secrets of its account.

use outwit::{Host, Options, Plugins, Settings};
use outwit_host_test::{Kept, Step, net};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use wasmtime::{LinearMemory, MemoryCreator, MemoryType};

use crate::vendors::secrets;

/// Makes the memories of instances and looks through each of them when its instance is gone.
pub struct Witness {
    wanted: Vec<String>,
    /// How many memories were looked through, and how often each text was seen.
    found: Mutex<(usize, BTreeMap<String, usize>)>,
}

impl Witness {
    pub fn of(wanted: impl IntoIterator<Item = String>) -> Arc<Witness> {
        Arc::new(Witness { wanted: wanted.into_iter().collect(), found: Mutex::default() })
    }

    /// A host whose instances live in this witness's memories.
    pub fn host(self: &Arc<Witness>) -> Host {
        let memories = Arc::new(Memories(self.clone()));
        Host::new(Options { memories: Some(memories), ..net::options() }).unwrap()
    }

    fn look(&self, memory: &[u8]) {
        let mut found = self.found.lock().unwrap();
        found.0 += 1;
        for text in &self.wanted {
            if memory.windows(text.len()).any(|window| window == text.as_bytes()) {
                *found.1.entry(text.clone()).or_default() += 1;
            }
        }
    }

    /// How many memories were looked through, and which of the texts were seen in one.
    pub fn found(&self) -> (usize, Vec<String>) {
        let found = self.found.lock().unwrap();
        (found.0, found.1.keys().cloned().collect())
    }
}

struct Memories(Arc<Witness>);

struct Memory {
    bytes: Vec<u8>,
    witness: Arc<Witness>,
}

// SAFETY: the memory is zeroed, of the size that was asked for, and stays where it is until it grows.
unsafe impl MemoryCreator for Memories {
    fn new_memory(
        &self,
        _: MemoryType,
        minimum: usize,
        _: Option<usize>,
        reserved: Option<usize>,
        guard: usize,
    ) -> Result<Box<dyn LinearMemory>, String> {
        assert_eq!((reserved.unwrap_or(0), guard), (0, 0), "the code checks its bounds");
        Ok(Box::new(Memory { bytes: vec![0; minimum], witness: self.0.clone() }))
    }
}

// SAFETY: as above; what was there when it grows is kept.
unsafe impl LinearMemory for Memory {
    fn byte_size(&self) -> usize {
        self.bytes.len()
    }

    fn byte_capacity(&self) -> usize {
        self.bytes.len()
    }

    fn grow_to(&mut self, size: usize) -> wasmtime::Result<()> {
        self.bytes.resize(size, 0);
        Ok(())
    }

    fn as_ptr(&self) -> *mut u8 {
        self.bytes.as_ptr().cast_mut()
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        self.witness.look(&self.bytes);
    }
}

#[test]
fn no_secret_is_in_the_memory_of_a_component_after_any_operation() {
    net::run(async {
        for vendor in outwit_host_test::vendors().unwrap() {
            let mock = outwit_mocks::start(&vendor, ([127, 0, 0, 1], 0).into()).await.unwrap();
            let settings: Vec<(String, String)> = mock.settings().to_vec();
            let catalogue = net::plugin(&vendor, settings.clone()).await.catalogue().clone();
            let secrets = secrets(&catalogue, &settings);
            // What is no secret is there: the witness sees it.
            let plain = mock.url().trim_start_matches("http://").to_owned();
            let witness = Witness::of(secrets.iter().cloned().chain([plain.clone()]));
            let host = witness.host();
            let component = Plugins::embedded().component(&vendor).unwrap().unwrap();
            let plugin = host.load(&component, settings.into_iter().collect::<Settings>()).await.unwrap();
            let steps = Step::of(&vendor).unwrap();
            let mut kept = Kept::new();
            for step in &steps {
                let id = format!("{vendor}.{}", step.call);
                let output = plugin.call(&id, &step.filled(&kept).to_string()).await.unwrap();
                assert_eq!(step.take(&serde_json::from_str(&output).unwrap(), &mut kept), [""; 0], "{id}");
            }
            let (looked, found) = witness.found();
            assert_eq!(found, [plain], "{vendor}");
            // And the one in which the component described itself.
            assert_eq!(looked, steps.len() + 1, "{vendor}");
            let arrived = |secret: &String| {
                mock.seen().iter().any(|seen| {
                    seen.headers.values().any(|value| value.to_str().is_ok_and(|value| value.contains(secret.as_str())))
                })
            };
            assert!(secrets.iter().any(arrived), "{vendor}: the mock saw none of them");
        }
    });
}
