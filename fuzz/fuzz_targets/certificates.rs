//! See `wasocket_fuzz::certificates`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| wasocket_fuzz::certificates::check(input));
