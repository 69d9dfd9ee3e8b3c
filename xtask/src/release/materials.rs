//! The bill of materials: every crate that is linked into what is released, with its licence and its checksum.

use anyhow::{Context, Result, ensure};
use cyclonedx_bom::models::bom::Bom;
use cyclonedx_bom::models::component::{Classification, Component, Components};
use cyclonedx_bom::models::hash::{Hash, HashAlgorithm, HashValue, Hashes};
use cyclonedx_bom::models::license::{LicenseChoice, Licenses};
use cyclonedx_bom::models::metadata::Metadata;
use cyclonedx_bom::models::property::{Properties, Property};
use cyclonedx_bom::prelude::{NormalizedString, Purl, SpdxExpression, Validate as _};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use crate::build::cpython::{self, materials::Material};
use crate::build::{Call, Guest, Interpreter, cargo_for};
use crate::setup::Compilers;
use crate::workspace::Workspace;
use crate::{command, files};

/// Writes `sbom.cdx.json`: CycloneDX 1.5.
pub(super) fn build(workspace: &Workspace, compilers: &Compilers, release: &Path) -> Result<()> {
    let mut linked: BTreeMap<Crate, Vec<&str>> = BTreeMap::new();
    for part in PARTS {
        for found in crates(workspace, &part)? {
            linked.entry(found).or_default().push(part.name);
        }
    }
    let lock = String::from_utf8(files::read(&workspace.path("Cargo.lock"))?)?;
    let lock: toml::Table = lock.parse().context("Cargo.lock is no TOML")?;
    let crates = linked.iter().map(|(found, parts)| component(found, parts, &lock));
    let materials = cpython::materials::all(workspace)?;
    let in_c = materials.iter().map(in_c);
    let components = std::iter::once(standard_library(compilers)).chain(crates).chain(in_c).collect::<Result<_>>()?;
    for material in &materials {
        if let Some(text) = &material.text {
            let name = format!("{}.txt", material.name.trim_end_matches('*'));
            files::copy(text, &release.join("licenses").join(name))?;
        }
    }
    let whole = Component::new(Classification::Library, "wasocket", env!("CARGO_PKG_VERSION"), None);
    let bom = Bom {
        metadata: Some(Metadata { component: Some(whole), ..Metadata::default() }),
        components: Some(Components(components)),
        // Without a number of its own, the same sources give the same bytes.
        serial_number: None,
        ..Bom::default()
    };
    ensure!(bom.validate().passed(), "the bill of materials is not valid: {:?}", bom.validate());
    let mut text = Vec::new();
    bom.output_as_json_v1_5(&mut text).context("the bill of materials cannot be written")?;
    files::write(&release.join(FILE), text)
}

/// Reads it again: what cargo says it has compiled for a part is listed there, with licence and checksum.
pub(super) fn check(workspace: &Workspace, compilers: &Compilers, release: &Path) -> Result<()> {
    let bom = Bom::parse_from_json(&files::read(&release.join(FILE))?[..])?;
    let components = bom.components.context("the bill of materials is empty")?.0;
    let is_in = |component: &Component, part: &str| {
        component.properties.iter().flat_map(|properties| &properties.0).any(|each| each.value.to_string() == part)
    };
    for (part, guest) in PARTS.iter().filter_map(|part| Some((part.name, part.guest()?))) {
        let compiled = compiled(workspace, compilers, guest)?;
        ensure!(!compiled.is_empty(), "cargo names no crate of the registry in {part}");
        for (name, version) in compiled {
            let is_it = |each: &&Component| {
                let found = each.version.as_ref().map(ToString::to_string);
                each.name.to_string() == name && found.as_deref() == Some(&*version) && is_in(each, part)
            };
            let found = components.iter().find(is_it);
            let found = found.with_context(|| format!("the bill of materials lacks {name} {version} in {part}"))?;
            ensure!(found.licenses.is_some() && found.hashes.is_some(), "{name} has no licence or no checksum");
        }
    }
    for material in cpython::materials::all(workspace)? {
        let is_it = |each: &&Component| {
            each.name.to_string() == material.name && is_in(each, Interpreter::Portable.file_name())
        };
        ensure!(components.iter().any(|each| is_it(&each)), "the bill of materials lacks {}", material.name);
    }
    let has_engine = components.iter().any(|each| each.name.to_string() == "wasmtime" && is_in(each, "wasocket"));
    ensure!(has_engine, "the bill of materials lacks the command's wasmtime");
    Ok(())
}

/// Names and versions of the registry's crates that cargo compiles for a guest's own target, by its messages.
fn compiled(workspace: &Workspace, compilers: &Compilers, guest: Guest) -> Result<BTreeSet<(String, String)>> {
    let mut cargo = cargo_for(workspace, compilers, guest, Call { verb: "build", flags: &[] })?;
    let text = command::text_of(cargo.arg("--message-format=json"));
    let text = text.with_context(|| format!("this failed: {}", command::line(&cargo)))?;
    let mut found = BTreeSet::new();
    for line in text.lines() {
        found.extend(crate_in(&serde_json::from_str(line)?, guest.target()));
    }
    Ok(found)
}

/// The crate in a message, if it is for the target, from the registry, and no part of the standard library.
fn crate_in(message: &serde_json::Value, target: &str) -> Option<(String, String)> {
    let has = |key: &str, wanted: &dyn Fn(&str) -> bool| {
        message[key].as_array()?.iter().filter_map(serde_json::Value::as_str).any(wanted).then_some(())
    };
    has("filenames", &|file| file.contains(&format!("/{target}/")))?;
    if has("features", &|feature| feature == "rustc-dep-of-std").is_some() {
        return None;
    }
    let (_, package) = message["package_id"].as_str()?.strip_prefix("registry+")?.split_once('#')?;
    let (name, version) = package.split_once('@')?;
    Some((name.to_owned(), version.to_owned()))
}

/// A crate, as `cargo tree` names it.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Crate {
    name: String,
    version: String,
    license: String,
}

/// What is released, by what it is built from.
struct Part {
    name: &'static str,
    built: Built,
}

enum Built {
    Guest(Guest),
    /// A package, for this machine.
    Native(&'static str),
}

impl Part {
    fn guest(&self) -> Option<Guest> {
        match self.built {
            Built::Guest(guest) => Some(guest),
            Built::Native(_) => None,
        }
    }

    /// The arguments of cargo for the package, features and target.
    fn selection(&self) -> Vec<&'static str> {
        match self.built {
            // `cargo tree` knows no choice among a package's targets.
            Built::Guest(guest) => guest
                .selection()
                .iter()
                .copied()
                .filter(|word| *word != "--lib")
                .chain(["--target", guest.target()])
                .collect(),
            Built::Native(package) => vec!["--package", package],
        }
    }
}

/// All crates that a part is linked from; `cargo tree` shows some of them many times.
fn crates(workspace: &Workspace, part: &Part) -> Result<BTreeSet<Crate>> {
    let mut cargo = Command::new("cargo");
    cargo.args(["tree", "--locked", "--edges", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}\t{l}"]);
    let text = command::text_of(cargo.args(part.selection()).current_dir(workspace.root()));
    let text = text.with_context(|| format!("this failed: {}", command::line(&cargo)))?;
    text.lines().filter(|line| !line.is_empty()).map(parse).collect()
}

/// `name v1.2.3 (path)`, a tab, and the licence; what was shown before ends in `(*)`.
fn parse(line: &str) -> Result<Crate> {
    let (package, license) = line.split_once('\t').with_context(|| format!("cargo tree says {line:?}"))?;
    let mut words = package.split(' ');
    let name = words.next().unwrap_or_default().to_owned();
    let version = words.next().and_then(|word| word.strip_prefix('v'));
    let version = version.with_context(|| format!("cargo tree says {line:?}"))?.to_owned();
    Ok(Crate { name, version, license: license.trim_end_matches("(*)").trim().to_owned() })
}

fn component(found: &Crate, parts: &[&str], lock: &toml::Table) -> Result<Component> {
    let purl = Purl::new("cargo", &found.name, &found.version)?;
    let mut component =
        Component::new(Classification::Library, &found.name, &found.version, Some(purl.as_ref().to_owned()));
    component.purl = Some(purl);
    ensure!(!found.license.is_empty(), "{} {} says no licence", found.name, found.version);
    let license = SpdxExpression::parse_lax(found.license.clone())?;
    component.licenses = Some(Licenses(vec![LicenseChoice::Expression(license)]));
    component.hashes = checksum(found, lock).map(|content| Hashes(vec![Hash { alg: HashAlgorithm::SHA_256, content }]));
    component.properties = Some(Properties(parts.iter().map(|part| linked_into(part)).collect()));
    Ok(component)
}

/// What the interpreter is linked with besides crates.
fn in_c(material: &Material) -> Result<Component> {
    let mut component = Component::new(Classification::Library, material.name, &material.version, None);
    let license = SpdxExpression::parse_lax(material.license.to_owned())?;
    component.licenses = Some(Licenses(vec![LicenseChoice::Expression(license)]));
    component.properties =
        Some(Properties(Interpreter::ALL.iter().map(|part| linked_into(part.file_name())).collect()));
    Ok(component)
}

/// What the compiler brings along, in one piece and in the compiler's version: `std`, with the crates in it.
fn standard_library(compilers: &Compilers) -> Result<Component> {
    let mut component = Component::new(Classification::Library, "std", &compilers.rust.version(), None);
    let license = SpdxExpression::parse_lax("MIT OR Apache-2.0".to_owned())?;
    component.licenses = Some(Licenses(vec![LicenseChoice::Expression(license)]));
    let parts = PARTS.iter().filter(|part| part.guest().is_some());
    component.properties = Some(Properties(parts.map(|part| linked_into(part.name)).collect()));
    Ok(component)
}

fn linked_into(part: &str) -> Property {
    Property { name: "wasocket:linked-into".to_owned(), value: NormalizedString::new(part) }
}

/// What Cargo.lock holds of a crate of the registry; our own have none.
fn checksum(found: &Crate, lock: &toml::Table) -> Option<HashValue> {
    let is_it = |package: &&toml::Value| {
        let text = |key| package.get(key).and_then(toml::Value::as_str);
        text("name") == Some(&found.name) && text("version") == Some(&found.version)
    };
    let package = lock.get("package")?.as_array()?.iter().find(is_it)?;
    Some(HashValue(package.get("checksum")?.as_str()?.to_owned()))
}

const FILE: &str = "sbom.cdx.json";
const PARTS: [Part; 8] = [
    Part { name: "wasocket.wasm", built: Built::Guest(Guest::Component) },
    Part { name: "wasocket-host.wasm", built: Built::Guest(Guest::ComponentHost) },
    Part { name: "_wasocket", built: Built::Guest(Guest::Extension) },
    interpreter(Interpreter::Portable),
    interpreter(Interpreter::Threads),
    interpreter(Interpreter::Host),
    interpreter(Interpreter::HostThreads),
    Part { name: "wasocket", built: Built::Native("wasocket-host") },
];

const fn interpreter(one: Interpreter) -> Part {
    Part { name: one.file_name(), built: Built::Guest(one.guest()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_cargo_tree_is_a_crate() -> Result<()> {
        let found = parse("ring v0.17.14\tApache-2.0 AND ISC (*)")?;
        assert_eq!((&*found.name, &*found.version, &*found.license), ("ring", "0.17.14", "Apache-2.0 AND ISC"));
        let found = parse("wasocket v0.1.0 (/src/guest)\tMIT")?;
        assert_eq!((&*found.name, &*found.version, &*found.license), ("wasocket", "0.1.0", "MIT"));
        assert!(parse("ring").is_err());
        Ok(())
    }

    #[test]
    fn of_all_that_cargo_compiles_the_registrys_crates_for_the_target_count() {
        let found = |id: &str, file: &str, features: &[&str]| {
            let message = serde_json::json!({ "package_id": id, "filenames": [file], "features": features });
            crate_in(&message, "wasm32-wasip2")
        };
        let (id, file) = ("registry+https://example.com#a@1.0.0", "/t/wasm32-wasip2/release/liba.rlib");
        assert_eq!(found(id, file, &["std"]), Some(("a".to_owned(), "1.0.0".to_owned())));
        assert_eq!(found(id, "/t/release/liba.so", &[]), None);
        assert_eq!(found(id, file, &["rustc-dep-of-std"]), None);
        assert_eq!(found("path+file:///guest#wasocket@0.1.0", file, &[]), None);
    }
}
