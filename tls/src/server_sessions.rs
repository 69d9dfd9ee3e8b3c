//! Sessions of servers: by ticket or from memory, they open only connections that demand what was demanded when they began.
//!
//! What a client proved is in its session, and is not verified again. OpenSSL resumes it whatever the context demands by
//! now; here a session is found only under the demands that it was kept under.

use std::sync::{Arc, OnceLock};

use rustls::crypto::ring;
use rustls::server::{ProducesTickets, ServerSessionMemoryCache, StoresServerSessions};

use crate::demands::Label;
use crate::error::{Error, Result};

/// How many sessions are kept in memory.
const MEMORY: usize = 1024;

/// The sessions of one `SSLContext`.
#[derive(Debug)]
pub(crate) struct ServerSessions {
    memory: Arc<dyn StoresServerSessions>,
    /// Made when it is first needed, since its keys are random.
    tickets: OnceLock<Arc<dyn ProducesTickets>>,
}

impl Default for ServerSessions {
    fn default() -> Self {
        Self { memory: ServerSessionMemoryCache::new(MEMORY), tickets: OnceLock::new() }
    }
}

impl ServerSessions {
    /// Those that are kept here, of connections with the same demands.
    pub(crate) fn memory(&self, label: Label) -> Arc<dyn StoresServerSessions> {
        Arc::new(Memory { of_all: Arc::clone(&self.memory), label })
    }

    /// Those that clients keep, of connections with the same demands.
    pub(crate) fn tickets(&self, label: Label) -> Result<Arc<dyn ProducesTickets>> {
        let of_all = match self.tickets.get() {
            Some(made) => made,
            None => {
                let made = ring::Ticketer::new().map_err(|error| Error::ssl("INTERNAL_ERROR", format!("{error}")))?;
                self.tickets.get_or_init(|| made)
            }
        };
        Ok(Arc::new(Tickets { of_all: Arc::clone(of_all), label }))
    }
}

/// Sessions in memory, each under its own name and the demands of its connection.
#[derive(Debug)]
struct Memory {
    of_all: Arc<dyn StoresServerSessions>,
    label: Label,
}

impl StoresServerSessions for Memory {
    fn put(&self, key: Vec<u8>, value: Vec<u8>) -> bool {
        self.of_all.put(self.label.before(&key), value)
    }

    fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.of_all.get(&self.label.before(key))
    }

    fn take(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.of_all.take(&self.label.before(key))
    }

    fn can_cache(&self) -> bool {
        self.of_all.can_cache()
    }
}

/// Tickets that say, in what is encrypted, under which demands they were given.
#[derive(Debug)]
struct Tickets {
    of_all: Arc<dyn ProducesTickets>,
    label: Label,
}

impl ProducesTickets for Tickets {
    fn enabled(&self) -> bool {
        self.of_all.enabled()
    }

    fn lifetime(&self) -> u32 {
        self.of_all.lifetime()
    }

    fn encrypt(&self, plain: &[u8]) -> Option<Vec<u8>> {
        self.of_all.encrypt(&self.label.before(plain))
    }

    fn decrypt(&self, cipher: &[u8]) -> Option<Vec<u8>> {
        let labelled = self.of_all.decrypt(cipher)?;
        self.label.after(&labelled).map(<[u8]>::to_vec)
    }
}
