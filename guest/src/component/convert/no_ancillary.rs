//! Ancillary data, of which WASI has none.

use super::super::contract::types::AncillaryData;
use crate::ancillary::Ancillary;
use crate::errno::Errno;

/// None arrives.
pub(in super::super) fn ancillary_from_core(_: Vec<Ancillary>) -> Vec<AncillaryData> {
    Vec::new()
}

/// None can be sent.
pub(in super::super) fn ancillary_to_core(
    ancillary: &[AncillaryData],
    _is_inet6: bool,
) -> Result<Vec<Ancillary>, Errno> {
    if ancillary.is_empty() { Ok(Vec::new()) } else { Err(Errno::EOPNOTSUPP) }
}
