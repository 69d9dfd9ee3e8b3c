//! See `wasocket_fuzz::destinations`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| wasocket_fuzz::destinations::check(input));
