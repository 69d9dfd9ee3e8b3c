//! Sets of flags, each by one table of pairs.

use super::super::contract::netdb::{AddressInfoFlags, NameInfoFlags};
use super::super::contract::polling;
use super::super::contract::types;
use crate::message::MessageFlags;
use crate::netdb::numbers::{
    AI_ADDRCONFIG, AI_ALL, AI_CANONNAME, AI_NUMERICHOST, AI_NUMERICSERV, AI_PASSIVE, AI_V4MAPPED, NI_DGRAM, NI_IDN,
    NI_NAMEREQD, NI_NOFQDN, NI_NUMERICHOST, NI_NUMERICSERV,
};
use crate::polling::{Events, Trigger};

/// The flags of a call.
pub(in super::super) fn message_flags_to_core(flags: types::MessageFlags) -> MessageFlags {
    let set = MESSAGE_FLAGS.iter().filter(|(named, _)| flags.contains(*named));
    set.fold(MessageFlags::empty(), |all, (_, one)| all.union(*one))
}

/// The flags of a message.
pub(in super::super) fn message_flags_from_core(flags: MessageFlags) -> types::MessageFlags {
    MESSAGE_FLAGS.iter().filter(|(_, one)| flags.contains(*one)).map(|(named, _)| *named).collect()
}

/// Events to wait for.
#[inline(never)]
pub(in super::super) fn events_to_core(events: polling::Events) -> Events {
    EVENTS.iter().filter(|(named, _)| events.contains(*named)).fold(Events::empty(), |all, (_, one)| all.union(*one))
}

/// Events that were found.
pub(in super::super) fn events_from_core(events: Events) -> polling::Events {
    EVENTS.iter().filter(|(_, one)| events.intersects(*one)).map(|(named, _)| *named).collect()
}

/// How often events are reported.
#[inline(never)]
pub(in super::super) fn trigger_to_core(trigger: polling::Trigger) -> Trigger {
    let named = [(polling::Trigger::EDGE, Trigger::EDGE), (polling::Trigger::ONE_SHOT, Trigger::ONE_SHOT)];
    named.into_iter().filter(|(named, _)| trigger.contains(*named)).map(|(_, one)| one).collect()
}

/// `AI_*`.
pub(in super::super) fn address_info_flags_to_numbers(flags: AddressInfoFlags) -> i32 {
    ADDRESS_INFO_FLAGS.iter().filter(|(named, _)| flags.contains(*named)).fold(0, |all, (_, one)| all | one)
}

/// `NI_*`.
pub(in super::super) fn name_info_flags_to_numbers(flags: NameInfoFlags) -> i32 {
    NAME_INFO_FLAGS.iter().filter(|(named, _)| flags.contains(*named)).fold(0, |all, (_, one)| all | one)
}

const MESSAGE_FLAGS: [(types::MessageFlags, MessageFlags); 14] = [
    (types::MessageFlags::OUT_OF_BAND, MessageFlags::OOB),
    (types::MessageFlags::PEEK, MessageFlags::PEEK),
    (types::MessageFlags::DONT_ROUTE, MessageFlags::DONTROUTE),
    (types::MessageFlags::CONTROL_TRUNCATED, MessageFlags::CTRUNC),
    (types::MessageFlags::TRUNCATED, MessageFlags::TRUNC),
    (types::MessageFlags::DONT_WAIT, MessageFlags::DONTWAIT),
    (types::MessageFlags::END_OF_RECORD, MessageFlags::EOR),
    (types::MessageFlags::WAIT_ALL, MessageFlags::WAITALL),
    (types::MessageFlags::CONFIRM, MessageFlags::CONFIRM),
    (types::MessageFlags::ERROR_QUEUE, MessageFlags::ERRQUEUE),
    (types::MessageFlags::NO_SIGNAL, MessageFlags::NOSIGNAL),
    (types::MessageFlags::MORE, MessageFlags::MORE),
    (types::MessageFlags::FAST_OPEN, MessageFlags::FASTOPEN),
    (types::MessageFlags::CLOSE_ON_EXEC, MessageFlags::CMSG_CLOEXEC),
];

/// All but `message`, which Linux never reports.
const EVENTS: [(polling::Events, Events); 11] = [
    (polling::Events::READABLE, Events::IN),
    (polling::Events::PRIORITY, Events::PRI),
    (polling::Events::WRITABLE, Events::OUT),
    (polling::Events::ERROR, Events::ERR),
    (polling::Events::HANG_UP, Events::HUP),
    (polling::Events::INVALID, Events::NVAL),
    (polling::Events::READ_NORMAL, Events::RDNORM),
    (polling::Events::READ_BAND, Events::RDBAND),
    (polling::Events::WRITE_NORMAL, Events::WRNORM),
    (polling::Events::WRITE_BAND, Events::WRBAND),
    (polling::Events::READ_HANG_UP, Events::RDHUP),
];

const ADDRESS_INFO_FLAGS: [(AddressInfoFlags, i32); 7] = [
    (AddressInfoFlags::PASSIVE, AI_PASSIVE),
    (AddressInfoFlags::CANONICAL_NAME, AI_CANONNAME),
    (AddressInfoFlags::NUMERIC_HOST, AI_NUMERICHOST),
    (AddressInfoFlags::V4_MAPPED, AI_V4MAPPED),
    (AddressInfoFlags::ALL, AI_ALL),
    (AddressInfoFlags::ADDRESS_CONFIGURATION, AI_ADDRCONFIG),
    (AddressInfoFlags::NUMERIC_SERVICE, AI_NUMERICSERV),
];

const NAME_INFO_FLAGS: [(NameInfoFlags, i32); 6] = [
    (NameInfoFlags::NUMERIC_HOST, NI_NUMERICHOST),
    (NameInfoFlags::NUMERIC_SERVICE, NI_NUMERICSERV),
    (NameInfoFlags::NO_DOMAIN, NI_NOFQDN),
    (NameInfoFlags::NAME_REQUIRED, NI_NAMEREQD),
    (NameInfoFlags::DATAGRAM, NI_DGRAM),
    (NameInfoFlags::INTERNATIONALIZED, NI_IDN),
];
