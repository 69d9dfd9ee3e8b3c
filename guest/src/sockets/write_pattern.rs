//! How a program writes on one socket: whether its small writes come one by one, or several before it waits.
//!
//! Only the latter are worth holding back. A write that is known to come alone is sent at once: the peer has it earlier, and
//! nothing has to be done later. A program that then writes a second time pays for it once, with a delayed acknowledgement.
//! After that it takes twice as many single writes until the next is expected to come alone.

/// What is known of a socket.
#[derive(Clone, Copy, Debug)]
pub(super) struct WritePattern {
    /// Single writes since the last that did not come alone.
    alone: u32,
    /// Single writes after which the next is expected to come alone.
    needed: u32,
}

/// After this many single writes, a new socket's next is sent at once.
const FIRST: u32 = 4;
const MOST: u32 = 1 << 16;

impl Default for WritePattern {
    fn default() -> Self {
        Self { alone: 0, needed: FIRST }
    }
}

impl WritePattern {
    /// Whether the next write is expected to come alone.
    pub(super) fn writes_alone(self) -> bool {
        self.alone >= self.needed
    }

    /// After `writes` that were held together.
    pub(super) fn after(self, writes: u32) -> Self {
        Self { alone: if writes == 1 { self.alone.saturating_add(1) } else { 0 }, ..self }
    }

    /// After a write that was expected to come alone and did not.
    pub(super) fn after_surprise(self) -> Self {
        Self { alone: 0, needed: self.needed.saturating_mul(2).min(MOST) }
    }
}
