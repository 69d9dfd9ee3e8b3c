//! Pipes in memory, and `dup2`: the answers of a native run on Linux.

use wasocket::address::{Address, Family, Kind, UnixAddress};
use wasocket::errno::Errno::*;
use wasocket::sockets::{Events, FIRST_FD, Fd, FileType, PollEntry};
use wasocket::time::Timeout::NonBlocking;

use crate::scripted::{Program, os, program};

fn pipe(program: &Program) -> (Fd, Fd) {
    program.sockets.pipe().unwrap()
}

fn poll_all(program: &Program, fd: Fd) -> u32 {
    let mut entries = [PollEntry::new(fd, Events::from_bits_retain(0xffff))];
    program.sockets.poll(&mut entries, NonBlocking).unwrap();
    entries[0].revents.bits()
}

#[test]
fn bytes_go_one_way() {
    let program = program();
    let (reader, writer) = pipe(&program);
    assert_eq!(program.sockets.write(writer, b"ab"), Ok(2));
    assert_eq!(program.sockets.write(writer, b"c"), Ok(1));
    assert_eq!(program.sockets.read(reader, 2), Ok(b"ab".to_vec()));
    assert_eq!(program.sockets.read(reader, 2), Ok(b"c".to_vec()));
    assert_eq!(program.sockets.read(writer, 1), os(EBADF));
    assert_eq!(program.sockets.write(reader, b"d"), os(EBADF));
}

#[test]
fn an_empty_pipe_makes_its_reader_wait() {
    let program = program();
    let (reader, _writer) = pipe(&program);
    assert_eq!(program.sockets.read(reader, 1), os(EDEADLK));
    program.sockets.set_nonblocking(reader, true).unwrap();
    assert_eq!(program.sockets.read(reader, 1), os(EAGAIN));
    assert_eq!(program.sockets.read(reader, 0), Ok(Vec::new()));
}

#[test]
fn a_full_pipe_takes_what_fits() {
    let program = program();
    let (reader, writer) = pipe(&program);
    program.sockets.set_nonblocking(writer, true).unwrap();
    let taken = program.sockets.write(writer, &[b'x'; 1 << 20]).unwrap();
    assert!(taken >= 65536, "Linux's pipes hold 64 KiB");
    assert_eq!(program.sockets.write(writer, b"y"), os(EAGAIN));
    assert_eq!(program.sockets.read(reader, 1 << 20).map(|data| data.len()), Ok(taken));
    assert_eq!(program.sockets.write(writer, b"y"), Ok(1));
}

#[test]
fn each_end_learns_that_the_other_is_closed() {
    let program = program();
    let (reader, writer) = pipe(&program);
    program.sockets.write(writer, b"last").unwrap();
    program.sockets.close(writer).unwrap();
    assert_eq!(program.sockets.read(reader, 10), Ok(b"last".to_vec()));
    assert_eq!(program.sockets.read(reader, 10), Ok(Vec::new()));
    let (reader, writer) = pipe(&program);
    program.sockets.close(reader).unwrap();
    assert_eq!(program.sockets.write(writer, b"x"), os(EPIPE));
}

#[test]
fn readiness_is_a_pipes() {
    let program = program();
    let (reader, writer) = pipe(&program);
    assert_eq!((poll_all(&program, reader), poll_all(&program, writer)), (0, 0x104));
    program.sockets.write(writer, b"x").unwrap();
    assert_eq!(poll_all(&program, reader), 0x41);
    program.sockets.close(writer).unwrap();
    assert_eq!(poll_all(&program, reader), 0x51);
    program.sockets.read(reader, 1).unwrap();
    assert_eq!(poll_all(&program, reader), 0x10);
    let (reader, writer) = pipe(&program);
    program.sockets.close(reader).unwrap();
    assert_eq!(poll_all(&program, writer), 0x10c);
}

#[test]
fn a_pipe_is_no_socket() {
    let program = program();
    let (reader, writer) = pipe(&program);
    assert_eq!([reader, writer].map(|end| program.sockets.file_type(end)), [Ok(FileType::Pipe), Ok(FileType::Pipe)]);
    assert_eq!(program.recv(reader, 1), os(ENOTSOCK));
    assert_eq!(program.send(writer, b"x"), os(ENOTSOCK));
    let name = Address::Unix(UnixAddress::Path(b"name".to_vec()));
    assert_eq!(program.sockets.bind(reader, &name), os(ENOTSOCK));
}

#[test]
fn sockets_are_read_and_written_as_well() {
    let program = program();
    let (left, right) = program.sockets.socketpair(Family::Unix, Kind::Stream, 0).unwrap();
    assert_eq!(program.sockets.write(left, b"ab"), Ok(2));
    assert_eq!(program.sockets.read(right, 10), Ok(b"ab".to_vec()));
    assert_eq!(program.sockets.file_type(left), Ok(FileType::Socket));
}

#[test]
fn a_descriptor_takes_the_place_of_another() {
    let program = program();
    let (reader, writer) = pipe(&program);
    let (left, right) = program.sockets.socketpair(Family::Unix, Kind::Stream, 0).unwrap();
    assert_eq!(program.sockets.dup_onto(writer, left), Ok(()));
    assert_eq!(program.recv(right, 1), Ok(Vec::new()), "its peer has been closed");
    program.sockets.close(writer).unwrap();
    assert_eq!(program.sockets.write(left, b"x"), Ok(1));
    assert_eq!(program.sockets.read(reader, 1), Ok(b"x".to_vec()));
    assert_eq!(program.sockets.dup_onto(left, left), Ok(()));
    assert_eq!(program.sockets.dup_onto(writer, left), os(EBADF));
    assert_eq!(program.sockets.dup_onto(left, FIRST_FD - 1), os(EBADF));
}
