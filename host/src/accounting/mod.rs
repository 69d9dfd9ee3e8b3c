//! A guest's use of the network: one account for each socket of the system, counts, and the audit.

pub(crate) mod account;
pub(crate) mod audit;
pub(crate) mod buffers;
pub(crate) mod event;
pub(crate) mod meter;
pub(crate) mod peers;
pub(crate) mod quota;
pub(crate) mod rate;
pub(crate) mod record;
pub(crate) mod table;
mod telemetry;
pub(crate) mod view;
