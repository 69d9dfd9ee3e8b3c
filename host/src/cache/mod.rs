//! Compiled components on disk, so that a component is compiled once.

mod stamp;
#[cfg(test)]
mod tests;

use std::ffi::OsStr;
use std::fs::{self, DirBuilder, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use sha2::{Digest, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::error::{Error, Result};
use stamp::Stamp;

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
        let source = Source::open(engine, path)?;
        let Some(folder) = &self.folder else {
            return source.compile(observe, Component::new);
        };
        if let Err(error) = secure(folder) {
            observe(Event::Unusable(error));
            return source.compile(observe, Component::new);
        }
        if let Some(component) = source.stamp.recall(folder).and_then(|key| open(engine, &entry(folder, &key))) {
            return Ok(component);
        }
        source.load(folder, observe)
    }
}

/// A component's file.
struct Source<'a> {
    engine: &'a Engine,
    path: &'a Path,
    file: File,
    stamp: Stamp,
}

impl<'a> Source<'a> {
    fn open(engine: &'a Engine, path: &'a Path) -> Result<Self> {
        let file = File::open(path).map_err(Error::file("read", path))?;
        let metadata = file.metadata().map_err(Error::file("read", path))?;
        Ok(Self { engine, path, file, stamp: Stamp::new(&metadata, environment(engine)) })
    }

    /// Loads it by its bytes, and remembers them by the stamp for the next time.
    fn load(&self, folder: &Path, observe: &dyn Fn(Event<'_>)) -> Result<Component> {
        let bytes = self.bytes()?;
        let key = key(self.engine, &bytes);
        let entry = entry(folder, &key);
        let component = match open(self.engine, &entry) {
            Some(component) => component,
            None => {
                let compiled = compile(self.path, observe, || self.engine.precompile_component(&bytes))?;
                if let Err(error) = store(folder, &entry, &compiled) {
                    observe(Event::Unusable(error));
                }
                open(self.engine, &entry).map_or_else(|| deserialize(self.engine, &compiled), Ok)?
            }
        };
        self.stamp.remember(folder, &key, &self.file);
        Ok(component)
    }

    /// Compiles it for this run alone.
    fn compile(
        &self,
        observe: &dyn Fn(Event<'_>),
        work: fn(&Engine, Vec<u8>) -> wasmtime::Result<Component>,
    ) -> Result<Component> {
        let bytes = self.bytes()?;
        compile(self.path, observe, || work(self.engine, bytes))
    }

    fn bytes(&self) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        (&self.file).read_to_end(&mut bytes).map_err(Error::file("read", self.path))?;
        check_is_component(self.path, &bytes)?;
        Ok(bytes)
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
    let mut hash = Sha256::new();
    hash.update(environment(engine));
    hash.update(bytes);
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Wasmtime's version and settings.
fn environment(engine: &Engine) -> [u8; 8] {
    let mut hash = DefaultHasher::new();
    engine.precompile_compatibility_hash().hash(&mut hash);
    hash.finish().to_le_bytes()
}

fn entry(folder: &Path, key: &str) -> PathBuf {
    folder.join(format!("{key}.cwasm"))
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

/// Writes an entry, whole or not at all, in the place of the oldest one if there are too many.
fn store(folder: &Path, entry: &Path, compiled: &[u8]) -> Result<()> {
    let action = "write to the cache";
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(Error::file(action, folder))?;
    file.write_all(compiled).map_err(Error::file(action, entry))?;
    file.persist(entry).map_err(|error| Error::file(action, entry)(error.error))?;
    remove_oldest(folder, "cwasm", MAX_ENTRIES);
    Ok(())
}

/// Keeps the newest `count` files with this extension. Failing to remove one costs space, nothing else.
fn remove_oldest(folder: &Path, extension: &str, count: usize) {
    let Ok(files) = fs::read_dir(folder) else {
        return;
    };
    let mut entries: Vec<_> = files
        .filter_map(|file| Some(file.ok()?.path()))
        .filter(|path| path.extension() == Some(OsStr::new(extension)))
        .filter_map(|path| Some((fs::metadata(&path).ok()?.modified().ok()?, path)))
        .collect();
    entries.sort();
    let surplus = entries.len().saturating_sub(count);
    for (_, path) in entries.into_iter().take(surplus) {
        let _ = fs::remove_file(path);
    }
}

/// The preamble of a component, and of a core module.
const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";
const MODULE: &[u8] = b"\0asm\x01\0\0\0";

/// A compiled interpreter takes about 100 MB.
const MAX_ENTRIES: usize = 8;
