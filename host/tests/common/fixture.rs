//! One host for all tests, guests that do what they are told, and what comes of it.

use std::fs;
use std::io::Read as _;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasocket_host::http::Authorities;
use wasocket_host::policy::{Event, Network, NetworkBuilder, Policy};
use wasocket_host::{Command, Error, Grants, Host, Output};

/// The host, and the component that `cargo xtask build raw-guest` makes.
pub(crate) static RAW: LazyLock<(Host, Command)> = LazyLock::new(|| {
    let host = Host::builder().build().unwrap();
    let program = load(&host, "raw-guest");
    (host, program)
});

/// The component of this name that `cargo xtask build` makes.
pub(crate) fn load(host: &Host, name: &str) -> Command {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../target/wasocket/{name}.wasm"));
    let component = fs::read(&path).unwrap_or_else(|error| {
        panic!("{}: {error}; `cargo xtask build {name}` makes it", path.display());
    });
    let program = host.load(name, &component).unwrap();
    // The first runtime of a process, and the first guest, open what all of them share.
    let grants = Grants::new(Network::builder(Policy::new()).build());
    assert_eq!(runtime().block_on(host.run(&program, grants)).unwrap(), 0);
    program
}

/// One test at a time: some count the descriptors of this process.
static TURN: Mutex<()> = Mutex::new(());

/// A test's turn, which checks at its end that no descriptor is left.
pub(crate) struct Turn {
    descriptors: usize,
    _turn: MutexGuard<'static, ()>,
}

impl Turn {
    pub(crate) fn take() -> Self {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        LazyLock::force(&RAW);
        super::prepare();
        Self { descriptors: descriptors(), _turn: turn }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(descriptors(), self.descriptors, "descriptors at the end, and at the start");
        }
    }
}

/// How many descriptors this process has open.
pub(crate) fn descriptors() -> usize {
    fs::read_dir("/proc/self/fd").unwrap().count()
}

/// One guest to be: its policy and what is told of it.
pub(crate) struct Guest {
    pub(crate) network: Network,
    pub(crate) authorities: Authorities,
    pub(crate) events: Arc<Mutex<Vec<Event>>>,
}

/// What came of a guest.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// A line for each instruction.
    pub(crate) lines: Vec<String>,
    /// Each decision of the policy, as [`decision`] writes it, but for the free ports that WASI asks about before a
    /// connection.
    pub(crate) decisions: Vec<String>,
    /// How it ended.
    pub(crate) end: Result<u8, Error>,
}

impl Guest {
    /// Under a policy as files have it.
    pub(crate) fn new(policy: &str) -> Self {
        Self::with(policy, |builder| builder)
    }

    /// The same, with more to it.
    pub(crate) fn with(policy: &str, more: impl FnOnce(NetworkBuilder) -> NetworkBuilder) -> Self {
        let policy = Policy::from_toml(policy).unwrap();
        let events = Arc::<Mutex<Vec<Event>>>::default();
        let told = Arc::clone(&events);
        let builder = Network::builder(policy).audit(move |event| told.lock().unwrap().push(event.clone()));
        Self { network: more(builder).build(), authorities: Authorities::default(), events }
    }

    /// What a guest is given that does this.
    pub(crate) fn grants(&self, script: &[&str], output: MemoryOutputPipe) -> Grants {
        let mut grants = Grants::new(self.network.clone());
        grants.arguments = ["raw-guest"].iter().chain(script).map(ToString::to_string).collect();
        grants.output = Output::Pipe(output);
        grants.authorities = self.authorities.clone();
        grants
    }

    /// Does it to its end.
    pub(crate) async fn perform(&self, script: &[&str]) -> Outcome {
        self.perform_with(&RAW.1, script).await
    }

    /// The same, as another program.
    pub(crate) async fn perform_with(&self, program: &Command, script: &[&str]) -> Outcome {
        self.perform_into(program, script, MemoryOutputPipe::new(1 << 20)).await
    }

    /// The same, into a pipe that shows what it has printed while it goes on.
    pub(crate) async fn perform_into(&self, program: &Command, script: &[&str], output: MemoryOutputPipe) -> Outcome {
        let end = RAW.0.run(program, self.grants(script, output.clone())).await;
        let text = String::from_utf8(output.contents().to_vec()).unwrap();
        Outcome { lines: text.lines().map(str::to_owned).collect(), decisions: self.decisions(), end }
    }

    /// Does it on a thread of its own, which has no other guest.
    pub(crate) fn run(&self, script: &[&str]) -> Outcome {
        runtime().block_on(self.perform(script))
    }

    pub(crate) fn decisions(&self) -> Vec<String> {
        let events = self.events.lock().unwrap();
        events.iter().filter(|event| event.event == "decision").map(decision).filter(|text| !is_free(text)).collect()
    }

    /// All that was told.
    pub(crate) fn events(&self) -> Vec<Event> {
        self.events.lock().unwrap().clone()
    }

    /// How many sockets' ends were told.
    pub(crate) fn ended_sockets(&self) -> usize {
        self.events.lock().unwrap().iter().filter(|event| event.event == "socket").count()
    }
}

/// `refused connect tcp 10.0.0.1:80 no-rule`.
fn decision(event: &Event) -> String {
    let target = match (&event.name, event.address, event.port) {
        (_, Some(address), Some(port)) => SocketAddr::new(address, port).to_string(),
        (name, ..) => name.clone().unwrap_or_default(),
    };
    let words = [event.verdict.unwrap_or_default(), event.operation, event.protocol.unwrap_or_default(), &target];
    let words = words.into_iter().chain(event.reason).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// A socket that is bound to a port of the system's choice reaches nobody by that.
fn is_free(decision: &str) -> bool {
    ["allowed bind tcp 0.0.0.0:0", "allowed bind udp 0.0.0.0:0", "allowed bind tcp [::]:0", "allowed bind udp [::]:0"]
        .contains(&decision)
}

/// Runs a guest under a policy; what it printed.
pub(crate) fn lines(policy: &str, script: &[&str]) -> Vec<String> {
    let outcome = Guest::new(policy).run(script);
    assert_eq!(outcome.end.as_ref().ok(), Some(&0), "{outcome:?}");
    outcome.lines
}

pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// A listener on loopback, and its port.
pub(crate) fn listener() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

/// Nobody has connected.
pub(crate) fn is_untouched(listener: &TcpListener) -> bool {
    listener.set_nonblocking(true).unwrap();
    let answer = listener.accept();
    listener.set_nonblocking(false).unwrap();
    answer.is_err()
}

/// Reads to the end, if that comes.
pub(crate) fn drain(stream: &mut std::net::TcpStream) -> Vec<u8> {
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    bytes
}

/// How long a test waits for what has to come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
