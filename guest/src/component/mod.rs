//! The component `wasocket`: the contract of `wit/`, exported over `wasi:sockets`.
//!
//! It is world `portable`, or `complete` with the feature `host`. Each function converts its arguments ([`convert`]), calls the
//! core's function of the same meaning ([`Sockets`]) and converts the answer; nothing is decided here.
//!
//! Nothing a caller passes may trap. Sizes are capped before anything is allocated for them, a handle stays valid
//! whichever other handles are dropped, and a number is a descriptor only if the table says so. Small writes are not
//! coalesced: no runner would say when to send them.
//!
//! # Building
//!
//! The crate type `cdylib` belongs to this build alone, so it is not in the manifest. For the target
//! `wasm32-unknown-unknown`, which has no C library and so imports nothing that the contract does not name:
//!
//! ```text
//! cargo rustc --package wasocket --lib --features component --crate-type cdylib --profile wasm --target wasm32-unknown-unknown
//! ```
//!
//! The result is a core module with the contract in its custom sections; `wit_component::ComponentEncoder` makes the
//! component of it. `cargo xtask build` does both.

#[expect(unsafe_code, reason = "the canonical ABI is pointers and lengths; the generated code alone deals with them")]
mod bindings {
    use super::Component;

    #[cfg(feature = "host")]
    wit_bindgen::generate!({
        path: "wit",
        world: "complete",
        with: {
            "wasocket:socket/host@0.1.0": crate::backend::host::bindings::wasocket::socket::host,
            "wasocket:socket/types@0.1.0": generate,
            "wasi:io/poll@0.2.12": wasip2::io::poll,
        },
    });

    #[cfg(not(feature = "host"))]
    wit_bindgen::generate!({
        path: "wit",
        world: "portable",
        with: {
            "wasi:io/error@0.2.12": wasip2::io::error,
            "wasi:io/poll@0.2.12": wasip2::io::poll,
            "wasi:io/streams@0.2.12": wasip2::io::streams,
            "wasi:clocks/monotonic-clock@0.2.12": wasip2::clocks::monotonic_clock,
            "wasi:sockets/network@0.2.12": wasip2::sockets::network,
            "wasi:sockets/instance-network@0.2.12": wasip2::sockets::instance_network,
            "wasi:sockets/ip-name-lookup@0.2.12": wasip2::sockets::ip_name_lookup,
            "wasi:sockets/tcp@0.2.12": wasip2::sockets::tcp,
            "wasi:sockets/tcp-create-socket@0.2.12": wasip2::sockets::tcp_create_socket,
            "wasi:sockets/udp@0.2.12": wasip2::sockets::udp,
            "wasi:sockets/udp-create-socket@0.2.12": wasip2::sockets::udp_create_socket,
        },
    });

    export!(Component);
}

mod convert;
mod handle;
mod lookup;
mod names;
mod poller;
mod program;
mod socket;
mod wide;

use bindings::exports::wasocket::socket as contract;

/// What implements the contract.
struct Component;
