//! Sets of sockets that a kernel watches: for `poll` again and again, and for `epoll`.

use wasocket::address::{Family, Kind};
use wasocket::errno::Errno::*;
use wasocket::netdb::Hints;
use wasocket::sockets::{Events, Fd, PollEntry, PollList, Trigger};
use wasocket::time::Timeout::{Blocking, NonBlocking};

use crate::machine::program;
use crate::scripted::os;

#[test]
fn a_list_that_is_asked_about_again_becomes_a_set() {
    let (machine, sockets) = program();
    let fds: Vec<Fd> = (0..3).map(|_| sockets.socket(Family::Inet, Kind::Stream, 0).unwrap()).collect();
    let token = |place: usize| u64::from(fds[place]);
    let asked =
        |places: &[usize]| places.iter().map(|place| PollEntry::new(fds[*place], Events::IN)).collect::<Vec<_>>();
    let poll = |entries: &mut [PollEntry]| {
        machine.told();
        let count = sockets.poll(entries, NonBlocking).unwrap();
        (count, machine.told())
    };
    assert_eq!(poll(&mut asked(&[0, 1])), (0, vec!["poll 2 Now".to_owned()]));
    let first =
        ["set".to_owned(), format!("add {} 0x1", token(0)), format!("add {} 0x1", token(1)), "wait Now".to_owned()];
    assert_eq!(poll(&mut asked(&[0, 1])), (0, first.to_vec()));

    // What was found stands where it belongs, and nothing stays of the last time.
    machine.0.found.borrow_mut().push_back(vec![(token(1), Events::IN.union(Events::OUT).union(Events::HUP))]);
    let mut entries = asked(&[0, 1]);
    entries[0].revents = Events::ERR;
    assert_eq!(poll(&mut entries), (1, vec!["wait Now".to_owned()]));
    assert_eq!([entries[0].revents, entries[1].revents], [Events::empty(), Events::IN.union(Events::HUP)]);

    // Another list is the same set with a few changes.
    let mut entries = asked(&[1, 2]);
    entries[0].events = Events::OUT;
    let steps = [format!("remove {}", token(0)), format!("modify {} 0x4", token(1)), format!("add {} 0x1", token(2))];
    assert_eq!(poll(&mut entries), (0, [&steps[..], &["wait Now".to_owned()]].concat()));

    // A number that means another socket now.
    sockets.close(fds[2]).unwrap();
    assert_eq!(sockets.socket(Family::Inet, Kind::Stream, 0), Ok(fds[2]));
    let steps = [format!("remove {}", token(2)), format!("add {} 0x1", token(2)), "wait Now".to_owned()];
    assert_eq!(poll(&mut entries), (0, steps.to_vec()));

    // What is closed, and what is twice in a list, is told as without a set.
    sockets.close(fds[2]).unwrap();
    assert_eq!(poll(&mut entries), (1, vec!["poll 1 Now".to_owned()]));
    assert_eq!(entries[1].revents, Events::NVAL);
    assert_eq!(poll(&mut asked(&[0, 0])), (0, vec!["poll 2 Now".to_owned()]));
    assert_eq!(machine.open(), 2);
}

#[test]
fn what_nobody_asked_for_does_not_end_a_wait() {
    let (machine, sockets) = program();
    let fds: Vec<Fd> = (0..2).map(|_| sockets.socket(Family::Inet, Kind::Stream, 0).unwrap()).collect();
    let asked = || fds.iter().map(|fd| PollEntry::new(*fd, Events::IN)).collect::<Vec<_>>();
    for _ in 0..2 {
        sockets.poll(&mut asked(), NonBlocking).unwrap();
    }
    machine.told();
    for events in [Events::OUT, Events::HUP] {
        machine.0.found.borrow_mut().push_back(vec![(u64::from(fds[1]), events)]);
    }
    let mut entries = asked();
    assert_eq!(sockets.poll(&mut entries, Blocking), Ok(1));
    assert_eq!([entries[0].revents, entries[1].revents], [Events::empty(), Events::HUP]);
    assert_eq!(machine.told(), ["wait Never", "wait Never"]);
}

#[test]
fn a_kept_list_is_not_looked_through_again() {
    let (machine, sockets) = program();
    let fds: Vec<Fd> = (0..2).map(|_| sockets.socket(Family::Inet, Kind::Stream, 0).unwrap()).collect();
    let list = || PollList::new(fds.iter().rev().map(|fd| PollEntry::new(*fd, Events::IN)).collect()).unwrap();
    let found = |events| machine.0.found.borrow_mut().push_back(vec![(u64::from(fds[1]), events)]);
    let kept = list();
    machine.told();
    assert_eq!(sockets.poll_list(&kept, NonBlocking), Ok(vec![]));
    assert_eq!(machine.told(), ["poll 2 Now"], "no set was made yet");
    assert_eq!(sockets.poll_list(&kept, NonBlocking), Ok(vec![]));
    machine.told();
    found(Events::IN.union(Events::OUT));
    let ready = vec![PollEntry { fd: fds[1], events: Events::IN, revents: Events::IN }];
    assert_eq!(sockets.poll_list(&kept.clone(), Blocking), Ok(ready));
    assert_eq!(sockets.poll_list(&kept, NonBlocking), Ok(Vec::new()));
    assert_eq!(machine.told(), ["wait Never", "wait Now"]);

    // What nobody asked for does not end a wait.
    found(Events::OUT);
    found(Events::HUP);
    let ready = vec![PollEntry { fd: fds[1], events: Events::IN, revents: Events::HUP }];
    assert_eq!(sockets.poll_list(&kept, Blocking), Ok(ready));
    assert_eq!(machine.told(), ["wait Never", "wait Never"]);

    // A number that means another socket now is asked about anew, as is one that means nothing.
    sockets.close(fds[1]).unwrap();
    let gone = vec![PollEntry { fd: fds[1], events: Events::IN, revents: Events::NVAL }];
    assert_eq!(sockets.poll_list(&kept, Blocking), Ok(gone));
    assert_eq!(machine.told(), ["poll 1 Now"]);
    assert_eq!(sockets.socket(Family::Inet, Kind::Stream, 0), Ok(fds[1]));
    machine.told();
    assert_eq!(sockets.poll_list(&kept, NonBlocking), Ok(vec![]));
    assert_eq!(machine.told().last().map(String::as_str), Some("wait Now"), "a new set");
    let twice = [Events::IN, Events::OUT].map(|events| PollEntry::new(fds[0], events)).to_vec();
    assert!(PollList::new(twice).is_none(), "each only once");
}

#[test]
fn the_kernels_epoll_watches_its_sockets() {
    let (machine, sockets) = program();
    let fds: Vec<Fd> = (0..3).map(|_| sockets.socket(Family::Inet, Kind::Stream, 0).unwrap()).collect();
    let epoll = sockets.epoll_create().unwrap();
    machine.told();
    sockets.epoll_add(epoll, 10, fds[0], Events::IN, Trigger::empty()).unwrap();
    assert_eq!(sockets.epoll_wait(epoll, 8, NonBlocking), Ok(vec![]));
    assert_eq!(machine.told(), ["poll 1 Now"], "one member needs no set");

    // An edge is the kernel's to see, and what comes later is added at once.
    sockets.epoll_add(epoll, 11, fds[1], Events::IN | Events::OUT, Trigger::EDGE).unwrap();
    sockets.epoll_modify(epoll, 10, Events::OUT, Trigger::ONE_SHOT).unwrap();
    machine.0.found.borrow_mut().push_back(vec![(11, Events::IN | Events::HUP | Events::PRI)]);
    assert_eq!(sockets.epoll_wait(epoll, 8, Blocking), Ok(vec![(11, Events::IN | Events::HUP)]));
    assert_eq!(machine.told(), ["set", "add 10 0x1", "add 11 0x80000005", "modify 10 0x40000004", "wait Never"]);
    sockets.epoll_remove(epoll, 10).unwrap();
    assert_eq!(sockets.epoll_remove(epoll, 10), os(ENOENT));
    assert_eq!(machine.told(), ["remove 10"]);

    // What only this program has is asked first, and watched beside the set.
    let (reader, writer) = sockets.pipe().unwrap();
    sockets.epoll_add(epoll, 20, reader, Events::IN, Trigger::empty()).unwrap();
    assert_eq!(sockets.epoll_wait(epoll, 8, NonBlocking), Ok(vec![]));
    sockets.write(writer, b"x").unwrap();
    machine.0.found.borrow_mut().push_back(vec![(11, Events::OUT)]);
    let both = vec![(20, Events::IN), (11, Events::OUT)];
    assert_eq!(sockets.epoll_wait(epoll, 8, Blocking), Ok(both));
    assert_eq!(sockets.epoll_wait(epoll, 1, Blocking), Ok(vec![(20, Events::IN)]));
    assert_eq!(machine.told(), ["wait Now", "wait Now"], "nothing is taken from the set that there is no room for");

    // A lookup is the kernel's as well, until its answer is there.
    let lookup = sockets.start_getaddrinfo(Some(b"host.test"), None, &Hints::default()).unwrap();
    sockets.epoll_add(epoll, 30, lookup, Events::IN, Trigger::empty()).unwrap();
    assert_eq!(machine.told(), ["forward host.test", "add lookup 30 0x0"]);

    // A descriptor that means something else has given its token back.
    sockets.close(fds[1]).unwrap();
    assert_eq!(sockets.epoll_modify(epoll, 11, Events::IN, Trigger::empty()), os(ENOENT));
    assert_eq!(sockets.socket(Family::Inet, Kind::Stream, 0), Ok(fds[1]));
    assert_eq!(sockets.epoll_add(epoll, 11, fds[1], Events::IN, Trigger::empty()), Ok(()));
    assert_eq!(sockets.epoll_add(epoll, 11, fds[2], Events::IN, Trigger::empty()), os(EEXIST));
}

#[test]
fn closed_sockets_leave_an_epoll_that_grows() {
    let (machine, sockets) = program();
    let epoll = sockets.epoll_create().unwrap();
    for token in 0..500 {
        let fd = sockets.socket(Family::Inet, Kind::Stream, 0).unwrap();
        sockets.epoll_add(epoll, token, fd, Events::IN, Trigger::EDGE).unwrap();
        sockets.close(fd).unwrap();
    }
    let told = machine.told();
    let count = |word: &str| told.iter().filter(|line| line.starts_with(word)).count();
    let left = count("add ") - count("remove ");
    assert!(count("add ") == 500 && left <= 16, "{left} of them are left in the kernel's set");
    // A token that has been given back can be used again.
    let fd = sockets.socket(Family::Inet, Kind::Stream, 0).unwrap();
    assert_eq!(sockets.epoll_add(epoll, 0, fd, Events::IN, Trigger::empty()), Ok(()));
    assert_eq!(sockets.epoll_remove(epoll, 1), os(ENOENT));
}
