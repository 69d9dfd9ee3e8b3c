//! The buffers of `wasi:sockets`, under the policy's limit.

use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, Resource};
use wasmtime_wasi::WasiView;
use wasmtime_wasi::p2::bindings::sockets::tcp::HostTcpSocket;
use wasmtime_wasi::p2::bindings::sockets::udp::{HostUdpSocket, UdpSocket};
use wasmtime_wasi::p2::{SocketError, SocketResult, TcpSocket};
use wasmtime_wasi::sockets::WasiSocketsView;

use super::{code, wit_result};
use crate::accounting::buffers::{Buffered, Way};
use crate::accounting::quota::QuotaExceeded;
use crate::network::Network;
use crate::policy::rule::Protocol;
use crate::runtime::view::NetworkView;

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

    fn exceeded(exceeded: QuotaExceeded) -> SocketError {
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

    fn exceeded(exceeded: QuotaExceeded) -> SocketError {
        code(exceeded).into()
    }
}

/// Links the functions that set sizes. The linker must allow shadowing.
pub(super) fn add_to_linker<T: WasiView + NetworkView + 'static>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    for (way, name) in [(Way::In, "receive"), (Way::Out, "send")] {
        linker.instance("wasi:sockets/tcp@0.2.12")?.func_wrap(
            &format!("[method]tcp-socket.set-{name}-buffer-size"),
            move |mut store: StoreContextMut<'_, T>, (this, size): (Resource<TcpSocket>, u64)| {
                let (network, number) = (store.data().network().clone(), this.rep());
                let socket = &mut Tcp(store.data_mut(), number);
                Ok((wit_result(set(&network, socket, (Protocol::Tcp, number), way, size))?,))
            },
        )?;
        linker.instance("wasi:sockets/udp@0.2.12")?.func_wrap(
            &format!("[method]udp-socket.set-{name}-buffer-size"),
            move |mut store: StoreContextMut<'_, T>, (this, size): (Resource<UdpSocket>, u64)| {
                let (network, number) = (store.data().network().clone(), this.rep());
                let socket = &mut Udp(store.data_mut(), number);
                Ok((wit_result(set(&network, socket, (Protocol::Udp, number), way, size))?,))
            },
        )?;
    }
    Ok(())
}

fn set<B: Buffered>(
    network: &Network,
    socket: &mut B,
    key: (Protocol, u32),
    way: Way,
    size: u64,
) -> Result<(), B::Error> {
    socket.set_size(way, size)?;
    match network.wasi_sockets().get(key.0, key.1) {
        Some(account) => account.resized(socket, way),
        None => Ok(()),
    }
}
