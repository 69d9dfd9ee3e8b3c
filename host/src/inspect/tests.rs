//! The page as clients see it, over real connections.
#![expect(clippy::disallowed_methods, reason = "the tests are the clients")]

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::ffi::OsStrExt;
use std::thread;

use http::Request;

use super::feed::KEPT;
use super::gate::{Asset, Gate, Refusal};
use super::{Inspector, Page};
use crate::accounting::buffers::Buffers;
use crate::accounting::record::Origin;
use crate::policy::{Attempt, Network, Policy, Protocol, Rule};

const LOOPBACK: &str = "127.0.0.1:0";

/// A page for a network that may connect to one address.
fn page(address: &str) -> (String, Network, Page) {
    let inspector = Inspector::bind(address.parse().unwrap()).unwrap();
    let mut policy = Policy::new();
    policy.allow_outbound(Rule::parse("tcp://10.0.0.1:80").unwrap());
    policy.deny_outbound(Rule::parse("tcp://10.0.0.2:*").unwrap());
    let network = Network::builder(policy).guest("main").audit(inspector.audit()).build();
    let url = inspector.url();
    let page = inspector.serve(network.clone()).unwrap();
    (url, network, page)
}

/// `127.0.0.1:80` and `/secret/` of a URL.
fn parts(url: &str) -> (&str, String) {
    let (authority, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    (authority, format!("/{path}"))
}

/// Asks for a file of the page, and leaves the answer to be read.
fn ask(url: &str, method: &str, file: &str) -> TcpStream {
    let (authority, path) = parts(url);
    request(authority, &format!("{method} {path}{file} HTTP/1.1\r\nhost: {authority}\r\n\r\n"))
}

fn request(authority: &str, text: &str) -> TcpStream {
    let mut stream = TcpStream::connect(authority).unwrap();
    stream.write_all(text.as_bytes()).unwrap();
    stream
}

fn whole(mut stream: TcpStream) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

/// Reads on until the text ends so.
fn until(stream: &mut TcpStream, text: &mut String, wanted: &str) {
    let mut buffer = [0; 4096];
    while !text.contains(wanted) {
        let count = stream.read(&mut buffer).unwrap();
        assert_ne!(count, 0, "no {wanted:?} in {text}");
        text.push_str(&String::from_utf8_lossy(&buffer[..count]));
    }
}

fn connect(network: &Network, address: &str) {
    // Whether it may is what the page is to show.
    let _ = network.check(Attempt::Connect(address.parse().unwrap()));
}

#[test]
fn the_page_is_on_loopback_alone() {
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0", "[::ffff:127.0.0.1]:0"] {
        let error = Inspector::bind(address.parse().unwrap()).unwrap_err().to_string();
        assert!(error.contains(address) && error.contains("use a loopback address"), "{error}");
    }
}

#[test]
fn who_has_the_url_reads_and_does_no_more() {
    let (url, _network, page) = page(LOOPBACK);
    for (file, kind) in [("", "text/html"), ("page.js", "text/javascript"), ("page.css", "text/css")] {
        let text = whole(ask(&url, "GET", file));
        assert!(text.starts_with("HTTP/1.1 200 OK\r\n") && text.contains(&format!("content-type: {kind}")), "{text}");
        assert!(text.contains("content-security-policy: default-src 'none'; script-src 'self'"), "{text}");
        assert!(text.contains("referrer-policy: no-referrer") && text.contains("cache-control: no-store"), "{text}");
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("content-length: {}", body.len())) && !body.is_empty(), "{text}");
        assert!(whole(ask(&url, "HEAD", file)).ends_with("\r\n\r\n"));
    }
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "FOO"] {
        let text = whole(ask(&url, method, ""));
        assert!(text.starts_with("HTTP/1.1 405 ") && text.contains("allow: GET, HEAD"), "{method}: {text}");
    }
    assert!(whole(ask(&url, "HEAD", "events")).starts_with("HTTP/1.1 200 OK\r\n"));
    assert!(whole(ask(&url, "GET", "nothing")).starts_with("HTTP/1.1 404 "));
    let (authority, _) = parts(&url);
    for text in
        ["garbage\r\n\r\n", "GET / HTTP/1.1\r\nhost\r\n\r\n", &format!("GET /{} HTTP/1.1\r\n", "a".repeat(1 << 16))]
    {
        assert!(whole(request(authority, text)).starts_with("HTTP/1.1 4"), "{text:.20}");
    }
    page.end(None);
}

#[test]
fn a_url_without_the_secret_or_for_another_host_opens_nothing() {
    let address: SocketAddr = "127.0.0.1:4000".parse().unwrap();
    let gate = Gate::new(address).unwrap();
    let (_, path) = gate.url().rsplit_once("4000").map(|(front, path)| (front.to_owned(), path.to_owned())).unwrap();
    let judge = |target: &str, hosts: &[&str]| {
        let request = hosts.iter().fold(Request::get(target), |request, host| request.header("host", *host));
        gate.judge(&request.body(()).unwrap())
    };
    let own = ["127.0.0.1:4000"];
    assert_eq!(judge(&path, &own), Ok(Asset::Page));
    assert_eq!(judge(&format!("{path}events?x=1"), &own), Ok(Asset::Events));
    assert_eq!(judge(&format!("http://127.0.0.1:4000{path}"), &own), Ok(Asset::Page));
    assert_eq!(path.len(), 2 + 48, "192 bits in hexadecimal");

    let mut other = path.clone();
    let last = if path.ends_with("0/") { "1/" } else { "0/" };
    other.replace_range(path.len() - 2.., last);
    for target in ["/", "//", "/events", "/page.js", &other, &path[..path.len() - 1], &path[..10], &format!("{path}x")]
    {
        assert_eq!(judge(target, &own), Err(Refusal::Nothing), "{target}");
    }
    for hosts in [
        &[][..],
        &["evil.test"],
        &["evil.test:4000"],
        &["localhost:4000"],
        &["127.0.0.1"],
        &["127.0.0.1:4001"],
        &["127.0.0.1:4000", "evil.test"],
        &["127.0.0.1:4000", "127.0.0.1:4000"],
        &["[::1]:4000"],
    ] {
        assert_eq!(judge(&path, hosts), Err(Refusal::OtherHost), "{hosts:?}");
    }
    assert_eq!(judge(&format!("http://evil.test{path}"), &own), Err(Refusal::OtherHost));
    assert_ne!(gate.url(), Gate::new(address).unwrap().url());

    let gate = Gate::new("[::1]:80".parse().unwrap()).unwrap();
    let path = gate.url().split_off("http://[::1]:80".len());
    for host in ["[::1]", "[::1]:80"] {
        assert_eq!(gate.judge(&Request::get(&path).header("host", host).body(()).unwrap()), Ok(Asset::Page));
    }
}

#[test]
fn events_come_as_they_happen_and_the_end_comes_last() {
    for address in [LOOPBACK, "[::1]:0"] {
        if TcpStream::connect(address).is_err_and(|error| error.kind() == std::io::ErrorKind::AddrNotAvailable) {
            continue; // This machine has no IPv6.
        }
        let (url, network, page) = page(address);
        connect(&network, "10.0.0.1:80");
        let (mut client, mut text) = (ask(&url, "GET", "events"), String::new());
        until(&mut client, &mut text, r#""rule":"--allow-outbound tcp://10.0.0.1:80"}"#);
        assert!(text.contains(r#"{"rules":["--deny-outbound tcp://10.0.0.2:*","--allow-outbound tcp://10.0.0.1:80"]"#));
        assert!(text.contains(r#""sockets":[],"older":0}"#), "{text}");
        connect(&network, "10.0.0.2:80");
        until(&mut client, &mut text, r#""reason":"denied""#);
        let _ = network.check(Attempt::UnixConnect(OsStr::from_bytes(b"/tmp/\xff").into()));
        until(&mut client, &mut text, r#""path":"/tmp/\\xff""#);

        let socket = network.account(Some(Protocol::Udp), Buffers::default(), Origin::New);
        until(&mut client, &mut text, r#""sockets":[{"socket":1,"protocol":"udp","state":"open""#);
        socket.sent(4321);
        until(&mut client, &mut text, r#""bytes_sent":4321"#);
        drop(socket);
        page.end(Some(7));
        client.read_to_string(&mut text).unwrap();
        let (_, end) = text.rsplit_once(r#""older":0}"#).unwrap();
        assert!(end.contains("event: end\ndata: {\"status\":7}\n\n"), "{text}");
        assert!(text.contains(r#""event":"socket""#), "{text}");
        assert!(TcpStream::connect(parts(&url).0).is_err(), "the page is gone with the program");
    }
}

#[test]
fn who_does_not_read_misses_events_and_holds_up_nobody() {
    let (url, network, page) = page(LOOPBACK);
    let (mut client, mut text) = (ask(&url, "GET", "events"), String::new());
    until(&mut client, &mut text, "event: now");
    // Far more than any buffer of the system holds.
    for _ in 0..100_000 {
        connect(&network, "10.0.0.1:80");
    }
    connect(&network, "10.0.0.3:80");
    until(&mut client, &mut text, r#""address":"10.0.0.3""#);
    assert!(text.contains("event: gap\ndata: {\"missed\":"), "nothing was missed");

    // Who comes late has the last of them, and hears how many there were before.
    let (mut late, mut text) = (ask(&url, "GET", "events"), String::new());
    until(&mut late, &mut text, r#""address":"10.0.0.3""#);
    assert!(text.contains(&format!("event: start\ndata: {{\"earlier\":{}}}\n", 100_001 - KEPT)), "{:.200}", text);
    assert_eq!(text.matches("event: event").count(), KEPT);

    // Who does not take his leave is left.
    let stuck = ask(&url, "GET", "events");
    for _ in 0..100_000 {
        connect(&network, "10.0.0.1:80");
    }
    page.end(Some(0));
    drop(stuck);
}

#[test]
fn a_crowd_is_turned_away_and_others_get_in_again() {
    let (url, _network, page) = page(LOOPBACK);
    let mut crowd: Vec<_> = (0..16).map(|_| ask(&url, "GET", "events")).collect();
    for client in &mut crowd {
        until(client, &mut String::new(), "event: now");
    }
    assert!(whole(ask(&url, "GET", "events")).starts_with("HTTP/1.1 503 "));
    assert!(whole(ask(&url, "GET", "")).starts_with("HTTP/1.1 200 "), "the page itself is there");
    let leaving = thread::spawn(move || drop(crowd));
    leaving.join().unwrap();
    let mut answer = String::from("503");
    while answer.contains("503") {
        let mut client = ask(&url, "GET", "events");
        answer.clear();
        until(&mut client, &mut answer, "\r\n\r\n");
    }
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    page.end(None);
}

#[test]
fn the_page_makes_no_markup_of_texts_and_asks_nobody_else() {
    let script = include_str!("page.js");
    for way in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval", "srcdoc", "setAttribute"] {
        assert!(!script.contains(way), "{way}");
    }
    for asset in [script, include_str!("page.html"), include_str!("page.css")] {
        assert!(!asset.contains("//") || asset == script, "an address of elsewhere");
        assert!(!asset.contains("http:") && !asset.contains("https:"));
    }
    let page = include_str!("page.html");
    assert!(!page.contains(" style=") && !page.contains(" on"), "nothing that the policy of the page forbids");
}
