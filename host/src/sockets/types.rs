//! The contract's interface `types`, as wasmtime binds it: addresses, options, errors.

wasmtime::component::bindgen!({
    path: "wit",
    inline: "
        package wasocket:typed;
        world typed {
            import wasocket:socket/types@0.1.0;
        }
    ",
    world: "wasocket:typed/typed",
    imports: { default: trappable },
});

pub(crate) use wasocket::socket::types::*;
