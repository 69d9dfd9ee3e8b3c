//! What the contenders in Rust share: they read their instructions line by line, as `benches/programs/worker.py` does.

mod machine;
pub mod work;

use std::io::{Error, ErrorKind, Result};

pub use machine::Machine;
pub use work::{Peer, Workload};

/// The workload that is called so, with this argument; none if a contender has no part in it.
pub type Prepare = fn(name: &str, argument: usize, peer: Peer) -> Result<Option<Box<dyn Workload>>>;

/// Executes instructions until there are no more lines. `version` is what the contender calls itself.
///
/// # Errors
/// Standard output is closed.
pub fn serve(version: &str, prepare: Prepare) -> Result<()> {
    let mut machine = Machine::default();
    machine.say(&format!(r#"{{"version": {version:?}}}"#))?;
    let mut workload = None;
    while let Some(line) = machine.next_line()? {
        let said = match answer(&machine, &line, &mut workload, prepare) {
            Ok(text) => text,
            Err(error) => format!(r#"{{"failed": {:?}}}"#, error.to_string()),
        };
        machine.say(&said)?;
    }
    Ok(())
}

/// Does what a line says; what there is to say about it.
fn answer(machine: &Machine, line: &str, workload: &mut Option<Box<dyn Workload>>, prepare: Prepare) -> Result<String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    match (words.as_slice(), workload.as_mut()) {
        (["setup", name, argument, _host, ports @ ..], _) => {
            let Ok(argument) = argument.parse() else { return Ok(ABSENT.to_owned()) };
            let Some(mut prepared) = prepare(name, argument, Peer::at(ports)?)? else { return Ok(ABSENT.to_owned()) };
            prepared.check()?;
            *workload = Some(prepared);
            Ok(r#"{"ready": true}"#.to_owned())
        }
        (["sample", seconds], Some(workload)) => {
            let seconds: f64 = seconds.parse().map_err(|_| invalid(format!("{seconds} is no number")))?;
            Ok(format!(r#"{{"nanoseconds": {}}}"#, sample(machine, workload.as_mut(), seconds * 1e9)?))
        }
        (["teardown"], _) => {
            *workload = None;
            Ok(r#"{"done": true}"#.to_owned())
        }
        _ => Err(invalid(format!("{line} is nothing that it can do"))),
    }
}

/// Nanoseconds for each operation, of a run of about this length.
fn sample(machine: &Machine, workload: &mut dyn Workload, limit: f64) -> Result<f64> {
    let mut count = 1_u32;
    loop {
        let started = machine.now();
        workload.run(count)?;
        let elapsed = machine.now().saturating_sub(started) as f64;
        if elapsed * 2.0 >= limit {
            return Ok(elapsed / f64::from(count));
        }
        count = (f64::from(count) * (limit / elapsed.max(1.0)).clamp(2.0, 16.0)) as u32;
    }
}

fn invalid(text: String) -> Error {
    Error::new(ErrorKind::InvalidInput, text)
}

const ABSENT: &str = r#"{"absent": true}"#;
