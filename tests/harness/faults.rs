//! Bad networks: loss, delay, reordering, outages, black holes; what programs see of them natively and on wasocket.
//!
//! Each trial makes two network namespaces of its own with a link between them that `faults/forwarder.py` spoils. They live as long as the
//! processes in them, which end with this one, so nothing is left even where a trial is killed.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use libtest_mimic::Trial;

use crate::compare::difference;
use crate::context::Context;
use crate::{peers, process, trial};

/// How long a program may take.
const PATIENCE: Duration = Duration::from_secs(90);

/// What happens to the network of one scenario of `faults/client.py`.
struct Scenario {
    name: &'static str,
    program: &'static str,
    /// What the link is like from the beginning.
    at_first: &'static str,
    /// What becomes of it once the program asks for a line of input.
    then: Option<&'static str>,
    /// The ways of running beside native Python.
    ways: &'static [&'static str],
}

const BOTH: &[&str] = &["host", "wasi"];
/// WASI does not have the option.
const HOST: &[&str] = &["host"];

const SCENARIOS: &[Scenario] = &[
    Scenario { name: "loss", program: "transfer", at_first: "loss=0.03 delay=2 reorder=0.1", then: None, ways: BOTH },
    Scenario { name: "outage", program: "transfer", at_first: "outage=6 after=300000", then: None, ways: BOTH },
    Scenario { name: "streams", program: "streams", at_first: "loss=0.03 delay=2 reorder=0.1", then: None, ways: BOTH },
    Scenario {
        name: "datagrams",
        program: "datagrams",
        at_first: "loss=0.1 delay=1 reorder=0.2",
        then: None,
        ways: BOTH,
    },
    Scenario { name: "unanswered", program: "unanswered", at_first: "down=1", then: None, ways: BOTH },
    // WASI has one code for every way of not getting there.
    Scenario { name: "no_way", program: "no_way", at_first: "", then: None, ways: HOST },
    Scenario { name: "dead", program: "dead_connection", at_first: "delay=1", then: Some("down=1"), ways: BOTH },
    Scenario { name: "user_timeout", program: "user_timeout", at_first: "delay=1", then: Some("down=1"), ways: HOST },
    Scenario { name: "black_hole", program: "black_hole", at_first: "delay=1", then: Some("mtu=600"), ways: BOTH },
];

pub(crate) fn trials(context: &Arc<Context>) -> Vec<Trial> {
    let lack = lack();
    if let Some(lack) = lack {
        eprintln!("faults: left out, for want of {lack}");
    }
    let mut trials = Vec::new();
    for scenario in SCENARIOS {
        let native: Arc<OnceLock<Result<String, String>>> = Arc::default();
        for way in scenario.ways {
            let (context, native) = (Arc::clone(context), Arc::clone(&native));
            let trial = trial(format!("faults::{}::{way}", scenario.name), move || {
                let native =
                    native.get_or_init(|| run(&context, scenario, "native").map_err(|error| format!("{error:#}")));
                let native = native.as_ref().map_err(|error| anyhow::anyhow!("native Python: {error}"))?;
                ensure!(native.contains("done"), "native Python: {native}");
                let difference = difference(native, &run(&context, scenario, way)?);
                ensure!(difference.is_empty(), "differs from native Python (-native +ours):\n{difference}");
                Ok(())
            });
            trials.push(trial.with_ignored_flag(lack.is_some()));
        }
    }
    trials
}

/// What is missing to make networks, if anything is.
fn lack() -> Option<&'static str> {
    if !rustix::process::geteuid().is_root() {
        return Some("root, who alone may make networks");
    }
    (!Path::new("/dev/net/tun").exists()).then_some("/dev/net/tun, the source of network devices")
}

/// One run of a scenario's program: what it printed.
fn run(context: &Context, scenario: &Scenario, way: &str) -> Result<String> {
    let mut link = Link::new(context)?;
    let server = link.right.start(Command::new(&context.python).arg("-u").arg(context.tests.join("faults/peer.py")))?;
    let port = server.line()?;
    link.set(scenario.at_first)?;
    let client = context.tests.join("faults/client.py");
    let support = context.tests.join("programs");
    let mut command = if way == "native" {
        let mut command = process::native(&context.python);
        command.env("PYTHONPATH", support).arg("-B");
        command
    } else {
        let mut command = Command::new(context.wasocket()?);
        command.args(["run", "--allow-net", "--backend", way, "--python-path"]).arg(support);
        command
    };
    command.arg(client).args([scenario.program, "10.99.0.2", port.trim()]);
    let mut program = link.left.start(&mut command)?;
    let mut said = String::new();
    loop {
        let line = program.line().with_context(|| format!("after {said:?}"))?;
        if line.is_empty() {
            return Ok(said);
        }
        if line == "?\n" {
            link.set(scenario.then.context("nothing is to become of this link")?)?;
            program.answer("go on")?;
        } else {
            said.push_str(&line);
        }
    }
}

/// Two networks and what is between them.
struct Link {
    left: Network,
    right: Network,
    forwarder: Talking,
}

impl Link {
    fn new(context: &Context) -> Result<Self> {
        let (left, right) = (Network::new()?, Network::new()?);
        let mut command = Command::new(&context.python);
        command.arg("-u").arg(context.tests.join("faults/forwarder.py"));
        let forwarder = Talking::start(&mut command)?;
        let devices = forwarder.line()?;
        let (left_device, right_device) = devices.trim().split_once(' ').context("the forwarder did not start")?;
        left.connect(left_device, "10.99.0.1/24")?;
        right.connect(right_device, "10.99.0.2/24")?;
        Ok(Self { left, right, forwarder })
    }

    fn set(&mut self, fault: &str) -> Result<()> {
        self.forwarder.answer(fault)?;
        let said = self.forwarder.line()?;
        ensure!(said.trim() == "set", "the forwarder says {said:?}");
        Ok(())
    }
}

/// A network namespace: that of a process that waits for the end of its input, and so ends when this one does.
struct Network {
    keeper: Talking,
}

impl Network {
    fn new() -> Result<Self> {
        let mut keeper = Talking::start(Command::new("unshare").args(["--net", "cat"]))?;
        keeper.answer("there")?;
        ensure!(keeper.line()? == "there\n", "no network namespace could be made");
        Ok(Self { keeper })
    }

    fn process(&self) -> String {
        self.keeper.child.id().to_string()
    }

    /// Gives it a device, with an address.
    fn connect(&self, device: &str, address: &str) -> Result<()> {
        ip(None, &format!("link set dev {device} name wire netns {}", self.process()))?;
        for words in ["link set lo up", &format!("addr add {address} dev wire"), "link set wire up"] {
            ip(Some(self), words)?;
        }
        Ok(())
    }

    fn start(&self, command: &mut Command) -> Result<Talking> {
        Talking::start(&mut self.inside(command))
    }

    /// The same command inside of the namespace.
    fn inside(&self, command: &Command) -> Command {
        let mut inside = Command::new("nsenter");
        inside.arg(format!("--net=/proc/{}/ns/net", self.process())).arg("--").arg(command.get_program());
        inside.args(command.get_args());
        inside.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        inside
    }
}

/// Runs `ip WORDS`, perhaps in a network of ours.
fn ip(network: Option<&Network>, words: &str) -> Result<()> {
    let mut ip = peers::debian::executable("ip")?;
    ip.args(words.split(' '));
    let mut command = network.map(|network| network.inside(&ip)).unwrap_or(ip);
    let status = command.status().context("cannot start `ip`")?;
    ensure!(status.success(), "`ip {words}` ended with {status}");
    Ok(())
}

/// A process that is talked with, until this is dropped.
struct Talking {
    child: Child,
    input: ChildStdin,
    lines: mpsc::Receiver<String>,
}

impl Talking {
    fn start(command: &mut Command) -> Result<Self> {
        let title = format!("{command:?}");
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {title}"))?;
        let input = child.stdin.take().context("no stdin")?;
        let mut output = BufReader::new(child.stdout.take().context("no stdout")?);
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            let mut line = String::new();
            while output.read_line(&mut line).is_ok_and(|count| count > 0) {
                if sender.send(std::mem::take(&mut line)).is_err() {
                    break;
                }
            }
        });
        Ok(Self { child, input, lines })
    }

    /// Its next line, or nothing at the end.
    fn line(&self) -> Result<String> {
        match self.lines.recv_timeout(PATIENCE) {
            Ok(line) => Ok(line),
            Err(RecvTimeoutError::Disconnected) => Ok(String::new()),
            Err(RecvTimeoutError::Timeout) => bail!("nothing was said for {} s", PATIENCE.as_secs()),
        }
    }

    fn answer(&mut self, line: &str) -> Result<()> {
        // At once: half a line would be taken for one.
        self.input.write_all(format!("{line}\n").as_bytes()).with_context(|| format!("cannot say {line:?}"))
    }
}

impl Drop for Talking {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
