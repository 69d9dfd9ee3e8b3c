//! The packages that sessions import, in folders of `target/wasocket`.

use anyhow::{Result, bail};
use std::collections::BTreeMap;
use std::path::PathBuf;

use super::session::Session;
use crate::setup::clients;
use crate::workspace::Workspace;

/// Installs what sessions need, and gives the folder.
pub(crate) fn of_sessions(workspace: &Workspace, sessions: &[Session]) -> Result<PathBuf> {
    let pure = all_of(sessions.iter().map(|session| &session.needs.pure))?;
    let stripped = all_of(sessions.iter().map(|session| &session.needs.stripped))?;
    clients::packages_of(workspace, "sessions", &pure, &stripped)
}

/// Every release once. All sessions share a folder, which can hold one release of a package.
fn all_of<'a>(lists: impl Iterator<Item = &'a Vec<String>>) -> Result<Vec<&'a str>> {
    let mut releases = BTreeMap::new();
    for release in lists.flatten() {
        let name = release.split("==").next().unwrap_or_default();
        match releases.insert(name.to_lowercase(), release.as_str()) {
            Some(other) if other != release => bail!("sessions need both {other} and {release}; let them agree on one"),
            _ => (),
        }
    }
    Ok(releases.into_values().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_agree_on_releases() -> Result<()> {
        let list = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let (one, two, three) = (list("b==1 a==1"), list("a==1"), list("a==2"));
        assert_eq!(all_of([&one, &two].into_iter())?, ["a==1", "b==1"]);
        let error = all_of([&one, &three].into_iter()).expect_err("two releases of one package").to_string();
        assert!(error.contains("a==1") && error.contains("a==2"), "{error}");
        Ok(())
    }
}
