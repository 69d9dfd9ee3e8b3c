//! Paths that are not UTF-8 are `EILSEQ`, as WASI's own C library has it.
//!
//! The component model passes paths as strings: one that is no UTF-8 would end the program at once. The linker has the C library call
//! these functions (`--wrap`) instead of its own, which they call.

use std::ffi::{CStr, c_char};

/// `__wasi_errno_t`: `__WASI_ERRNO_ILSEQ`.
const ILSEQ: u16 = 25;

/// Whether WASI takes the path.
///
/// # Safety
/// `path` is a C string.
unsafe fn is_text(path: *const c_char) -> bool {
    // SAFETY: the caller's promise.
    unsafe { CStr::from_ptr(path) }.to_str().is_ok()
}

/// Functions of `wasi/api.h` by name, with their arguments; those after the bar are paths.
macro_rules! checked {
    ($($name:ident as $wrapped:literal, $real:literal: ($($argument:ident: $type:ty),+) | $($path:ident),+;)+) => {
        mod real {
            use std::ffi::c_char;

            unsafe extern "C" {
                $(#[link_name = $real] pub(super) fn $name($($argument: $type),+) -> u16;)+
            }
        }
        $(
            #[unsafe(export_name = $wrapped)]
            unsafe extern "C" fn $name($($argument: $type),+) -> u16 {
                // SAFETY: the C library gives C strings and its own arguments.
                unsafe {
                    if $(is_text($path))&&+ { real::$name($($argument),+) } else { ILSEQ }
                }
            }
        )+
    };
}

checked! {
    create_directory as "__wrap___wasi_path_create_directory", "__real___wasi_path_create_directory":
        (fd: i32, path: *const c_char) | path;
    filestat_get as "__wrap___wasi_path_filestat_get", "__real___wasi_path_filestat_get":
        (fd: i32, flags: u32, path: *const c_char, answer: *mut u8) | path;
    filestat_set_times as "__wrap___wasi_path_filestat_set_times", "__real___wasi_path_filestat_set_times":
        (fd: i32, flags: u32, path: *const c_char, accessed: u64, modified: u64, which: u16) | path;
    link as "__wrap___wasi_path_link", "__real___wasi_path_link":
        (old_fd: i32, flags: u32, old: *const c_char, new_fd: i32, new: *const c_char) | old, new;
    open as "__wrap___wasi_path_open", "__real___wasi_path_open":
        (fd: i32, flags: u32, path: *const c_char, how: u16, rights: u64, inherited: u64, modes: u16, answer: *mut i32) | path;
    readlink as "__wrap___wasi_path_readlink", "__real___wasi_path_readlink":
        (fd: i32, path: *const c_char, buffer: *mut u8, size: usize, answer: *mut usize) | path;
    remove_directory as "__wrap___wasi_path_remove_directory", "__real___wasi_path_remove_directory":
        (fd: i32, path: *const c_char) | path;
    rename as "__wrap___wasi_path_rename", "__real___wasi_path_rename":
        (fd: i32, old: *const c_char, new_fd: i32, new: *const c_char) | old, new;
    symlink as "__wrap___wasi_path_symlink", "__real___wasi_path_symlink":
        (old: *const c_char, fd: i32, new: *const c_char) | old, new;
    unlink_file as "__wrap___wasi_path_unlink_file", "__real___wasi_path_unlink_file":
        (fd: i32, path: *const c_char) | path;
}
