//! See `wasocket_fuzz::records`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| wasocket_fuzz::records::check(input));
