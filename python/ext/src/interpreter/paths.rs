//! Paths that are not UTF-8 are `EILSEQ`, as WASI's own C library has it, and the folders that they begin in are known by our numbers.
//!
//! The component model passes paths as strings: one that is no UTF-8 would end the program at once. The linker has the C library call
//! these functions (`--wrap`) instead of its own, which they call.

use std::ffi::{CStr, c_char};

use super::files::{self, NONBLOCKING, Status};

/// `__WASI_ERRNO_ILSEQ`.
const ILSEQ: Status = 25;

/// Whether WASI takes the path.
///
/// # Safety
/// `path` is a C string.
unsafe fn is_text(path: *const c_char) -> bool {
    // SAFETY: the caller's promise.
    unsafe { CStr::from_ptr(path) }.to_str().is_ok()
}

/// Functions of `wasi/api.h` by name, with their arguments; those after the bars are the folders, and the paths in them.
macro_rules! checked {
    ($($name:ident as $wrapped:literal, $real:literal: ($($argument:ident: $type:ty),+) | $($fd:ident),+ | $($path:ident),+;)+) => {
        mod real {
            use super::{Status, c_char};

            unsafe extern "C" {
                $(#[link_name = $real] pub(super) fn $name($($argument: $type),+) -> Status;)+
                #[link_name = "__real___wasi_path_open"]
                pub(super) fn open(
                    fd: u32,
                    flags: u32,
                    path: *const c_char,
                    how: u16,
                    rights: u64,
                    inherited: u64,
                    modes: u16,
                    answer: *mut u32,
                ) -> Status;
            }
        }
        $(
            #[unsafe(export_name = $wrapped)]
            unsafe extern "C" fn $name($($argument: $type),+) -> Status {
                // SAFETY: the C library gives C strings and its own arguments.
                unsafe {
                    if !($(is_text($path))&&+) {
                        return ILSEQ;
                    }
                    $(let $fd = match files::folder($fd) {
                        Ok(folder) => folder,
                        Err(status) => return status,
                    };)+
                    real::$name($($argument),+)
                }
            }
        )+
    };
}

checked! {
    create_directory as "__wrap___wasi_path_create_directory", "__real___wasi_path_create_directory":
        (fd: u32, path: *const c_char) | fd | path;
    filestat_get as "__wrap___wasi_path_filestat_get", "__real___wasi_path_filestat_get":
        (fd: u32, flags: u32, path: *const c_char, answer: *mut u8) | fd | path;
    filestat_set_times as "__wrap___wasi_path_filestat_set_times", "__real___wasi_path_filestat_set_times":
        (fd: u32, flags: u32, path: *const c_char, accessed: u64, modified: u64, which: u16) | fd | path;
    link as "__wrap___wasi_path_link", "__real___wasi_path_link":
        (old_fd: u32, flags: u32, old: *const c_char, new_fd: u32, new: *const c_char) | old_fd, new_fd | old, new;
    readlink as "__wrap___wasi_path_readlink", "__real___wasi_path_readlink":
        (fd: u32, path: *const c_char, buffer: *mut u8, size: usize, answer: *mut usize) | fd | path;
    remove_directory as "__wrap___wasi_path_remove_directory", "__real___wasi_path_remove_directory":
        (fd: u32, path: *const c_char) | fd | path;
    rename as "__wrap___wasi_path_rename", "__real___wasi_path_rename":
        (fd: u32, old: *const c_char, new_fd: u32, new: *const c_char) | fd, new_fd | old, new;
    symlink as "__wrap___wasi_path_symlink", "__real___wasi_path_symlink":
        (old: *const c_char, fd: u32, new: *const c_char) | fd | old, new;
    unlink_file as "__wrap___wasi_path_unlink_file", "__real___wasi_path_unlink_file":
        (fd: u32, path: *const c_char) | fd | path;
}

#[unsafe(export_name = "__wrap___wasi_path_open")]
unsafe extern "C" fn open(
    fd: u32,
    flags: u32,
    path: *const c_char,
    how: u16,
    rights: u64,
    inherited: u64,
    modes: u16,
    answer: *mut u32,
) -> Status {
    // SAFETY: the C library gives C strings and its own arguments, and room for the answer.
    unsafe {
        if !is_text(path) {
            return ILSEQ;
        }
        let opened = files::folder(fd).and_then(|folder| {
            let mut number = 0;
            match real::open(folder, flags, path, how, rights, inherited, modes & !NONBLOCKING, &raw mut number) {
                files::OK => files::opened(number),
                status => Err(status),
            }
        });
        let opened = opened.inspect(|fd| {
            if modes & NONBLOCKING != 0 {
                files::fdstat_set_flags(*fd, modes);
            }
        });
        files::put(answer, opened)
    }
}
