//! Options: read, set, read back.

use wasocket::address::{Family, Kind};
use wasocket::errno::Errno::*;
use wasocket::options::{OptionValue, SocketOption};
use wasocket::sockets::Fd;

use crate::scripted::{Program, os, program};

/// One line an option: its first value, one that is set, and what is read back.
macro_rules! test_option {
    ($name:ident, $option:expr, $first:expr, $set:expr, $back:expr) => {
        #[test]
        fn $name() {
            let program = program();
            let fd = program.tcp();
            assert_eq!(get(&program, fd, $option), Ok(OptionValue::Int($first)));
            assert_eq!(set(&program, fd, $option, $set), Ok(()));
            assert_eq!(get(&program, fd, $option), Ok(OptionValue::Int($back)));
        }
    };
}

fn get(program: &Program, fd: Fd, option: SocketOption) -> wasocket::Result<OptionValue> {
    program.sockets.option(fd, option)
}

fn set(program: &Program, fd: Fd, option: SocketOption, value: i32) -> wasocket::Result<()> {
    program.sockets.set_option(fd, option, &OptionValue::Int(value))
}

test_option!(reuse_address, SocketOption::ReuseAddress, 0, 7, 1);
test_option!(no_delay, SocketOption::NoDelay, 0, 5, 1);
test_option!(keep_alive, SocketOption::KeepAlive, 0, 2, 1);
test_option!(keep_idle, SocketOption::KeepIdle, 0, 60, 60);
test_option!(keep_interval, SocketOption::KeepInterval, 0, 75, 75);
test_option!(keep_count, SocketOption::KeepCount, 0, 9, 9);
test_option!(time_to_live, SocketOption::TimeToLive, 0, 33, 33);
test_option!(the_default_time_to_live, SocketOption::TimeToLive, 0, -1, 64);
test_option!(out_of_band_inline, SocketOption::OutOfBandInline, 0, 1, 1);
test_option!(receive_low_water, SocketOption::ReceiveLowWater, 1, 8, 8);
test_option!(send_buffer_reads_back_doubled, SocketOption::SendBuffer, 0, 4096, 8192);
test_option!(receive_buffer_reads_back_doubled, SocketOption::ReceiveBuffer, 0, 4096, 8192);

#[test]
fn values_out_of_range_are_invalid() {
    let program = program();
    let fd = program.tcp();
    for (option, value) in [
        (SocketOption::KeepIdle, 0),
        (SocketOption::KeepIdle, 40_000),
        (SocketOption::KeepCount, 128),
        (SocketOption::TimeToLive, 0),
        (SocketOption::TimeToLive, 256),
    ] {
        assert_eq!(set(&program, fd, option, value), os(EINVAL), "{option:?} {value}");
    }
}

#[test]
fn facts_can_be_read_and_not_set() {
    let program = program();
    let fd = program.tcp();
    assert_eq!(get(&program, fd, SocketOption::Type), Ok(OptionValue::Int(1)));
    assert_eq!(get(&program, fd, SocketOption::Protocol), Ok(OptionValue::Int(6)));
    assert_eq!(get(&program, fd, SocketOption::Domain), Ok(OptionValue::Int(2)));
    assert_eq!(get(&program, fd, SocketOption::AcceptConnections), Ok(OptionValue::Int(0)));
    assert_eq!(set(&program, fd, SocketOption::Type, 1), os(ENOPROTOOPT));
    assert_eq!(set(&program, fd, SocketOption::Error, 1), os(ENOPROTOOPT));
    let listening = program.listening();
    assert_eq!(get(&program, listening, SocketOption::AcceptConnections), Ok(OptionValue::Int(1)));
}

#[test]
fn an_option_of_another_kind_of_socket_is_not_there() {
    let program = program();
    let udp = program.udp();
    assert_eq!(get(&program, udp, SocketOption::NoDelay), os(EOPNOTSUPP));
    assert_eq!(set(&program, udp, SocketOption::NoDelay, 1), os(ENOPROTOOPT));
    let tcp = program.tcp();
    assert_eq!(get(&program, tcp, SocketOption::V6Only), os(EOPNOTSUPP));
    assert_eq!(set(&program, tcp, SocketOption::V6Only, 1), os(ENOPROTOOPT));
}

#[test]
fn ipv6_only_is_off_until_it_is_set_and_always_on_for_datagrams() {
    let program = program();
    let fd = program.sockets.socket(Family::Inet6, Kind::Stream, 0).unwrap();
    assert_eq!(get(&program, fd, SocketOption::V6Only), Ok(OptionValue::Int(0)));
    assert_eq!(set(&program, fd, SocketOption::V6Only, 1), Ok(()));
    assert_eq!(get(&program, fd, SocketOption::V6Only), Ok(OptionValue::Int(1)));
    let datagrams = program.sockets.socket(Family::Inet6, Kind::Datagram, 0).unwrap();
    assert_eq!(get(&program, datagrams, SocketOption::V6Only), Ok(OptionValue::Int(1)));
    assert_eq!(set(&program, datagrams, SocketOption::V6Only, 1), Ok(()));
    assert_eq!(set(&program, datagrams, SocketOption::V6Only, 0), os(ENOPROTOOPT));
}

#[test]
fn a_structure_is_read_as_the_int_at_its_start() {
    let program = program();
    let fd = program.tcp();
    let bytes = OptionValue::Bytes(vec![1, 0, 0, 0, 9]);
    assert_eq!(program.sockets.set_option(fd, SocketOption::NoDelay, &bytes), Ok(()));
    assert_eq!(get(&program, fd, SocketOption::NoDelay), Ok(OptionValue::Int(1)));
    let short = OptionValue::Bytes(vec![1]);
    assert_eq!(program.sockets.set_option(fd, SocketOption::NoDelay, &short), os(EINVAL));
}
