//! The review's findings as tests: each proof that was an attack, with variants of it, on both ways to the network where both
//! have it. Beside each stands a control, which shows that the test would see the attack.
#![expect(clippy::disallowed_methods, reason = "the tests are the other end")]

mod answers;
mod anywhere;
mod audit;
mod beside;
#[path = "../common/fixture.rs"]
#[expect(dead_code, reason = "it is shared, and here not all of it is used")]
mod fixture;
mod handles;
mod hostile;
mod limits;
mod metadata;
#[path = "../../src/policy/tests/name_server.rs"]
#[expect(dead_code, reason = "it is shared, and here not all of it is used")]
mod name_server;
mod names;
mod paths;
mod rights;
mod sources;
mod strangers;
mod waiting;
mod way;

/// What is loaded before descriptors are counted.
fn prepare() {
    std::sync::LazyLock::force(&way::RAW_HOST);
}
