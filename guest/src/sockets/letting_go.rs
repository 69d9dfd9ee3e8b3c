//! Letting go of open descriptions. One may have others waiting in it that travel along with messages, and those have others
//! in turn: as many as a program likes, so that they are let go one after the other and not one inside the other.

use std::rc::Rc;

use super::description::{Description, Endpoint, Rights};
use crate::net::Net;

/// Drops `going`, and whatever is held by nothing else.
pub(super) fn let_go<N: Net>(mut going: Vec<Rights<N>>) {
    while let Some(description) = going.pop() {
        if Rc::strong_count(&description) == 1 {
            going.extend(description.take_rights());
        }
    }
}

impl<N: Net> Description<N> {
    /// The descriptors that wait here with messages that nobody will receive.
    fn take_rights(&self) -> Vec<Rights<N>> {
        match &self.endpoint {
            Endpoint::Unix(unix) => unix.take_rights(),
            // Nothing travels along through a pipe.
            Endpoint::Tcp(_)
            | Endpoint::Udp(_)
            | Endpoint::Pipe(_)
            | Endpoint::System(_)
            | Endpoint::Lookup(_)
            | Endpoint::File(_)
            | Endpoint::Reserved => Vec::new(),
        }
    }
}
