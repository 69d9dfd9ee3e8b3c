//! The cache against damage, strangers and change.

use std::cell::Cell;
use std::time::Duration;

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
fn a_settled_file_is_known_by_its_stamp() {
    let fixture = Fixture::new();
    fixture.load();
    assert!(
        fixture.entries().iter().all(|path| path.extension().unwrap() == "cwasm"),
        "the file has just been written"
    );
    let engine = &fixture.engine;
    let source = Source::open(engine, &fixture.component).unwrap();
    let key = key(engine, EMPTY);
    source.stamp.remember_at(&fixture.cache(), &key, &source.file, SystemTime::now() + Duration::from_secs(60));
    assert_eq!(source.stamp.recall(&fixture.cache()), Some(key));
    assert_eq!(fixture.load(), (0, true));
    // Same name and size, other bytes: the stamp does not match any more.
    let other = fixture.folder.path().join("other.wasm");
    fs::write(&other, MODULE).unwrap();
    fs::rename(other, &fixture.component).unwrap();
    let error = Cache::in_folder(fixture.cache()).load(engine, &fixture.component, &|_| ()).unwrap_err();
    assert!(matches!(error, Error::NotAComponent { .. }));
}

#[test]
fn a_stamp_that_leads_nowhere_is_no_obstacle() {
    let fixture = Fixture::new();
    fixture.load();
    let source = Source::open(&fixture.engine, &fixture.component).unwrap();
    for key in ["", "../../etc/passwd", "0123456789abcdef"] {
        source.stamp.remember_at(&fixture.cache(), key, &source.file, SystemTime::now() + Duration::from_secs(60));
        assert_eq!(fixture.load(), (0, true), "{key}");
    }
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
        let error = Cache::in_folder(fixture.cache()).load(&fixture.engine, &fixture.component, &|_| ()).unwrap_err();
        let text = error.to_string();
        assert!(text.contains(part) && text.contains("app.wasm") && !text.contains('\n'), "{text}");
    }
}
