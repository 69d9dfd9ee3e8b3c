//! A contender of the benchmark: a component that uses sockets through `wasocket:socket`, which `wasocket.wasm` provides.
//!
//! It is told what to do as `benches/programs/worker.py` is, and has some of its workloads.

#[expect(unsafe_code, reason = "the canonical ABI is pointers and lengths; the generated code alone deals with them")]
mod bindings {
    use super::Program;

    wit_bindgen::generate!({
        path: "../../wit",
        inline: r#"
            package wasocket:bench-composed;

            world program {
                include wasocket:socket/imports@0.1.0;
                import wasi:cli/stdin@0.2.12;
                import wasi:cli/stdout@0.2.12;
                import wasi:clocks/monotonic-clock@0.2.12;
                export wasi:cli/run@0.2.12;
            }
        "#,
        generate_all,
    });

    export!(Program);
}

mod workload;

use bindings::wasi::cli::stdin::get_stdin;
use bindings::wasi::cli::stdout::get_stdout;
use bindings::wasi::clocks::monotonic_clock::now;
use bindings::wasocket::socket::{sockets, types};
use workload::{Peer, Workload};

/// The command.
struct Program;

impl bindings::exports::wasi::cli::run::Guest for Program {
    fn run() -> Result<(), ()> {
        say(r#"{"version": "component"}"#)?;
        let mut input = Vec::new();
        let mut workload = None;
        while let Some(line) = next_line(&mut input) {
            say(&match answer(&line, &mut workload) {
                Ok(text) => text,
                Err(reason) => format!(r#"{{"failed": {reason:?}}}"#),
            })?;
        }
        Ok(())
    }
}

/// Does what a line says; what there is to say about it.
fn answer(line: &str, workload: &mut Option<Workload>) -> Result<String, String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    match (words.as_slice(), workload.as_mut()) {
        (["setup", name, argument, _host, port, ..], _) => {
            let Ok(size) = argument.parse() else { return Ok(ABSENT.to_owned()) };
            let peer = Peer { port: port.parse().map_err(|_| format!("{port} is no port"))? };
            *workload = Workload::prepare(name, size, peer)?;
            let Some(workload) = workload else { return Ok(ABSENT.to_owned()) };
            workload.run(1)?;
            Ok(r#"{"ready": true}"#.to_owned())
        }
        (["sample", seconds], Some(workload)) => {
            let seconds: f64 = seconds.parse().map_err(|_| format!("{seconds} is no number"))?;
            Ok(format!(r#"{{"nanoseconds": {}}}"#, sample(workload, seconds * 1e9)?))
        }
        (["teardown"], _) => {
            *workload = None;
            Ok(r#"{"done": true}"#.to_owned())
        }
        _ => Err(format!("{line} is nothing that it can do")),
    }
}

/// Nanoseconds for each operation, of a run of about this length.
fn sample(workload: &mut Workload, limit: f64) -> Result<f64, String> {
    let mut count = 1_u32;
    loop {
        let started = now();
        workload.run(count)?;
        let elapsed = now().saturating_sub(started) as f64;
        if elapsed * 2.0 >= limit {
            return Ok(elapsed / f64::from(count));
        }
        count = (f64::from(count) * (limit / elapsed.max(1.0)).clamp(2.0, 16.0)) as u32;
    }
}

fn say(line: &str) -> Result<(), ()> {
    get_stdout().blocking_write_and_flush(format!("{line}\n").as_bytes()).map_err(drop)
}

/// A line of standard input; none at its end.
fn next_line(input: &mut Vec<u8>) -> Option<String> {
    loop {
        if let Some(end) = input.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = input.drain(..=end).collect();
            return Some(String::from_utf8_lossy(&line).into_owned());
        }
        input.extend(get_stdin().blocking_read(4096).ok()?);
    }
}

const ABSENT: &str = r#"{"absent": true}"#;
