//! CPython's own C, compiled for WebAssembly and optimised as one piece together with its libraries.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Source;
use super::libraries::Libraries;
use super::native::make;
use crate::progress::{self, Step};
use crate::setup::Tools;
use crate::stamp::{Inputs, Stamp};
use crate::workspace::Workspace;
use crate::{command, files};

/// What the linker needs of CPython.
pub(super) struct Objects {
    /// One object file with all of it.
    pub(super) linked: PathBuf,
    /// The module that `sysconfig` reads.
    pub(super) configuration: PathBuf,
}

/// Builds them if the source, a library, the compiler or a flag has changed.
pub(super) fn build(
    workspace: &Workspace,
    tools: &Tools,
    source: &Source,
    native: &Path,
    libraries: &Libraries,
) -> Result<Objects> {
    let folder = workspace.artefact("cpython/wasm");
    let objects = Objects { linked: folder.join("python.o"), configuration: folder.join(CONFIGURATION) };
    let inputs = Inputs::new(workspace).text(&source.identity).text(&source.folder.to_string_lossy());
    let inputs = inputs
        .files("xtask/src/build/cpython/objects.rs")?
        .files("xtask/src/setup/zig.rs")?
        .files("python/interpreter")?;
    let inputs = archives(&libraries.archives())?.iter().try_fold(inputs, |inputs, archive| inputs.file(archive))?;
    let stamp = Stamp::new(workspace, "cpython-objects", inputs);
    if stamp.is_current(&[&objects.linked, &objects.configuration]) {
        progress::already("CPython for WebAssembly", "up to date");
        return Ok(objects);
    }
    if folder.to_string_lossy().contains(' ') {
        bail!("CPython cannot be built below a folder with a space in its name: {}", folder.display());
    }
    files::remove_folder(&folder)?;
    files::create_folder(&folder)?;
    files::copy(&workspace.path(FRAME_ADDRESS), &folder.join(HEADER))?;
    files::copy_folder(&workspace.path(FOREIGN), &foreign(&folder))?;
    let mut step = Step::start("CPython for WebAssembly: configure");
    command::run_quietly(&mut step, &mut configure(tools, source, native, libraries, &folder))?;
    step.finish("");
    let mut step = Step::start("CPython for WebAssembly: compile");
    command::run_quietly(&mut step, make(&folder).args(["libpython3.14.a", "pybuilddir.txt"]))?;
    command::run_quietly(&mut step, &mut compile_own_part(workspace, tools, source, &folder))?;
    let compiler = tools.compilers.zig.compiler();
    let places = [
        (source.folder.as_path(), "/usr/src/python"),
        (&folder, "/usr/src/python/build"),
        (&libraries.folder, "/usr/local"),
        (native.parent().unwrap_or(native), "/usr/bin"),
        (compiler.parent().unwrap_or(native), "/usr/bin"),
    ];
    describe(&folder, &objects.configuration, &places)?;
    step.finish("");
    let mut step = Step::start("CPython for WebAssembly: optimise");
    command::run_quietly(&mut step, &mut link(tools, libraries, &folder, &objects.linked)?)?;
    stamp.set()?;
    step.finish(&files::size_text(objects.linked.metadata()?.len()));
    Ok(objects)
}

fn configure(tools: &Tools, source: &Source, native: &Path, libraries: &Libraries, folder: &Path) -> Command {
    // The interpreter keeps the path of its sources as it was given here.
    let sources = source.folder.strip_prefix(folder.parent().unwrap_or(folder));
    let sources = sources.map_or_else(|_| source.folder.clone(), |inner| Path::new("..").join(inner));
    let mut configure = Command::new(sources.join("configure"));
    configure.args(["--quiet", "--host=wasm32-wasip1", BUILD_MACHINE, "--disable-test-modules", "--without-ensurepip"]);
    configure.arg(format!("--with-build-python={}", native.display())).current_dir(folder);
    configure.env("CONFIG_SITE", sources.join("Tools/wasm/wasi/config.site-wasm32-wasi"));
    configure
        .env("CC", tools.compilers.zig.compiler())
        .env("AR", tools.compilers.zig.archiver())
        .env("RANLIB", tools.compilers.zig.ranlib());
    configure.env("OPT", OPTIMISATION).env("CFLAGS", CHECKED_FLAGS);
    let own = format!("{} -fmacro-prefix-map={}=.", own_flags(folder), source.folder.display());
    configure.env("CFLAGS_NODIST", own).env("HOSTRUNNER", "false");
    for (name, library) in
        [("ZLIB", "z"), ("BZIP2", "bz2"), ("LIBLZMA", "lzma"), ("LIBZSTD", "zstd"), ("LIBSQLITE3", "sqlite3")]
    {
        configure.env(format!("{name}_CFLAGS"), format!("-I{}", libraries.headers().display()));
        configure.env(format!("{name}_LIBS"), format!("-L{} -l{library}", libraries.archives().display()));
    }
    // No library stands behind it: our own part of the interpreter does. `configure` takes no empty list for an answer.
    configure.env("LIBFFI_CFLAGS", format!("-I{}", foreign(folder).display())).env("LIBFFI_LIBS", "-lm");
    // Nothing of this machine's own libraries.
    configure.env("PKG_CONFIG", "false").env_remove("MAKEFLAGS").env_remove("CARGO_MAKEFLAGS");
    configure.envs(ANSWERS);
    configure
}

/// Where `ffi.h` is while CPython is compiled: beside it, so that what is kept of the flags names no folder of this machine.
fn foreign(folder: &Path) -> PathBuf {
    folder.join("ffi")
}

/// Flags that `configure` does not see.
fn own_flags(folder: &Path) -> String {
    format!("{FLAGS} -D_Py_LINKER_THREAD_STACK_SIZE={RECURSION} -include {}", folder.join(HEADER).display())
}

/// Our own part of CPython, compiled as its own parts are.
fn compile_own_part(workspace: &Workspace, tools: &Tools, source: &Source, folder: &Path) -> Command {
    let mut compile = Command::new(tools.compilers.zig.compiler());
    compile.arg("-c").args(OPTIMISATION.split(' ')).args(CHECKED_FLAGS.split(' ')).args(own_flags(folder).split(' '));
    compile.args(["-std=c11", "-fvisibility=hidden", "-DPy_BUILD_CORE"]);
    for place in [folder, &source.folder.join("Include"), &source.folder.join("Include/internal")] {
        compile.arg("-I").arg(place);
    }
    compile.arg(workspace.path(PENDING)).arg("-o").arg(folder.join(PENDING_OBJECT));
    compile
}

/// Keeps what `sysconfig` says, with none of this machine's paths.
fn describe(folder: &Path, to: &Path, places: &[(&Path, &str)]) -> Result<()> {
    let built = std::fs::read_to_string(folder.join("pybuilddir.txt"))?;
    let written = folder.join(built.trim()).join(CONFIGURATION);
    let mut text = std::fs::read_to_string(&written).with_context(|| format!("cannot read {}", written.display()))?;
    // The innermost folders first: one may hold another.
    let mut places = places.to_vec();
    places.sort_by_key(|(place, _)| std::cmp::Reverse(place.as_os_str().len()));
    for (place, name) in places {
        text = text.replace(place.to_string_lossy().as_ref(), name);
    }
    files::write(to, text)
}

/// Optimises the interpreter as a whole. What it uses of the libraries comes along.
fn link(tools: &Tools, libraries: &Libraries, folder: &Path, to: &Path) -> Result<Command> {
    let mut link = tools.compilers.zig.linker();
    link.args(["--relocatable", "--lto-O2"]);
    link.arg("--whole-archive").arg(folder.join("libpython3.14.a"));
    link.arg(folder.join(PENDING_OBJECT)).args(WRAPPED.map(|name| format!("--wrap={name}")));
    link.arg("--no-whole-archive").args(archives(&folder.join("Modules"))?);
    link.args(archives(&libraries.archives())?).arg("-o").arg(to);
    Ok(link)
}

fn archives(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = files::walk(folder)?;
    found.retain(|file| file.extension().is_some_and(|extension| extension == "a"));
    Ok(found)
}

/// How much of its stack CPython's recursion in C may take, in bytes: `host/src/runtime/engine.rs` has WebAssembly's stack for it.
const RECURSION: u32 = 1 << 20;
/// What makes that a bound for all of its functions.
const FRAME_ADDRESS: &str = "python/interpreter/frame_address.h";
const HEADER: &str = "frame_address.h";
/// What `_ctypes` asks of libffi; `python/ext/src/interpreter/foreign/` implements it.
const FOREIGN: &str = "python/interpreter/ffi";
/// What our signals and threads need of CPython's inner parts, and the functions that it comes before.
const PENDING: &str = "python/interpreter/pending.c";
const PENDING_OBJECT: &str = "pending.o";
const WRAPPED: [&str; 3] = ["_PyThreadState_Bind", "_PyThreadState_DeleteCurrent", "_Py_HandlePending"];
const CONFIGURATION: &str = "_sysconfigdata__wasi_wasm32-wasi.py";
/// Any that is another than the target.
const BUILD_MACHINE: &str = "--build=x86_64-pc-linux-gnu";
/// `-O3` makes code that is larger and no faster.
const OPTIMISATION: &str = "-DNDEBUG -O2";
/// Flags that `configure` tries programs with. Zig's own default is to check for undefined behaviour.
const CHECKED_FLAGS: &str = "-fno-sanitize=undefined -g0";
/// Without `__DATE__`, CPython names no time of its build: the same source gives the same interpreter.
const FLAGS: &str = "-flto -w -U__DATE__ -U__TIME__";
/// What `configure` cannot find out: our own modules take the place of two, Zig's headers declare what its library lacks, and what
/// `ffi.h` declares is linked later.
const ANSWERS: [(&str, &str); 9] = [
    ("py_cv_module__socket", "n/a"),
    ("py_cv_module_select", "n/a"),
    ("ac_cv_func_setgroups", "no"),
    ("ac_cv_func_timerfd_create", "no"),
    ("ac_cv_header_libintl_h", "no"),
    ("ac_cv_func_ffi_prep_cif_var", "yes"),
    ("ac_cv_func_ffi_prep_closure_loc", "yes"),
    ("ac_cv_func_ffi_closure_alloc", "yes"),
    ("ac_cv_ffi_complex_double_supported", "yes"),
];
