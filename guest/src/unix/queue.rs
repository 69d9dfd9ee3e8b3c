//! One direction between two sockets in memory: messages, with what travels along with them.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use crate::address::UnixAddress;

/// How many bytes one direction holds: Linux's default `net.core.wmem_default`.
pub(super) const CAPACITY: usize = 212_992;

/// What a message counts besides its bytes, so that empty ones are bounded too.
pub(super) const MESSAGE_OVERHEAD: usize = 256;

/// One message, or some bytes of a stream that were sent together.
#[derive(Clone, Debug)]
pub(crate) struct Message<R> {
    pub(crate) data: Vec<u8>,
    /// The sender's name; [`UnixAddress::Unnamed`] if it has none.
    pub(crate) from: UnixAddress,
    /// Descriptors that travel along: `SCM_RIGHTS`.
    pub(crate) rights: Vec<R>,
}

/// What waits for one receiver. Shared by the receiver and its senders.
#[derive(Debug)]
pub struct Queue<R> {
    messages: RefCell<VecDeque<Message<R>>>,
    /// How full it is, in bytes and overhead.
    load: Cell<usize>,
    /// The sender will send no more: it closed or shut down its sending half.
    pub(super) ended: Cell<bool>,
    /// The receiver takes no more: it shut down its receiving half.
    pub(super) refused: Cell<bool>,
    /// The receiver closed.
    pub(super) receiver_gone: Cell<bool>,
    /// The sender closed with data unread: the receiver learns it once, as `ECONNRESET`.
    pub(super) reset: Cell<bool>,
}

impl<R> Default for Queue<R> {
    fn default() -> Self {
        Self {
            messages: RefCell::default(),
            load: Cell::new(0),
            ended: Cell::new(false),
            refused: Cell::new(false),
            receiver_gone: Cell::new(false),
            reset: Cell::new(false),
        }
    }
}

impl<R: Clone> Queue<R> {
    pub(super) fn is_empty(&self) -> bool {
        self.messages.borrow().is_empty()
    }

    /// How many more bytes fit.
    pub(super) fn room(&self) -> usize {
        CAPACITY.saturating_sub(self.load.get())
    }

    pub(super) fn push(&self, message: Message<R>) {
        self.load.set(self.load.get() + load_of(&message));
        self.messages.borrow_mut().push_back(message);
    }

    /// Up to `max` bytes, as a stream gives them: across what was sent apart, but not beyond what carries descriptors.
    pub(super) fn take_bytes(&self, max: usize, peek: bool) -> Message<R> {
        let mut messages = self.messages.borrow_mut();
        let from = messages.front().map_or(UnixAddress::Unnamed, |first| first.from.clone());
        let mut taken = Message { data: Vec::new(), from, rights: Vec::new() };
        let mut whole = 0;
        for message in messages.iter_mut() {
            let carries = !message.rights.is_empty();
            if taken.data.len() >= max || (carries && !taken.rights.is_empty()) {
                break;
            }
            let count = message.data.len().min(max - taken.data.len());
            if peek {
                taken.data.extend_from_slice(&message.data[..count]);
                taken.rights.extend_from_slice(&message.rights);
            } else {
                move_bytes(&mut message.data, count, &mut taken.data);
                taken.rights.append(&mut message.rights);
                self.load.set(self.load.get().saturating_sub(count));
            }
            whole += usize::from(message.data.is_empty());
            if carries {
                break;
            }
        }
        if !peek {
            messages.drain(..whole);
            self.load.set(self.load.get().saturating_sub(whole * MESSAGE_OVERHEAD));
        }
        taken
    }

    /// The next message, whole.
    pub(super) fn take_message(&self, peek: bool) -> Option<Message<R>> {
        let mut messages = self.messages.borrow_mut();
        if peek {
            return messages.front().cloned();
        }
        let message = messages.pop_front()?;
        self.load.set(self.load.get().saturating_sub(load_of(&message)));
        Some(message)
    }

    /// Takes out what travels along with all that waits.
    pub(super) fn take_rights(&self) -> Vec<R> {
        self.messages.borrow_mut().iter_mut().flat_map(|message| std::mem::take(&mut message.rights)).collect()
    }

    /// Forgets what waits.
    pub(super) fn clear(&self) {
        self.load.set(0);
        // What travels along may be dropped only after the borrow ends: it may be a socket that ends here itself.
        let forgotten = std::mem::take(&mut *self.messages.borrow_mut());
        drop(forgotten);
    }
}

/// Moves the first `count` bytes of `from` to the end of `to`: without a copy where all of it becomes all of the other, since
/// what was sent as a whole is most often received so.
fn move_bytes(from: &mut Vec<u8>, count: usize, to: &mut Vec<u8>) {
    if to.is_empty() && count == from.len() {
        std::mem::swap(from, to);
    } else {
        to.extend_from_slice(&from[..count]);
        from.drain(..count);
    }
}

fn load_of<R>(message: &Message<R>) -> usize {
    message.data.len() + MESSAGE_OVERHEAD
}
