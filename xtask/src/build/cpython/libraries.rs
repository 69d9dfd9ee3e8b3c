//! The C libraries that CPython's modules need: zlib, bzip2, liblzma, zstd and SQLite, for WebAssembly.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::progress::{self, Step};
use crate::setup::Tools;
use crate::stamp::{Inputs, Stamp};
use crate::workspace::Workspace;
use crate::{command, files, parallel};

/// Where they are, and where each one's header is.
pub(super) struct Libraries {
    pub(super) folder: PathBuf,
}

/// A library in the sources of a crate.
pub(super) struct Library {
    /// As the linker calls it.
    name: &'static str,
    /// The crate of `python/libraries/Cargo.toml`.
    package: &'static str,
    /// The folder in the crate that the other paths begin at.
    root: &'static str,
    /// Folders of C files, or single files.
    sources: &'static [&'static str],
    /// Files that are not compiled: other systems', programs', or those that files include.
    skipped: &'static [&'static str],
    headers: &'static [&'static str],
    flags: &'static [&'static str],
    pub(super) software: Software,
    pub(super) license: License,
}

/// What a library is called elsewhere.
pub(super) struct Software {
    pub(super) name: &'static str,
    pub(super) version: &'static str,
    /// A line of a header that has the version in it.
    pub(super) line: &'static str,
}

/// The terms of a library.
pub(super) struct License {
    /// As SPDX writes it.
    pub(super) name: &'static str,
    /// The file with the text, below the library's root; none in the public domain.
    pub(super) text: Option<&'static str>,
}

/// Builds them all.
pub(super) fn build(workspace: &Workspace, tools: &Tools) -> Result<Libraries> {
    let libraries = Libraries { folder: workspace.artefact("cpython/libraries") };
    let inputs = Inputs::new(workspace).files("python/libraries")?.files("Cargo.lock")?;
    let inputs = inputs.files("xtask/src/build/cpython/libraries.rs")?.files("xtask/src/setup/zig.rs")?;
    let stamp = Stamp::new(workspace, "cpython-libraries", inputs);
    let all: Vec<PathBuf> = LIBRARIES.iter().map(|library| libraries.archive(library)).collect();
    if stamp.is_current(&all.iter().map(PathBuf::as_path).collect::<Vec<_>>()) {
        progress::already("C libraries of CPython", "up to date");
        return Ok(libraries);
    }
    let mut step = Step::start("C libraries of CPython");
    files::remove_folder(&libraries.folder)?;
    let sources = Sources::find(workspace)?;
    for library in &LIBRARIES {
        step.note(library.name);
        libraries.build(tools, library, &sources.of(library)?)?;
    }
    stamp.set()?;
    step.finish(&LIBRARIES.map(|library| library.name).join(", "));
    Ok(libraries)
}

impl Libraries {
    /// For `-I`.
    pub(super) fn headers(&self) -> PathBuf {
        self.folder.join("include")
    }

    /// For `-L`.
    pub(super) fn archives(&self) -> PathBuf {
        self.folder.join("lib")
    }

    fn archive(&self, library: &Library) -> PathBuf {
        self.archives().join(format!("lib{}.a", library.name))
    }

    /// Compiles one, on all cores, to an archive; its headers go beside those of the others.
    fn build(&self, tools: &Tools, library: &Library, root: &Path) -> Result<()> {
        let sources = library.files(root)?;
        let objects = self.folder.join(library.name);
        files::create_folder(&objects)?;
        files::create_folder(&self.archives())?;
        let calls: Vec<(Command, PathBuf)> = sources
            .iter()
            .enumerate()
            .map(|(number, source)| {
                let object = objects.join(format!("{number}.o"));
                let mut compile = Command::new(tools.compilers.zig.compiler());
                compile.args(FLAGS).args(library.flags).current_dir(root);
                compile.arg("-c").arg(source).arg("-o").arg(&object);
                (compile, object)
            })
            .collect();
        let (calls, made): (Vec<_>, Vec<_>) = calls.into_iter().unzip();
        parallel::with_each(calls, |mut call| command::output_of(&mut call))?;
        let mut archive = Command::new(tools.compilers.zig.archiver());
        command::output_of(archive.arg("rcs").arg(self.archive(library)).args(made))?;
        for header in library.headers {
            let from = root.join(header);
            if from.is_dir() {
                files::copy_folder(&from, &self.headers())?;
            } else {
                files::copy(&from, &self.headers().join(from.file_name().unwrap_or_default()))?;
            }
        }
        files::remove_folder(&objects)
    }
}

impl Library {
    /// The headers, by name.
    pub(super) fn headers(&self) -> &'static [&'static str] {
        self.headers
    }

    /// Its C files, relative to its root.
    fn files(&self, root: &Path) -> Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        for source in self.sources {
            for file in files::walk(&root.join(source))? {
                let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
                if name.ends_with(".c") && !self.skipped.contains(&name.as_str()) {
                    found.push(file.strip_prefix(root)?.to_path_buf());
                }
            }
        }
        if found.is_empty() {
            bail!("{} holds no source of {}", root.display(), self.name);
        }
        Ok(found)
    }
}

/// Where cargo has the crates' sources.
pub(super) struct Sources(Vec<(String, PathBuf)>);

impl Sources {
    pub(super) fn find(workspace: &Workspace) -> Result<Self> {
        let mut metadata = Command::new("cargo");
        metadata.args(["metadata", "--format-version", "1", "--locked"]).current_dir(workspace.root());
        let text = command::text_of(&mut metadata).context("`cargo metadata --locked` fails; is there a network?")?;
        let metadata: serde_json::Value = serde_json::from_str(&text)?;
        let packages = metadata["packages"].as_array().context("cargo names no packages")?;
        let found = packages.iter().filter_map(|package| {
            let manifest = Path::new(package["manifest_path"].as_str()?);
            Some((package["name"].as_str()?.to_owned(), manifest.parent()?.to_path_buf()))
        });
        Ok(Self(found.collect()))
    }

    pub(super) fn of(&self, library: &Library) -> Result<PathBuf> {
        let found = self.0.iter().find(|(name, _)| name == library.package);
        let (_, folder) = found.with_context(|| format!("cargo knows no crate {}", library.package))?;
        Ok(folder.join(library.root))
    }
}

/// Zig's own default is to check for undefined behaviour. The code generator runs at the end, over all of the interpreter.
const FLAGS: [&str; 8] =
    ["-O2", "-flto", "-g0", "-DNDEBUG", "-fno-sanitize=undefined", "-ffunction-sections", "-fdata-sections", "-w"];

pub(super) const LIBRARIES: [Library; 5] = [
    Library {
        name: "z",
        package: "libz-sys",
        root: "src/zlib",
        sources: &[
            "adler32.c",
            "compress.c",
            "crc32.c",
            "deflate.c",
            "infback.c",
            "inffast.c",
            "inflate.c",
            "inftrees.c",
            "trees.c",
            "uncompr.c",
            "zutil.c",
        ],
        skipped: &[],
        headers: &["zlib.h", "zconf.h"],
        flags: &["-DHAVE_UNISTD_H"],
        software: Software { name: "zlib", version: "1.4", line: "#define ZLIB_VERSION \"1.4\"" },
        license: License { name: "Zlib", text: Some("LICENSE") },
    },
    Library {
        name: "bz2",
        package: "bzip2-sys",
        root: "bzip2-1.0.8",
        sources: &["blocksort.c", "bzlib.c", "compress.c", "crctable.c", "decompress.c", "huffman.c", "randtable.c"],
        skipped: &[],
        headers: &["bzlib.h"],
        flags: &["-D_FILE_OFFSET_BITS=64"],
        software: Software { name: "bzip2", version: "1.0.8", line: "bzip2/libbzip2 version 1.0.8" },
        license: License { name: "bzip2-1.0.6", text: Some("LICENSE") },
    },
    Library {
        name: "lzma",
        package: "liblzma-sys",
        root: "xz/src",
        sources: &["common/tuklib_cpucores.c", "common/tuklib_physmem.c", "liblzma"],
        skipped: &[
            "crc32_small.c",
            "crc64_small.c",
            "crc32_tablegen.c",
            "crc64_tablegen.c",
            "crc_clmul_consts_gen.c",
            "fastpos_tablegen.c",
            "price_tablegen.c",
            "hardware_cputhreads.c",
            "outqueue.c",
            "stream_decoder_mt.c",
            "stream_encoder_mt.c",
        ],
        headers: &["liblzma/api"],
        flags: &[
            "-std=c99",
            "-DHAVE_CONFIG_H",
            "-I../..",
            "-Icommon",
            "-Iliblzma/api",
            "-Iliblzma/check",
            "-Iliblzma/common",
            "-Iliblzma/delta",
            "-Iliblzma/lz",
            "-Iliblzma/lzma",
            "-Iliblzma/rangecoder",
            "-Iliblzma/simple",
        ],
        software: Software { name: "liblzma", version: "5.8.4", line: "#define LZMA_VERSION_PATCH 4" },
        license: License { name: "0BSD", text: Some("../COPYING.0BSD") },
    },
    Library {
        name: "zstd",
        package: "zstd-sys",
        root: "zstd/lib",
        sources: &["common", "compress", "decompress", "dictBuilder"],
        skipped: &[],
        headers: &["zstd.h", "zstd_errors.h", "zdict.h"],
        flags: &["-DZSTD_DISABLE_ASM=1", "-DZSTD_LEGACY_SUPPORT=0", "-D_WASI_EMULATED_PROCESS_CLOCKS"],
        software: Software { name: "zstd", version: "1.5.7", line: "#define ZSTD_VERSION_RELEASE  7" },
        license: License { name: "BSD-3-Clause", text: Some("../LICENSE") },
    },
    Library {
        name: "sqlite3",
        package: "libsqlite3-sys",
        root: "sqlite3",
        sources: &["sqlite3.c"],
        skipped: &[],
        headers: &["sqlite3.h", "sqlite3ext.h"],
        flags: &[
            "-Os",
            "-DSQLITE_THREADSAFE=0",
            "-DSQLITE_OMIT_LOAD_EXTENSION",
            "-DSQLITE_OMIT_WAL",
            "-DSQLITE_ENABLE_FTS4",
            "-DSQLITE_ENABLE_FTS5",
            "-DSQLITE_ENABLE_RTREE",
            "-DSQLITE_ENABLE_MATH_FUNCTIONS",
        ],
        software: Software { name: "SQLite", version: "3.54.1", line: "#define SQLITE_VERSION        \"3.54.1\"" },
        license: License { name: "blessing", text: None },
    },
];
