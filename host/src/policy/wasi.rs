//! What `wasi:sockets` asks, as attempts.

use std::net::SocketAddr;

use wasmtime_wasi::WasiCtxBuilder;
use wasmtime_wasi::sockets::SocketAddrUse;

use super::book::Use;
use super::{Attempt, Network, Protocol};

impl Network {
    /// Gives a guest its sockets, under this policy.
    ///
    /// # Ambient Authority
    ///
    /// The guest reaches what the policy allows, as this process.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that answers address checks")]
    pub fn grant(&self, builder: &mut WasiCtxBuilder) {
        let network = self.clone();
        builder.socket_addr_check(move |address, purpose| {
            let permitted = network.permits(address, purpose);
            Box::pin(std::future::ready(permitted))
        });
        // Creating a socket is harmless, and refusing it would leave nothing to report but "not permitted".
        builder.allow_tcp(true).allow_udp(true);
    }

    /// Whether the policy allows this use of an address; if not, reports it.
    pub fn permits(&self, address: SocketAddr, purpose: SocketAddrUse) -> bool {
        let is_approved = match purpose {
            SocketAddrUse::TcpConnect => self.take_approval(Use::Connect, address),
            SocketAddrUse::TcpBind => self.take_approval(Use::Bind, address),
            SocketAddrUse::TcpListen
            | SocketAddrUse::TcpAccept
            | SocketAddrUse::UdpBind
            | SocketAddrUse::UdpSend
            | SocketAddrUse::UdpReceive => false,
        };
        if is_approved {
            return true;
        }
        let attempt = match purpose {
            SocketAddrUse::TcpConnect => Attempt::Connect(address),
            SocketAddrUse::TcpBind => Attempt::Bind(Protocol::Tcp, address),
            SocketAddrUse::TcpListen => Attempt::Listen(address),
            // The address is the peer's. Only a socket that may listen accepts, and rules are on its own address.
            SocketAddrUse::TcpAccept => return true,
            SocketAddrUse::UdpBind => Attempt::Bind(Protocol::Udp, address),
            SocketAddrUse::UdpSend => Attempt::Send(address),
            SocketAddrUse::UdpReceive => Attempt::Receive(address),
        };
        self.check(attempt).is_ok()
    }
}
