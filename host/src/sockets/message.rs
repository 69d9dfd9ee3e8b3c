//! `recvmsg` and `sendmsg`: messages with all that belongs to them.

use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::os::fd::{AsFd, AsRawFd};
use std::sync::Arc;

use socket2::{MsgHdr, SockAddr};

use super::address::{Named, named};
use super::bindings::wasocket::socket::types::{Address, AncillaryData, Errno, MessageFlags};
use super::control::{self, Message};
use super::errors::{Answer, os};
use super::open::{self, Door, Style};
use super::socket::{Connection, Socket};
use super::state::locked;
use super::transfer::{MAX_TRANSFER, bits, deadline, flags};
use super::waiting::{READ, Until, WRITE};
use crate::policy::Exceeded;

/// What [`Socket::recv_message`] yields.
pub(super) struct Incoming {
    /// The bytes.
    pub(super) data: Vec<u8>,
    /// Ancillary data, in the order of its arrival.
    pub(super) ancillary: Vec<AncillaryData>,
    /// Sockets that came with it.
    pub(super) rights: Vec<Socket>,
    /// What the system says of the message.
    pub(super) flags: MessageFlags,
    /// The sender, if the system names one.
    pub(super) sender: Option<Address>,
    /// How long the message was before it was cut.
    pub(super) length: u32,
}

/// What [`Socket::send_message`] sends.
pub(super) struct Outgoing<'a> {
    /// The bytes, one part after the other.
    pub(super) parts: &'a [Vec<u8>],
    /// Ancillary data.
    pub(super) ancillary: Vec<AncillaryData>,
    /// Sockets to go with it.
    pub(super) rights: Vec<&'a Socket>,
    /// Where to, if not to the peer.
    pub(super) remote: Option<Address>,
}

/// Where a message goes.
enum Remote {
    Internet(SockAddr),
    Unix(Door),
}

impl Remote {
    fn address(&self) -> &SockAddr {
        match self {
            Self::Internet(address) => address,
            Self::Unix(door) => &door.address,
        }
    }
}

impl Socket {
    /// `socket.recvmsg(bufsize[, ancbufsize[, flags]])`.
    pub(super) async fn recv_message(
        &self,
        max: u32,
        room: u32,
        asked: MessageFlags,
        until: Until,
    ) -> Answer<Incoming> {
        let max = (max as usize).min(MAX_TRANSFER);
        let mut control = vec![0; (room as usize).min(MAX_CONTROL)];
        let asked_bits = bits(asked);
        let until = deadline(asked, until);
        // For a message, the system says how long it was if asked.
        let is_whole_length = self.kind.style != Style::Stream;
        let more = if is_whole_length { libc::MSG_TRUNC } else { 0 };
        let (received, data) = self
            .inner
            .attempt(READ, until, |socket| {
                let mut arrivals = locked(&self.sockets.arrivals);
                let (received, data) =
                    self.receive_allowed(socket, &mut arrivals, max, &mut control, asked_bits | more)?;
                Ok((received, data.to_vec()))
            })
            .await?;
        control.truncate(received.control);
        self.note_received(data.len()).await;
        let mut messages = control::read(&control);
        let mut said = flags(received.flags);
        let rights = self.adopt(&mut messages, asked, &mut said);
        Ok(Incoming {
            ancillary: messages.into_iter().map(control::incoming).collect(),
            rights,
            flags: said & !MessageFlags::CLOSE_ON_EXEC,
            sender: received.sender.as_ref().filter(|sender| sender.len() > 2).map(|sender| self.address(sender)),
            length: u32::try_from(received.length.max(data.len())).unwrap_or(u32::MAX),
            data,
        })
    }

    /// The sockets that came along. What is no socket, or one too many, is closed.
    fn adopt(&self, messages: &mut Vec<Message>, asked: MessageFlags, said: &mut MessageFlags) -> Vec<Self> {
        let descriptors = control::take_descriptors(messages);
        let count = descriptors.len();
        if !asked.contains(MessageFlags::PEEK) {
            self.sockets.under_way.received(count);
        }
        let taken = descriptors.into_iter().filter(|_| !self.is_outside());
        let rights: Vec<Self> = taken.filter_map(|descriptor| Self::received(&self.sockets, descriptor)).collect();
        if rights.len() < count {
            *said |= MessageFlags::CONTROL_TRUNCATED;
        }
        rights
    }

    /// `socket.sendmsg(buffers[, ancdata[, flags[, address]]])`.
    pub(super) async fn send_message(&self, message: Outgoing<'_>, asked: MessageFlags, until: Until) -> Answer<u32> {
        let until = deadline(asked, until);
        let remote = message.remote.map(|remote| self.remote(remote, asked)).transpose()?;
        let remote = match remote {
            Some(Remote::Unix(door)) if door.is_outside() => {
                self.goes_outside();
                Some(Remote::Unix(door))
            }
            remote => remote,
        };
        let control = self.control(message.ancillary, &message.rights)?;
        let under_way = message.rights.iter().map(|_| self.sockets.count_socket()).collect::<Answer<Vec<_>>>()?;
        let remote = remote.as_ref().map(Remote::address);
        let parts = self.parts(message.parts)?;
        let bits = bits(asked) | libc::MSG_NOSIGNAL;
        let opened = self.opened_by(remote, asked)?;
        let send = |socket: &Arc<socket2::Socket>| -> io::Result<usize> {
            let mut header = MsgHdr::new().with_buffers(&parts);
            if let Some(remote) = remote {
                header = header.with_addr(remote);
            }
            if !control.is_empty() {
                header = header.with_control(&control);
            }
            socket.sendmsg(&header, bits)
        };
        self.pace(parts.iter().map(|part| part.len()).sum()).await;
        let sent = self.inner.attempt(WRITE, until, send).await;
        let is_under_way = |error: &io::Error| error.raw_os_error() == Some(libc::EINPROGRESS);
        if opened.is_some() && sent.as_ref().err().is_none_or(is_under_way) {
            self.tell(|tracked| opened.iter().for_each(|connection| tracked.connecting(connection.remote)));
            self.count_connection(opened);
        }
        let sent = sent?;
        self.sockets.under_way.sent(under_way);
        self.note_sent(sent);
        Ok(u32::try_from(sent).unwrap_or(u32::MAX))
    }

    /// Where a message goes, if the policy lets it.
    fn remote(&self, remote: Address, asked: MessageFlags) -> Answer<Remote> {
        match named(remote)? {
            Named::Internet(remote) => {
                self.expect_internet()?;
                self.may_send(remote, asked)?;
                Ok(Remote::Internet(open::destination_of(&self.sockets.network, self.kind, remote).into()))
            }
            Named::Unix(name) => {
                self.expect_unix()?;
                Ok(Remote::Unix(open::door(&self.sockets.network, &self.sockets.names, &name)?))
            }
            // The system would take `AF_UNSPEC` for IPv4 here.
            Named::Nobody => Err(os(Errno::AddressFamilyNotSupported)),
        }
    }

    /// The connection that sending opens, which counts as one.
    fn opened_by(&self, remote: Option<&SockAddr>, asked: MessageFlags) -> Answer<Option<Connection>> {
        match remote.and_then(SockAddr::as_socket).filter(|_| asked.contains(MessageFlags::FAST_OPEN)) {
            Some(remote) => self.connection_to(remote, Exceeded::OutboundConnections),
            None => Ok(None),
        }
    }

    /// A stream's peer is the one that it is connected to, unless its first packet is to carry data.
    fn may_send(&self, remote: SocketAddr, asked: MessageFlags) -> Answer<()> {
        if self.kind.style == Style::Datagram || asked.contains(MessageFlags::FAST_OPEN) {
            return open::may_reach(self.asker(), self.kind, remote);
        }
        Ok(())
    }

    fn control(&self, ancillary: Vec<AncillaryData>, rights: &[&Self]) -> Answer<Vec<u8>> {
        if ancillary.len() > MAX_MESSAGES || rights.len() > MAX_RIGHTS {
            return Err(os(Errno::InvalidArgument));
        }
        let mut messages =
            ancillary.into_iter().map(|data| control::outgoing(data, self.kind.family)).collect::<Answer<Vec<_>>>()?;
        if !rights.is_empty() {
            if self.kind.is_internet() || self.is_outside() || rights.iter().any(|socket| socket.is_outside()) {
                return Err(os(Errno::InvalidArgument));
            }
            let numbers = rights.iter().flat_map(|socket| socket.system().as_fd().as_raw_fd().to_ne_bytes()).collect();
            messages.push(Message { level: libc::SOL_SOCKET, kind: libc::SCM_RIGHTS, data: numbers });
        }
        let bytes = control::lay_out(&messages);
        if bytes.len() > MAX_CONTROL { Err(os(Errno::NoBufferSpace)) } else { Ok(bytes) }
    }

    /// The parts, up to what one call sends. A message is whole or not at all.
    fn parts<'a>(&self, parts: &'a [Vec<u8>]) -> Answer<Vec<IoSlice<'a>>> {
        let mut room = MAX_TRANSFER;
        let mut taken = Vec::new();
        for part in parts.iter().filter(|part| !part.is_empty()) {
            let piece = part.get(..room).unwrap_or(part);
            let is_cut = piece.len() < part.len() || taken.len() == MAX_PARTS;
            if is_cut && self.kind.style != Style::Stream {
                return Err(os(Errno::MessageTooLong));
            }
            if piece.is_empty() || taken.len() == MAX_PARTS {
                break;
            }
            room -= piece.len();
            taken.push(IoSlice::new(piece));
        }
        Ok(taken)
    }
}

/// `IOV_MAX`.
const MAX_PARTS: usize = 1024;
/// How much room for control messages a guest gets, and may fill.
const MAX_CONTROL: usize = 64 << 10;
/// How many control messages a guest may send with one message.
const MAX_MESSAGES: usize = 256;
/// `SCM_MAX_FD`: how many sockets go with one message.
const MAX_RIGHTS: usize = 253;
