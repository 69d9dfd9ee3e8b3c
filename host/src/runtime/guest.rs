//! One guest: what it is given, and the store's data made of that.

use std::sync::Arc;

use wasmtime::component::ResourceTable;
use wasmtime::{Engine, Store};
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{FsPerms, WasiCtx, WasiCtxView, WasiView};

use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use crate::error::{Error, Result};
use crate::http::{Authorities, Hooks};
use crate::network::Network;
use crate::runtime::directory::{self, Directory};
use crate::runtime::program::{ProgramView, Settings};
use crate::runtime::view::NetworkView;
use crate::signals::Signals;
use crate::sockets::{HostView, Sockets, View, WaitOn};

/// All that a guest is given, besides the standard streams of this process.
#[derive(Clone, Debug)]
pub struct Grants {
    /// The arguments of the command, the program's name first.
    pub arguments: Vec<String>,
    /// The environment.
    pub environment: Vec<(String, String)>,
    /// The folders.
    pub directories: Vec<Directory>,
    /// Where relative paths start, if anywhere in the folders.
    pub working_directory: Option<String>,
    /// The network.
    pub network: Network,
    /// What the Python interpreter is to run, if that is the guest.
    pub settings: Option<Settings>,
    /// Where its standard output goes.
    pub output: Output,
    /// What waits while the guest does.
    pub wait_on: WaitOn,
    /// The signals that it is sent. They are its own: a clone sends them.
    pub signals: Signals,
    /// Trust anchors for the TLS of `wasi:http`.
    pub authorities: Authorities,
}

impl Grants {
    /// A network and nothing else, for [`Host::run`](crate::Host::run). Set the fields to give it more.
    pub fn new(network: Network) -> Self {
        Self {
            arguments: Vec::new(),
            environment: Vec::new(),
            directories: Vec::new(),
            working_directory: None,
            network,
            settings: None,
            output: Output::Output,
            wait_on: WaitOn::Runtime,
            signals: Signals::new(),
            authorities: Authorities::default(),
        }
    }
}

/// Where a guest's standard output goes.
#[derive(Clone, Debug, Default)]
pub enum Output {
    /// To standard output.
    #[default]
    Output,
    /// To standard error, because standard output is for something else.
    Error,
    /// Into memory, up to the pipe's capacity.
    Pipe(MemoryOutputPipe),
}

/// The data of a guest's store.
pub(crate) struct Guest {
    wasi: WasiCtx,
    table: ResourceTable,
    network: Network,
    settings: Settings,
    sockets: Arc<Sockets>,
    signals: Signals,
    http: WasiHttpCtx,
    hooks: Hooks,
}

impl Guest {
    /// With standard input, output and error of this process, unless the grants say otherwise.
    pub(super) fn new(grants: Grants) -> Result<Self> {
        let mut builder = WasiCtx::builder();
        builder.inherit_stdio().args(&grants.arguments).envs(&grants.environment);
        match grants.output {
            Output::Pipe(output) => _ = builder.stdout(output),
            Output::Error => _ = builder.stdout(wasmtime_wasi::cli::stderr()),
            Output::Output => (),
        }
        for folder in &grants.directories {
            directory::check(folder)?;
            let Directory { host, guest, writable } = folder;
            let permissions = if *writable { FsPerms::ReadWrite } else { FsPerms::ReadOnly };
            builder.preopened_dir(host, guest, permissions).map_err(|error| not_opened(host, &error))?;
        }
        if let Some(folder) = &grants.working_directory {
            builder.initial_cwd(folder);
        }
        grants.network.grant(&mut builder);
        let settings = grants.settings.unwrap_or_else(Settings::nothing);
        let sockets = Sockets::waiting_on(grants.network.clone(), "localhost", grants.wait_on, grants.signals.clone());
        Ok(Self {
            wasi: builder.build(),
            table: ResourceTable::new(),
            hooks: Hooks::new(grants.network.clone()).authorities(grants.authorities),
            network: grants.network,
            settings,
            sockets,
            signals: grants.signals,
            http: WasiHttpCtx::new(),
        })
    }
}

/// Threads that a guest may have at once. Each has a stack in this process, of some pages that are in use and many that are not.
/// The Python interpreter allows a program half as many, and tells it so before this ends it.
const MOST_THREADS: usize = 4096;

/// What wasmtime keeps in its table for each: the thread, and what it waits for in calls.
const ENTRIES_OF_A_THREAD: usize = 2;

impl Guest {
    /// The store of a guest.
    pub(crate) fn store(engine: &Engine, grants: Grants) -> Result<Store<Self>> {
        let mut store = Store::new(engine, Self::new(grants)?);
        if let Some(threads) = store.concurrent_resource_table() {
            threads.set_max_capacity(MOST_THREADS * ENTRIES_OF_A_THREAD);
        }
        Ok(store)
    }

    pub(crate) fn signals(&self) -> &Signals {
        &self.signals
    }
}

/// However a guest ends, also when it is killed, its sockets are closed and the audit records it.
impl Drop for Guest {
    fn drop(&mut self) {
        // Its memory, which words of signals are in, is still there.
        self.signals.end();
        self.network.end();
    }
}

impl WasiView for Guest {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for Guest {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { hooks: &mut self.hooks, table: &mut self.table, ctx: &mut self.http }
    }
}

impl NetworkView for Guest {
    fn network(&self) -> &Network {
        &self.network
    }
}

impl HostView for Guest {
    fn host(&mut self) -> View<'_> {
        View { sockets: &self.sockets, table: &mut self.table }
    }
}

impl ProgramView for Guest {
    fn settings(&self) -> &Settings {
        &self.settings
    }
}

fn not_opened(folder: &std::path::Path, error: &wasmtime::Error) -> Error {
    let source = match error.downcast_ref::<std::io::Error>() {
        Some(error) => std::io::Error::new(error.kind(), error.to_string()),
        None => std::io::Error::other(error.to_string()),
    };
    Error::file("open the folder", folder)(source)
}
