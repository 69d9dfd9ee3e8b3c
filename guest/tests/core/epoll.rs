//! `epoll` where the core keeps the state of sockets.

use std::time::Duration;

use wasocket::errno::Errno::*;
use wasocket::sockets::{Events, Fd, PollEntry, Trigger};
use wasocket::time::Timeout::{After, Blocking, NonBlocking};

use crate::scripted::{Program, os, program};

fn instance(program: &Program) -> Fd {
    program.sockets.epoll_create().unwrap()
}

fn wait(program: &Program, epoll: Fd) -> Vec<(u64, Events)> {
    program.sockets.epoll_wait(epoll, 8, NonBlocking).unwrap()
}

#[test]
fn a_level_is_reported_for_as_long_as_it_lasts() {
    let program = program();
    let (epoll, (reader, writer)) = (instance(&program), program.sockets.pipe().unwrap());
    program.sockets.epoll_add(epoll, 7, reader, Events::IN, Trigger::empty()).unwrap();
    assert_eq!(wait(&program, epoll), []);
    program.sockets.write(writer, b"ab").unwrap();
    assert_eq!(wait(&program, epoll), [(7, Events::IN)]);
    assert_eq!(wait(&program, epoll), [(7, Events::IN)]);
    program.sockets.read(reader, 2).unwrap();
    assert_eq!(wait(&program, epoll), []);
    let before = program.script.now();
    assert_eq!(program.sockets.epoll_wait(epoll, 8, After(Duration::from_millis(3))), Ok(vec![]));
    assert_eq!(program.script.now() - before, Duration::from_millis(3));
}

#[test]
fn an_edge_is_reported_once_until_a_call_uses_it_up() {
    let program = program();
    let (epoll, (reader, writer)) = (instance(&program), program.sockets.pipe().unwrap());
    program.sockets.epoll_add(epoll, 7, reader, Events::IN, Trigger::EDGE).unwrap();
    program.sockets.write(writer, b"abc").unwrap();
    assert_eq!(wait(&program, epoll), [(7, Events::IN)]);
    assert_eq!(wait(&program, epoll), []);
    program.sockets.read(reader, 1).unwrap();
    assert_eq!(wait(&program, epoll), [(7, Events::IN)], "there is more, and a receive came between");
    program.sockets.epoll_modify(epoll, 7, Events::IN, Trigger::EDGE).unwrap();
    assert_eq!(wait(&program, epoll), [(7, Events::IN)], "armed again");

    // Room is an edge of its own, and a write that was taken whole leaves it.
    program.sockets.epoll_add(epoll, 8, writer, Events::OUT, Trigger::EDGE).unwrap();
    assert_eq!(wait(&program, epoll), [(8, Events::OUT)]);
    program.sockets.write(writer, b"d").unwrap();
    assert_eq!(wait(&program, epoll), []);
}

#[test]
fn one_shot_is_reported_once_until_it_is_modified() {
    let program = program();
    let (epoll, (reader, writer)) = (instance(&program), program.sockets.pipe().unwrap());
    program.sockets.epoll_add(epoll, 7, reader, Events::IN, Trigger::ONE_SHOT).unwrap();
    program.sockets.write(writer, b"abc").unwrap();
    assert_eq!(wait(&program, epoll), [(7, Events::IN)]);
    program.sockets.read(reader, 1).unwrap();
    assert_eq!(wait(&program, epoll), []);
    program.sockets.epoll_modify(epoll, 7, Events::IN, Trigger::empty()).unwrap();
    assert_eq!(wait(&program, epoll), [(7, Events::IN)]);
}

#[test]
fn each_has_its_turn_where_there_is_no_room_for_all() {
    let program = program();
    let epoll = instance(&program);
    for token in 0..3 {
        let (_, writer) = program.sockets.pipe().unwrap();
        program.sockets.epoll_add(epoll, token, writer, Events::OUT, Trigger::empty()).unwrap();
    }
    let tokens = || -> Vec<u64> {
        program.sockets.epoll_wait(epoll, 2, NonBlocking).unwrap().into_iter().map(|(token, _)| token).collect()
    };
    assert_eq!([tokens(), tokens(), tokens()], [[0, 1], [2, 0], [1, 2]]);
}

#[test]
fn closing_the_last_descriptor_ends_a_registration() {
    let program = program();
    let (epoll, (reader, writer)) = (instance(&program), program.sockets.pipe().unwrap());
    let copy = program.sockets.dup(writer).unwrap();
    program.sockets.epoll_add(epoll, 7, writer, Events::OUT, Trigger::empty()).unwrap();
    program.sockets.close(writer).unwrap();
    assert_eq!(wait(&program, epoll), [(7, Events::OUT)], "as on Linux, which watches the open file");
    program.sockets.close(copy).unwrap();
    assert_eq!(wait(&program, epoll), []);
    assert_eq!(program.sockets.epoll_remove(epoll, 7), os(ENOENT));
    program.sockets.close(reader).unwrap();
}

#[test]
fn instances_watch_one_another_but_not_in_a_circle() {
    let program = program();
    let sockets = &program.sockets;
    let row: Vec<Fd> = (0..6).map(|_| instance(&program)).collect();
    let add = |outer: usize, inner: usize| {
        sockets.epoll_add(row[outer], u64::from(row[inner]), row[inner], Events::IN, Trigger::empty())
    };
    assert_eq!(add(0, 0), os(EINVAL));
    for inner in 1..5 {
        add(inner - 1, inner).unwrap();
    }
    assert_eq!(add(4, 5), os(ELOOP), "six in a row");
    assert_eq!(add(4, 0), os(ELOOP), "a circle");
    let (reader, writer) = sockets.pipe().unwrap();
    sockets.epoll_add(row[4], 1, reader, Events::IN, Trigger::empty()).unwrap();
    assert_eq!(wait(&program, row[0]), []);
    sockets.write(writer, b"x").unwrap();
    assert_eq!(wait(&program, row[0]), [(u64::from(row[1]), Events::IN)]);
    let mut entries = [PollEntry::new(row[0], Events::IN)];
    assert_eq!(sockets.poll(&mut entries, Blocking), Ok(1));
    assert_eq!(entries[0].revents, Events::IN);
}

#[test]
fn mistakes_are_linuxs_errors() {
    let program = program();
    let sockets = &program.sockets;
    let (epoll, socket) = (instance(&program), program.tcp());
    let add = |epoll, token, fd, trigger| sockets.epoll_add(epoll, token, fd, Events::IN, trigger);
    assert_eq!(add(socket, 1, epoll, Trigger::empty()), os(EINVAL), "no instance");
    assert_eq!(add(epoll, 1, 99, Trigger::empty()), os(EBADF));
    assert_eq!(add(99, 1, socket, Trigger::empty()), os(EBADF));
    add(epoll, 1, socket, Trigger::EXCLUSIVE).unwrap();
    assert_eq!(add(epoll, 1, socket, Trigger::empty()), os(EEXIST));
    assert_eq!(sockets.epoll_modify(epoll, 1, Events::OUT, Trigger::empty()), os(EINVAL), "it is exclusive");
    assert_eq!(sockets.epoll_modify(epoll, 2, Events::OUT, Trigger::empty()), os(ENOENT));
    let priority = sockets.epoll_add(epoll, 2, program.udp(), Events::PRI, Trigger::EXCLUSIVE);
    assert_eq!(priority, os(EINVAL), "not beside EPOLLEXCLUSIVE");
    let one_shot = Trigger::EXCLUSIVE.union(Trigger::ONE_SHOT);
    assert_eq!(add(epoll, 2, program.udp(), one_shot), os(EINVAL), "nor is that");
    assert_eq!(sockets.epoll_wait(epoll, 0, NonBlocking), os(EINVAL));
    assert_eq!(sockets.epoll_wait(instance(&program), 1, Blocking), os(EDEADLK), "nothing can ever happen");
    assert_eq!(sockets.listen(epoll, 1), os(ENOTSOCK));
    assert_eq!(sockets.read(epoll, 1), os(EINVAL));
}
