//! `recvmsg`, `recvmsg_into` and `sendmsg`: many buffers in one call, and ancillary data.

use std::ffi::c_int;

use wasocket::message::{MessageFlags, Outgoing, Received};

use super::SocketObject;
use super::receive::{not_negative, reported_length};
use super::send::message_flags;
use crate::address;
use crate::arguments::{Buffer, Items, parse_tuple};
use crate::audit::audit;
use crate::errors::PyResult;
use crate::export::Arguments;
use crate::ffi::Py_ssize_t;
use crate::module_functions::ancillary;
use crate::object::{Borrowed, Object};
use crate::state::state;

/// How many bytes one receive may be asked for; the sum of many buffers may be more than a size can say.
const MAX_RECEIVE: usize = isize::MAX as usize;

/// `recvmsg(bufsize[, ancbufsize[, flags]])`.
pub(super) fn recvmsg(arguments: Arguments<'_>) -> PyResult<Object> {
    let (mut size, mut ancillary_size, mut flags): (Py_ssize_t, Py_ssize_t, c_int) = (0, 0, 0);
    parse_tuple!(arguments.given, c"n|ni:recvmsg", &raw mut size, &raw mut ancillary_size, &raw mut flags)?;
    let max = not_negative(size, "negative buffer size in recvmsg()")?;
    let room = not_negative(ancillary_size, "invalid ancillary data buffer length")?;
    let received = SocketObject::of(arguments.this).receive_message(max, room, flags)?;
    message(Object::bytes(&received.data), &received)
}

/// `recvmsg_into(buffers[, ancbufsize[, flags]])`.
pub(super) fn recvmsg_into(arguments: Arguments<'_>) -> PyResult<Object> {
    let (mut given, mut ancillary_size, mut flags): (_, Py_ssize_t, c_int) = (std::ptr::null_mut(), 0, 0);
    parse_tuple!(arguments.given, c"O|ni:recvmsg_into", &raw mut given, &raw mut ancillary_size, &raw mut flags)?;
    // SAFETY: the parser borrowed it from the arguments.
    let given = unsafe { Borrowed::from_pointer(given) }.unwrap_or(arguments.given);
    let mut buffers = writable_buffers(given)?;
    let room = not_negative(ancillary_size, "invalid ancillary data buffer length")?;
    let max = buffers.iter().fold(0_usize, |sum, buffer| sum.saturating_add(buffer.len())).min(MAX_RECEIVE);
    let received = SocketObject::of(arguments.this).receive_message(max, room, flags)?;
    let mut rest = received.data.as_slice();
    for buffer in &mut buffers {
        let written = buffer.write(0, rest);
        rest = rest.get(written..).unwrap_or_default();
    }
    message(Object::size(reported_length(&received, flags)), &received)
}

fn writable_buffers(given: Borrowed<'_>) -> PyResult<Vec<Buffer>> {
    const FORMAT: &std::ffi::CStr =
        c"w*;recvmsg_into() argument 1 must be an iterable of single-segment read-write buffers";
    let objects = Items::there_now(given, c"recvmsg_into() argument 1 must be an iterable")?;
    objects.map(|object| Buffer::parse(object?.borrow(), FORMAT)).collect()
}

impl SocketObject {
    /// Receives at most `max` bytes, and the control messages that `room` holds.
    fn receive_message(&self, max: usize, room: usize, flags: c_int) -> PyResult<Received> {
        let flags = MessageFlags::from_bits_retain(flags.cast_unsigned());
        Ok(state().sockets.receive_message(self.fd()?, max, room, flags, self.timeout())?)
    }
}

/// `(data, ancillary data, flags, address)`. If Python has no memory for it, the descriptors that came along are closed.
fn message(data: PyResult<Object>, received: &Received) -> PyResult<Object> {
    let answer = data.and_then(|data| {
        Object::tuple([
            data,
            ancillary::received(&received.rights, &received.ancillary)?,
            Object::integer(received.flags.bits().into())?,
            address::optional_to_python(received.from.as_ref())?,
        ])
    });
    answer.inspect_err(|_| received.rights.iter().for_each(|fd| drop(state().sockets.close(*fd))))
}

/// `sendmsg(buffers[, ancdata[, flags[, address]]])`.
pub(super) fn sendmsg(arguments: Arguments<'_>) -> PyResult<Object> {
    let null = std::ptr::null_mut();
    let (mut data, mut control, mut flags, mut address): (_, _, c_int, _) = (null, null, 0, null);
    parse_tuple!(arguments.given, c"O|OiO:sendmsg", &raw mut data, &raw mut control, &raw mut flags, &raw mut address,)?;
    // SAFETY: the parser borrowed them from the arguments.
    let (data, control, address) =
        unsafe { (Borrowed::from_pointer(data), Borrowed::from_pointer(control), Borrowed::from_pointer(address)) };
    let socket = SocketObject::of(arguments.this);
    let remote = match address.filter(|address| !address.is_none()) {
        Some(address) => Some(address::from_python(socket.family.get(), address, "sendmsg")?),
        None => None,
    };
    let told = address.map_or_else(Object::none, Borrowed::own);
    audit(c"socket.sendmsg", [arguments.this.own(), told])?;
    let objects = Items::there_now(data.unwrap_or(arguments.given), c"sendmsg() argument 1 must be an iterable")?;
    let buffers: Vec<Buffer> = objects.map(|object| Buffer::of(object?.borrow())).collect::<PyResult<_>>()?;
    let control = control.map_or_else(|| Ok(Vec::new()), ancillary::parse)?;
    let fd = socket.fd()?;
    let (rights, others) = ancillary::split(&control)?;
    let parts: Vec<&[u8]> = buffers.iter().map(Buffer::bytes).collect();
    let message = Outgoing { parts: &parts, ancillary: &others, rights: &rights, remote: remote.as_ref() };
    let sent = state().sockets.send_message(fd, &message, message_flags(flags), socket.timeout())?;
    state().pending_call.after_write();
    Object::size(sent)
}
