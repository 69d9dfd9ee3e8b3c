//! A listening peer: one thread accepts, one thread per connection behaves.

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use socket2::{Domain, Socket, Type};

/// What a peer does with one connection.
pub(crate) type Behaviour = fn(TcpStream, &Stop) -> io::Result<()>;

/// The longest that a peer waits for anything: longer than any program may run.
pub(crate) const PATIENCE: Duration = Duration::from_secs(180);

/// Says that the peer is to end.
#[derive(Default)]
pub(crate) struct Stop {
    stopped: Mutex<bool>,
    changed: Condvar,
}

impl Stop {
    fn set(&self) {
        *self.stopped.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_all();
    }

    fn is_set(&self) -> bool {
        *self.stopped.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Do nothing until the peer is to end.
    pub(crate) fn wait(&self) {
        let guard = self.stopped.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.changed.wait_timeout_while(guard, PATIENCE, |stopped| !*stopped));
    }
}

/// A TCP server on a port of its own.
pub(crate) struct Server {
    address: SocketAddr,
    stop: Arc<Stop>,
    accepting: Option<JoinHandle<()>>,
}

impl Server {
    /// Listen on `local` and let `behaviour` deal with each connection.
    pub(crate) fn start(local: &str, receive_buffer: Option<usize>, behaviour: Behaviour) -> io::Result<Self> {
        let listener = listen(local, receive_buffer, 256)?;
        let address = listener.local_addr()?;
        let stop = Arc::new(Stop::default());
        let accepting = thread::spawn({
            let stop = Arc::clone(&stop);
            move || accept_all(&listener, &stop, behaviour)
        });
        Ok(Self { address, stop, accepting: Some(accepting) })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.set();
        // Wakes the accepting thread, which then sees that it is to stop.
        let woken = TcpStream::connect(self.address);
        if let (Ok(_), Some(accepting)) = (woken, self.accepting.take()) {
            drop(accepting.join());
        }
    }
}

/// A listener whose connections inherit a small receive buffer if one is asked for.
pub(crate) fn listen(local: &str, receive_buffer: Option<usize>, backlog: i32) -> io::Result<TcpListener> {
    let address: SocketAddr = local.parse().map_err(io::Error::other)?;
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    if let Some(size) = receive_buffer {
        socket.set_recv_buffer_size(size)?;
    }
    socket.bind(&address.into())?;
    socket.listen(backlog)?;
    Ok(socket.into())
}

fn accept_all(listener: &TcpListener, stop: &Arc<Stop>, behaviour: Behaviour) {
    for connection in listener.incoming() {
        if stop.is_set() {
            return;
        }
        let Ok(connection) = connection else { continue };
        let stop = Arc::clone(stop);
        thread::spawn(move || {
            // A peer that loses its connection has nothing to report: the program's transcript tells.
            drop(connection.set_read_timeout(Some(PATIENCE)));
            drop(connection.set_write_timeout(Some(PATIENCE)));
            drop(behaviour(connection, &stop));
        });
    }
}
