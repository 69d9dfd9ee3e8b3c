//! Attackers who want their code run: by the cache folder, its path, or its files.

use std::os::unix::fs::{DirBuilderExt, PermissionsExt, chown, symlink};

use super::super::folder::{Folder, Others};
use super::*;

/// Somebody else; only root can give files away.
const STRANGER: u32 = 1234;

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn make(path: &Path, mode: u32) {
    fs::DirBuilder::new().mode(0o700).create(path).unwrap();
    set_mode(path, mode);
}

/// All that is in a folder: names, bytes, modes and owners.
fn content(folder: &Path) -> Vec<(PathBuf, Vec<u8>, u32, u32)> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut content: Vec<_> = paths
        .map(|path| {
            let metadata = fs::symlink_metadata(&path).unwrap();
            (path.clone(), fs::read(&path).unwrap_or_default(), metadata.mode(), metadata.uid())
        })
        .collect();
    content.sort();
    content
}

/// A cache that is not used: the component is compiled, one line says why, and nothing in the folder has changed.
fn assert_left_alone(fixture: &Fixture, cache: &Path, part: &str) {
    let before = content(cache);
    let (compiled, problems) = fixture.load_from(cache);
    assert_eq!(compiled, 1, "{part}");
    let [problem] = &problems[..] else { panic!("{problems:?}") };
    assert!(problem.starts_with("cannot use the cache ") && problem.contains(part), "{problem}");
    assert!(!problem.contains('\n'), "{problem}");
    assert_eq!(content(cache), before);
}

#[test]
fn a_cache_of_somebody_else_is_left_alone() {
    let fixture = Fixture::new();
    fixture.load_settled();
    assert_eq!(fixture.load(), (0, true));
    if !is_root() {
        return;
    }
    chown(fixture.cache(), Some(STRANGER), None).unwrap();
    assert_left_alone(&fixture, &fixture.cache(), "it belongs to user 1234; it must belong to you");
    chown(fixture.cache(), Some(0), None).unwrap();
    assert_eq!(fixture.load(), (0, true));
}

#[test]
fn a_cache_that_others_can_write_is_left_alone() {
    let fixture = Fixture::new();
    fixture.load_settled();
    for mode in [0o777, 0o770, 0o702, 0o720, 0o1777] {
        set_mode(&fixture.cache(), mode);
        assert_left_alone(&fixture, &fixture.cache(), &format!("whose mode is {mode:o}"));
    }
    for mode in [0o755, 0o700] {
        set_mode(&fixture.cache(), mode);
        assert_eq!(fixture.load(), (0, true), "{mode:o}");
    }
}

#[test]
fn a_cache_that_is_a_link_is_left_alone() {
    let fixture = Fixture::new();
    fixture.load_settled();
    let link = fixture.folder.path().join("link");
    symlink("cache", &link).unwrap();
    assert_left_alone(&fixture, &link, "link is a symbolic link");
    assert_left_alone(&fixture, &link.join("."), "link is a symbolic link");
    symlink(".", fixture.folder.path().join("way")).unwrap();
    assert_left_alone(&fixture, &fixture.folder.path().join("way/cache"), "way is a symbolic link");
    let file = fixture.component.join("cache");
    assert!(fixture.load_from(&file).1[0].contains("app.wasm is not a folder"));
    for real in ["cache", "./cache/.", "cache/../cache"] {
        assert_eq!(fixture.load_from(&fixture.folder.path().join(real)), (0, Vec::new()), "{real}");
    }
}

/// A link that leads nowhere is not what a folder is made behind.
#[test]
fn nothing_is_made_behind_a_link() {
    let fixture = Fixture::new();
    symlink("elsewhere", fixture.cache()).unwrap();
    assert_eq!(fixture.load(), (1, false));
    assert!(!fixture.folder.path().join("elsewhere").exists());
    fs::remove_file(fixture.cache()).unwrap();
    assert_eq!(fixture.load(), (1, true));
}

#[test]
fn a_way_that_others_can_change_is_none() {
    let fixture = Fixture::new();
    let way = fixture.folder.path().join("way");
    let cache = way.join("deep/cache");
    make(&way, 0o700);
    assert_eq!(fixture.load_from(&cache), (1, Vec::new()));
    assert_eq!(fixture.load_from(&cache), (0, Vec::new()));
    for mode in [0o777, 0o770, 0o702] {
        set_mode(&way, mode);
        assert_left_alone(&fixture, &cache, &format!("way, whose mode is {mode:o}"));
    }
    // Others can make names there, and not exchange ours.
    set_mode(&way, 0o1777);
    assert_eq!(fixture.load_from(&cache), (0, Vec::new()));
    if is_root() {
        chown(&way, Some(STRANGER), None).unwrap();
        assert_left_alone(&fixture, &cache, "way belongs to user 1234");
    }
}

#[test]
fn nothing_is_made_where_others_can_change_the_way() {
    let fixture = Fixture::new();
    let way = fixture.folder.path().join("way");
    make(&way, 0o777);
    assert_eq!(fixture.load_from(&way.join("deep/cache")).0, 1);
    assert!(content(&way).is_empty());
    set_mode(&way, 0o755);
    assert_eq!(fixture.load_from(&way.join("deep/cache")), (1, Vec::new()));
    assert_eq!(fs::metadata(way.join("deep/cache")).unwrap().mode() & 0o777, 0o700);
}

/// What was done to the entry, which is compiled anew and then known again.
fn assert_rebuilt(fixture: &Fixture, what: &str) {
    assert_eq!(fixture.load(), (1, true), "{what}");
    assert_eq!(fixture.load(), (0, true), "{what}");
    let metadata = fs::symlink_metadata(fixture.file("cwasm")).unwrap();
    assert!(metadata.is_file() && metadata.nlink() == 1 && metadata.mode() & 0o777 == 0o600, "{what}");
}

#[test]
fn an_entry_that_is_not_as_it_was_written_is_rebuilt() {
    let fixture = Fixture::new();
    fixture.load_settled();
    let (entry, seal) = (fixture.file("cwasm"), fixture.file("seal"));
    let (bytes, times) = (fs::read(&entry).unwrap(), fs::metadata(&entry).unwrap().modified().unwrap());
    let replace = |bytes: &[u8]| {
        let other = fixture.folder.path().join("other");
        fs::write(&other, bytes).unwrap();
        set_mode(&other, 0o600);
        fs::rename(other, &entry).unwrap();
    };
    assert_eq!(fixture.load(), (0, true));
    // The same bytes, and code that wasmtime would take: only the seal tells.
    replace(&bytes);
    File::open(&entry).unwrap().set_modified(times).unwrap();
    assert_rebuilt(&fixture, "another file with the same bytes and times");
    let file = fs::OpenOptions::new().append(true).open(&entry).unwrap();
    std::io::Write::write_all(&mut &file, b"x").unwrap();
    assert_rebuilt(&fixture, "one byte more");
    set_mode(&entry, 0o666);
    assert_rebuilt(&fixture, "others could write to it");
    set_mode(&entry, 0o620);
    assert_rebuilt(&fixture, "a group could write to it");
    fs::hard_link(&entry, fixture.folder.path().join("name")).unwrap();
    assert_rebuilt(&fixture, "it has another name");
    let real = fixture.folder.path().join("real");
    fs::rename(&entry, &real).unwrap();
    symlink(&real, &entry).unwrap();
    assert_rebuilt(&fixture, "a link");
    fs::remove_file(&entry).unwrap();
    rustix::fs::mknodat(rustix::fs::CWD, &entry, rustix::fs::FileType::Fifo, rustix::fs::Mode::RWXU, 0).unwrap();
    assert_rebuilt(&fixture, "a FIFO");
    for damage in [&b""[..], &[0; 32], &[0; 33]] {
        fs::write(&seal, damage).unwrap();
        assert_rebuilt(&fixture, "a false seal");
    }
    fs::remove_file(&seal).unwrap();
    assert_rebuilt(&fixture, "no seal");
    if is_root() {
        chown(&entry, Some(STRANGER), None).unwrap();
        assert_rebuilt(&fixture, "it belongs to somebody else");
    }
}

/// An archive that was unpacked: all of a cache, the key as well, and all of it ours.
#[test]
fn a_copy_of_a_cache_holds_nothing_that_is_run() {
    let fixture = Fixture::new();
    fixture.load_settled();
    let copy = fixture.folder.path().join("copy");
    make(&copy, 0o700);
    for path in fs::read_dir(fixture.cache()).unwrap().map(|entry| entry.unwrap().path()) {
        let target = copy.join(path.file_name().unwrap());
        fs::copy(&path, &target).unwrap();
        let modified = fs::metadata(&path).unwrap().modified().unwrap();
        File::open(target).unwrap().set_modified(modified).unwrap();
    }
    assert_eq!(fixture.load_from(&copy), (1, Vec::new()));
    assert_eq!(fixture.load_from(&copy), (0, Vec::new()));
    assert_eq!(fixture.load(), (0, true), "the cache itself is used");
}

#[test]
fn a_key_that_others_could_have_read_is_replaced() {
    let fixture = Fixture::new();
    fixture.load_settled();
    let path = fixture.cache().join("key");
    let key = fs::read(&path).unwrap();
    assert_eq!((key.len(), fs::metadata(&path).unwrap().mode() & 0o777), (64, 0o600));
    assert_eq!(fixture.load(), (0, true));
    assert_eq!(fs::read(&path).unwrap(), key);
    for mode in [0o644, 0o640, 0o604] {
        set_mode(&path, mode);
        assert_rebuilt(&fixture, "a key that others could read");
        assert_ne!(fs::read(&path).unwrap(), key);
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
    }
    fs::write(&path, "short").unwrap();
    assert_rebuilt(&fixture, "no key");
    fs::write(fixture.folder.path().join("theirs"), key).unwrap();
    fs::remove_file(&path).unwrap();
    symlink("../theirs", &path).unwrap();
    assert_rebuilt(&fixture, "a key behind a link");
    assert!(fs::symlink_metadata(&path).unwrap().is_file());
}

/// A stamp says which code is run for a file.
#[test]
fn a_stamp_of_somebody_else_leads_nowhere() {
    let fixture = Fixture::new();
    fixture.load_settled();
    let stamp = fixture.file("stamp");
    let source = Source::open(&fixture.engine, &fixture.component).unwrap();
    let bytes = fs::read(&stamp).unwrap();
    let known = Some(digest(&fixture.engine, EMPTY));
    assert_eq!(fixture.store().recall(&source.stamp), known);
    for position in [0, 31, 32, 63] {
        let mut forged = bytes.clone();
        forged[position] ^= 1;
        fs::write(&stamp, forged).unwrap();
        assert_eq!(fixture.store().recall(&source.stamp), None, "{position}");
    }
    // One that is well sealed, for another file.
    fs::copy(fixture.file("seal"), &stamp).unwrap();
    assert_eq!(fixture.store().recall(&source.stamp), None);
    fs::write(&fixture.component, [EMPTY, b"\0\x02\x01x"].concat()).unwrap();
    let other = Source::open(&fixture.engine, &fixture.component).unwrap();
    fixture.store().remember(&other.stamp, &[7; 32]);
    let name = fixture.files("stamp").into_iter().find(|path| *path != stamp).unwrap();
    fs::rename(name, &stamp).unwrap();
    assert_eq!(fixture.store().recall(&source.stamp), None);
    fs::write(&stamp, bytes).unwrap();
    assert_eq!(fixture.store().recall(&source.stamp), known);
}

/// Without a seal that would tell as well.
#[test]
fn only_regular_files_of_ours_are_opened() {
    let fixture = Fixture::new();
    let folder = Folder::open(&fixture.cache()).unwrap();
    let path = fixture.cache().join("file");
    let opens = |others| folder.file("file", others).is_ok();
    fs::write(&path, "").unwrap();
    for (mode, may_read, may_nothing) in [
        (0o600, true, true),
        (0o400, true, true),
        (0o644, true, false),
        (0o640, true, false),
        (0o604, true, false),
        (0o666, false, false),
        (0o620, false, false),
        (0o602, false, false),
    ] {
        set_mode(&path, mode);
        assert_eq!((opens(Others::MayRead), opens(Others::MayNothing)), (may_read, may_nothing), "{mode:o}");
    }
    set_mode(&path, 0o600);
    fs::hard_link(&path, fixture.cache().join("name")).unwrap();
    assert!(!opens(Others::MayRead), "another name");
    fs::remove_file(fixture.cache().join("name")).unwrap();
    assert!(opens(Others::MayRead));
    if is_root() {
        chown(&path, Some(STRANGER), None).unwrap();
        assert!(!opens(Others::MayRead), "somebody else's");
    }
    fs::rename(&path, fixture.cache().join("real")).unwrap();
    symlink("real", &path).unwrap();
    assert!(!opens(Others::MayRead), "a link");
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert!(!opens(Others::MayRead), "a folder");
    fs::remove_dir(&path).unwrap();
    rustix::fs::mknodat(rustix::fs::CWD, &path, rustix::fs::FileType::Fifo, rustix::fs::Mode::RWXU, 0).unwrap();
    assert!(!opens(Others::MayRead), "a FIFO");
}
