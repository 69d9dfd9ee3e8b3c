//! The operating system's buffers for a guest's sockets, as the policy's limit counts them.

use super::meter::Meter;
use super::quota::{Permit, Quota, QuotaExceeded};

/// Which way data goes through a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// `SO_RCVBUF`
    In,
    /// `SO_SNDBUF`
    Out,
}

/// A socket whose buffers have sizes.
pub(crate) trait Buffered {
    /// What can go wrong.
    type Error;

    /// The size, as one would set it: the system keeps as much again for its own purposes.
    fn size(&mut self, way: Way) -> Result<u64, Self::Error>;

    /// Sets the size. From then on the system does not change it by itself.
    fn set_size(&mut self, way: Way, size: u64) -> Result<(), Self::Error>;

    /// The error that says that the limit is reached.
    fn exceeded(exceeded: QuotaExceeded) -> Self::Error;
}

/// What counts the buffers of one socket; nothing, if it was made while the policy had no limit on buffers.
#[derive(Debug, Default)]
pub(crate) struct Buffers(Option<Both>);

#[derive(Debug)]
struct Both {
    input: Permit,
    output: Permit,
}

impl Buffers {
    /// Counts the buffers of a new socket, and keeps them as large as they are: left alone, the system would let them grow.
    pub(crate) fn of<B: Buffered>(meter: &Meter, socket: &mut B) -> Result<Self, B::Error> {
        let counted = Self::like(meter, socket)?;
        if let Some(both) = &counted.0 {
            for (way, permit) in [(Way::In, &both.input), (Way::Out, &both.output)] {
                socket.set_size(way, permit.amount() / OVERHEAD)?;
            }
        }
        Ok(counted)
    }

    /// Counts the buffers of a connection that this listener is to accept: they are as large as its own.
    pub(crate) fn like<B: Buffered>(meter: &Meter, socket: &mut B) -> Result<Self, B::Error> {
        if !meter.limits_buffers() {
            return Ok(Self::default());
        }
        let mut take = |way| {
            let size = socket.size(way)?;
            meter.take(Quota::Buffers, kept(size)).map_err(B::exceeded)
        };
        Ok(Self(Some(Both { input: take(Way::In)?, output: take(Way::Out)? })))
    }

    /// The guest has set a size. Over the limit, the old one is set again.
    pub(crate) fn changed<B: Buffered>(&mut self, meter: &Meter, socket: &mut B, way: Way) -> Result<(), B::Error> {
        let Some(both) = &mut self.0 else {
            return Ok(());
        };
        let permit = match way {
            Way::In => &mut both.input,
            Way::Out => &mut both.output,
        };
        let (before, now) = (permit.amount(), kept(socket.size(way)?));
        if now <= before {
            permit.give_back(before - now);
            return Ok(());
        }
        match meter.take(Quota::Buffers, now - before) {
            Ok(more) => {
                permit.absorb(more);
                Ok(())
            }
            Err(exceeded) => {
                socket.set_size(way, before / OVERHEAD)?;
                Err(B::exceeded(exceeded))
            }
        }
    }
}

/// What the system sets aside for a buffer of this size.
fn kept(size: u64) -> u64 {
    size.saturating_mul(OVERHEAD)
}

/// `socket(7)`: the kernel doubles the size to have room for its bookkeeping.
const OVERHEAD: u64 = 2;
