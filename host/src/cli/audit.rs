//! `--audit`: one line of JSON for each event.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use anyhow::{Result, bail};
use wasocket_host::policy::Event;

use super::{reason, say};

/// Writes events to a file, or to standard output if it is called `-`.
///
/// Every line is written at once, so that none is lost when the program is killed. The first line that cannot be written is
/// reported, and the program goes on. If the audit `is_required`, the failure is returned instead, and ends the program.
pub(super) fn writer(
    path: &Path,
    is_required: bool,
) -> Result<impl Fn(&Event) -> io::Result<()> + Send + Sync + 'static> {
    let sink: Box<dyn Write + Send> = if path == Path::new("-") {
        Box::new(io::stdout())
    } else {
        match File::create(path) {
            Ok(file) => Box::new(file),
            Err(error) => bail!("cannot write {}: {}", path.display(), reason(&error)),
        }
    };
    let (sink, path) = (Mutex::new(Some(sink)), path.to_owned());
    Ok(move |event: &Event| {
        let mut line = match serde_json::to_vec(event) {
            Ok(line) => line,
            Err(error) if is_required => return Err(error.into()),
            // What a guest has done never ends the audit.
            Err(error) => {
                say(&format!("cannot write an event of \"{}\": {error}", event.operation));
                return Ok(());
            }
        };
        line.push(b'\n');
        let mut sink = sink.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(open) = sink.as_mut() else { return Ok(()) };
        let Err(error) = open.write_all(&line).and_then(|()| open.flush()) else { return Ok(()) };
        let problem = format!("cannot write {}: {}", path.display(), reason(&error));
        if is_required {
            return Err(io::Error::other(problem));
        }
        say(&format!("{problem}; the audit ends here"));
        *sink = None;
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    use wasocket_host::policy::{Attempt, Network, Policy, Reason};

    use super::*;

    #[test]
    fn a_path_that_is_no_text_is_one_line_of_many() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.jsonl");
        let network = Network::builder(Policy::new()).audit_or_stop(writer(&path, true).unwrap()).build();
        for name in [&b"/tmp/\xff"[..], b"/tmp/\n\x1b[2J", b"/tmp/a"] {
            network.check(Attempt::UnixConnect(OsStr::from_bytes(name).into())).unwrap_err();
        }
        network.check(Attempt::Connect("10.0.0.1:80".parse().unwrap())).unwrap_err();
        let text = std::fs::read_to_string(&path).unwrap();
        let events: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let paths: Vec<_> = events.iter().map(|event| event["path"].as_str()).collect();
        assert_eq!(paths, [Some("/tmp/\\xff"), Some("/tmp/\\u{a}\\u{1b}[2J"), Some("/tmp/a"), None]);
        assert_eq!(events[3]["address"], "10.0.0.1");
    }

    /// `/dev/full` is the disk that is full.
    #[test]
    fn an_audit_that_is_required_and_fails_lets_nothing_pass_any_more() {
        let mut policy = Policy::new();
        policy.allow_everything().unwrap();
        let attempt = || Attempt::Connect("10.0.0.1:80".parse().unwrap());
        let full = Path::new("/dev/full");
        let network = Network::builder(policy.clone()).audit_or_stop(writer(full, true).unwrap()).build();
        for _ in 0..2 {
            assert_eq!(network.check(attempt()).unwrap_err().reason, Reason::AuditFailed);
        }
        let network = Network::builder(policy).audit_or_stop(writer(full, false).unwrap()).build();
        assert!(network.check(attempt()).is_ok() && network.check(attempt()).is_ok());
    }
}
