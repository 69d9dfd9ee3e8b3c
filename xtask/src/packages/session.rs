//! The sessions: what their first lines say.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};

use crate::files;

/// A program that uses packages.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    pub(crate) needs: Needs,
}

/// Releases from the Python package index, as `NAME==VERSION`, and how a guest is run with them.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Needs {
    /// Those that have a wheel in pure Python.
    pub(crate) pure: Vec<String>,
    /// Those that have only wheels with extension modules, and do without them.
    pub(crate) stripped: Vec<String>,
    /// Options of `wasocket run`.
    pub(crate) options: Vec<String>,
}

impl Needs {
    /// The first release, which is the package that the session is about.
    pub(crate) fn asked(&self) -> &str {
        self.pure.first().or(self.stripped.first()).map_or("", String::as_str)
    }
}

/// All sessions of a folder, by name. A file is not called like the package, which its program could not import then.
pub(crate) fn find_all(folder: &Path) -> Result<Vec<Session>> {
    let mut sessions = Vec::new();
    for path in files::walk(folder)? {
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let name = file.strip_suffix(SUFFIX).with_context(|| format!("{file} is not called NAME{SUFFIX}"))?.to_owned();
        let source = String::from_utf8(files::read(&path)?)?;
        let needs = needs(&source).with_context(|| format!("the first lines of {file}"))?;
        sessions.push(Session { name, path, needs });
    }
    Ok(sessions)
}

/// Reads the lines `# packages: …`, `# stripped: …` and `# options: …` at the beginning.
fn needs(source: &str) -> Result<Needs> {
    let mut needs = Needs::default();
    for line in source.lines() {
        let Some((key, value)) = line.strip_prefix("# ").and_then(|line| line.split_once(": ")) else { break };
        let list = match key {
            "packages" => &mut needs.pure,
            "stripped" => &mut needs.stripped,
            "options" => &mut needs.options,
            _ => bail!("`{key}` is not known; `packages`, `stripped` and `options` are"),
        };
        list.extend(value.split_whitespace().map(str::to_owned));
    }
    if needs.pure.is_empty() && needs.stripped.is_empty() {
        bail!("no line `# packages: NAME==VERSION …`");
    }
    if let Some(loose) = needs.pure.iter().chain(&needs.stripped).find(|release| !release.contains("==")) {
        bail!("`{loose}` is not an exact release; write `NAME==VERSION`");
    }
    Ok(needs)
}

/// Where they are.
pub(crate) const FOLDER: &str = "tests/packages/sessions";
const SUFFIX: &str = "_session.py";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_lines_say_what_is_needed() -> Result<()> {
        let found = needs(
            "# packages: a==1 b==2\n# packages: c==3\n# stripped: d==4\n# options: --x\n\"\"\"text\"\"\"\n# packages: e==5\n",
        )?;
        assert_eq!(found.pure, ["a==1", "b==2", "c==3"]);
        assert_eq!(found.stripped, ["d==4"]);
        assert_eq!(found.options, ["--x"]);
        Ok(())
    }

    #[test]
    fn a_release_is_exact() {
        let refused = |source| needs(source).map_err(|error| error.to_string()).expect_err("it is refused");
        assert!(refused("# packages: a b==1\n").contains("`a` is not an exact release"));
        assert!(refused("# needs: a==1\n").contains("`needs` is not known"));
        assert!(refused("import a\n").contains("no line"));
    }
}
