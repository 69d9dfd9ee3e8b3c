//! Names: the resolver, and the addresses that its answers open.

mod answer;
pub(crate) mod pins;
pub(crate) mod resolver;
pub(crate) mod search;
