//! Whole connections, both ends in memory, with certificates that are made for the test.

mod authority;
mod chains;
mod constraints;
mod contexts;
mod forge;
mod hosts;
mod outcomes;
mod p521;
mod peers;
mod robustness;
mod transfer;
