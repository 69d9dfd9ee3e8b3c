//! The program's own network: that of a WebAssembly program.

use super::{Program, Socket};
use crate::address::{Family, Kind};
use crate::backend::DefaultNetwork;
use crate::error::Result;

impl Program<DefaultNetwork> {
    /// The network of this program.
    #[must_use]
    pub fn current() -> Self {
        thread_local! {
            static CURRENT: Program<DefaultNetwork> = Program::new(DefaultNetwork::new());
        }
        CURRENT.with(Clone::clone)
    }
}

impl Socket<DefaultNetwork> {
    /// `socket.socket(AF_INET, SOCK_STREAM)`.
    ///
    /// # Errors
    /// As [`Program::socket`].
    pub fn tcp() -> Result<Self> {
        Program::current().socket(Family::Inet, Kind::Stream, 0)
    }

    /// `socket.socket(AF_INET, SOCK_DGRAM)`.
    ///
    /// # Errors
    /// As [`Program::socket`].
    pub fn udp() -> Result<Self> {
        Program::current().socket(Family::Inet, Kind::Datagram, 0)
    }
}
