//! The address checks of `wasi:sockets`: a question for each use of an address, by the socket that it is used with.

use std::net::SocketAddr;
use std::sync::{Arc, Weak};

use wasmtime::component::ResourceTable;
use wasmtime_wasi::sockets::SocketAddrUse;
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};

use crate::accounting::account::SocketAccount;
use crate::network::{AddressAttempt, Network, Requester};
use crate::policy::rule::Protocol;

impl Network {
    /// Gives a guest its sockets, under this policy.
    ///
    /// [`linker::add_to_linker`](crate::linker::add_to_linker) gives each socket a check of its own, which knows where it is
    /// bound; without that, a guest hears nobody that it may not send to.
    ///
    /// # Ambient Authority
    ///
    /// The guest reaches what the policy allows, as this process.
    pub fn grant(&self, builder: &mut WasiCtxBuilder) {
        let network = self.clone();
        install(builder, move |address, purpose| network.permits(address, purpose));
    }

    /// Whether the policy allows this use of an address; if not, reports it.
    pub fn permits(&self, address: SocketAddr, purpose: SocketAddrUse) -> bool {
        self.permits_for(Requester::default(), address, purpose)
    }

    /// The same, for a socket.
    fn permits_for(&self, by: Requester<'_>, address: SocketAddr, purpose: SocketAddrUse) -> bool {
        let attempt = match purpose {
            SocketAddrUse::TcpConnect => AddressAttempt::Connect(address),
            SocketAddrUse::TcpBind => AddressAttempt::Bind(Protocol::Tcp, address),
            SocketAddrUse::TcpListen => AddressAttempt::Listen(address),
            // The address is the peer's. Only a socket that may listen accepts, and rules are on its own address.
            SocketAddrUse::TcpAccept => return true,
            SocketAddrUse::UdpBind => AddressAttempt::Bind(Protocol::Udp, address),
            SocketAddrUse::UdpSend => AddressAttempt::Send(address),
            SocketAddrUse::UdpReceive => AddressAttempt::Receive(address),
        };
        // wasmtime uses the address that it asks about, so it must be the one that was let pass.
        self.decide(by, attempt).is_ok_and(|admitted| is_same(admitted.address(), address))
    }
}

/// What one socket is created in: its checks go by its account, as long as it is open.
pub(super) struct SocketContext<'a> {
    context: WasiCtx,
    table: &'a mut ResourceTable,
}

impl<'a> SocketContext<'a> {
    pub(super) fn new(network: &Network, account: &Arc<SocketAccount>, table: &'a mut ResourceTable) -> Self {
        let (network, account) = (network.clone(), Arc::downgrade(account));
        let mut builder = WasiCtx::builder();
        install(&mut builder, move |address, purpose| confirms(&network, &account, address, purpose));
        Self { context: builder.build(), table }
    }
}

impl WasiView for SocketContext<'_> {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.context, table: self.table }
    }
}

/// Whether an address is the one that was decided about when the guest called, or may be used all the same.
fn confirms(network: &Network, account: &Weak<SocketAccount>, address: SocketAddr, purpose: SocketAddrUse) -> bool {
    // A socket that is closed reaches nobody any more.
    let Some(account) = account.upgrade() else { return false };
    let is_decided = matches!(purpose, SocketAddrUse::TcpConnect | SocketAddrUse::TcpBind)
        && account
            .admitted()
            .is_some_and(|admitted| is_same(admitted.address(), address) && network.is_current(&admitted));
    is_decided || network.permits_for(Requester::socket(&account), address, purpose)
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that answers address checks")]
fn install(builder: &mut WasiCtxBuilder, permits: impl Fn(SocketAddr, SocketAddrUse) -> bool + Send + Sync + 'static) {
    builder.socket_addr_check(move |address, purpose| {
        let is_permitted = permits(address, purpose);
        // wasmtime passes over datagrams that may not come in, one after the other: others have their turn before the next.
        let is_passed_over = !is_permitted && matches!(purpose, SocketAddrUse::UdpReceive);
        Box::pin(async move {
            if is_passed_over {
                tokio::task::yield_now().await;
            }
            is_permitted
        })
    });
    // Creating a socket is harmless, and refusing it would leave nothing to report but "not permitted".
    builder.allow_tcp(true).allow_udp(true);
}

/// Whether two addresses are one for rules: a scope belongs to the link and not to the address.
fn is_same(one: SocketAddr, other: SocketAddr) -> bool {
    (one.ip().to_canonical(), one.port()) == (other.ip().to_canonical(), other.port())
}
