//! Sockets in sets, and sockets that travel in messages.

use super::*;

#[tokio::test]
async fn a_set_reports_what_is_ready_and_forgets_what_is_dropped() {
    let sockets = open_to_all();
    let (client, server) = connected(&sockets).await;
    let set = PollSet::create(&sockets).unwrap();
    set.add_socket(7, &client, Readiness::READABLE, Trigger::empty()).unwrap();
    assert_eq!(code(set.add_socket(7, &server, Readiness::READABLE, Trigger::empty())), Some(Errno::Exists));
    assert!(set.wait(soon(), 9).await.unwrap().is_empty());
    assert_eq!(code(set.wait(HostDeadline::Now, 0).await), Some(Errno::InvalidArgument));
    let (events, sent) = tokio::join!(set.wait(HostDeadline::Never, 9), server.send(b"x", none(), HostDeadline::Never));
    sent.unwrap();
    let events: Vec<_> = events.unwrap().iter().map(|event| (event.token, event.readiness)).collect();
    assert_eq!(events, [(7, Readiness::READABLE)]);
    for (trigger, again) in [(Trigger::empty(), 1), (Trigger::EDGE, 0), (Trigger::ONE_SHOT, 0)] {
        set.modify(7, Readiness::WRITABLE, trigger).unwrap();
        assert_eq!(set.wait(HostDeadline::Never, 9).await.unwrap().len(), 1);
        assert_eq!(set.wait(HostDeadline::Now, 9).await.unwrap().len(), again, "{trigger:?}");
    }
    let asked = [(client.as_fd(), Readiness::READABLE), (server.as_fd(), Readiness::READABLE)];
    assert_eq!(
        poll(&asked, HostDeadline::Never, &sockets.waits).await.unwrap(),
        [Readiness::READABLE, Readiness::empty()]
    );
    drop(client);
    assert_eq!(code(set.modify(7, Readiness::READABLE, Trigger::empty())), Some(Errno::NoSuchEntry));
    set.add_socket(7, &server, Readiness::WRITABLE, Trigger::empty()).unwrap();
}

#[tokio::test]
async fn sockets_travel_over_unix_sockets_and_names_are_the_guests_own() {
    let sockets = open_to_all();
    let unix = || Socket::create(&sockets, AddressFamily::Unix, SocketType::Stream, 0).unwrap();
    let name = || Address::Unix(UnixAddress::Path(b"/etc/hosts".to_vec()));
    let (listener, client) = (unix(), unix());
    assert_eq!(code(client.connect(name(), HostDeadline::Never).await), Some(Errno::NoSuchEntry));
    listener.bind(name()).unwrap();
    listener.listen(1).unwrap();
    client.connect(name(), HostDeadline::Never).await.unwrap();
    let (server, _) = listener.accept(HostDeadline::Never).await.unwrap();
    assert!(matches!(client.getpeername(), Ok(Address::Unix(UnixAddress::Path(path))) if path == b"/etc/hosts"));
    let stranger = open_to_all();
    let other = Socket::create(&stranger, AddressFamily::Unix, SocketType::Stream, 0).unwrap();
    assert_eq!(code(other.connect(name(), HostDeadline::Never).await), Some(Errno::NoSuchEntry), "of another guest");

    let (here, there) = Socket::pair(&sockets, AddressFamily::Unix, SocketType::Datagram, 0).unwrap();
    let parts = [b"take".to_vec()];
    let message = Outgoing { parts: &parts, ancillary: Vec::new(), rights: vec![&there], remote: None };
    client.send_message(message, none(), HostDeadline::Never).await.unwrap();
    drop(there);
    let message = server.recv_message(9, 64, none(), HostDeadline::Never).await.unwrap();
    assert_eq!((message.data, message.rights.len()), (b"take".to_vec(), 1));
    here.send(b"hello", none(), HostDeadline::Never).await.unwrap();
    let [there] = &message.rights[..] else { panic!("one socket") };
    assert_eq!(there.recv(9, none(), HostDeadline::Never).await.unwrap(), b"hello");
}

#[tokio::test]
async fn sockets_on_their_way_count() {
    let mut policy = Policy::new();
    policy.allow_everything().unwrap();
    policy.set_limits(Limits { sockets: Some(4), ..Limits::default() });
    let sockets = Sockets::new(Network::new(policy, |_| ()), "localhost");
    let (here, there) = Socket::pair(&sockets, AddressFamily::Unix, SocketType::Stream, 0).unwrap();
    let parts = [b"take".to_vec()];
    let send = async || {
        let passenger = Socket::create(&sockets, AddressFamily::Inet, SocketType::Stream, 0)?;
        let message = Outgoing { parts: &parts, ancillary: Vec::new(), rights: vec![&passenger], remote: None };
        here.send_message(message, none(), HostDeadline::Never).await
    };
    send().await.unwrap();
    assert_eq!(
        code(send().await),
        Some(Errno::TooManyOpenFiles),
        "the pair, the one on its way, one more, and that again"
    );
    assert_eq!(sockets.open(), 3);
    for flags in [MessageFlags::PEEK, none()] {
        let message = there.recv_message(9, 64, flags, HostDeadline::Never).await.unwrap();
        assert_eq!(message.rights.len(), 1);
    }
    assert_eq!(sockets.open(), 2);
    send().await.unwrap();
    drop((here, there));
    assert_eq!(sockets.open(), 0, "with the last queue goes what was in it");
}
