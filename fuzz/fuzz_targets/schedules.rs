//! See `wasocket_fuzz::schedules`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| wasocket_fuzz::schedules::check(input));
