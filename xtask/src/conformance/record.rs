//! `tests/conformance/results.json`: how many tests of each class end in which way, from which the document is made.

use anyhow::{Context, Result};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

use super::counts::{Classes, Counts};
use crate::files;
use crate::workspace::Workspace;

/// The classes of each module, in each column.
#[derive(Debug, Default)]
pub(crate) struct Record(BTreeMap<String, BTreeMap<String, Classes>>);

impl Record {
    pub(crate) fn load(workspace: &Workspace) -> Result<Self> {
        let path = workspace.path(FILE);
        if !path.exists() {
            return Ok(Self::default());
        }
        let document: Value = serde_json::from_slice(&files::read(&path)?)?;
        let modules = entries(&document).map(|(module, columns)| {
            let columns = entries(columns).map(|(column, classes)| Ok((column.clone(), parsed(classes)?)));
            Ok((module.clone(), columns.collect::<Result<_>>()?))
        });
        modules.collect::<Result<_>>().map(Self).with_context(|| format!("in {}", path.display()))
    }

    pub(crate) fn save(&self, workspace: &Workspace) -> Result<()> {
        let text = |classes: &Classes| {
            classes.iter().map(|(class, counts)| (class.clone(), Value::from(counts.to_text()))).collect::<Map<_, _>>()
        };
        let modules = self.0.iter().map(|(module, columns)| {
            let columns = columns.iter().map(|(column, classes)| (column.clone(), Value::from(text(classes))));
            (module.clone(), Value::from(columns.collect::<Map<_, _>>()))
        });
        let document = Value::from(modules.collect::<Map<_, _>>());
        files::write(&workspace.path(FILE), format!("{}\n", serde_json::to_string_pretty(&document)?))
    }

    pub(crate) fn set(&mut self, module: &str, column: &str, classes: Classes) {
        self.0.entry(module.to_owned()).or_default().insert(column.to_owned(), classes);
    }

    pub(crate) fn of(&self, module: &str, column: &str) -> Option<&Classes> {
        self.0.get(module)?.get(column)
    }

    pub(crate) fn modules(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

fn parsed(classes: &Value) -> Result<Classes> {
    let counts = |text: &Value| text.as_str().and_then(Counts::from_text);
    entries(classes)
        .map(|(class, text)| {
            Ok((class.clone(), counts(text).with_context(|| format!("{class}: {text} are no counts"))?))
        })
        .collect()
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

const FILE: &str = "tests/conformance/results.json";
