//! The command line. What was typed is parsed here; each command has its file.

mod audit;
mod build;
mod compose;
mod directories;
mod interpreter;
mod network;
mod policy;
mod program;
mod progress;
mod run;
mod signals;

use std::io::{self, Write};

use clap::error::ErrorKind;
use clap::{Parser, Subcommand};
use wasocket_host::Error;
use wasocket_host::escape::printable;

/// Python programs and components that use sockets, in WebAssembly, under a network policy
#[derive(Parser)]
#[command(name = "wasocket", version, after_help = EXIT_STATUS)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Run(Box<run::Arguments>),
    Build(build::Arguments),
    Compose(compose::Arguments),
    Policy(policy::Arguments),
}

/// Does what the command line says; answers the exit status.
pub(crate) fn main() -> i32 {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error),
    };
    let outcome = match arguments.command {
        Command::Run(arguments) => run::main(&arguments),
        Command::Build(arguments) => build::main(&arguments),
        Command::Compose(arguments) => compose::main(&arguments),
        Command::Policy(arguments) => policy::main(&arguments),
    };
    outcome.unwrap_or_else(|error| failure(&error))
}

/// Prints a line of ours on standard error. A closed standard error is ignored.
fn say(text: &str) {
    let _ = writeln!(io::stderr(), "{}", line(text));
}

/// Much of what is said was written by others: a component, a file, a peer. It stays one line.
fn line(text: &str) -> String {
    format!("wasocket: {}", printable(text))
}

/// What has several lines of its own, each as a terminal may have it.
fn printable_lines(text: &str) -> String {
    text.lines().map(printable).collect::<Vec<_>>().join("\n")
}

/// Why an operation of the system failed, without Rust's "(os error 2)".
fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_owned()
}

fn usage(error: &clap::Error) -> i32 {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        let _ = error.print();
        return 0;
    }
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let _ = error.print();
        return FAILURE;
    }
    let text = error.render().to_string();
    say(&one_line(&text));
    FAILURE
}

/// What clap says on several lines. Its tip about `--` is left out: it is seldom what was meant.
fn one_line(text: &str) -> String {
    let text = text.strip_prefix("error: ").unwrap_or(text);
    let lines = text.lines().map(str::trim).take_while(|line| !line.starts_with("Usage:"));
    let is_said = |line: &&str| !(line.is_empty() || line.starts_with("For more") || line.starts_with("tip: to pass"));
    let line = lines.filter(is_said).collect::<Vec<_>>().join(" ").replace(" tip: ", "; ");
    format!("{line}; see wasocket --help")
}

fn failure(error: &anyhow::Error) -> i32 {
    say(&format!("{error:#}"));
    let Some(Error::Trap { backtrace, .. }) = error.downcast_ref() else {
        return FAILURE;
    };
    if std::env::var_os("WASOCKET_BACKTRACE").is_some() {
        let _ = writeln!(io::stderr(), "{}", printable_lines(backtrace));
    }
    TRAP
}

/// `wasocket` itself could not do what was asked.
const FAILURE: i32 = 2;

/// What a shell reports for a process that aborted: 128 + SIGABRT.
const TRAP: i32 = 134;

const EXIT_STATUS: &str = "\
Exit status:
  2    wasocket could not do it: wrong arguments, missing file, malformed rule
  1    \"policy check\" says that it would be refused
  130  ended by Ctrl-C
  134  the program trapped; WASOCKET_BACKTRACE=1 shows where
  Any other status of \"run\" is the program's own.";

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};
    use wasocket_host::Error;

    use super::{Arguments, Command, line, one_line, printable_lines};

    fn parse(line: &[&str]) -> super::run::Arguments {
        match Arguments::try_parse_from(line).unwrap().command {
            Command::Run(arguments) => *arguments,
            Command::Build(_) | Command::Compose(_) | Command::Policy(_) => panic!("not run"),
        }
    }

    #[test]
    fn what_follows_the_program_belongs_to_it() {
        for (line, program) in [
            (
                &["wasocket", "run", "--allow-net", "a.py", "--allow-net", "-c", "--", "x"][..],
                &["a.py", "--allow-net", "-c", "--", "x"][..],
            ),
            (&["wasocket", "run", "a.py"], &["a.py"]),
        ] {
            assert_eq!(parse(line).program, program);
        }
        let line = ["wasocket", "run", "-c", "print(1)", "--allow-net", "-m", "--", "-c", "x"];
        assert_eq!(parse(&line).code, line[3..]);
        for option in ["--no-coalesce", "--no-gather"] {
            let line = ["wasocket", "run", option, "-m", "http.server", "0", "--bind", "::1"];
            assert_eq!(parse(&line).module, line[4..]);
        }
    }

    #[test]
    fn a_mistake_is_one_line() {
        let error = Arguments::try_parse_from(["wasocket", "run", "--alow-net", "a.py"]).map(drop).unwrap_err();
        let line = one_line(&error.render().to_string());
        assert_eq!(
            line,
            "unexpected argument '--alow-net' found; a similar argument exists: '--allow-net'; see wasocket --help"
        );
    }

    #[test]
    fn what_others_wrote_is_one_line_that_a_terminal_shows() {
        let problem = "no export \"\x1b]0;pwned\x07\r\nwasocket: all is well\u{202e}\"".to_owned();
        let error = anyhow::Error::from(Error::NotAComponent { path: "a\nb.wasm".into(), problem });
        assert_eq!(
            line(&format!("{error:#}")),
            "wasocket: a\\u{a}b.wasm is not a WebAssembly component: \
             no export \"\\u{1b}]0;pwned\\u{7}\\u{d}\\u{a}wasocket: all is well\\u{202e}\""
        );
        assert_eq!(printable_lines("0: one\x1b[2J\n1: two\n"), "0: one\\u{1b}[2J\n1: two");
    }

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }
}
