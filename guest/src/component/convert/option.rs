//! Socket options and their values.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use super::super::contract::types::{Membership, MulticastInterface, OptionValue, SocketOption};
use super::address::{ip_to_core, ipv4_from_core, ipv4_to_core};
use super::error::errno_from_core;
use super::option_numbers::numbers;
use crate::errno::Errno;
use crate::options::{self, find, time_from_bytes, time_to_bytes};

/// The value to set an option to, in the bytes of 64-bit Linux where it is no integer.
pub(in super::super) fn value_to_core(
    option: &SocketOption,
    value: OptionValue,
) -> Result<options::OptionValue, Errno> {
    let numbers = numbers(option);
    let bytes = match (form(numbers), value) {
        (_, OptionValue::Integer(value)) => return Ok(options::OptionValue::Int(value)),
        (_, OptionValue::Time(limit)) => time_to_bytes(limit.map(Duration::from_nanos)),
        (_, OptionValue::Bytes(bytes)) if bytes.len() <= MAX_VALUE => bytes,
        (Form::Linger, OptionValue::Linger(seconds)) => linger_to_bytes(seconds),
        (Form::Text, OptionValue::Text(text)) if text.len() <= MAX_VALUE => text.into_bytes(),
        (Form::Group | Form::Group6, OptionValue::Membership(membership)) => group_to_bytes(membership)?,
        (Form::Interface, OptionValue::MulticastInterface(interface)) => {
            [vec![0; 4], interface_to_bytes(interface)].concat()
        }
        (Form::Interface6, OptionValue::MulticastInterface(interface)) => index(interface)?.to_le_bytes().to_vec(),
        (
            _,
            OptionValue::Bytes(_)
            | OptionValue::Error(_)
            | OptionValue::Linger(_)
            | OptionValue::Text(_)
            | OptionValue::Membership(_)
            | OptionValue::MulticastInterface(_),
        ) => return Err(if is_known(numbers) { Errno::EINVAL } else { Errno::ENOPROTOOPT }),
    };
    Ok(options::OptionValue::Bytes(bytes))
}

/// The value that was read of an option.
pub(in super::super) fn value_from_core(
    option: &SocketOption,
    value: options::OptionValue,
) -> Result<OptionValue, Errno> {
    let bytes = match value {
        options::OptionValue::Int(value) => return Ok(OptionValue::Integer(value)),
        options::OptionValue::Error(error) => return Ok(OptionValue::Error(error.map(errno_from_core))),
        options::OptionValue::Bytes(bytes) => bytes,
    };
    let integer = |at: usize| bytes.get(at..)?.first_chunk().map(|bytes| i32::from_le_bytes(*bytes));
    Ok(match (form(numbers(option)), bytes.len()) {
        (Form::Time, _) => {
            let limit = time_from_bytes(&bytes)?;
            OptionValue::Time(limit.map(|limit| u64::try_from(limit.as_nanos()).unwrap_or(u64::MAX)))
        }
        (Form::Linger, _) => {
            let seconds = u32::try_from(integer(4).unwrap_or(0)).unwrap_or(0);
            OptionValue::Linger((integer(0).unwrap_or(0) != 0).then_some(seconds))
        }
        (Form::Text, _) => {
            let name = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
            OptionValue::Text(String::from_utf8_lossy(name).into_owned())
        }
        (Form::Interface, 4) => {
            let address = bytes.first_chunk::<4>().map_or(Ipv4Addr::UNSPECIFIED, |bytes| Ipv4Addr::from(*bytes));
            let is_default = address.is_unspecified();
            OptionValue::MulticastInterface(match is_default {
                true => MulticastInterface::Default,
                false => MulticastInterface::Address(ipv4_from_core(address)),
            })
        }
        (Form::Interface6, 4) => OptionValue::MulticastInterface(match integer(0).unwrap_or(0).cast_unsigned() {
            0 => MulticastInterface::Default,
            index => MulticastInterface::Index(index),
        }),
        // A kernel answers in bytes for integers, too.
        (_, 4) => OptionValue::Integer(integer(0).unwrap_or(0)),
        (_, _) => OptionValue::Bytes(bytes),
    })
}

/// The values that are neither integers nor bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Plain,
    Time,
    Linger,
    Text,
    Group,
    Group6,
    Interface,
    Interface6,
}

/// Whether there is such an option, as far as can be known here: a kernel may have any.
fn is_known((level, name): (i32, i32)) -> bool {
    cfg!(feature = "host") || !matches!(find(level, name), Err(_) | Ok(options::SocketOption::Fixed(..)))
}

fn form(numbers: (i32, i32)) -> Form {
    use options::SocketOption::{ReceiveTimeout, SendTimeout};
    if matches!(find(numbers.0, numbers.1), Ok(ReceiveTimeout | SendTimeout)) {
        return Form::Time;
    }
    match numbers {
        LINGER => return Form::Linger,
        BIND_TO_DEVICE => return Form::Text,
        _ => {}
    }
    if !cfg!(feature = "host") {
        // WASI has no option with another one, and this need not be carried everywhere.
        return Form::Plain;
    }
    match numbers {
        TCP_CONGESTION => Form::Text,
        ADD_MEMBERSHIP | DROP_MEMBERSHIP | ADD_SOURCE | DROP_SOURCE | BLOCK_SOURCE | UNBLOCK_SOURCE => Form::Group,
        JOIN_GROUP | LEAVE_GROUP => Form::Group6,
        IP_INTERFACE => Form::Interface,
        IPV6_INTERFACE => Form::Interface6,
        _ => Form::Plain,
    }
}

/// `struct linger`.
fn linger_to_bytes(seconds: Option<u32>) -> Vec<u8> {
    let on = i32::from(seconds.is_some());
    let seconds = i32::try_from(seconds.unwrap_or(0)).unwrap_or(i32::MAX);
    [on, seconds].map(i32::to_le_bytes).concat()
}

/// `struct ip_mreqn`, `struct ip_mreq_source` or `struct ipv6_mreq`.
fn group_to_bytes(membership: Membership) -> Result<Vec<u8>, Errno> {
    let Membership { group, interface, source } = membership;
    match (ip_to_core(group), source.map(ip_to_core)) {
        (IpAddr::V4(group), None) => Ok([group.octets().to_vec(), interface_to_bytes(interface)].concat()),
        (IpAddr::V4(group), Some(IpAddr::V4(source))) => {
            // This structure knows interfaces by address alone.
            let interface = match interface {
                MulticastInterface::Default => Ipv4Addr::UNSPECIFIED,
                MulticastInterface::Address(address) => ipv4_to_core(address),
                MulticastInterface::Index(_) => return Err(Errno::EINVAL),
            };
            Ok([group, interface, source].map(|address| address.octets()).concat())
        }
        (IpAddr::V6(group), None) => Ok([&group.octets()[..], &index(interface)?.to_le_bytes()].concat()),
        (IpAddr::V4(_) | IpAddr::V6(_), Some(_)) => Err(Errno::EINVAL),
    }
}

/// `imr_address` and `imr_ifindex` of `struct ip_mreqn`.
fn interface_to_bytes(interface: MulticastInterface) -> Vec<u8> {
    let (address, index) = match interface {
        MulticastInterface::Default => (Ipv4Addr::UNSPECIFIED, 0),
        MulticastInterface::Address(address) => (ipv4_to_core(address), 0),
        MulticastInterface::Index(index) => (Ipv4Addr::UNSPECIFIED, index),
    };
    [address.octets(), index.to_le_bytes()].concat()
}

fn index(interface: MulticastInterface) -> Result<u32, Errno> {
    match interface {
        MulticastInterface::Default => Ok(0),
        MulticastInterface::Index(index) => Ok(index),
        MulticastInterface::Address(_) => Err(Errno::EINVAL),
    }
}

/// As many bytes as Python lets an option have.
const MAX_VALUE: usize = 1024;

// Options whose value is a structure.
const LINGER: (i32, i32) = numbers(&SocketOption::Linger);
const BIND_TO_DEVICE: (i32, i32) = numbers(&SocketOption::BindToDevice);
const TCP_CONGESTION: (i32, i32) = numbers(&SocketOption::TcpCongestion);
const ADD_MEMBERSHIP: (i32, i32) = numbers(&SocketOption::IpAddMembership);
const DROP_MEMBERSHIP: (i32, i32) = numbers(&SocketOption::IpDropMembership);
const ADD_SOURCE: (i32, i32) = numbers(&SocketOption::IpAddSourceMembership);
const DROP_SOURCE: (i32, i32) = numbers(&SocketOption::IpDropSourceMembership);
const BLOCK_SOURCE: (i32, i32) = numbers(&SocketOption::IpBlockSource);
const UNBLOCK_SOURCE: (i32, i32) = numbers(&SocketOption::IpUnblockSource);
const JOIN_GROUP: (i32, i32) = numbers(&SocketOption::Ipv6JoinGroup);
const LEAVE_GROUP: (i32, i32) = numbers(&SocketOption::Ipv6LeaveGroup);
const IP_INTERFACE: (i32, i32) = numbers(&SocketOption::IpMulticastInterface);
const IPV6_INTERFACE: (i32, i32) = numbers(&SocketOption::Ipv6MulticastInterface);
