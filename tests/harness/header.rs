//! The comments at the top of a program, which say what it needs.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

/// What a program's header says. Each line is `# key: value`; the first other line ends the header.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// `peers: echo silent`: fresh ones are started and given as arguments `echo=127.0.0.1:PORT`.
    pub(crate) peers: Vec<String>,
    /// `arguments: one two`: given before the peers.
    pub(crate) arguments: Vec<String>,
    /// `exit: 3`: the exit status; 0 otherwise.
    pub(crate) exit: i32,
    /// `stdin: a\nb`: what standard input holds.
    pub(crate) stdin: String,
    /// `stderr: compared`: standard error is compared as well.
    pub(crate) stderr: bool,
    /// `native: 3.14`: an older native Python says other things, so its transcript is the stored one.
    pub(crate) native: (u32, u32),
    /// `ways: run wasi`: the ways of running it on wasocket.
    pub(crate) ways: Vec<String>,
    /// `needs: ipv6`: left out on a machine without an IPv6 loopback.
    pub(crate) ipv6: bool,
    /// `needs: certificates`: the temporary folder has them; see peers/certificates/.
    pub(crate) certificates: bool,
    /// `patience: 120`: seconds until it counts as hung.
    pub(crate) patience: Duration,
}

impl Default for Header {
    fn default() -> Self {
        Self {
            peers: Vec::new(),
            arguments: Vec::new(),
            exit: 0,
            stdin: String::new(),
            stderr: false,
            native: (3, 10),
            ways: ["run", "threads", "single", "wasi", "wasmtime", "wasmtime-threads"].map(str::to_owned).to_vec(),
            ipv6: false,
            certificates: false,
            patience: Duration::from_secs(60),
        }
    }
}

impl Header {
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let source = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(&source).with_context(|| format!("the header of {}", path.display()))
    }

    pub(crate) fn parse(source: &str) -> Result<Self> {
        let mut header = Self::default();
        for line in source.lines() {
            let Some((key, value)) = line.strip_prefix("# ").and_then(|line| line.split_once(':')) else { break };
            header.set(key, value.trim())?;
        }
        Ok(header)
    }

    fn set(&mut self, key: &str, value: &str) -> Result<()> {
        match key {
            "peers" => self.peers = words(value),
            "arguments" => self.arguments = words(value),
            "exit" => self.exit = value.parse().context("`exit` is a number")?,
            "stdin" => self.stdin = value.replace("\\n", "\n"),
            "stderr" if value == "compared" => self.stderr = true,
            "native" => self.native = version(value)?,
            "needs" if value == "ipv6" => self.ipv6 = true,
            "needs" if value == "certificates" => self.certificates = true,
            "ways" => self.ways = words(value),
            "patience" => self.patience = Duration::from_secs(value.parse().context("`patience` is in seconds")?),
            _ => bail!("`{key}: {value}` is not known; harness/header.rs lists what is"),
        }
        Ok(())
    }
}

fn words(value: &str) -> Vec<String> {
    value.split_whitespace().map(str::to_owned).collect()
}

fn version(value: &str) -> Result<(u32, u32)> {
    let (major, minor) = value.split_once('.').context("`native` is a version like 3.14")?;
    Ok((major.parse()?, minor.parse()?))
}
