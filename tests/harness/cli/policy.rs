//! What a program may reach: nothing, unless a rule says so; and the line that says which rule would.

use std::io::Write as _;
use std::net::TcpListener;
use std::os::unix::net::UnixListener;
use std::thread;

use anyhow::{Context as _, Result, ensure};

use super::{Case, Workshop, succeeded};
use crate::peers;

pub(super) const CASES: &[Case] = &[
    ("denied_connect", denied_connect),
    ("allowed_connect", allowed_connect),
    ("another_port_is_denied", another_port_is_denied),
    ("denied_datagram", denied_datagram),
    ("denied_listen", denied_listen),
    ("denied_lookup", denied_lookup),
    ("a_deny_rule_wins", a_deny_rule_wins),
    ("denied_then_continues", denied_then_continues),
    ("a_path_leads_to_a_socket_of_this_machine", a_path_leads_to_a_socket_of_this_machine),
];

const CONNECT: &str = "import socket, sys\nsock = socket.create_connection((sys.argv[1], int(sys.argv[2])))\nsock.sendall(b'hello')\nprint(sock.recv(5))\n";

/// The program fails with `PermissionError`, and one line of ours has all `words`.
fn denied(workshop: &Workshop, arguments: &[&str], words: &[&str]) -> Result<()> {
    let finished = workshop.run(arguments)?;
    ensure!(finished.code() == 1, "exit status {}, not 1: {finished:?}", finished.code());
    ensure!(finished.stderr.contains("PermissionError: [Errno"), "no PermissionError: {}", finished.stderr);
    let ours: Vec<&str> = finished.stderr.lines().filter(|line| line.starts_with("wasocket: ")).collect();
    let [line] = ours[..] else { anyhow::bail!("not one line of ours: {}", finished.stderr) };
    for word in words {
        ensure!(line.contains(word), "{line:?} does not say {word:?}");
    }
    Ok(())
}

fn denied_connect(workshop: &Workshop) -> Result<()> {
    workshop.write("connect.py", CONNECT)?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port().to_string();
    let flag = format!("--allow-outbound tcp://127.0.0.1:{port}");
    denied(workshop, &["run", "connect.py", "127.0.0.1", &port], &["connect", &flag])?;
    listener.set_nonblocking(true)?;
    ensure!(listener.accept().is_err(), "a connection arrived all the same");
    Ok(())
}

fn allowed_connect(workshop: &Workshop) -> Result<()> {
    workshop.write("connect.py", CONNECT)?;
    let peers = [("echo", "127.0.0.1"), ("echo6", "::1")];
    for (name, host) in peers.into_iter().take(if workshop.ipv6 { 2 } else { 1 }) {
        let peer = peers::start(name, &workshop.python)?;
        let (rule, port) = (format!("tcp://{}", peer.address), peer.address.port().to_string());
        let output = workshop.output(&["run", "--allow-outbound", &rule, "connect.py", host, &port])?;
        ensure!(output == "b'hello'\n", "{output:?}");
    }
    Ok(())
}

fn another_port_is_denied(workshop: &Workshop) -> Result<()> {
    workshop.write("connect.py", CONNECT)?;
    let (allowed, other) = (peers::start("echo", &workshop.python)?, peers::start("echo", &workshop.python)?);
    let (rule, port) = (format!("tcp://{}", allowed.address), other.address.port().to_string());
    denied(workshop, &["run", "--allow-outbound", &rule, "connect.py", "127.0.0.1", &port], &[&format!(":{port}")])
}

fn denied_datagram(workshop: &Workshop) -> Result<()> {
    let program = "import socket, sys\nsock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\nsock.sendto(b'x', ('127.0.0.1', int(sys.argv[1])))\n";
    workshop.write("send.py", program)?;
    let peer = peers::start("udp-echo", &workshop.python)?;
    let port = peer.address.port().to_string();
    denied(workshop, &["run", "send.py", &port], &["udp"])
}

fn denied_listen(workshop: &Workshop) -> Result<()> {
    workshop.write("listen.py", "import socket\nsocket.create_server(('127.0.0.1', 0))\n")?;
    denied(workshop, &["run", "listen.py"], &["--allow-inbound tcp://127.0.0.1:0"])?;
    workshop.output(&["run", "--allow-inbound", "tcp://127.0.0.1:0", "listen.py"]).map(drop)
}

fn denied_lookup(workshop: &Workshop) -> Result<()> {
    workshop.write("lookup.py", "import socket\nprint(socket.getaddrinfo('name.invalid', 80))\n")?;
    let finished = workshop.run(&["run", "lookup.py"])?;
    ensure!(finished.code() == 1, "{finished:?}");
    ensure!(finished.stderr.contains("wasocket: ") && finished.stderr.contains("name.invalid"), "{}", finished.stderr);
    ensure!(finished.stderr.contains("--allow-"), "no flag is named: {}", finished.stderr);
    Ok(())
}

fn a_deny_rule_wins(workshop: &Workshop) -> Result<()> {
    workshop.write("connect.py", CONNECT)?;
    let peer = peers::start("echo", &workshop.python)?;
    let (rule, port) = (format!("tcp://{}", peer.address), peer.address.port().to_string());
    denied(
        workshop,
        &["run", "--allow-net", "--deny-outbound", &rule, "connect.py", "127.0.0.1", &port],
        &["--deny-outbound", &rule],
    )
}

fn a_path_leads_to_a_socket_of_this_machine(workshop: &Workshop) -> Result<()> {
    let program = "import socket, sys\nsock = socket.socket(socket.AF_UNIX)\nsock.connect(sys.argv[1])\nprint(sock.recv(9), sock.getpeername())\n";
    workshop.write("connect.py", program)?;
    let path = workshop.path("real.sock");
    let listener = UnixListener::bind(&path)?;
    let greeter = thread::spawn(move || listener.accept().and_then(|(mut stream, _)| stream.write_all(b"hello")));
    let rule = format!("unix:///db.sock->{}", path.display());
    denied(
        workshop,
        &["run", "--allow-outbound", &rule, "connect.py", "/other.sock"],
        &["connect to unix /other.sock", "--allow-outbound unix:///other.sock"],
    )?;
    let output = workshop.output(&["run", "--allow-outbound", &rule, "connect.py", "/db.sock"])?;
    ensure!(output == "b'hello' /db.sock\n", "{output:?}");
    greeter.join().map_err(|_| anyhow::anyhow!("the server panicked"))??;
    // Without rules on paths there is nothing but the program's own names.
    let finished = workshop.run(&["run", "--allow-net", "connect.py", "/db.sock"])?;
    ensure!(finished.stderr.contains("FileNotFoundError"), "{finished:?}");
    Ok(())
}

fn denied_then_continues(workshop: &Workshop) -> Result<()> {
    let program = "import socket, sys\ntry:\n    socket.create_connection(('127.0.0.1', int(sys.argv[1])))\nexcept PermissionError as error:\n    print('PermissionError', error.errno is not None)\nprint('goes on')\n";
    workshop.write("program.py", program)?;
    let peer = peers::start("echo", &workshop.python)?;
    let finished = workshop.run(&["run", "program.py", &peer.address.port().to_string()])?;
    let stderr = finished.stderr.clone();
    let output = succeeded(finished).context("a denial is an exception, no more")?;
    ensure!(output == "PermissionError True\ngoes on\n", "{output:?}");
    ensure!(stderr.lines().count() == 1, "{stderr:?}");
    Ok(())
}
