//! The buffers of `wasi:sockets`, under the policy's limit.

use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, Resource};
use wasmtime_wasi::WasiView;
use wasmtime_wasi::p2::bindings::sockets::tcp::HostTcpSocket;
use wasmtime_wasi::p2::bindings::sockets::udp::{HostUdpSocket, UdpSocket};
use wasmtime_wasi::p2::{SocketError, SocketResult, TcpSocket};
use wasmtime_wasi::sockets::WasiSocketsView;

use super::{answer, code};
use crate::linker::NetworkView;
use crate::policy::{Buffered, Exceeded, Protocol, Way};

/// The TCP socket with this number.
pub(super) struct Tcp<'a, T>(pub(super) &'a mut T, pub(super) u32);

/// The UDP socket with this number.
pub(super) struct Udp<'a, T>(pub(super) &'a mut T, pub(super) u32);

impl<T: WasiView> Buffered for Tcp<'_, T> {
    type Error = SocketError;

    fn size(&mut self, way: Way) -> SocketResult<u64> {
        let socket = Resource::new_borrow(self.1);
        match way {
            Way::In => HostTcpSocket::receive_buffer_size(&mut self.0.sockets(), socket),
            Way::Out => HostTcpSocket::send_buffer_size(&mut self.0.sockets(), socket),
        }
    }

    fn set_size(&mut self, way: Way, size: u64) -> SocketResult<()> {
        let socket = Resource::new_borrow(self.1);
        match way {
            Way::In => HostTcpSocket::set_receive_buffer_size(&mut self.0.sockets(), socket, size),
            Way::Out => HostTcpSocket::set_send_buffer_size(&mut self.0.sockets(), socket, size),
        }
    }

    fn exceeded(exceeded: Exceeded) -> SocketError {
        code(exceeded).into()
    }
}

impl<T: WasiView> Buffered for Udp<'_, T> {
    type Error = SocketError;

    fn size(&mut self, way: Way) -> SocketResult<u64> {
        let socket = Resource::new_borrow(self.1);
        match way {
            Way::In => HostUdpSocket::receive_buffer_size(&mut self.0.sockets(), socket),
            Way::Out => HostUdpSocket::send_buffer_size(&mut self.0.sockets(), socket),
        }
    }

    fn set_size(&mut self, way: Way, size: u64) -> SocketResult<()> {
        let socket = Resource::new_borrow(self.1);
        match way {
            Way::In => HostUdpSocket::set_receive_buffer_size(&mut self.0.sockets(), socket, size),
            Way::Out => HostUdpSocket::set_send_buffer_size(&mut self.0.sockets(), socket, size),
        }
    }

    fn exceeded(exceeded: Exceeded) -> SocketError {
        code(exceeded).into()
    }
}

/// Links the functions that set sizes. The linker must allow shadowing.
pub(super) fn add_to_linker<T: WasiView + NetworkView + 'static>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    for (way, name) in [(Way::In, "receive"), (Way::Out, "send")] {
        linker.instance("wasi:sockets/tcp@0.2.12")?.func_wrap(
            &format!("[method]tcp-socket.set-{name}-buffer-size"),
            move |mut store: StoreContextMut<'_, T>, (this, size): (Resource<TcpSocket>, u64)| {
                let number = this.rep();
                Ok((answer(set(&mut Tcp(store.data_mut(), number), (Protocol::Tcp, number), way, size))?,))
            },
        )?;
        linker.instance("wasi:sockets/udp@0.2.12")?.func_wrap(
            &format!("[method]udp-socket.set-{name}-buffer-size"),
            move |mut store: StoreContextMut<'_, T>, (this, size): (Resource<UdpSocket>, u64)| {
                let number = this.rep();
                Ok((answer(set(&mut Udp(store.data_mut(), number), (Protocol::Udp, number), way, size))?,))
            },
        )?;
    }
    Ok(())
}

/// A socket in a state with a network.
trait UnderPolicy: Buffered<Error = SocketError> {
    fn network(&self) -> crate::policy::Network;
}

impl<T: WasiView + NetworkView> UnderPolicy for Tcp<'_, T> {
    fn network(&self) -> crate::policy::Network {
        self.0.network().clone()
    }
}

impl<T: WasiView + NetworkView> UnderPolicy for Udp<'_, T> {
    fn network(&self) -> crate::policy::Network {
        self.0.network().clone()
    }
}

fn set<B: UnderPolicy>(socket: &mut B, key: (Protocol, u32), way: Way, size: u64) -> SocketResult<()> {
    socket.set_size(way, size)?;
    socket.network().note_size(key, socket, way)
}
