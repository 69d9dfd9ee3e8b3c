//! Standard streams and devices: the answers of a native run on Linux, where the streams are pipes.

use std::cell::RefCell;

use wasocket::Error;
use wasocket::errno::Errno::*;
use wasocket::net::NetError;
use wasocket::sockets::{Device, Events, FIRST_FD, Fd, FileType, LibraryFile, Opened, PollEntry};
use wasocket::time::Timeout::{Blocking, NonBlocking};

use crate::scripted::{Program, os, program};

const STDIN: Fd = 0;
const STDOUT: Fd = 1;

fn with_streams() -> Program {
    let program = program();
    program.sockets.open_standard_streams();
    program
}

#[test]
fn without_being_opened_streams_are_no_descriptors() {
    let program = program();
    assert!(!program.sockets.is_open(STDIN));
    assert_eq!(program.sockets.read(STDIN, 1), os(EBADF));
}

#[test]
fn input_is_waited_for_beside_a_socket() {
    let program = with_streams();
    let socket = program.connected();
    let mut entries = [PollEntry::new(STDIN, Events::IN), PollEntry::new(socket, Events::IN)];
    assert_eq!(program.sockets.poll(&mut entries, NonBlocking), Ok(0));
    program.script.on_poll(true, false);
    program.script.on_poll(false, false);
    assert_eq!(program.sockets.poll(&mut entries, Blocking), Ok(1));
    assert_eq!(entries.map(|entry| entry.revents), [Events::IN, Events::empty()]);
}

#[test]
fn input_that_is_not_there_waits_or_does_not() {
    let program = with_streams();
    program.sockets.set_nonblocking(STDIN, true).unwrap();
    program.script.on_receive(Err(NetError::WouldBlock));
    assert_eq!(program.sockets.read(STDIN, 5), os(EAGAIN));
    program.script.on_receive(Ok(b"line\n"));
    assert_eq!(program.sockets.read(STDIN, 5), Ok(b"line\n".to_vec()));
    program.script.on_receive(Ok(b""));
    assert_eq!(program.sockets.read(STDIN, 5), Ok(Vec::new()), "the end");
    assert_eq!(program.sockets.write(STDIN, b"x"), os(EBADF));
}

#[test]
fn output_takes_all_if_it_may_wait() {
    let program = with_streams();
    program.script.on_send(Ok(2));
    assert_eq!(program.sockets.write(STDOUT, b"abcd"), Ok(4));
    assert_eq!(program.script.logged("write Output"), 2);
    assert_eq!(program.sockets.read(STDOUT, 1), os(EBADF));
    program.sockets.set_nonblocking(STDOUT, true).unwrap();
    program.script.on_send(Ok(3));
    program.script.on_send(Err(NetError::WouldBlock));
    assert_eq!(program.sockets.write(STDOUT, b"abcd"), Ok(3));
}

#[test]
fn a_copy_outlives_the_stream_it_was_made_of() {
    let program = with_streams();
    let copy = program.sockets.dup(STDIN).unwrap();
    program.sockets.close(STDIN).unwrap();
    assert_eq!(program.sockets.read(STDIN, 1), os(EBADF));
    program.script.on_receive(Ok(b"x"));
    assert_eq!(program.sockets.read(copy, 1), Ok(b"x".to_vec()));
    program.sockets.open_standard_streams();
    assert!(program.sockets.is_open(STDIN));
}

#[test]
fn streams_are_no_sockets() {
    let program = with_streams();
    assert_eq!(program.sockets.local_address(STDIN), os(ENOTSOCK));
    assert_eq!(program.recv(STDIN, 1), os(ENOTSOCK));
    assert_eq!(program.sockets.file_type(STDIN), Ok(FileType::Pipe));
}

#[test]
fn devices_read_and_take_what_theirs_do() {
    let program = program();
    let open = |device| program.sockets.open_device(device).unwrap();
    let devices = [Device::Null, Device::Zero, Device::Full, Device::Random].map(open);
    let read = devices.map(|fd| program.sockets.read(fd, 2).unwrap());
    assert_eq!(read, [vec![], vec![0; 2], vec![0; 2], vec![4; 2]]);
    let taken = devices.map(|fd| program.sockets.write(fd, b"xyz"));
    assert_eq!(taken, [Ok(3), Ok(3), Err(Error::from(ENOSPC)), Ok(3)]);
    let mut entries = [PollEntry::new(devices[0], Events::IN.union(Events::OUT))];
    assert_eq!(program.sockets.poll(&mut entries, Blocking), Ok(1));
    assert_eq!(program.sockets.file_type(devices[0]), Ok(FileType::Device));
}

#[test]
fn what_a_device_gives_at_once_is_bounded() {
    let program = program();
    let zero = program.sockets.open_device(Device::Zero).unwrap();
    assert_eq!(program.sockets.read(zero, usize::MAX).unwrap().len(), 1 << 20);
}

thread_local! {
    static CLOSED: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
}

fn closed() -> Vec<u32> {
    CLOSED.take()
}

fn open_file(program: &Program, number: u32) -> Fd {
    let close = |number| CLOSED.with_borrow_mut(|closed| closed.push(number));
    program.sockets.insert_file(LibraryFile { number, close }).unwrap()
}

#[test]
fn a_file_is_closed_with_its_last_descriptor() {
    let program = with_streams();
    let file = open_file(&program, 7);
    assert_eq!(file, 3, "the lowest free number");
    let copy = program.sockets.dup_from(file, 0).unwrap();
    assert_eq!((copy, program.sockets.dup_from(file, 10)), (4, Ok(10)));
    program.sockets.dup_onto(file, STDOUT).unwrap();
    program.sockets.dup_onto(file, FIRST_FD + 1).unwrap();
    let numbers = [file, copy, 10, STDOUT, FIRST_FD + 1];
    assert!(numbers.iter().all(|fd| program.sockets.opened(*fd) == Some(Opened::File(7))));
    assert_eq!(program.sockets.opened(STDIN).map(|opened| opened == Opened::File(7)), Some(false));
    let [last, others @ ..] = numbers;
    others.iter().for_each(|fd| program.sockets.close(*fd).unwrap());
    assert_eq!(closed(), []);
    program.sockets.dup_onto(STDIN, last).unwrap();
    assert_eq!(closed(), [7]);
    assert_eq!(open_file(&program, 8), STDOUT, "free since it was closed");
}

#[test]
fn the_core_does_nothing_on_a_file_of_the_library() {
    let program = with_streams();
    let file = open_file(&program, 7);
    assert_eq!(program.sockets.read(file, 1), os(EINVAL));
    assert_eq!(program.sockets.send(file, &[b"x"], Default::default(), None, Blocking), os(ENOTSOCK));
    assert_eq!(program.sockets.file_type(file), Ok(FileType::Library));
    let mut entries = [PollEntry::new(file, Events::IN | Events::OUT)];
    assert_eq!(program.sockets.poll(&mut entries, Blocking), Ok(1));
    assert_eq!(entries.map(|entry| entry.revents), [Events::IN | Events::OUT]);
}

#[test]
fn only_devices_have_a_position() {
    let program = with_streams();
    let device = program.sockets.open_device(Device::Full).unwrap();
    assert_eq!(program.sockets.position(device), Ok(Some(0)));
    assert_eq!(program.sockets.position(STDIN), Ok(None));
    assert_eq!(program.sockets.position(program.connected()), Ok(None));
    assert_eq!(program.sockets.position(STDOUT + 50), os(EBADF));
}

#[test]
fn a_pipe_takes_the_place_of_a_stream() {
    let program = with_streams();
    let (reader, writer) = program.sockets.pipe().unwrap();
    let saved = program.sockets.dup_from(STDOUT, 0).unwrap();
    program.sockets.dup_onto(writer, STDOUT).unwrap();
    assert_eq!(program.sockets.write(STDOUT, b"through"), Ok(7));
    assert_eq!(program.sockets.read(reader, 9), Ok(b"through".to_vec()));
    program.sockets.dup_onto(saved, STDOUT).unwrap();
    program.script.on_send(Ok(2));
    assert_eq!(program.sockets.write(STDOUT, b"xx"), Ok(2));
    assert_eq!(program.script.logged("write Output"), 1);
}
