//! Options: read, set, read back.

use wasocket::address::{Family, Kind};
use wasocket::errno::Errno::*;
use wasocket::options::{IPPROTO_IP, OptionValue, SocketOption};
use wasocket::sockets::Fd;
use wasocket::time::Timeout::Blocking;

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

test_option!(reuse_port, SocketOption::ReusePort, 0, 7, 1);
test_option!(broadcast, SocketOption::Broadcast, 0, 1, 1);
test_option!(priority, SocketOption::Priority, 0, 6, 6);
test_option!(largest_segment, SocketOption::MaxSegment, 536, 1000, 1000);
test_option!(cork, SocketOption::Cork, 0, 1, 1);
test_option!(attempts_to_connect, SocketOption::SynCount, 6, 3, 3);
test_option!(how_long_an_orphan_stays, SocketOption::Linger2, 60, 5, 5);
test_option!(deferred_accept, SocketOption::DeferAccept, 0, 4, 7);
test_option!(window_clamp, SocketOption::WindowClamp, 0, 1, 1152);
test_option!(quick_acknowledgements, SocketOption::QuickAck, 1, 0, 0);
test_option!(user_timeout, SocketOption::UserTimeout, 0, 30_000, 30_000);
test_option!(unsent_low_water, SocketOption::NotSentLowWater, 0, 16_384, 16_384);
test_option!(type_of_service, SocketOption::TypeOfService, 0, 0x12, 0x10);

#[test]
fn a_time_to_linger_is_kept_and_goes_to_whoever_is_accepted() {
    let program = program();
    let fd = program.tcp();
    let bytes = |bytes: [u8; 8]| OptionValue::Bytes(bytes.to_vec());
    assert_eq!(get(&program, fd, SocketOption::Linger), Ok(bytes([0; 8])));
    let reset = bytes([1, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(program.sockets.set_option(fd, SocketOption::Linger, &reset), Ok(()));
    assert_eq!(set(&program, fd, SocketOption::Linger, 1), os(EINVAL));
    program.sockets.listen(fd, 1).unwrap();
    program.script.on_accept(Ok(None));
    let (accepted, _) = program.sockets.accept(fd, Blocking).unwrap();
    assert_eq!(get(&program, accepted, SocketOption::Linger), Ok(reset));
}

#[test]
fn what_only_a_kernel_can_change_is_read_and_stays() {
    let program = program();
    let fd = program.udp();
    for (level, name, value, other) in [(0, 8, 0, 1), (0, 34, 1, 0), (1, 49, -1, 0)] {
        let set = |value| program.sockets.set_numbered_option(fd, level, name, &OptionValue::Int(value));
        assert_eq!(program.sockets.numbered_option(fd, level, name), Ok(OptionValue::Int(value)));
        assert_eq!(set(value), Ok(()));
        assert_eq!(set(other), os(ENOPROTOOPT));
    }
    let group = OptionValue::Bytes(vec![0; 8]);
    assert_eq!(program.sockets.set_numbered_option(fd, IPPROTO_IP, 35, &group), os(ENOPROTOOPT));
}

#[test]
fn who_is_connected_in_memory_is_this_program() {
    let program = program();
    let (fd, _other) = program.sockets.socketpair(Family::Unix, Kind::Stream, 0).unwrap();
    let ours = OptionValue::Bytes([1, 0, 0].map(i32::to_le_bytes).concat());
    assert_eq!(get(&program, fd, SocketOption::PeerCredentials), Ok(ours));
    let nobody = OptionValue::Bytes([0, -1, -1].map(i32::to_le_bytes).concat());
    assert_eq!(get(&program, program.tcp(), SocketOption::PeerCredentials), Ok(nobody));
}

#[test]
fn values_out_of_range_are_invalid() {
    let program = program();
    let fd = program.tcp();
    for (option, value) in [
        (SocketOption::KeepIdle, 0),
        (SocketOption::KeepIdle, 40_000),
        (SocketOption::MaxSegment, 1),
        (SocketOption::SynCount, 0),
        (SocketOption::UserTimeout, -1),
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
