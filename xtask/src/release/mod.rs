//! What others install: packages of each kind, laid out in `target/wasocket/release`. Nothing is published.

pub(crate) mod npm;
pub(crate) mod wheel;
