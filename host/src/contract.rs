//! The host's side of the contract's world `complete`: that wasmtime can bind all of it, as a host would.
//!
//! The interface `host` is part of the contract, and what cannot be bound could not be mended once it is released. What
//! there is to test is whether this compiles: the functions asynchronous, each resource a type of the host's own.
#![expect(unreachable_pub, reason = "the generated code re-exports the types of resources")]

/// What stands behind `host.socket`.
pub struct Socket;
/// What stands behind `host.lookup`.
pub struct Lookup;
/// What stands behind `host.poll-set`.
pub struct PollSet;

mod bindings {
    //! Generated from `wit`.

    wasmtime::component::bindgen!({
        path: "wit",
        world: "complete",
        imports: { default: async | trappable },
        exports: { default: async },
        with: {
            "wasocket:socket/host.socket": super::Socket,
            "wasocket:socket/host.lookup": super::Lookup,
            "wasocket:socket/host.poll-set": super::PollSet,
        },
    });
}

use bindings::wasocket::socket::host;
use wasmtime::component::{HasSelf, Linker};

/// What an embedder would call: a linker with all of `host`, for any type that implements it.
#[expect(dead_code, reason = "nobody has to call it: it has to compile")]
fn add_host<T: host::Host + Send>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    host::add_to_linker::<T, HasSelf<T>>(linker, |state| state)
}

/// An embedder of the complete component implements `host`, with WASI's pollables, and nothing else.
#[test]
fn the_complete_component_needs_the_host_and_pollables() -> anyhow::Result<()> {
    let mut resolve = wit_parser::Resolve::default();
    let (package, _) = resolve.push_path(concat!(env!("CARGO_MANIFEST_DIR"), "/wit"))?;
    let complete = &resolve.worlds[resolve.select_world(&[package], Some("complete"))?];
    let imports: Vec<String> = complete.imports.keys().map(|key| resolve.name_world_key(key)).collect();
    assert_eq!(imports, ["wasocket:socket/types@0.1.0", "wasi:io/poll@0.2.12", "wasocket:socket/host@0.1.0"]);
    Ok(())
}
