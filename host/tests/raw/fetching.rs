//! `wasi:http` under the same policy: what is refused to a socket is refused to a request.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use rcgen::{CertificateParams, KeyPair};
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::{ServerConfig, ServerConnection, StreamOwned};
use wasocket_host::http::Authorities;
use wasocket_host::policy::Quota;

use super::fixture::{Guest, Turn, is_untouched, listener};

/// Answers so many requests; what they asked for.
fn server(listener: TcpListener, count: usize) -> JoinHandle<Vec<String>> {
    thread::spawn(move || {
        let answer = |_| {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte).unwrap();
                request.extend(byte);
            }
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello").unwrap();
            String::from_utf8(request).unwrap()
        };
        (0..count).map(answer).collect()
    })
}

#[test]
fn a_request_reaches_what_a_rule_allows() {
    let _turn = Turn::take();
    let (listener, port) = listener();
    let serving = server(listener, 3);
    let policy = format!(
        "[allow]\noutbound = ['tcp://127.0.0.1:{port}', 'tcp://localhost:{port}', 'tcp://db.test->127.0.0.1:80->{port}']\n\
         [limits]\nsockets = 1"
    );
    let guest = Guest::new(&policy);
    let outcome = guest.run(&[
        &format!("fetch http 127.0.0.1:{port} /a?b=c"),
        &format!("fetch http localhost:{port} /"),
        // By its name in the policy, and its port outside.
        "fetch http db.test /",
    ]);
    assert_eq!(outcome.lines, ["200 hello"; 3], "{outcome:?}");
    let requests = serving.join().unwrap();
    assert!(requests[0].starts_with("GET /a?b=c HTTP/1.1\r\n"), "{requests:?}");
    assert!(requests[2].to_ascii_lowercase().contains("host: db.test\r\n"), "{requests:?}");
    assert!(guest.network.take(Quota::Sockets, 1).is_ok(), "the connections are counted back");
}

#[test]
fn a_request_reaches_nothing_else() {
    let _turn = Turn::take();
    let (listener, port) = listener();
    let denied = "ErrorCode::HttpRequestDenied";
    let requests = [
        format!("fetch http 127.0.0.1:{port} /"),
        format!("fetch http 2130706433:{port} /"),
        format!("fetch http 0x7f.1:{port} /"),
        format!("fetch http [::ffff:127.0.0.1]:{port} /"),
        format!("fetch http localhost:{port} /"),
        format!("fetch https 127.0.0.1:{port} /"),
        "fetch http 169.254.169.254 /latest/meta-data/".to_owned(),
        "fetch http one.test /".to_owned(),
    ];
    let script: Vec<&str> = requests.iter().map(String::as_str).collect();
    let outcome = Guest::new("[allow]\noutbound = ['tcp://192.0.2.1:80']").run(&script);
    assert_eq!(outcome.lines, [denied; 8], "{outcome:?}");
    let refused = |start: &str| outcome.decisions.iter().filter(|text| text.starts_with(start)).count();
    assert_eq!(refused("refused connect tcp "), 6, "{outcome:?}");
    assert_eq!(refused("refused resolve "), 2, "{outcome:?}");
    let open = "[allow]\noutbound = ['tcp://*:*']\nresolve = ['*']";
    let outcome = Guest::new(open).run(&["fetch http 169.254.169.254 /"]);
    assert_eq!((outcome.lines[0].as_str(), outcome.decisions[0].ends_with(" metadata")), (denied, true), "{outcome:?}");
    let outcome = Guest::new(&format!("{open}\n[limits]\noutbound-connections = 0")).run(&[&requests[0]]);
    assert_eq!(outcome.lines, ["ErrorCode::ConnectionLimitReached"], "{outcome:?}");
    assert!(is_untouched(&listener));
}

/// Someone who does not speak TLS is not spoken to without.
#[test]
fn a_secure_request_is_secure_or_fails() {
    let _turn = Turn::take();
    let (listener, port) = listener();
    let serving = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut first = [0];
        stream.read_exact(&mut first).unwrap();
        drop(stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello"));
        first[0]
    });
    let policy = format!("[allow]\noutbound = ['tcp://127.0.0.1:{port}']");
    let outcome = Guest::new(&policy).run(&[&format!("fetch https 127.0.0.1:{port} /")]);
    assert_eq!(outcome.lines, ["ErrorCode::TlsProtocolError"], "{outcome:?}");
    assert_eq!(serving.join().unwrap(), 22, "a handshake, no request");
}

/// A server over TLS, which answers so many requests: its certificate, and how many it answered.
fn secure_server(listener: TcpListener, count: usize) -> (String, JoinHandle<usize>) {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(["db.test".to_owned()]).unwrap().self_signed(&key).unwrap();
    let own_key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = ServerConfig::builder().with_no_client_auth();
    let config = Arc::new(config.with_single_cert(vec![certificate.der().clone()], own_key).unwrap());
    let serving = thread::spawn(move || {
        let answer = |_: &usize| {
            let stream = listener.accept().unwrap().0;
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = StreamOwned::new(connection, stream);
            let mut byte = [0];
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                // A client that does not believe us goes away.
                if stream.read_exact(&mut byte).is_err() {
                    return false;
                }
                request.extend(byte);
            }
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nsecret").is_ok()
        };
        (0..count).filter(answer).count()
    });
    (certificate.pem(), serving)
}

#[test]
fn a_secure_request_reaches_the_server_whose_name_is_certified_and_no_other() {
    let _turn = Turn::take();
    let (listener, port) = listener();
    let (authority, serving) = secure_server(listener, 3);
    let policy = format!(
        "[allow]\noutbound = ['tcp://db.test->127.0.0.1:443->{port}', 'tcp://other.test->127.0.0.1:443->{port}']"
    );
    let mut guest = Guest::new(&policy);
    let stranger = guest.run(&["fetch https db.test /"]);
    assert_eq!(stranger.lines, ["ErrorCode::TlsProtocolError"], "{stranger:?}");
    guest.authorities = Authorities::from_pem(authority.as_bytes()).unwrap();
    let outcome = guest.run(&["fetch https db.test /", "fetch https other.test /"]);
    assert_eq!(outcome.lines, ["200 secret", "ErrorCode::TlsProtocolError"], "{outcome:?}");
    assert_eq!(serving.join().unwrap(), 1);
}
