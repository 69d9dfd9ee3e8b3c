//! The program's own network: that of a WebAssembly program.

use super::{Program, Socket};
use crate::address::{Family, Kind};
use crate::backend::Network;
use crate::error::Result;

impl Program<Network> {
    /// The network of this program.
    #[must_use]
    pub fn here() -> Self {
        thread_local! {
            static HERE: Program<Network> = Program::new(Network::new());
        }
        HERE.with(Clone::clone)
    }
}

impl Socket<Network> {
    /// `socket.socket(AF_INET, SOCK_STREAM)`.
    ///
    /// # Errors
    /// As [`Program::socket`].
    pub fn tcp() -> Result<Self> {
        Program::here().socket(Family::Inet, Kind::Stream, 0)
    }

    /// `socket.socket(AF_INET, SOCK_DGRAM)`.
    ///
    /// # Errors
    /// As [`Program::socket`].
    pub fn udp() -> Result<Self> {
        Program::here().socket(Family::Inet, Kind::Datagram, 0)
    }
}
