//! Reading and setting options.

use super::description::{Attributes, Description};
use super::endpoint::Endpoint;
use super::stack::Stack;
use super::{Fd, Sockets};
use crate::address::{Family, Kind};
use crate::errno::Errno;
use crate::error::Result;
use crate::net::{NetOption, Network};
use crate::options::{
    IPPROTO_IP, OptionValue, Row, Scope, SocketOption, Storage, numbered, row_of, time_to_bytes, unknown_to_get,
    unknown_to_set,
};

/// What a buffer in memory holds, as Linux reports it by default.
const MEMORY_BUFFER: i32 = 212_992;

impl<N: Network> Sockets<N> {
    /// `socket.getsockopt(level, optname[, buflen])`.
    ///
    /// # Errors
    /// `ENOPROTOOPT`, `EOPNOTSUPP`: the socket has no such option.
    pub fn option(&self, fd: Fd, option: SocketOption) -> Result<OptionValue> {
        let row = row_of(option).ok_or(Errno::ENOPROTOOPT)?;
        self.numbered_option(fd, row.level, row.name)
    }

    /// `socket.setsockopt(level, optname, value)`.
    ///
    /// # Errors
    /// `ENOPROTOOPT`: the socket has no such option, or it cannot be set; `EOPNOTSUPP` on `AF_UNIX`, which has no options of
    /// its own. `EINVAL`: not a value of it.
    pub fn set_option(&self, fd: Fd, option: SocketOption, value: &OptionValue) -> Result<()> {
        let row = row_of(option).ok_or(Errno::ENOPROTOOPT)?;
        self.set_numbered_option(fd, row.level, row.name, value)
    }

    /// [`Sockets::option`] by Linux's numbers.
    ///
    /// # Errors
    /// As [`Sockets::option`].
    pub fn numbered_option(&self, fd: Fd, level: i32, name: i32) -> Result<OptionValue> {
        let socket = self.description(fd)?;
        if N::Stack::IS_KERNEL
            && kept_row(level, name).is_none()
            && let Some(answer) = socket.endpoint.kernel_option(&self.net, level, name)
        {
            return answer;
        }
        let row = numbered(level, name).filter(|row| socket.has(row));
        if row.is_some_and(|row| row.storage == Storage::Error)
            && let Some(error) = self.take_deferred(fd)
        {
            return Ok(OptionValue::Error(Some(error.errno().unwrap_or(Errno::EIO))));
        }
        let Attributes { family, kind, .. } = socket.attributes;
        socket.option(&self.net, &row.ok_or_else(|| unknown_to_get(family, kind, level))?)
    }

    /// [`Sockets::set_option`] by Linux's numbers.
    ///
    /// # Errors
    /// As [`Sockets::set_option`].
    pub fn set_numbered_option(&self, fd: Fd, level: i32, name: i32, value: &OptionValue) -> Result<()> {
        let socket = self.description(fd)?;
        self.forget_eligible(fd);
        if N::Stack::IS_KERNEL
            && kept_row(level, name).is_none()
            && let Some(answer) = socket.endpoint.set_kernel_option(&self.net, level, name, value)
        {
            return answer;
        }
        let row = numbered(level, name).filter(|row| socket.has(row));
        socket.set_option(&self.net, &row.ok_or_else(|| unknown_to_set(socket.attributes.family, level))?, value)
    }
}

impl<N: Network> Description<N> {
    fn has(&self, row: &Row) -> bool {
        let Attributes { family, kind, .. } = self.attributes;
        match row.scope {
            Scope::Any => true,
            Scope::Tcp => family != Family::Unix && kind == Kind::Stream,
            Scope::Ip => family != Family::Unix,
            Scope::Ip6 => family == Family::Inet6,
        }
    }

    pub(super) fn option(&self, net: &N, row: &Row) -> Result<OptionValue> {
        let value = match row.storage {
            Storage::Time => return Ok(OptionValue::Bytes(time_to_bytes(self.attributes.time(row.option)))),
            Storage::Flag { default } => self.attributes.kept_value(row.option).unwrap_or(default),
            Storage::Number { default, .. } => self.attributes.kept_value(row.option).unwrap_or(default),
            Storage::Linger => return Ok(OptionValue::Bytes(self.attributes.linger_bytes())),
            Storage::Fixed(value) => value,
            Storage::Empty => return Ok(OptionValue::Bytes(Vec::new())),
            Storage::PeerCredentials => return Ok(OptionValue::Bytes(self.peer_credentials())),
            Storage::V6Only => i32::from(self.endpoint.v6_only()),
            Storage::Buffer(option) => self.buffer(net, option)?,
            Storage::Net { option, unit, .. } => self.net_value(net, row, option, unit)?,
            Storage::Error => return Ok(OptionValue::Error(self.endpoint.take_error(net))),
            Storage::ReadOnly => self.fact(row.option),
        };
        Ok(OptionValue::Int(value))
    }

    fn set_option(&self, net: &N, row: &Row, value: &OptionValue) -> Result<()> {
        match row.storage {
            Storage::Time => return self.attributes.set_time(row.option, value),
            Storage::Linger => return self.attributes.set_linger(value),
            Storage::Number { taken, .. } => taken.check(self.attributes.kind)?,
            _ => {}
        }
        let value = int_of(value, row)?;
        match row.storage {
            Storage::Fixed(fixed) if value == fixed => Ok(()),
            Storage::Time
            | Storage::Linger
            | Storage::ReadOnly
            | Storage::Error
            | Storage::Fixed(_)
            | Storage::Empty
            | Storage::PeerCredentials => Err(Errno::ENOPROTOOPT.into()),
            Storage::V6Only => self.endpoint.set_v6_only(value != 0),
            Storage::Flag { .. } => {
                self.attributes.keep(row.option, i32::from(value != 0));
                Ok(())
            }
            Storage::Number { taken, .. } => {
                self.attributes.keep(row.option, taken.take(value, self.attributes.kind)?);
                Ok(())
            }
            Storage::Buffer(option) => self.set_buffer(net, option, value),
            Storage::Net { option, range, unit } => self.set_net_value(net, row, option, (range, unit), value),
        }
    }

    fn fact(&self, option: SocketOption) -> i32 {
        match option {
            SocketOption::Type => match self.attributes.kind {
                Kind::Stream => 1,
                Kind::Datagram => 2,
                Kind::Raw => 3,
                Kind::SequentialPacket => 5,
            },
            SocketOption::Domain => match self.attributes.family {
                Family::Unix => 1,
                Family::Inet => 2,
                Family::Inet6 => 10,
            },
            SocketOption::Protocol => self.attributes.protocol,
            SocketOption::SendLowWater => 1,
            SocketOption::AcceptConnections => i32::from(self.endpoint.is_listening()),
            _ => 0,
        }
    }

    fn net_value(&self, net: &N, row: &Row, option: NetOption, unit: u32) -> Result<i32> {
        let Some(value) = self.endpoint.network_option(net, option) else {
            return Ok(self.attributes.kept_value(row.option).unwrap_or(0));
        };
        let value = value?;
        Ok(i32::try_from(value / u64::from(unit)).unwrap_or(i32::MAX))
    }

    fn set_net_value(
        &self,
        net: &N,
        row: &Row,
        option: NetOption,
        (range, unit): ((i32, i32), u32),
        value: i32,
    ) -> Result<()> {
        let value = match option {
            NetOption::KeepAlive => i32::from(value != 0),
            // -1 asks for the default, which is 64 on Linux.
            NetOption::HopLimit if value == -1 => 64,
            _ => value,
        };
        if value < range.0 || value > range.1 {
            return Err(Errno::EINVAL.into());
        }
        let scaled = u64::from(value.unsigned_abs()) * u64::from(unit);
        self.endpoint.set_network_option(net, option, scaled).unwrap_or_else(|| {
            self.attributes.keep(row.option, value);
            Ok(())
        })
    }

    fn buffer(&self, net: &N, option: NetOption) -> Result<i32> {
        let Some(bytes) = self.endpoint.network_option(net, option) else { return Ok(MEMORY_BUFFER) };
        // Linux reads back the double of what was set: it counts its own overhead in.
        Ok(i32::try_from(bytes?.saturating_mul(2)).unwrap_or(i32::MAX))
    }

    fn set_buffer(&self, net: &N, option: NetOption, value: i32) -> Result<()> {
        let bytes = u64::try_from(value).unwrap_or(u64::from(u32::MAX >> 1)).max(1);
        self.endpoint.set_network_option(net, option, bytes).unwrap_or(Ok(()))
    }

    /// `struct ucred`: process, user and group. The peer of a socket in memory is this program itself.
    fn peer_credentials(&self) -> Vec<u8> {
        let ours = self.endpoint.is_connected_here();
        let identities = if ours { [1, 0, 0] } else { [0, -1, -1] };
        identities.map(i32::to_le_bytes).concat()
    }
}

/// The row of an option that is kept here even where an operating system has the socket: limits in time are deadlines.
fn kept_row(level: i32, name: i32) -> Option<Row> {
    numbered(level, name).filter(|row| row.storage == Storage::Time)
}

/// The C `int` at the start of a value, as the kernel reads it; for options of IPv4 a single byte will do, and for some of
/// them none.
fn int_of(value: &OptionValue, row: &Row) -> Result<i32> {
    let level = row.level;
    match value {
        OptionValue::Int(value) => Ok(*value),
        OptionValue::Bytes(bytes)
            if bytes.is_empty()
                && matches!(row.option, SocketOption::TypeOfService | SocketOption::BindAddressNoPort) =>
        {
            Ok(0)
        }
        OptionValue::Bytes(bytes) if level == IPPROTO_IP && (1..4).contains(&bytes.len()) => {
            Ok(bytes.first().copied().map_or(0, i32::from))
        }
        OptionValue::Bytes(bytes) => {
            let first: [u8; 4] = bytes.get(..4).and_then(|first| first.try_into().ok()).ok_or(Errno::EINVAL)?;
            Ok(i32::from_le_bytes(first))
        }
        OptionValue::Error(_) => Err(Errno::EINVAL.into()),
    }
}
