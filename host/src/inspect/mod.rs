//! A page for one guest: its open sockets with their states, peers and bytes, and what the policy decides, as it happens.
//!
//! The page is served on a loopback address alone, by its own thread. Its URL contains a secret that opens it. The page is
//! read-only. A slow client misses events and is sent their number; the guest never waits for a client.

mod feed;
mod gate;
mod server;
mod stream;
#[cfg(test)]
mod tests;
mod token;

use std::fmt;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use tokio::sync::watch;

use crate::error::{Error, Result};
use crate::policy::{Event, Network};
use feed::Feed;
use gate::Gate;
use server::Site;

/// A page to be: it has its address, and notes events. [`serve`](Self::serve) shows them.
///
/// ```no_run
/// use wasocket_host::inspect::Inspector;
/// use wasocket_host::policy::{Network, Policy};
///
/// # fn main() -> wasocket_host::Result<()> {
/// let inspector = Inspector::bind(([127, 0, 0, 1], 0).into())?;
/// let network = Network::builder(Policy::new()).audit(inspector.audit()).build();
/// eprintln!("{}", inspector.url());
/// let page = inspector.serve(network.clone())?;
/// // Run a guest with this network.
/// page.end(Some(0));
/// # Ok(())
/// # }
/// ```
pub struct Inspector {
    listener: TcpListener,
    gate: Gate,
    feed: Arc<Feed>,
}

impl Inspector {
    /// Takes the address, which must be one of loopback; port 0 is one that the system chooses.
    ///
    /// # Ambient Authority
    ///
    /// A user of this machine who learns the URL can see what the guest does on the network, but not what it sends or receives.
    pub fn bind(address: SocketAddr) -> Result<Self> {
        if !address.ip().is_loopback() {
            let problem = "others could see it; use a loopback address, as in 127.0.0.1:0 or [::1]:0".to_owned();
            return Err(Error::Inspect { address, problem });
        }
        let failed = |error: io::Error| Error::Inspect { address, problem: error.to_string() };
        #[expect(clippy::disallowed_methods, reason = "the page's own port, on loopback; no guest has a part in it")]
        let listener = TcpListener::bind(address).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let gate = Gate::new(listener.local_addr().map_err(failed)?).map_err(failed)?;
        Ok(Self { listener, gate, feed: Arc::default() })
    }

    /// Where the page is. The URL holds the secret that opens it.
    pub fn url(&self) -> String {
        self.gate.url()
    }

    /// Receives events: for [`NetworkBuilder::audit`](crate::policy::NetworkBuilder::audit). It never waits.
    pub fn audit(&self) -> impl Fn(&Event) + Send + Sync + 'static + use<> {
        let feed = Arc::clone(&self.feed);
        move |event| feed.emit(event)
    }

    /// Shows the page, on a thread of its own.
    pub fn serve(self, network: Network) -> Result<Page> {
        let (end, is_ended) = watch::channel(None);
        let site = Arc::new(Site::new(self.gate, self.feed, network, is_ended));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(Error::internal("cannot start what shows the page"))?;
        let listener = self.listener;
        let thread = thread::Builder::new()
            .name("wasocket-inspect".to_owned())
            .spawn(move || runtime.block_on(server::serve(listener, site)))
            .map_err(Error::internal("cannot start the thread that shows the page"))?;
        Ok(Page { end, thread })
    }
}

impl fmt::Debug for Inspector {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Inspector").field("listener", &self.listener).finish_non_exhaustive()
    }
}

/// A page that is shown, until [`end`](Self::end).
#[derive(Debug)]
#[must_use = "the page ends when this is dropped"]
pub struct Page {
    end: watch::Sender<Option<End>>,
    thread: JoinHandle<()>,
}

/// How the guest has ended.
#[derive(Clone, Copy, Debug, serde::Serialize)]
struct End {
    /// Its exit status, unless it trapped.
    status: Option<u8>,
}

impl Page {
    /// Shows on the page how the guest has ended, by its exit status or by a trap, and closes the page. Clients have a moment to
    /// receive that.
    pub fn end(self, status: Option<u8>) {
        self.end.send_replace(Some(End { status }));
        // A page that has failed has nothing more to say.
        let _ = self.thread.join();
    }
}
