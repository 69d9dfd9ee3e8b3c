//! The folders a guest sees: `--dir`, `--python-path` and the script's own; and which of them it starts in.

use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result, bail};
use wasocket_host::Directory;

/// Reads `HOST::GUEST[::ro]`, or `HOST` alone, which the guest sees at the same absolute path.
pub(super) fn parse(text: &str) -> Result<Directory> {
    let form = "write --dir HOST::GUEST, --dir HOST::GUEST::ro or --dir HOST";
    let parts: Vec<_> = text.split("::").collect();
    let (host, guest, writable) = match parts[..] {
        [host] => (host, None, true),
        [host, guest] => (host, Some(guest), true),
        [host, guest, "ro"] => (host, Some(guest), false),
        [_, _, other] => bail!("--dir {text}: \"{other}\" is no mode, the only one is \"ro\"; {form}"),
        _ => bail!("--dir {text}: too many \"::\"; {form}"),
    };
    if host.is_empty() || guest == Some("") {
        bail!("--dir {text}: a folder's name is missing; {form}");
    }
    let host = folder(Path::new(host)).with_context(|| format!("--dir {text}"))?;
    let guest = match guest {
        Some(guest) => guest.to_owned(),
        None => absolute_text(&host)?,
    };
    Ok(Directory { host, guest, writable })
}

/// A folder that the guest may read, at the path it has here.
pub(super) fn read_only(path: &Path) -> Result<Directory> {
    let host = folder(path)?;
    let guest = absolute_text(&host)?;
    Ok(Directory { host, guest, writable: false })
}

/// Adds a folder unless the guest sees one under that name already: what was asked for comes first.
pub(super) fn add(directories: &mut Vec<Directory>, directory: Directory) {
    if !directories.iter().any(|other| other.guest == directory.guest) {
        directories.push(directory);
    }
}

/// The guest's name for the folder we are in, if the guest sees it.
pub(super) fn guest_path_of(here: &Path, directories: &[Directory]) -> Option<String> {
    let candidates = directories.iter().filter_map(|directory| {
        let inside = here.strip_prefix(normal(&directory.host)?).ok()?;
        Some((directory.host.as_os_str().len(), Path::new(&directory.guest).join(inside)))
    });
    let (_, path) = candidates.max_by_key(|(length, _)| *length)?;
    let text = path.to_str()?;
    Some(if text.len() > 1 { text.trim_end_matches('/').to_owned() } else { text.to_owned() })
}

/// The absolute path of a file or folder, as text, since a guest knows paths as text.
pub(super) fn absolute_text(path: &Path) -> Result<String> {
    let absolute = normal(path).with_context(|| format!("cannot find the absolute path of {}", path.display()))?;
    let text = absolute.to_str().with_context(|| format!("the path {} is not UTF-8", path.display()))?;
    Ok(text.to_owned())
}

fn folder(path: &Path) -> Result<PathBuf> {
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => Ok(path.to_owned()),
        Ok(_) => bail!("{} is not a folder", path.display()),
        Err(_) => bail!("there is no folder {}", path.display()),
    }
}

/// The absolute path without `.` and `..`, symbolic links left alone, as Python's `os.path.abspath`.
fn normal(path: &Path) -> Option<PathBuf> {
    let mut normal = PathBuf::new();
    for component in std::path::absolute(path).ok()?.components() {
        match component {
            Component::ParentDir => {
                normal.pop();
            }
            Component::CurDir => (),
            Component::Normal(_) | Component::RootDir | Component::Prefix(_) => normal.push(component),
        }
    }
    Some(normal)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory(host: &str, guest: &str) -> Directory {
        Directory { host: host.into(), guest: guest.to_owned(), writable: true }
    }

    #[test]
    fn the_forms_of_dir() {
        assert_eq!(parse("/::/data").unwrap(), directory("/", "/data"));
        assert_eq!(parse("/").unwrap(), directory("/", "/"));
        assert!(!parse("/::/data::ro").unwrap().writable);
    }

    #[test]
    fn a_wrong_dir_says_what_would_be_right() {
        for (text, part) in [
            ("", "name is missing"),
            ("::/data", "name is missing"),
            ("/::", "name is missing"),
            ("/::/data::rw", "\"rw\" is no mode"),
            ("/::/a::ro::x", "too many"),
            ("/no/such/folder::/data", "there is no folder /no/such/folder"),
            ("/dev/null::/data", "is not a folder"),
        ] {
            let error = format!("{:#}", parse(text).unwrap_err());
            assert!(error.contains(part) && error.starts_with(&format!("--dir {text}")), "{error}");
        }
    }

    #[test]
    fn paths_are_normalised_without_following_links() {
        assert_eq!(absolute_text(Path::new("/a/./b/../c")).unwrap(), "/a/c");
        assert_eq!(absolute_text(Path::new("/..")).unwrap(), "/");
    }

    #[test]
    fn the_guest_starts_in_the_innermost_folder_it_sees() {
        let directories = [directory("/home/me", "/home/me"), directory("/home/me/data", "/data")];
        let find = |here| guest_path_of(Path::new(here), &directories);
        assert_eq!(find("/home/me/app").as_deref(), Some("/home/me/app"));
        assert_eq!(find("/home/me/data/x").as_deref(), Some("/data/x"));
        assert_eq!(find("/home/me/data").as_deref(), Some("/data"));
        assert_eq!(find("/home/you"), None);
        assert_eq!(guest_path_of(Path::new("/"), &[directory("/", "/")]).as_deref(), Some("/"));
    }

    #[test]
    fn what_was_asked_for_comes_first() {
        let mut directories = vec![directory("/a", "/a")];
        add(&mut directories, Directory { writable: false, ..directory("/a", "/a") });
        add(&mut directories, Directory { writable: false, ..directory("/b", "/b") });
        assert_eq!(directories.iter().map(|directory| directory.writable).collect::<Vec<_>>(), [true, false]);
    }
}
