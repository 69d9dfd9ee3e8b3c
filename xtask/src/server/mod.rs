//! A web server to fetch a page from: Python's own, native, on a port that the system picks.

use anyhow::{Context, Result};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::setup::python;

/// A running server; dropping it stops it.
pub(crate) struct Server {
    child: Child,
    port: u16,
}

impl Server {
    pub(crate) fn start() -> Result<Self> {
        let mut python = Command::new(python::interpreter()?);
        python.args(["-u", "-c", PROGRAM, PAGE]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = python.spawn().context("cannot start the HTTP server")?;
        let mut line = String::new();
        let output = child.stdout.take().context("the HTTP server has no output")?;
        BufReader::new(output).read_line(&mut line)?;
        let port = line.trim().parse().with_context(|| format!("the HTTP server said {line:?}, not its port"))?;
        Ok(Self { child, port })
    }

    /// Host and port.
    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address())
    }

    /// What `--allow-outbound` takes.
    pub(crate) fn rule(&self) -> String {
        format!("tcp://{}", self.address())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It can only fail if the server has ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the server answers with.
pub(crate) const PAGE: &str = "Hello from a real server.";
const PROGRAM: &str = include_str!("server.py");
