//! What the core's own parts cost on this machine, without any network: `cargo bench -p wasocket`.

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};

use wasocket::Result;
use wasocket::errno::Errno;
use wasocket::errno_table::{Operation, StateKind, illegal, refused};
use wasocket::net::ErrorCode;
use wasocket::netdb::inet::{inet_aton, inet_ntop, inet_pton};
use wasocket::netdb::numbers::{AF_INET, AF_INET6};
use wasocket::netdb::{AddressInfo, Hints, Plan, getaddrinfo};
use wasocket::options::{self, IPPROTO_IPV6, IPPROTO_TCP, SOL_SOCKET, SocketOption};

fn main() {
    divan::main();
}

/// `inet_aton`, in both of C's notations.
#[divan::bench(args = ["127.0.0.1", "0x7f.1"])]
fn address_aton(text: &str) -> Result<[u8; 4]> {
    inet_aton(black_box(text.as_bytes()))
}

/// `inet_pton`.
#[divan::bench(args = [(AF_INET, "192.0.2.255"), (AF_INET6, "2001:db8::ff00:42:8329")])]
fn address_pton((family, text): (i32, &str)) -> Result<Vec<u8>> {
    inet_pton(family, black_box(text.as_bytes()))
}

/// `inet_ntop` of an IPv6 address.
#[divan::bench]
fn address_ntop() -> bool {
    inet_ntop(AF_INET6, black_box(&[0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])).is_ok()
}

/// `getaddrinfo` of what needs no lookup.
#[divan::bench(args = ["127.0.0.1", "::1", "localhost"])]
fn address_info(host: &str) -> Result<Plan<Vec<AddressInfo>>> {
    getaddrinfo(Some(black_box(host.as_bytes())), Some(b"80"), &Hints::default())
}

/// An option by its numbers: one of the first rows, TCP_NODELAY, IPV6_V6ONLY, and one that there is not.
#[divan::bench(args = [(SOL_SOCKET, 2), (IPPROTO_TCP, 1), (IPPROTO_IPV6, 26), (SOL_SOCKET, 9999)])]
fn option_by_number((level, name): (i32, i32)) -> std::result::Result<SocketOption, Errno> {
    options::find(black_box(level), black_box(name))
}

/// The errno of what WASI refuses.
#[divan::bench(args = [ErrorCode::ConnectionRefused, ErrorCode::BrokenPipe])]
fn errno_of_net_error(code: ErrorCode) -> Errno {
    refused(Operation::Send, black_box(code))
}

/// Whether an operation is legal, as each one asks first.
#[divan::bench]
fn errno_of_state() -> Option<Errno> {
    illegal(black_box(Operation::Send), black_box(StateKind::Connected))
}

/// A name of C for an errno.
#[divan::bench]
fn errno_text() -> &'static str {
    black_box(Errno::ECONNREFUSED).text()
}

/// `send` and `recv` of a byte over a network in memory.
#[divan::bench]
fn path_round_trip(bencher: Bencher<'_, '_>) {
    repeated(bencher, wasocket_bench_paths::round_trip);
}

/// The same with datagrams.
#[divan::bench]
fn path_datagram(bencher: Bencher<'_, '_>) {
    repeated(bencher, wasocket_bench_paths::datagram);
}

/// `poll` of 100 connections, one of which is ready.
#[divan::bench]
fn path_poll_100(bencher: Bencher<'_, '_>) {
    repeated(bencher, wasocket_bench_paths::poll_100);
}

/// So many at once that the sockets, which are made first, do not count.
fn repeated(bencher: Bencher<'_, '_>, path: extern "C" fn(u32)) {
    bencher.counter(ItemsCount::new(OPERATIONS)).bench(|| path(black_box(OPERATIONS)));
}

const OPERATIONS: u32 = 1000;
