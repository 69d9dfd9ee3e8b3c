//! `recv` and `send`: bytes alone.

use std::io;
use std::os::fd::AsFd;

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::net::RecvFlags;

use super::errors::HostResult;
use super::kind::Style;
use super::socket::Socket;
use super::system::{self, Received};
use super::types::MessageFlags;
use super::waiting::{HostDeadline, READ, WRITE};
use crate::sync::locked;

impl Socket {
    /// `socket.recv(bufsize[, flags])`.
    pub(super) async fn recv(&self, max: u32, flags: MessageFlags, until: HostDeadline) -> HostResult<Vec<u8>> {
        let max = (max as usize).min(MAX_TRANSFER);
        let until = deadline(flags, until);
        let bits = bits(flags);
        let mut data = self.inner.attempt(READ, until, |socket| self.receive_once(socket, max, bits, until)).await?;
        if self.waits_for_all(flags, until) {
            self.receive_rest(&mut data, max, bits, until).await;
        }
        self.note_received(data.len()).await;
        Ok(data)
    }

    /// Whether a call receives all that it asks for: `MSG_WAITALL` on a stream, where it may wait for ever.
    pub(super) fn waits_for_all(&self, flags: MessageFlags, until: HostDeadline) -> bool {
        flags.contains(MessageFlags::WAIT_ALL)
            && !flags.contains(MessageFlags::PEEK)
            && self.kind().style == Style::Stream
            && until == HostDeadline::Never
    }

    /// Receives until `data` has `max` bytes, the stream has ended, or an error waits, which is the next call's.
    pub(super) async fn receive_rest(&self, data: &mut Vec<u8>, max: usize, bits: i32, until: HostDeadline) {
        while !data.is_empty() && data.len() < max {
            let rest = max - data.len();
            match self.inner.attempt(READ, until, |socket| self.receive_once(socket, rest, bits, until)).await {
                Ok(more) if !more.is_empty() => data.extend(more),
                Ok(_) | Err(_) => break,
            }
        }
    }

    fn receive_once(
        &self,
        socket: &socket2::Socket,
        max: usize,
        bits: i32,
        until: HostDeadline,
    ) -> io::Result<Vec<u8>> {
        if self.kind().style == Style::Stream && bits & (libc::MSG_TRUNC | libc::MSG_ERRQUEUE) == 0 {
            return receive_bytes(socket, max, bits);
        }
        let mut arrivals = locked(&self.sockets.arrivals);
        let (_, data) = self.receive_allowed(socket, &mut arrivals, max, &mut [], bits, until)?;
        Ok(data.to_vec())
    }

    /// One `recvmsg(2)`. Datagrams of senders that the policy does not allow are discarded. After many of them it is
    /// [`io::ErrorKind::ResourceBusy`], so that a flood does not starve other tasks.
    pub(super) fn receive_allowed<'a>(
        &self,
        socket: &socket2::Socket,
        arrivals: &'a mut Vec<u8>,
        max: usize,
        control: &mut [u8],
        bits: i32,
        until: HostDeadline,
    ) -> io::Result<(Received, &'a [u8])> {
        if arrivals.len() < max {
            arrivals.resize(max, 0);
        }
        let room = arrivals.get_mut(..max).unwrap_or_default();
        let mut passed_over = 0;
        let received = loop {
            if passed_over == MAX_PASSED_OVER {
                return Err(io::ErrorKind::ResourceBusy.into());
            }
            let received = match system::receive(socket.as_fd(), room, control, bits | libc::MSG_CMSG_CLOEXEC) {
                Err(error) if self.is_ended(socket, &error, until)? => return Ok((Received::default(), &[])),
                received => received?,
            };
            let is_message = self.kind().is_internet_datagram() && bits & libc::MSG_ERRQUEUE == 0;
            if !is_message || self.may_hear(received.sender.as_ref().and_then(socket2::SockAddr::as_socket)) {
                break received;
            }
            if bits & libc::MSG_PEEK != 0 {
                system::receive(socket.as_fd(), &mut [], &mut [], libc::MSG_DONTWAIT)?;
            }
            passed_over += 1;
        };
        let data = room.get(..received.length.min(max)).unwrap_or_default();
        Ok((received, data))
    }

    /// Whether a message that does not come is none that ever will: a call that may wait for ever ends where the guest has shut
    /// the receiving half, as in the system. Other calls go on until their deadline.
    fn is_ended(&self, socket: &socket2::Socket, error: &io::Error, until: HostDeadline) -> io::Result<bool> {
        let may_end = error.kind() == io::ErrorKind::WouldBlock && until == HostDeadline::Never;
        Ok(may_end && self.kind().style == Style::Datagram && is_shut_for_reading(socket)?)
    }

    /// `socket.send(bytes[, flags])`.
    pub(super) async fn send(&self, data: &[u8], flags: MessageFlags, until: HostDeadline) -> HostResult<u32> {
        self.expect_routed(flags)?;
        let data = data.get(..MAX_TRANSFER).unwrap_or(data);
        let until = deadline(flags, until);
        let bits = bits(flags) | libc::MSG_NOSIGNAL;
        self.account().pace_send(data.len(), None).await;
        let sent = self.inner.attempt(WRITE, until, |socket| socket.send_with_flags(data, bits)).await?;
        let rest = data.get(sent..).unwrap_or_default();
        let sent = sent.min(data.len()) + self.send_rest(rest, bits, until).await;
        self.account().sent(sent);
        self.note_connected();
        Ok(u32::try_from(sent).unwrap_or(u32::MAX))
    }

    /// Sends what a call that may wait for ever has left of a stream's bytes, as the system does: how many of them before an
    /// error, which is the next call's.
    pub(super) async fn send_rest(&self, mut rest: &[u8], bits: i32, until: HostDeadline) -> usize {
        let (mut sent, bits) = (0, bits & !libc::MSG_FASTOPEN);
        while until == HostDeadline::Never && self.kind().style == Style::Stream && !rest.is_empty() {
            let Ok(more) = self.inner.attempt(WRITE, until, |socket| socket.send_with_flags(rest, bits)).await else {
                break;
            };
            sent += more;
            rest = rest.get(more..).unwrap_or_default();
        }
        sent
    }

    /// Counts what has arrived, and waits as long as the policy's rates say.
    pub(super) async fn note_received(&self, bytes: usize) {
        self.account().received(bytes);
        self.note_connected();
        self.account().pace_receive(bytes).await;
    }
}

/// Whether `shutdown(SHUT_RD)` was called on a datagram socket, by what `poll(2)` says of it.
fn is_shut_for_reading(socket: &socket2::Socket) -> io::Result<bool> {
    let mut asked = [PollFd::new(socket, PollFlags::RDHUP)];
    rustix::event::poll(&mut asked, Some(&Timespec { tv_sec: 0, tv_nsec: 0 }))?;
    Ok(asked.iter().any(|socket| socket.revents().contains(PollFlags::RDHUP)))
}

/// How many datagrams are passed over at once.
const MAX_PASSED_OVER: usize = 64;

/// `recv(2)` on a stream, which has no sender to judge: nothing is copied once more. With `MSG_TRUNC` the system would say a
/// length and write nothing.
fn receive_bytes(socket: &socket2::Socket, max: usize, bits: i32) -> io::Result<Vec<u8>> {
    let mut data = Vec::with_capacity(max);
    let flags = RecvFlags::from_bits_retain(bits.cast_unsigned() | RecvFlags::CMSG_CLOEXEC.bits());
    rustix::net::recv(socket, rustix::buffer::spare_capacity(&mut data), flags)?;
    Ok(data)
}

/// `MSG_DONTWAIT` is a deadline, and the queue of errors is never waited for.
pub(super) fn deadline(flags: MessageFlags, until: HostDeadline) -> HostDeadline {
    if flags.intersects(MessageFlags::DONT_WAIT | MessageFlags::ERROR_QUEUE) { HostDeadline::Now } else { until }
}

/// The system's bits of flags.
pub(super) fn bits(flags: MessageFlags) -> i32 {
    FLAGS.iter().filter(|(flag, _)| flags.contains(*flag)).fold(0, |bits, (_, bit)| bits | bit)
}

/// The flags that the system's bits stand for.
pub(super) fn flags(bits: i32) -> MessageFlags {
    FLAGS.iter().filter(|(_, bit)| bits & bit != 0).fold(MessageFlags::empty(), |flags, (flag, _)| flags | *flag)
}

const FLAGS: &[(MessageFlags, i32)] = &[
    (MessageFlags::OUT_OF_BAND, libc::MSG_OOB),
    (MessageFlags::PEEK, libc::MSG_PEEK),
    (MessageFlags::DONT_ROUTE, libc::MSG_DONTROUTE),
    (MessageFlags::CONTROL_TRUNCATED, libc::MSG_CTRUNC),
    (MessageFlags::TRUNCATED, libc::MSG_TRUNC),
    (MessageFlags::DONT_WAIT, libc::MSG_DONTWAIT),
    (MessageFlags::END_OF_RECORD, libc::MSG_EOR),
    (MessageFlags::WAIT_ALL, libc::MSG_WAITALL),
    (MessageFlags::CONFIRM, libc::MSG_CONFIRM),
    (MessageFlags::ERROR_QUEUE, libc::MSG_ERRQUEUE),
    (MessageFlags::NO_SIGNAL, libc::MSG_NOSIGNAL),
    (MessageFlags::MORE, libc::MSG_MORE),
    (MessageFlags::FAST_OPEN, libc::MSG_FASTOPEN),
    (MessageFlags::CLOSE_ON_EXEC, libc::MSG_CMSG_CLOEXEC),
];

/// How much one call receives or sends at most.
pub(super) const MAX_TRANSFER: usize = 1 << 20;
