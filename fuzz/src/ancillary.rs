//! Ancillary data: sizes, limits, and descriptors that travel.

use wasocket::address::{Family, Kind};
use wasocket::ancillary::{Sum, descriptors, descriptors_that_fit, length, payload, space};
use wasocket::message::{MessageFlags, Outgoing};
use wasocket::sockets::Fd;
use wasocket::time::Timeout;

use crate::c_library;
use crate::scripted::{Program, program};

/// The greatest payload that `CMSG_LEN` and `CMSG_SPACE` take.
const GREATEST: (i64, i64) = (i32::MAX as i64 - 16, i32::MAX as i64 - 24);

/// Half of the input is numbers for sizes, all of it is what travels.
pub fn check(input: &[u8]) {
    for number in input.as_chunks::<8>().0 {
        sizes(i64::from_le_bytes(*number) >> (number[0] % 64));
    }
    written_and_read(input);
    sum(input);
    travel(input);
}

fn sizes(size: i64) {
    let inside = |limit: i64| (0..=limit).contains(&size);
    assert_eq!(length(size).is_some(), inside(GREATEST.0), "CMSG_LEN({size})");
    assert_eq!(space(size).is_some(), inside(GREATEST.1), "CMSG_SPACE({size})");
    if let (Some(length), Some(space)) = (length(size), space(size)) {
        let counted = u32::try_from(size).expect("it was taken");
        assert_eq!((length, space), c_library::control_sizes(counted), "{size}");
    }
}

fn written_and_read(input: &[u8]) {
    let numbers: Vec<i32> = descriptors(input).collect();
    assert_eq!(numbers.len(), input.len() / 4);
    let open: Vec<Fd> = numbers.iter().map(|number| number.cast_unsigned()).collect();
    assert_eq!(payload(&open), input[..numbers.len() * 4]);
    let room = |bytes: usize| descriptors_that_fit(16 + bytes);
    assert_eq!(room(input.len()), numbers.len(), "as many fit as a message of that size has");
    assert_eq!(descriptors_that_fit(input.len().min(16)), 0);
}

fn sum(input: &[u8]) {
    let mut sum = Sum::default();
    let mut total = 0;
    for size in input.as_chunks::<4>().0 {
        let size = u32::from_le_bytes(*size);
        let before = sum;
        let space = space(i64::from(size));
        let fits = space.is_some_and(|space| total + space <= i64::from(i32::MAX));
        let size = usize::try_from(size).expect("64 bits");
        assert_eq!(sum.add(size).is_ok(), fits, "{size} bytes after {total}");
        match space.filter(|_| fits) {
            Some(space) => total += space,
            None => assert_eq!(sum, before, "what is refused is not counted"),
        }
    }
}

/// Sends what the bytes say over a pair, receives it, and closes all: nothing is left open.
fn travel(input: &[u8]) {
    let program = program();
    let kind = if input.len().is_multiple_of(2) { Kind::Stream } else { Kind::Datagram };
    let pair = || program.sockets.socketpair(Family::Unix, kind, 0).expect("there is room");
    let (left, right) = pair();
    let mut open = vec![left, right];
    for step in input.as_chunks::<2>().0 {
        act(&program, &mut open, *step);
    }
    for fd in &open {
        assert_eq!(program.sockets.close(*fd), Ok(()), "{fd} is open until it is closed");
        assert!(!program.sockets.is_open(*fd));
    }
    let fresh = program.sockets.socketpair(Family::Unix, kind, 0).expect("there is room");
    assert_eq!(fresh, (left, right), "the lowest numbers are free again");
}

fn act(program: &Program, open: &mut Vec<Fd>, [what, which]: [u8; 2]) {
    let sockets = &program.sockets;
    let chosen = |offset: u8| open.get(usize::from(which.wrapping_add(offset)) % open.len().max(1)).copied();
    let Some(socket) = chosen(0) else { return };
    let flags = MessageFlags::empty();
    match what % 4 {
        0 => {
            let rights: Vec<Fd> = (0..what / 64).filter_map(chosen).collect();
            let data = vec![what; usize::from(which % 8)];
            // A pair that is full, or whose other end is closed, refuses.
            let message = Outgoing { parts: &[&data], ancillary: &[], rights: &rights, remote: None };
            drop(sockets.send_message(socket, &message, flags, Timeout::NonBlocking));
        }
        1 => {
            let rights = usize::from(what / 64);
            let room = if rights == 0 { 0 } else { 16 + rights * 4 };
            let received = sockets.receive_message(socket, usize::from(which), room, flags, Timeout::NonBlocking);
            if let Ok(received) = received {
                assert!(received.rights.len() <= rights);
                assert!(received.data.len() <= usize::from(which));
                open.extend(received.rights);
            }
        }
        2 if open.len() > 2 => {
            open.retain(|fd| *fd != socket);
            assert_eq!(sockets.close(socket), Ok(()));
        }
        _ if open.len() < 200 => open.push(sockets.dup(socket).expect("there is room")),
        _ => {}
    }
}
