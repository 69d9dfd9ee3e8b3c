//! Running executables: every wait is bounded, and everything that was started is ended by its process id.

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

/// How an executable ended, and what it wrote.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Finished {
    /// The exit status as a shell would give it.
    pub(crate) fn code(&self) -> i32 {
        use std::os::unix::process::ExitStatusExt as _;
        self.status.code().unwrap_or_else(|| 128 + self.status.signal().unwrap_or(0))
    }
}

/// Native Python for a comparison, with as little of this process's environment as a guest has: pytest reports more
/// where `CI` is set, for example. `PATH` and `LD_LIBRARY_PATH` are how it is found and starts.
pub(crate) fn native(python: &Path) -> Command {
    let mut command = Command::new(python);
    let needed = ["PATH", "LD_LIBRARY_PATH"].map(|name| (name, std::env::var_os(name)));
    command.env_clear().envs(needed.into_iter().filter_map(|(name, value)| Some((name, value?))));
    command
}

/// Run to the end, or fail with what it said so far.
pub(crate) fn run(command: Command, stdin: &[u8], patience: Duration) -> Result<Finished> {
    Running::start(command, stdin)?.finish(patience)
}

/// An executable that has been started.
pub(crate) struct Running {
    title: String,
    process: Pid,
    ended: mpsc::Receiver<io::Result<ExitStatus>>,
    stdout: Collected,
    stderr: Collected,
}

impl Running {
    pub(crate) fn start(command: Command, stdin: &[u8]) -> Result<Self> {
        let (running, mut pipe) = Self::with_keyboard(command)?;
        let stdin = stdin.to_vec();
        // An executable need not read its input.
        thread::spawn(move || drop(pipe.write_all(&stdin)));
        Ok(running)
    }

    /// With a standard input that stays open and can be written to.
    pub(crate) fn with_keyboard(mut command: Command) -> Result<(Self, ChildStdin)> {
        let title = format!("{command:?}");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().with_context(|| format!("cannot start {title}"))?;
        let keyboard = child.stdin.take().context("no stdin")?;
        let stdout = Collected::start(child.stdout.take().context("no stdout")?);
        let stderr = Collected::start(child.stderr.take().context("no stderr")?);
        let process = id(&child)?;
        let (sender, ended) = mpsc::channel();
        thread::spawn(move || drop(sender.send(child.wait())));
        Ok((Self { title, process, ended, stdout, stderr }, keyboard))
    }

    /// Its status, as the system shows it.
    pub(crate) fn in_proc(&self) -> PathBuf {
        Path::new("/proc").join(self.process.as_raw_nonzero().to_string())
    }

    /// Send a signal.
    pub(crate) fn signal(&self, signal: Signal) -> Result<()> {
        kill_process(self.process, signal).with_context(|| format!("cannot signal {}", self.title))
    }

    /// Wait until a line with `text` has been written to stdout, and give that line.
    pub(crate) fn expect_line(&self, text: &str, patience: Duration) -> Result<String> {
        self.stdout.expect(text, patience).with_context(|| format!("{} did not print {text:?}", self.title))
    }

    /// Wait until a line with `text` has been written to stderr, and give that line.
    pub(crate) fn expect_complaint(&self, text: &str, patience: Duration) -> Result<String> {
        self.stderr.expect(text, patience).with_context(|| format!("{} did not complain of {text:?}", self.title))
    }

    /// Wait for the end.
    pub(crate) fn finish(self, patience: Duration) -> Result<Finished> {
        let (status, hung) = match self.ended.recv_timeout(patience) {
            Ok(status) => (status?, false),
            Err(_) => {
                self.signal(Signal::KILL)?;
                (self.ended.recv()??, true)
            }
        };
        let finished = Finished { status, stdout: self.stdout.text()?, stderr: self.stderr.text()? };
        if hung {
            bail!(
                "{} hung for {patience:?}\nstdout so far:\n{}\nstderr:\n{}",
                self.title,
                finished.stdout,
                finished.stderr
            );
        }
        Ok(finished)
    }
}

/// What comes out of a pipe, and each of its lines as it comes.
struct Collected {
    reader: JoinHandle<Vec<u8>>,
    lines: mpsc::Receiver<String>,
}

impl Collected {
    fn expect(&self, text: &str, patience: Duration) -> Option<String> {
        while let Ok(line) = self.lines.recv_timeout(patience) {
            if line.contains(text) {
                return Some(line);
            }
        }
        None
    }

    fn start(pipe: impl Read + Send + 'static) -> Self {
        let (sender, lines) = mpsc::channel();
        let reader = thread::spawn(move || {
            let mut pipe = BufReader::new(pipe);
            let mut all = Vec::new();
            loop {
                let from = all.len();
                match pipe.read_until(b'\n', &mut all) {
                    Ok(0) | Err(_) => return all,
                    Ok(_) => {
                        drop(sender.send(String::from_utf8_lossy(all.get(from..).unwrap_or_default()).into_owned()))
                    }
                }
            }
        });
        Self { reader, lines }
    }

    fn text(self) -> Result<String> {
        let bytes = self.reader.join().map_err(|_| anyhow::anyhow!("the reader of a pipe panicked"))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// A server that runs until it is dropped.
pub(crate) struct Background {
    child: Child,
    stdout: BufReader<ChildStdout>,
}

impl Background {
    pub(crate) fn start(
        python: &Path,
        script: &Path,
        argument: &Path,
        environment: Vec<(String, OsString)>,
    ) -> io::Result<Self> {
        let mut command = Command::new(python);
        command.envs(environment);
        command.arg("-u").arg(script).arg(argument).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn()?;
        let stdout = child.stdout.take().ok_or_else(|| io::Error::other("no stdout"))?;
        Ok(Self { child, stdout: BufReader::new(stdout) })
    }

    pub(crate) fn first_line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        self.stdout.read_line(&mut line)?;
        Ok(line)
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn id(child: &Child) -> Result<Pid> {
    let id = i32::try_from(child.id())?;
    Pid::from_raw(id).context("a process without an id")
}
