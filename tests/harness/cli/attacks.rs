//! A hostile Python program on both networks.

use std::io;
use std::net::{TcpListener, UdpSocket};
use std::thread;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::{Case, Workshop};

pub(super) const CASES: &[Case] = &[
    ("attacks_on_plain_wasi", |workshop| attacked(workshop, "wasi")),
    ("attacks_on_the_system's_sockets", |workshop| attacked(workshop, "host")),
];

/// The servers that the program may reach, and those that it may not.
struct Targets {
    allowed: TcpListener,
    closed: TcpListener,
    friend: UdpSocket,
    stranger: UdpSocket,
}

impl Targets {
    fn new() -> io::Result<Self> {
        Ok(Self {
            allowed: TcpListener::bind("127.0.0.1:0")?,
            closed: TcpListener::bind("127.0.0.1:0")?,
            friend: UdpSocket::bind("127.0.0.1:0")?,
            stranger: UdpSocket::bind("127.0.0.1:0")?,
        })
    }

    fn ports(&self) -> io::Result<[u16; 4]> {
        let addresses = [
            self.allowed.local_addr()?,
            self.closed.local_addr()?,
            self.friend.local_addr()?,
            self.stranger.local_addr()?,
        ];
        Ok(addresses.map(|address| address.port()))
    }
}

fn attacked(workshop: &Workshop, backend: &str) -> Result<()> {
    let targets = Targets::new()?;
    let ports = targets.ports()?;
    let [allowed, _, friend, _] = ports;
    workshop.write("attacks.py", include_str!("attacks.py"))?;
    workshop.write(
        "policy.toml",
        format!(
            "[allow]\noutbound = ['tcp://127.0.0.1:{allowed}', 'udp://127.0.0.1:{friend}']\n[limits]\nsockets = 40\n"
        ),
    )?;
    let mut arguments =
        ["run", "--backend", backend, "--policy", "policy.toml", "--audit", "audit.jsonl", "attacks.py"]
            .map(str::to_owned)
            .to_vec();
    arguments.extend(ports.map(|port| port.to_string()));
    let greeter = targets.allowed.try_clone()?;
    let greeted = thread::spawn(move || greeter.accept().map(drop));
    let finished = workshop.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>())?;
    ensure!(finished.code() == 0, "{finished:?}");
    greeted.join().map_err(|_| anyhow::anyhow!("nobody has come to where it was allowed"))??;
    let mut attempts = 0;
    for line in finished.stdout.lines() {
        match line.split_once(": ") {
            Some(("handles", count)) => ensure!(count == "few", "{line}"),
            Some(("flood", answer)) => ensure!(answer == "refused 300", "{line}"),
            Some((_, answer)) => ensure!(answer.starts_with("refused "), "{line}"),
            None => anyhow::bail!("what is {line:?}?"),
        }
        attempts += 1;
    }
    ensure!(attempts == 36, "{attempts} lines: {}", finished.stdout);
    untouched(&targets)?;
    decided(&std::fs::read_to_string(workshop.path("audit.jsonl"))?, ports)
}

/// The closed server has received nothing.
fn untouched(targets: &Targets) -> Result<()> {
    targets.closed.set_nonblocking(true)?;
    ensure!(targets.closed.accept().is_err(), "a connection has gone through");
    targets.stranger.set_nonblocking(true)?;
    ensure!(targets.stranger.recv(&mut [0; 9]).is_err(), "a datagram has gone through");
    Ok(())
}

/// The policy has decided on each way: what was not even asked about was refused by chance.
fn decided(audit: &str, [_, closed, _, stranger]: [u16; 4]) -> Result<()> {
    let events: Vec<Value> = audit.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let refused = |operation: &str, field: &str, value: &Value| {
        events
            .iter()
            .any(|event| event["verdict"] == "refused" && event["operation"] == operation && event[field] == *value)
    };
    for (operation, field, value) in [
        ("connect", "port", closed.into()),
        ("connect", "address", "169.254.169.254".into()),
        ("connect", "address", "64:ff9b::7f00:1".into()),
        ("connect", "address", "2002:7f00:1::1".into()),
        ("listen", "address", "0.0.0.0".into()),
        ("bind", "address", "127.0.0.1".into()),
        ("bind", "port", 5353.into()),
        ("send", "port", stranger.into()),
        ("resolve", "name", "one.test".into()),
        ("resolve", "name", "two.test".into()),
        ("resolve", "name", "299.flood.test".into()),
    ] {
        ensure!(refused(operation, field, &value), "no refusal of {operation} {value} in\n{audit}");
    }
    let allowed = events.iter().filter(|event| event["event"] == "decision" && event["verdict"] == "allowed");
    let strayed = allowed
        .filter_map(|event| event["port"].as_u64())
        .find(|port| [closed, stranger].map(u64::from).contains(port));
    ensure!(strayed.is_none(), "{strayed:?} was allowed in\n{audit}");
    events.iter().find(|event| event["event"] == "socket").context("no socket's end is told")?;
    Ok(())
}
