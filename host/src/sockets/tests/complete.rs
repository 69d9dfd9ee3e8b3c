//! What a call completes that may wait for ever, and what one with a deadline does.

use super::*;

#[tokio::test]
async fn sending_without_a_deadline_sends_all_of_a_stream() {
    let sockets = open_to_all();
    let parts = [vec![1; 500_000], vec![2; 1], vec![3; 500_000]];
    for with_sockets in [false, true] {
        let (here, there) = Socket::pair(&sockets, AddressFamily::Unix, SocketType::Stream, 0).unwrap();
        let passenger = udp(&sockets);
        let rights = if with_sockets { vec![&passenger] } else { Vec::new() };
        let message = || Outgoing { parts: &parts, ancillary: Vec::new(), rights: rights.clone(), remote: None };
        let drain = async |count: usize| {
            let mut data = Vec::new();
            while data.len() < count {
                data.extend(there.recv(1 << 20, none(), HostDeadline::Never).await.unwrap());
            }
            data
        };
        let (sent, data) = tokio::join!(here.send_message(message(), none(), HostDeadline::Never), drain(1_000_001));
        assert_eq!((sent.unwrap(), data), (1_000_001, parts.concat()));
        let part = here.send_message(message(), none(), HostDeadline::Now).await.unwrap();
        assert!((1..1_000_001).contains(&part), "{part}: more than the system has room for");
        drain(part as usize).await;
        let part = here.send(&parts.concat(), none(), soon()).await.unwrap();
        assert!((1..1_000_001).contains(&part), "{part}: one with a deadline sends what there is room for");
    }
}

#[tokio::test]
async fn receiving_all_of_it_waits_for_all() {
    let sockets = open_to_all();
    let (client, server) = connected(&sockets).await;
    let recv = async |flags, until| client.recv(6, flags, until).await.unwrap();
    let message = async |flags, until| client.recv_message(6, 64, flags, until).await.unwrap().data;
    for (flags, expected) in [(MessageFlags::WAIT_ALL, &b"abcdef"[..]), (none(), b"abc")] {
        for with_message in [false, true] {
            server.send(b"abc", none(), HostDeadline::Never).await.unwrap();
            let received = async {
                let until = HostDeadline::Never;
                if with_message { message(flags, until).await } else { recv(flags, until).await }
            };
            let late = server.send(b"def", none(), HostDeadline::Never);
            let (received, late) =
                if flags == none() { (received.await, late.await) } else { tokio::join!(received, late) };
            late.unwrap();
            assert_eq!(received, expected, "{with_message}");
            if flags == none() {
                assert_eq!(recv(MessageFlags::WAIT_ALL, soon()).await, b"def", "with a deadline, what is there");
            }
        }
    }
}
