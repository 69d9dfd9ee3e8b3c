//! The native peer of a contender, in a process of its own: its descriptors and its ports are its own too.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

mod encrypted;
mod redis;
mod services;

/// A peer that serves until it is dropped.
pub(crate) struct Peer {
    child: Child,
    /// Those of the services, of UDP, and of the greeter, as a contender is told them.
    ports: String,
}

/// The first argument of a process that is a peer.
pub(crate) const AS_PEER: &str = "peer";

impl Peer {
    /// Starts this very program as a peer.
    pub(crate) fn start() -> Result<Self> {
        let mut command = Command::new(std::env::current_exe().context("cannot find this program")?);
        command.arg(AS_PEER).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().context("cannot start the peer")?;
        let output = child.stdout.take().context("a new process has no standard output")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        Ok(Self { child, ports: line.trim().to_owned() })
    }

    /// Where a contender finds it: the host, then the ports.
    pub(crate) fn place(&self) -> String {
        format!("127.0.0.1 {}", self.ports)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It can only fail if the process has ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a process that is a peer does: it says its ports and serves until its input ends.
pub(crate) fn serve() -> Result<()> {
    let [tcp, udp, greeter] = services::start()?;
    let mut output = std::io::stdout();
    writeln!(output, "{tcp} {udp} {greeter}").and_then(|()| output.flush())?;
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}
