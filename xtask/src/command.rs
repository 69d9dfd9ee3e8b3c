//! Child processes: shown as a step with captured output, or run in the open.

use anyhow::{Context, Result, bail};
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Output, Stdio};
use std::sync::mpsc;

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
    fn failure_shows_the_output() {
        let mut step = Step::start("test");
        let mut command = Command::new("sh");
        command.args(["-c", "echo seen; exit 3"]);
        let error = run_quietly(&mut step, &mut command).expect_err("exit status 3").to_string();
        assert!(error.contains("exit status: 3") && error.contains("seen"), "{error}");
    }
}
