//! Options.

use crate::check::{Done as _, Outcome, fails, same};
use crate::sockets::Socket;
use crate::tcp;
use crate::types::{Errno, OptionValue, OtherOption, SocketOption};

pub(crate) fn kept() -> Outcome {
    let socket = tcp::open()?;
    for (option, value) in [
        (SocketOption::TcpNoDelay, OptionValue::Integer(1)),
        (SocketOption::KeepAlive, OptionValue::Integer(1)),
        (SocketOption::IpTtl, OptionValue::Integer(7)),
        (SocketOption::ReceiveTimeout, OptionValue::Time(Some(1_500_000_000))),
        (SocketOption::ReceiveTimeout, OptionValue::Time(None)),
    ] {
        socket.set_option(option, &value).done("set-option")?;
        same("what was set", socket.get_option(option).done("get-option")?, value)?;
    }
    numbers(&socket)?;
    let listens = |socket: &Socket| socket.get_option(SocketOption::AcceptConnections);
    same("does not listen", listens(&socket).done("get-option")?, OptionValue::Integer(0))?;
    same("listens", listens(&tcp::listener()?.0).done("get-option")?, OptionValue::Integer(1))?;
    let seconds = OptionValue::Linger(Some(0));
    fails("not by this name", socket.set_option(SocketOption::Linger, &seconds), Errno::NoSuchOption)?;
    fails("not a value of it", socket.set_option(SocketOption::TcpNoDelay, &seconds), Errno::InvalidArgument)?;
    fails("only to be read", socket.set_option(SocketOption::Error, &OptionValue::Integer(0)), Errno::NoSuchOption)
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
