//! A pipe: one direction in memory, with an end to read and an end to write.
//!
//! # References
//! - <https://man7.org/linux/man-pages/man7/pipe.7.html>

use std::rc::Rc;

use super::queue::{MESSAGE_OVERHEAD, Message, Queue};
use crate::address::UnixAddress;
use crate::errno::Errno;
use crate::error::Result;
use crate::file::FileType;
use crate::net::Network;
use crate::polling::Events;
use crate::sockets::{Endpoint, Rights};
use crate::status::Status;
use crate::waiting::Wait;

/// One end of a pipe; each ends when it is dropped.
pub enum Pipe<R: Clone> {
    /// The end that is read.
    Reader(Rc<Queue<R>>),
    /// The end that is written.
    Writer(Rc<Queue<R>>),
}

impl<R: Clone> Pipe<R> {
    /// The two ends: the reader first, as `pipe(2)` gives them.
    pub(crate) fn pair() -> [Self; 2] {
        let queue = Rc::new(Queue::default());
        [Self::Reader(Rc::clone(&queue)), Self::Writer(queue)]
    }
}

/// Nothing travels along through a pipe.
impl<N: Network> Endpoint<N> for Pipe<Rights<N>> {
    fn is_socket(&self) -> bool {
        false
    }

    fn file_type(&self, _: &N) -> FileType {
        FileType::Pipe
    }

    /// Up to `max` bytes; none at the end.
    fn read(&self, net: &N, max: usize, wait: Wait) -> Result<Vec<u8>> {
        let Self::Reader(queue) = self else { return Err(Errno::EBADF.into()) };
        loop {
            if !queue.is_empty() {
                return Ok(queue.take_bytes(max, false).data);
            }
            if queue.ended.get() || max == 0 {
                return Ok(Vec::new());
            }
            wait.for_program(net)?;
        }
    }

    /// Puts in what there is room for, and says how much that was.
    fn write(&self, net: &N, data: &[u8], wait: Wait) -> Result<usize> {
        let Self::Writer(queue) = self else { return Err(Errno::EBADF.into()) };
        loop {
            if queue.receiver_gone.get() {
                return Err(Errno::EPIPE.into());
            }
            let room = queue.room().saturating_sub(MESSAGE_OVERHEAD);
            match data.get(..data.len().min(room)) {
                _ if data.is_empty() => return Ok(0),
                Some(fitting) if !fitting.is_empty() => {
                    queue.push(Message { data: fitting.to_vec(), from: UnixAddress::Unnamed, rights: Vec::new() });
                    return Ok(fitting.len());
                }
                Some(_) | None => wait.for_program(net)?,
            }
        }
    }

    fn status(&self, _: Events) -> Status {
        Status::known(match self {
            Self::Reader(queue) => {
                Events::empty().with_if(!queue.is_empty(), Events::READABLE).with_if(queue.ended.get(), Events::HUP)
            }
            Self::Writer(queue) => {
                let gone = queue.receiver_gone.get();
                Events::empty()
                    .with_if(gone || queue.room() > MESSAGE_OVERHEAD, Events::WRITABLE)
                    .with_if(gone, Events::ERR)
            }
        })
    }
}

impl<R: Clone> Drop for Pipe<R> {
    fn drop(&mut self) {
        match self {
            Self::Reader(queue) => {
                queue.receiver_gone.set(true);
                queue.clear();
            }
            Self::Writer(queue) => queue.ended.set(true),
        }
    }
}
