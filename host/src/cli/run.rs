//! `wasocket run`: one program, under a policy.

use std::env;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use wasocket_host::inspect::{Inspector, Page};
use wasocket_host::policy::{Denial, Event, Mode, Network, Policy, PolicyRecorder};
use wasocket_host::program::{Main, Settings};
use wasocket_host::sockets::WaitOn;
use wasocket_host::{Directory, Grants, Output, engine};

use super::interpreter::{Backend, Interpreter};
use super::network::NetworkArguments;
use super::program::Program;
use super::{audit, directories, interpreter, program, progress, say, signals};

/// Run a Python script or a component
///
/// What follows PROGRAM, CODE or MODULE belongs to the program.
#[derive(clap::Args)]
#[command(override_usage = "wasocket run [OPTIONS] PROGRAM [ARGS]...
       wasocket run [OPTIONS] -c CODE [ARGS]...
       wasocket run [OPTIONS] -m MODULE [ARGS]...")]
pub(super) struct Arguments {
    /// Let the program see a folder, for reading alone with "::ro"; HOST by itself appears at the path it has here
    #[arg(long = "dir", value_name = "HOST::GUEST[::ro]")]
    directories: Vec<String>,
    /// Set an environment variable, or pass on the one that is set here
    #[arg(long = "env", value_name = "NAME[=VALUE]")]
    environment: Vec<String>,
    /// Look for Python modules in this folder too
    #[arg(long, value_name = "DIR")]
    python_path: Vec<PathBuf>,
    /// The network that a Python program reaches
    #[arg(long, value_enum, default_value_t = Backend::Host)]
    backend: Backend,
    /// Have no threads in a Python program, as over WASI: each call into the host then takes a little less time
    #[arg(long)]
    no_threads: bool,
    /// Send small writes at once, even where that means waiting for delayed acknowledgements
    #[arg(long, alias = "no-gather")]
    no_coalesce: bool,
    /// Run Python code
    #[arg(short = 'c', value_names = ["CODE", "ARGS"], num_args = 1.., allow_hyphen_values = true)]
    pub(super) code: Vec<String>,
    /// Run a Python module as a script
    #[arg(short = 'm', value_names = ["MODULE", "ARGS"], num_args = 1.., allow_hyphen_values = true, conflicts_with = "code")]
    pub(super) module: Vec<String>,
    /// A Python script or a component, and its arguments
    #[arg(trailing_var_arg = true, value_names = ["PROGRAM", "ARGS"], conflicts_with_all = ["code", "module"])]
    pub(super) program: Vec<String>,
    #[command(flatten)]
    network: NetworkArguments,
    /// Write a line of JSON for every decision on the network, lookup and socket; with "-" on standard output, and what
    /// the program prints there goes to standard error
    #[arg(long, value_name = "FILE", help_heading = "Network (deny wins; without a rule nothing is reachable)")]
    audit: Option<PathBuf>,
    /// End the program when a line of the audit cannot be written, before the operation that the line is about
    #[arg(long, requires = "audit", help_heading = "Network (deny wins; without a rule nothing is reachable)")]
    audit_required: bool,
    /// Show open sockets and the policy's decisions on a page, at a loopback address of this machine (with port 0 the system
    /// chooses one); its URL is printed and contains the secret that opens the page
    #[arg(
        long,
        value_name = "ADDRESS:PORT",
        help_heading = "Network (deny wins; without a rule nothing is reachable)"
    )]
    inspect: Option<SocketAddr>,
}

/// Runs it; answers its exit status.
pub(super) fn main(arguments: &Arguments) -> Result<i32> {
    run(arguments, None)
}

/// Runs it; with a recorder nothing is refused, and the recorder keeps what would be.
pub(super) fn run(arguments: &Arguments, recorder: Option<&PolicyRecorder>) -> Result<i32> {
    let (program, guest_arguments) = arguments.program()?;
    let name = guest_arguments.first().cloned().unwrap_or_default();
    let inspector = arguments.inspect.map(Inspector::bind).transpose().context("--inspect")?;
    let (component, grants) = arguments.grants(program, guest_arguments, recorder, inspector.as_ref())?;
    let page = inspector.map(|inspector| show(inspector, &grants.network)).transpose()?;
    signals::pass_on(&grants.signals)?;
    let engine = engine::for_file(&component)?;
    let compiled = progress::load(&engine, &component)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("cannot start")?;
    let status = runtime.block_on(wasocket_host::run(&compiled, &component, &name, grants));
    // A name lookup may still be waiting for an answer that no one wants any more.
    runtime.shutdown_background();
    if let Some(page) = page {
        page.end(status.as_ref().ok().copied());
    }
    Ok(status?.into())
}

/// Shows the page, and says where.
fn show(inspector: Inspector, network: &Network) -> Result<Page> {
    let url = inspector.url();
    let page = inspector.serve(network.clone())?;
    say(&format!("what the program does on the network is shown at {url}"));
    Ok(page)
}

impl Arguments {
    /// The interpreter for a Python program.
    fn interpreter(&self) -> Interpreter {
        Interpreter::new(self.backend, !self.no_threads && self.backend == Backend::Host)
    }

    /// The policy that the options say.
    pub(super) fn policy(&self) -> Result<Policy> {
        self.network.policy()
    }

    /// What to run, and its arguments as it will see them.
    fn program(&self) -> Result<(Program, Vec<String>)> {
        if let [code, rest @ ..] = &self.code[..] {
            return Ok(python(Main::Code(code.clone()), "-c", rest));
        }
        if let [module, rest @ ..] = &self.module[..] {
            return Ok(python(Main::Module(module.clone()), "-m", rest));
        }
        let [typed, ..] = &self.program[..] else {
            bail!("there is no program to run: name a Python script or a component, or use -c CODE or -m MODULE");
        };
        Ok((program::of_file(typed)?, self.program.clone()))
    }

    /// The component to run, and what it is given.
    fn grants(
        &self,
        program: Program,
        mut arguments: Vec<String>,
        recorder: Option<&PolicyRecorder>,
        inspector: Option<&Inspector>,
    ) -> Result<(PathBuf, Grants)> {
        let policy = self.network.policy()?;
        policy.warnings().iter().for_each(|warning| say(warning));
        let mut directories =
            self.directories.iter().map(|text| directories::parse(text)).collect::<Result<Vec<_>>>()?;
        let python_path = self.python_path(&mut directories)?;
        let (component, settings) = match program {
            Program::Component(path) => {
                self.refuse_options_of_python(&path)?;
                if let (Some(first), Some(name)) =
                    (arguments.first_mut(), path.file_name().and_then(|name| name.to_str()))
                {
                    name.clone_into(first);
                }
                (path, None)
            }
            Program::Python { main, folder } => {
                folder.into_iter().for_each(|folder| directories::add(&mut directories, folder));
                let settings =
                    Settings { main, arguments: arguments.clone(), python_path, coalesce: !self.no_coalesce };
                (interpreter::path(self.interpreter())?, Some(settings))
            }
        };
        let working_directory =
            env::current_dir().ok().and_then(|here| directories::guest_path_of(&here, &directories));
        let environment = self.environment(working_directory.as_deref())?;
        let network = self.network(policy, recorder, inspector)?;
        let output = if self.audits_to_output() || recorder.is_some() { Output::Error } else { Output::Output };
        // The command runs one guest, and its runtime does nothing else.
        let wait_on = WaitOn::Thread;
        let more = Grants::new(network);
        Ok((
            component,
            Grants { arguments, environment, directories, working_directory, settings, output, wait_on, ..more },
        ))
    }

    /// The network under the policy, with its audit and its page.
    fn network(
        &self,
        mut policy: Policy,
        recorder: Option<&PolicyRecorder>,
        inspector: Option<&Inspector>,
    ) -> Result<Network> {
        if recorder.is_some() {
            policy.set_mode(Mode::Report);
        }
        let mut network = Network::builder(policy).guest("main");
        if let Some(recorder) = recorder.cloned() {
            network = network.audit_denials(move |denial| recorder.note(denial));
        }
        // The recorded policy says the same; only what stays refused needs a line.
        let is_quiet = recorder.is_some();
        network = network.report(move |denial| {
            if !(is_quiet && denial.permitted) {
                report(denial);
            }
        });
        let write = self.audit.as_deref().map(|path| audit::writer(path, self.audit_required)).transpose()?;
        let show = inspector.map(Inspector::audit);
        if write.is_some() || show.is_some() {
            network = network.audit_or_stop(move |event: &Event| {
                show.iter().for_each(|show| show(event));
                write.as_ref().map_or(Ok(()), |write| write(event))
            });
        }
        Ok(network.build())
    }

    fn audits_to_output(&self) -> bool {
        self.audit.as_deref() == Some(Path::new("-"))
    }

    /// What only the interpreter understands would have no effect on a component.
    fn refuse_options_of_python(&self, component: &Path) -> Result<()> {
        let given = [("--python-path", !self.python_path.is_empty()), ("--no-coalesce", self.no_coalesce)];
        if let Some((option, _)) = given.into_iter().find(|(_, given)| *given) {
            bail!(
                "{option} is for Python programs, and {} is a component, which has all of its own inside; leave it out",
                component.display()
            );
        }
        Ok(())
    }

    /// Makes the folders of `--python-path` visible; answers the guest's names for them.
    fn python_path(&self, directories: &mut Vec<Directory>) -> Result<Vec<String>> {
        let folder = |path: &PathBuf| {
            let directory =
                directories::read_only(path).with_context(|| format!("--python-path {}", path.display()))?;
            let guest = directory.guest.clone();
            directories::add(directories, directory);
            Ok(guest)
        };
        self.python_path.iter().map(folder).collect()
    }

    /// The guest's environment; `PWD` says where it starts, as a shell would.
    fn environment(&self, working_directory: Option<&str>) -> Result<Vec<(String, String)>> {
        let mut environment = self.environment.iter().map(|text| variable(text)).collect::<Result<Vec<_>>>()?;
        if let Some(folder) = working_directory
            && !environment.iter().any(|(name, _)| name == "PWD")
        {
            environment.push(("PWD".to_owned(), folder.to_owned()));
        }
        Ok(environment)
    }
}

fn python(main: Main, option: &str, rest: &[String]) -> (Program, Vec<String>) {
    let arguments = [&[option.to_owned()], rest].concat();
    (Program::Python { main, folder: None }, arguments)
}

/// Reads `NAME=VALUE`, or takes the value that NAME has here.
fn variable(text: &str) -> Result<(String, String)> {
    let (name, value) = match text.split_once('=') {
        Some((name, value)) => (name, value.to_owned()),
        None => (
            text,
            env::var(text).ok().with_context(|| {
                format!("--env {text}: it is not set here, or is not UTF-8; write --env {text}=VALUE")
            })?,
        ),
    };
    if name.is_empty() {
        bail!("--env {text}: the name is missing; write --env NAME=VALUE or --env NAME");
    }
    Ok((name.to_owned(), value))
}

fn report(denial: &Denial) {
    let verb = if denial.permitted { "would be denied" } else { "denied" };
    say(&format!("{verb}: {denial}"));
}
