//! TCP over `wasi:sockets/tcp`.

use std::cell::{Cell, OnceCell};
use std::net::SocketAddr;
use std::rc::Rc;

use wasip2::io::poll::Pollable;
use wasip2::io::streams::{InputStream, OutputStream, StreamError};
use wasip2::sockets::network::Network;
use wasip2::sockets::tcp::{ShutdownType, TcpSocket};
use wasip2::sockets::tcp_create_socket::create_tcp_socket;

use super::convert::{family, from_wasi, net_error, stream_failure, to_wasi};
use super::lingering::Lingering;
use super::waiting::{ask, retry};
use crate::address::{IpFamily, Shutdown};
use crate::net::{ErrorCode, NetError, NetOption, NetResult};
use crate::time::Deadline;

/// The most that a host takes or gives at once: what wasmtime allocates for one call.
const CHUNK: usize = 64 * 1024;

/// A TCP socket.
pub(super) struct Tcp {
    /// `None` only while it is being dropped.
    connection: Option<Connection>,
    lingering: Rc<Lingering>,
}

/// What WASI has of a socket. Children are declared, and so dropped, before their parents.
pub(super) struct Connection {
    /// Ready when an operation of the socket itself can go on: a connection under way, or one to accept.
    ready: OnceCell<Pollable>,
    streams: OnceCell<Streams>,
    socket: TcpSocket,
}

/// The two directions of a connection.
struct Streams {
    readable: OnceCell<Pollable>,
    writable: OnceCell<Pollable>,
    input: InputStream,
    output: OutputStream,
    /// Something has been written: only then can something be unsent.
    written: Cell<bool>,
    /// The last answer to the program was that there is no room: it knows that the peer does not take what it sends.
    stalled: Cell<bool>,
}

impl Tcp {
    pub(super) fn open(ip: IpFamily, lingering: Rc<Lingering>) -> NetResult<Self> {
        let socket = create_tcp_socket(family(ip)).map_err(net_error)?;
        Ok(Self::new(Connection { ready: OnceCell::new(), streams: OnceCell::new(), socket }, lingering))
    }

    fn new(connection: Connection, lingering: Rc<Lingering>) -> Self {
        Self { connection: Some(connection), lingering }
    }

    fn connection(&self) -> NetResult<&Connection> {
        self.connection.as_ref().ok_or(NetError::Code(ErrorCode::InvalidState))
    }

    pub(super) fn bind(&self, network: &Network, local: SocketAddr) -> NetResult<()> {
        let connection = self.connection()?;
        connection.socket.start_bind(network, to_wasi(local)).map_err(net_error)?;
        self.finish(Deadline::Never, || connection.socket.finish_bind().map_err(net_error))
    }

    pub(super) fn connect(&self, network: &Network, remote: SocketAddr, deadline: Deadline) -> NetResult<()> {
        self.connection()?.socket.start_connect(network, to_wasi(remote)).map_err(net_error)?;
        self.finish_connect(deadline)
    }

    pub(super) fn finish_connect(&self, deadline: Deadline) -> NetResult<()> {
        let connection = self.connection()?;
        let attempt = || connection.socket.finish_connect().map_err(net_error);
        let (input, output) = self.finish(deadline, attempt)?;
        // A second answer cannot come: WASI answers "not in progress" from here on.
        let _ = connection.streams.set(Streams::new(input, output));
        Ok(())
    }

    pub(super) fn listen(&self, backlog: u32) -> NetResult<()> {
        let connection = self.connection()?;
        let backlog = connection.socket.set_listen_backlog_size(u64::from(backlog)).map_err(net_error);
        if connection.socket.is_listening() {
            return backlog;
        }
        // A host that cannot size the queue still listens.
        connection.socket.start_listen().map_err(net_error)?;
        self.finish(Deadline::Never, || connection.socket.finish_listen().map_err(net_error))
    }

    pub(super) fn accept(&self, deadline: Deadline) -> NetResult<(Self, Option<SocketAddr>)> {
        let connection = self.connection()?;
        let (socket, input, output) = self.finish(deadline, || connection.socket.accept().map_err(net_error))?;
        let peer = socket.remote_address().ok().map(from_wasi);
        let streams = OnceCell::from(Streams::new(input, output));
        let accepted = Connection { ready: OnceCell::new(), streams, socket };
        Ok((Self::new(accepted, Rc::clone(&self.lingering)), peer))
    }

    pub(super) fn receive(&self, max: usize, deadline: Deadline) -> NetResult<Vec<u8>> {
        let streams = self.streams()?;
        let length = u64::try_from(max.min(CHUNK)).unwrap_or(0);
        let attempt = || match streams.input.read(length) {
            Ok(data) if data.is_empty() => Err(NetError::WouldBlock),
            Ok(data) => Ok(data),
            Err(StreamError::Closed) => Ok(Vec::new()),
            Err(error) => Err(stream_failure(error, ErrorCode::ConnectionReset)),
        };
        retry(&self.lingering, deadline, || streams.readable(), attempt)
    }

    pub(super) fn send(&self, data: &[u8], deadline: Deadline) -> NetResult<usize> {
        let streams = self.streams()?;
        let answer = match streams.write(data) {
            // The host says so, too, when this program has used up its turn; asking gives it a new one.
            Err(NetError::WouldBlock) if deadline != Deadline::Now || ask(streams.writable()) => {
                retry(&self.lingering, deadline, || streams.writable(), || streams.write(data))
            }
            answer => answer,
        };
        streams.stalled.set(answer == Err(NetError::WouldBlock));
        answer
    }

    pub(super) fn shutdown(&self, how: Shutdown) -> NetResult<()> {
        let how = match how {
            Shutdown::Read => ShutdownType::Receive,
            Shutdown::Write => ShutdownType::Send,
            Shutdown::Both => ShutdownType::Both,
        };
        self.connection()?.socket.shutdown(how).map_err(net_error)
    }

    pub(super) fn local_address(&self) -> NetResult<SocketAddr> {
        self.connection()?.socket.local_address().map(from_wasi).map_err(net_error)
    }

    pub(super) fn peer_address(&self) -> NetResult<SocketAddr> {
        self.connection()?.socket.remote_address().map(from_wasi).map_err(net_error)
    }

    pub(super) fn option(&self, option: NetOption) -> NetResult<u64> {
        let socket = &self.connection()?.socket;
        match option {
            NetOption::KeepAlive => socket.keep_alive_enabled().map(u64::from),
            NetOption::KeepIdle => socket.keep_alive_idle_time(),
            NetOption::KeepInterval => socket.keep_alive_interval(),
            NetOption::KeepCount => socket.keep_alive_count().map(u64::from),
            NetOption::HopLimit => socket.hop_limit().map(u64::from),
            NetOption::ReceiveBuffer => socket.receive_buffer_size(),
            NetOption::SendBuffer => socket.send_buffer_size(),
        }
        .map_err(net_error)
    }

    pub(super) fn set_option(&self, option: NetOption, value: u64) -> NetResult<()> {
        let socket = &self.connection()?.socket;
        match option {
            NetOption::KeepAlive => socket.set_keep_alive_enabled(value != 0),
            NetOption::KeepIdle => socket.set_keep_alive_idle_time(value),
            NetOption::KeepInterval => socket.set_keep_alive_interval(value),
            NetOption::KeepCount => socket.set_keep_alive_count(u32::try_from(value).unwrap_or(u32::MAX)),
            NetOption::HopLimit => socket.set_hop_limit(u8::try_from(value).unwrap_or(u8::MAX)),
            NetOption::ReceiveBuffer => socket.set_receive_buffer_size(value),
            NetOption::SendBuffer => socket.set_send_buffer_size(value),
        }
        .map_err(net_error)
    }

    /// What is ready when there is something to read or to accept.
    pub(super) fn readable(&self) -> Option<&Pollable> {
        let connection = self.connection.as_ref()?;
        Some(match connection.streams.get() {
            Some(streams) => streams.readable(),
            None => connection.ready(),
        })
    }

    /// What is ready when there is room to write, or when a connection under way has come to its end.
    pub(super) fn writable(&self) -> Option<&Pollable> {
        self.connection.as_ref().map(Connection::writable)
    }

    fn streams(&self) -> NetResult<&Streams> {
        self.connection()?.streams.get().ok_or(NetError::Code(ErrorCode::InvalidState))
    }

    /// Tries `attempt` until the socket itself is done with it.
    fn finish<T>(&self, deadline: Deadline, attempt: impl FnMut() -> NetResult<T>) -> NetResult<T> {
        let connection = self.connection()?;
        retry(&self.lingering, deadline, || connection.ready(), attempt)
    }
}

impl Drop for Tcp {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take()
            && connection.has_unsent()
            && !ask(connection.writable())
        {
            self.lingering.keep(connection);
        }
    }
}

impl Connection {
    /// Whether bytes that were handed over may still be on their way to the kernel.
    pub(super) fn has_unsent(&self) -> bool {
        let Some(streams) = self.streams.get() else { return false };
        streams.written.get() && matches!(streams.output.check_write(), Ok(0))
    }

    /// Whether the program knows that the peer does not take what it sends.
    pub(super) fn is_stalled(&self) -> bool {
        self.streams.get().is_some_and(|streams| streams.stalled.get())
    }

    /// What is ready when nothing is unsent any more.
    pub(super) fn writable(&self) -> &Pollable {
        match self.streams.get() {
            Some(streams) => streams.writable(),
            None => self.ready(),
        }
    }

    fn ready(&self) -> &Pollable {
        self.ready.get_or_init(|| self.socket.subscribe())
    }
}

impl Streams {
    fn new(input: InputStream, output: OutputStream) -> Self {
        let (written, stalled) = (Cell::new(false), Cell::new(false));
        Self { readable: OnceCell::new(), writable: OnceCell::new(), input, output, written, stalled }
    }

    fn readable(&self) -> &Pollable {
        self.readable.get_or_init(|| self.input.subscribe())
    }

    fn writable(&self) -> &Pollable {
        self.writable.get_or_init(|| self.output.subscribe())
    }

    /// Writes as much of `data` as there is a permit for: more would be a trap.
    fn write(&self, data: &[u8]) -> NetResult<usize> {
        let failed = |error| stream_failure(error, ErrorCode::BrokenPipe);
        let permit = self.output.check_write().map_err(failed)?;
        let count = usize::try_from(permit).unwrap_or(usize::MAX).min(data.len()).min(CHUNK);
        let Some(chunk) = data.get(..count).filter(|chunk| !chunk.is_empty()) else {
            return Err(NetError::WouldBlock);
        };
        self.output.write(chunk).map_err(failed)?;
        self.written.set(true);
        Ok(count)
    }
}
