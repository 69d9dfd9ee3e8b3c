//! Arguments that make no sense: each is an error, and none a trap.

use crate::check::{Done as _, NONE, Outcome, fails, loopback, same};
use crate::local::pair;
use crate::options::has_kernel;
use crate::sockets::{self, Socket};
use crate::tcp;
use crate::types::{
    Address, AddressFamily, Errno, Inet6Address, MessageFlags, OptionValue, OtherAddress, SocketOption, SocketType,
    UnixAddress,
};

pub(crate) fn refused() -> Outcome {
    kinds()?;
    places()?;
    sizes()?;
    values()
}

fn kinds() -> Outcome {
    let create = Socket::create;
    let (stream, inet) = (SocketType::Stream, AddressFamily::Inet);
    create(AddressFamily::Other(10), SocketType::Other(1), 6).done("by Linux's numbers")?;
    fails("family", create(AddressFamily::Other(999), stream, 0), Errno::AddressFamilyNotSupported)?;
    fails("protocol", create(inet, stream, u32::MAX), Errno::ProtocolNotSupported)?;
    fails("protocol of another type", create(inet, stream, 17), Errno::ProtocolNotSupported)?;
    fails("type", create(inet, SocketType::Other(-1), 0), Errno::InvalidArgument)?;
    fails("descriptor", sockets::close(u32::MAX), Errno::BadDescriptor)
}

fn places() -> Outcome {
    let socket = tcp::open()?;
    let other = Address::Other(OtherAddress { family: 17, data: vec![0; 14] });
    let local = Address::Unix(UnixAddress::Path(b"x".to_vec()));
    for address in [&other, &local] {
        fails("bind", socket.bind(address), Errno::AddressFamilyNotSupported)?;
        fails("connect", socket.connect(address), Errno::AddressFamilyNotSupported)?;
    }
    let label = Inet6Address { address: (0, 0, 0, 0, 0, 0, 0, 1), port: 1, flow_info: u32::MAX, scope_id: u32::MAX };
    fails("a flow label of 32 bits", socket.connect(&Address::Inet6(label)), Errno::InvalidArgument)?;
    fails("accept without listen", socket.accept(), Errno::InvalidArgument)?;
    fails("recv without connect", socket.recv(1, NONE), Errno::NotConnected)?;
    fails("send without connect", socket.send(b"x", NONE), Errno::BrokenPipe)?;
    socket.bind(&loopback(0)).done("bind")?;
    fails("bound twice", socket.bind(&loopback(0)), Errno::InvalidArgument)?;
    let local = Socket::create(AddressFamily::Unix, SocketType::Stream, 0).done("create")?;
    for name in [UnixAddress::Path(vec![b'x'; 108]), UnixAddress::Abstract(vec![b'x'; 100_000])] {
        fails("a name that is too long", local.bind(&Address::Unix(name)), Errno::InvalidArgument)?;
    }
    local.bind(&Address::Unix(UnixAddress::Path(vec![b'x'; 107]))).done("the longest path")
}

fn sizes() -> Outcome {
    let (left, right) = pair()?;
    right.set_timeout(Some(1)).done("set-timeout")?;
    left.set_timeout(Some(1_000)).done("set-timeout")?;
    same("nothing is asked for", right.recv(0, NONE).done("recv")?, b"")?;
    let all = right.recv(u32::MAX, MessageFlags::all());
    // Kernels differ in what they look at first.
    match has_kernel()? {
        true => same("all flags at once", all.is_err(), true)?,
        false => fails("all flags at once", all, Errno::NotSupported)?,
    }
    let parts: Vec<Vec<u8>> = (0..20_000).map(|_| vec![1]).collect();
    let taken = left.send_message(&parts, &[], &[], NONE, None).done("many parts")?;
    same("many parts", right.recv(u32::MAX, NONE).done("recv")?.len(), taken)?;
    same("more than there is room for", left.send_all(&vec![0; 20_000_000], NONE).is_err(), true)?;
    let received = right.recv(u32::MAX, NONE).done("recv")?;
    same("as much as there is", received.is_empty() || received.len() > 16 << 20, false)
}

fn values() -> Outcome {
    let long = OptionValue::Bytes(vec![1; 2_000]);
    let (pair, _other) = pair()?;
    let sockets = [pair, tcp::open()?, Socket::create(AddressFamily::Inet, SocketType::Datagram, 0).done("create")?];
    let values = [
        OptionValue::Integer(i32::MIN),
        OptionValue::Integer(i32::MAX),
        OptionValue::Time(Some(u64::MAX)),
        OptionValue::Bytes(Vec::new()),
        OptionValue::Error(None),
    ];
    for socket in &sockets {
        fails("a long value", socket.set_option(SocketOption::ReceiveLowWater, &long), Errno::InvalidArgument)?;
        for option in [SocketOption::IpTtl, SocketOption::TcpKeepIdle, SocketOption::ReceiveBuffer] {
            // Some are values and some are not: what counts is that an answer comes.
            values.iter().for_each(|value| drop((socket.set_option(option, value), socket.get_option(option))));
        }
        socket.set_timeout(Some(u64::MAX)).done("set-timeout")?;
        same("the longest timeout", socket.get_timeout(), Some(u64::MAX))?;
    }
    Ok(())
}
