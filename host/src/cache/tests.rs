//! The cache against damage, strangers and change.

mod strangers;

use std::cell::{Cell, RefCell};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::time::Duration;

use super::store::MAX_ENTRIES;
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

    /// The files in the cache with this extension.
    fn files(&self, extension: &str) -> Vec<PathBuf> {
        let paths = fs::read_dir(self.cache()).unwrap().map(|entry| entry.unwrap().path());
        paths.filter(|path| path.extension() == Some(OsStr::new(extension))).collect()
    }

    /// The only one.
    fn file(&self, extension: &str) -> PathBuf {
        let mut files = self.files(extension);
        assert_eq!(files.len(), 1, "{files:?}");
        files.remove(0)
    }

    /// Loads the component; answers how often it was compiled and whether the cache was usable.
    fn load(&self) -> (usize, bool) {
        let (compiled, problems) = self.load_from(&self.cache());
        (compiled, problems.is_empty())
    }

    /// Loads the component by another cache; answers how often it was compiled, and why the cache was not usable.
    fn load_from(&self, cache: &Path) -> (usize, Vec<String>) {
        let (compiled, problems) = (Cell::new(0), RefCell::new(Vec::new()));
        let observe = |event: Event<'_>| match event {
            Event::Compiling(_) => compiled.set(compiled.get() + 1),
            Event::Compiled => (),
            Event::Unusable(error) => problems.borrow_mut().push(error.to_string()),
        };
        Cache::in_folder(cache).load(&self.engine, &self.component, &observe).unwrap();
        (compiled.get(), problems.into_inner())
    }

    fn store(&self) -> Store {
        Store::open(&self.cache()).unwrap()
    }

    /// Loads the component and makes its stamp known, as if its file were old.
    fn load_settled(&self) {
        self.load();
        let source = Source::open(&self.engine, &self.component).unwrap();
        assert!(source.stamp.is_settled(&source.file, SystemTime::now() + Duration::from_secs(60)));
        self.store().remember(&source.stamp, &digest(&self.engine, EMPTY));
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
fn a_settled_file_is_known_by_its_stamp() {
    let fixture = Fixture::new();
    fixture.load();
    assert!(fixture.files("stamp").is_empty(), "the file has just been written");
    let source = Source::open(&fixture.engine, &fixture.component).unwrap();
    assert!(!source.stamp.is_settled(&source.file, SystemTime::now()));
    fixture.load_settled();
    assert_eq!(fixture.store().recall(&source.stamp), Some(digest(&fixture.engine, EMPTY)));
    assert_eq!(fixture.load(), (0, true));
    // Same name and size, other bytes: the stamp does not match any more.
    let other = fixture.folder.path().join("other.wasm");
    fs::write(&other, MODULE).unwrap();
    fs::rename(other, &fixture.component).unwrap();
    let error = Cache::in_folder(fixture.cache()).load(&fixture.engine, &fixture.component, &|_| ()).unwrap_err();
    assert!(matches!(error, Error::NotAComponent { .. }));
}

#[test]
fn a_stamp_that_leads_nowhere_is_no_obstacle() {
    let fixture = Fixture::new();
    fixture.load_settled();
    let source = Source::open(&fixture.engine, &fixture.component).unwrap();
    fixture.store().remember(&source.stamp, &[7; 32]);
    assert_eq!(fixture.store().recall(&source.stamp), Some([7; 32]));
    assert_eq!(fixture.load(), (0, true));
}

#[test]
fn other_bytes_are_another_component() {
    let fixture = Fixture::new();
    fixture.load();
    // An empty custom section named "x".
    fs::write(&fixture.component, [EMPTY, b"\0\x02\x01x"].concat()).unwrap();
    assert_eq!(fixture.load(), (1, true));
    assert_eq!(fixture.files("cwasm").len(), 2);
}

#[test]
fn a_damaged_entry_is_rebuilt() {
    let fixture = Fixture::new();
    fixture.load();
    let entry = fixture.file("cwasm");
    let whole = fs::read(&entry).unwrap();
    for damaged in [&b""[..], b"garbage", &whole[..whole.len() / 2], &whole[..64]] {
        fs::write(&entry, damaged).unwrap();
        assert_eq!(fixture.load(), (1, true), "{} bytes", damaged.len());
        assert_eq!(fixture.load(), (0, true));
    }
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
    let write = |name: String| {
        let file = File::create(fixture.cache().join(name)).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH).unwrap();
    };
    for number in 0..2 * MAX_ENTRIES {
        write(format!("{number}.seal"));
        write(format!("{number}.cwasm"));
    }
    write("unsealed.cwasm".to_owned());
    fs::write(&fixture.component, [EMPTY, b"\0\x02\x01x"].concat()).unwrap();
    fixture.load();
    for extension in ["seal", "cwasm"] {
        assert_eq!(fixture.files(extension).len(), MAX_ENTRIES, "{extension}");
    }
    assert!(!fixture.cache().join("unsealed.cwasm").exists());
    assert_eq!(fixture.load(), (0, true));
    fs::write(&fixture.component, EMPTY).unwrap();
    assert_eq!(fixture.load(), (0, true), "the newest ones stay");
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
        let error = Cache::in_folder(fixture.cache()).load(&fixture.engine, &fixture.component, &|_| ()).unwrap_err();
        let text = error.to_string();
        assert!(text.contains(part) && text.contains("app.wasm") && !text.contains('\n'), "{text}");
    }
}
