//! What is measured, and with which peers.

use std::io::{Error, ErrorKind, Result};

use crate::invalid;

/// Where the native peer listens, on 127.0.0.1.
#[derive(Clone, Copy, Debug)]
pub struct Peer {
    /// Of its services over TCP.
    pub port: u16,
    /// Echoes datagrams that begin with an `e`.
    pub udp_port: u16,
    /// Accepts connections, and does no more.
    pub greeter_port: u16,
}

impl Peer {
    /// The peer with these ports, in the order in which the driver names them.
    pub(crate) fn at(ports: &[&str]) -> Result<Self> {
        let [port, udp_port, greeter_port] = ports else {
            return Err(invalid(format!("{} is not three ports", ports.join(" "))));
        };
        let number = |text: &str| text.parse().map_err(|_| invalid(format!("{text} is no port")));
        Ok(Self { port: number(port)?, udp_port: number(udp_port)?, greeter_port: number(greeter_port)? })
    }
}

/// Something to measure, all prepared.
pub trait Workload {
    /// Does it `count` times.
    ///
    /// # Errors
    /// When it cannot be done, or the peer has gone.
    fn run(&mut self, count: u32) -> Result<()>;

    /// Does it once, and looks at what comes out where `run` has no time to.
    ///
    /// # Errors
    /// As `run`; or that the wrong thing has come out.
    fn check(&mut self) -> Result<()> {
        self.run(1)
    }
}

/// How many bytes are still to come after these have.
///
/// # Errors
/// When none have: the peer has closed the connection.
pub fn left_of(missing: u64, received: usize) -> Result<u64> {
    if received == 0 {
        return Err(Error::new(ErrorKind::UnexpectedEof, "the peer has gone"));
    }
    missing.checked_sub(received as u64).ok_or_else(|| Error::other(format!("{received} bytes came, not {missing}")))
}

/// What has come must be what should have.
///
/// # Errors
/// When it is not.
pub fn expect(what: &str, came: &[u8], right: &[u8]) -> Result<()> {
    if came == right {
        return Ok(());
    }
    let (came, right) = (came.len(), right.len());
    Err(Error::other(format!("{what}: {came} bytes came, and they are not the {right} that should have come")))
}
