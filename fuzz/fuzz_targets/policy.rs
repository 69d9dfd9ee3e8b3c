//! See `wasocket_fuzz::policies`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| wasocket_fuzz::policies::check(input));
