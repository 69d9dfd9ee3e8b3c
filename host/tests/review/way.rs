//! The two networks, and scripts that mean the same on both.

use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, Instant};

use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasocket_host::Command;
use wasocket_host::policy::{Attempt, NetworkBuilder, Resolver};

use super::fixture::{Guest, Outcome, PATIENCE, RAW, load, runtime};

/// The component that `cargo xtask build raw-host-guest` makes.
pub(crate) static RAW_HOST: LazyLock<Command> = LazyLock::new(|| load(&RAW.0, "raw-host-guest"));

/// A way from a guest to the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Plain `wasi:sockets`.
    Wasi,
    /// The contract's interface `host`.
    Host,
}

pub(crate) const WAYS: [Way; 2] = [Way::Wasi, Way::Host];

impl Way {
    pub(crate) fn program(self) -> &'static Command {
        match self {
            Self::Wasi => &RAW.1,
            Self::Host => &RAW_HOST,
        }
    }
}

/// What a guest is to do: steps, of which some have an answer that counts.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    way: Way,
    steps: Vec<String>,
    counted: Vec<usize>,
}

impl Script {
    pub(crate) fn on(way: Way) -> Self {
        Self { way, steps: Vec::new(), counted: Vec::new() }
    }

    /// A step whose answer counts, in the words of the guest.
    pub(crate) fn step(mut self, step: impl Into<String>) -> Self {
        self.counted.push(self.steps.len());
        self.quietly(step)
    }

    /// A step that only makes ready what follows.
    pub(crate) fn quietly(mut self, step: impl Into<String>) -> Self {
        self.steps.push(step.into());
        self
    }

    pub(crate) fn tcp(self, name: &str) -> Self {
        self.quietly(format!("tcp4 {name}"))
    }

    pub(crate) fn connect(self, name: &str, remote: SocketAddr) -> Self {
        self.step(format!("connect {name} {remote}"))
    }

    /// A new socket, connected.
    pub(crate) fn connected(self, name: &str, remote: SocketAddr) -> Self {
        self.tcp(name).connect(name, remote)
    }

    /// The end of a connection.
    pub(crate) fn close(self, name: &str) -> Self {
        let script = match self.way {
            Way::Wasi => self.quietly(format!("drop {name}.in")).quietly(format!("drop {name}.out")),
            Way::Host => self,
        };
        script.quietly(format!("drop {name}"))
    }

    /// A datagram socket of IPv4 that is bound, which is what counts.
    pub(crate) fn udp(self, name: &str, local: &str) -> Self {
        let script = self.quietly(format!("udp4 {name}")).step(format!("bind {name} {local}"));
        match script.way {
            Way::Wasi => script.quietly(format!("stream {name}")),
            Way::Host => script,
        }
    }

    /// Gives a datagram socket a peer.
    pub(crate) fn peer(self, name: &str, remote: SocketAddr) -> Self {
        let verb = match self.way {
            Way::Wasi => "stream",
            Way::Host => "connect",
        };
        self.step(format!("{verb} {name} {remote}"))
    }

    /// Sends a datagram.
    pub(crate) fn send(self, name: &str, remote: SocketAddr) -> Self {
        match self.way {
            Way::Wasi => self.quietly(format!("check-send {name}")).step(format!("send {name} 1 {remote}")),
            Way::Host => self.step(format!("sendto {name} {remote} hello")),
        }
    }

    /// Waits for a datagram.
    pub(crate) fn receive(self, name: &str) -> Self {
        match self.way {
            Way::Wasi => self.quietly(format!("wait {name}.in")).step(format!("receive {name} max")),
            Way::Host => self.step(format!("recvfrom {name} 64")),
        }
    }

    pub(crate) fn look_up(self, name: &str) -> Self {
        self.step(format!("resolve {name}"))
    }

    /// Time passes, for a guest [`in_time`].
    pub(crate) fn passes(self, seconds: u64) -> Self {
        self.quietly(format!("resolve {seconds}.{LATER}"))
    }

    /// What the guest is told to do.
    pub(crate) fn steps(&self) -> Vec<&str> {
        self.steps.iter().map(String::as_str).collect()
    }

    /// Does it to its end: the answers that count, and all else that came of it.
    pub(crate) fn outcome(&self, guest: &Guest) -> (Vec<String>, Outcome) {
        let outcome = run(guest, self.way, &self.steps());
        assert_eq!(outcome.end.as_ref().ok(), Some(&0), "{self:?}: {outcome:?}");
        let answers = self.counted.iter().map(|at| answer(&outcome.lines[*at])).collect();
        (answers, outcome)
    }

    /// The answers that count.
    pub(crate) fn run(&self, guest: &Guest) -> Vec<String> {
        self.outcome(guest).0
    }
}

/// How much was sent, and how it is counted, is not the same on both ways.
fn answer(line: &str) -> String {
    if line.starts_with("sent ") { "sent".to_owned() } else { line.to_owned() }
}

/// Runs a guest to its end, which comes.
pub(crate) fn run(guest: &Guest, way: Way, steps: &[&str]) -> Outcome {
    let output = MemoryOutputPipe::new(1 << 20);
    runtime().block_on(async {
        let running = guest.perform_into(way.program(), steps, output.clone());
        let ended = tokio::time::timeout(PATIENCE, running).await;
        ended.unwrap_or_else(|_| panic!("{way:?}: no end of {steps:?}: {:?}", output.contents()))
    })
}

/// Runs a guest on the interface `host`; what it printed.
pub(crate) fn on_host(guest: &Guest, steps: &[&str]) -> Vec<String> {
    let outcome = run(guest, Way::Host, steps);
    assert_eq!(outcome.end.as_ref().ok(), Some(&0), "{steps:?}: {outcome:?}");
    outcome.lines
}

/// A guest for whom time passes when its script says so, and otherwise stands still.
pub(crate) fn in_time(policy: &str) -> Guest {
    Guest::with(policy, with_time)
}

fn with_time(builder: NetworkBuilder) -> NetworkBuilder {
    let passed = Arc::<Mutex<Duration>>::default();
    let (clock, start) = (Arc::clone(&passed), Instant::now());
    // Nobody is asked: its names are in rules.
    let nobody = Resolver::with_server("127.0.0.1:1".parse().unwrap());
    builder.resolver(nobody).clock(move || start + *clock.lock().unwrap()).ask(move |attempt| {
        if let Some(seconds) = seconds(attempt) {
            *passed.lock().unwrap() += Duration::from_secs(seconds);
        }
        None
    })
}

fn seconds(attempt: &Attempt) -> Option<u64> {
    let Attempt::Resolve(name) = attempt else { return None };
    name.strip_suffix(LATER)?.strip_suffix('.')?.parse().ok()
}

/// Names below this are no names but how many seconds pass.
const LATER: &str = "later.test";

/// Listeners on 127.0.0.1 and 127.0.0.2, on one port.
pub(crate) fn twins() -> (TcpListener, TcpListener) {
    twin(TcpListener::bind, TcpListener::local_addr)
}

/// The same for datagrams.
pub(crate) fn udp_twins() -> (UdpSocket, UdpSocket) {
    let (one, other) = twin(UdpSocket::bind, UdpSocket::local_addr);
    one.set_nonblocking(true).unwrap();
    other.set_nonblocking(true).unwrap();
    (one, other)
}

/// A port that is free on the one may be taken on the other.
fn twin<S>(
    bind: impl Fn(SocketAddr) -> std::io::Result<S>,
    local: impl Fn(&S) -> std::io::Result<SocketAddr>,
) -> (S, S) {
    loop {
        let one = bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let port = local(&one).unwrap().port();
        if let Ok(other) = bind(([127, 0, 0, 2], port).into()) {
            return (one, other);
        }
    }
}

/// A datagram that is there, and who has sent it.
pub(crate) fn came(socket: &UdpSocket) -> Option<SocketAddr> {
    socket.set_nonblocking(true).unwrap();
    socket.recv_from(&mut [0; 2048]).ok().map(|(_, sender)| sender)
}

/// Who has connected, if anyone has.
pub(crate) fn caller(listener: &TcpListener) -> Option<SocketAddr> {
    listener.set_nonblocking(true).unwrap();
    listener.accept().ok().map(|(_, peer)| peer)
}
