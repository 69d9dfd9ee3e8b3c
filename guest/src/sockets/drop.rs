//! Dropping open descriptions. One may hold others that travel along with messages, and those hold others in turn: as many
//! as a program likes, so they are dropped one after the other and not one inside the other.

use std::rc::Rc;

use super::description::Rights;
use super::endpoint::Endpoint;
use crate::net::Network;

/// Drops `going`, and whatever is held by nothing else.
pub(super) fn let_go<N: Network>(mut going: Vec<Rights<N>>) {
    while let Some(description) = going.pop() {
        if Rc::strong_count(&description) == 1 {
            going.extend(description.endpoint.take_rights());
        }
    }
}
