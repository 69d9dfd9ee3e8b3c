//! Child processes: shown as a step with captured output, or run in the open.

use anyhow::{Context, Result, bail};
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::progress::Step;

/// Runs a command whose output matters only when it fails.
pub(crate) fn run_quietly(step: &mut Step, command: &mut Command) -> Result<()> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().with_context(|| format!("cannot start {}", program(command)))?;
    let (sender, lines) = mpsc::channel();
    forward(child.stdout.take(), sender.clone());
    forward(child.stderr.take(), sender);
    let mut output = String::new();
    for line in lines {
        step.note(&line);
        output.push_str(&line);
        output.push('\n');
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("this failed with {status}: {}\n{}", line(command), output.trim_end());
    }
    Ok(())
}

/// Runs a command with its output in the open.
pub(crate) fn run_openly(command: &mut Command) -> Result<()> {
    command.stdin(Stdio::null());
    let status = command.status().with_context(|| format!("cannot start {}", program(command)))?;
    if !status.success() {
        bail!("this failed with {status}: {}", line(command));
    }
    Ok(())
}

/// What a command has printed, to both of its streams. It has no input.
pub(crate) fn output_of(command: &mut Command) -> Result<Output> {
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("cannot start {}", program(command)))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("this failed with {}: {}\n{}", output.status, line(command), said.trim_end());
    }
    Ok(output)
}

/// What a command prints, or `None` if it is not installed or fails.
pub(crate) fn text_of(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// How a command that may hang has ended, and what it wrote.
#[derive(Debug)]
pub(crate) struct Ended {
    /// As a shell gives it; none if it hung.
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs a command without input, and ends it when it takes longer than `limit`.
pub(crate) fn run_within(command: &mut Command, limit: Duration) -> Result<Ended> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().with_context(|| format!("cannot start {}", program(command)))?;
    let (stdout, stderr) = (collect(child.stdout.take()), collect(child.stderr.take()));
    let end = Instant::now() + limit;
    let status = loop {
        match child.try_wait()? {
            Some(status) => break Some(status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or_default())),
            None if Instant::now() < end => std::thread::sleep(TURN),
            None => {
                child.kill()?;
                child.wait()?;
                break None;
            }
        }
    };
    // A child of the command's own may hold its streams open.
    let text = |lines: mpsc::Receiver<String>| lines.recv_timeout(GRACE).unwrap_or_default();
    Ok(Ended { status, stdout: text(stdout), stderr: text(stderr) })
}

fn collect(stream: Option<impl Read + Send + 'static>) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut stream) = stream {
            // What came before an error is what there is.
            let _ = stream.read_to_end(&mut bytes);
        }
        let _ = sender.send(String::from_utf8_lossy(&bytes).into_owned());
    });
    receiver
}

/// How often a command is asked whether it has ended.
const TURN: Duration = Duration::from_millis(10);
/// How long its streams may outlive it.
const GRACE: Duration = Duration::from_secs(5);

/// A command as one would type it.
pub(crate) fn line(command: &Command) -> String {
    let words = command.get_args().map(quoted);
    std::iter::once(program(command)).chain(words).collect::<Vec<_>>().join(" ")
}

fn program(command: &Command) -> String {
    quoted(command.get_program())
}

fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    if word.is_empty() || word.contains(|letter: char| " *?'\"$\\;&|<>()".contains(letter)) {
        format!("'{}'", word.replace('\'', r"'\''"))
    } else {
        word.into_owned()
    }
}

fn forward(stream: Option<impl Read + Send + 'static>, sender: mpsc::Sender<String>) {
    let Some(stream) = stream else { return };
    std::thread::spawn(move || {
        for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            if sender.send(line).is_err() {
                return;
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_can_be_pasted_into_a_shell() {
        let mut command = Command::new("wasocket");
        command.args(["run", "a b.py", "it's", ""]);
        assert_eq!(line(&command), r"wasocket run 'a b.py' 'it'\''s' ''");
    }

    #[test]
    fn a_command_that_hangs_is_ended() -> Result<()> {
        let run = |script: &str, limit| run_within(Command::new("sh").args(["-c", script]), limit);
        let ended = run("echo out; echo err >&2; kill -TERM $$", Duration::from_secs(60))?;
        assert_eq!((ended.status, &*ended.stdout, &*ended.stderr), (Some(143), "out\n", "err\n"));
        assert_eq!(run("exec sleep 60", Duration::from_millis(50))?.status, None);
        Ok(())
    }

    #[test]
    fn failure_shows_the_output() {
        let mut step = Step::start("test");
        let mut command = Command::new("sh");
        command.args(["-c", "echo seen; exit 3"]);
        let error = run_quietly(&mut step, &mut command).expect_err("exit status 3").to_string();
        assert!(error.contains("exit status: 3") && error.contains("seen"), "{error}");
    }
}
