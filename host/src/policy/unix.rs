//! The paths of `AF_UNIX` sockets that a rule names: `/run/db.sock`, `/run/app/*`, `/db.sock->/run/postgres/.s.PGSQL.5432`.

use std::path::{Component, Path, PathBuf};

/// A socket, or every socket right inside a folder; for the guest, and on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UnixPaths {
    guest: PathBuf,
    host: PathBuf,
    /// Whether the paths are a folder's.
    is_folder: bool,
}

impl UnixPaths {
    /// Reads what stands behind `unix://`. The error says what is wrong, to be followed by nothing.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (guest, host) = text.split_once("->").unwrap_or((text, text));
        let (guest, is_folder) = parse_path(guest)?;
        let (host, is_host_folder) = parse_path(host)?;
        if is_folder != is_host_folder {
            return Err("a socket is mapped to a socket, and \"FOLDER/*\" to \"FOLDER/*\"".to_owned());
        }
        Ok(Self { guest, host, is_folder })
    }

    /// Whether the guest knows the paths under other names.
    pub(crate) fn is_mapped(&self) -> bool {
        self.guest != self.host
    }

    /// The socket or the folder on this machine.
    pub(crate) fn host(&self) -> &Path {
        &self.host
    }

    /// Whether that is a folder, and every socket right inside is meant.
    pub(crate) fn is_folder(&self) -> bool {
        self.is_folder
    }

    /// Whether this is one socket, of this path in both places.
    pub(crate) fn is_one(&self, path: &Path) -> bool {
        !self.is_folder && self.guest == path && self.host == path
    }

    /// Where a path of the guest lies on this machine, if it is covered. Only a plain path is: absolute, without `..`.
    pub(crate) fn host_path(&self, guest: &Path) -> Option<PathBuf> {
        if !is_plain(guest) {
            return None;
        }
        if self.is_folder {
            let name = guest.file_name()?;
            return (guest.parent()? == self.guest).then(|| self.host.join(name));
        }
        (guest == self.guest).then(|| self.host.clone())
    }
}

fn parse_path(text: &str) -> Result<(PathBuf, bool), String> {
    let (text, is_folder) = match text.strip_suffix("/*") {
        Some("") => ("/", true),
        Some(folder) => (folder, true),
        None => (text, false),
    };
    let path = Path::new(text);
    if !is_plain(path) || text.contains('*') {
        return Err(format!(
            "\"{text}\" is no absolute path without \"..\" (a rule looks like unix:///run/db.sock or unix:///run/app/*)"
        ));
    }
    Ok((path.to_owned(), is_folder))
}

fn is_plain(path: &Path) -> bool {
    path.is_absolute()
        && path.as_os_str().as_encoded_bytes().iter().all(|byte| *byte != 0)
        && path.components().all(|part| matches!(part, Component::RootDir | Component::Normal(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host_path(rule: &str, guest: &str) -> Option<String> {
        let path = UnixPaths::parse(rule).unwrap().host_path(Path::new(guest))?;
        Some(path.to_str().unwrap().to_owned())
    }

    #[test]
    fn a_path_is_itself_or_what_it_is_mapped_to() {
        assert_eq!(host_path("/run/db.sock", "/run/db.sock").unwrap(), "/run/db.sock");
        assert_eq!(host_path("/db->/run/pg/5432", "/db").unwrap(), "/run/pg/5432");
        assert_eq!(host_path("/tmp/*->/run/app/*", "/tmp/a").unwrap(), "/run/app/a");
        for guest in ["/run/db", "/run/db.sock/x", "run/db.sock", "/run/../run/db.sock", "", "/run/db.sock\0"] {
            assert_eq!(host_path("/run/db.sock", guest), None, "{guest:?}");
        }
        for guest in ["/tmp", "/tmp/a/b", "/tmp/..", "/tmp/../etc", "/etc/a", "/"] {
            assert_eq!(host_path("/tmp/*->/run/app/*", guest), None, "{guest:?}");
        }
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for text in ["", "run/db", "/run/../db", "/run/*/db", "/a/*->/b", "/a->/b/*", "/a->", "->/a", "*"] {
            assert!(UnixPaths::parse(text).is_err(), "{text:?}");
        }
    }
}
