//! What the program needs of sockets, as thin as can be: each function is one of the library's that is measured.

use std::borrow::Cow;
use std::io::Result;

/// A library of sockets. All addresses are ports of 127.0.0.1.
pub(crate) trait Network: 'static {
    type Stream: Channel;
    type Datagrams: Channel;
    type Listener;

    fn connect(port: u16) -> Result<Self::Stream>;

    /// Small writes are sent at once.
    fn set_nodelay(stream: &Self::Stream) -> Result<()>;

    /// A socket whose datagrams go to this port. One that waits for too long fails.
    fn datagrams(port: u16) -> Result<Self::Datagrams>;

    /// A listener on a free port, and which that is.
    fn listen() -> Result<(Self::Listener, u16)>;

    fn accept(listener: &Self::Listener) -> Result<Self::Stream>;

    /// Waits until one of these can be read; how many can.
    fn poll(streams: &[Self::Stream]) -> Result<usize>;
}

/// A connected socket.
pub(crate) trait Channel {
    fn send_all(&mut self, data: &[u8]) -> Result<()>;

    /// At most so many bytes, where the library puts them.
    fn receive(&mut self, most: usize) -> Result<Cow<'_, [u8]>>;

    /// The same by [`std::io::Read`], where the program wants them.
    fn receive_into(&mut self, buffer: &mut [u8]) -> Result<usize>;
}
