//! The library as its users have it, with a guest that does on plain `wasi:sockets` whatever a test says: what an attacker
//! would try, each state of a socket, and many guests at a time.
#![expect(clippy::disallowed_methods, reason = "the tests are the other end")]

mod addresses;
mod audit;
mod fetching;
#[path = "../common/fixture.rs"]
mod fixture;
mod guests;
mod limits;
mod resources;
mod system;

/// What is loaded before descriptors are counted.
fn prepare() {
    std::sync::LazyLock::force(&system::COMMAND);
}
