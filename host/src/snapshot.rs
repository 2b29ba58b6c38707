//! Runs the kit's engine once, so that `outwit-link` can keep its memory.

use crate::host::cache;
use crate::options::CodeCache;
use crate::{Error, ErrorKind};
use wasmtime::{Config, Engine, Linker, Module, Store};

/// The kit without a vendor, compiled with this crate: what `outwit-link` makes components of.
pub static ENGINE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/engine.wasm"));

/// The memory of an engine that has read a vendor's facts, and its stack pointer. The structure goes to an address, the texts go
/// to where the engine says. Every import of the engine traps.
///
/// # Errors
///
/// `misconfigured`, when the engine is no engine, or traps: then the facts are none.
pub fn snapshot(
    engine: &[u8],
    structure: &[u8],
    structure_at: u32,
    texts: &[u8],
    code_cache: &CodeCache,
) -> Result<(Vec<u8>, i32), Error> {
    let run = || -> wasmtime::Result<(Vec<u8>, i32)> {
        let mut config = Config::new();
        config.cache(cache(code_cache));
        let runtime = Engine::new(&config)?;
        let module = Module::new(&runtime, engine)?;
        let mut linker = Linker::new(&runtime);
        linker.define_unknown_imports_as_traps(&module)?;
        let mut store = Store::new(&runtime, ());
        let instance = linker.instantiate(&mut store, &module)?;
        let memory = instance.get_memory(&mut store, "memory").ok_or_else(|| wasmtime::Error::msg("no memory"))?;
        let reserve = instance.get_typed_func::<u32, u32>(&mut store, "outwit_reserve")?;
        let init = instance.get_typed_func::<(u32, u32, u32, u32), ()>(&mut store, "outwit_init")?;
        let stack = instance
            .get_global(&mut store, "__stack_pointer")
            .ok_or_else(|| wasmtime::Error::msg("no __stack_pointer"))?;
        let texts_len = u32::try_from(texts.len())?;
        let texts_at = reserve.call(&mut store, texts_len)?;
        memory.write(&mut store, texts_at as usize, texts)?;
        memory.write(&mut store, structure_at as usize, structure)?;
        init.call(&mut store, (structure_at, u32::try_from(structure.len())?, texts_at, texts_len))?;
        let stack = stack.get(&mut store).i32().ok_or_else(|| wasmtime::Error::msg("no __stack_pointer"))?;
        Ok((memory.data(&store).to_vec(), stack))
    };
    run().map_err(|problem| {
        let message = format!("the engine did not read the facts: {problem:#}");
        Error::new(ErrorKind::Misconfigured, crate::Advice::GiveUp, message)
    })
}
