//! Whole connections, both ends in memory, with certificates that are made for the test.

mod authority;
mod contexts;
mod hosts;
mod chains;
mod constraints;
mod forge;
mod outcomes;
mod p521;
mod peers;
mod robustness;
mod transfer;
