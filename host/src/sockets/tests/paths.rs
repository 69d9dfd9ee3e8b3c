//! Paths of `AF_UNIX` sockets that rules open: one of this machine's sockets, and nothing besides.

use std::io::{IoSlice, Read as _, Write as _};
use std::mem::MaybeUninit;
use std::os::fd::AsFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::Arc;

use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use tempfile::TempDir;

use super::super::message::Outgoing;
use super::super::socket::Socket;
use super::super::state::Sockets;
use super::super::types::{Address, AddressFamily, Errno, Error, SocketType, UnixAddress};
use super::super::waiting::HostDeadline;
use super::{code, none, tcp};
use crate::policy::{Network, Policy, Rule};

/// A folder of this machine with a listener in it, and a guest that knows it by other names.
struct Fixture {
    folder: TempDir,
    listener: UnixListener,
    guest: Arc<Sockets>,
}

impl Fixture {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join("db")).unwrap();
        let here = folder.path().display();
        let mut policy = Policy::new();
        policy.allow_outbound(Rule::parse_outbound(&format!("unix:///db.sock->{here}/db")).unwrap());
        policy.allow_outbound(Rule::parse_outbound(&format!("unix:///app/*->{here}/*")).unwrap());
        policy.allow_inbound(Rule::parse_inbound(&format!("unix:///srv.sock->{here}/srv")).unwrap());
        policy.deny_outbound(Rule::parse_deny("unix:///app/secret").unwrap());
        let guest = Sockets::new(Network::new(policy, |_| ()), "localhost");
        Self { folder, listener, guest }
    }

    fn socket(&self) -> Socket {
        Socket::create(&self.guest, AddressFamily::Unix, SocketType::Stream, 0).unwrap()
    }

    async fn connected(&self, path: &str) -> Result<Socket, Error> {
        let socket = self.socket();
        socket.connect(named(path), HostDeadline::Never).await?;
        Ok(socket)
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }
}

fn named(path: &str) -> Address {
    Address::Unix(UnixAddress::Path(path.as_bytes().to_vec()))
}

fn is_named(address: &Address, expected: &str) -> bool {
    matches!(address, Address::Unix(UnixAddress::Path(path)) if path == expected.as_bytes())
}

#[tokio::test]
async fn a_path_leads_where_its_rule_says_and_keeps_its_name() {
    let fixture = Fixture::new();
    let client = fixture.connected("/db.sock").await.unwrap();
    let (mut server, _) = fixture.listener.accept().unwrap();
    assert!(is_named(&client.getpeername().unwrap(), "/db.sock"));
    server.write_all(b"hello").unwrap();
    assert_eq!(client.recv(9, none(), HostDeadline::Never).await.unwrap(), b"hello");
    fixture.connected("/app/db").await.unwrap();
}

#[tokio::test]
async fn no_other_path_leads_anywhere() {
    let fixture = Fixture::new();
    let real = fixture.path("db").display().to_string();
    for path in [real.as_str(), "/app/../db.sock", "/app/x/db", "/app/secret", "/db.sock/"] {
        let refused = fixture.connected(path).await.map(drop);
        // A slash at the end says no other path.
        assert_eq!(code(refused), (path != "/db.sock/").then_some(Errno::AccessDenied), "{path}");
    }
    assert_eq!(code(fixture.connected("/app/absent").await.map(drop)), Some(Errno::NoSuchEntry));
    // Among its own names a guest needs no rule, and binds nothing outside.
    let own = fixture.socket();
    own.bind(named("/app/db")).unwrap();
    own.listen(1).unwrap();
    fixture.connected("/app/db").await.unwrap();
    fixture.listener.set_nonblocking(true).unwrap();
    fixture.listener.accept().unwrap();
    assert!(fixture.listener.accept().is_err(), "only the one with a slash has come");
}

#[tokio::test]
async fn a_link_leads_nowhere() {
    let fixture = Fixture::new();
    std::os::unix::fs::symlink(fixture.path("db"), fixture.path("link")).unwrap();
    assert!(fixture.connected("/app/link").await.is_err());
    std::fs::write(fixture.path("file"), "").unwrap();
    assert_eq!(code(fixture.connected("/app/file").await.map(drop)), Some(Errno::ConnectionRefused));
    fixture.listener.set_nonblocking(true).unwrap();
    assert!(fixture.listener.accept().is_err());
}

#[tokio::test]
async fn others_come_to_a_path_that_may_be_bound_until_its_socket_is_closed() {
    let fixture = Fixture::new();
    let listener = fixture.socket();
    listener.bind(named("/srv.sock")).unwrap();
    listener.listen(1).unwrap();
    assert!(is_named(&listener.getsockname().unwrap(), "/srv.sock"));
    let mut client = UnixStream::connect(fixture.path("srv")).unwrap();
    let (accepted, _) = listener.accept(HostDeadline::Never).await.unwrap();
    accepted.send(b"welcome", none(), HostDeadline::Never).await.unwrap();
    drop((accepted, listener));
    let mut text = String::new();
    client.read_to_string(&mut text).unwrap();
    assert_eq!(text, "welcome");
    assert!(!Path::new(&fixture.path("srv")).exists());
}

/// A socket that someone else has opened is under no policy, and one of the guest's is nobody else's.
#[tokio::test]
async fn sockets_do_not_travel_to_others_nor_from_them() {
    let fixture = Fixture::new();
    let client = fixture.connected("/db.sock").await.unwrap();
    let (server, _) = fixture.listener.accept().unwrap();
    let parts = [b"x".to_vec()];
    let carried = tcp(&fixture.guest);
    let message = Outgoing { parts: &parts, ancillary: Vec::new(), rights: vec![&carried], remote: None };
    assert_eq!(code(client.send_message(message, none(), HostDeadline::Never).await), Some(Errno::InvalidArgument));
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut rights = SendAncillaryBuffer::new(&mut space);
    let descriptors = [fixture.listener.as_fd()];
    assert!(rights.push(SendAncillaryMessage::ScmRights(&descriptors)));
    sendmsg(&server, &[IoSlice::new(b"take this")], &mut rights, SendFlags::empty()).unwrap();
    let message = client.recv_message(99, 64, none(), HostDeadline::Never).await.unwrap();
    assert_eq!((message.data.as_slice(), message.rights.len()), (&b"take this"[..], 0));
    // Nor by way of another socket of the guest's.
    let (one, _other) = Socket::pair(&fixture.guest, AddressFamily::Unix, SocketType::Stream, 0).unwrap();
    let message = Outgoing { parts: &parts, ancillary: Vec::new(), rights: vec![&client], remote: None };
    assert_eq!(code(one.send_message(message, none(), HostDeadline::Never).await), Some(Errno::InvalidArgument));
}
