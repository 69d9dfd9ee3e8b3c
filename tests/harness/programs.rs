//! The programs: each is run natively and in every way on wasocket, and must say the same.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, OnceLock};

use anyhow::{Context as _, Result, bail};
use libtest_mimic::Trial;

use crate::compare::{difference, transcript};
use crate::context::Context;
use crate::differences::Differences;
use crate::header::Header;
use crate::{peers, process, trial};

/// One program, and what native Python says to it.
struct Program {
    name: String,
    path: PathBuf,
    header: Header,
    native: OnceLock<Result<String, String>>,
}

/// What a run of a program said.
struct Said {
    transcript: String,
    code: i32,
    stderr: String,
}

impl Said {
    /// How it ended, for the report of a failure.
    fn ending(&self) -> String {
        format!("exit status {}, stderr:\n{}", self.code, self.stderr)
    }
}

/// A trial for each program and way.
pub(crate) fn trials(context: &Arc<Context>) -> Result<Vec<Trial>> {
    let programs = discover(context)?;
    let names: Vec<String> = programs.iter().map(|program| program.name.clone()).collect();
    let differences = Arc::new(Differences::read(&context.tests.join("differences.toml"), &names)?);
    let mut trials = Vec::new();
    for program in programs {
        let program = Arc::new(program);
        trials.push(native_trial(context, &program));
        for way in program.header.ways.clone() {
            trials.push(compared_trial(context, &program, &differences, way));
        }
    }
    Ok(trials)
}

fn discover(context: &Context) -> Result<Vec<Program>> {
    let mut programs = Vec::new();
    let folders = ["programs", "clients"].map(|folder| std::fs::read_dir(context.tests.join(folder)));
    let entries: Vec<_> = folders.into_iter().collect::<std::io::Result<Vec<_>>>()?.into_iter().flatten().collect();
    for entry in entries {
        let path = entry?.path();
        if path.ends_with(SERVER) {
            continue;
        }
        let name = path.file_stem().and_then(|stem| stem.to_str()).context("a program's name is text")?.to_owned();
        if path.extension().is_some_and(|extension| extension == "py") {
            programs.push(Program { name, header: Header::read(&path)?, path, native: OnceLock::new() });
        }
    }
    programs.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(programs)
}

/// Runs the program it is given beside a thread, so that every wait of the program is one of several threads.
const BESIDE_A_THREAD: &str = "driver/beside_a_thread.py";

/// Not a program to compare: `load` drives it.
const SERVER: &str = "clients/http_server_load.py";

fn native_trial(context: &Arc<Context>, program: &Arc<Program>) -> Trial {
    let (context, program) = (Arc::clone(context), Arc::clone(program));
    let left_out = program.header.ipv6 && !context.ipv6;
    let trial = trial(format!("program::{}::native", program.name), move || program.native(&context).map(drop));
    trial.with_ignored_flag(left_out)
}

fn compared_trial(context: &Arc<Context>, program: &Arc<Program>, known: &Arc<Differences>, way: String) -> Trial {
    let (context, program, known) = (Arc::clone(context), Arc::clone(program), Arc::clone(known));
    let left_out = program.header.ipv6 && !context.ipv6;
    let trial = trial(format!("program::{}::{way}", program.name), move || {
        let ours = program.run(&context, &way)?;
        let difference = difference(&program.native(&context)?, &ours.transcript);
        known.judge(&program.name, &way, &difference).with_context(|| ours.ending())
    });
    trial.with_ignored_flag(left_out)
}

impl Program {
    /// What native Python says: run once, or stored where this machine's Python is too old to say it.
    fn native(&self, context: &Context) -> Result<String> {
        let found = self.native.get_or_init(|| self.find_native(context).map_err(|error| format!("{error:#}")));
        found.clone().map_err(anyhow::Error::msg)
    }

    fn find_native(&self, context: &Context) -> Result<String> {
        let stored = context.tests.join("expected").join(format!("{}.txt", self.name));
        if context.python_version < self.header.native {
            return std::fs::read_to_string(&stored).with_context(|| format!("cannot read {}", stored.display()));
        }
        let said = self.run(context, "native")?;
        if said.code != self.header.exit {
            bail!("{}, not {}\nstdout:\n{}", said.ending(), self.header.exit, said.transcript);
        }
        if self.header.native > Header::default().native {
            keep_stored(&stored, &said.transcript)?;
        }
        Ok(said.transcript)
    }

    /// Leaves a transcript for the analysis of a failure.
    fn keep(&self, context: &Context, way: &str, said: &str) -> Result<()> {
        std::fs::write(context.scratch()?.join(format!("{}.{way}.txt", self.name)), said)
            .context("cannot keep a transcript")
    }

    /// The command that runs it in some way, up to the program's own arguments. `temporary` is where it may write.
    fn command(&self, context: &Context, way: &str, temporary: &Path) -> Result<Command> {
        let guest_temporary = format!("{}::/tmp", temporary.display());
        let mut command = match way {
            "native" => process::native(&context.python),
            "run" | "threads" | "single" | "wasi" => Command::new(context.wasocket()?),
            "wasmtime" | "wasmtime-threads" => Command::new(context.wasmtime()?),
            _ => bail!("no way of running is called `{way}`"),
        };
        match way {
            "native" => {
                let path = std::env::join_paths([context.packages()?, context.tests.join("programs")])?;
                command.env("TMPDIR", temporary).env("PYTHONPATH", path).arg("-B").arg(&self.path)
            }
            "run" | "threads" | "single" | "wasi" => {
                command.args(["run", "--allow-net", "--dir", &guest_temporary]).args(match way {
                    "wasi" => ["--backend", "wasi"].as_slice(),
                    "single" => &["--no-threads"],
                    _ => &[],
                });
                command.arg("--python-path").arg(context.packages()?);
                command.arg("--python-path").arg(context.tests.join("programs"));
                if way == "threads" {
                    command.arg("--dir").arg(&context.tests).arg(context.tests.join(BESIDE_A_THREAD));
                }
                command.arg(&self.path)
            }
            _ => {
                let component = if way == "wasmtime" { &context.component } else { &context.component_with_threads };
                command.args(["run", "--allow-precompiled", "-S", "inherit-network", "-S", "allow-ip-name-lookup"]);
                command.args(component.flags).args(["--dir", &guest_temporary]);
                command.arg(component.path(context)?).arg(&self.name)
            }
        };
        Ok(command)
    }

    /// Run it with fresh peers.
    fn run(&self, context: &Context, way: &str) -> Result<Said> {
        let temporary = tempfile::tempdir().context("cannot make a temporary folder")?;
        let mut command = self.command(context, way, temporary.path())?;
        let mut running = Vec::new();
        command.args(&self.header.arguments);
        let certificates = temporary.path().join("certificates");
        if self.header.certificates {
            peers::certificates::make(&certificates)?;
        }
        for name in &self.header.peers {
            let peer = peers::start_with_certificates(name, &context.python, &certificates)
                .with_context(|| format!("the peer `{name}`"))?;
            command.arg(format!("{}={}", peer.name, peer.address));
            running.push(peer);
        }
        let finished = process::run(command, self.header.stdin.as_bytes(), self.header.patience)?;
        // Where the sources are is the machine's affair.
        let transcript = transcript(&finished, self.header.stderr).replace(&*context.tests.to_string_lossy(), "TESTS");
        self.keep(context, way, &transcript)?;
        Ok(Said { transcript, code: finished.code(), stderr: finished.stderr })
    }
}

/// The stored transcript must be what this Python says; `BLESS=1` makes it so.
fn keep_stored(stored: &Path, said: &str) -> Result<()> {
    if std::env::var_os("BLESS").is_some() {
        return std::fs::write(stored, said).with_context(|| format!("cannot write {}", stored.display()));
    }
    let known = std::fs::read_to_string(stored).with_context(|| format!("cannot read {}", stored.display()))?;
    let changed = difference(&known, said);
    if !changed.is_empty() {
        bail!("{} is not what native Python says (-stored +native); BLESS=1 renews it:\n{changed}", stored.display());
    }
    Ok(())
}
