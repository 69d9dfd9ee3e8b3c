//! See `wasocket_fuzz::addresses`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| wasocket_fuzz::addresses::check(input));
