//! Compiled components on disk, so that a component is compiled once.

mod folder;
mod seal;
mod stamp;
mod store;
#[cfg(test)]
mod tests;

use std::ffi::OsStr;
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use sha2::{Digest, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::error::{Error, Result};
use stamp::Stamp;
use store::{EntryName, Store};

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
    /// The cache cannot be used, and is left alone; the component runs all the same.
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

    /// A cache in this folder, which only this user may be able to change: neither it nor a folder on the way may be writable
    /// for others, or a link.
    pub fn in_folder(folder: impl Into<PathBuf>) -> Self {
        Self { folder: Some(folder.into()) }
    }

    /// Loads the component in this file: from the cache if its bytes are known, else by compiling it.
    pub fn load(&self, engine: &Engine, path: &Path, observe: &dyn Fn(Event<'_>)) -> Result<Component> {
        let source = Source::open(engine, path)?;
        let Some(folder) = &self.folder else {
            return source.compile(observe, Component::new);
        };
        let store = match Store::open(folder) {
            Ok(store) => store,
            Err(error) => {
                observe(Event::Unusable(Error::file("use the cache", folder)(error)));
                return source.compile(observe, Component::new);
            }
        };
        if let Some(component) = store.recall(&source.stamp).and_then(|digest| store.component(engine, &digest)) {
            return Ok(component);
        }
        source.load(&store, observe)
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
    fn load(&self, store: &Store, observe: &dyn Fn(Event<'_>)) -> Result<Component> {
        let bytes = self.bytes()?;
        let digest = digest(self.engine, &bytes);
        let component = match store.component(self.engine, &digest) {
            Some(component) => component,
            None => {
                let compiled = compile(self.path, observe, || self.engine.precompile_component(&bytes))?;
                if let Err(error) = store.keep(&digest, &compiled) {
                    observe(Event::Unusable(Error::file("write to the cache", store.path())(error)));
                }
                let kept = store.component(self.engine, &digest);
                kept.map_or_else(|| deserialize(self.engine, &compiled), Ok)?
            }
        };
        if self.stamp.is_settled(&self.file, SystemTime::now()) {
            store.remember(&self.stamp, &digest);
        }
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

/// The digest of a component's bytes, for this engine.
fn digest(engine: &Engine, bytes: &[u8]) -> EntryName {
    let mut hash = Sha256::new();
    hash.update(environment(engine));
    hash.update(bytes);
    hash.finalize().into()
}

/// Wasmtime's version and settings.
fn environment(engine: &Engine) -> [u8; 8] {
    let mut hash = DefaultHasher::new();
    engine.precompile_compatibility_hash().hash(&mut hash);
    hash.finish().to_le_bytes()
}

fn deserialize(engine: &Engine, compiled: &[u8]) -> Result<Component> {
    // SAFETY: the bytes come from `Engine::precompile_component` of this engine, a moment ago.
    #[expect(unsafe_code, reason = "without a cache there is no file to map")]
    let component = unsafe { Component::deserialize(engine, compiled) };
    component.map_err(Error::internal("cannot load the compiled component"))
}

/// Bytes as a part of a file's name.
fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The preamble of a component, and of a core module.
const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";
const MODULE: &[u8] = b"\0asm\x01\0\0\0";
