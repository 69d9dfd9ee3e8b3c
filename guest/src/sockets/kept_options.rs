//! Options that are kept with an open description.

use std::time::Duration;

use super::description::Attributes;
use crate::errno::Errno;
use crate::error::Result;
use crate::options::{Linger, OptionValue, SocketOption, time_from_bytes};

/// Options that have no effect below, or none that a network knows of.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kept {
    values: Vec<(SocketOption, i32)>,
    pub(crate) receive_timeout: Option<Duration>,
    pub(crate) send_timeout: Option<Duration>,
    linger: Linger,
}

impl Attributes {
    pub(super) fn time(&self, option: SocketOption) -> Option<Duration> {
        let kept = self.kept.borrow();
        if option == SocketOption::ReceiveTimeout { kept.receive_timeout } else { kept.send_timeout }
    }

    pub(super) fn set_time(&self, option: SocketOption, value: &OptionValue) -> Result<()> {
        let limit = match value {
            OptionValue::Bytes(bytes) => time_from_bytes(bytes)?,
            OptionValue::Int(_) | OptionValue::Error(_) => return Err(Errno::EINVAL.into()),
        };
        let mut kept = self.kept.borrow_mut();
        if option == SocketOption::ReceiveTimeout {
            kept.receive_timeout = limit;
        } else {
            kept.send_timeout = limit;
        }
        Ok(())
    }

    /// `SO_LINGER`, as the kernel writes it.
    pub(super) fn linger_bytes(&self) -> Vec<u8> {
        self.kept.borrow().linger.to_bytes()
    }

    pub(super) fn set_linger(&self, value: &OptionValue) -> Result<()> {
        let OptionValue::Bytes(bytes) = value else { return Err(Errno::EINVAL.into()) };
        let mut kept = self.kept.borrow_mut();
        kept.linger = kept.linger.set(bytes)?;
        Ok(())
    }

    pub(super) fn kept_value(&self, option: SocketOption) -> Option<i32> {
        self.kept.borrow().values.iter().find(|(known, _)| *known == option).map(|(_, value)| *value)
    }

    pub(super) fn keep(&self, option: SocketOption, value: i32) {
        let values = &mut self.kept.borrow_mut().values;
        values.retain(|(known, _)| *known != option);
        values.push((option, value));
    }
}
