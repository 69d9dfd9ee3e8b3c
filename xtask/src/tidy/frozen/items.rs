//! The promises of a WIT package, one line for each.

use wit_parser::{
    Function, FunctionKind, Handle, Interface, PackageId, Resolve, Type, TypeDef, TypeDefKind, TypeOwner,
};

/// A declaration, or a part of one: a line such as `parameter max of host.socket.recv: u32`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    /// What WIT calls it: `record`, `field`.
    pub(super) kind: String,
    /// Its name in what it is a part of; empty for a result. None for what is a part of nothing.
    pub(super) part: Option<String>,
    /// The declaration, or the one that it is a part of: `types.address`.
    pub(super) declaration: String,
    /// Its type, if it has one.
    pub(super) of_type: Option<String>,
}

impl Item {
    pub(super) fn line(&self) -> String {
        let name = match self.part.as_deref() {
            None => format!("{} {}", self.kind, self.declaration),
            Some("") => format!("{} of {}", self.kind, self.declaration),
            Some(part) => format!("{} {part} of {}", self.kind, self.declaration),
        };
        self.of_type.as_ref().map(|of_type| format!("{name}: {of_type}")).unwrap_or(name)
    }

    /// What [`Item::line`] wrote.
    pub(super) fn parse(line: &str) -> Option<Self> {
        let (name, of_type) = line.split_once(": ").map_or((line, None), |(name, of_type)| (name, Some(of_type)));
        let (kind, rest) = name.split_once(' ')?;
        let (part, declaration) = match (rest.split_once(" of "), rest.strip_prefix("of ")) {
            (_, Some(declaration)) => (Some(""), declaration),
            (Some((part, declaration)), None) => (Some(part), declaration),
            (None, None) => (None, rest),
        };
        Some(Self {
            kind: kind.to_owned(),
            part: part.map(str::to_owned),
            declaration: declaration.to_owned(),
            of_type: of_type.map(str::to_owned),
        })
    }
}

/// All that a package promises: what is `@unstable` is not among it.
pub(super) fn of_package(resolve: &Resolve, package: PackageId) -> Vec<Item> {
    let mut items = Items { resolve, package, items: Vec::new() };
    let mut interfaces: Vec<_> = resolve.packages[package].interfaces.iter().collect();
    interfaces.sort();
    for (name, id) in interfaces {
        items.interface(name, &resolve.interfaces[*id]);
    }
    let mut worlds: Vec<_> = resolve.packages[package].worlds.iter().collect();
    worlds.sort();
    for (name, id) in worlds {
        items.declare("world", name, None);
        let world = &resolve.worlds[*id];
        for (kind, keys) in [("import", world.imports.keys()), ("export", world.exports.keys())] {
            // Of a version what it shares with those that are compatible with it: `wasi:io/poll@0.2`.
            let mut keys: Vec<String> = keys.map(|key| resolve.name_canonicalized_world_key(key)).collect();
            keys.sort();
            keys.iter().for_each(|key| items.part(kind, key, name, None));
        }
    }
    items.items
}

struct Items<'resolve> {
    resolve: &'resolve Resolve,
    package: PackageId,
    items: Vec<Item>,
}

impl Items<'_> {
    fn declare(&mut self, kind: &str, name: &str, of_type: Option<String>) {
        self.items.push(Item { kind: kind.to_owned(), part: None, declaration: name.to_owned(), of_type });
    }

    fn part(&mut self, kind: &str, part: &str, declaration: &str, of_type: Option<String>) {
        let (kind, declaration) = (kind.to_owned(), declaration.to_owned());
        self.items.push(Item { kind, part: Some(part.to_owned()), declaration, of_type });
    }

    fn interface(&mut self, name: &str, interface: &Interface) {
        self.declare("interface", name, None);
        for (type_name, id) in &interface.types {
            self.type_def(&format!("{name}.{type_name}"), &self.resolve.types[*id]);
        }
        for function in interface.functions.values() {
            self.function(name, function);
        }
    }

    fn type_def(&mut self, name: &str, definition: &TypeDef) {
        match &definition.kind {
            TypeDefKind::Record(record) => {
                self.declare("record", name, None);
                record
                    .fields
                    .iter()
                    .for_each(|field| self.part("field", &field.name, name, Some(self.text(&field.ty))));
            }
            TypeDefKind::Flags(flags) => {
                self.declare("flags", name, None);
                flags.flags.iter().for_each(|flag| self.part("flag", &flag.name, name, None));
            }
            TypeDefKind::Enum(cases) => {
                self.declare("enum", name, None);
                cases.cases.iter().for_each(|case| self.part("case", &case.name, name, None));
            }
            TypeDefKind::Variant(variant) => {
                self.declare("variant", name, None);
                for case in &variant.cases {
                    self.part("case", &case.name, name, case.ty.as_ref().map(|payload| self.text(payload)));
                }
            }
            TypeDefKind::Resource => self.declare("resource", name, None),
            TypeDefKind::Type(Type::Id(id)) if self.resolve.types[*id].owner != definition.owner => {}
            kind => self.declare("type", name, Some(self.kind(kind))),
        }
    }

    fn function(&mut self, interface: &str, function: &Function) {
        let (kind, is_method) = match function.kind {
            FunctionKind::Freestanding => ("function", false),
            FunctionKind::AsyncFreestanding => ("async-function", false),
            FunctionKind::Method(_) => ("method", true),
            FunctionKind::AsyncMethod(_) => ("async-method", true),
            FunctionKind::Static(_) => ("static", false),
            FunctionKind::AsyncStatic(_) => ("async-static", false),
            FunctionKind::Constructor(_) => ("constructor", false),
            FunctionKind::Getter => ("getter", false),
            FunctionKind::Setter => ("setter", false),
            FunctionKind::MethodGetter(_) => ("method-getter", true),
            FunctionKind::MethodSetter(_) => ("method-setter", true),
            FunctionKind::StaticGetter(_) => ("static-getter", false),
            FunctionKind::StaticSetter(_) => ("static-setter", false),
        };
        let resource = function.kind.resource().and_then(|id| self.resolve.types[id].name.as_deref());
        let resource = resource.map(|resource| format!(".{resource}")).unwrap_or_default();
        let name = format!("{interface}{resource}.{}", function.item_name());
        self.declare(kind, &name, None);
        for parameter in function.params.iter().skip(usize::from(is_method)) {
            self.part("parameter", &parameter.name, &name, Some(self.text(&parameter.ty)));
        }
        if let Some(result) = &function.result {
            self.part("result", "", &name, Some(self.text(result)));
        }
    }

    /// A type, with the name of the interface that it is from.
    fn text(&self, ty: &Type) -> String {
        let Type::Id(id) = ty else { return primitive(ty).to_owned() };
        let definition = &self.resolve.types[*id];
        let TypeOwner::Interface(owner) = definition.owner else { return self.kind(&definition.kind) };
        match (&definition.kind, &definition.name) {
            (TypeDefKind::Type(Type::Id(used)), _) if self.resolve.types[*used].owner != definition.owner => {
                self.text(&Type::Id(*used))
            }
            (_, Some(name)) => format!("{}.{name}", self.interface_name(&self.resolve.interfaces[owner])),
            (kind, None) => self.kind(kind),
        }
    }

    fn interface_name(&self, interface: &Interface) -> String {
        let name = interface.name.as_deref().unwrap_or_default();
        match interface.package {
            Some(package) if package != self.package => {
                let package = &self.resolve.packages[package].name;
                format!("{}:{}/{name}", package.namespace, package.name)
            }
            _ => name.to_owned(),
        }
    }

    fn kind(&self, kind: &TypeDefKind) -> String {
        let list = |types: &[Type]| types.iter().map(|ty| self.text(ty)).collect::<Vec<_>>().join(", ");
        match kind {
            TypeDefKind::Type(ty) => self.text(ty),
            TypeDefKind::List(item) => format!("list<{}>", self.text(item)),
            TypeDefKind::Option(some) => format!("option<{}>", self.text(some)),
            TypeDefKind::Tuple(tuple) => format!("tuple<{}>", list(&tuple.types)),
            TypeDefKind::Handle(Handle::Own(id)) => self.text(&Type::Id(*id)),
            TypeDefKind::Handle(Handle::Borrow(id)) => format!("borrow<{}>", self.text(&Type::Id(*id))),
            TypeDefKind::Result(result) => {
                let part = |ty: &Option<Type>| ty.as_ref().map_or("_".to_owned(), |ty| self.text(ty));
                format!("result<{}, {}>", part(&result.ok), part(&result.err))
            }
            // None of ours has one yet.
            other => other.as_str().to_owned(),
        }
    }
}

/// The name of a type that WIT itself has.
fn primitive(ty: &Type) -> &'static str {
    match ty {
        Type::Bool => "bool",
        Type::U8 => "u8",
        Type::U16 => "u16",
        Type::U32 => "u32",
        Type::U64 => "u64",
        Type::S8 => "s8",
        Type::S16 => "s16",
        Type::S32 => "s32",
        Type::S64 => "s64",
        Type::F32 => "f32",
        Type::F64 => "f64",
        Type::Char => "char",
        Type::String => "string",
        Type::ErrorContext => "error-context",
        Type::Id(_) => "",
    }
}
