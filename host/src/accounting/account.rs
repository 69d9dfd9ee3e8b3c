//! The account of one socket of the system: its quotas, its connection, and its record in the audit.
//!
//! All handles of a socket share its account, however the guest obtained them. Both networks use it.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::sync::{Arc, Mutex};

use super::buffers::{Buffered, Buffers, Way};
use super::meter::Meter;
use super::peers::Peers;
use super::quota::{Permit, Quota, QuotaExceeded};
use super::record::SocketRecord;
use crate::names::pins::PinHold;
use crate::network::admitted::Admitted;
use crate::policy::rule::Protocol;
use crate::sync::locked;

/// What is known of a socket as long as the system has it.
#[derive(Debug)]
pub(crate) struct SocketAccount {
    meter: Arc<Meter>,
    /// The transport, of a socket that can leave this machine.
    transport: Option<Protocol>,
    /// What the audit knows of a socket of the internet.
    record: Option<SocketRecord>,
    buffers: Mutex<Buffers>,
    /// The address that the guest is about to use or uses: what the system gets, should it be asked once more.
    admitted: Mutex<Option<Admitted>>,
    connection: Mutex<Option<Connection>>,
    /// The address that a datagram socket has, while that is known.
    local: Mutex<Option<SocketAddr>>,
    /// Who may be answered by a datagram socket.
    peers: Mutex<Peers>,
    /// Whether others than the guest can be on the other end of an `AF_UNIX` socket.
    is_outside: AtomicBool,
    /// `UDP_SEGMENT`: how long the datagrams are that the system makes of what is sent; 0 if it makes one.
    segment: AtomicU16,
}

/// A connection of a stream.
#[derive(Debug)]
pub(crate) struct Connection {
    _permit: Permit,
    /// The names of the peer stay known as long as this is there.
    hold: Option<PinHold>,
}

impl Connection {
    /// Counts a connection that the guest opens.
    pub(crate) fn outbound(meter: &Meter) -> Result<Self, QuotaExceeded> {
        Ok(Self { _permit: meter.take(Quota::OutboundConnections, 1)?, hold: None })
    }

    /// Counts a connection that the guest accepts.
    pub(crate) fn inbound(meter: &Meter) -> Result<Self, QuotaExceeded> {
        Ok(Self { _permit: meter.take(Quota::InboundConnections, 1)?, hold: None })
    }
}

impl SocketAccount {
    /// Opens the account of a new socket.
    pub(crate) fn new(
        meter: &Arc<Meter>,
        transport: Option<Protocol>,
        record: Option<SocketRecord>,
        buffers: Buffers,
    ) -> Self {
        Self {
            meter: Arc::clone(meter),
            transport,
            record,
            buffers: Mutex::new(buffers),
            admitted: Mutex::default(),
            connection: Mutex::default(),
            local: Mutex::default(),
            peers: Mutex::default(),
            is_outside: AtomicBool::new(false),
            segment: AtomicU16::new(0),
        }
    }

    /// What the guest uses altogether.
    pub(crate) fn meter(&self) -> &Arc<Meter> {
        &self.meter
    }

    /// Its number in the audit, if it is audited.
    pub(crate) fn number(&self) -> Option<u64> {
        self.record.as_ref().map(SocketRecord::number)
    }

    // ---- What happens to it.

    /// The policy lets the guest use this address with it.
    pub(crate) fn admit(&self, admitted: Admitted) {
        *locked(&self.admitted) = Some(admitted);
    }

    /// What the policy has let it use last.
    pub(crate) fn admitted(&self) -> Option<Admitted> {
        locked(&self.admitted).clone()
    }

    /// The guest has given it an address.
    pub(crate) fn bound(&self, local: Option<SocketAddr>) {
        self.moved_to(local);
        self.record(|record| record.bound(local));
    }

    /// It waits for connections.
    pub(crate) fn listening(&self, local: Option<SocketAddr>) {
        self.record(|record| record.listening(local));
    }

    /// A connection of the guest to this peer is in progress.
    pub(crate) fn connecting(&self, connection: Connection, remote: SocketAddr) {
        *locked(&self.connection) = Some(connection);
        self.record(|record| record.connecting(remote));
    }

    /// The connection in progress, if any, is complete. Its peer's pins are held from now on.
    pub(crate) fn connected(
        &self,
        local: impl FnOnce() -> Option<SocketAddr>,
        hold: impl FnOnce(SocketAddr) -> PinHold,
    ) {
        let Some(remote) = self.record.as_ref().and_then(SocketRecord::connecting_to) else { return };
        if let Some(connection) = locked(&self.connection).as_mut() {
            connection.hold = Some(hold(remote));
        }
        self.record(|record| record.connected(local(), remote));
    }

    /// A datagram socket has a peer: the only one that it sends to and hears.
    pub(crate) fn has_peer(&self, local: Option<SocketAddr>, remote: SocketAddr) {
        self.moved_to(None);
        self.record(|record| record.connected(local, remote));
    }

    /// It has been accepted with this connection.
    pub(crate) fn accepted(&self, connection: Connection) {
        *locked(&self.connection) = Some(connection);
    }

    /// It has no peer any more, and no connection in progress.
    pub(crate) fn disconnected(&self, errno: Option<&'static str>) {
        self.moved_to(None);
        *locked(&self.admitted) = None;
        let ended = locked(&self.connection).take();
        drop(ended);
        self.record(|record| record.disconnected(errno));
    }

    /// Whether a connection is in progress.
    pub(crate) fn is_connecting(&self) -> bool {
        self.record.as_ref().is_some_and(SocketRecord::is_connecting)
    }

    /// Its buffers count from now on.
    pub(crate) fn counts(&self, buffers: Buffers) {
        *locked(&self.buffers) = buffers;
    }

    /// The guest has set the size of a buffer.
    pub(crate) fn resized<B: Buffered>(&self, socket: &mut B, way: Way) -> Result<(), B::Error> {
        locked(&self.buffers).changed(&self.meter, socket, way)
    }

    fn record(&self, emit: impl FnOnce(&SocketRecord)) {
        if let Some(record) = &self.record {
            emit(record);
        }
    }

    // ---- What passes over it: bytes and datagrams of the wire.

    /// The guest has set `UDP_SEGMENT`.
    pub(crate) fn segmented(&self, length: u16) {
        self.segment.store(length, Ordering::Relaxed);
    }

    /// Waits until the rates allow to send `bytes`, as datagrams of `segment` bytes if the message has a segment size.
    pub(crate) async fn pace_send(&self, bytes: usize, segment: Option<u16>) {
        let Some(transport) = self.transport else { return };
        if transport == Protocol::Udp {
            let segment = segment.unwrap_or_else(|| self.segment.load(Ordering::Relaxed));
            self.meter.pace_datagrams(datagrams(bytes, segment)).await;
        }
        self.meter.pace_bytes(bytes as u64).await;
    }

    /// Waits, after `bytes` have been received, until the rates allow them.
    pub(crate) async fn pace_receive(&self, bytes: usize) {
        if self.transport.is_some() {
            self.meter.pace_bytes(bytes as u64).await;
        }
    }

    /// Bytes have left.
    pub(crate) fn sent(&self, bytes: usize) {
        self.record(|record| record.sent(bytes as u64));
    }

    /// Bytes have come.
    pub(crate) fn received(&self, bytes: usize) {
        self.record(|record| record.received(bytes as u64));
    }

    // ---- Datagrams: received senders, which may be answered.

    /// Where it is, which is asked of the system once and after each change.
    pub(crate) fn local(&self, ask: impl FnOnce() -> Option<SocketAddr>) -> Option<SocketAddr> {
        let mut local = locked(&self.local);
        *local = local.or_else(|| ask().filter(|local| local.port() != 0));
        *local
    }

    /// Its address is another one now, if it is known which.
    pub(crate) fn moved_to(&self, local: Option<SocketAddr>) {
        *locked(&self.local) = local.filter(|local| local.port() != 0);
    }

    /// A stranger was heard, and may be answered.
    pub(crate) fn heard(&self, stranger: SocketAddr) {
        locked(&self.peers).remember(stranger);
    }

    /// Whether this one was heard.
    pub(crate) fn has_heard(&self, peer: SocketAddr) -> bool {
        locked(&self.peers).contains(peer)
    }

    // ---- `AF_UNIX`.

    /// Others than the guest can be on its other end from now on.
    pub(crate) fn goes_outside(&self) {
        self.is_outside.store(true, Ordering::Relaxed);
    }

    /// Whether they can. Then sockets cannot travel over it: those of others are under no policy.
    pub(crate) fn is_outside(&self) -> bool {
        self.is_outside.load(Ordering::Relaxed)
    }
}

/// How many datagrams the network sees for `bytes`.
fn datagrams(bytes: usize, segment: u16) -> u64 {
    match usize::from(segment) {
        0 => 1,
        segment => bytes.div_ceil(segment).max(1) as u64,
    }
}

#[cfg(test)]
mod tests {
    use super::datagrams;

    #[test]
    fn datagrams_are_counted_as_the_network_sees_them() {
        for (bytes, segment, count) in
            [(0, 0, 1), (1400, 0, 1), (0, 1, 1), (1400, 1, 1400), (1400, 1400, 1), (1401, 1400, 2)]
        {
            assert_eq!(datagrams(bytes, segment), count, "{bytes} bytes by {segment}");
        }
    }
}
