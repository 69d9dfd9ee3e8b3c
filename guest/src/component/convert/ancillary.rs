//! Ancillary data: each form that the contract has, by its bytes in the core.

use super::super::contract::types::{AncillaryData, Credentials, ExtendedError, OtherAncillaryData, PacketInformation};
use super::address::{address_from_core, ip_from_core, ip_to_core};
use super::error::errno_from_core;
use crate::ancillary::{Ancillary, ControlMessage};
use crate::errno::Errno;

/// What arrived with a message.
pub(in super::super) fn ancillary_from_core(ancillary: Vec<Ancillary>) -> Vec<AncillaryData> {
    ancillary.into_iter().map(|one| from_control_message(one.into())).collect()
}

/// What is to go along with a message, on a socket of IPv6 or of another family.
pub(in super::super) fn ancillary_to_core(
    ancillary: &[AncillaryData],
    is_inet6: bool,
) -> Result<Vec<Ancillary>, Errno> {
    ancillary.iter().map(|one| Ok(to_control_message(one)?.laid_out(is_inet6))).collect()
}

fn from_control_message(message: ControlMessage) -> AncillaryData {
    match message {
        ControlMessage::PacketInformation(address, interface) => {
            AncillaryData::PacketInformation(PacketInformation { address: ip_from_core(address), interface })
        }
        ControlMessage::HopLimit(hops) => AncillaryData::HopLimit(hops),
        ControlMessage::TrafficClass(class) => AncillaryData::TrafficClass(class),
        ControlMessage::OriginalDestination(address) => {
            AncillaryData::OriginalDestination(address_from_core(address.into()))
        }
        ControlMessage::ExtendedError(error) => AncillaryData::ExtendedError(ExtendedError {
            code: error.code.map(errno_from_core),
            origin: error.origin,
            icmp_type: error.icmp[0],
            icmp_code: error.icmp[1],
            information: error.information,
            offender: error.offender.map(|address| address_from_core(address.into())),
        }),
        ControlMessage::Credentials([pid, uid, gid]) => AncillaryData::Credentials(Credentials { pid, uid, gid }),
        ControlMessage::Timestamp(nanoseconds) => AncillaryData::Timestamp(nanoseconds),
        ControlMessage::Other(Ancillary { level, kind, data }) => {
            AncillaryData::Other(OtherAncillaryData { level, type_: kind, data })
        }
    }
}

fn to_control_message(data: &AncillaryData) -> Result<ControlMessage, Errno> {
    Ok(match data {
        AncillaryData::PacketInformation(PacketInformation { address, interface }) => {
            ControlMessage::PacketInformation(ip_to_core(*address), *interface)
        }
        AncillaryData::HopLimit(hops) => ControlMessage::HopLimit(*hops),
        AncillaryData::TrafficClass(class) => ControlMessage::TrafficClass(*class),
        AncillaryData::Credentials(Credentials { pid, uid, gid }) => ControlMessage::Credentials([*pid, *uid, *gid]),
        AncillaryData::Other(OtherAncillaryData { level, type_, data }) => {
            ControlMessage::Other(Ancillary { level: *level, kind: *type_, data: data.clone() })
        }
        // These are only received.
        AncillaryData::OriginalDestination(_) | AncillaryData::ExtendedError(_) | AncillaryData::Timestamp(_) => {
            return Err(Errno::EINVAL);
        }
    })
}
