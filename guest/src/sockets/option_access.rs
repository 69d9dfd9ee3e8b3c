//! Reading and setting options.

use super::description::{Description, Endpoint};
use super::system::{SystemSocket, system_of};
use super::{Fd, Sockets};
use crate::address::{Family, Kind};
use crate::errno::Errno;
use crate::error::{Error, Result};
use crate::net::{Net, NetOption};
use crate::options::{
    IPPROTO_IP, Keeper, OptionValue, Row, Scope, SocketOption, find, row_of, time_to_bytes, unknown_to_get,
    unknown_to_set,
};
use crate::system::System;

/// What a buffer in memory holds, as Linux reports it by default.
const MEMORY_BUFFER: i32 = 212_992;

impl<N: Net> Sockets<N> {
    /// `socket.getsockopt(level, optname[, buflen])`.
    ///
    /// # Errors
    /// `ENOPROTOOPT`, `EOPNOTSUPP`: the socket has no such option.
    pub fn option(&self, fd: Fd, option: SocketOption) -> Result<OptionValue> {
        let description = self.description(fd)?;
        if let Endpoint::System(socket) = &description.endpoint {
            let row = row_of(option).ok_or(Error::from(Errno::ENOPROTOOPT))?;
            return description.system_option(self.net(), socket, row.level, row.name);
        }
        let row = description.row(option, |level| unknown_to_get(description.family, description.kind, level))?;
        description.option(self.net(), &row)
    }

    /// `socket.setsockopt(level, optname, value)`.
    ///
    /// # Errors
    /// `ENOPROTOOPT`: the socket has no such option, or it cannot be set; `EOPNOTSUPP` on `AF_UNIX`, which has no options of
    /// its own. `EINVAL`: not a value of it.
    pub fn set_option(&self, fd: Fd, option: SocketOption, value: &OptionValue) -> Result<()> {
        let description = self.description(fd)?;
        if let Endpoint::System(socket) = &description.endpoint {
            let row = row_of(option).ok_or(Error::from(Errno::ENOPROTOOPT))?;
            return description.set_system_option(self.net(), socket, (row.level, row.name), value);
        }
        let row = description.row(option, |level| unknown_to_set(description.family, level))?;
        description.set_option(self.net(), &row, value)
    }

    /// [`Sockets::option`] by Linux's numbers.
    ///
    /// # Errors
    /// As [`Sockets::option`].
    pub fn numbered_option(&self, fd: Fd, level: i32, name: i32) -> Result<OptionValue> {
        let description = self.description(fd)?;
        match &description.endpoint {
            Endpoint::System(socket) => description.system_option(self.net(), socket, level, name),
            _ => {
                let unknown = |_| unknown_to_get(description.family, description.kind, level);
                self.option(fd, find(level, name).map_err(unknown)?)
            }
        }
    }

    /// [`Sockets::set_option`] by Linux's numbers.
    ///
    /// # Errors
    /// As [`Sockets::set_option`].
    pub fn set_numbered_option(&self, fd: Fd, level: i32, name: i32, value: &OptionValue) -> Result<()> {
        let description = self.description(fd)?;
        match &description.endpoint {
            Endpoint::System(socket) => description.set_system_option(self.net(), socket, (level, name), value),
            _ => {
                let unknown = |_| unknown_to_set(description.family, level);
                self.set_option(fd, find(level, name).map_err(unknown)?, value)
            }
        }
    }
}

impl<N: Net> Description<N> {
    fn system_option(&self, net: &N, socket: &SystemSocket<N>, level: i32, name: i32) -> Result<OptionValue> {
        match kept_row(level, name) {
            Some(row) => self.option(net, &row),
            None => system_of(net)?.option(socket, level, name),
        }
    }

    fn set_system_option(
        &self,
        net: &N,
        socket: &SystemSocket<N>,
        (level, name): (i32, i32),
        value: &OptionValue,
    ) -> Result<()> {
        match kept_row(level, name) {
            Some(row) => self.set_option(net, &row, value),
            None => system_of(net)?.set_option(socket, level, name, value),
        }
    }

    fn row(&self, option: SocketOption, missing: impl Fn(i32) -> Errno) -> Result<Row> {
        let row = row_of(option).ok_or(Error::from(Errno::ENOPROTOOPT))?;
        let has = match row.scope {
            Scope::Any => true,
            Scope::Tcp => matches!(self.endpoint, Endpoint::Tcp(_)),
            Scope::Ip => self.family != Family::Unix,
            Scope::Ip6 => self.family == Family::Inet6,
        };
        if has { Ok(row) } else { Err(Error::from(missing(row.level))) }
    }

    fn option(&self, net: &N, row: &Row) -> Result<OptionValue> {
        let value = match row.keeper {
            Keeper::Time => return Ok(OptionValue::Bytes(time_to_bytes(self.time(row.option)))),
            Keeper::Flag { default } => self.kept_value(row.option).unwrap_or(default),
            Keeper::Number { default, .. } => self.kept_value(row.option).unwrap_or(default),
            Keeper::Linger => return Ok(OptionValue::Bytes(self.linger_bytes())),
            Keeper::Fixed(value) => value,
            Keeper::Empty => return Ok(OptionValue::Bytes(Vec::new())),
            Keeper::PeerCredentials => return Ok(OptionValue::Bytes(self.peer_credentials())),
            Keeper::V6Only => self.v6_only(),
            Keeper::Buffer(option) => self.buffer(net, option)?,
            Keeper::Net { option, unit, .. } => self.net_value(net, row, option, unit)?,
            Keeper::Error => return Ok(OptionValue::Error(self.take_error(net))),
            Keeper::Fact => self.fact(row.option),
        };
        Ok(OptionValue::Int(value))
    }

    fn set_option(&self, net: &N, row: &Row, value: &OptionValue) -> Result<()> {
        match row.keeper {
            Keeper::Time => return self.set_time(row.option, value),
            Keeper::Linger => return self.set_linger(value),
            Keeper::Number { taken, .. } => taken.check(self.kind)?,
            _ => {}
        }
        let value = int_of(value, row)?;
        match row.keeper {
            Keeper::Fixed(fixed) if value == fixed => Ok(()),
            Keeper::Time
            | Keeper::Linger
            | Keeper::Fact
            | Keeper::Error
            | Keeper::Fixed(_)
            | Keeper::Empty
            | Keeper::PeerCredentials => Err(Errno::ENOPROTOOPT.into()),
            Keeper::V6Only => self.set_v6_only(value != 0),
            Keeper::Flag { .. } => {
                self.keep(row.option, i32::from(value != 0));
                Ok(())
            }
            Keeper::Number { taken, .. } => {
                self.keep(row.option, taken.take(value, self.kind)?);
                Ok(())
            }
            Keeper::Buffer(option) => self.set_buffer(net, option, value),
            Keeper::Net { option, range, unit } => self.set_net_value(net, row, option, (range, unit), value),
        }
    }

    fn fact(&self, option: SocketOption) -> i32 {
        match option {
            SocketOption::Type => match self.kind {
                Kind::Stream => 1,
                Kind::Datagram => 2,
                Kind::Raw => 3,
                Kind::SequentialPacket => 5,
            },
            SocketOption::Domain => match self.family {
                Family::Unix => 1,
                Family::Inet => 2,
                Family::Inet6 => 10,
            },
            SocketOption::Protocol => self.protocol,
            SocketOption::SendLowWater => 1,
            SocketOption::AcceptConnections => match &self.endpoint {
                Endpoint::Tcp(tcp) => i32::from(tcp.is_listening()),
                Endpoint::Unix(unix) => i32::from(unix.is_listening()),
                Endpoint::Udp(_)
                | Endpoint::System(_)
                | Endpoint::Pipe(_)
                | Endpoint::Lookup(_)
                | Endpoint::File(_)
                | Endpoint::Reserved => 0,
            },
            _ => 0,
        }
    }

    fn v6_only(&self) -> i32 {
        match &self.endpoint {
            Endpoint::Tcp(tcp) => i32::from(tcp.v6_only()),
            Endpoint::Udp(_)
            | Endpoint::Unix(_)
            | Endpoint::System(_)
            | Endpoint::Pipe(_)
            | Endpoint::Lookup(_)
            | Endpoint::File(_)
            | Endpoint::Reserved => 1,
        }
    }

    fn set_v6_only(&self, v6_only: bool) -> Result<()> {
        match &self.endpoint {
            Endpoint::Tcp(tcp) => tcp.set_v6_only(v6_only),
            Endpoint::Udp(_)
            | Endpoint::Unix(_)
            | Endpoint::System(_)
            | Endpoint::Pipe(_)
            | Endpoint::Lookup(_)
            | Endpoint::File(_)
            | Endpoint::Reserved
                if v6_only =>
            {
                Ok(())
            }
            // WASI's datagrams over IPv6 carry IPv6 alone.
            Endpoint::Udp(_)
            | Endpoint::Unix(_)
            | Endpoint::System(_)
            | Endpoint::Pipe(_)
            | Endpoint::Lookup(_)
            | Endpoint::File(_)
            | Endpoint::Reserved => Err(Errno::ENOPROTOOPT.into()),
        }
    }

    fn take_error(&self, net: &N) -> Option<Errno> {
        match &self.endpoint {
            Endpoint::Tcp(tcp) => tcp.take_error(net),
            Endpoint::Udp(udp) => udp.take_error(),
            Endpoint::Unix(_)
            | Endpoint::System(_)
            | Endpoint::Pipe(_)
            | Endpoint::Lookup(_)
            | Endpoint::File(_)
            | Endpoint::Reserved => None,
        }
    }

    fn net_value(&self, net: &N, row: &Row, option: NetOption, unit: u32) -> Result<i32> {
        let value = match &self.endpoint {
            Endpoint::Tcp(tcp) => tcp.option(net, option)?,
            Endpoint::Udp(udp) if option != NetOption::KeepAlive => udp.option(net, option)?,
            Endpoint::Udp(_)
            | Endpoint::Unix(_)
            | Endpoint::System(_)
            | Endpoint::Pipe(_)
            | Endpoint::Lookup(_)
            | Endpoint::File(_)
            | Endpoint::Reserved => {
                return Ok(self.kept_value(row.option).unwrap_or(0));
            }
        };
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
        match &self.endpoint {
            Endpoint::Tcp(tcp) => tcp.set_option(net, option, scaled),
            Endpoint::Udp(udp) if option != NetOption::KeepAlive => udp.set_option(net, option, scaled),
            Endpoint::Udp(_)
            | Endpoint::Unix(_)
            | Endpoint::System(_)
            | Endpoint::Pipe(_)
            | Endpoint::Lookup(_)
            | Endpoint::File(_)
            | Endpoint::Reserved => {
                self.keep(row.option, value);
                Ok(())
            }
        }
    }

    fn buffer(&self, net: &N, option: NetOption) -> Result<i32> {
        let bytes = match &self.endpoint {
            Endpoint::Tcp(tcp) => tcp.option(net, option)?,
            Endpoint::Udp(udp) => udp.option(net, option)?,
            Endpoint::Unix(_)
            | Endpoint::System(_)
            | Endpoint::Pipe(_)
            | Endpoint::Lookup(_)
            | Endpoint::File(_)
            | Endpoint::Reserved => {
                return Ok(MEMORY_BUFFER);
            }
        };
        // Linux reads back the double of what was set: it counts its own overhead in.
        Ok(i32::try_from(bytes.saturating_mul(2)).unwrap_or(i32::MAX))
    }

    fn set_buffer(&self, net: &N, option: NetOption, value: i32) -> Result<()> {
        let bytes = u64::try_from(value).unwrap_or(u64::from(u32::MAX >> 1)).max(1);
        match &self.endpoint {
            Endpoint::Tcp(tcp) => tcp.set_option(net, option, bytes),
            Endpoint::Udp(udp) => udp.set_option(net, option, bytes),
            Endpoint::Unix(_)
            | Endpoint::System(_)
            | Endpoint::Pipe(_)
            | Endpoint::Lookup(_)
            | Endpoint::File(_)
            | Endpoint::Reserved => Ok(()),
        }
    }
}

/// The row of an option that is kept here even where an operating system has the socket: limits in time are deadlines.
fn kept_row(level: i32, name: i32) -> Option<Row> {
    let row = find(level, name).ok().and_then(row_of)?;
    (row.keeper == Keeper::Time).then_some(row)
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
