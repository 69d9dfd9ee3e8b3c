//! Conversions between the contract and the core, one to one, and nothing else.

mod address;
#[cfg(feature = "host")]
mod ancillary;
mod error;
mod flags;
mod kinds;
#[cfg(not(feature = "host"))]
mod no_ancillary;
mod option;
mod option_numbers;

pub(super) use address::{address_from_core, address_to_core, ip_from_core, ip_to_core, ipv4_from_core, ipv4_to_core};
#[cfg(feature = "host")]
pub(super) use ancillary::{ancillary_from_core, ancillary_to_core};
pub(super) use error::{contract_error, error_from_core};
pub(super) use flags::{
    address_info_flags_to_numbers, events_from_core, events_to_core, message_flags_from_core, message_flags_to_core,
    name_info_flags_to_numbers, trigger_to_core,
};
pub(super) use kinds::{
    family_from_core, family_number, family_to_core, protocol_from_core, protocol_to_core, shutdown_to_core,
    type_from_core, type_from_number, type_number, type_to_core,
};
#[cfg(not(feature = "host"))]
pub(super) use no_ancillary::{ancillary_from_core, ancillary_to_core};
pub(super) use option::{value_from_core, value_to_core};
pub(super) use option_numbers::numbers;
