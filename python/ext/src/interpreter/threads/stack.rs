//! The stack that a thread has in linear memory, for what C and Rust keep there.

use std::alloc::{Layout, alloc};

/// What a thread has if it asks for nothing else: CPython bounds its own recursion by it.
const DEFAULT: usize = 1 << 20;
/// The least that there is use for, in bytes.
const LEAST: usize = 128 << 10;
/// What the ends of stacks are aligned to.
const ALIGNMENT: usize = 16;
/// How much more there is below the end that CPython knows, in bytes: for functions that ask it nothing.
const RESERVE: usize = 64 << 10;
/// What is at the low end of every stack: no page guards it, and what is written there has overflowed.
const CANARY: [u64; 4] = [0x5bd1_e995_97f4_a7c1; 4];

/// A stack. It lives as long as the program: the next thread in its place has it.
#[derive(Debug)]
pub(super) struct Stack {
    low: *mut u8,
    size: usize,
}

impl Stack {
    /// As large as is asked for, where 0 asks for the default; none if there is no memory.
    pub(super) fn new(wanted: usize) -> Option<Self> {
        let size = Self::size_for(wanted);
        let layout = Layout::from_size_align(size + RESERVE, ALIGNMENT).ok()?;
        // SAFETY: the size is not 0.
        let low = unsafe { alloc(layout) };
        if low.is_null() {
            return None;
        }
        // SAFETY: the canary fits, and nothing else is there yet.
        unsafe { low.cast::<[u64; 4]>().write(CANARY) };
        Some(Self { low, size })
    }

    /// How large it would be.
    pub(super) fn size_for(wanted: usize) -> usize {
        let wanted = if wanted == 0 { DEFAULT } else { wanted.max(LEAST) };
        wanted.next_multiple_of(ALIGNMENT)
    }

    /// The lowest address that CPython may use, and the size from there on.
    pub(super) fn bounds(&self) -> (usize, usize) {
        (self.low.addr() + RESERVE, self.size)
    }

    /// Where it begins: it grows down.
    pub(super) fn top(&self) -> usize {
        self.low.addr() + RESERVE + self.size
    }

    /// Ends the program if the thread that has this stack has left it.
    pub(super) fn check(&self) {
        // SAFETY: it is allocated for ever.
        if unsafe { self.low.cast::<[u64; 4]>().read() } != CANARY {
            eprintln!(
                "a thread has overflowed its stack of {} bytes; threading.stack_size() makes it larger",
                self.size
            );
            std::process::abort();
        }
    }
}
