//! Sessions: small programs that use packages, run in both ways and compared.

use anyhow::{Result, bail};
use std::path::Path;
use std::time::{Duration, Instant};

use super::differences::{self, Differences};
use super::record::Record;
use super::session::{self, Session};
use super::{RunOptions, document, guest, install, native};
use crate::command::run_within;
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
    let chosen = all.iter().filter(|session| options.names.is_empty() || options.names.contains(&session.name));
    let (mut same, mut known, mut failed) = (0, 0, Vec::new());
    for session in chosen {
        let started = Instant::now();
        let verdict = compare(workspace, options, &packages, session, &differences);
        let seconds = started.elapsed().as_secs_f32();
        let (count, title, cause) = match verdict {
            Ok(None) => (&mut same, "same   ", None),
            Ok(Some(cause)) => (&mut known, "differs", Some(cause.to_owned())),
            Err(error) => {
                println!("FAILED  {seconds:5.1} s  {}: {error:#}", session.name);
                failed.push(session.name.as_str());
                continue;
            }
        };
        *count += 1;
        println!(
            "{title} {seconds:5.1} s  {}",
            cause.as_ref().map_or_else(|| session.name.clone(), |cause| format!("{}: {cause}", session.name))
        );
        record.sessions.insert(session.name.clone(), cause);
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

/// Runs a session in both ways; the cause if it is known to differ.
fn compare<'a>(
    workspace: &Workspace,
    options: &RunOptions,
    packages: &Path,
    session: &Session,
    differences: &'a Differences,
) -> Result<Option<&'a str>> {
    let limit = Duration::from_secs(options.limit);
    let temporary = tempfile::tempdir()?;
    let native = run_within(native(&options.python, packages, temporary.path()).arg(&session.path), limit)?;
    if native.status != Some(0) {
        let status = native.status.map_or_else(|| "none, for it hung".to_owned(), |status| status.to_string());
        bail!("natively, its exit status is {status}:\n{}", native.stderr.trim_end());
    }
    let temporary = tempfile::tempdir()?;
    let guest = run_within(guest(workspace, packages, temporary.path()).arg(&session.path), limit)?;
    differences.judge(&session.name, &native, &guest)
}
