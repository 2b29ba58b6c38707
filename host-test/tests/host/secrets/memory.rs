//! The memory of every component after every operation of its tour, looked through for the secrets of its account.

use outwit::embed::Testing;
use outwit::{Account, CallHandle, Host, Options, Plugins, Settings};
use outwit_host_test::{Step, Variables, net};
use std::sync::{Arc, Mutex};
use wasmtime::{LinearMemory, MemoryCreator, MemoryType};

use super::vendors::secrets;

/// Makes the memories of instances and keeps what was in each of them when its instance was gone.
#[derive(Default)]
struct Witness(Mutex<Vec<Vec<u8>>>);

impl Witness {
    /// A host whose instances live in this witness's memories.
    fn host(self: &Arc<Witness>) -> Host {
        let memories = Arc::new(Memories(self.clone()));
        Host::new(Options { testing: Testing { memories: Some(memories), ..Testing::default() }, ..net::options() })
            .unwrap()
    }

    /// How many memories there were.
    fn count(&self) -> usize {
        self.0.lock().unwrap().len()
    }

    /// Whether a text was in one.
    fn saw(&self, text: &str) -> bool {
        let holds = |memory: &Vec<u8>| memory.windows(text.len()).any(|window| window == text.as_bytes());
        self.0.lock().unwrap().iter().any(holds)
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
        self.witness.0.lock().unwrap().push(std::mem::take(&mut self.bytes));
    }
}

#[test]
fn no_secret_is_in_the_memory_of_a_component_after_any_operation() {
    net::run(async {
        let mut addresses = 0;
        for vendor in outwit_host_test::vendors().unwrap() {
            let mock = outwit_mocks::start(&vendor, ([127, 0, 0, 1], 0).into()).await.unwrap();
            let settings: Vec<(String, String)> = mock.settings().to_vec();
            let catalogue = net::plugin(&vendor, settings.clone()).await.catalogue().clone();
            let secrets = secrets(&catalogue, &settings);
            let witness = Arc::new(Witness::default());
            let host = witness.host();
            let component = Plugins::embedded().component(&vendor).unwrap().unwrap();
            let plugin = host.load(&component, settings.into_iter().collect::<Settings>()).await.unwrap();
            // One in which the component described itself, unless its catalogue was kept from another time.
            let loaded = witness.count();
            let steps = Step::of(&vendor).unwrap();
            let (mut variables, mut last) = (Variables::new(), String::new());
            for step in &steps {
                let id = format!("{vendor}.{}", step.call);
                let output = plugin.call(&id, &step.filled(&variables).to_string()).await.unwrap();
                assert_eq!(step.take(&serde_json::from_str(&output).unwrap(), &mut variables), [""; 0], "{id}");
                last = output;
            }
            for secret in &secrets {
                assert!(!witness.saw(secret), "{vendor}");
            }
            // What is no secret is there: the witness sees it.
            assert!(!last.is_empty() && witness.saw(&last), "{vendor}");
            // A setting that is no secret is in most, unless something else came to stand in its place.
            addresses += u32::from(witness.saw(mock.url().trim_start_matches("http://")));
            // And the witness saw all instances.
            assert_eq!(witness.count(), loaded + steps.len(), "{vendor}");
            let arrived = |secret: &String| {
                mock.seen().iter().any(|seen| {
                    seen.headers.values().any(|value| value.to_str().is_ok_and(|value| value.contains(secret.as_str())))
                })
            };
            assert!(secrets.iter().any(arrived), "{vendor}: the mock saw none of them");
        }
        assert!(addresses > 0);
    });
}

#[test]
fn no_token_that_the_host_obtains_is_in_the_memory_of_a_component() {
    net::run(async {
        let mock = outwit_mocks::start("accelo", ([127, 0, 0, 1], 0).into()).await.unwrap();
        let own = mock.settings().iter().filter(|(name, _)| name != "ACCELO_TOKEN").cloned();
        let witness = Arc::new(Witness::default());
        let component = Plugins::embedded().component("accelo").unwrap().unwrap();
        let plugin = witness.host().load(&component, Settings::default()).await.unwrap();
        let loaded = witness.count();
        let account = Account::new(&plugin, "default", own.collect(), None).unwrap();
        account.call("accelo.list-staff", "{}", &CallHandle::new()).await.unwrap();
        let seen = mock.seen();
        let [exchange, call] = &seen[..] else { panic!("{} requests", seen.len()) };
        let sent = |seen: &outwit_mocks::Seen| seen.headers["authorization"].to_str().unwrap().to_owned();
        assert!(sent(exchange).starts_with("Basic ") && sent(call).starts_with("Bearer "));
        for secret in [sent(exchange), sent(call)] {
            assert!(!witness.saw(secret.split_once(' ').unwrap().1));
        }
        // One made the call, none obtained the token.
        assert_eq!(witness.count(), loaded + 1);
        assert!(witness.saw("list-staff"));
    });
}
