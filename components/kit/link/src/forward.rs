//! The functions that the linker makes.

use wasm_encoder as enc;
use wit_parser::abi::WasmType;

/// A core type as it is encoded.
pub fn value_type(ty: &WasmType) -> enc::ValType {
    match ty {
        WasmType::I64 | WasmType::PointerOrI64 => enc::ValType::I64,
        WasmType::F32 => enc::ValType::F32,
        WasmType::F64 => enc::ValType::F64,
        WasmType::I32 | WasmType::Pointer | WasmType::Length => enc::ValType::I32,
    }
}

/// What makes a handle of the number that stands at a place in a result of success.
pub struct Handle {
    pub new: u32,
    pub at: u64,
}

/// A function that hands its parameters to `entry`: the operation's index, and sixteen numbers of 64 bits. More core values than
/// sixteen are passed in memory.
pub fn forwarding(index: i32, params: &[enc::ValType], entry: u32, handle: Option<Handle>) -> enc::Function {
    let mut body = enc::Function::new(handle.as_ref().map(|_| (1, enc::ValType::I32)));
    let result = params.len() as u32;
    let mut code = body.instructions();
    code.i32_const(index);
    for at in 0..16_u32 {
        let Some(ty) = params.get(at as usize) else {
            code.i64_const(0);
            continue;
        };
        code.local_get(at);
        match ty {
            enc::ValType::I32 => _ = code.i64_extend_i32_u(),
            enc::ValType::F32 => _ = code.i32_reinterpret_f32().i64_extend_i32_u(),
            enc::ValType::F64 => _ = code.i64_reinterpret_f64(),
            _ => {}
        }
    }
    code.call(entry);
    if let Some(Handle { new, at }) = handle {
        let place = |offset, align| enc::MemArg { offset, align, memory_index: 0 };
        code.local_tee(result).i32_load8_u(place(0, 0)).i32_eqz().if_(enc::BlockType::Empty);
        code.local_get(result).local_get(result).i32_load(place(at, 2)).call(new).i32_store(place(at, 2));
        code.end().local_get(result);
    }
    code.end();
    body
}
