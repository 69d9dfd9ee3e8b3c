//! Finding 6a: no sockets travel to other processes nor from them, whichever handle of a socket a guest uses.

use std::io::{IoSlice, IoSliceMut, Read as _, Write as _};
use std::mem::MaybeUninit;
use std::os::fd::AsFd;
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};
use std::thread::{self, JoinHandle};

use rustix::net::{
    RecvAncillaryBuffer, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};
use tempfile::TempDir;

use super::fixture::{Guest, PATIENCE, Turn};
use super::way::on_host;

/// A folder of this machine, and a guest that may go there.
struct Outside {
    folder: TempDir,
    guest: Guest,
}

impl Outside {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let here = folder.path().display();
        let guest = Guest::new(&format!(
            "[allow]\noutbound = ['unix:///out/*->{here}/*']\ninbound = ['unix:///in/*->{here}/*']"
        ));
        Self { folder, guest }
    }

    /// A stranger who listens, and hands one of its own sockets to whoever comes; what it was sent, and the other end of its
    /// socket.
    fn stranger(&self) -> JoinHandle<(usize, UnixStream)> {
        let listener = UnixListener::bind(self.folder.path().join("peer")).unwrap();
        thread::spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            let kept = give(&stream);
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
            (received(&stream), kept)
        })
    }
}

/// Gives away one end of a pair: the other one.
fn give(to: impl AsFd) -> UnixStream {
    let (given, kept) = UnixStream::pair().unwrap();
    kept.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut rights = SendAncillaryBuffer::new(&mut space);
    let descriptors = [given.as_fd()];
    assert!(rights.push(SendAncillaryMessage::ScmRights(&descriptors)));
    sendmsg(to, &[IoSlice::new(b"take this")], &mut rights, SendFlags::empty()).unwrap();
    kept
}

/// How many descriptors come until the end.
fn received(from: &UnixStream) -> usize {
    let mut count = 0;
    loop {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(8))];
        let mut rights = RecvAncillaryBuffer::new(&mut space);
        let mut data = [0; 64];
        let message = recvmsg(from, &mut [IoSliceMut::new(&mut data)], &mut rights, RecvFlags::CMSG_CLOEXEC);
        // Who closes a socket with something unread in it resets the other one.
        let message = match message {
            Err(rustix::io::Errno::CONNRESET) => return count,
            message => message.unwrap(),
        };
        for message in rights.drain() {
            if let rustix::net::RecvAncillaryMessage::ScmRights(descriptors) = message {
                count += descriptors.count();
            }
        }
        if message.bytes == 0 {
            return count;
        }
    }
}

/// Nobody holds the other end of what was given away.
fn is_closed(mut kept: UnixStream) -> bool {
    kept.read_to_end(&mut Vec::new()).is_ok_and(|count| count == 0)
}

/// The stranger's part does what the tests say of it.
#[test]
fn two_strangers_exchange_descriptors() {
    let _turn = Turn::take();
    let (one, other) = UnixStream::pair().unwrap();
    let kept = give(&one);
    drop(one);
    assert_eq!(received(&other), 1);
    assert!(is_closed(kept));
}

/// What is a guest's own travels over its own sockets, and works at the other end.
#[test]
fn a_guests_own_sockets_travel_over_its_own() {
    let _turn = Turn::take();
    let outside = Outside::new();
    let lines = on_host(
        &outside.guest,
        &["pair a b stream", "pair c d stream", "pass a c", "take b e", "drop c", "send e hello", "recv d 9"],
    );
    assert_eq!(lines, ["ok", "ok", "sent 1", "took 1", "ok", "sent 5", "\"hello\""]);
    assert!(outside.folder.path().exists());
}

#[test]
fn a_second_handle_is_outside_as_well() {
    let _turn = Turn::take();
    for script in [
        // The second handle is older than the connection, and younger.
        &["socket s unix stream", "pass a s", "take b h", "connect s unix:/out/peer", "pass h t", "take h x"][..],
        &["socket s unix stream", "connect s unix:/out/peer", "pass s t", "pass a s", "take s x"],
        &["socket s unix stream", "pass a s", "connect s unix:/out/peer", "take b h", "pass h t", "take h x"],
        // The first one is gone.
        &["socket s unix stream", "pass a s", "connect s unix:/out/peer", "drop s", "take b h", "pass h t", "take h x"],
        // A third, of the second.
        &[
            "socket s unix stream",
            "pass a s",
            "take b g",
            "pass a g",
            "take b h",
            "connect s unix:/out/peer",
            "pass h t",
            "take h x",
        ],
        // One that was only looked at.
        &["socket s unix stream", "pass a s", "take b h peek", "connect s unix:/out/peer", "pass h t", "take h x peek"],
        &["socket s unix stream", "pass a s", "connect s unix:/out/peer", "pass s t", "take s x peek"],
    ] {
        let outside = Outside::new();
        let stranger = outside.stranger();
        let script: Vec<&str> = ["pair a b stream", "tcp4 t"].iter().chain(script).copied().collect();
        let lines = on_host(&outside.guest, &script);
        let mut steps = script.iter().zip(&lines);
        let (_, answer) = steps.find(|(step, _)| step.starts_with("pass") && step.ends_with(" t")).unwrap();
        assert_eq!(
            (answer.as_str(), lines.last().unwrap().as_str()),
            ("invalid-argument", "took 0"),
            "{script:?}: {lines:?}"
        );
        let (sent, kept) = stranger.join().unwrap();
        assert_eq!(sent, 0, "{script:?}");
        assert!(is_closed(kept), "{script:?}");
    }
}

/// A listener that others come to: what it accepts is outside, by each of its handles.
#[test]
fn an_accepted_socket_is_outside_as_well() {
    let _turn = Turn::take();
    for script in [
        &["bind s unix:/in/srv", "listen s", "accept s c", "take c x", "pass c t"][..],
        &["pass a s", "take b h", "bind s unix:/in/srv", "listen h", "accept h c", "take c x", "pass c t"],
        &[
            "pass a s",
            "take b h",
            "bind h unix:/in/srv",
            "listen s",
            "drop h",
            "accept s c",
            "take c x peek",
            "pass c t",
        ],
    ] {
        let outside = Outside::new();
        let place = outside.folder.path().join("srv");
        let stranger = thread::spawn(move || {
            let stream = loop {
                match UnixStream::connect(&place) {
                    Ok(stream) => break stream,
                    Err(_) => thread::yield_now(),
                }
            };
            let kept = give(&stream);
            (received(&stream), kept)
        });
        let script: Vec<&str> =
            ["pair a b stream", "tcp4 t", "socket s unix stream"].iter().chain(script).copied().collect();
        let lines = on_host(&outside.guest, &script);
        assert_eq!(lines[lines.len() - 2..], ["took 0", "invalid-argument"], "{script:?}: {lines:?}");
        let (sent, kept) = stranger.join().unwrap();
        assert_eq!(sent, 0, "{script:?}");
        assert!(is_closed(kept), "{script:?}");
    }
}

/// Datagrams need no connection: to send one to a stranger is enough.
#[test]
fn a_datagram_socket_that_has_sent_to_others_is_outside() {
    let _turn = Turn::take();
    for script in [
        &["pass a s", "take b h", "sendto s unix:/out/peer hello", "pass h t"][..],
        &["pass a s", "take b h", "connect s unix:/out/peer", "pass h t"],
        &["pass a s", "take b h", "bind s unix:/in/own", "connect h unix:/out/peer", "pass h t"],
    ] {
        let outside = Outside::new();
        let peer = UnixDatagram::bind(outside.folder.path().join("peer")).unwrap();
        let script: Vec<&str> =
            ["pair a b stream", "tcp4 t", "socket s unix datagram"].iter().chain(script).copied().collect();
        let lines = on_host(&outside.guest, &script);
        assert_eq!(lines.last().unwrap(), "invalid-argument", "{script:?}: {lines:?}");
        drop(peer);
    }
}

/// A socket that goes outside does not go there by way of one that stays inside either.
#[test]
fn a_socket_that_is_outside_travels_nowhere() {
    let _turn = Turn::take();
    let outside = Outside::new();
    let stranger = outside.stranger();
    let script = [
        "pair a b stream",
        "socket s unix stream",
        "connect s unix:/out/peer",
        "pass a s",
        "take b h now",
        // What the stranger has to give.
        "take s x",
    ];
    let lines = on_host(&outside.guest, &script);
    assert_eq!(lines[3..], ["invalid-argument", "would-block", "took 0"], "{lines:?}");
    let (sent, kept) = stranger.join().unwrap();
    assert!(sent == 0 && is_closed(kept));
}

/// A stranger who finds a guest's own socket, in a folder that only this user may enter, hands nothing over there either.
#[test]
fn a_strangers_descriptor_is_closed_on_a_socket_that_is_inside() {
    let _turn = Turn::take();
    let outside = Outside::new();
    let seen = UnixDatagram::bind(outside.folder.path().join("peer")).unwrap();
    seen.set_read_timeout(Some(PATIENCE)).unwrap();
    let stranger = thread::spawn(move || {
        // Its own name shows where the folder is in which the other one lies as well.
        let (_, from) = seen.recv_from(&mut [0; 64]).unwrap();
        let folder = from.as_pathname().unwrap().parent().unwrap().to_owned();
        let to = UnixDatagram::unbound().unwrap();
        to.connect(folder.join("0")).unwrap();
        give(&to)
    });
    let script = [
        "socket inside unix datagram",
        "bind inside unix:/inside",
        "socket known unix datagram",
        "bind known unix:/known",
        "sendto known unix:/out/peer hello",
        "take inside x",
    ];
    let lines = on_host(&outside.guest, &script);
    assert_eq!(lines, ["ok", "ok", "ok", "ok", "sent 5", "took 0"]);
    assert!(is_closed(stranger.join().unwrap()));
}

/// Bytes go outside, of course: the refusals above are of descriptors.
#[test]
fn bytes_go_outside() {
    let _turn = Turn::take();
    let outside = Outside::new();
    let listener = UnixListener::bind(outside.folder.path().join("peer")).unwrap();
    let stranger = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"welcome").unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text
    });
    let script = [
        "pair a b stream",
        "socket s unix stream",
        "pass a s",
        "take b h",
        "connect s unix:/out/peer",
        "recv h 7",
        "drop s",
        "send h thanks",
    ];
    let lines = on_host(&outside.guest, &script);
    assert_eq!(lines[4..], ["ok", "\"welcome\"", "ok", "sent 6"], "{lines:?}");
    assert_eq!(stranger.join().unwrap(), "thanks");
}
