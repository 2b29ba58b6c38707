//! Where the allocator's memory comes from: a room that every instance has from its start, and what it grows by after that.
//!
//! A small call never grows its memory. Growing is what costs: a host that runs many instances side by side opens the new
//! pages with a system call and closes them again with a second one when the instance is gone, and all its threads wait
//! while the processors forget the old pages. With talc's own source, which grows at the first allocation, a small call took
//! a fifth longer, and two threads made fewer calls than one.
//!
//! Small blocks that are freed wait in lists for the next ones of their size, before talc. A call makes several hundreds, and talc
//! takes several times as long for each: a call without rows takes 0.95 × the time.
//!
//! In an engine (the feature `engine`), the room stands behind the tables of the vendor, which come at link time: a host's image
//! of the memory then ends before it.

use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;
use core::ptr::{NonNull, null_mut};
use talc::base::{Talc, binning::Binning};
use talc::cell::TalcSyncCell;
use talc::source::Source;
use talc::wasm::WasmBinning;

/// The bytes of a page, and of the room.
pub const PAGE: usize = 64 * 1024;

/// As much as a list of twenty rows takes. Zeros, so that it takes nothing in the file.
#[cfg(not(feature = "engine"))]
mod room {
    use super::PAGE;
    use core::cell::UnsafeCell;

    #[repr(align(16))]
    struct Room(UnsafeCell<[u8; PAGE]>);

    // A component has one thread.
    unsafe impl Sync for Room {}

    static ROOM: Room = Room(UnsafeCell::new([0; PAGE]));

    pub fn start() -> *mut u8 {
        ROOM.0.get().cast()
    }
}

#[cfg(feature = "engine")]
mod room {
    use core::sync::atomic::{AtomicPtr, Ordering};

    static ROOM: AtomicPtr<u8> = AtomicPtr::new(core::ptr::null_mut());

    pub fn start() -> *mut u8 {
        ROOM.load(Ordering::Relaxed)
    }

    /// Says where the room is: [`PAGE`](super::PAGE) bytes of zeros that nobody else uses.
    pub fn set(start: *mut u8) {
        ROOM.store(start, Ordering::Relaxed);
    }
}

#[cfg(feature = "engine")]
pub use room::set as set_room;

/// The end of the memory that came last.
#[derive(Debug)]
pub(crate) struct Rooms(Option<NonNull<u8>>);

// SAFETY: allocates nothing, and gives the allocator memory that nobody else uses.
unsafe impl Source for Rooms {
    fn acquire<B: Binning>(talc: &mut Talc<Self, B>, layout: Layout) -> Result<(), ()> {
        let Some(end) = talc.source.0 else {
            talc.source.0 = unsafe { talc.claim(room::start(), PAGE) };
            return Ok(());
        };
        // What the allocator itself needs of new memory is less than this.
        let pages = (layout.size() + layout.align() + 256).div_ceil(PAGE);
        let before = core::arch::wasm32::memory_grow::<0>(pages);
        if before == usize::MAX {
            return Err(());
        }
        let (base, bytes) = (before * PAGE, pages * PAGE);
        talc.source.0 = if end.as_ptr() as usize == base {
            // The last page there can be ends where no address reaches.
            Some(unsafe { talc.extend(end, base.saturating_add(bytes) as *mut u8) })
        } else {
            unsafe { talc.claim(base as *mut u8, bytes) }
        };
        Ok(())
    }
}

/// The largest block that is small, in bytes, and by how much small sizes differ.
const SMALL: usize = 256;
const STEP: usize = 16;
/// What small blocks are cut from, in bytes.
const SLAB: usize = 2048;

/// The allocator: talc, and lists of small blocks that were freed. Small blocks stay small until the instance is gone.
pub(crate) struct Heap {
    talc: TalcSyncCell<Rooms, WasmBinning>,
    small: UnsafeCell<Small>,
}

struct Small {
    /// The first free block of each size; each begins with the address of the next one.
    free: [*mut u8; SMALL / STEP],
    /// The rest of the last slab.
    next: *mut u8,
    left: usize,
}

// SAFETY: a component has one thread.
unsafe impl Sync for Heap {}

impl Heap {
    pub(crate) const NEW: Heap = Heap {
        talc: TalcSyncCell::new_wasm(Rooms(None)),
        small: UnsafeCell::new(Small { free: [null_mut(); SMALL / STEP], next: null_mut(), left: 0 }),
    };

    /// The index of the list that a block is in; none if it is not small.
    #[inline(always)]
    fn class(layout: Layout) -> Option<usize> {
        let index = layout.size().wrapping_sub(1) / STEP;
        (index < SMALL / STEP && layout.align() <= STEP).then_some(index)
    }
}

// SAFETY: blocks come from talc, whole or as parts of a slab that nobody else uses, and are as large and aligned as was asked for.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        unsafe {
            let Some(class) = Heap::class(layout) else { return self.talc.alloc(layout) };
            let small = &mut *self.small.get();
            let first = small.free[class];
            if !first.is_null() {
                small.free[class] = first.cast::<*mut u8>().read();
                return first;
            }
            let size = (class + 1) * STEP;
            if small.left < size {
                let slab = self.talc.alloc(Layout::from_size_align_unchecked(SLAB, STEP));
                if slab.is_null() {
                    return slab;
                }
                (small.next, small.left) = (slab, SLAB);
            }
            let block = small.next;
            (small.next, small.left) = (block.add(size), small.left - size);
            block
        }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        unsafe {
            let Some(class) = Heap::class(layout) else { return self.talc.dealloc(block, layout) };
            let small = &mut *self.small.get();
            block.cast::<*mut u8>().write(small.free[class]);
            small.free[class] = block;
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        unsafe {
            let new_layout = Layout::from_size_align_unchecked(size, layout.align());
            match (Heap::class(layout), Heap::class(new_layout)) {
                (None, None) => return self.talc.realloc(block, layout, size),
                (old, new) if old == new => return block,
                _ => {}
            }
            let new = self.alloc(new_layout);
            if !new.is_null() {
                new.copy_from_nonoverlapping(block, layout.size().min(size));
                self.dealloc(block, layout);
            }
            new
        }
    }
}
