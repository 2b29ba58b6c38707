//! A vendor's memory, as data segments.

use wasm_encoder as enc;

/// Gaps of zeros up to this length stay in a data segment: a segment of its own would take as much.
const GAP: usize = 12;

/// The memory of an engine that has read a vendor's facts.
pub struct Image {
    pub memory: Vec<u8>,
    /// Where the stack pointer is.
    pub stack: i32,
}

impl Image {
    /// What of the memory is not zero. Below the stack pointer stands nothing that counts.
    pub fn segments(&self) -> enc::DataSection {
        let mut data = enc::DataSection::new();
        let memory = &self.memory;
        let mut at = usize::try_from(self.stack).unwrap_or(0);
        while let Some(start) =
            memory.get(at..).and_then(|rest| rest.iter().position(|byte| *byte != 0)).map(|gap| at + gap)
        {
            let mut last = start;
            at = start;
            while at < memory.len() && at - last <= GAP {
                if memory[at] != 0 {
                    last = at;
                }
                at += 1;
            }
            data.active(0, &enc::ConstExpr::i32_const(start as i32), memory[start..=last].iter().copied());
        }
        data
    }
}
