//! See `wasocket_fuzz::getaddrinfo`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| wasocket_fuzz::getaddrinfo::check(input));
