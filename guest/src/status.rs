//! How far a descriptor is from being ready.

use crate::polling::Events;

/// What it reports now, and what its network is to be asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// What holds already, by what the core knows.
    pub(crate) events: Events,
    /// What the network is to be asked, if it is to be asked: with no events, about errors alone.
    pub(crate) watch: Option<Events>,
}

impl Status {
    /// All is known.
    pub(crate) fn known(events: Events) -> Self {
        Self { events, watch: None }
    }

    /// Beside `events`, the network is to watch for something to read, or for room to write.
    pub(crate) fn watching(events: Events, read: bool, write: bool) -> Self {
        let watch = Events::empty().with_if(read, Events::IN).with_if(write, Events::OUT);
        Self { events, watch: (!watch.is_empty()).then_some(watch) }
    }
}
