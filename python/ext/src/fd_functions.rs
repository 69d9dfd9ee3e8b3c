//! The functions of `_wasocket` itself: what the package `wasocket` needs to make `os` understand our descriptors, to
//! look names up without waiting, and to end a program well. Each takes a descriptor of ours; another is `EBADF`.

use std::ffi::c_int;
use std::time::Duration;

use wasocket::errno::Errno;
use wasocket::sockets::{Device, Fd, FileType};

use crate::arguments::{Buffer, parse_tuple};
use crate::descriptors::why_no_socket;
use crate::dispatch::{by_descriptor, by_path};
use crate::errors::{Exception, PyResult, Raised, linux_errors, occurred, raise_c_errno};
use crate::export::{Arguments, END_OF_METHODS, Table, method};
use crate::ffi::{self, Py_ssize_t};
use crate::module_functions::{close_descriptor, duplicate, finish_getaddrinfo, start_getaddrinfo};
use crate::object::{Borrowed, Object};
use crate::signals;
use crate::state::state;

/// All of them.
pub(crate) static FUNCTIONS: Table<[ffi::PyMethodDef; 41]> = Table([
    method!(
        one,
        c"is_socket_fd",
        is_socket_fd,
        c"is_socket_fd(fd) -> bool: whether it is an open descriptor of ours, and not one of a file."
    ),
    method!(one, c"get_inheritable", get_inheritable, c"get_inheritable(fd) -> bool."),
    method!(many, c"set_inheritable", set_inheritable, c"set_inheritable(fd, inheritable): kept, without effect."),
    method!(one, c"get_blocking", get_blocking, c"get_blocking(fd) -> bool: O_NONBLOCK is not set."),
    method!(many, c"set_blocking", set_blocking, c"set_blocking(fd, blocking)."),
    method!(one, c"close_fd", close_fd, c"close_fd(fd)."),
    method!(one, c"dup_fd", dup_fd, c"dup_fd(fd) -> fd: another descriptor for the same socket."),
    method!(many, c"dup2_fd", dup2_fd, c"dup2_fd(fd, fd2): make fd2, open or not, a descriptor for what fd refers to."),
    method!(
        many,
        c"dup_fd_from",
        dup_fd_from,
        c"dup_fd_from(fd, least) -> fd: another descriptor, the lowest number that is free and not below least."
    ),
    method!(one, c"position_of", position_of, c"position_of(fd) -> int, which lseek(2) does not change, or None for ESPIPE."),
    method!(none, c"pipe", pipe, c"pipe() -> (fd, fd): a descriptor to read from, and one to write to."),
    method!(one, c"file_type", file_type, c"file_type(fd) -> one of 'socket', 'pipe', 'terminal', 'device'."),
    method!(
        none,
        c"open_standard_streams",
        open_standard_streams,
        c"open_standard_streams(): 0, 1 and 2 are descriptors of ours from now on."
    ),
    method!(
        one,
        c"open_device",
        open_device,
        c"open_device(name) -> fd: one of 'null', 'zero', 'full', 'random'."
    ),
    method!(none, c"folders", folders, c"folders() -> the folders that the program was given, by the names that it sees."),
    method!(
        one,
        c"is_socket_file",
        is_socket_file,
        c"is_socket_file(path) -> bool: whether an AF_UNIX socket of this program has made a file of that name. Bytes."
    ),
    method!(
        one,
        c"unlink_socket_file",
        unlink_socket_file,
        c"unlink_socket_file(path): remove such a file. Bytes."
    ),
    method!(
        none,
        c"hold_threads",
        hold_threads,
        c"hold_threads(): no other thread goes on, unless this one waits for what only they can do; then all do."
    ),
    method!(none, c"stop_threads", stop_threads, c"stop_threads(): no other thread goes on from now on."),
    method!(many, c"read_fd", read_fd, c"read_fd(fd, size) -> bytes: read(2); waits unless O_NONBLOCK is set."),
    method!(many, c"write_fd", write_fd, c"write_fd(fd, data) -> how many bytes were taken: write(2)."),
    method!(one, c"describe_fd", describe_fd, c"describe_fd(fd) -> (family, type, protocol): Linux's numbers."),
    method!(
        keywords,
        c"start_getaddrinfo",
        start_getaddrinfo,
        c"start_getaddrinfo(host, port, family=0, type=0, proto=0, flags=0) -> fd\n\n\
        getaddrinfo() without waiting. The descriptor becomes readable when the answer is there. Raises at once what is\n\
        wrong with the arguments, and the audit event socket.getaddrinfo."
    ),
    method!(
        one,
        c"finish_getaddrinfo",
        finish_getaddrinfo,
        c"finish_getaddrinfo(fd) -> what _socket.getaddrinfo() returns\n\n\
        Closes the descriptor, unless there is no answer yet: then BlockingIOError. close_fd(fd) gives the lookup up."
    ),
    method!(
        many,
        c"drain",
        drain,
        c"drain(seconds) -> bool\n\n\
        At the end of a program: closes all sockets and waits until what was written has left, or nothing has left for so\n\
        many seconds; whether all of it left."
    ),
    method!(
        many,
        c"by_descriptor",
        by_descriptor,
        c"by_descriptor(original, ours, keyword, name, doc, reach) -> a function\n\n\
        It calls ours if its first argument, or the one of this keyword, is a number of what only we have, if reach is 1\n\
        or more of a standard stream, or if reach is 2 of whatever has its number from us, and original otherwise."
    ),
    method!(
        many,
        c"by_path",
        by_path,
        c"by_path(original, ours, name, doc, answers) -> a function\n\n\
        It calls original. If that finds no such file, or answers False, it calls ours, whose answer counts unless it is\n\
        NotImplemented. An empty path names nothing: that is False if answers is true, and FileNotFoundError otherwise."
    ),
    method!(none, c"linux_errors", linux_errors, c"linux_errors() -> [(name, number on Linux, text)]: all that Linux has."),
    method!(
        many,
        c"fcntl",
        fcntl,
        c"fcntl(fd, command, argument) -> int: fcntl(2) of the C library, for its own descriptors."
    ),
    method!(one, c"send_signal", signals::send_signal, c"send_signal(number): to this process; runs the handlers of what is not blocked."),
    method!(many, c"block_signals", signals::block_signals, c"block_signals(mask) -> the mask before; bit n - 1 is the signal n."),
    method!(none, c"held_signals", signals::held_signals, c"held_signals() -> the mask of blocked ones that were sent."),
    method!(many, c"release_signals", signals::release_signals, c"release_signals(mask) -> those that were held, and are no more."),
    method!(
        many,
        c"set_signal_wakeup",
        signals::set_signal_wakeup,
        c"set_signal_wakeup(fd, warn) -> the descriptor of ours before; -1 is none."
    ),
    method!(
        one,
        c"wait_for_signal",
        signals::wait_for_signal,
        c"wait_for_signal(seconds or None) -> whether a handler has run. It may end early, so that what is held is looked at."
    ),
    method!(
        many,
        c"set_signal_disposition",
        signals::set_signal_disposition,
        c"set_signal_disposition(number, code): for the host; codes are those of the package's module signals."
    ),
    method!(
        many,
        c"set_signal_timer",
        signals::set_signal_timer,
        c"set_signal_timer(first, interval) -> (left, interval): in nanoseconds; 0 is never."
    ),
    method!(none, c"get_signal_timer", signals::get_signal_timer, c"get_signal_timer() -> (left, interval), in nanoseconds."),
    method!(none, c"flush", flush, c"flush(): send what sockets with TCP_NODELAY hold back."),
    method!(
        one,
        c"set_coalescing",
        set_coalescing,
        c"set_coalescing(on): let sockets with TCP_NODELAY hold small writes back for a moment. Only for a program whose\n\
        runner calls drain() at its end, and flush() before it waits for anything but sockets."
    ),
    END_OF_METHODS,
]);

/// The descriptor of ours that the number `fd` is.
fn ours(fd: c_int) -> PyResult<Fd> {
    state().socket_fd(fd).ok_or_else(|| why_no_socket(fd))
}

/// The open descriptor with the number `fd`, of a file as well where those are here.
fn held(fd: c_int) -> PyResult<Fd> {
    Ok(Fd::try_from(fd).ok().filter(|fd| state().sockets.is_open(*fd)).ok_or(Errno::EBADF)?)
}

fn is_socket_fd(arguments: Arguments<'_>) -> PyResult<Object> {
    let fd = arguments.given.c_int()?;
    Object::boolean(state().socket_fd(fd).is_some())
}

fn get_inheritable(arguments: Arguments<'_>) -> PyResult<Object> {
    Object::boolean(state().sockets.inheritable(held(arguments.given.c_int()?)?)?)
}

fn set_inheritable(arguments: Arguments<'_>) -> PyResult<Object> {
    let (mut fd, mut inheritable): (c_int, c_int) = (0, 0);
    parse_tuple!(arguments.given, c"ip", &raw mut fd, &raw mut inheritable)?;
    state().sockets.set_inheritable(held(fd)?, inheritable != 0)?;
    Ok(Object::none())
}

fn get_blocking(arguments: Arguments<'_>) -> PyResult<Object> {
    Object::boolean(!state().sockets.nonblocking(ours(arguments.given.c_int()?)?)?)
}

fn set_blocking(arguments: Arguments<'_>) -> PyResult<Object> {
    let (mut fd, mut blocking): (c_int, c_int) = (0, 0);
    parse_tuple!(arguments.given, c"ip", &raw mut fd, &raw mut blocking)?;
    state().sockets.set_nonblocking(ours(fd)?, blocking == 0)?;
    Ok(Object::none())
}

fn close_fd(arguments: Arguments<'_>) -> PyResult<Object> {
    close_descriptor(arguments.given.c_int()?)?;
    Ok(Object::none())
}

fn dup_fd(arguments: Arguments<'_>) -> PyResult<Object> {
    Object::integer(duplicate(arguments.given.c_int()?)?.into())
}

fn dup2_fd(arguments: Arguments<'_>) -> PyResult<Object> {
    let (mut fd, mut onto): (c_int, c_int) = (0, 0);
    parse_tuple!(arguments.given, c"ii", &raw mut fd, &raw mut onto)?;
    let (fd, onto) = (held(fd)?, u32::try_from(onto).map_err(|_| Errno::EBADF)?);
    state().sockets.dup_onto(fd, onto)?;
    Ok(Object::none())
}

fn dup_fd_from(arguments: Arguments<'_>) -> PyResult<Object> {
    let (mut fd, mut least): (c_int, c_int) = (0, 0);
    parse_tuple!(arguments.given, c"ii", &raw mut fd, &raw mut least)?;
    let (fd, least) = (held(fd)?, u32::try_from(least).map_err(|_| Errno::EINVAL)?);
    Object::integer(state().sockets.dup_from(fd, least)?.into())
}

fn position_of(arguments: Arguments<'_>) -> PyResult<Object> {
    match state().sockets.position(ours(arguments.given.c_int()?)?)? {
        Some(position) => Object::integer(position.cast_signed()),
        None => Ok(Object::none()),
    }
}

fn pipe(_: Arguments<'_>) -> PyResult<Object> {
    let (reader, writer) = state().sockets.pipe()?;
    Object::tuple([Object::integer(reader.into())?, Object::integer(writer.into())?])
}

fn file_type(arguments: Arguments<'_>) -> PyResult<Object> {
    Object::text(match state().sockets.file_type(ours(arguments.given.c_int()?)?)? {
        FileType::Socket => "socket",
        FileType::Pipe => "pipe",
        FileType::Terminal => "terminal",
        FileType::Device => "device",
        FileType::Library => "file",
    })
}

fn open_standard_streams(_: Arguments<'_>) -> PyResult<Object> {
    state().sockets.open_standard_streams();
    Ok(Object::none())
}

fn open_device(arguments: Arguments<'_>) -> PyResult<Object> {
    let device = match &*arguments.given.utf8()? {
        "null" => Device::Null,
        "zero" => Device::Zero,
        "full" => Device::Full,
        "random" => Device::Random,
        name => return Err(Exception::Value.raise(&format!("open_device() knows no device {name:?}"))),
    };
    Object::integer(state().sockets.open_device(device)?.into())
}

fn is_socket_file(arguments: Arguments<'_>) -> PyResult<Object> {
    Object::boolean(state().sockets.is_socket_file(&path_of(arguments)?))
}

fn unlink_socket_file(arguments: Arguments<'_>) -> PyResult<Object> {
    state().sockets.unlink_socket_file(&path_of(arguments)?)?;
    Ok(Object::none())
}

fn path_of(arguments: Arguments<'_>) -> PyResult<Vec<u8>> {
    Ok(Buffer::of(arguments.given)?.bytes().to_vec())
}

/// The names by which the program sees the folders that it was given.
fn folders(_: Arguments<'_>) -> PyResult<Object> {
    #[cfg(feature = "interpreter")]
    if crate::interpreter::is_snapshot_being_taken() {
        return Object::list([]);
    }
    let folders = wasip2::filesystem::preopens::get_directories();
    Object::list(folders.into_iter().map(|(_, name)| Object::text(&name)))
}

fn fcntl(arguments: Arguments<'_>) -> PyResult<Object> {
    let (mut fd, mut command, mut argument): (c_int, c_int, c_int) = (0, 0, 0);
    parse_tuple!(arguments.given, c"iii", &raw mut fd, &raw mut command, &raw mut argument)?;
    // SAFETY: the C library checks the descriptor and the command.
    match unsafe { ffi::fcntl(fd, command, argument) } {
        -1 => Err(raise_c_errno()),
        answer => Object::integer(answer.into()),
    }
}

fn read_fd(arguments: Arguments<'_>) -> PyResult<Object> {
    let (mut fd, mut size): (c_int, Py_ssize_t) = (0, 0);
    parse_tuple!(arguments.given, c"in", &raw mut fd, &raw mut size)?;
    let fd = ours(fd)?;
    let size = usize::try_from(size).map_err(|_| Errno::EINVAL)?;
    Object::bytes(&state().sockets.read(fd, size)?)
}

fn write_fd(arguments: Arguments<'_>) -> PyResult<Object> {
    let (mut fd, mut data): (c_int, _) = (0, Buffer::empty());
    parse_tuple!(arguments.given, c"iy*", &raw mut fd, &raw mut data)?;
    let fd = ours(fd)?;
    let written = state().sockets.write(fd, data.bytes())?;
    state().pending_call.after_write();
    Object::size(written)
}

fn describe_fd(arguments: Arguments<'_>) -> PyResult<Object> {
    let fd = ours(arguments.given.c_int()?)?;
    let sockets = &state().sockets;
    Object::tuple([
        Object::integer(sockets.family(fd)?.number().into())?,
        Object::integer(sockets.kind(fd)?.number().into())?,
        Object::integer(sockets.protocol(fd)?.into())?,
    ])
}

fn drain(arguments: Arguments<'_>) -> PyResult<Object> {
    let mut seconds = 0.0_f64;
    parse_tuple!(arguments.given, c"d:drain", &raw mut seconds)?;
    let patience = Duration::try_from_secs_f64(seconds)
        .map_err(|_| Exception::Value.raise("drain() takes a number of seconds, at least 0"))?;
    let is_done = state().sockets.drain(patience);
    // A handler of a signal may have ended it.
    if occurred() { Err(Raised) } else { Object::boolean(is_done) }
}

fn flush(_: Arguments<'_>) -> PyResult<Object> {
    state().sockets.flush();
    Ok(Object::none())
}

fn set_coalescing(arguments: Arguments<'_>) -> PyResult<Object> {
    state().sockets.set_coalescing(Borrowed::is_true(arguments.given)?);
    Ok(Object::none())
}

fn hold_threads(_: Arguments<'_>) -> PyResult<Object> {
    #[cfg(feature = "threads")]
    crate::interpreter::hold_threads();
    Ok(Object::none())
}

fn stop_threads(_: Arguments<'_>) -> PyResult<Object> {
    #[cfg(feature = "threads")]
    crate::interpreter::stop_threads();
    Ok(Object::none())
}
