//! Names: who is asked for them, and what their answers open.

mod answer;
pub(crate) mod pins;
pub(crate) mod resolver;
pub(crate) mod search;
