//! Facts as bytes, read into the kit's own types. `outwit-link` writes them, in `facts.rs`, in the same order.
//!
//! Texts stay where they are. Tables are placed behind them, and the allocator's room behind those. The bytes that say the
//! structure stand where the stack ends, and are gone afterwards.

use core::arch::wasm32::{memory_grow, memory_size, unreachable};
use kit::heap::{PAGE, set_room};
use kit::wire::{Case, Field, Form, Kind, Names, Spelling, Type};
use kit::{
    Api, Auth, Body, Check, Component, Effect, Events, Handler, Imported, ImportedRow, OAuth, Operation, Param, Part,
    Place, Resource, Row, Setting, Stream, Style,
};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// A vendor's facts.
pub struct Facts {
    pub component: &'static Component,
    /// The type of what a search gives; none among tools.
    pub found: Option<&'static Type>,
    pub tools: &'static [Tool],
}

/// A tool: the record of its parameters, and whether it gets them in memory.
pub struct Tool {
    pub takes: &'static Type,
    pub spilled: bool,
}

/// Where the next table goes.
static NEXT: AtomicUsize = AtomicUsize::new(0);

unsafe extern "C" {
    static __heap_base: u8;
}

pub fn reserve(len: usize) -> *mut u8 {
    NEXT.store(&raw const __heap_base as usize, Relaxed);
    place(len, 1) as *mut u8
}

/// Room for a table: zeros that nobody else uses.
fn place(bytes: usize, align: usize) -> usize {
    let at = NEXT.load(Relaxed).next_multiple_of(align);
    let Some(end) = at.checked_add(bytes) else { unreachable() };
    while end > memory_size::<0>() * PAGE {
        if memory_grow::<0>(1) == usize::MAX {
            unreachable();
        }
    }
    NEXT.store(end, Relaxed);
    at
}

struct Reader {
    rest: &'static [u8],
    texts: &'static [u8],
    /// The types, of which so many have been read.
    types: (*const Type, usize),
    rows: &'static [Row],
}

impl Reader {
    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.rest.split_first() else { unreachable() };
        self.rest = rest;
        *first
    }

    fn number(&mut self) -> usize {
        let (mut value, mut shift) = (0_usize, 0);
        loop {
            let byte = self.byte();
            let Some(bits) = usize::from(byte & 0x7f).checked_shl(shift) else { unreachable() };
            value |= bits;
            shift += 7;
            if byte < 0x80 {
                return value;
            }
        }
    }

    fn short(&mut self) -> u16 {
        let Ok(short) = u16::try_from(self.number()) else { unreachable() };
        short
    }

    fn truth(&mut self) -> bool {
        self.byte() != 0
    }

    fn bytes(&mut self) -> &'static [u8] {
        let (at, len) = (self.number(), self.number());
        let Some(bytes) = at.checked_add(len).and_then(|end| self.texts.get(at..end)) else { unreachable() };
        bytes
    }

    fn text(&mut self) -> &'static str {
        let Ok(text) = core::str::from_utf8(self.bytes()) else { unreachable() };
        text
    }

    fn option<T>(&mut self, read: fn(&mut Reader) -> T) -> Option<T> {
        if self.truth() { Some(read(self)) } else { None }
    }

    fn list<T>(&mut self, read: fn(&mut Reader) -> T) -> &'static [T] {
        let len = self.number();
        let Some(bytes) = len.checked_mul(size_of::<T>()) else { unreachable() };
        let at = place(bytes, align_of::<T>()) as *mut T;
        for index in 0..len {
            let item = read(self);
            unsafe { at.add(index).write(item) };
        }
        unsafe { core::slice::from_raw_parts(at, len) }
    }

    fn one<T>(value: T) -> &'static T {
        let at = place(size_of::<T>(), align_of::<T>()) as *mut T;
        unsafe {
            at.write(value);
            &*at
        }
    }

    fn ty(&mut self) -> &'static Type {
        let index = self.number();
        if index >= self.types.1 {
            unreachable();
        }
        unsafe { &*self.types.0.add(index) }
    }

    fn pairs(&mut self) -> &'static [(&'static str, &'static str)] {
        self.list(|r| (r.text(), r.text()))
    }

    fn texts(&mut self) -> &'static [&'static str] {
        self.list(Reader::text)
    }
}

fn ty(r: &mut Reader) -> Type {
    let (size, align) = (r.short(), r.byte());
    let Some(&form) = Form::ALL.get(usize::from(r.byte())) else { unreachable() };
    let kind = match r.byte() {
        0 => Kind::Bool,
        1 => Kind::Unsigned,
        2 => Kind::Signed,
        3 => Kind::Float,
        4 => Kind::Text,
        5 => Kind::Json,
        6 => Kind::List(r.ty()),
        7 => Kind::Option { some: r.ty(), payload: r.short() },
        8 => Kind::Record(r.list(|r| Field { name: r.text(), ty: r.ty(), offset: r.short(), flat: r.short() })),
        9 => Kind::Enum(r.texts()),
        10 => {
            let cases = r.list(|r| Case { name: r.text(), holds: r.option(Reader::ty) });
            Kind::Variant { cases, payload: r.short() }
        }
        _ => unreachable(),
    };
    Type { size, align, form, kind }
}

fn auth(r: &mut Reader) -> Auth {
    match r.byte() {
        0 => Auth::None,
        1 => Auth::Bearer { token: r.text() },
        2 => Auth::Basic { user: r.text(), password: r.text() },
        3 => Auth::Header { name: r.text(), key: r.text() },
        4 => Auth::Query { name: r.text(), key: r.text() },
        5 => Auth::Cookie { name: r.text(), key: r.text() },
        6 => Auth::All(r.list(auth)),
        7 => Auth::Client { user: r.text(), password: r.text(), basic: false },
        8 => Auth::Client { user: r.text(), password: r.text(), basic: true },
        9 => Auth::Optional(Reader::one(auth(r))),
        _ => unreachable(),
    }
}

fn setting(r: &mut Reader) -> Setting {
    Setting {
        name: r.text(),
        description: r.text(),
        required: r.truth(),
        secret: r.truth(),
        default: r.option(Reader::text),
    }
}

fn spelling(r: &mut Reader) -> Spelling {
    match r.byte() {
        0 => Spelling::Kebab,
        1 => Spelling::Snake,
        2 => Spelling::Camel,
        3 => Spelling::Pascal,
        4 => Spelling::Flat,
        _ => unreachable(),
    }
}

fn names(r: &mut Reader) -> Names {
    Names {
        members: spelling(r),
        words: spelling(r),
        renamed: r.pairs(),
        words_renamed: r.pairs(),
        numeric_ids: r.texts(),
        decimals: r.texts(),
        sensitive: r.texts(),
        // Documents are not always right about what they describe.
        open: true,
        ..Names::DEFAULT
    }
}

fn body(r: &mut Reader) -> Body {
    if r.truth() { Body::Form } else { Body::Json }
}

fn api(r: &mut Reader) -> Api {
    Api {
        name: r.text(),
        title: r.text(),
        base: r.text(),
        auth: auth(r),
        settings: r.list(setting),
        names: names(r),
        body: body(r),
        result: r.text(),
        code: r.texts(),
        success_codes: r.texts(),
        message: r.texts(),
        problems: r.text(),
        check: r.option(|r| Check { operation: r.text(), input: r.text(), who: &[] }),
        oauth: r.option(|r| OAuth { authorize: r.text(), exchange: r.text(), scope: r.text(), who: r.pairs() }),
        imported: Some(Imported::new(r.pairs(), r.pairs(), r.truth())),
        ..Api::DEFAULT
    }
}

fn row(r: &mut Reader) -> Row {
    let run = r.truth().then_some(kit::request_authorization as Handler);
    let (method, route) = (r.text(), r.text());
    Row {
        run,
        effect: match r.byte() {
            0 => Effect::Read,
            1 => Effect::Write,
            2 => Effect::Destroy,
            _ => unreachable(),
        },
        repeatable: r.truth(),
        silent: r.truth(),
        secret: r.truth(),
        auth: r.option(auth),
        defaults: r.pairs(),
        result: r.option(Reader::text),
        member: r.option(Reader::text),
        deadline_ms: r.option(|r| r.number() as u32),
        stream: r.option(stream).map(Reader::one),
        imported: Some(Reader::one(ImportedRow {
            events: r.option(events).map(Reader::one),
            base: r.option(Reader::text),
            body: r.option(body),
            content_type: r.option(Reader::text),
            accept: r.option(Reader::text),
            text: r.truth(),
            params: r.list(param),
        })),
        ..Row::new(if run.is_some() { "" } else { method }, route)
    }
}

fn stream(r: &mut Reader) -> Stream {
    Stream { text: r.text(), complete: "complete", at_once: "", documented: &[], headers: &[], part: |_, _| Part::Odd }
}

fn events(r: &mut Reader) -> Events {
    Events {
        switch: r.option(Reader::text),
        text: r.texts(),
        end: r.pairs(),
        open_end: r.truth(),
        error: r.option(Reader::text),
    }
}

fn resource(r: &mut Reader) -> Resource {
    Resource { gather: kit::stream::gather, new: number, events: r.ty(), size: r.short(), payload: r.short() }
}

/// The export that the linker makes replaces the number by a handle.
extern "C" fn number(number: u32) -> u32 {
    number
}

fn param(r: &mut Reader) -> Param {
    Param {
        field: r.text(),
        name: r.option(Reader::text),
        place: match r.byte() {
            0 => None,
            1 => Some(Place::Query),
            2 => Some(Place::Header),
            3 => Some(Place::Body),
            4 => Some(Place::WholeBody),
            _ => unreachable(),
        },
        style: match r.byte() {
            0 => Style::Comma,
            1 => Style::Repeated,
            2 => Style::Space,
            3 => Style::Pipe,
            4 => Style::Brackets,
            5 => Style::Indexed,
            6 => Style::Json,
            _ => unreachable(),
        },
        numeric: r.option(Reader::truth),
    }
}

fn operation(r: &mut Reader) -> Operation {
    let Some((row, rest)) = r.rows.split_first() else { unreachable() };
    r.rows = rest;
    Operation {
        name: r.text(),
        interface: r.text(),
        row,
        input: r.option(Reader::ty),
        spilled: r.truth(),
        output: r.option(Reader::ty),
        error: r.ty(),
        size: r.short(),
        payload: r.short(),
        resource: r.option(resource).map(Reader::one),
    }
}

pub fn read(bytes: &'static [u8], texts: &'static [u8]) -> Facts {
    let mut r = Reader { rest: bytes, texts, types: (core::ptr::null(), 0), rows: &[] };
    // Types refer to types that stand before them, whose place has to be known while the list is read.
    let count = r.number();
    let Some(size) = count.checked_mul(size_of::<Type>()) else { unreachable() };
    let types = place(size, align_of::<Type>()) as *mut Type;
    for index in 0..count {
        r.types = (types, index);
        let item = ty(&mut r);
        unsafe { types.add(index).write(item) };
    }
    r.types = (types, count);
    let found = r.option(Reader::ty);
    let api = Reader::one(api(&mut r));
    r.rows = r.list(row);
    let operations = r.list(operation);
    let tools = r.list(|r| Tool { takes: r.ty(), spilled: r.truth() });
    let component =
        Reader::one(Component { api, version: r.text(), operations, catalogue: r.bytes(), index: r.bytes() });
    if !r.rest.is_empty() || !r.rows.is_empty() {
        unreachable();
    }
    set_room(place(PAGE, 16) as *mut u8);
    Facts { component, found, tools }
}
