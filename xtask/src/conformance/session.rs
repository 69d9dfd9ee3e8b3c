//! The processes that run tests, and one test at a time in them.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::outcome::{Ending, Outcome};
use super::process::{News, Place, Process, Role};
use super::relay::Relay;

/// What every pair of processes is made of.
pub(crate) struct Bench {
    pub(crate) wasocket: PathBuf,
    /// The interpreter component for it, if it is to be another than its own.
    pub(crate) interpreter: Option<PathBuf>,
    /// Options of `wasocket run` for it.
    pub(crate) options: &'static [&'static str],
    /// Whether it starts the threads of tests itself.
    pub(crate) has_threads: bool,
    pub(crate) python: PathBuf,
    pub(crate) driver: PathBuf,
    /// The folder that holds CPython's package `test`.
    pub(crate) suite: PathBuf,
    /// A folder in which each half has a working directory.
    pub(crate) scratch: PathBuf,
    /// Where the server half and the client half run.
    pub(crate) places: (Place, Place),
    /// How long a test may take.
    pub(crate) limit: Duration,
}

impl Bench {
    /// Whether all of every test runs in the server, so that there is no other process.
    pub(crate) fn is_alone(&self) -> bool {
        self.has_threads && self.places != (Place::Native, Place::Native)
    }
}

/// A test as the driver describes it.
pub(crate) struct Test {
    /// Class and method.
    pub(crate) name: String,
    /// Its two halves are for two processes.
    pub(crate) threaded: bool,
    /// It may run in two processes: its halves are for them, or it may start a thread.
    pub(crate) may_part: bool,
    /// Why it does not run here at all.
    pub(crate) skipped: Option<String>,
}

/// The processes that run tests. They are replaced when one of them ends or hangs.
pub(crate) struct Session<'bench> {
    bench: &'bench Bench,
    server: Process,
    /// Nobody if the server is alone.
    client: Option<Process>,
    news: Receiver<(Role, News)>,
}

/// What is known of the test that is running.
#[derive(Default)]
struct Running {
    relay: Relay,
    server: Option<Outcome>,
    client: Client,
}

/// The client half of the test that is running.
#[derive(Default)]
enum Client {
    /// The server half has not asked for it.
    #[default]
    Idle,
    Running,
    Done(Outcome),
}

impl<'bench> Session<'bench> {
    pub(crate) fn start(bench: &'bench Bench) -> Result<Self> {
        let (sender, news) = mpsc::channel();
        let server = Process::start(bench, Role::Server, bench.places.0, sender.clone())?;
        let start_client = || Process::start(bench, Role::Client, bench.places.1, sender);
        let client = (!bench.is_alone()).then(start_client).transpose()?;
        Ok(Self { bench, server, client, news })
    }

    /// The tests of a module, skipped if either half cannot have them.
    pub(crate) fn list(&mut self, module: &str) -> Result<Vec<Test>> {
        let command = json!({"do": "list", "module": module});
        let (mut of_server, mut of_client) = (None, self.client.is_none().then(Value::default));
        self.send(&[(Role::Server, command.clone()), (Role::Client, command)]);
        while of_server.is_none() || of_client.is_none() {
            match self.news.recv_timeout(LIST_LIMIT) {
                Ok((Role::Server, News::Message(list))) => of_server = Some(list),
                Ok((Role::Client, News::Message(list))) => of_client = Some(list),
                Ok((role, News::End)) => {
                    let words = self.last_words(role);
                    bail!("the {} half ended while it imported {module}: {words}", role.name());
                }
                Err(_) => bail!("{module} was not imported within {} s", LIST_LIMIT.as_secs()),
            }
        }
        merged(&of_server.unwrap_or_default(), &of_client.unwrap_or_default(), module)
    }

    /// Runs one test.
    pub(crate) fn run(&mut self, module: &str, test: &Test) -> Result<Outcome> {
        if let Some(reason) = &test.skipped {
            return Ok(Outcome::new(Ending::Skip, reason));
        }
        let begin = Instant::now();
        let command = json!({"do": "run", "module": module, "test": test.name});
        self.server.send(&command);
        let Attended { mut outcome, is_over } = self.attend(&command, begin + self.bench.limit);
        outcome.seconds = begin.elapsed().as_secs_f64();
        if !is_over {
            *self = Self::start(self.bench)?;
            self.list(module)?;
        }
        Ok(outcome)
    }

    /// Relays between the halves until the test is over.
    fn attend(&mut self, command: &Value, mut end: Instant) -> Attended {
        let mut running = Running::default();
        loop {
            if let Some(mut outcome) = running.outcome() {
                outcome.is_parted = !matches!(running.client, Client::Idle);
                return Attended { outcome, is_over: true };
            }
            let next = running.relay.next_timeout().map_or(end, |next| next.min(end));
            match self.news.recv_timeout(next.saturating_duration_since(Instant::now())) {
                Ok((role, News::Message(message))) => {
                    self.attend_message(&mut running, role, &message, command);
                    if running.client_failed_first() {
                        end = end.min(Instant::now() + GRACE);
                    }
                }
                Ok((role, News::End)) => return Attended::broken_off(self.trap(role)),
                Err(RecvTimeoutError::Timeout) if Instant::now() < end => {
                    let answers = running.relay.expire(Instant::now());
                    self.send(&answers);
                }
                Err(_) => return Attended::broken_off(running.hang()),
            }
        }
    }

    fn attend_message(&mut self, running: &mut Running, role: Role, message: &Value, command: &Value) {
        match message["op"].as_str() {
            Some("start_client") => {
                running.client = Client::Running;
                self.send(&[(Role::Client, command.clone()), (Role::Server, json!({}))]);
            }
            Some("failed") => {
                let answers = running.relay.server_failed();
                self.send(&answers);
            }
            Some("done") => {
                running.done(role, outcome_from(message));
                if role == Role::Client {
                    let answers = running.relay.client_done();
                    self.send(&answers);
                }
            }
            _ => {
                let answers = running.relay.answer(role, message);
                self.send(&answers);
            }
        }
    }

    fn send(&mut self, answers: &[(Role, Value)]) {
        for (role, answer) in answers {
            if let Some(process) = self.process(*role) {
                process.send(answer);
            }
        }
    }

    fn trap(&mut self, role: Role) -> Outcome {
        Outcome::new(Ending::Trap, format!("the {} half ended: {}", role.name(), self.last_words(role)))
    }

    fn last_words(&mut self, role: Role) -> String {
        self.process(role).map(Process::last_words).unwrap_or_default()
    }

    fn process(&mut self, role: Role) -> Option<&mut Process> {
        match role {
            Role::Server => Some(&mut self.server),
            Role::Client => self.client.as_mut(),
        }
    }
}

/// A test that somebody attended to its end.
struct Attended {
    outcome: Outcome,
    /// Both halves wait for the next test; otherwise one of them is gone, or still in this one.
    is_over: bool,
}

impl Attended {
    fn broken_off(outcome: Outcome) -> Self {
        Self { outcome: Outcome { is_parted: true, ..outcome }, is_over: false }
    }
}

impl Running {
    fn done(&mut self, role: Role, outcome: Outcome) {
        match role {
            Role::Server => self.server = Some(outcome),
            Role::Client => self.client = Client::Done(outcome),
        }
    }

    /// What came of the test, once both halves are over. As in one process, a client's failure is the test's.
    fn outcome(&self) -> Option<Outcome> {
        let server = self.server.as_ref()?;
        match &self.client {
            Client::Idle => Some(server.clone()),
            Client::Running => None,
            Client::Done(client) if client.result == Ending::Pass => Some(server.clone()),
            Client::Done(client) if server.result == Ending::Pass => Some(client.clone()),
            Client::Done(client) => {
                let text = format!("{}\nThe client half: {}", server.text.trim_end(), client.text);
                Some(Outcome::new(server.result, text))
            }
        }
    }

    /// Whether the client half has failed, so that the server half may wait for it in vain.
    fn client_failed_first(&self) -> bool {
        self.server.is_none() && matches!(&self.client, Client::Done(client) if client.result != Ending::Pass)
    }

    fn hang(&self) -> Outcome {
        match &self.client {
            // What the server half waits for will not come; it is the client half that says why.
            Client::Done(client) if client.result != Ending::Pass => client.clone(),
            Client::Done(_) => Outcome::new(Ending::Hang, "the server half hangs"),
            Client::Running if self.server.is_some() => Outcome::new(Ending::Hang, "the client half hangs"),
            Client::Running => Outcome::new(Ending::Hang, "both halves hang"),
            Client::Idle => Outcome::new(Ending::Hang, "it hangs"),
        }
    }
}

fn outcome_from(message: &Value) -> Outcome {
    let result = message["outcome"].as_str().and_then(Ending::from_name).unwrap_or(Ending::Error);
    Outcome::new(result, message["text"].as_str().unwrap_or_default())
}

/// The server's tests, with the reasons of both halves for skipping.
fn merged(server: &Value, client: &Value, module: &str) -> Result<Vec<Test>> {
    if let Some(error) = server["error"].as_str().or(client["error"].as_str()) {
        bail!("{module} cannot be imported: {error}");
    }
    if let Some(reason) = server["skip"].as_str() {
        return Ok(vec![Test {
            name: WHOLE.to_owned(),
            threaded: false,
            may_part: false,
            skipped: Some(reason.to_owned()),
        }]);
    }
    let described = server["tests"].as_array().with_context(|| format!("no list of the tests of {module}"))?;
    let tests_of_client = client["tests"].as_array().map(Vec::as_slice).unwrap_or_default();
    let same = |test: &Value| tests_of_client.iter().find(|other| other["test"] == test["test"]).cloned();
    Ok(described.iter().map(|test| described_test(test, &same(test).unwrap_or_default())).collect())
}

fn described_test(server: &Value, client: &Value) -> Test {
    let threaded = server["threaded"] == true;
    let reasons = [&server["skip"], &server["unfit"], if threaded { &client["skip"] } else { &Value::Null }];
    let skipped = reasons.iter().find_map(|reason| reason.as_str()).map(str::to_owned);
    let may_part = threaded || server["may_part"] == true;
    Test { name: server["test"].as_str().unwrap_or_default().to_owned(), threaded, may_part, skipped }
}

/// The name under which a module that is skipped as a whole is kept.
const WHOLE: &str = "(module)";
/// How long the import of a module may take.
const LIST_LIMIT: Duration = Duration::from_secs(60);
/// How long the server half may go on after the client half has failed.
const GRACE: Duration = Duration::from_secs(5);
