//! The kit without a vendor. `outwit-link` puts a vendor's facts into its memory, once, and keeps that memory: what comes out is a
//! component like those that are compiled.
//!
//! `outwit_reserve` makes room for texts, `outwit_init` reads facts. The linker calls both while it makes a component, and takes
//! them away. Of the other exports, it calls `outwit_typed`, `outwit_open` or `outwit_tool` from one function for each
//! operation, and `outwit_next` from one for each resource; `outwit_close` becomes the end of each resource. `outwit_call`,
//! `outwit_search` and `outwit_describe` become the exports of `outwit:plugin/operations`.
#![cfg(target_arch = "wasm32")]

mod facts;

use facts::Facts;
use std::cell::OnceCell;

struct Vendor(OnceCell<Facts>);

// SAFETY: a component has one thread.
unsafe impl Sync for Vendor {}

static VENDOR: Vendor = Vendor(OnceCell::new());

fn vendor() -> &'static Facts {
    match VENDOR.0.get() {
        Some(facts) => facts,
        None => core::arch::wasm32::unreachable(),
    }
}

/// Room for texts, on pages that are not the allocator's.
#[unsafe(no_mangle)]
extern "C" fn outwit_reserve(len: usize) -> *mut u8 {
    facts::reserve(len)
}

/// Reads the facts of a vendor. What is no facts traps.
///
/// # Safety
///
/// Both places hold as many bytes as they say, for good; the texts are UTF-8.
#[unsafe(no_mangle)]
unsafe extern "C" fn outwit_init(at: *const u8, len: usize, texts: *const u8, texts_len: usize) {
    let (bytes, texts) =
        unsafe { (core::slice::from_raw_parts(at, len), core::slice::from_raw_parts(texts, texts_len)) };
    _ = VENDOR.0.set(facts::read(bytes, texts));
}

/// A typed operation, with the core values of its input.
#[rustfmt::skip]
#[unsafe(no_mangle)]
#[allow(clippy::too_many_arguments, reason = "as many as the canonical ABI passes")]
unsafe extern "C" fn outwit_typed(index: usize, a0: u64, a1: u64, a2: u64, a3: u64, a4: u64, a5: u64, a6: u64, a7: u64,
    a8: u64, a9: u64, a10: u64, a11: u64, a12: u64, a13: u64, a14: u64, a15: u64) -> *mut u8 {
    let flats = [a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15];
    unsafe { kit::abi::typed(vendor().component, index, &flats) }
}

/// A typed operation that gives a resource: of its result, a number stands in the place of the handle.
#[rustfmt::skip]
#[unsafe(no_mangle)]
#[allow(clippy::too_many_arguments, reason = "as many as the canonical ABI passes")]
unsafe extern "C" fn outwit_open(index: usize, a0: u64, a1: u64, a2: u64, a3: u64, a4: u64, a5: u64, a6: u64, a7: u64,
    a8: u64, a9: u64, a10: u64, a11: u64, a12: u64, a13: u64, a14: u64, a15: u64) -> *mut u8 {
    let flats = [a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15];
    unsafe { kit::abi::open(vendor().component, index, &flats) }
}

/// The method `next` of the resource that an operation gives.
#[unsafe(no_mangle)]
unsafe extern "C" fn outwit_next(index: usize, number: u32) -> *mut u8 {
    unsafe { kit::abi::next(vendor().component, index, number) }
}

/// The end of a resource.
#[unsafe(no_mangle)]
unsafe extern "C" fn outwit_close(number: u32) {
    unsafe { kit::abi::close(number) }
}

/// An operation as a tool, with the core values of its parameters.
#[rustfmt::skip]
#[unsafe(no_mangle)]
#[allow(clippy::too_many_arguments, reason = "as many as the canonical ABI passes")]
unsafe extern "C" fn outwit_tool(index: usize, a0: u64, a1: u64, a2: u64, a3: u64, a4: u64, a5: u64, a6: u64, a7: u64,
    a8: u64, a9: u64, a10: u64, a11: u64, a12: u64, a13: u64, a14: u64, a15: u64) -> *mut u8 {
    let flats = [a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15];
    let facts = vendor();
    let Some(tool) = facts.tools.get(index) else { core::arch::wasm32::unreachable() };
    unsafe { kit::flat::tool(facts.component, index, &flats, tool.takes, tool.spilled) }
}

/// The place in the table of what only vendors with streams need. From others, the linker takes it away.
#[unsafe(no_mangle)]
extern "C" fn outwit_gather() -> usize {
    kit::stream::gather as kit::Exchange as usize
}

/// The same of what only vendors need that ask users for consent.
#[unsafe(no_mangle)]
extern "C" fn outwit_consent() -> usize {
    kit::request_authorization as kit::Handler as usize
}

#[unsafe(no_mangle)]
unsafe extern "C" fn outwit_call(a: u32, b: u32, c: u32, d: u32) -> *mut u8 {
    unsafe { kit::abi::call(vendor().component, &[a.into(), b.into(), c.into(), d.into()]) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn outwit_search(a: u32, b: u32, c: u32) -> *mut u8 {
    let facts = vendor();
    let Some(found) = facts.found else { core::arch::wasm32::unreachable() };
    unsafe { kit::abi::search(facts.component, &[a.into(), b.into(), c.into()], found) }
}

#[unsafe(no_mangle)]
extern "C" fn outwit_describe() -> *mut u8 {
    kit::abi::describe(vendor().component)
}
