//! How a program writes on one socket: whether its small writes come one by one, or several before it waits.
//!
//! Only the latter are worth holding back. A write that is known to come alone is sent at once: the peer has it earlier, and
//! nothing has to be done later. A program that then writes a second time pays for it once, with a delayed acknowledgement;
//! it is believed to write one by one again only after twice as many single writes as before.

/// What is known of a socket.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WritePattern {
    /// How many writes have come alone since the last that did not.
    alone: u32,
    /// How many must have, before the next is believed to.
    needed: u32,
}

/// After so many single writes, a new socket's next is sent at once.
const FIRST: u32 = 4;
const MOST: u32 = 1 << 16;

impl Default for WritePattern {
    fn default() -> Self {
        Self { alone: 0, needed: FIRST }
    }
}

impl WritePattern {
    /// Whether the next write is expected to come alone.
    pub(crate) fn writes_alone(self) -> bool {
        self.alone >= self.needed
    }

    /// So many writes were held together.
    pub(crate) fn after(self, writes: u32) -> Self {
        Self { alone: if writes == 1 { self.alone.saturating_add(1) } else { 0 }, ..self }
    }

    /// A write that was expected to come alone did not.
    pub(crate) fn after_surprise(self) -> Self {
        Self { alone: 0, needed: self.needed.saturating_mul(2).min(MOST) }
    }
}
