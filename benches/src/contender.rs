//! One process that measures: a program with some socket module, which reads its instructions line by line.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::peer::Peer;
use crate::plan::Command;
use crate::workload::Workload;

/// A running contender; dropping it ends it.
pub(crate) struct Contender {
    name: String,
    child: Child,
    input: ChildStdin,
    lines: Receiver<std::io::Result<String>>,
}

/// What a contender says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Answer {
    nanoseconds: Option<f64>,
    failed: Option<String>,
    /// It does not take part in this workload.
    absent: bool,
}

/// Whether a contender takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Takes,
    TakesNot,
}

/// How much longer than its sample a contender may take. Some make thousands of connections first; some never answer.
const PATIENCE: Duration = Duration::from_secs(10);

impl Command {
    /// How long a program that does nothing runs, from its start to its end; `None` if there is none.
    pub(crate) fn time_of_start_up(&self) -> Result<Option<Duration>> {
        let Some(mut command) = command(&self.start_up) else { return Ok(None) };
        let started = Instant::now();
        let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status();
        let status = status.with_context(|| format!("cannot start {:?}", self.start_up))?;
        if !status.success() {
            bail!("{} ended with {status}", self.start_up.join(" "));
        }
        Ok(Some(started.elapsed()))
    }

    /// Starts it and waits until it is ready for commands.
    ///
    /// What it says on standard error goes to `log`: one that fails may not come to an end with it.
    pub(crate) fn start(&self, log: &File) -> Result<Contender> {
        let mut command = command(&self.words).with_context(|| format!("{} names no program", self.name))?;
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log.try_clone().context("cannot write the log")?)
            .spawn()
            .with_context(|| format!("cannot start {:?}", self.words))?;
        let input = child.stdin.take().context("a new process has no standard input")?;
        let output = child.stdout.take().context("a new process has no standard output")?;
        let (sender, lines) = channel();
        thread::spawn(move || BufReader::new(output).lines().try_for_each(|line| sender.send(line)));
        let mut contender = Contender { name: self.name.clone(), child, input, lines };
        contender.answer(PATIENCE).with_context(|| format!("{} did not start", self.name))?;
        Ok(contender)
    }
}

fn command(words: &[String]) -> Option<std::process::Command> {
    let (program, arguments) = words.split_first()?;
    let mut command = std::process::Command::new(program);
    command.args(arguments);
    Some(command)
}

impl Contender {
    /// Prepares a workload.
    pub(crate) fn set_up(&mut self, workload: &Workload, peer: &Peer) -> Result<Part> {
        let Workload { program, argument, .. } = workload;
        let answer = self.ask(&format!("setup {program} {argument} {}", peer.place()), Duration::ZERO)?;
        Ok(if answer.absent { Part::TakesNot } else { Part::Takes })
    }

    /// Nanoseconds for each operation, by a sample of about this length.
    pub(crate) fn sample(&mut self, length: Duration) -> Result<f64> {
        let answer = self.ask(&format!("sample {}", length.as_secs_f64()), length)?;
        answer.nanoseconds.with_context(|| format!("{} answered a sample without a number", self.name))
    }

    /// Ends a workload.
    pub(crate) fn tear_down(&mut self) -> Result<()> {
        self.ask("teardown", Duration::ZERO).map(drop)
    }

    /// Bytes of memory that the process occupies.
    pub(crate) fn memory(&self) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        let kibibytes: u64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kibibytes * 1024)
    }

    fn ask(&mut self, line: &str, length: Duration) -> Result<Answer> {
        writeln!(self.input, "{line}").and_then(|()| self.input.flush())?;
        self.answer(length + PATIENCE)
    }

    fn answer(&mut self, limit: Duration) -> Result<Answer> {
        let line = match self.lines.recv_timeout(limit) {
            Ok(line) => line?,
            Err(RecvTimeoutError::Timeout) => bail!("no answer within {} s", limit.as_secs()),
            Err(RecvTimeoutError::Disconnected) => bail!("the process has ended"),
        };
        let answer: Answer = serde_json::from_str(&line).with_context(|| format!("{} said {line:?}", self.name))?;
        match answer.failed {
            Some(reason) => bail!(reason),
            None => Ok(answer),
        }
    }
}

impl Drop for Contender {
    fn drop(&mut self) {
        // It can only fail if the process has ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
