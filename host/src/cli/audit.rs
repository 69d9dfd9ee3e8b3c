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
/// Every line is written at once, so that none is lost when the program is killed. A line that cannot be written is told of
/// once; the program goes on.
pub(super) fn writer(path: &Path) -> Result<impl Fn(&Event) + Send + Sync + 'static> {
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
        let mut sink = sink.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(open) = sink.as_mut() else { return };
        if let Err(error) = write(open, event) {
            say(&format!("cannot write {}: {}; the audit ends here", path.display(), reason(&error)));
            *sink = None;
        }
    })
}

fn write(sink: &mut dyn Write, event: &Event) -> io::Result<()> {
    let mut line = serde_json::to_vec(event)?;
    line.push(b'\n');
    sink.write_all(&line)?;
    sink.flush()
}
