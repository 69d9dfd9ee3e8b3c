//! A policy's limits: how much a guest may use.

/// How much a guest may use. Where there is nothing, there is no limit but the system's.
///
/// Over a count, a call fails with the errno of a busy kernel ([`QuotaExceeded`](crate::policy::QuotaExceeded)); over a rate, it waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Sockets open at once.
    pub sockets: Option<u64>,
    /// Connections open at once that the guest has made.
    pub outbound_connections: Option<u64>,
    /// Connections open at once that the guest has accepted.
    pub inbound_connections: Option<u64>,
    /// Bytes that the operating system keeps for the guest in the buffers of its sockets.
    pub buffer_bytes: Option<u64>,
    /// Concurrent lookups.
    pub lookups_in_flight: Option<u64>,
    /// Lookups that are started in a second.
    pub lookups_per_second: Option<u64>,
    /// Datagrams that are sent in a second.
    pub datagrams_per_second: Option<u64>,
    /// Bytes that are sent and received in a second.
    pub bytes_per_second: Option<u64>,
}

impl Limits {
    /// The limits of a policy that says nothing: only lookups have some, since others have to answer them.
    pub const DEFAULT: Self = Self {
        sockets: None,
        outbound_connections: None,
        inbound_connections: None,
        buffer_bytes: None,
        lookups_in_flight: Some(64),
        lookups_per_second: Some(100),
        datagrams_per_second: None,
        bytes_per_second: None,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
