//! Sessions: small programs that use packages, run in both ways and compared.

use anyhow::{Result, bail};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::differences::{self, Differences};
use super::record::Record;
use super::session::{self, Session};
use super::{RunOptions, document, guest, install, native};
use crate::command::run_within;
use crate::parallel;
use crate::setup::python;
use crate::workspace::Workspace;

/// Runs the sessions, and holds what differs against what is known to differ.
pub(crate) fn run(workspace: &Workspace, options: &RunOptions) -> Result<()> {
    let all = session::find_all(&workspace.path(session::FOLDER))?;
    let names: Vec<&str> = all.iter().map(|session| session.name.as_str()).collect();
    let differences = Differences::load(&workspace.path(differences::FILE), &names)?;
    if let Some(stranger) = options.names.iter().find(|name| !names.contains(&name.as_str())) {
        bail!("there is no session `{stranger}`; the sessions are {}", names.join(", "));
    }
    let packages = install::of_sessions(workspace, &all)?;
    let mut record = Record::load(workspace)?;
    record.sessions.retain(|name, _| names.contains(&name.as_str()));
    let chosen: Vec<&Session> =
        all.iter().filter(|session| options.names.is_empty() || options.names.contains(&session.name)).collect();
    let (mut same, mut known, mut failed) = (0, 0, Vec::new());
    let tried = Trial {
        workspace,
        python: python::bare(workspace, &options.python)?,
        packages,
        limit: Duration::from_secs(options.limit),
    };
    for (session, verdict) in tried.compare_all(chosen, &differences)? {
        match verdict {
            Ok(cause) => {
                *if cause.is_none() { &mut same } else { &mut known } += 1;
                record.sessions.insert(session.name.clone(), cause.map(str::to_owned));
            }
            Err(_) => failed.push(session.name.as_str()),
        }
    }
    println!("{same} sessions the same, {known} known to differ, {} failed", failed.len());
    if options.report {
        record.save(workspace)?;
        document::write(workspace)?;
    }
    if !failed.is_empty() {
        bail!("these sessions do not end as they should: {}", failed.join(", "));
    }
    Ok(())
}

/// Nothing if it is the same, the cause if it is known to differ.
type Verdict<'a> = Result<Option<&'a str>>;

/// What sessions are run with.
struct Trial<'a> {
    workspace: &'a Workspace,
    /// The native one.
    python: PathBuf,
    packages: PathBuf,
    limit: Duration,
}

impl Trial<'_> {
    /// Runs sessions, as many at a time as there are cores, and says what came of each as soon as it is known.
    fn compare_all<'a>(
        &self,
        chosen: Vec<&'a Session>,
        differences: &'a Differences,
    ) -> Result<Vec<(&'a Session, Verdict<'a>)>> {
        parallel::with_each(chosen, |session: &'a Session| {
            let started = Instant::now();
            let verdict = self.compare(session, differences);
            let seconds = started.elapsed().as_secs_f32();
            match &verdict {
                Ok(None) => println!("same    {seconds:5.1} s  {}", session.name),
                Ok(Some(cause)) => println!("differs {seconds:5.1} s  {}: {cause}", session.name),
                Err(error) => println!("FAILED  {seconds:5.1} s  {}: {error:#}", session.name),
            }
            Ok((session, verdict))
        })
    }

    /// Runs a session in both ways; the cause if it is known to differ.
    fn compare<'a>(&self, session: &Session, differences: &'a Differences) -> Verdict<'a> {
        let temporary = tempfile::tempdir()?;
        let mut native = native(&self.python, &self.packages, temporary.path());
        let native = run_within(native.arg(&session.path), self.limit)?;
        if native.status != Some(0) {
            let status = native.status.map_or_else(|| "none, for it hung".to_owned(), |status| status.to_string());
            bail!("natively, its exit status is {status}:\n{}", native.stderr.trim_end());
        }
        let temporary = tempfile::tempdir()?;
        let mut guest = guest(self.workspace, &self.packages, temporary.path());
        let guest = run_within(guest.args(&session.needs.options).arg(&session.path), self.limit)?;
        differences.judge(&session.name, &native, &guest)
    }
}
