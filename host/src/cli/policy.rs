//! `wasocket policy`: what a policy says, and which one a program needs.

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::Result;
use clap::Subcommand;
use wasocket_host::policy::{Policy, PolicyRecorder, Target};

use super::{printable_lines, reason, run, say};

/// Check a policy, or learn which one a program needs
#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Check(Check),
    Learn(Box<Learn>),
}

/// Say whether a policy allows something, which rule decides, and why
///
/// Ends with status 0 if it is allowed, 1 if it would be refused, 2 if the policy is malformed. Without a target, the policy
/// is only read.
#[derive(clap::Args)]
struct Check {
    /// The policy
    #[arg(value_name = "FILE.toml")]
    file: PathBuf,
    /// What a program might try: tcp://db.example.com:5432, udp://[::1]:53, unix:///run/db.sock, or a name to look up
    #[arg(value_name = "TARGET")]
    target: Option<String>,
    /// The target is a local address that the program would be reached on
    #[arg(long, requires = "target")]
    inbound: bool,
}

/// Run a program, refuse it nothing but cloud metadata addresses, and print the smallest policy that it needs
///
/// Takes the options of "run"; the rules among them become part of the policy. What the program prints on standard output
/// goes to standard error.
#[derive(clap::Args)]
#[command(override_usage = "wasocket policy learn [OPTIONS] PROGRAM [ARGS]...
       wasocket policy learn [OPTIONS] -c CODE [ARGS]...
       wasocket policy learn [OPTIONS] -m MODULE [ARGS]...")]
struct Learn {
    #[command(flatten)]
    run: run::Arguments,
    /// Write the policy to a file
    #[arg(short, long, value_name = "FILE.toml")]
    output: Option<PathBuf>,
}

/// Does it; answers the exit status.
pub(super) fn main(arguments: &Arguments) -> Result<i32> {
    match &arguments.command {
        Command::Check(arguments) => check(arguments),
        Command::Learn(arguments) => learn(arguments),
    }
}

fn check(arguments: &Check) -> Result<i32> {
    let policy = Policy::from_file(&arguments.file)?;
    policy.warnings().iter().for_each(|warning| say(warning));
    let Some(target) = &arguments.target else {
        print(&format!("{} is a policy", arguments.file.display()));
        return Ok(0);
    };
    let target = Target::parse(target)?;
    let explanation =
        if arguments.inbound { policy.explain_inbound(&target) } else { policy.explain_outbound(&target) };
    print(&explanation.to_string());
    Ok(i32::from(!explanation.is_allowed))
}

fn learn(arguments: &Learn) -> Result<i32> {
    let recorder = PolicyRecorder::new();
    let status = run::run(&arguments.run, Some(&recorder))?;
    let policy = recorder.policy(arguments.run.policy()?).to_toml();
    match &arguments.output {
        None => print(policy.trim_end()),
        Some(path) => {
            if let Err(error) = std::fs::write(path, &policy) {
                anyhow::bail!("cannot write {}: {}", path.display(), reason(&error));
            }
            say(&format!("wrote {}", path.display()));
        }
    }
    Ok(status)
}

/// A closed standard output is ignored.
fn print(text: &str) {
    let _ = writeln!(io::stdout(), "{}", printable_lines(text));
}
