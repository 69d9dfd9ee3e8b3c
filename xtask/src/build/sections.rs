//! Sections of modules and components: what is imported, and what can be left out.

use anyhow::{Context, Result};
use std::collections::BTreeSet;
use wasm_encoder::{Component, Module, RawSection, Section};
use wasmparser::{Encoding, Parser, Payload};

/// The names of a component's own imports, not those of what is nested in it.
pub(crate) fn imports(component: &[u8]) -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for payload in outermost(component)? {
        if let Payload::ComponentImportSection(section) = payload {
            for import in section {
                names.insert(import?.name.name.to_owned());
            }
        }
    }
    Ok(names)
}

/// The same module or component without the names that only debuggers read.
pub(crate) fn without_names(binary: &[u8]) -> Result<Vec<u8>> {
    let mut kept = Vec::new();
    for payload in outermost(binary)? {
        match &payload {
            Payload::Version { encoding: Encoding::Module, .. } => kept.extend(Module::HEADER),
            Payload::Version { encoding: Encoding::Component, .. } => kept.extend(Component::HEADER),
            Payload::CustomSection(section) if NAMES.contains(&section.name()) => (),
            _ => append(&mut kept, binary, &payload)?,
        }
    }
    Ok(kept)
}

fn append(to: &mut Vec<u8>, binary: &[u8], payload: &Payload<'_>) -> Result<()> {
    if let Some((id, range)) = payload.as_section() {
        let range = usize::try_from(range.start)?..usize::try_from(range.end)?;
        let data = binary.get(range).context("a section that ends outside its file")?;
        RawSection { id, data }.append_to(to);
    }
    Ok(())
}

/// The payloads of one level: those of nested modules and components are left out.
fn outermost(binary: &[u8]) -> Result<Vec<Payload<'_>>> {
    let mut depth = 0_usize;
    let mut payloads = Vec::new();
    for payload in Parser::new(0).parse_all(binary) {
        let payload = payload?;
        let nested = matches!(payload, Payload::ModuleSection { .. } | Payload::ComponentSection { .. });
        let end = matches!(payload, Payload::End(_));
        if depth == 0 && !end {
            payloads.push(payload);
        }
        depth = if nested { depth + 1 } else { depth.saturating_sub(usize::from(end)) };
    }
    Ok(payloads)
}

const NAMES: [&str; 2] = ["name", "component-name"];

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_encoder::{CustomSection, ModuleSection};

    fn custom(name: &str) -> CustomSection<'_> {
        CustomSection { name: name.into(), data: (&[1, 2, 3]).into() }
    }

    #[test]
    fn only_names_are_left_out() -> Result<()> {
        let mut wanted = Module::new();
        wanted.section(&custom("producers"));
        let mut named = wanted.clone();
        named.section(&custom("name"));
        assert_eq!(without_names(named.as_slice())?, wanted.as_slice());
        Ok(())
    }

    #[test]
    fn what_is_nested_stays_as_it_is() -> Result<()> {
        let mut module = Module::new();
        module.section(&custom("name"));
        let mut component = Component::new();
        component.section(&ModuleSection(&module));
        let wanted = component.as_slice().to_vec();
        component.section(&custom("component-name"));
        assert_eq!(without_names(component.as_slice())?, wanted);
        Ok(())
    }
}
