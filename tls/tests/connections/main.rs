//! Whole connections, both ends in memory, with certificates that are made for the test.

mod authority;
mod outcomes;
mod peers;
mod robustness;
mod transfer;
