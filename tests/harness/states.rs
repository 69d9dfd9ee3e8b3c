//! Every call of `wasi:sockets` in every state that a socket can be in, through our host with everything allowed and through
//! plain wasmtime: what comes back is the same.

use std::collections::BTreeSet;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use libtest_mimic::Trial;

use crate::context::Context;
use crate::{process, trial};

/// How long a run may take, compiling included.
const PATIENCE: Duration = Duration::from_secs(120);

/// A state: its name, and what leads a socket `s` there. `l` is a listener, and `d` a bound datagram socket.
type State = (&'static str, &'static [&'static str]);

const TCP_STATES: [State; 10] = [
    ("unbound", &["tcp4 s"]),
    ("binding", &["tcp4 s", "start-bind s 127.0.0.1:0"]),
    ("bound", &["tcp4 s", "bind s 127.0.0.1:0"]),
    ("connecting", &["tcp4 s", "start-connect s @l"]),
    ("connected", &["tcp4 s", "connect s @l"]),
    ("refused", &["tcp4 s", "connect s 127.0.0.1:1"]),
    ("starting to listen", &["tcp4 s", "bind s 127.0.0.1:0", "start-listen s"]),
    ("listening", &["tcp4 s", "bind s 127.0.0.1:0", "listen s"]),
    ("accepted", &["tcp4 c", "connect c @l", "await l s"]),
    ("shut down", &["tcp4 s", "connect s @l", "shutdown s both"]),
];

const TCP_CALLS: [&str; 46] = [
    "start-bind s 127.0.0.1:0",
    "start-bind s 127.0.0.1:1",
    "start-bind s @l",
    "start-bind s 192.0.2.1:0",
    "start-bind s 224.0.0.1:0",
    "start-bind s 255.255.255.255:0",
    "start-bind s [::1]:0",
    "bind s 0.0.0.0:0",
    "finish-bind s",
    "start-connect s @l",
    "start-connect s 127.0.0.1:0",
    "start-connect s 0.0.0.0:80",
    "start-connect s 224.0.0.1:80",
    "start-connect s 255.255.255.255:80",
    "start-connect s [::1]:80",
    "start-connect s [::ffff:127.0.0.1]:80",
    "start-listen s",
    "finish-listen s",
    "listen s",
    "accept s t",
    "local s",
    "remote s",
    "family s",
    "listening s",
    "shutdown s receive",
    "shutdown s send",
    "shutdown s both",
    "get s keep-alive",
    "set s keep-alive 1",
    "get s idle-time",
    "set s idle-time 0",
    "set s idle-time 5000000000",
    "set s idle-time max",
    "get s interval",
    "set s interval 0",
    "set s interval 1",
    "get s count",
    "set s count 0",
    "set s count 5",
    "get s hop-limit",
    "set s hop-limit 0",
    "set s hop-limit 7",
    "set s receive-buffer 0",
    "set s receive-buffer 65536",
    "set s backlog 0",
    "set s backlog 5",
];

const UDP_STATES: [State; 5] = [
    ("unbound", &["udp4 s"]),
    ("binding", &["udp4 s", "start-bind s 127.0.0.1:0"]),
    ("bound", &["udp4 s", "bind s 127.0.0.1:0"]),
    ("streaming", &["udp4 s", "bind s 127.0.0.1:0", "stream s", "check-send s"]),
    ("connected", &["udp4 s", "bind s 127.0.0.1:0", "stream s @d", "check-send s"]),
];

const UDP_CALLS: [&str; 30] = [
    "start-bind s 127.0.0.1:0",
    "start-bind s @d",
    "start-bind s 192.0.2.1:0",
    "start-bind s [::1]:0",
    "bind s 0.0.0.0:0",
    "finish-bind s",
    "stream s",
    "stream s @d",
    "stream s 127.0.0.1:0",
    "stream s 0.0.0.0:53",
    "stream s [::1]:53",
    "stream s [::ffff:127.0.0.1]:53",
    "local s",
    "remote s",
    "family s",
    "check-send s",
    "send s 0",
    "receive s 0",
    "receive s max",
    "get s hop-limit",
    "set s hop-limit 0",
    "set s hop-limit 7",
    "get s receive-buffer",
    "set s receive-buffer 0",
    "set s receive-buffer 65536",
    "set s send-buffer 0",
    "set s send-buffer 65536",
    "storm s 2 2",
    "subscribe s p",
    "drop absent",
];

/// What needs a datagram stream that may send.
const SENDS: [&str; 6] = [
    "send s 1",
    "send s 1 @d",
    "send s 2 127.0.0.1:1",
    "send s 1 127.0.0.1:0",
    "send s 1 0.0.0.0:53",
    "send s 1 [::1]:53",
];

/// What needs no socket. Names that no name server could know are not among it: wasmtime leaves them to the system, and we say
/// `invalid-argument`, as the interface has it.
const OTHERS: [&str; 13] = [
    "tcp6 x",
    "start-bind x 127.0.0.1:0",
    "start-bind x [::ffff:127.0.0.1]:0",
    "start-connect x [::ffff:127.0.0.1]:80",
    "start-connect x 127.0.0.1:80",
    "start-connect x [ff02::1]:80",
    "start-connect x [::]:80",
    "family x",
    "resolve 127.0.0.1",
    "resolve ::1",
    "resolve 127.1",
    "resolve a/b",
    "resolve 1.2.3.4.5",
];

/// The codes that come up on the way, of those that are not about the network beyond this machine.
const CODES: [&str; 9] = [
    "ok",
    "invalid-state",
    "invalid-argument",
    "concurrency-conflict",
    "not-in-progress",
    "address-in-use",
    "address-not-bindable",
    "connection-refused",
    "would-block",
];

pub(crate) fn trials(context: &Arc<Context>) -> Vec<Trial> {
    let context = Arc::clone(context);
    vec![trial("states::like_wasmtime".to_owned(), move || like_wasmtime(&context))]
}

/// One socket for each call: most of them change its state.
fn script() -> Vec<String> {
    let mut script = vec!["tcp4 l".to_owned(), "bind l 127.0.0.1:0".to_owned(), "listen l".to_owned()];
    script.extend(["udp4 d", "bind d 127.0.0.1:0"].map(str::to_owned));
    let tcp = TCP_STATES.iter().flat_map(|state| TCP_CALLS.iter().map(move |call| (state, call)));
    let udp = UDP_STATES.iter().flat_map(|state| UDP_CALLS.iter().map(move |call| (state, call)));
    let sends = UDP_STATES[3..].iter().flat_map(|state| SENDS.iter().map(move |call| (state, call)));
    for (number, ((_, way), call)) in tcp.chain(udp).chain(sends).enumerate() {
        let own = |instruction: &str| {
            let name = |word: &str| match word {
                "s" | "t" | "c" | "p" => format!("{word}{number}"),
                _ => word.to_owned(),
            };
            instruction.split(' ').map(name).collect::<Vec<_>>().join(" ")
        };
        script.extend(way.iter().chain([call]).map(|instruction| own(instruction)));
        // What a connection has left in the listener's queue, the next one must not find there.
        if way.contains(&"connect s @l") {
            script.push(format!("await l a{number}"));
        }
    }
    script.extend(OTHERS.map(str::to_owned));
    script
}

fn like_wasmtime(context: &Context) -> Result<()> {
    let script = script();
    let guest = context.raw_guest()?;
    let mut ours = Command::new(context.wasocket()?);
    ours.args(["run", "--allow-net"]).arg(&guest).args(&script);
    let mut theirs = Command::new(context.wasmtime()?);
    theirs.args(["run", "-S", "inherit-network", "-S", "allow-ip-name-lookup", "-S", "http"]).arg(&guest).args(&script);
    let [ours, theirs] = [ours, theirs].map(|command| answers(command, script.len()));
    let (ours, theirs) = (ours?, theirs.context("plain wasmtime")?);
    let mut differences = Vec::new();
    for (instruction, (ours, theirs)) in script.iter().zip(ours.iter().zip(&theirs)) {
        if ours != theirs {
            differences.push(format!("{instruction}: {ours}, and with wasmtime {theirs}"));
        }
    }
    ensure!(differences.is_empty(), "{}", differences.join("\n"));
    let seen: BTreeSet<&str> = ours.iter().map(String::as_str).collect();
    let unseen: Vec<&&str> = CODES.iter().filter(|code| !seen.contains(**code)).collect();
    ensure!(unseen.is_empty(), "never came up: {unseen:?}");
    Ok(())
}

/// A line for each instruction, without ports.
fn answers(command: Command, count: usize) -> Result<Vec<String>> {
    let finished = process::run(command, b"", PATIENCE)?;
    ensure!(finished.code() == 0, "exit status {}: {}", finished.code(), finished.stderr);
    let lines: Vec<String> = finished.stdout.lines().map(without_port).collect();
    ensure!(lines.len() == count, "{} answers to {count} instructions", lines.len());
    Ok(lines)
}

fn without_port(line: &str) -> String {
    match line.rsplit_once(':') {
        Some((address, port)) if port.parse::<u16>().is_ok_and(|port| port > 1024) => format!("{address}:PORT"),
        _ => line.to_owned(),
    }
}
