//! Which files of a hostile package are read, and which are refused.

use std::os::unix::fs::symlink;

use super::*;

/// A folder that is embedded, another one, and what is in neither.
struct Fixture {
    temporary: tempfile::TempDir,
}

impl Fixture {
    fn new() -> Self {
        let fixture = Self { temporary: tempfile::tempdir().unwrap() };
        for folder in ["app/package", "site", "outside"] {
            fs::create_dir_all(fixture.path(folder)).unwrap();
        }
        fs::write(fixture.path("app/package/data"), "data").unwrap();
        fs::write(fixture.path("site/other"), "other").unwrap();
        fs::write(fixture.path("outside/secret"), "secret").unwrap();
        fixture
    }

    fn path(&self, name: &str) -> PathBuf {
        self.temporary.path().join(name)
    }

    fn directory(&self, name: &str) -> Directory {
        let host = self.path(name);
        Directory { guest: host.to_str().unwrap().to_owned(), host, writable: false }
    }

    fn sources(&self) -> Sources {
        Sources::open(&[self.directory("app"), self.directory("site")], Limits::default()).unwrap()
    }

    fn read(&self, name: &str) -> Result<String, String> {
        let bytes = self.sources().read(&self.path(name)).map_err(|error| error.to_string())?;
        Ok(String::from_utf8(bytes).unwrap())
    }

    /// A link in the package, to whatever `target` says.
    fn link(&self, target: impl AsRef<Path>) {
        let link = self.path("app/package/link");
        let _ = fs::remove_file(&link);
        symlink(target, link).unwrap();
    }
}

#[test]
fn files_are_read() {
    let fixture = Fixture::new();
    assert_eq!(fixture.read("app/package/data").unwrap(), "data");
    assert_eq!(fixture.read("site/other").unwrap(), "other");
    let missing = fixture.read("app/package/missing").unwrap_err();
    assert!(missing.contains("app/package/missing: No such file"), "{missing}");
}

#[test]
fn links_that_stay_inside_are_followed() {
    let fixture = Fixture::new();
    symlink("package", fixture.path("app/alias")).unwrap();
    assert_eq!(fixture.read("app/alias/data").unwrap(), "data");
    // The last goes through the parent, which is not embedded, and back.
    for target in ["data", "../package/data", "../alias/data", "../../app/package/data"] {
        fixture.link(target);
        assert_eq!(fs::read(fixture.path("app/package/link")).unwrap(), b"data", "natively");
        assert_eq!(fixture.read("app/package/link").unwrap(), "data", "{target}");
    }
    fixture.link(fixture.path("app/package/data"));
    assert_eq!(fixture.read("app/package/link").unwrap(), "data", "an absolute one");
    fixture.link("../../site/other");
    assert_eq!(fixture.read("app/package/link").unwrap(), "other", "into another folder that is embedded");
}

#[test]
fn a_link_out_is_an_error() {
    let fixture = Fixture::new();
    symlink("../../outside", fixture.path("app/package/folder")).unwrap();
    symlink(fixture.path("outside"), fixture.path("app/package/absolute")).unwrap();
    for name in ["app/package/folder/secret", "app/package/absolute/secret"] {
        assert_eq!(fs::read(fixture.path(name)).unwrap(), b"secret", "natively it is read");
        let error = fixture.read(name).unwrap_err();
        assert!(error.contains(name) && error.contains("out of the folders"), "{error}");
    }
    let secret = fixture.path("outside/secret");
    for target in [Path::new("../../outside/secret"), &secret, Path::new("/proc/self/environ")] {
        fixture.link(target);
        fs::read(fixture.path("app/package/link")).unwrap();
        let error = fixture.read("app/package/link").unwrap_err();
        assert!(error.contains("app/package/link: a link leads from there out of the folders"), "{error}");
    }
    symlink("link", fixture.path("app/package/again")).unwrap();
    assert!(fixture.read("app/package/again").unwrap_err().contains("out of the folders"));
}

#[test]
fn a_path_that_leads_out_is_an_error() {
    let fixture = Fixture::new();
    for name in ["app/../outside/secret", "outside/secret", "app/package/../../outside/secret", "appendix"] {
        let error = fixture.read(name).unwrap_err();
        assert!(error.starts_with("cannot embed ") && error.contains(name), "{error}");
    }
    assert_eq!(fixture.read("app/package/../package/data").unwrap(), "data");
}

#[test]
fn a_folder_that_is_exchanged_is_still_the_one_that_was_opened() {
    let fixture = Fixture::new();
    let mut sources = fixture.sources();
    fs::rename(fixture.path("app"), fixture.path("old")).unwrap();
    symlink("outside", fixture.path("app")).unwrap();
    assert_eq!(fs::read(fixture.path("app/secret")).unwrap(), b"secret");
    assert_eq!(sources.read(&fixture.path("app/package/data")).unwrap(), b"data");
    sources.read(&fixture.path("app/secret")).unwrap_err();
}

/// None of these ends if it is read, or opened to be read.
#[test]
fn what_is_no_regular_file_is_an_error() {
    let fixture = Fixture::new();
    let (fifo, socket) = (fixture.path("app/fifo"), fixture.path("app/socket"));
    rustix::fs::mknodat(rustix::fs::CWD, &fifo, rustix::fs::FileType::Fifo, Mode::RUSR, 0).unwrap();
    let _listener = std::os::unix::net::UnixListener::bind(socket).unwrap();
    symlink("fifo", fixture.path("app/link")).unwrap();
    symlink(fixture.path("app/package"), fixture.path("app/folder")).unwrap();
    for (name, kind) in
        [("app/fifo", "a FIFO"), ("app/link", "a FIFO"), ("app/socket", "a socket"), ("app/folder", "a folder")]
    {
        let error = fixture.read(name).unwrap_err();
        assert!(error.starts_with("cannot embed ") && error.contains(name), "{error}");
        assert!(error.contains(&format!("it is {kind}")), "{error}");
    }
    let devices = Directory { host: "/dev".into(), guest: "/dev".to_owned(), writable: false };
    let mut sources = Sources::open(&[devices], Limits::default()).unwrap();
    for name in ["/dev/zero", "/dev/null"] {
        let error = sources.read(Path::new(name)).unwrap_err().to_string();
        assert!(error.contains(name) && error.contains("it is a device"), "{error}");
    }
}

#[test]
fn files_have_a_limit_each_and_together() {
    let fixture = Fixture::new();
    for (name, size) in [("one", 4), ("two", 4), ("three", 3), ("large", 5)] {
        fs::write(fixture.path("app").join(name), vec![b'x'; size]).unwrap();
    }
    let mut sources = Sources::open(&[fixture.directory("app")], Limits { file: 4, all: 10 }).unwrap();
    let mut read = |name| sources.read(&fixture.path("app").join(name)).map_err(|error| error.to_string());
    let error = read("large").unwrap_err();
    assert!(error.contains("large: it has 5 bytes or more, and one file may have 4"), "{error}");
    assert_eq!(read("one").unwrap().len(), 4);
    assert_eq!(read("two").unwrap().len(), 4);
    let error = read("three").unwrap_err();
    assert!(error.contains("three: with it the files have 11 bytes or more together"), "{error}");
    assert!(error.contains("may have 10"), "{error}");
    fs::write(fixture.path("app/three"), "xx").unwrap();
    assert_eq!(read("three").unwrap().len(), 2, "what fits is read");
    assert_eq!(read("missing").is_err(), read("one").is_err(), "and nothing more");
}

#[test]
fn a_large_file_is_not_read_to_find_that_out() {
    let fixture = Fixture::new();
    File::create(fixture.path("app/large")).unwrap().set_len(1 << 40).unwrap();
    let error = fixture.read("app/large").unwrap_err();
    assert!(error.contains("1099511627776 bytes or more, and one file may have 268435456"), "{error}");
}

/// A folder may have been exchanged for one of a procfs after it was judged: there are the environment and the memory of
/// whoever builds.
#[test]
fn a_file_of_a_procfs_is_an_error() {
    let folder = Directory { host: "/proc/self".into(), guest: "/proc/self".to_owned(), writable: false };
    let mut sources = Sources::open(&[folder], Limits::default()).unwrap();
    let environment = Path::new("/proc/self/environ");
    assert!(fs::metadata(environment).unwrap().is_file(), "it looks like any file");
    let error = sources.read(environment).unwrap_err().to_string();
    assert!(error.contains("/proc/self/environ: it is a file of a procfs"), "{error}");
}
