//! Waiting while some sockets still have held bytes to send: see `coalescing`.

use std::time::Duration;

use wasocket::net::Net as _;
use wasocket::sockets::{Events, Fd, PollEntry};
use wasocket::time::{Deadline, Timeout};

use crate::errors::PyResult;
use crate::state::state;

/// Before a call on `fd` that waits for `events`: if there are held bytes that the network did not take, waits for room
/// for them as well, so that the call does not hold them up. How long the call itself may still wait.
pub(crate) fn before_waiting(fd: Fd, events: Events, timeout: Timeout) -> PyResult<Timeout> {
    if events == Events::IN {
        state().epolls.before_receiving(fd);
    }
    if timeout == Timeout::NonBlocking || state().coalescing.blocked().is_empty() {
        return Ok(timeout);
    }
    let net = state().sockets.net();
    let deadline = timeout.deadline(|| net.now());
    wait_for_sockets(&mut vec![PollEntry::new(fd, events)], timeout)?;
    Ok(match deadline {
        Deadline::Never | Deadline::Now => timeout,
        // Not zero: what has run out of time is to say so, and not that it would block.
        Deadline::At(moment) => Timeout::After(net.now().until(moment).max(Duration::from_nanos(1))),
    })
}

/// Waits for sockets. One that still has held bytes to send is not writable; they are sent as soon as there is room.
pub(crate) fn wait_for_sockets(entries: &mut Vec<PollEntry>, timeout: Timeout) -> PyResult<()> {
    let coalescing = &state().coalescing;
    if coalescing.blocked().is_empty() {
        state().sockets.poll(entries, timeout)?;
        return Ok(());
    }
    let asked = entries.len();
    let net = state().sockets.net();
    let deadline = timeout.deadline(|| net.now());
    loop {
        entries.truncate(asked);
        entries.extend(coalescing.blocked().into_iter().map(|fd| PollEntry::new(fd, Events::OUT)));
        state().sockets.poll(entries, remaining(deadline))?;
        crate::coalescing::flush_all();
        let over = match deadline {
            Deadline::Never => false,
            Deadline::Now => true,
            Deadline::At(moment) => moment <= net.now(),
        };
        entries.truncate(asked);
        for entry in entries.iter_mut().filter(|entry| coalescing.is_blocked(entry.fd)) {
            entry.revents = without_room(entry.revents);
        }
        if over || entries.iter().any(|entry| !entry.revents.is_empty()) {
            return Ok(());
        }
    }
}

fn without_room(events: Events) -> Events {
    const ROOM: u32 = 0x4 | 0x100 | 0x200;
    Events::from_bits(events.bits() & !ROOM)
}

fn remaining(deadline: Deadline) -> Timeout {
    match deadline {
        Deadline::Never => Timeout::Blocking,
        Deadline::Now => Timeout::NonBlocking,
        Deadline::At(moment) => {
            let left = state().sockets.net().now().until(moment);
            if left.is_zero() { Timeout::NonBlocking } else { Timeout::After(left) }
        }
    }
}
