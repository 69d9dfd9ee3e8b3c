//! Composition of components: one that imports interfaces, and others that export them.

#[cfg(test)]
mod tests;

use wac_graph::types::{Package, are_semver_compatible};
use wac_graph::{CompositionGraph, EncodeOptions, PlugError, plug};

use crate::error::{Error, Result};

/// A component, and those that are plugged into it.
///
/// ```no_run
/// use wasocket_host::Composition;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let program = Composition::of("app.wasm", std::fs::read("app.wasm")?)?;
/// let whole = program.plug("wasocket.wasm", std::fs::read("wasocket.wasm")?)?.finish()?;
/// std::fs::write("whole.wasm", whole)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Composition {
    name: String,
    component: Vec<u8>,
    imports: Vec<String>,
    /// What those that were plugged in export, under the names that messages have for them.
    provided: Vec<(String, Vec<String>)>,
    leaves: Vec<String>,
}

impl Composition {
    /// Starts with a component. `name` is what messages call it.
    pub fn of(name: impl Into<String>, component: Vec<u8>) -> Result<Self> {
        let name = name.into();
        let (imports, _) = interfaces(&name, &component)?;
        let leaves = vec!["wasi:".to_owned(), "wasocket:runner/".to_owned()];
        Ok(Self { name, component, imports, provided: Vec::new(), leaves })
    }

    /// The interfaces that it needs now.
    pub fn imports(&self) -> &[String] {
        &self.imports
    }

    /// Plugs in a component: what it exports is no longer needed, what it imports is. One that exports nothing of what is
    /// needed is an error.
    pub fn plug(mut self, name: impl Into<String>, component: Vec<u8>) -> Result<Self> {
        let name = name.into();
        let (_, exports) = interfaces(&name, &component)?;
        self.component = join(&self.name, &self.component, &name, &component)?;
        self.imports = interfaces(&self.name, &self.component)?.0;
        self.provided.push((name, exports));
        Ok(self)
    }

    /// Leaves imports whose names begin with `prefix` to the host, as all of `wasi:` are.
    pub fn leave(mut self, prefix: impl Into<String>) -> Self {
        self.leaves.push(prefix.into());
        self
    }

    /// The whole, which needs nothing but what its host provides. An error names what is left, and what comes close to it.
    pub fn finish(self) -> Result<Vec<u8>> {
        let is_left = |import: &&String| !self.leaves.iter().any(|prefix| import.starts_with(prefix.as_str()));
        let left: Vec<String> = self.imports.iter().filter(is_left).map(|import| self.explain(import)).collect();
        if left.is_empty() {
            Ok(self.component)
        } else {
            Err(Error::Unsatisfied { name: self.name, left: left.join("; ") })
        }
    }

    /// Why an import is not satisfied.
    fn explain(&self, import: &str) -> String {
        let interface = without_version(import);
        let close = self.provided.iter().find_map(|(name, exports)| {
            let export = exports.iter().find(|export| without_version(export) == interface)?;
            Some((name, export))
        });
        match close {
            None => format!("{import}, which none of the others exports"),
            Some((name, export)) if export == import || are_semver_compatible(export, import) => {
                format!("{import}, which {name} exports with other types")
            }
            Some((name, export)) => format!("{import}, of which {name} exports another version: {export}"),
        }
    }
}

fn without_version(interface: &str) -> &str {
    interface.split_once('@').map_or(interface, |(name, _)| name)
}

/// What a component imports, and what it exports.
fn interfaces(name: &str, component: &[u8]) -> Result<(Vec<String>, Vec<String>)> {
    let mut graph = CompositionGraph::new();
    let package = package(&mut graph, "wasocket:part", name, component)?;
    let world = &graph.types()[package.ty()];
    Ok((world.imports.keys().cloned().collect(), world.exports.keys().cloned().collect()))
}

fn package(graph: &mut CompositionGraph, id: &str, name: &str, component: &[u8]) -> Result<Package> {
    Package::from_bytes(id, None, component.to_vec(), graph.types_mut()).map_err(|error| Error::NotAComponent {
        path: name.into(),
        problem: format!("{error:#}").lines().next().unwrap_or_default().to_owned(),
    })
}

fn join(name: &str, program: &[u8], other: &str, provider: &[u8]) -> Result<Vec<u8>> {
    let action = "cannot put the components together";
    let mut graph = CompositionGraph::new();
    let socket = package(&mut graph, "wasocket:socket", name, program)?;
    let socket = graph.register_package(socket).map_err(Error::internal(action))?;
    let part = package(&mut graph, "wasocket:plug", other, provider)?;
    let part = graph.register_package(part).map_err(Error::internal(action))?;
    match plug(&mut graph, vec![part], socket) {
        Ok(()) => graph.encode(EncodeOptions::default()).map_err(Error::internal(action)),
        Err(PlugError::NoPlugHappened) => Err(Error::NothingToPlug { plug: other.to_owned(), name: name.to_owned() }),
        Err(PlugError::GraphError { source }) => Err(Error::internal(action)(source)),
    }
}
