//! The three modes: blocking, non-blocking, and with a timeout.

use crate::check::{Done as _, LONG, NONE, Outcome, fails, same};
use crate::local::pair;
use crate::polling::Events;
use crate::sockets::{self, Socket};
use crate::tcp;
use crate::types::{AddressFamily, Errno, Error, MessageFlags, OptionValue, SocketOption, SocketType};
use crate::waiting::ready;

/// A timeout that passes.
const SHORT: u64 = 5_000_000;

pub(crate) fn three_modes() -> Outcome {
    for (left, right) in [pair()?, tcp::connection()?] {
        right.set_timeout(Some(0)).done("set-timeout")?;
        same("blocking", right.get_blocking().done("get-blocking")?, false)?;
        fails("not at all", right.recv(10, NONE), Errno::WouldBlock)?;
        right.set_timeout(Some(SHORT)).done("set-timeout")?;
        same("at most so long", right.recv(u32::MAX, NONE), Err::<(), _>(Error::Timeout))?;
        right.set_timeout(None).done("set-timeout")?;
        fails("not in this call", right.recv(10, MessageFlags::DONT_WAIT), Errno::WouldBlock)?;
        same("blocking", right.get_blocking().done("get-blocking")?, true)?;
        left.send_all(b"x", NONE).done("send-all")?;
        same("for as long as it takes", right.recv(10, NONE).done("recv")?, b"x")?;
    }
    let (listener, _) = tcp::listener()?;
    listener.set_timeout(Some(SHORT)).done("set-timeout")?;
    same("accept", listener.accept().map(drop), Err::<(), _>(Error::Timeout))?;
    of_new_sockets()
}

fn of_new_sockets() -> Outcome {
    sockets::set_default_timeout(Some(0));
    let socket = Socket::create(AddressFamily::Inet, SocketType::Stream, 0);
    sockets::set_default_timeout(None);
    let socket = socket.done("create")?;
    same("of new sockets", (socket.get_timeout(), socket.get_blocking()), (Some(0), Ok::<_, Error>(false)))?;
    same("again", sockets::get_default_timeout(), None::<u64>)
}

pub(crate) fn connect_in_the_background() -> Outcome {
    let (listener, address) = tcp::listener()?;
    let client = tcp::open()?;
    client.set_timeout(Some(0)).done("set-timeout")?;
    fails("connect", client.connect(&address), Errno::InProgress)?;
    let (server, _) = listener.accept().done("accept")?;
    same("writable", ready(&client, Events::WRITABLE, Some(LONG))?, Events::WRITABLE)?;
    same("no error", client.get_option(SocketOption::Error).done("get-option")?, OptionValue::Error(None))?;
    // As on Linux, the first call learns that it is complete.
    client.connect(&address).done("complete")?;
    fails("connected", client.connect(&address), Errno::IsConnected)?;
    client.send_all(b"x", NONE).done("send-all")?;
    same("recv", server.recv(1, NONE).done("recv")?, b"x")
}
