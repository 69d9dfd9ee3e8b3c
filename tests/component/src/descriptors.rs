//! Descriptors: numbers that outlive their objects, and objects that share an open socket.

use crate::check::{Done as _, NONE, Outcome, fails, same};
use crate::local::pair;
use crate::sockets::{self, Socket};
use crate::types::Errno;

pub(crate) fn taken_over() -> Outcome {
    let (left, right) = pair()?;
    let fd = left.detach().done("detach")?;
    fails("detached", left.recv(1, NONE), Errno::BadDescriptor)?;
    fails("detached twice", left.detach(), Errno::BadDescriptor)?;
    same("no number", left.fileno(), None::<u32>)?;
    let taken = Socket::from_fileno(fd).done("from-fileno")?;
    same("its number", taken.fileno(), Some(fd))?;
    taken.send_all(b"x", NONE).done("send-all")?;
    same("recv", right.recv(1, NONE).done("recv")?, b"x")?;
    let also = Socket::from_fileno(fd).done("from-fileno")?;
    drop(taken);
    fails("closed under it", also.getsockname(), Errno::BadDescriptor)?;
    fails("closed already", sockets::close(fd), Errno::BadDescriptor)?;
    fails("not a descriptor", Socket::from_fileno(3), Errno::BadDescriptor)?;
    shared()
}

fn shared() -> Outcome {
    let (left, right) = pair()?;
    let twin = left.dup().done("dup")?;
    twin.set_timeout(Some(0)).done("set-timeout")?;
    same("a timeout of its own", (left.get_timeout(), twin.get_timeout()), (None::<u64>, Some(0)))?;
    same("a mode in common", left.get_blocking().done("get-blocking")?, false)?;
    drop(left);
    twin.send_all(b"x", NONE).done("send-all")?;
    same("recv", right.recv(1, NONE).done("recv")?, b"x")?;
    drop(twin);
    same("the end", right.recv(1, NONE).done("recv")?, b"")
}
