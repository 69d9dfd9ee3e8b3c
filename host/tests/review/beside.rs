//! Guests side by side on one thread.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::mpsc;
use std::thread;

use tokio::task::JoinHandle;
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasocket_host::Error;

use super::fixture::{Guest, Outcome, PATIENCE, RAW, runtime};
use super::way::{WAYS, Way};

/// A guest that goes on.
pub(crate) struct Going {
    output: MemoryOutputPipe,
    task: JoinHandle<Result<u8, Error>>,
    script: String,
}

impl Going {
    /// Starts it on the runtime of the caller.
    pub(crate) fn start(guest: &Guest, way: Way, script: &[&str]) -> Self {
        let output = MemoryOutputPipe::new(1 << 20);
        let grants = guest.grants(script, output.clone());
        let task = tokio::spawn(async move { RAW.0.run(way.program(), grants).await });
        Self { output, task, script: format!("{way:?} {script:?}") }
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        String::from_utf8_lossy(&self.output.contents()).lines().map(str::to_owned).collect()
    }

    /// Until it has done so many steps.
    pub(crate) async fn has_done(&self, steps: usize) {
        while self.lines().len() < steps {
            let is_over = self.task.is_finished() && self.lines().len() < steps;
            assert!(!is_over, "{} has ended early: {:?}", self.script, self.lines());
            tokio::task::yield_now().await;
        }
    }

    /// Ends it by dropping its future, which has not come to an end by itself.
    pub(crate) async fn kill(self) -> Vec<String> {
        let lines = self.lines();
        assert!(!self.task.is_finished(), "{} has ended by itself: {lines:?}", self.script);
        self.task.abort();
        assert!(self.task.await.unwrap_err().is_cancelled(), "{}", self.script);
        lines
    }
}

/// Answers one connection, until its end.
fn echo() -> (u16, thread::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut bytes = [0; 4];
        while stream.read_exact(&mut bytes).is_ok() && stream.write_all(&bytes).is_ok() {}
    });
    (port, server)
}

/// How often the other guest asks and is answered.
const ROUND_TRIPS: usize = 50;

/// What one who does no harm does.
fn round_trips(way: Way, port: u16) -> Vec<String> {
    let [write, read] = match way {
        Way::Wasi => ["write a ping", "blocking-read a 4"],
        Way::Host => ["send a ping", "recv a 4"],
    };
    let mut script = vec!["tcp4 a".to_owned(), format!("connect a 127.0.0.1:{port}")];
    script.extend((0..ROUND_TRIPS).flat_map(|_| [write.to_owned(), read.to_owned()]));
    script
}

/// Does it to its end.
async fn does_no_harm(way: Way) {
    let (port, server) = echo();
    let guest = Guest::new(&format!("[allow]\noutbound = ['tcp://127.0.0.1:{port}']"));
    let steps = round_trips(way, port);
    let steps: Vec<&str> = steps.iter().map(String::as_str).collect();
    let outcome = guest.perform_with(way.program(), &steps).await;
    assert!(is_answered(way, &outcome), "{way:?}: {outcome:?}");
    tokio::task::spawn_blocking(|| server.join().unwrap()).await.unwrap();
}

fn is_answered(way: Way, outcome: &Outcome) -> bool {
    let answer = if way == Way::Wasi { "ping" } else { "\"ping\"" };
    outcome.end.is_ok() && outcome.lines.iter().filter(|line| *line == answer).count() == ROUND_TRIPS
}

/// Runs a hostile guest, and beside it, on the same thread, one on each way to the network that does no harm: they come to
/// their end, and the hostile one is killed in the middle of its last step. What it has printed.
pub(crate) fn beside(guest: Guest, way: Way, script: &[&str]) -> Vec<String> {
    let script: Vec<String> = script.iter().map(ToString::to_string).collect();
    let (sender, finished) = mpsc::channel();
    // A thread of its own: if the hostile guest kept it, the test would say so.
    let shown = format!("{way:?} {script:?}");
    thread::spawn(move || {
        let lines = runtime().block_on(async {
            let script: Vec<&str> = script.iter().map(String::as_str).collect();
            let hostile = Going::start(&guest, way, &script);
            hostile.has_done(script.len() - 1).await;
            let harmless = WAYS.map(|other| tokio::spawn(does_no_harm(other)));
            for guest in harmless {
                guest.await.unwrap();
            }
            hostile.kill().await
        });
        // Its resolver may hold sockets, and descriptors are counted.
        drop(guest);
        drop(sender.send(lines));
    });
    finished.recv_timeout(PATIENCE).unwrap_or_else(|error| panic!("no turn beside {shown}: {error}"))
}

/// The control: one that takes the thread itself lets nobody else have a turn.
#[test]
fn one_that_keeps_the_thread_is_seen() {
    let _turn = super::fixture::Turn::take();
    let (sender, stop) = mpsc::channel::<()>();
    let (port, server) = echo();
    let (done, finished) = mpsc::channel();
    let thread = thread::spawn(move || {
        runtime().block_on(async {
            let steps = round_trips(Way::Host, port);
            let steps: Vec<&str> = steps.iter().map(String::as_str).collect();
            let harmless = Guest::new(&format!("[allow]\noutbound = ['tcp://127.0.0.1:{port}']"));
            let going = Going::start(&harmless, Way::Host, &steps);
            going.has_done(4).await;
            // Here nothing yields.
            stop.recv().unwrap();
            let lines = going.lines().len();
            done.send((lines, steps.len())).unwrap();
            going.task.await.unwrap().unwrap();
        });
    });
    assert!(finished.try_recv().is_err());
    sender.send(()).unwrap();
    let (lines, steps) = finished.recv_timeout(PATIENCE).unwrap();
    assert!(lines < steps, "it has stood still");
    thread.join().unwrap();
    server.join().unwrap();
}
