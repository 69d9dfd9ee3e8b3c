//! See `wasocket_fuzz::ancillary`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| wasocket_fuzz::ancillary::check(input));
