//! `poll` and the poller.

use crate::check::{Done as _, LONG, NONE, Outcome, fails, same};
use crate::local::pair;
use crate::options::has_kernel;
use crate::polling::{Event, Events, Poller, Trigger, poll};
use crate::sockets::Socket;
use crate::tcp;
use crate::types::{Errno, Error};

const LEVEL: Trigger = Trigger::empty();

/// What a socket is ready for.
pub(crate) fn ready(socket: &Socket, events: Events, timeout: Option<u64>) -> Result<Events, String> {
    let answers = poll(&[(socket, events)], timeout).done("poll")?;
    answers.first().copied().ok_or_else(|| "poll: no answer".to_owned())
}

pub(crate) fn once() -> Outcome {
    let (left, right) = pair()?;
    let (client, server) = tcp::connection()?;
    same("nothing", ready(&right, Events::READABLE, Some(0))?, Events::empty())?;
    left.send_all(b"x", NONE).done("send-all")?;
    client.send_all(b"x", NONE).done("send-all")?;
    same("readable", ready(&server, Events::READABLE, Some(LONG))?, Events::READABLE)?;
    let both = Events::READABLE | Events::WRITABLE;
    let answers = poll(&[(&right, both), (&server, both), (&client, Events::READABLE)], None).done("poll")?;
    same("each", answers, [both, both, Events::empty()])?;
    let many: Vec<(&Socket, Events)> = (0..10_000).map(|_| (&right, both)).collect();
    same("the same one often", poll(&many, Some(0)).done("poll")?.len(), 10_000)?;
    drop(client);
    let hung_up = Events::READABLE | Events::READ_HANG_UP;
    server.recv(1, NONE).done("recv")?;
    same("the end", ready(&server, hung_up, Some(LONG))?, hung_up)
}

pub(crate) fn triggers() -> Outcome {
    let (left, right) = pair()?;
    let (other, listening) = pair()?;
    let poller = Poller::new();
    poller.add_socket(1, &right, Events::READABLE, LEVEL).done("add-socket")?;
    poller.add_socket(2, &right, Events::READABLE, Trigger::EDGE).done("add-socket")?;
    poller.add_socket(3, &right, Events::READABLE, Trigger::ONE_SHOT).done("add-socket")?;
    fails("a token twice", poller.add_socket(3, &left, Events::READABLE, LEVEL), Errno::Exists)?;
    tokens(&poller, Some(0), &[])?;
    left.send_all(b"xy", NONE).done("send-all")?;
    tokens(&poller, Some(LONG), &[1, 2, 3])?;
    tokens(&poller, Some(LONG), &[1])?;
    poller.modify(3, Events::READABLE, Trigger::ONE_SHOT).done("modify")?;
    tokens(&poller, Some(LONG), &[1, 3])?;
    right.recv(2, NONE).done("recv")?;
    tokens(&poller, Some(0), &[])?;
    left.send_all(b"z", NONE).done("send-all")?;
    tokens(&poller, Some(LONG), &[1, 2])?;
    poller.remove(1).done("remove")?;
    fails("removed", poller.remove(1), Errno::NoSuchEntry)?;
    fails("removed", poller.modify(1, Events::READABLE, LEVEL), Errno::NoSuchEntry)?;
    tokens(&poller, Some(0), &[])?;

    // In turn, if there are more than one asks for.
    poller.add_socket(4, &right, Events::READABLE, LEVEL).done("add-socket")?;
    poller.add_socket(5, &listening, Events::READABLE, LEVEL).done("add-socket")?;
    other.send_all(b"x", NONE).done("send-all")?;
    let turns = [poller.wait(Some(LONG), 1).done("wait")?, poller.wait(Some(LONG), 1).done("wait")?];
    let mut turns: Vec<u64> = turns.iter().flatten().map(|event| event.token).collect();
    turns.sort_unstable();
    same("turns", turns, [4, 5])
}

/// Those that are ready.
fn tokens(poller: &Poller, timeout: Option<u64>, wanted: &[u64]) -> Outcome {
    let mut tokens: Vec<u64> = poller.wait(timeout, 10).done("wait")?.iter().map(|event| event.token).collect();
    tokens.sort_unstable();
    same("ready", tokens, wanted)
}

pub(crate) fn closed() -> Outcome {
    let (left, right) = pair()?;
    let poller = Poller::new();
    poller.add_socket(1, &left, Events::READABLE, LEVEL).done("add-socket")?;
    poller.add_socket(2, &right, Events::READABLE, LEVEL).done("add-socket")?;
    left.close().done("close")?;
    left.close().done("close twice")?;
    fails("closed", poller.add_socket(3, &left, Events::READABLE, LEVEL), Errno::BadDescriptor)?;
    same("poll", ready(&left, Events::READABLE, None)?, Events::INVALID)?;
    let all = poller.wait(None, 10).done("wait")?;
    same("as on Linux, it is watched no more", all.len(), 1)?;
    same("its peer's", find(&all, 2)?, Events::READABLE | Events::HANG_UP)?;
    fails("its token", poller.remove(1), Errno::NoSuchEntry)?;
    poller.add_socket(1, &right, Events::READABLE, LEVEL).done("add-socket under a token that is free again")?;
    drop((left, right));
    fails("nothing is left to wait for", poller.wait(None, 10), Errno::Deadlock)?;
    same("for a moment", poller.wait(Some(1_000_000), 10).done("wait")?.len(), 0)
}

fn find(events: &[Event], token: u64) -> Result<Events, String> {
    let event = events.iter().find(|event| event.token == token);
    event.map(|event| event.events).ok_or_else(|| format!("nothing under the token {token}: {events:?}"))
}

/// Nothing can end these waits. The guest knows this of its own sockets; a kernel does not, and waits.
pub(crate) fn endless() -> Outcome {
    if has_kernel()? { only_timeouts() } else { deadlocks() }
}

fn only_timeouts() -> Outcome {
    let poller = Poller::new();
    same("an empty poller", poller.wait(Some(1_000_000), 1).done("wait")?.len(), 0)?;
    fails("no room", poller.wait(None, 0), Errno::InvalidArgument)?;
    fails("an empty list", poll(&[], None), Errno::Deadlock)?;
    same("an empty list for a moment", poll(&[], Some(1_000_000)).done("poll")?.len(), 0)?;
    let (left, right) = pair()?;
    left.set_timeout(Some(1_000_000)).done("set-timeout")?;
    same("a pair that nobody else has", left.recv(1, NONE), Err::<(), _>(Error::Timeout))?;
    same("the same in poll", ready(&right, Events::READABLE, Some(1_000_000))?, Events::empty())?;
    poller.add_socket(1, &right, Events::READABLE, LEVEL).done("add-socket")?;
    same("the same in a poller", poller.wait(Some(1_000_000), 1).done("wait")?.len(), 0)
}

fn deadlocks() -> Outcome {
    let poller = Poller::new();
    fails("an empty poller", poller.wait(None, 1), Errno::Deadlock)?;
    same("an empty poller for a moment", poller.wait(Some(1_000_000), 1).done("wait")?.len(), 0)?;
    fails("no room", poller.wait(None, 0), Errno::InvalidArgument)?;
    fails("an empty list", poll(&[], None), Errno::Deadlock)?;
    same("an empty list for a moment", poll(&[], Some(1_000_000)).done("poll")?.len(), 0)?;
    let (left, right) = pair()?;
    fails("a pair that nobody else has", left.recv(1, NONE), Errno::Deadlock)?;
    fails("the same in poll", poll(&[(&right, Events::READABLE)], None), Errno::Deadlock)?;
    poller.add_socket(1, &right, Events::READABLE, LEVEL).done("add-socket")?;
    fails("the same in a poller", poller.wait(None, 1), Errno::Deadlock)
}
