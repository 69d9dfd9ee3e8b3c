//! The host inside another program: a component is loaded once and run any number of times, many at a time, each guest under
//! its own policy.

#[cfg(test)]
mod tests;

use std::io::Cursor;
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use wasmtime::component::{Component, Linker};
use wasmtime::{Engine, EngineWeak};
use wasmtime_wasi::p2::bindings::CommandPre;

use crate::error::{Error, Result};
use crate::runtime::guest::{Grants, Guest};
use crate::runtime::{engine, run};

/// Runs components of WASI 0.2 that use sockets, by `wasi:sockets` or by the contract's interface `host`.
///
/// One `Host` runs any number of guests at a time. A waiting guest occupies no thread; one that only computes yields to
/// the others every few milliseconds. Dropping the future of [`Host::run`] kills the guest: nothing of it stays open.
///
/// A component that uses the component model's threads runs on an engine of its own, which there is from the first such component
/// on.
///
/// ```no_run
/// use wasocket_host::policy::{Network, Policy, Rule};
/// use wasocket_host::{Grants, Host};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let host = Host::builder().build()?;
/// let program = host.load("worker", &std::fs::read("worker.wasm")?)?;
///
/// let mut policy = Policy::new();
/// policy.allow_outbound(Rule::parse("tcp://db.example.com:5432")?);
/// let network = Network::builder(policy)
///     .guest("worker-1")
///     .report(|denial| eprintln!("{denial}"))
///     .build();
/// let policy_of_worker_1 = network.clone();
///
/// let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
/// let status = runtime.block_on(async {
///     let guest = host.run(&program, Grants::new(network));
///     // From now on it reaches nobody any more; what is open stays open.
///     policy_of_worker_1.replace(Policy::new());
///     guest.await
/// })?;
/// assert_eq!(status, 0);
/// # Ok(())
/// # }
/// ```
pub struct Host {
    plain: Ground,
    /// For components with threads.
    threads: OnceLock<Ground>,
    /// One at a time makes that.
    making: Mutex<()>,
    turn: Option<Duration>,
}

/// What components run on: an engine, and all that they can import.
struct Ground {
    engine: Engine,
    linker: Linker<Guest>,
}

/// Makes a [`Host`].
#[derive(Clone, Debug)]
#[must_use]
pub struct HostBuilder {
    turn: Option<Duration>,
}

/// A component that was compiled and linked, to be run with [`Host::run`].
#[derive(Clone)]
pub struct Command {
    name: String,
    linked: CommandPre<Guest>,
}

impl Host {
    /// Starts to make a host.
    pub fn builder() -> HostBuilder {
        HostBuilder { turn: Some(TURN) }
    }

    /// The engine that compiles and runs components without threads.
    pub fn engine(&self) -> &Engine {
        &self.plain.engine
    }

    /// The engine that compiles and runs this component, by whether it [needs threads](engine::needs_threads).
    pub fn engine_for(&self, component: &[u8]) -> Result<&Engine> {
        let has_threads = engine::needs_threads(Cursor::new(component));
        let ground = if has_threads.unwrap_or(false) { self.threads()? } else { &self.plain };
        Ok(&ground.engine)
    }

    /// Compiles a component: a command, which exports `wasi:cli/run`. Errors call it by `name`.
    pub fn load(&self, name: &str, component: &[u8]) -> Result<Command> {
        let path = PathBuf::from(name);
        let component = Component::from_binary(self.engine_for(component)?, component)
            .map_err(|error| Error::NotAComponent { path: path.clone(), problem: format!("{error:#}") })?;
        self.link(name, &component)
    }

    /// Links a component that [`Host::engine_for`] it has compiled, for embedders that cache compiled code.
    pub fn link(&self, name: &str, component: &Component) -> Result<Command> {
        let is_plain = Engine::same(component.engine(), &self.plain.engine);
        let ground = if is_plain { &self.plain } else { self.threads()? };
        let linked = run::prepare(&ground.linker, component, &PathBuf::from(name))?;
        Ok(Command { name: name.to_owned(), linked })
    }

    /// What components with threads run on.
    fn threads(&self) -> Result<&Ground> {
        let _one = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(ground) = self.threads.get() {
            return Ok(ground);
        }
        let ground = Ground::new(true, self.turn)?;
        Ok(self.threads.get_or_init(|| ground))
    }

    /// Runs one more guest to its end and answers its exit status. A trap is an error that has the backtrace.
    ///
    /// Must be polled on a tokio runtime with I/O and time.
    ///
    /// # Ambient Authority
    ///
    /// The guest gets standard input and error of this process, and all that `grants` says.
    pub async fn run(&self, command: &Command, grants: Grants) -> Result<u8> {
        let network = grants.network.clone();
        let mut store = Guest::store(command.linked.engine(), grants)?;
        if self.turn.is_some() {
            store.set_epoch_deadline(1);
            store.epoch_deadline_async_yield_and_update(1);
        }
        run::call(&command.linked, store, &network, &command.name).await
    }
}

impl std::fmt::Debug for Host {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Host").field("turn", &self.turn).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Command {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Command").field("name", &self.name).finish_non_exhaustive()
    }
}

impl HostBuilder {
    /// How long a guest may compute before others get their turn: 5 milliseconds unless said. Guests pay for it with a check
    /// in every function and loop: a Python program that only computes takes about a quarter longer, an empty loop twice as long.
    /// `None` spares them that, for those who run one guest on each thread.
    pub fn turn(mut self, turn: Option<Duration>) -> Self {
        self.turn = turn;
        self
    }

    /// Sets up the engine, and all that guests can import.
    pub fn build(self) -> Result<Host> {
        let plain = Ground::new(false, self.turn)?;
        Ok(Host { plain, threads: OnceLock::new(), making: Mutex::new(()), turn: self.turn })
    }
}

impl Ground {
    /// One whose guests yield to each other after each `turn`.
    fn new(has_threads: bool, turn: Option<Duration>) -> Result<Self> {
        let engine = engine::make(has_threads, turn.is_some())?;
        let linker = run::new_linker(&engine).map_err(Error::internal("cannot link the host's interfaces"))?;
        if let Some(turn) = turn {
            let engine = engine.weak();
            let clock = thread::Builder::new().name("wasocket-turns".to_owned());
            clock
                .spawn(move || keep_time(&engine, turn.max(SHORTEST)))
                .map_err(Error::internal("cannot start the thread that ends turns"))?;
        }
        Ok(Self { engine, linker })
    }
}

/// Ends everybody's turn, over and over, as long as there is an engine.
fn keep_time(engine: &EngineWeak, turn: Duration) {
    while let Some(engine) = engine.upgrade() {
        engine.increment_epoch();
        drop(engine);
        thread::sleep(turn);
    }
}

/// Long against what a turn costs, short against what a person or a peer notices.
const TURN: Duration = Duration::from_millis(5);

/// No turn at all would keep a processor busy with ending turns.
const SHORTEST: Duration = Duration::from_micros(100);
