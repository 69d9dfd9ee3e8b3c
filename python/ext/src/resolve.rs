//! Questions about names that have to be asked of the network.

use std::net::IpAddr;

use wasocket::address::IpFamily;
use wasocket::net::Net as _;
use wasocket::netdb::{self, Plan};
use wasocket::time::Deadline;

use crate::errors::{PyResult, Raised};
use crate::state::state;

/// The address of the host `name`: what CPython does before each call that takes an address, without an audit event.
pub(crate) fn host_address(name: &[u8], family: IpFamily) -> PyResult<IpAddr> {
    answer(netdb::resolve_host(name, family)?)
}

/// The answer to a question, asking the network if need be.
pub(crate) fn answer<T>(plan: Plan<T>) -> PyResult<T> {
    match plan {
        Plan::Done(answer) => Ok(answer),
        Plan::Lookup(pending) => {
            let net = state().sockets.net();
            let found = net.lookup(pending.name());
            let found = found.and_then(|mut lookup| net.finish_lookup(&mut lookup, Deadline::Never));
            pending.finish(found).map_err(Raised::from)
        }
    }
}
