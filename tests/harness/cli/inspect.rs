//! `wasocket run --inspect`: the page that shows what a program does on the network.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use anyhow::{Context as _, Result, bail, ensure};

use super::{Case, PATIENCE, Workshop};
use crate::process::Running;

pub(super) const CASES: &[Case] = &[
    ("the_page_shows_a_connection_and_ends_with_the_program", the_page_shows_a_connection_and_ends_with_the_program),
    ("the_page_opens_for_its_url_alone", the_page_opens_for_its_url_alone),
    ("the_page_is_on_loopback_alone", the_page_is_on_loopback_alone),
    ("who_looks_and_does_not_read_holds_up_nobody", who_looks_and_does_not_read_holds_up_nobody),
    ("the_page_is_not_for_the_program", the_page_is_not_for_the_program),
];

/// Connects, waits for a word, and ends with a status of its own.
const VISIT: &str = "
import socket, sys
try:
    socket.create_connection(('10.0.0.1', 80))
except PermissionError:
    pass
with socket.create_connection(('127.0.0.1', int(sys.argv[1]))) as visit:
    visit.sendall(b'hello')
    sys.exit(len(visit.recv(100)))
";

/// A program that has been started, and the URL of its page.
fn start(workshop: &Workshop, arguments: &[&str]) -> Result<(Running, Url)> {
    let arguments = [&["run", "--inspect", "127.0.0.1:0"], arguments].concat();
    let program = Running::start(workshop.command(&arguments), b"")?;
    let line = program.expect_complaint("http://127.0.0.1:", PATIENCE)?;
    let (_, url) = line.split_once("http://").context("no URL")?;
    let (authority, token) = url.trim_end().split_once('/').context("no path")?;
    ensure!(token.len() > 32 && token.ends_with('/'), "too short a secret: {line}");
    Ok((program, Url { authority: authority.to_owned(), token: token.to_owned() }))
}

struct Url {
    authority: String,
    token: String,
}

impl Url {
    /// Asks for something, and leaves the answer to be read.
    fn ask(&self, method: &str, path: &str, host: &str) -> Result<TcpStream> {
        let mut stream = TcpStream::connect(&self.authority)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        write!(stream, "{method} {path} HTTP/1.1\r\nhost: {host}\r\n\r\n")?;
        Ok(stream)
    }

    fn events(&self) -> Result<TcpStream> {
        self.ask("GET", &format!("/{}events", self.token), &self.authority)
    }

    fn status(&self, method: &str, path: &str, host: &str) -> Result<String> {
        let mut answer = Vec::new();
        self.ask(method, path, host)?.read_to_end(&mut answer)?;
        let answer = String::from_utf8_lossy(&answer);
        Ok(answer.split(' ').nth(1).unwrap_or_default().to_owned())
    }
}

/// Reads on until all of these were there.
fn until(stream: &mut TcpStream, text: &mut String, wanted: &[&str]) -> Result<()> {
    let mut buffer = [0; 4096];
    while let Some(missing) = wanted.iter().find(|wanted| !text.contains(**wanted)) {
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => bail!("no {missing:?} in {text}"),
            Ok(count) => text.push_str(&String::from_utf8_lossy(buffer.get(..count).unwrap_or_default())),
        }
    }
    Ok(())
}

fn the_page_shows_a_connection_and_ends_with_the_program(workshop: &Workshop) -> Result<()> {
    workshop.write("visit.py", VISIT)?;
    for backend in ["host", "wasi"] {
        let host = TcpListener::bind("127.0.0.1:0")?;
        let port = host.local_addr()?.port().to_string();
        let rule = format!("tcp://127.0.0.1:{port}");
        let arguments = ["--backend", backend, "--allow-outbound", &rule, "visit.py", &port];
        let (program, url) = start(workshop, &arguments)?;
        let (mut visitor, peer) = host.accept()?;
        let (mut page, mut text) = (url.events()?, String::new());
        let decided = format!(r#""port":{port},"verdict":"allowed","rule":"--allow-outbound {rule}""#);
        let open = format!(r#""state":"connected","local":"{peer}","peer":"127.0.0.1:{port}""#);
        let refused = r#""verdict":"refused","reason":"no-rule","remedy":"--allow-outbound tcp://10.0.0.1:80""#;
        until(&mut page, &mut text, &[&format!(r#"{{"rules":["--allow-outbound {rule}"]"#), refused, &decided, &open])?;
        ensure!(!text.contains("hello"), "the page holds what was sent: {text}");

        visitor.write_all(b"end")?;
        let finished = program.finish(PATIENCE)?;
        ensure!(finished.code() == 3, "{finished:?}");
        page.read_to_string(&mut text)?;
        ensure!(text.contains(r#""event":"socket","operation":"open""#), "no end of the socket: {text}");
        ensure!(text.contains("event: end\ndata: {\"status\":3}\n\n"), "no end: {text}");
        ensure!(url.events().is_err(), "the page outlives the program");
    }
    Ok(())
}

fn the_page_opens_for_its_url_alone(workshop: &Workshop) -> Result<()> {
    workshop.write("visit.py", VISIT)?;
    let host = TcpListener::bind("127.0.0.1:0")?;
    let port = host.local_addr()?.port().to_string();
    let (program, url) = start(workshop, &["--allow-outbound", "tcp://127.0.0.1:*", "visit.py", &port])?;
    let (authority, path) = (url.authority.as_str(), format!("/{}", url.token));
    let wrong = format!("/{}/", "0".repeat(url.token.len() - 1));
    let page_port = authority.rsplit(':').next().unwrap_or_default();
    for (method, path, host, status) in [
        ("GET", path.as_str(), authority, "200"),
        ("HEAD", &path, authority, "200"),
        ("GET", "/", authority, "404"),
        ("GET", "/events", authority, "404"),
        ("GET", &wrong, authority, "404"),
        ("GET", &format!("{wrong}events"), authority, "404"),
        ("GET", &path, "rebound.test", "421"),
        ("GET", &path, &format!("rebound.test:{page_port}"), "421"),
        ("GET", &path, &format!("localhost:{page_port}"), "421"),
        ("POST", &path, authority, "405"),
        ("DELETE", &format!("{path}events"), authority, "405"),
    ] {
        let got = url.status(method, path, host)?;
        ensure!(got == status, "{method} {path} of {host}: {got}, not {status}");
    }
    host.accept()?.0.write_all(b"end")?;
    ensure!(program.finish(PATIENCE)?.code() == 3);
    Ok(())
}

fn the_page_is_on_loopback_alone(workshop: &Workshop) -> Result<()> {
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:80", "[::ffff:127.0.0.1]:0"] {
        let words = ["--inspect", address, "use a loopback address, as in 127.0.0.1:0"];
        workshop.refused(&["run", "--inspect", address, "-c", "print(1)"], &words)?;
    }
    let taken = TcpListener::bind("127.0.0.1:0")?;
    let address = taken.local_addr()?.to_string();
    workshop.refused(&["run", "--inspect", &address, "-c", "print(1)"], &["--inspect", &address, "in use"])?;
    workshop.refused(&["run", "--inspect", "localhost:0", "-c", "print(1)"], &["--inspect", "localhost:0"])
}

fn who_looks_and_does_not_read_holds_up_nobody(workshop: &Workshop) -> Result<()> {
    let flood = "
import socket, sys
with socket.create_connection(('127.0.0.1', int(sys.argv[1]))) as visit:
    visit.recv(100)
with socket.socket(type=socket.SOCK_DGRAM) as flood:
    for _ in range(50_000):
        flood.sendto(b'x', ('127.0.0.1', 9))
print('done')
";
    workshop.write("flood.py", flood)?;
    let host = TcpListener::bind("127.0.0.1:0")?;
    let port = host.local_addr()?.port().to_string();
    let rules = ["--allow-outbound", "tcp://127.0.0.1:*", "--allow-outbound", "udp://127.0.0.1:9"];
    let (program, url) = start(workshop, &[&rules[..], &["flood.py", &port]].concat())?;
    let page = url.events()?;
    host.accept()?.0.write_all(b"begin")?;
    let finished = program.finish(PATIENCE)?;
    ensure!(finished.code() == 0 && finished.stdout == "done\n", "{finished:?}");
    drop(page);
    Ok(())
}

/// A program that may reach every port of the machine finds the page's, and gets nothing from it.
fn the_page_is_not_for_the_program(workshop: &Workshop) -> Result<()> {
    let spy = "
import http.client, socket, sys
with socket.create_connection(('127.0.0.1', int(sys.argv[1]))) as visit:
    host, port = visit.recv(100).decode().split(':')
for path in '/', '/events', '/page.js', '/' + '0' * 48 + '/':
    connection = http.client.HTTPConnection(host, int(port))
    connection.request('GET', path)
    answer = connection.getresponse()
    print(answer.status, answer.read().decode().split(':')[0])
";
    workshop.write("spy.py", spy)?;
    let host = TcpListener::bind("127.0.0.1:0")?;
    let port = host.local_addr()?.port().to_string();
    let (program, url) = start(workshop, &["--allow-net", "spy.py", &port])?;
    host.accept()?.0.write_all(url.authority.as_bytes())?;
    let finished = program.finish(PATIENCE)?;
    ensure!(finished.stdout == "404 Nothing is here\n".repeat(4), "{finished:?}");
    Ok(())
}
