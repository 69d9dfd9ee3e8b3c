//! A word of a guest's memory that the guest looks at while it computes.

use std::ptr::NonNull;
use std::sync::atomic::{AtomicU8, Ordering};

/// The word, and what is set in it while a signal is pending.
#[derive(Debug)]
pub(crate) struct Word {
    byte: NonNull<u8>,
    bit: u8,
}

// SAFETY: the byte is only ever changed by one atomic instruction.
#[expect(unsafe_code, reason = "a guest that computes makes no call, in which it could be told something")]
unsafe impl Send for Word {}

impl Word {
    /// The word that starts at `byte`, in the memory of a guest.
    ///
    /// To be dropped before that memory is, which must not move meanwhile.
    pub(crate) fn new(byte: NonNull<u8>, bit: u8) -> Self {
        Self { byte, bit }
    }

    pub(super) fn address(&self) -> usize {
        self.byte.as_ptr().addr()
    }

    /// Sets the bit: a signal is pending.
    pub(super) fn mark(&self) {
        self.set(self.bit);
    }

    /// Sets another bit.
    pub(super) fn set(&self, bit: u8) {
        // SAFETY: the memory is there as long as the word is, and does not move: see `Word::new`. The guest, which may change it at
        // the same time, is no Rust code; it may undo this, and so it is done again until the guest has seen it.
        #[expect(unsafe_code, reason = "as above")]
        let byte = unsafe { AtomicU8::from_ptr(self.byte.as_ptr()) };
        byte.fetch_or(bit, Ordering::Release);
    }
}
