//! See `wasocket_fuzz::chains`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| wasocket_fuzz::chains::check(input));
