//! Options.

use crate::check::{Done as _, Outcome, fails, same};
use crate::sockets::Socket;
use crate::tcp;
use crate::types::{
    AddressFamily, Errno, IpAddress, Membership, MulticastInterface, OptionValue, OtherOption, SocketOption, SocketType,
};

pub(crate) fn kept() -> Outcome {
    let socket = tcp::open()?;
    for (option, value) in [
        (SocketOption::TcpNoDelay, OptionValue::Integer(1)),
        (SocketOption::KeepAlive, OptionValue::Integer(1)),
        (SocketOption::IpTtl, OptionValue::Integer(7)),
        (SocketOption::ReceiveTimeout, OptionValue::Time(Some(1_500_000_000))),
        (SocketOption::ReceiveTimeout, OptionValue::Time(None)),
        (SocketOption::Linger, OptionValue::Linger(Some(3))),
        (SocketOption::Linger, OptionValue::Linger(None)),
        (SocketOption::ReusePort, OptionValue::Integer(1)),
        (SocketOption::Broadcast, OptionValue::Integer(1)),
        (SocketOption::IpTos, OptionValue::Integer(16)),
        (SocketOption::TcpUserTimeout, OptionValue::Integer(7000)),
        (SocketOption::Other(OtherOption { level: 6, name: 18 }), OptionValue::Integer(8000)),
    ] {
        socket.set_option(option, &value).done("set-option")?;
        same("what was set", socket.get_option(option).done("get-option")?, value)?;
    }
    numbers(&socket)?;
    let listens = |socket: &Socket| socket.get_option(SocketOption::AcceptConnections);
    same("does not listen", listens(&socket).done("get-option")?, OptionValue::Integer(0))?;
    same("listens", listens(&tcp::listener()?.0).done("get-option")?, OptionValue::Integer(1))?;
    let seconds = OptionValue::Linger(Some(0));
    match has_kernel()? {
        true => of_a_kernel(&socket)?,
        false => fails("no kernel", socket.get_option(SocketOption::TcpInformation), Errno::NoSuchOption)?,
    }
    fails("not a value of it", socket.set_option(SocketOption::TcpNoDelay, &seconds), Errno::InvalidArgument)?;
    fails("only to be read", socket.set_option(SocketOption::Error, &OptionValue::Integer(0)), Errno::NoSuchOption)
}

/// Values of each form come back as they were set.
fn of_a_kernel(stream: &Socket) -> Outcome {
    let datagrams = Socket::create(AddressFamily::Inet, SocketType::Datagram, 0).done("create")?;
    let interface = MulticastInterface::Address((127, 0, 0, 1));
    let chosen = OptionValue::MulticastInterface(interface);
    datagrams.set_option(SocketOption::IpMulticastInterface, &chosen).done("set-option")?;
    let read = datagrams.get_option(SocketOption::IpMulticastInterface).done("get-option")?;
    same("what was set", read, chosen)?;
    let algorithm = stream.get_option(SocketOption::TcpCongestion).done("get-option")?;
    same("a name", matches!(&algorithm, OptionValue::Text(name) if !name.is_empty()), true)?;
    stream.set_option(SocketOption::TcpCongestion, &algorithm).done("set-option")?;
    let group =
        |group, source| OptionValue::Membership(Membership { group: IpAddress::Ipv4(group), interface, source });
    let (join, leave) = (SocketOption::IpAddMembership, SocketOption::IpDropMembership);
    datagrams.set_option(join, &group((239, 1, 2, 3), None)).done("join")?;
    datagrams.set_option(leave, &group((239, 1, 2, 3), None)).done("leave")?;
    fails("not there", datagrams.set_option(leave, &group((239, 1, 2, 3), None)), Errno::AddressNotAvailable)
}

/// Whether sockets are the operating system's: it keeps `SO_DEBUG` to those with privileges.
pub(crate) fn has_kernel() -> Result<bool, String> {
    Ok(tcp::open()?.set_option(SocketOption::Debug, &OptionValue::Integer(1)).is_err())
}

/// By Linux's numbers: `SO_TYPE` of `SOL_SOCKET` and `TCP_NODELAY` of `IPPROTO_TCP`.
fn numbers(socket: &Socket) -> Outcome {
    let other = |level, name| SocketOption::Other(OtherOption { level, name });
    same("SO_TYPE", socket.get_option(other(1, 3)).done("get-option")?, OptionValue::Integer(1))?;
    same("TCP_NODELAY", socket.get_option(other(6, 1)).done("get-option")?, OptionValue::Integer(1))?;
    fails("no such level", socket.get_option(other(99, 3)), Errno::NotSupported)?;
    fails("no such level to set", socket.set_option(other(99, 3), &OptionValue::Integer(0)), Errno::NoSuchOption)?;
    fails("no such option", socket.get_option(other(1, 9999)), Errno::NoSuchOption)
}
