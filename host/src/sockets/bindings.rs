//! The contract's interface `host`, as wasmtime binds it. What may wait is asynchronous, and nothing else.
#![expect(unreachable_pub, reason = "the generated code re-exports the types of resources")]

pub use super::lookup::Lookup;
pub use super::poll_set::PollSet;
pub use super::socket::Socket;

wasmtime::component::bindgen!({
    path: "wit",
    inline: "
        package wasocket:networked;
        world networked {
            import wasocket:socket/host@0.1.0;
            import wasocket:socket/signals@0.1.0;
        }
    ",
    world: "wasocket:networked/networked",
    imports: {
        "wasocket:socket/host.[method]socket.connect": async | trappable,
        "wasocket:socket/host.[method]socket.accept": async | trappable,
        "wasocket:socket/host.[method]socket.recv": async | trappable,
        "wasocket:socket/host.[method]socket.recv-message": async | trappable,
        "wasocket:socket/host.[method]socket.send": async | trappable,
        "wasocket:socket/host.[method]socket.send-message": async | trappable,
        "wasocket:socket/host.[method]lookup.finish": async | trappable,
        "wasocket:socket/host.[method]poll-set.wait": async | trappable,
        "wasocket:socket/host.poll": async | trappable,
        default: trappable,
    },
    with: {
        "wasocket:socket/types": super::types::wasocket::socket::types,
        "wasocket:socket/host.socket": Socket,
        "wasocket:socket/host.lookup": Lookup,
        "wasocket:socket/host.poll-set": PollSet,
        "wasi:io/poll": wasmtime_wasi::p2::bindings::io::poll,
    },
});
