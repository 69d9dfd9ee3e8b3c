//! Makes a component of the generated module and plugs it into the interpreter.

use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions, plug};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::{Resolve, WorldId};

use crate::error::{Error, Result};

/// The component around a core module: what it imports and exports is the only world in `world`, a WIT file that may use
/// WASI and `wasocket:runner`.
pub(crate) fn componentize(mut module: Vec<u8>, world: &str) -> Result<Vec<u8>> {
    let (resolve, world) = contract(world)?;
    let action = "cannot make a component";
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8, false)
        .map_err(Error::internal(action))?;
    let mut encoder = ComponentEncoder::default();
    let encoded = encoder.validate(true).module(&module).and_then(|encoder| encoder.encode());
    encoded.map_err(Error::internal(action))
}

/// The interpreter with `program` inside, importing what is left.
pub(super) fn compose(interpreter: Vec<u8>, program: Vec<u8>) -> Result<Vec<u8>> {
    let action = "cannot put the program into the interpreter";
    let mut graph = CompositionGraph::new();
    let mut register = |name, bytes| {
        let package = Package::from_bytes(name, None, bytes, graph.types_mut()).map_err(Error::internal(action))?;
        graph.register_package(package).map_err(Error::internal(action))
    };
    let interpreter = register("wasocket:interpreter", interpreter)?;
    let program = register("wasocket:program", program)?;
    plug(&mut graph, vec![program], interpreter).map_err(Error::internal(action))?;
    // Both parts are valid, and validating 40 MB takes longer than all the rest.
    let options = EncodeOptions { validate: false, ..EncodeOptions::default() };
    graph.encode(options).map_err(Error::internal(action))
}

fn contract(world: &str) -> Result<(Resolve, WorldId)> {
    let action = "cannot read the contract";
    let mut resolve = Resolve::default();
    for (name, text) in WIT {
        resolve.push_str(name, text).map_err(Error::internal(action))?;
    }
    let package = resolve.push_str("world.wit", world).map_err(Error::internal(action))?;
    let world = resolve.select_world(&[package], None).map_err(Error::internal(action))?;
    Ok((resolve, world))
}

/// In an order in which each depends on earlier ones only.
const WIT: [(&str, &str); 7] = [
    ("io.wit", include_str!("../../wit/runner/deps/io.wit")),
    ("clocks.wit", include_str!("../../wit/runner/deps/clocks.wit")),
    ("random.wit", include_str!("../../wit/runner/deps/random.wit")),
    ("filesystem.wit", include_str!("../../wit/runner/deps/filesystem.wit")),
    ("sockets.wit", include_str!("../../wit/runner/deps/sockets.wit")),
    ("cli.wit", include_str!("../../wit/runner/deps/cli.wit")),
    ("runner.wit", include_str!("../../wit/runner/runner.wit")),
];
