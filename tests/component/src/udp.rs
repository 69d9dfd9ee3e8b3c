//! UDP, with itself.

use crate::check::{Done as _, LONG, NONE, Outcome, fails, loopback, same};
use crate::sockets::Socket;
use crate::types::{AddressFamily, Errno, MessageFlags, SocketType};

pub(crate) fn messages() -> Outcome {
    let receiver = Socket::create(AddressFamily::Inet, SocketType::Datagram, 0).done("create")?;
    receiver.bind(&loopback(0)).done("bind")?;
    receiver.set_timeout(Some(LONG)).done("set-timeout")?;
    let here = receiver.getsockname().done("getsockname")?;
    let sender = Socket::create(AddressFamily::Inet, SocketType::Datagram, 0).done("create")?;
    sender.bind(&loopback(0)).done("bind")?;
    let there = sender.getsockname().done("getsockname")?;
    fails("to nobody", sender.send(b"x", NONE), Errno::DestinationAddressRequired)?;

    same("send-to", sender.send_to(b"one", NONE, &here).done("send-to")?, 3)?;
    same("recv-from", receiver.recv_from(100, NONE).done("recv-from")?, (b"one", Some(&there)))?;

    let parts = [b"ab".to_vec(), b"cde".to_vec()];
    same("parts", sender.send_message(&parts, &[], &[], NONE, Some(&here)).done("send-message")?, 5)?;
    let message = receiver.recv_message(3, 0, NONE).done("recv-message")?;
    same("cut", (message.data, message.flags, message.length), (b"abc", MessageFlags::TRUNCATED, 5))?;
    same("sender", message.sender, Some(&there))?;

    sender.connect(&here).done("connect")?;
    same("empty", sender.send(b"", NONE).done("send")?, 0)?;
    same("an empty message", receiver.recv_from(100, NONE).done("recv-from")?, (b"", Some(&there)))?;
    fails("too long", sender.send(&[0; 70_000], NONE), Errno::MessageTooLong)
}
