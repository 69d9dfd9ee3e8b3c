//! Every declaration of our WIT has its gate and its documentation.

use anyhow::Result;
use wit_parser::{
    Docs, Function, Interface, InterfaceId, PackageId, Resolve, SourceMap, Stability, Type, TypeDef, TypeDefKind,
    UnresolvedPackageGroup, World, WorldItem,
};

use super::source::Source;

/// Checks both packages; what does not parse is a finding, too.
pub(crate) fn gated_and_documented(sources: &[Source]) -> Vec<String> {
    ROOTS
        .iter()
        .flat_map(|root| check(root, sources).unwrap_or_else(|error| vec![format!("{root}: {error:#}")]))
        .collect()
}

fn check(root: &str, sources: &[Source]) -> Result<Vec<String>> {
    let resolve = Resolve { all_features: true, ..Resolve::default() };
    let Some((resolve, package)) = resolved(resolve, root, sources)? else { return Ok(Vec::new()) };
    Ok(Findings { resolve: &resolve, root, lines: Vec::new() }.of_package(package))
}

/// The package in the folder `root`, with what it depends on; none if there is no such package.
pub(super) fn resolved(mut resolve: Resolve, root: &str, sources: &[Source]) -> Result<Option<(Resolve, PackageId)>> {
    let Some(own) = group(sources.iter().filter(|source| folder(&source.path) == root))? else { return Ok(None) };
    let dependencies = format!("{root}/deps");
    let vendored = sources.iter().filter(|source| folder(&source.path) == dependencies);
    let vendored = vendored.filter_map(|source| group(std::iter::once(source)).transpose());
    let package = resolve.push_groups(own, vendored.collect::<Result<_>>()?)?;
    Ok(Some((resolve, package)))
}

/// The files of one package, parsed; none if there are none.
fn group<'source>(sources: impl Iterator<Item = &'source Source>) -> Result<Option<UnresolvedPackageGroup>> {
    let mut map = SourceMap::default();
    let mut any = false;
    for source in sources.filter(|source| source.has_extension("wit")) {
        map.push_str(&source.path, source.text.as_str());
        any = true;
    }
    if any { Ok(Some(map.parse().map_err(|(_, error)| error)?)) } else { Ok(None) }
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// What is wrong with one package.
struct Findings<'resolve> {
    resolve: &'resolve Resolve,
    root: &'resolve str,
    lines: Vec<String>,
}

impl Findings<'_> {
    fn of_package(mut self, package: PackageId) -> Vec<String> {
        let package = &self.resolve.packages[package];
        for id in package.interfaces.values() {
            self.interface(*id);
        }
        for id in package.worlds.values() {
            self.world(&self.resolve.worlds[*id]);
        }
        self.lines
    }

    fn interface(&mut self, id: InterfaceId) {
        let interface: &Interface = &self.resolve.interfaces[id];
        let name = interface.name.as_deref().unwrap_or_default();
        self.declaration(name, &interface.stability, &interface.docs);
        for (type_name, id) in &interface.types {
            self.type_def(&format!("{name}.{type_name}"), &self.resolve.types[*id]);
        }
        for function in interface.functions.values() {
            self.function(name, function);
        }
    }

    fn function(&mut self, interface: &str, function: &Function) {
        self.declaration(&format!("{interface}.{}", function.name), &function.stability, &function.docs);
    }

    fn type_def(&mut self, name: &str, definition: &TypeDef) {
        self.gate(name, &definition.stability);
        if self.is_use(definition) {
            return;
        }
        self.docs(name, &definition.docs);
        for (member, docs) in members(&definition.kind) {
            self.docs(&format!("{name}.{member}"), docs);
        }
    }

    /// Whether it is another interface's type, which is documented there.
    fn is_use(&self, definition: &TypeDef) -> bool {
        match definition.kind {
            TypeDefKind::Type(Type::Id(id)) => self.resolve.types[id].owner != definition.owner,
            _ => false,
        }
    }

    fn world(&mut self, world: &World) {
        self.declaration(&world.name, &world.stability, &world.docs);
        for (key, item) in world.imports.iter().chain(&world.exports) {
            let name = format!("{}: {}", world.name, self.resolve.name_world_key(key));
            match item {
                // An interface that a world imports or exports has its documentation where it is declared.
                WorldItem::Interface { stability, .. } => self.gate(&name, stability),
                WorldItem::Function(function) => self.function(&world.name, function),
                WorldItem::Type { id, .. } => self.type_def(&name, &self.resolve.types[*id]),
            }
        }
    }

    fn declaration(&mut self, name: &str, stability: &Stability, docs: &Docs) {
        self.gate(name, stability);
        self.docs(name, docs);
    }

    fn gate(&mut self, name: &str, stability: &Stability) {
        if *stability == Stability::Unknown {
            self.lines.push(format!("{}: {name} has no `@since` or `@unstable`", self.root));
        }
    }

    fn docs(&mut self, name: &str, docs: &Docs) {
        if docs.contents.as_deref().is_none_or(|text| text.trim().is_empty()) {
            self.lines.push(format!("{}: {name} has no `///` that says what it is", self.root));
        }
    }
}

/// The parts of a type that have a name.
fn members(kind: &TypeDefKind) -> Vec<(&str, &Docs)> {
    match kind {
        TypeDefKind::Record(record) => record.fields.iter().map(|field| (field.name.as_str(), &field.docs)).collect(),
        TypeDefKind::Flags(flags) => flags.flags.iter().map(|flag| (flag.name.as_str(), &flag.docs)).collect(),
        TypeDefKind::Variant(variant) => variant.cases.iter().map(|case| (case.name.as_str(), &case.docs)).collect(),
        TypeDefKind::Enum(cases) => cases.cases.iter().map(|case| (case.name.as_str(), &case.docs)).collect(),
        _ => Vec::new(),
    }
}

/// The folders of our own packages.
pub(super) const ROOTS: [&str; 2] = ["wit", "wit/runner"];

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(text: &str) -> Vec<String> {
        let source = Source { path: "wit/world.wit".to_owned(), text: format!("package a:b@0.1.0;\n{text}") };
        gated_and_documented(&[source])
    }

    #[test]
    fn what_is_gated_and_documented_passes() {
        let text = "/// One.\n@since(version = 0.1.0)\ninterface one { /// Two.\n@since(version = 0.1.0)\n \
                    record two { /// Three.\n three: u8 } /// Four.\n@unstable(feature = five)\n four: func(); }";
        assert_eq!(findings(text), [""; 0]);
    }

    #[test]
    fn a_missing_gate_is_found() {
        assert_eq!(findings("/// One.\ninterface one {}"), ["wit: one has no `@since` or `@unstable`"]);
        let method = "/// One.\n@since(version = 0.1.0)\ninterface one { /// Two.\n@since(version = 0.1.0)\n \
                      resource two { /// Three.\n three: func(); } }";
        assert_eq!(findings(method), ["wit: one.[method]two.three has no `@since` or `@unstable`"]);
    }

    #[test]
    fn missing_documentation_is_found() {
        let gate = "@since(version = 0.1.0)";
        let case = format!("/// One.\n{gate} interface one {{ /// Two.\n{gate} enum two {{ three }} }}");
        assert_eq!(findings(&case), ["wit: one.two.three has no `///` that says what it is"]);
        assert_eq!(findings(&format!("{gate} world one {{}}")), ["wit: one has no `///` that says what it is"]);
    }

    #[test]
    fn what_a_world_imports_needs_a_gate_and_no_documentation() {
        let gate = "@since(version = 0.1.0)";
        let text = format!("/// One.\n{gate} interface one {{}} /// Two.\n{gate} world two {{ {gate} import one; }}");
        assert_eq!(findings(&text), [""; 0]);
        let without = format!("/// One.\n{gate} interface one {{}} /// Two.\n{gate} world two {{ import one; }}");
        assert_eq!(findings(&without), ["wit: two: a:b/one@0.1.0 has no `@since` or `@unstable`"]);
    }

    #[test]
    fn what_does_not_parse_is_found() {
        assert_eq!(findings("interface").len(), 1);
    }

    #[test]
    fn the_contract_passes() -> Result<()> {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut sources = Vec::new();
        for path in crate::files::walk(&root.join("wit"))? {
            let name = path.strip_prefix(&root)?.to_string_lossy().replace('\\', "/");
            sources.push(Source { path: name, text: std::fs::read_to_string(&path)? });
        }
        assert!(sources.len() > 12, "the WIT files were not found");
        assert_eq!(gated_and_documented(&sources), [""; 0]);
        Ok(())
    }
}
