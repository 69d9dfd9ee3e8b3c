//! `AF_UNIX`: sockets within one program, in the memory of `wasocket.wasm`.

use crate::check::{Done as _, NONE, Outcome, fails, loopback, same};
use crate::options::has_kernel;
use crate::sockets::Socket;
use crate::tcp;
use crate::types::{
    Address, AddressFamily, AncillaryData, Errno, MessageFlags, OtherAncillaryData, SocketType, UnixAddress, WideBytes,
};

/// Two streams that are connected to each other.
pub(crate) fn pair() -> Result<(Socket, Socket), String> {
    Socket::pair(AddressFamily::Unix, SocketType::Stream, 0).done("pair")
}

pub(crate) fn pairs() -> Outcome {
    let (left, right) = pair()?;
    same("send", left.send(b"hello", NONE).done("send")?, 5)?;
    same("recv", right.recv(100, NONE).done("recv")?, b"hello")?;
    drop(left);
    same("the end", right.recv(100, NONE).done("recv")?, b"")?;
    fails("nobody reads", right.send(b"x", NONE), Errno::BrokenPipe)?;

    let (left, right) = Socket::pair(AddressFamily::Unix, SocketType::SequentialPacket, 0).done("pair")?;
    left.send_all(b"one", NONE).done("send-all")?;
    left.send_all(b"two", NONE).done("send-all")?;
    same("messages stay apart", right.recv(100, NONE).done("recv")?, b"one")?;
    fails("only AF_UNIX has pairs", Socket::pair(AddressFamily::Inet, SocketType::Stream, 0), Errno::NotSupported)
}

pub(crate) fn names() -> Outcome {
    let here = Address::Unix(UnixAddress::Abstract(b"here".to_vec()));
    let listener = Socket::create(AddressFamily::Unix, SocketType::Stream, 0).done("create")?;
    listener.bind(&here).done("bind")?;
    listener.listen(None).done("listen")?;
    let client = Socket::create(AddressFamily::Unix, SocketType::Stream, 0).done("create")?;
    client.connect(&here).done("connect")?;
    let (server, peer) = listener.accept().done("accept")?;
    same("a client without a name", peer, Address::Unix(UnixAddress::Unnamed))?;
    same("its peer", client.getpeername().done("getpeername")?, &here)?;
    client.send_all(b"x", NONE).done("send-all")?;
    same("recv", server.recv(1, NONE).done("recv")?, b"x")?;
    let second = Socket::create(AddressFamily::Unix, SocketType::Stream, 0).done("create")?;
    fails("the name is taken", second.bind(&here), Errno::AddressInUse)?;
    fails("another family", second.bind(&loopback(0)), Errno::InvalidArgument)
}

pub(crate) fn rights() -> Outcome {
    let (left, right) = pair()?;
    let (first, second) = pair()?;
    left.send_message(&[b"x".to_vec()], &[], &[&first, &second], NONE, None).done("send-message")?;
    drop((first, second));
    let message = right.recv_message(10, 64, NONE).done("recv-message")?;
    same("data", (message.data, message.flags), (b"x", NONE))?;
    let [first, second] = &message.rights[..] else { return Err(format!("rights: {:?}", message.rights)) };
    first.send_all(b"through", NONE).done("send-all")?;
    same("what came along", second.recv(10, NONE).done("recv")?, b"through")?;

    left.send_message(&[b"y".to_vec()], &[], &[first, second], NONE, None).done("send-message")?;
    let message = right.recv_message(10, 20, NONE).done("recv-message")?;
    same("cut", (message.rights.len(), message.flags), (1, MessageFlags::CONTROL_TRUNCATED))?;
    first.close().done("close")?;
    fails("closed", left.send_message(&[b"z".to_vec()], &[], &[first], NONE, None), Errno::BadDescriptor)?;
    let rights = [AncillaryData::Other(OtherAncillaryData { level: 1, type_: 1, data: vec![0; 4] })];
    let by_numbers = left.send_message(&[b"z".to_vec()], &rights, &[], NONE, None);
    fails("by numbers", by_numbers, if has_kernel()? { Errno::InvalidArgument } else { Errno::NotSupported })
}

pub(crate) fn wide() -> Outcome {
    let (left, right) = pair()?;
    let wide = WideBytes { words: vec![u64::from_le_bytes(*b"12345678"), 0x63_6261], length: 11 };
    same("taken", left.send_wide(&wide, NONE).done("send-wide")?, 11)?;
    same("bytes", right.recv(100, NONE).done("recv")?, b"12345678abc")?;
    left.send_all(b"12345678abc", NONE).done("send-all")?;
    same("words", right.recv_wide(100, NONE).done("recv-wide")?, &wide)?;
    for (words, length) in [(0, 9), (1, 9), (2, 8), (1, 0), (0, u32::MAX)] {
        let bad = WideBytes { words: vec![0; words], length };
        fails("a length of other words", left.send_wide(&bad, NONE), Errno::InvalidArgument)?;
    }
    let (client, server) = tcp::connection()?;
    let block = WideBytes { words: (0..8192).collect(), length: 65_536 };
    client.send_all_wide(&block, NONE).done("send-all-wide")?;
    let bytes: Vec<u8> = block.words.iter().flat_map(|word| word.to_le_bytes()).collect();
    same("a block over TCP", tcp::receive_all(&server, bytes.len())? == bytes, true)
}
