//! One of the processes that run tests.

use anyhow::{Context, Result};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};

use super::session::Bench;
use crate::files;

/// Where a half runs.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Place {
    /// On wasocket.
    Guest,
    /// In a native CPython.
    Native,
}

/// Which half of threaded tests a process runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Server,
    Client,
}

impl Role {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Client => "client",
        }
    }
}

/// What a process has to say.
pub(crate) enum News {
    Message(Value),
    /// It has ended.
    End,
}

/// A process that runs halves of tests. Dropping it ends it.
pub(crate) struct Process {
    process: Child,
    input: ChildStdin,
    /// The last of what it wrote to its standard error stream.
    words: Arc<Mutex<String>>,
}

impl Process {
    /// Starts the process; what it says goes to `news`.
    pub(crate) fn start(bench: &Bench, role: Role, place: Place, news: Sender<(Role, News)>) -> Result<Self> {
        let mut command = command(bench, role, place)?;
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", command.get_program().to_string_lossy()))?;
        let input = process.stdin.take().context("a new process has no standard input")?;
        let words = Arc::new(Mutex::new(String::new()));
        keep_words(process.stderr.take(), &words);
        pass_on(process.stdout.take(), role, news);
        Ok(Self { process, input, words })
    }

    /// Sends a line. A process that has ended is seen by its `News::End`.
    pub(crate) fn send(&mut self, message: &Value) {
        let _ = writeln!(self.input, "{message}").and_then(|()| self.input.flush());
    }

    /// How the process ended, and what it said last.
    pub(crate) fn last_words(&mut self) -> String {
        let status = self.process.wait().map_or_else(|error| error.to_string(), |status| status.to_string());
        let words = self.words.lock().unwrap_or_else(PoisonError::into_inner);
        format!("{}\n{status}", words.trim_end())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn command(bench: &Bench, role: Role, place: Place) -> Result<Command> {
    let folder = bench.scratch.join(role.name());
    files::remove_folder(&folder)?;
    files::create_folder(&folder)?;
    let mut command = match place {
        Place::Guest => {
            let mut command = Command::new(&bench.wasocket);
            if let Some(interpreter) = &bench.interpreter {
                command.env("WASOCKET_INTERPRETER", interpreter);
            }
            command.arg("run").args(bench.options).args(["--allow-net", "--python-path"]).arg(&bench.suite);
            command.arg("--dir").arg(&bench.scratch).arg("--env").arg(format!("PWD={}", folder.display()));
            command
        }
        Place::Native => {
            let mut command = Command::new(&bench.python);
            command.env("PYTHONPATH", &bench.suite).env("PYTHONDONTWRITEBYTECODE", "1");
            command.env("CONFORMANCE_PYTHON", &bench.python); // `sys.executable`, which a wrapper may hide
            command
        }
    };
    command.current_dir(&folder).arg(&bench.driver).arg(role.name());
    command.arg(match bench.places {
        (Place::Native, Place::Native) => "with-threads",
        _ if bench.is_alone() => "alone",
        _ => "without-threads",
    });
    Ok(command)
}

/// Passes messages on, then the end of the process.
fn pass_on(stream: Option<impl Read + Send + 'static>, role: Role, news: Sender<(Role, News)>) {
    std::thread::spawn(move || {
        let lines = stream.into_iter().flat_map(|stream| BufReader::new(stream).split(b'\n').map_while(Result::ok));
        for message in lines.filter_map(|line| serde_json::from_slice(&line).ok()) {
            if news.send((role, News::Message(message))).is_err() {
                return;
            }
        }
        let _ = news.send((role, News::End));
    });
}

fn keep_words(stream: Option<impl Read + Send + 'static>, words: &Arc<Mutex<String>>) {
    let words = Arc::clone(words);
    std::thread::spawn(move || {
        for line in stream.into_iter().flat_map(|stream| BufReader::new(stream).split(b'\n').map_while(Result::ok)) {
            let mut words = words.lock().unwrap_or_else(PoisonError::into_inner);
            words.push_str(&String::from_utf8_lossy(&line));
            words.push('\n');
            if words.len() > KEPT {
                *words = words.chars().skip(KEPT / 2).collect();
            }
        }
    });
}

/// Characters of the standard error stream that are kept.
const KEPT: usize = 16 * 1024;
