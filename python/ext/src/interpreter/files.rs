//! The numbers of files: the C library's descriptors are the core's, so that any number may refer to a file, a pipe or a socket.
//!
//! WASI numbers files by itself, knows no `dup(2)`, and has the program's folders among them. The linker has the C library call these
//! functions (`--wrap`) instead of WASI's, which they call with WASI's own numbers. What is no file is read and written by the core.

use std::ffi::{CStr, c_char, c_int};
use std::slice;

use libc::{EBADF, EINVAL, ENOTDIR, ESPIPE};
use wasocket::error::Error;
use wasocket::file::StandardStream;
use wasocket::sockets::{Fd, FileType, LibraryFile, Opened};

use crate::errors::errno_number;
use crate::ffi;
use crate::state::state;

/// `__wasi_errno_t`, whose numbers are the C library's.
pub(super) type Status = u16;

/// What goes well.
pub(super) const OK: Status = 0;
/// The numbers of the program's folders are WASI's with this bit, which no other descriptor's has: they are not the program's to close.
const FOLDERS: u32 = 1 << 30;
/// WASI's number of the first folder: those below are the standard streams'.
const FIRST_FOLDER: u32 = 3;

/// Who knows a number.
enum Place {
    /// WASI, by this number.
    Wasi(u32),
    /// The core.
    Core(Fd),
}

fn place(fd: u32) -> Result<Place, Status> {
    if fd & FOLDERS != 0 {
        return Ok(Place::Wasi(fd ^ FOLDERS));
    }
    match state().sockets.opened(fd) {
        Some(Opened::File(number)) => Ok(Place::Wasi(number)),
        Some(Opened::Stream(stream)) => Ok(Place::Wasi(stream as u32)),
        Some(Opened::Here) => Ok(Place::Core(fd)),
        None => Err(status(EBADF)),
    }
}

/// WASI's number of a folder, if it is one or a file.
pub(super) fn folder(fd: u32) -> Result<u32, Status> {
    match place(fd)? {
        Place::Wasi(number) if number >= FIRST_FOLDER => Ok(number),
        Place::Wasi(_) | Place::Core(_) => Err(status(ENOTDIR)),
    }
}

/// The program's number for a file that WASI has just opened.
pub(super) fn opened(number: u32) -> Result<Fd, Status> {
    state().sockets.insert_file(LibraryFile { number, close: close_file }).map_err(|error| failure(&error))
}

fn close_file(number: u32) {
    // SAFETY: the file is open. WASI may fail to write what it holds; the number is free all the same.
    unsafe { real::close(number) };
}

/// Has the C library find the program's folders. To be called before it is asked for a path.
pub(super) fn register_folders() {
    for number in FIRST_FOLDER.. {
        let mut folder = Folder { kind: 0, length: 0 };
        // SAFETY: any number may be asked for.
        if unsafe { real::prestat_get(number, &raw mut folder) } != OK {
            return;
        }
        // The name ends with a zero.
        let mut name = vec![0_u8; folder.length + 1];
        // SAFETY: the name has room for so many bytes.
        unsafe { real::prestat_dir_name(number, name.as_mut_ptr(), folder.length) };
        let Ok(name) = CStr::from_bytes_until_nul(&name) else { return };
        // SAFETY: the name is a C string, of which the function makes a copy.
        unsafe { __wasilibc_register_preopened_fd((number | FOLDERS).cast_signed(), name.as_ptr()) };
    }
}

/// An error of the core. Its number is Python's, for which CPython's lock is taken: errors are rare.
fn failure(error: &Error) -> Status {
    let Error::Os { errno, .. } = error else { return status(libc::EIO) };
    // SAFETY: Python has been started: only it opens what the core reads and writes.
    unsafe {
        let lock = ffi::PyGILState_Ensure();
        let number = errno_number(*errno);
        ffi::PyGILState_Release(lock);
        status(number)
    }
}

fn status(number: c_int) -> Status {
    Status::try_from(number).unwrap_or(Status::MAX)
}

fn done(answer: Result<(), Error>) -> Status {
    answer.map_or_else(|error| failure(&error), |()| OK)
}

/// Puts the answer where the C library wants it.
///
/// # Safety
/// There is room for it.
pub(super) unsafe fn put<T>(to: *mut T, answer: Result<T, Status>) -> Status {
    match answer {
        Ok(answer) => {
            // SAFETY: the caller's promise.
            unsafe { to.write(answer) };
            OK
        }
        Err(status) => status,
    }
}

/// `__wasi_prestat_t`.
#[repr(C)]
struct Folder {
    kind: u8,
    length: usize,
}

/// `__wasi_iovec_t` and `__wasi_ciovec_t`.
#[repr(C)]
struct Part {
    data: *mut u8,
    length: usize,
}

impl Part {
    /// # Safety
    /// It is so many bytes, which nobody changes meanwhile.
    unsafe fn bytes(&self) -> &[u8] {
        if self.length == 0 {
            return &[]; // it may be nowhere
        }
        // SAFETY: the caller's promise.
        unsafe { slice::from_raw_parts(self.data, self.length) }
    }
}

/// `__wasi_fdstat_t`.
#[repr(C)]
struct DescriptorStatus {
    kind: u8,
    flags: u16,
    rights: u64,
    inherited_rights: u64,
}

/// `__wasi_filestat_t`.
#[repr(C)]
struct FileStatus {
    device: u64,
    number: u64,
    kind: u8,
    links: u64,
    size: u64,
    times: [u64; 3],
}

/// `__WASI_FDFLAGS_NONBLOCK`.
pub(super) const NONBLOCKING: u16 = 4;
/// `__WASI_FILETYPE_REGULAR_FILE`.
const REGULAR_FILE: u8 = 4;
/// `__WASI_RIGHTS_FD_READ` and `__WASI_RIGHTS_FD_WRITE`.
const READS_AND_WRITES: u64 = 1 << 1 | 1 << 6;
/// `__WASI_RIGHTS_FD_SEEK` and `__WASI_RIGHTS_FD_TELL`.
const SEEKS: u64 = 1 << 2 | 1 << 5;

/// Functions of `wasi/api.h` by name, with their arguments, which WASI answers for files; after `else` what is answered for
/// anything else, which the core knows by that number.
macro_rules! of_files {
    ($($name:ident as $wrapped:literal, $real:literal: ($($argument:ident: $type:ty),*) else |$fd:ident| $answer:expr;)+) => {
        mod real {
            use super::{DescriptorStatus, FileStatus, Folder, Part, Status};

            unsafe extern "C" {
                $(#[link_name = $real] pub(super) fn $name(fd: u32 $(, $argument: $type)*) -> Status;)+
                #[link_name = "__wasi_fd_close"]
                pub(super) fn close(fd: u32) -> Status;
                #[link_name = "__real___wasi_fd_prestat_get"]
                pub(super) fn prestat_get(fd: u32, answer: *mut Folder) -> Status;
                #[link_name = "__real___wasi_fd_fdstat_get"]
                pub(super) fn fdstat_get(fd: u32, answer: *mut DescriptorStatus) -> Status;
                #[link_name = "__real___wasi_fd_fdstat_set_flags"]
                pub(super) fn fdstat_set_flags(fd: u32, flags: u16) -> Status;
                #[link_name = "__real___wasi_fd_read"]
                pub(super) fn read(fd: u32, parts: *const Part, count: usize, answer: *mut usize) -> Status;
                #[link_name = "__wasi_fd_prestat_dir_name"]
                pub(super) fn prestat_dir_name(fd: u32, name: *mut u8, length: usize) -> Status;
            }
        }
        $(
            #[unsafe(export_name = $wrapped)]
            unsafe extern "C" fn $name(fd: u32 $(, $argument: $type)*) -> Status {
                // SAFETY: the C library gives its own arguments, and room for what it asks for.
                unsafe {
                    match place(fd) {
                        Ok(Place::Wasi(number)) => real::$name(number $(, $argument)*),
                        Ok(Place::Core($fd)) => $answer,
                        Err(status) => status,
                    }
                }
            }
        )+
    };
}

of_files! {
    advise as "__wrap___wasi_fd_advise", "__real___wasi_fd_advise":
        (offset: u64, length: u64, advice: u8) else |_fd| status(ESPIPE);
    allocate as "__wrap___wasi_fd_allocate", "__real___wasi_fd_allocate":
        (offset: u64, length: u64) else |_fd| status(ESPIPE);
    datasync as "__wrap___wasi_fd_datasync", "__real___wasi_fd_datasync": () else |_fd| status(EINVAL);
    filestat_get as "__wrap___wasi_fd_filestat_get", "__real___wasi_fd_filestat_get":
        (answer: *mut FileStatus) else |fd| put(answer, Ok(file_status(fd)));
    filestat_set_size as "__wrap___wasi_fd_filestat_set_size", "__real___wasi_fd_filestat_set_size":
        (size: u64) else |_fd| status(EINVAL);
    filestat_set_times as "__wrap___wasi_fd_filestat_set_times", "__real___wasi_fd_filestat_set_times":
        (accessed: u64, modified: u64, which: u16) else |_fd| status(EINVAL);
    pread as "__wrap___wasi_fd_pread", "__real___wasi_fd_pread":
        (parts: *const Part, count: usize, offset: u64, answer: *mut usize) else |_fd| status(ESPIPE);
    pwrite as "__wrap___wasi_fd_pwrite", "__real___wasi_fd_pwrite":
        (parts: *const Part, count: usize, offset: u64, answer: *mut usize) else |_fd| status(ESPIPE);
    readdir as "__wrap___wasi_fd_readdir", "__real___wasi_fd_readdir":
        (buffer: *mut u8, length: usize, cookie: u64, answer: *mut usize) else |_fd| status(ENOTDIR);
    seek as "__wrap___wasi_fd_seek", "__real___wasi_fd_seek":
        (offset: i64, whence: u8, answer: *mut u64) else |fd| put(answer, position(fd));
    sync as "__wrap___wasi_fd_sync", "__real___wasi_fd_sync": () else |_fd| status(EINVAL);
    tell as "__wrap___wasi_fd_tell", "__real___wasi_fd_tell": (answer: *mut u64) else |fd| put(answer, position(fd));
    write as "__wrap___wasi_fd_write", "__real___wasi_fd_write":
        (parts: *const Part, count: usize, answer: *mut usize) else |fd| put(answer, write_from(fd, slice::from_raw_parts(parts, count)));
}

/// Standard input is read by the core, too: there others run while a thread waits, a signal ends the wait, and what sockets hold back
/// is sent before.
#[unsafe(export_name = "__wrap___wasi_fd_read")]
unsafe extern "C" fn read(fd: u32, parts: *const Part, count: usize, answer: *mut usize) -> Status {
    let place = match state().sockets.opened(fd) {
        Some(Opened::Stream(StandardStream::Input)) if !super::is_snapshot_being_taken() => {
            state().sockets.flush();
            Ok(Place::Core(fd))
        }
        Some(_) | None => place(fd),
    };
    // SAFETY: the C library gives its own arguments, and room for what it asks for.
    unsafe {
        match place {
            Ok(Place::Wasi(number)) => real::read(number, parts, count, answer),
            Ok(Place::Core(fd)) => put(answer, read_into(fd, slice::from_raw_parts(parts, count))),
            Err(status) => status,
        }
    }
}

/// `fcntl(fd, F_GETFL)`.
#[unsafe(export_name = "__wrap___wasi_fd_fdstat_get")]
unsafe extern "C" fn fdstat_get(fd: u32, answer: *mut DescriptorStatus) -> Status {
    // SAFETY: the C library gives room for what it asks for.
    unsafe {
        match place(fd) {
            Ok(Place::Wasi(number)) => match real::fdstat_get(number, answer) {
                OK => {
                    if is_nonblocking(fd) {
                        (*answer).flags |= NONBLOCKING;
                    }
                    OK
                }
                status => status,
            },
            Ok(Place::Core(fd)) => put(answer, Ok(descriptor_status(fd))),
            Err(status) => status,
        }
    }
}

/// `fcntl(fd, F_SETFL, flags)`. On Linux `O_NONBLOCK` changes nothing for a regular file: the core keeps it. WASI, if it knew, would
/// answer that nothing has been read or written yet.
#[unsafe(export_name = "__wrap___wasi_fd_fdstat_set_flags")]
pub(super) unsafe extern "C" fn fdstat_set_flags(fd: u32, flags: u16) -> Status {
    let nonblocking = flags & NONBLOCKING != 0;
    match place(fd) {
        Ok(Place::Wasi(number)) if is_regular_file(fd, number) => {
            // SAFETY: any number may be asked for.
            match unsafe { real::fdstat_set_flags(number, flags & !NONBLOCKING) } {
                OK => done(state().sockets.set_nonblocking(fd, nonblocking)),
                status => status,
            }
        }
        // SAFETY: any number may be asked for.
        Ok(Place::Wasi(number)) => unsafe { real::fdstat_set_flags(number, flags) },
        Ok(Place::Core(fd)) => done(state().sockets.set_nonblocking(fd, nonblocking)),
        Err(status) => status,
    }
}

fn is_regular_file(fd: u32, number: u32) -> bool {
    let mut descriptor = DescriptorStatus { kind: 0, flags: 0, rights: 0, inherited_rights: 0 };
    // SAFETY: there is room for what is asked for.
    let known = unsafe { real::fdstat_get(number, &raw mut descriptor) } == OK;
    known && descriptor.kind == REGULAR_FILE && matches!(state().sockets.opened(fd), Some(Opened::File(_)))
}

fn is_nonblocking(fd: Fd) -> bool {
    state().sockets.nonblocking(fd).unwrap_or(false)
}

/// `close(2)`, for which this C library asks WASI itself.
#[unsafe(no_mangle)]
extern "C" fn close(fd: c_int) -> c_int {
    let closed = match u32::try_from(fd) {
        Ok(fd) if state().sockets.is_open(fd) => done(state().sockets.close(fd)),
        // Asked first, since `os.closerange()` asks for many.
        Ok(_) | Err(_) => status(EBADF),
    };
    if closed == OK {
        return 0;
    }
    // SAFETY: it is the errno of this thread.
    unsafe { *__errno_location() = closed.into() };
    -1
}

/// The C library would number the folders by itself if it found any.
#[unsafe(export_name = "__wrap___wasi_fd_prestat_get")]
extern "C" fn prestat_get(_: u32, _: *mut Folder) -> Status {
    status(EBADF)
}

fn descriptor_status(fd: Fd) -> DescriptorStatus {
    let flags = if is_nonblocking(fd) { NONBLOCKING } else { 0 };
    // By these the C library distinguishes terminals, which do not seek.
    let seeks = if position(fd).is_ok() { SEEKS } else { 0 };
    DescriptorStatus { kind: kind(fd), flags, rights: READS_AND_WRITES | seeks, inherited_rights: 0 }
}

fn file_status(fd: Fd) -> FileStatus {
    FileStatus { device: 0, number: fd.into(), kind: kind(fd), links: 1, size: 0, times: [0; 3] }
}

/// `__wasi_filetype_t`: WASI has none for pipes.
fn kind(fd: Fd) -> u8 {
    match state().sockets.file_type(fd) {
        Ok(FileType::Socket) => 6,
        Ok(FileType::Terminal | FileType::Device) => 2,
        Ok(FileType::Pipe | FileType::Library) | Err(_) => 0,
    }
}

fn position(fd: Fd) -> Result<u64, Status> {
    state().sockets.position(fd).map_err(|error| failure(&error))?.ok_or(status(ESPIPE))
}

/// Reads into these parts one after the other; how many bytes there were.
///
/// # Safety
/// Each part is room for so many bytes.
unsafe fn read_into(fd: Fd, parts: &[Part]) -> Result<usize, Status> {
    let room = parts.iter().fold(0_usize, |room, part| room.saturating_add(part.length));
    let data = state().sockets.read(fd, room).map_err(|error| failure(&error))?;
    let mut rest = data.as_slice();
    for part in parts {
        let (fitting, others) = rest.split_at(part.length.min(rest.len()));
        // SAFETY: the caller's promise; it is not the memory that the core has read into.
        unsafe { fitting.as_ptr().copy_to_nonoverlapping(part.data, fitting.len()) };
        rest = others;
    }
    Ok(data.len())
}

/// Writes what is in these parts; how many bytes were taken.
///
/// # Safety
/// Each part is so many bytes, which nobody changes meanwhile.
unsafe fn write_from(fd: Fd, parts: &[Part]) -> Result<usize, Status> {
    // SAFETY: the caller's promise.
    let parts: Vec<_> = parts.iter().map(|part| unsafe { part.bytes() }).collect();
    let written = match parts.as_slice() {
        [whole] => state().sockets.write(fd, whole),
        parts => state().sockets.write(fd, &parts.concat()),
    };
    let written = written.map_err(|error| failure(&error))?;
    state().pending_call.after_write();
    Ok(written)
}

unsafe extern "C" {
    fn __errno_location() -> *mut c_int;
    /// Has the C library open what is below that name in that folder.
    fn __wasilibc_register_preopened_fd(fd: c_int, name: *const c_char) -> c_int;
}
