//! Objects that go before those they belong to, and the end of the program.

use crate::check::{Done as _, NONE, Outcome, fails, same};
use crate::local::pair;
use crate::netdb::{AddressInfoFlags, Getaddrinfo, Hints};
use crate::polling::{Events, Poller, Trigger};
use crate::sockets;
use crate::tcp;
use crate::types::Errno;

/// Whatever is dropped first, the others still answer.
pub(crate) fn dropped_in_any_order() -> Outcome {
    for first in 0..3 {
        let (client, server) = tcp::connection()?;
        let twin = client.dup().done("dup")?;
        let hints = Hints { family: None, type_: None, protocol: 0, flags: AddressInfoFlags::empty() };
        let lookup = Getaddrinfo::create(Some("localhost"), None, hints).done("getaddrinfo")?;
        let poller = Poller::new();
        poller.add_socket(1, &client, Events::WRITABLE, Trigger::empty()).done("add-socket")?;
        poller.add_socket(2, &server, Events::READABLE, Trigger::EDGE).done("add-socket")?;
        poller.add_lookup(3, &lookup, Trigger::empty()).done("add-lookup")?;
        let mut poller = Some(poller);
        match first {
            0 => drop(poller.take()),
            1 => drop((client, lookup)),
            _ => drop((lookup, server)),
        }
        same("still open", twin.get_option(crate::types::SocketOption::Type).is_ok(), true)?;
        if let Some(poller) = &poller {
            same("something is ready", poller.wait(Some(0), 10).done("wait")?.is_empty(), false)?;
        }
        drop(twin);
    }
    Ok(())
}

/// The end of a command: all is closed, and what was sent has left.
pub(crate) fn drained() -> Outcome {
    let (client, server) = tcp::connection()?;
    let (left, right) = pair()?;
    client.send_all(b"x", NONE).done("send-all")?;
    same("all left", sockets::drain(1_000_000_000), true)?;
    fails("closed", server.recv(1, NONE), Errno::BadDescriptor)?;
    same("no number", left.fileno(), None::<u32>)?;
    // A new socket may get an old number; the old object does not get the new socket.
    let (again, _other) = pair()?;
    again.send_all(b"x", NONE).done("send-all")?;
    fails("an old object", right.recv(1, NONE), Errno::BadDescriptor)?;
    drop((left, right, client, server));
    again.send_all(b"x", NONE).done("send-all after old ones are dropped")?;
    same("drained twice", sockets::drain(u64::MAX), true)
}
