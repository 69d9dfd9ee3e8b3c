//! Socket options and their values.

use std::time::Duration;

use super::super::contract::types::{OptionValue, OtherOption, SocketOption};
use super::error::errno_from_core;
use crate::errno::Errno;
use crate::options::{self, find, time_from_bytes, time_to_bytes};

/// An option of the contract in the core, by name or by Linux's numbers. `unknown` says what it means at a level that
/// there is none.
pub(in super::super) fn option_to_core(
    option: &SocketOption,
    unknown: impl FnOnce(i32) -> Errno,
) -> Result<options::SocketOption, Errno> {
    match option {
        SocketOption::Other(OtherOption { level, name }) => find(*level, *name).map_err(|_| unknown(*level)),
        named => known(named).ok_or(Errno::ENOPROTOOPT),
    }
}

/// The value to set `option` to.
pub(in super::super) fn value_to_core(value: OptionValue) -> Result<options::OptionValue, Errno> {
    match value {
        OptionValue::Integer(value) => Ok(options::OptionValue::Int(value)),
        OptionValue::Time(limit) => Ok(options::OptionValue::Bytes(time_to_bytes(limit.map(Duration::from_nanos)))),
        OptionValue::Bytes(bytes) if bytes.len() <= MAX_VALUE => Ok(options::OptionValue::Bytes(bytes)),
        OptionValue::Bytes(_)
        | OptionValue::Error(_)
        | OptionValue::Linger(_)
        | OptionValue::Text(_)
        | OptionValue::Membership(_)
        | OptionValue::MulticastInterface(_) => Err(Errno::EINVAL),
    }
}

/// The value that was read of `option`.
pub(in super::super) fn value_from_core(
    option: options::SocketOption,
    value: options::OptionValue,
) -> Result<OptionValue, Errno> {
    let is_time = matches!(option, options::SocketOption::ReceiveTimeout | options::SocketOption::SendTimeout);
    match value {
        options::OptionValue::Int(value) => Ok(OptionValue::Integer(value)),
        options::OptionValue::Error(error) => Ok(OptionValue::Error(error.map(errno_from_core))),
        options::OptionValue::Bytes(bytes) if is_time => {
            let limit = time_from_bytes(&bytes)?;
            Ok(OptionValue::Time(limit.map(|limit| u64::try_from(limit.as_nanos()).unwrap_or(u64::MAX))))
        }
        // A kernel answers in bytes; all options that have a name here but those two are integers.
        options::OptionValue::Bytes(bytes) => match bytes[..].try_into() {
            Ok(integer) => Ok(OptionValue::Integer(i32::from_le_bytes(integer))),
            Err(_) => Ok(OptionValue::Bytes(bytes)),
        },
    }
}

/// The options that need no more than WASI and memory.
fn known(option: &SocketOption) -> Option<options::SocketOption> {
    Some(match option {
        SocketOption::AcceptConnections => options::SocketOption::AcceptConnections,
        SocketOption::Debug => options::SocketOption::Debug,
        SocketOption::Domain => options::SocketOption::Domain,
        SocketOption::Error => options::SocketOption::Error,
        SocketOption::KeepAlive => options::SocketOption::KeepAlive,
        SocketOption::OutOfBandInline => options::SocketOption::OutOfBandInline,
        SocketOption::Protocol => options::SocketOption::Protocol,
        SocketOption::ReceiveBuffer => options::SocketOption::ReceiveBuffer,
        SocketOption::ReceiveLowWater => options::SocketOption::ReceiveLowWater,
        SocketOption::ReceiveTimeout => options::SocketOption::ReceiveTimeout,
        SocketOption::ReuseAddress => options::SocketOption::ReuseAddress,
        SocketOption::SendBuffer => options::SocketOption::SendBuffer,
        SocketOption::SendLowWater => options::SocketOption::SendLowWater,
        SocketOption::SendTimeout => options::SocketOption::SendTimeout,
        SocketOption::Type => options::SocketOption::Type,
        SocketOption::IpTtl => options::SocketOption::TimeToLive,
        SocketOption::Ipv6UnicastHops => options::SocketOption::UnicastHops,
        SocketOption::Ipv6V6only => options::SocketOption::V6Only,
        SocketOption::TcpKeepCount => options::SocketOption::KeepCount,
        SocketOption::TcpKeepIdle => options::SocketOption::KeepIdle,
        SocketOption::TcpKeepInterval => options::SocketOption::KeepInterval,
        SocketOption::TcpNoDelay => options::SocketOption::NoDelay,
        // All others need a kernel that is asked directly: they are the host's.
        _ => return None,
    })
}

/// As many bytes as Python lets an option have.
const MAX_VALUE: usize = 1024;
