//! Guests on the sockets of the operating system, through the contract's interface `host`.

use std::fs;
use std::future::{Future, poll_fn};
use std::path::Path;
use std::pin::pin;
use std::sync::LazyLock;
use std::task::Poll;

use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasocket_host::policy::Quota;
use wasocket_host::{Command, Composition};

use super::fixture::{Guest, RAW, Turn, runtime};

/// A command that goes through all of the contract, on our host: `tests/component`.
pub(crate) static COMMAND: LazyLock<Command> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/wasocket");
    let read = |name: &str| {
        let path = folder.join(name);
        fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}; `cargo xtask build` makes it", path.display()))
    };
    let program = Composition::of("component-test", read("component-test-alone.wasm")).unwrap();
    let whole = program.plug("wasocket-host", read("wasocket-host.wasm")).unwrap();
    let whole = whole.leave("wasocket:socket/host@").leave("wasocket:socket/types@").finish().unwrap();
    let program = RAW.0.load("component-test", &whole).unwrap();
    // The first guest opens what all of them share: the images of their memories.
    let grants = Guest::new("").grants(&[], MemoryOutputPipe::new(1 << 16));
    assert_eq!(runtime().block_on(RAW.0.run(&program, grants)).unwrap(), 1, "without rights it fails");
    program
});

const OPEN: &str = "[allow]\noutbound = ['tcp://127.0.0.1:*', 'udp://127.0.0.1:*', 'tcp://localhost:*']\n\
    inbound = ['tcp://127.0.0.1:*', 'udp://127.0.0.1:*', 'udp://239.1.2.3:*']\n[limits]\nsockets = 500\noutbound-connections = 100";

/// Runs the command until it has been woken so often: what it said, and its exit status if it came to its end.
fn run_for(guest: &Guest, wakes: usize) -> (String, Option<u8>) {
    let output = MemoryOutputPipe::new(1 << 16);
    let status = runtime().block_on(async {
        let mut running = pin!(RAW.0.run(&COMMAND, guest.grants(&[], output.clone())));
        let mut left = wakes;
        poll_fn(|context| {
            let polled = running.as_mut().poll(context);
            left = left.saturating_sub(1);
            match polled {
                Poll::Ready(end) => Poll::Ready(Some(end.unwrap())),
                Poll::Pending if left == 0 => Poll::Ready(None),
                Poll::Pending => Poll::Pending,
            }
        })
        .await
    });
    (String::from_utf8(output.contents().to_vec()).unwrap(), status)
}

#[test]
fn a_guest_that_goes_through_all_of_the_contract_leaves_nothing_open() {
    let _turn = Turn::take();
    let guest = Guest::new(OPEN);
    let (said, status) = run_for(&guest, usize::MAX);
    assert_eq!(status, Some(0), "{said}");
    assert!(said.starts_with("sockets are the system's\n") && said.ends_with("draining: ok\n"), "{said}");
    assert!(guest.network.take(Quota::Sockets, 500).is_ok());
    assert!(guest.network.take(Quota::OutboundConnections, 100).is_ok());
}

/// Each time a little later.
#[test]
fn a_guest_leaves_nothing_open_wherever_it_is_killed() {
    let _turn = Turn::take();
    let mut killed = 0;
    for wakes in 1.. {
        let before = super::fixture::descriptors();
        let guest = Guest::new(OPEN);
        let (said, status) = run_for(&guest, wakes);
        assert_eq!(super::fixture::descriptors(), before, "after {wakes} wakes, and {said}");
        assert!(guest.network.take(Quota::Sockets, 500).is_ok(), "after {wakes} wakes, and {said}");
        assert!(guest.network.take(Quota::OutboundConnections, 100).is_ok(), "after {wakes} wakes, and {said}");
        if status.is_some() || wakes == MOST {
            break;
        }
        killed += 1;
    }
    assert!(killed > 3, "it was to be killed where it waits, and waited {killed} times");
}

/// Enough to be in every of its subjects.
const MOST: usize = 200;
