//! Compiled components on disk, so that a component is compiled once.

use std::ffi::OsStr;
use std::fs::{self, DirBuilder, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use sha2::{Digest, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::error::{Error, Result};

/// Where compiled components are kept.
#[derive(Clone, Debug)]
pub struct Cache {
    folder: Option<PathBuf>,
}

/// What happens while a component is loaded.
#[derive(Debug)]
pub enum Event<'a> {
    /// It is not in the cache; compiling it starts.
    Compiling(&'a Path),
    /// Compiling it has ended, well or not.
    Compiled,
    /// The cache cannot be used; the component runs all the same.
    Unusable(Error),
}

impl Cache {
    /// The cache of this user: `$WASOCKET_CACHE`, else `$XDG_CACHE_HOME/wasocket`, else `~/.cache/wasocket`; without any of
    /// the three, none. An empty `$WASOCKET_CACHE` means none as well.
    pub fn of_user() -> Self {
        let variable = |name| std::env::var_os(name);
        let given = |name| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let folder = match variable("WASOCKET_CACHE") {
            Some(folder) => Some(PathBuf::from(folder)).filter(|folder| folder.as_os_str() != OsStr::new("")),
            None => given("XDG_CACHE_HOME")
                .or_else(|| given("HOME").map(|home| home.join(".cache")))
                .map(|folder| folder.join("wasocket")),
        };
        Self { folder }
    }

    /// A cache in this folder, which only this user may be able to write.
    pub fn in_folder(folder: impl Into<PathBuf>) -> Self {
        Self { folder: Some(folder.into()) }
    }

    /// Loads the component in this file: from the cache if its bytes are known, else by compiling it.
    pub fn load(&self, engine: &Engine, path: &Path, observe: &dyn Fn(Event<'_>)) -> Result<Component> {
        let bytes = fs::read(path).map_err(Error::file("read", path))?;
        check_is_component(path, &bytes)?;
        let Some(folder) = &self.folder else {
            return compile(path, observe, || Component::new(engine, &bytes));
        };
        if let Err(error) = secure(folder) {
            observe(Event::Unusable(error));
            return compile(path, observe, || Component::new(engine, &bytes));
        }
        let entry = folder.join(format!("{}.cwasm", key(engine, &bytes)));
        if let Some(component) = open(engine, &entry) {
            return Ok(component);
        }
        let compiled = compile(path, observe, || engine.precompile_component(&bytes))?;
        if let Err(error) = store(folder, &entry, &compiled) {
            observe(Event::Unusable(error));
        }
        open(engine, &entry).map_or_else(|| deserialize(engine, &compiled), Ok)
    }
}

/// Refuses what the compiler would refuse with a page of text.
fn check_is_component(path: &Path, bytes: &[u8]) -> Result<()> {
    let problem = match bytes.get(..8) {
        Some(COMPONENT) => return Ok(()),
        Some(MODULE) => "it is a core module; make a component of it, for instance with \"wasm-tools component new\"",
        Some([b'\0', b'a', b's', b'm', ..]) => "it has a version of the binary format that is not supported",
        Some(_) | None => "it does not start with \"\\0asm\"",
    };
    Err(Error::NotAComponent { path: path.to_owned(), problem: problem.to_owned() })
}

fn compile<T>(path: &Path, observe: &dyn Fn(Event<'_>), work: impl FnOnce() -> wasmtime::Result<T>) -> Result<T> {
    observe(Event::Compiling(path));
    let compiled = work();
    observe(Event::Compiled);
    compiled.map_err(|error| Error::NotAComponent {
        path: path.to_owned(),
        problem: format!("{error:#}").replace('\n', " "),
    })
}

/// The name of an entry: changes with the component, with wasmtime, and with every setting that changes compiled code.
fn key(engine: &Engine, bytes: &[u8]) -> String {
    let mut environment = DefaultHasher::new();
    engine.precompile_compatibility_hash().hash(&mut environment);
    let mut hash = Sha256::new();
    hash.update(environment.finish().to_le_bytes());
    hash.update(bytes);
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Makes sure that no one else can put code into the folder: compiled code is run as it is.
fn secure(folder: &Path) -> Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(Error::file("create the cache", folder))?;
    let metadata = fs::metadata(folder).map_err(Error::file("use the cache", folder))?;
    let is_ours = metadata.uid() == rustix::process::geteuid().as_raw();
    if is_ours && metadata.mode() & 0o022 == 0 {
        return Ok(());
    }
    let problem = "others can write to it; it must belong to you alone";
    Err(Error::file("use the cache", folder)(io::Error::other(problem)))
}

/// The component in this entry, unless there is none or it is damaged or from another wasmtime.
fn open(engine: &Engine, entry: &Path) -> Option<Component> {
    let file = File::open(entry).ok()?;
    // SAFETY: the entry was written by `store`, whole or not at all, in a folder that `secure` has found to be writable for
    // this user alone; so these are bytes that wasmtime has compiled, and it checks its own version and settings in them.
    #[expect(unsafe_code, reason = "mapping compiled code from the cache is what makes a start fast")]
    let component = unsafe { Component::deserialize_file(engine, entry) }.ok()?;
    // Only the order of removal depends on it.
    let _ = file.set_modified(SystemTime::now());
    Some(component)
}

fn deserialize(engine: &Engine, compiled: &[u8]) -> Result<Component> {
    // SAFETY: the bytes come from `Engine::precompile_component` of this engine, a moment ago.
    #[expect(unsafe_code, reason = "without a cache there is no file to map")]
    let component = unsafe { Component::deserialize(engine, compiled) };
    component.map_err(Error::internal("cannot load the compiled component"))
}

/// Writes an entry, whole or not at all, then removes the oldest entries beyond [`MAX_ENTRIES`].
fn store(folder: &Path, entry: &Path, compiled: &[u8]) -> Result<()> {
    let action = "write to the cache";
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(Error::file(action, folder))?;
    file.write_all(compiled).map_err(Error::file(action, entry))?;
    file.persist(entry).map_err(|error| Error::file(action, entry)(error.error))?;
    remove_oldest(folder);
    Ok(())
}

/// Failing to remove an entry costs space, nothing else.
fn remove_oldest(folder: &Path) {
    let Ok(files) = fs::read_dir(folder) else {
        return;
    };
    let mut entries: Vec<_> = files
        .filter_map(|file| Some(file.ok()?.path()))
        .filter(|path| path.extension() == Some(OsStr::new("cwasm")))
        .filter_map(|path| Some((fs::metadata(&path).ok()?.modified().ok()?, path)))
        .collect();
    entries.sort();
    let surplus = entries.len().saturating_sub(MAX_ENTRIES);
    for (_, path) in entries.into_iter().take(surplus) {
        let _ = fs::remove_file(path);
    }
}

/// The preamble of a component, and of a core module.
const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";
const MODULE: &[u8] = b"\0asm\x01\0\0\0";

/// A compiled interpreter takes about 100 MB.
const MAX_ENTRIES: usize = 8;

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// The smallest component.
    const EMPTY: &[u8] = COMPONENT;

    struct Fixture {
        folder: tempfile::TempDir,
        engine: Engine,
        component: PathBuf,
    }

    impl Fixture {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let component = folder.path().join("app.wasm");
            fs::write(&component, EMPTY).unwrap();
            Self { folder, engine: crate::engine::new().unwrap(), component }
        }

        fn cache(&self) -> PathBuf {
            self.folder.path().join("cache")
        }

        fn entries(&self) -> Vec<PathBuf> {
            fs::read_dir(self.cache()).unwrap().map(|entry| entry.unwrap().path()).collect()
        }

        /// Loads the component; answers how often it was compiled and whether the cache was usable.
        fn load(&self) -> (usize, bool) {
            let (compiled, usable) = (Cell::new(0), Cell::new(true));
            let observe = |event: Event<'_>| match event {
                Event::Compiling(_) => compiled.set(compiled.get() + 1),
                Event::Compiled => (),
                Event::Unusable(_) => usable.set(false),
            };
            Cache::in_folder(self.cache()).load(&self.engine, &self.component, &observe).unwrap();
            (compiled.get(), usable.get())
        }
    }

    #[test]
    fn a_component_is_compiled_once() {
        let fixture = Fixture::new();
        assert_eq!(fixture.load(), (1, true));
        assert_eq!(fixture.load(), (0, true));
        assert_eq!(fs::metadata(fixture.cache()).unwrap().mode() & 0o777, 0o700);
    }

    #[test]
    fn other_bytes_are_another_component() {
        let fixture = Fixture::new();
        fixture.load();
        // An empty custom section named "x".
        fs::write(&fixture.component, [EMPTY, b"\0\x02\x01x"].concat()).unwrap();
        assert_eq!(fixture.load(), (1, true));
        assert_eq!(fixture.entries().len(), 2);
    }

    #[test]
    fn a_damaged_entry_is_rebuilt() {
        let fixture = Fixture::new();
        fixture.load();
        let entry = fixture.entries().remove(0);
        let whole = fs::read(&entry).unwrap();
        for damaged in [&b""[..], b"garbage", &whole[..whole.len() / 2], &whole[..64]] {
            fs::write(&entry, damaged).unwrap();
            assert_eq!(fixture.load(), (1, true), "{} bytes", damaged.len());
            assert_eq!(fixture.load(), (0, true));
        }
    }

    #[test]
    fn a_folder_that_others_can_write_is_not_used() {
        use std::os::unix::fs::PermissionsExt;
        let fixture = Fixture::new();
        fixture.load();
        fs::set_permissions(fixture.cache(), fs::Permissions::from_mode(0o777)).unwrap();
        assert_eq!(fixture.load(), (1, false));
    }

    #[test]
    fn a_cache_that_cannot_exist_is_no_obstacle() {
        let fixture = Fixture::new();
        fs::write(fixture.cache(), "a file").unwrap();
        assert_eq!(fixture.load(), (1, false));
    }

    #[test]
    fn old_entries_go() {
        let fixture = Fixture::new();
        fixture.load();
        for number in 0..2 * MAX_ENTRIES {
            let file = File::create(fixture.cache().join(format!("{number}.cwasm"))).unwrap();
            file.set_modified(SystemTime::UNIX_EPOCH).unwrap();
        }
        fs::write(&fixture.component, [EMPTY, b"\0\x02\x01x"].concat()).unwrap();
        fixture.load();
        assert_eq!(fixture.entries().len(), MAX_ENTRIES);
        assert_eq!(fixture.load(), (0, true));
    }

    #[test]
    fn what_is_no_component_is_named() {
        let fixture = Fixture::new();
        for (bytes, part) in [
            (&b""[..], "does not start with"),
            (b"print('hello')", "does not start with"),
            (MODULE, "core module"),
            (b"\0asm\x0e\0\x01\0", "version"),
            (b"\0asm\x0d\0\x01\0garbage", "not a WebAssembly component"),
        ] {
            fs::write(&fixture.component, bytes).unwrap();
            let error =
                Cache::in_folder(fixture.cache()).load(&fixture.engine, &fixture.component, &|_| ()).unwrap_err();
            let text = error.to_string();
            assert!(text.contains(part) && text.contains("app.wasm") && !text.contains('\n'), "{text}");
        }
    }
}
