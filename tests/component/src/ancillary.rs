//! Ancillary data other than sockets, which only a kernel carries.

use crate::check::{Done as _, LONG, NONE, Outcome, fails, loopback, same};
use crate::local::pair;
use crate::options::has_kernel;
use crate::sockets::Socket;
use crate::types::{
    AddressFamily, AncillaryData, Credentials, Errno, Error, ExtendedError, IpAddress, MessageFlags, OptionValue,
    OtherOption, PacketInformation, SocketOption, SocketType,
};

/// Each form is sent and received as such.
pub(crate) fn forms() -> Outcome {
    let receiver = datagrams()?;
    let (hops, class) = (AncillaryData::HopLimit(7), AncillaryData::TrafficClass(16));
    if !has_kernel()? {
        return fails("over WASI", send(&receiver, &receiver, &[hops]), Errno::NotSupported);
    }
    // `SO_TIMESTAMP` has no name in the contract.
    let timestamp = SocketOption::Other(OtherOption { level: 1, name: 29 });
    for option in [SocketOption::IpReceiveTtl, SocketOption::IpReceiveTos, SocketOption::IpPacketInformation, timestamp]
    {
        turn_on(&receiver, option)?;
    }
    let sender = datagrams()?;
    send(&sender, &receiver, &[hops.clone(), class.clone(), here(0)]).done("send-message")?;
    let (times, mut forms): (Vec<_>, Vec<_>) = arrived(&receiver, NONE)?
        .into_iter()
        .partition(|one| matches!(one, AncillaryData::Timestamp(nanoseconds) if *nanoseconds > LONG));
    same("times", times.len(), 1)?;
    forms.sort_by_key(|one| format!("{one:?}"));
    // The loopback is the first interface.
    same("forms", forms, [hops, here(1), class])?;
    fails("only received", send(&sender, &receiver, &[AncillaryData::Timestamp(1)]), Errno::InvalidArgument)?;
    errors(&sender)?;
    credentials()
}

/// An error that a peer reported comes from the queue of them.
fn errors(sender: &Socket) -> Outcome {
    let gone = datagrams()?;
    let address = gone.getsockname().done("getsockname")?;
    gone.close().done("close")?;
    turn_on(sender, SocketOption::IpReceiveErrors)?;
    sender.connect(&address).done("connect")?;
    sender.send(b"x", NONE).done("send")?;
    fails("recv", sender.recv(10, NONE), Errno::ConnectionRefused)?;
    let error = ExtendedError {
        code: Some(Errno::ConnectionRefused),
        // From an ICMP message: the port is unreachable.
        origin: 2,
        icmp_type: 3,
        icmp_code: 3,
        information: 0,
        offender: Some(loopback(0)),
    };
    same("error", arrived(sender, MessageFlags::ERROR_QUEUE)?, [AncillaryData::ExtendedError(error)])
}

/// A program is its own first process, to itself.
fn credentials() -> Outcome {
    let (left, right) = pair()?;
    turn_on(&right, SocketOption::PassCredentials)?;
    let own = AncillaryData::Credentials(Credentials { pid: 1, uid: 0, gid: 0 });
    left.send_message(&[b"x".to_vec()], std::slice::from_ref(&own), &[], NONE, None).done("send-message")?;
    same("credentials", arrived(&right, NONE)?, [own])
}

/// A datagram socket with a port, none of whose calls waits for ever.
fn datagrams() -> Result<Socket, String> {
    let socket = Socket::create(AddressFamily::Inet, SocketType::Datagram, 0).done("create")?;
    socket.bind(&loopback(0)).done("bind")?;
    socket.set_timeout(Some(LONG)).done("set-timeout")?;
    Ok(socket)
}

fn send(from: &Socket, to: &Socket, ancillary: &[AncillaryData]) -> Result<u32, Error> {
    from.send_message(&[b"x".to_vec()], ancillary, &[], NONE, Some(&to.getsockname()?))
}

fn arrived(socket: &Socket, flags: MessageFlags) -> Result<Vec<AncillaryData>, String> {
    Ok(socket.recv_message(10, 256, flags).done("recv-message")?.ancillary)
}

fn here(interface: u32) -> AncillaryData {
    AncillaryData::PacketInformation(PacketInformation { address: IpAddress::Ipv4((127, 0, 0, 1)), interface })
}

fn turn_on(socket: &Socket, option: SocketOption) -> Outcome {
    socket.set_option(option, &OptionValue::Integer(1)).done("set-option")
}
