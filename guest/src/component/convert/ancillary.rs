//! Ancillary data.

use super::super::contract::types::AncillaryData;
#[cfg(feature = "host")]
use super::super::contract::types::OtherAncillaryData;
use crate::ancillary::Ancillary;
use crate::errno::Errno;

/// What arrived with a message, by its numbers.
#[cfg(feature = "host")]
pub(in super::super) fn ancillary_from_core(ancillary: Vec<Ancillary>) -> Vec<AncillaryData> {
    let other = |Ancillary { level, kind, data }| AncillaryData::Other(OtherAncillaryData { level, type_: kind, data });
    ancillary.into_iter().map(other).collect()
}

/// What is to go along with a message, which is named by its numbers.
#[cfg(feature = "host")]
pub(in super::super) fn ancillary_to_core(ancillary: &[AncillaryData]) -> Result<Vec<Ancillary>, Errno> {
    let raw = |one: &AncillaryData| match one {
        AncillaryData::Other(other) => {
            Ok(Ancillary { level: other.level, kind: other.type_, data: other.data.clone() })
        }
        _ => Err(Errno::EOPNOTSUPP),
    };
    ancillary.iter().map(raw).collect()
}

/// WASI has none.
#[cfg(not(feature = "host"))]
pub(in super::super) fn ancillary_from_core(_: Vec<Ancillary>) -> Vec<AncillaryData> {
    Vec::new()
}

/// WASI takes none.
#[cfg(not(feature = "host"))]
pub(in super::super) fn ancillary_to_core(ancillary: &[AncillaryData]) -> Result<Vec<Ancillary>, Errno> {
    if ancillary.is_empty() { Ok(Vec::new()) } else { Err(Errno::EOPNOTSUPP) }
}
