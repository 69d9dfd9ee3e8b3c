//! `tests/packages/differences.toml`: which sessions are known to differ from native CPython, and why.

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

use crate::command::Ended;
use crate::files;

/// The known differences, by session.
#[derive(Debug)]
pub(crate) struct Differences(BTreeMap<String, Difference>);

/// One of them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Difference {
    /// Why it differs.
    cause: String,
    /// What the guest writes then, to either of its streams.
    says: String,
}

impl Differences {
    /// Reads the file. An entry for a session that does not exist is an error.
    pub(crate) fn load(path: &Path, names: &[&str]) -> Result<Self> {
        let text = String::from_utf8(files::read(path)?)?;
        Self::parse(&text, names).with_context(|| format!("in {}", path.display()))
    }

    fn parse(text: &str, names: &[&str]) -> Result<Self> {
        let all: BTreeMap<String, Difference> = toml::from_str(text)?;
        for (name, difference) in &all {
            if !names.contains(&name.as_str()) {
                bail!("there is no session `{name}`");
            }
            if difference.cause.trim().is_empty() || difference.says.trim().is_empty() {
                bail!("`{name}` needs a cause, and what the guest says");
            }
        }
        Ok(Self(all))
    }

    /// The cause of a known difference, nothing if there is no difference, and an error if that is not what is known.
    pub(crate) fn judge(&self, name: &str, native: &Ended, guest: &Ended) -> Result<Option<&str>> {
        let is_same = native.status == guest.status && native.stdout == guest.stdout;
        match self.0.get(name) {
            None if is_same => Ok(None),
            None => bail!("it differs from native CPython:\n{}", shown(native, guest)),
            Some(known) if is_same => bail!("it no longer differs, so its entry is to be removed ({})", known.cause),
            Some(known) if guest.stderr.contains(&known.says) || guest.stdout.contains(&known.says) => {
                Ok(Some(&known.cause))
            }
            Some(known) => {
                bail!("it differs in another way than is known ({}):\n{}", known.cause, shown(native, guest))
            }
        }
    }
}

/// Both outputs from the first line on that differs, and the guest's last words.
fn shown(native: &Ended, guest: &Ended) -> String {
    let alike = native.stdout.lines().zip(guest.stdout.lines()).take_while(|(one, other)| one == other).count();
    let rest = |text: &str, sign: &str| -> String {
        text.lines().skip(alike).take(LINES).map(|line| format!("{sign}{line}\n")).collect()
    };
    let last: Vec<&str> = guest.stderr.lines().rev().take(LINES).collect();
    let last: String = last.into_iter().rev().map(|line| format!(" {line}\n")).collect();
    let ending = guest.status.map_or_else(|| "it hung".to_owned(), |status| format!("exit status {status}"));
    format!("{}{}{last} {ending}", rest(&native.stdout, "-"), rest(&guest.stdout, "+"))
}

/// Where they are.
pub(crate) const FILE: &str = "tests/packages/differences.toml";
/// How much of each text is shown.
const LINES: usize = 12;

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(status: i32, stdout: &str, stderr: &str) -> Ended {
        Ended { status: Some(status), stdout: stdout.to_owned(), stderr: stderr.to_owned() }
    }

    #[test]
    fn an_entry_is_true_or_fails() -> Result<()> {
        let known = Differences::parse("[a]\ncause = \"no forks\"\nsays = \"no fork\"\n", &["a", "b"])?;
        let (native, other) = (ended(0, "1\n2\n", ""), ended(1, "1\n3\n", "AttributeError: no fork\n"));
        assert_eq!(known.judge("b", &native, &ended(0, "1\n2\n", "a warning"))?, None);
        assert_eq!(known.judge("a", &native, &other)?, Some("no forks"));
        let error = |name, guest: &Ended| known.judge(name, &native, guest).expect_err("a failure").to_string();
        assert!(error("a", &native).contains("no longer differs"));
        assert!(error("a", &ended(1, "", "another error")).contains("another way"));
        assert_eq!(
            error("b", &other),
            "it differs from native CPython:\n-2\n+3\n AttributeError: no fork\n exit status 1"
        );
        Ok(())
    }

    #[test]
    fn an_entry_is_of_a_session() {
        let error = Differences::parse("[c]\ncause = \"x\"\nsays = \"y\"\n", &["a"]).expect_err("no such session");
        assert!(error.to_string().contains("`c`"));
    }
}
