//! The reference of the contract, made from wit/: a page for each interface, and one for the worlds.

use anyhow::{Context, Result, bail};
use std::fmt::Write as _;
use std::path::Path;
use wit_component::WitPrinter;
use wit_parser::{Docs, Function, Handle, Interface, PackageId, Resolve, Type, TypeDef, TypeDefKind, World, WorldItem};

/// One page of the book.
pub(super) struct Page {
    pub(super) title: String,
    /// Below the book's source.
    pub(super) path: String,
    pub(super) text: String,
}

/// All pages, the interfaces in the order of their names, the worlds last.
pub(super) fn pages(wit: &Path) -> Result<Vec<Page>> {
    let mut resolve = Resolve { all_features: true, ..Resolve::default() };
    let (package, _) = resolve.push_dir(wit)?;
    let writer = Writer { resolve: &resolve, package };
    let package = &resolve.packages[package];
    let mut names: Vec<_> = package.interfaces.iter().collect();
    names.sort();
    let mut pages = Vec::new();
    for (name, id) in names {
        pages.push(page(name, writer.interface(name, &resolve.interfaces[*id])?));
    }
    let mut worlds = "# Worlds\n\nA world says what a component imports and what it exports.\n".to_owned();
    for (name, id) in &package.worlds {
        writer.world(&mut worlds, name, &resolve.worlds[*id])?;
    }
    pages.push(page("worlds", worlds));
    Ok(pages)
}

fn page(title: &str, text: String) -> Page {
    Page { title: title.to_owned(), path: format!("contract/{title}.md"), text }
}

struct Writer<'resolve> {
    resolve: &'resolve Resolve,
    package: PackageId,
}

impl Writer<'_> {
    fn interface(&self, name: &str, interface: &Interface) -> Result<String> {
        let mut page = format!("# {name}\n\n{}", prose(&interface.docs));
        let mut used = Vec::new();
        for (name, id) in &interface.types {
            let definition = &self.resolve.types[*id];
            match self.origin(definition) {
                Some(origin) => used.push(format!("`{name}` of {origin}")),
                None => self.type_def(&mut page, name, definition, interface)?,
            }
        }
        if !used.is_empty() {
            write!(page, "## From elsewhere\n\n{}.\n\n", used.join(", "))?;
        }
        for function in interface.functions.values().filter(|function| function.kind.resource().is_none()) {
            self.function(&mut page, "##", function)?;
        }
        Ok(page)
    }

    /// Where a type comes from that another interface defines, with a link if it is one of ours.
    fn origin(&self, definition: &TypeDef) -> Option<String> {
        let TypeDefKind::Type(Type::Id(id)) = definition.kind else { return None };
        let wit_parser::TypeOwner::Interface(owner) = self.resolve.types[id].owner else { return None };
        if wit_parser::TypeOwner::Interface(owner) == definition.owner {
            return None;
        }
        let name = self.resolve.interfaces[owner].name.as_deref()?;
        if self.resolve.interfaces[owner].package == Some(self.package) {
            return Some(format!("[{name}]({name}.md)"));
        }
        self.resolve.id_of(owner).map(|id| format!("`{id}`"))
    }

    fn type_def(&self, page: &mut String, name: &str, definition: &TypeDef, interface: &Interface) -> Result<()> {
        write!(page, "## {} `{name}`\n\n{}", definition.kind.as_str(), prose(&definition.docs))?;
        match &definition.kind {
            TypeDefKind::Record(record) => {
                for field in &record.fields {
                    member(page, &format!("{}: {}", field.name, self.type_text(&field.ty)?), &field.docs)?;
                }
            }
            TypeDefKind::Flags(flags) => {
                for flag in &flags.flags {
                    member(page, &flag.name, &flag.docs)?;
                }
            }
            TypeDefKind::Enum(cases) => {
                for case in &cases.cases {
                    member(page, &case.name, &case.docs)?;
                }
            }
            TypeDefKind::Variant(variant) => {
                for case in &variant.cases {
                    let payload = case.ty.as_ref().map(|payload| self.type_text(payload)).transpose()?;
                    let payload = payload.map(|payload| format!("({payload})")).unwrap_or_default();
                    member(page, &format!("{}{payload}", case.name), &case.docs)?;
                }
            }
            TypeDefKind::Resource => {
                for function in interface.functions.values() {
                    let owner = function.kind.resource().map(|id| self.resolve.types[id].name.as_deref());
                    if owner == Some(Some(name)) {
                        self.function(page, "###", function)?;
                    }
                }
            }
            TypeDefKind::Type(other) => writeln!(page, "It is `{}`.", self.type_text(other)?)?,
            TypeDefKind::Handle(Handle::Own(_) | Handle::Borrow(_))
            | TypeDefKind::Tuple(_)
            | TypeDefKind::Option(_)
            | TypeDefKind::Result(_)
            | TypeDefKind::List(_)
            | TypeDefKind::Map(..)
            | TypeDefKind::FixedLengthList(..)
            | TypeDefKind::Future(_)
            | TypeDefKind::Stream(_) => writeln!(page, "It is `{}`.", self.anonymous(&definition.kind)?)?,
            TypeDefKind::Unknown => {}
        }
        page.push('\n');
        Ok(())
    }

    fn function(&self, page: &mut String, level: &str, function: &Function) -> Result<()> {
        let own =
            function.kind.resource().is_some() && function.params.first().is_some_and(|first| first.name == "self");
        let mut parameters = Vec::new();
        for parameter in function.params.iter().skip(usize::from(own)) {
            parameters.push(format!("{}: {}", parameter.name, self.type_text(&parameter.ty)?));
        }
        let result = function.result.as_ref().map(|result| self.type_text(result)).transpose()?;
        let result = result.map(|result| format!(" -> {result}")).unwrap_or_default();
        let name = function.item_name();
        let signature = format!("{name}: func({}){result}", parameters.join(", "));
        write!(page, "{level} `{name}`\n\n`{signature}`\n\n{}", prose(&function.docs))?;
        Ok(())
    }

    fn world(&self, page: &mut String, name: &str, world: &World) -> Result<()> {
        write!(page, "\n## `{name}`\n\n{}", prose(&world.docs))?;
        let imports = world.imports.iter().map(|import| ("imports", import));
        for (verb, (key, item)) in imports.chain(world.exports.iter().map(|export| ("exports", export))) {
            let name = self.resolve.name_world_key(key);
            let docs = match item {
                WorldItem::Interface { id, .. } => &first_paragraph(&self.resolve.interfaces[*id].docs),
                WorldItem::Function(function) => &function.docs,
                WorldItem::Type { id, .. } => &self.resolve.types[*id].docs,
            };
            member(page, &format!("{verb} {name}"), docs)?;
        }
        Ok(())
    }

    fn type_text(&self, ty: &Type) -> Result<String> {
        let mut printer = WitPrinter::default();
        printer.print_type_name(self.resolve, ty)?;
        Ok(printer.output.into())
    }

    /// What an alias of a type without a name of its own stands for.
    fn anonymous(&self, kind: &TypeDefKind) -> Result<String> {
        Ok(match kind {
            TypeDefKind::Tuple(tuple) => {
                let parts = tuple.types.iter().map(|part| self.type_text(part)).collect::<Result<Vec<_>>>()?;
                format!("tuple<{}>", parts.join(", "))
            }
            TypeDefKind::List(item) => format!("list<{}>", self.type_text(item)?),
            TypeDefKind::Option(some) => format!("option<{}>", self.type_text(some)?),
            other => bail!("the reference cannot yet say what a {} is, as an alias", other.as_str()),
        })
    }
}

/// One field, case or flag.
fn member(page: &mut String, name: &str, docs: &Docs) -> Result<()> {
    let text = docs.contents.as_deref().unwrap_or_default().trim();
    let text: Vec<&str> = text.lines().map(str::trim).collect();
    let dash = if text.is_empty() { "" } else { " — " };
    writeln!(page, "- `{name}`{dash}{}", text.join(" ")).context("a page cannot be written")
}

/// What something is, without what else there is to say about it.
fn first_paragraph(docs: &Docs) -> Docs {
    let text = docs.contents.as_deref().and_then(|text| text.trim().split("\n\n").next());
    Docs { contents: text.map(str::to_owned) }
}

/// Documentation as it stands, its headings as bold lines.
fn prose(docs: &Docs) -> String {
    let mut text = String::new();
    for line in docs.contents.as_deref().unwrap_or_default().trim().lines() {
        match line.strip_prefix("# ") {
            Some(heading) => text.push_str(&format!("**{heading}**\n")),
            None => text.push_str(line),
        }
        text.push('\n');
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a line of WIT declares: how it stands on a page.
    fn declared(line: &str) -> Option<String> {
        let line = line.trim();
        for kind in ["record", "variant", "enum", "flags", "resource", "type"] {
            if let Some(rest) = line.strip_prefix(kind).and_then(|rest| rest.strip_prefix(' ')) {
                let name = rest.split([' ', ';', '=']).next()?;
                return Some(format!(" `{name}`\n"));
            }
        }
        if line.starts_with("///") || line.starts_with("//") {
            return None;
        }
        if line.starts_with("constructor(") {
            return Some("# `constructor`\n".to_owned());
        }
        let (name, rest) = line.split_once(": ")?;
        let function = rest.strip_prefix("static ").unwrap_or(rest).starts_with("func(");
        if function { Some(format!("# `{}`\n", name.trim_start_matches('%'))) } else { None }
    }

    #[test]
    fn the_reference_has_whatever_the_files_declare() -> Result<()> {
        let wit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit");
        let pages = pages(&wit)?;
        let mut checked = 0;
        for page in pages.iter().filter(|page| page.title != "worlds") {
            let text = std::fs::read_to_string(wit.join(format!("{}.wit", page.title)))?;
            for heading in text.lines().filter_map(declared) {
                let (wanted, found) = (
                    text.lines().filter_map(declared).filter(|other| *other == heading).count(),
                    page.text.matches(&heading).count(),
                );
                assert_eq!(found, wanted, "{heading:?} on the page {}", page.title);
                checked += 1;
            }
        }
        assert!(checked > 100, "only {checked} declarations were found");
        Ok(())
    }
}
