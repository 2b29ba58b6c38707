//! Where the allocator's memory comes from: a room that every instance has from its start, and what it grows by after that.
//!
//! A small call never grows its memory. Growing is what costs: a host that runs many instances side by side opens the new
//! pages with a system call and closes them again with a second one when the instance is gone, and all its threads wait
//! while the processors forget the old pages. With talc's own source, which grows at the first allocation, a small call took
//! a fifth longer, and two threads made fewer calls than one.
//!
//! In an engine (the feature `engine`), the room stands behind the tables of the vendor, which come at link time: a host's image
//! of the memory then ends before it.

use core::ptr::NonNull;
use talc::base::{Talc, binning::Binning};
use talc::source::Source;

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

impl Rooms {
    pub(crate) const NONE: Rooms = Rooms(None);
}

// SAFETY: allocates nothing, and gives the allocator memory that nobody else uses.
unsafe impl Source for Rooms {
    fn acquire<B: Binning>(talc: &mut Talc<Self, B>, layout: core::alloc::Layout) -> Result<(), ()> {
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
