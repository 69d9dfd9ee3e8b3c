//! What can go wrong before a guest runs, or ends its run: one line each, with the value and what would be right.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// A failure of the host's own work. A guest's network failure is never one of these; the guest sees it as an error code.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file could not be read or written.
    #[error("cannot {action} {}: {}", path.display(), plain(source))]
    File {
        /// "read", "write", "open".
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A file is not what it was taken for.
    #[error("{} is not a WebAssembly component: {problem}", path.display())]
    NotAComponent {
        /// The file.
        path: PathBuf,
        /// What it is instead, and what would be right.
        problem: String,
    },
    /// A folder that a guest was to see leads into a procfs, where the memory and the environment of this process are.
    #[error(
        "cannot give a program the folder {}: it leads to the procfs at {}, where the environment and the memory of this process \
         lie open; name the folders that the program needs instead",
        path.display(),
        place.display()
    )]
    Procfs {
        /// The folder.
        path: PathBuf,
        /// Where the procfs is, or the folder in it.
        place: PathBuf,
    },
    /// A component asks for what this host does not have.
    #[error("{} needs what this host does not provide: {imports}", path.display())]
    MissingImports {
        /// The component's file.
        path: PathBuf,
        /// The first few missing names.
        imports: String,
    },
    /// A component is no command.
    #[error("{} is not a command: it does not export wasi:cli/run@0.2", path.display())]
    NotACommand {
        /// The component's file.
        path: PathBuf,
    },
    /// A policy file is malformed.
    #[error("{}:{line}: {problem}", path.display())]
    Policy {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong there, and what would be right.
        problem: String,
    },
    /// Certificates of authorities are malformed.
    #[error("malformed certificates: {problem}")]
    Certificates {
        /// What is wrong with them, and what would be right.
        problem: String,
    },
    /// The page of [`inspect`](crate::inspect) cannot be served where it was to be.
    #[error("cannot show a page on {address}: {problem}")]
    Inspect {
        /// Where it was to be.
        address: SocketAddr,
        /// Why not, and what would be right.
        problem: String,
    },
    /// The guest trapped.
    #[error("{program} trapped: {reason}")]
    Trap {
        /// The program, as it was named.
        program: String,
        /// The trap.
        reason: String,
        /// Where in the guest it happened: many lines.
        backtrace: String,
    },
    /// The audit of a guest has lost an event, and the guest was ended for that.
    #[error("{program} was ended: the audit has lost an event: {problem}")]
    AuditFailed {
        /// The program, as it was named.
        program: String,
        /// Why the event could not be written.
        problem: String,
    },
    /// `wasocket build` could not list the files of a program; the interpreter has said why.
    #[error("cannot collect the files of {}", path.display())]
    Listing {
        /// The program's script.
        path: PathBuf,
    },
    /// A file of a program is not one that `wasocket build` reads.
    #[error("cannot embed {}: {problem}", path.display())]
    NotEmbedded {
        /// The file.
        path: PathBuf,
        /// What it is instead, or how large, and what would be right.
        problem: String,
    },
    /// A composition needs more than its host provides.
    #[error("{name} still needs {left}")]
    Unsatisfied {
        /// The component, as it was named.
        name: String,
        /// What it needs, each with what comes close to it.
        left: String,
    },
    /// A component was to be plugged in where nothing of it is needed.
    #[error("{plug} exports nothing that {name} needs, or with other types")]
    NothingToPlug {
        /// The component that was to be plugged in, as it was named.
        plug: String,
        /// The component that it was to be plugged into.
        name: String,
    },
    /// The engine, or a composition, failed in a way no input should cause.
    #[error("{action}: {problem}")]
    Internal {
        /// What was being done.
        action: &'static str,
        /// What failed.
        problem: String,
    },
}

/// The result of the host's own work.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// For `map_err` on file operations.
    pub(crate) fn file(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { action, path, source }
    }

    /// For `map_err` on operations that fail only if this crate is wrong or the machine is out of something.
    pub(crate) fn internal<E: std::fmt::Display>(action: &'static str) -> impl FnOnce(E) -> Self {
        move |error| Self::Internal { action, problem: format!("{error:#}") }
    }
}

/// The reason without Rust's "(os error 2)".
fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_owned()
}
