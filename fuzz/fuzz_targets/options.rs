//! See `wasocket_fuzz::options`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| wasocket_fuzz::options::check(input));
