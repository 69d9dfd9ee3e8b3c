//! `recvmsg` and `sendmsg`: messages with all that belongs to them.

use std::io::{self, IoSlice};
use std::os::fd::AsRawFd;
use std::sync::Arc;

use socket2::{MsgHdr, SockAddr};

use super::address::{Named, named};
use super::control::{self, Message};
use super::errors::{HostResult, exceeded, os};
use super::kind::Style;
use super::open::{self, Target};
use super::socket::Socket;
use super::transfer::{MAX_TRANSFER, bits, deadline, flags};
use super::types::{Address, AncillaryData, Errno, MessageFlags};
use super::waiting::{HostDeadline, READ, WRITE};
use crate::accounting::account::Connection;
use crate::network::Admitted;
use crate::sync::locked;

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
    Internet(SockAddr, Admitted),
    Unix(Target),
}

impl Remote {
    fn address(&self) -> &SockAddr {
        match self {
            Self::Internet(address, _) => address,
            Self::Unix(target) => &target.address,
        }
    }
}

/// Control data as the system gets it, and how long the datagrams are that it asks for.
struct Control {
    bytes: Vec<u8>,
    segment: Option<u16>,
}

impl Socket {
    /// `socket.recvmsg(bufsize[, ancbufsize[, flags]])`.
    pub(super) async fn recv_message(
        &self,
        max: u32,
        room: u32,
        asked: MessageFlags,
        until: HostDeadline,
    ) -> HostResult<Incoming> {
        let max = (max as usize).min(MAX_TRANSFER);
        let mut control = vec![0; (room as usize).min(MAX_CONTROL)];
        let asked_bits = bits(asked);
        let until = deadline(asked, until);
        // For a message, the system says how long it was if asked.
        let is_whole_length = self.kind().style != Style::Stream;
        let more = if is_whole_length { libc::MSG_TRUNC } else { 0 };
        let (received, mut data) = self
            .inner
            .attempt(READ, until, |socket| {
                let mut arrivals = locked(&self.sockets.arrivals);
                let (received, data) =
                    self.receive_allowed(socket, &mut arrivals, max, &mut control, asked_bits | more, until)?;
                Ok((received, data.to_vec()))
            })
            .await?;
        control.truncate(received.control);
        // Bytes of an `AF_UNIX` stream end where sockets come with them.
        if self.kind().is_internet() && self.waits_for_all(asked, until) {
            self.receive_rest(&mut data, max, asked_bits, until).await;
        }
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
        let is_peeked = asked.contains(MessageFlags::PEEK);
        let taken = descriptors.into_iter().filter(|_| !self.account().is_outside());
        let taken = taken.filter_map(|descriptor| Self::received(&self.sockets, descriptor, is_peeked));
        let rights: Vec<Self> = taken.collect();
        if rights.len() < count {
            *said |= MessageFlags::CONTROL_TRUNCATED;
        }
        rights
    }

    /// `socket.sendmsg(buffers[, ancdata[, flags[, address]]])`.
    pub(super) async fn send_message(
        &self,
        message: Outgoing<'_>,
        asked: MessageFlags,
        until: HostDeadline,
    ) -> HostResult<u32> {
        self.expect_routed(asked)?;
        let until = deadline(asked, until);
        let remote = message.remote.map(|remote| self.remote(remote, asked)).transpose()?.flatten();
        let control = self.control(message.ancillary, &message.rights)?;
        let in_flight = message.rights.iter().map(|_| self.sockets.count_socket()).collect::<HostResult<Vec<_>>>()?;
        let opened = self.opened_by(remote.as_ref())?;
        let address = remote.as_ref().map(Remote::address);
        let parts = self.parts(message.parts)?;
        let bits = bits(asked) | libc::MSG_NOSIGNAL;
        let send = |socket: &Arc<socket2::Socket>| -> io::Result<usize> {
            let mut header = MsgHdr::new().with_buffers(&parts);
            if let Some(address) = address {
                header = header.with_addr(address);
            }
            if !control.bytes.is_empty() {
                header = header.with_control(&control.bytes);
            }
            socket.sendmsg(&header, bits)
        };
        self.account().pace_send(parts.iter().map(|part| part.len()).sum(), control.segment).await;
        let sent = self.inner.attempt(WRITE, until, send).await;
        let is_under_way = |error: &io::Error| error.raw_os_error() == Some(libc::EINPROGRESS);
        if let (Some((connection, admitted)), None | Some(true)) = (opened, sent.as_ref().err().map(is_under_way)) {
            let remote = admitted.address();
            self.account().admit(admitted);
            self.account().connecting(connection, remote);
        }
        let sent = sent?;
        for (socket, counted) in message.rights.iter().zip(in_flight) {
            socket.note_sent(counted)?;
        }
        let sent = sent + self.send_parts(&parts, sent, bits, until).await;
        self.account().sent(sent);
        Ok(u32::try_from(sent).unwrap_or(u32::MAX))
    }

    /// What is left of the parts of a stream, where a call sends all of them: what goes with a message has gone with its first byte.
    async fn send_parts(&self, parts: &[IoSlice<'_>], mut sent: usize, bits: i32, until: HostDeadline) -> usize {
        let mut more = 0;
        for part in parts {
            let rest = part.get(sent..).unwrap_or_default();
            sent = sent.saturating_sub(part.len());
            let taken = self.send_rest(rest, bits, until).await;
            more += taken;
            if taken < rest.len() {
                break;
            }
        }
        more
    }

    /// Where a message goes, if the policy lets it. A stream's peer is the one that it is connected to, unless its first packet is
    /// to carry data; the system looks at no other.
    fn remote(&self, remote: Address, asked: MessageFlags) -> HostResult<Option<Remote>> {
        match named(remote)? {
            Named::Internet(remote) => {
                self.expect_internet()?;
                if self.kind().style == Style::Stream && !asked.contains(MessageFlags::FAST_OPEN) {
                    return Ok(None);
                }
                let admitted = self.decide_remote(remote)?;
                Ok(Some(Remote::Internet(open::sock_addr(self.kind(), &admitted), admitted)))
            }
            Named::Unix(name) => {
                self.expect_unix()?;
                Ok(Some(Remote::Unix(self.unix_target(&name)?)))
            }
            // The system would take `AF_UNSPEC` for IPv4 here.
            Named::Nobody => Err(os(Errno::AddressFamilyNotSupported)),
        }
    }

    /// The connection that sending opens, which counts as one.
    fn opened_by(&self, remote: Option<&Remote>) -> HostResult<Option<(Connection, Admitted)>> {
        match remote {
            Some(Remote::Internet(_, admitted)) if self.kind().style == Style::Stream => {
                let connection = Connection::outbound(self.account().meter()).map_err(exceeded)?;
                Ok(Some((connection, admitted.clone())))
            }
            Some(_) | None => Ok(None),
        }
    }

    fn control(&self, ancillary: Vec<AncillaryData>, rights: &[&Self]) -> HostResult<Control> {
        if ancillary.len() > MAX_MESSAGES || rights.len() > MAX_RIGHTS {
            return Err(os(Errno::InvalidArgument));
        }
        let family = self.kind().family;
        let mut messages =
            ancillary.into_iter().map(|data| control::outgoing(data, family)).collect::<HostResult<Vec<_>>>()?;
        for source in messages.iter().filter_map(Message::source) {
            self.may_send_from(source)?;
        }
        let segment = messages.iter().rev().find_map(Message::segment);
        if !rights.is_empty() {
            let is_outside = |socket: &Self| socket.account().is_outside();
            if self.kind().is_internet() || is_outside(self) || rights.iter().any(|socket| is_outside(socket)) {
                return Err(os(Errno::InvalidArgument));
            }
            let numbers = rights.iter().flat_map(|socket| socket.as_fd().as_raw_fd().to_ne_bytes()).collect();
            messages.push(Message { level: libc::SOL_SOCKET, kind: libc::SCM_RIGHTS, data: numbers });
        }
        let bytes = control::lay_out(&messages);
        if bytes.len() > MAX_CONTROL { Err(os(Errno::NoBufferSpace)) } else { Ok(Control { bytes, segment }) }
    }

    /// The parts, up to what one call sends. A message is whole or not at all.
    fn parts<'a>(&self, parts: &'a [Vec<u8>]) -> HostResult<Vec<IoSlice<'a>>> {
        let mut room = MAX_TRANSFER;
        let mut taken = Vec::new();
        for part in parts.iter().filter(|part| !part.is_empty()) {
            let piece = part.get(..room).unwrap_or(part);
            let is_cut = piece.len() < part.len() || taken.len() == MAX_PARTS;
            if is_cut && self.kind().style != Style::Stream {
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
