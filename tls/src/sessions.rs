//! Sessions of clients: a connection resumes only what its program gave it, as with OpenSSL, and only if it demands of the
//! server what was demanded when the session began: nothing is verified again.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::NamedGroup;
use rustls::client::{ClientSessionStore, Tls12ClientSessionValue, Tls13ClientSessionValue};
use rustls::pki_types::ServerName;

use crate::demands::Demands;
use crate::verifiers::Verifier;

/// How many of the last tickets are kept; a server may send any number.
const TICKETS: usize = 8;

/// `SSLSession`: what one connection was given to resume it with.
#[derive(Clone, Debug, Default)]
pub struct Session {
    kept: Arc<Mutex<Kept>>,
    /// Under which the peer was verified. rustls resumes under this very one, so that it must live as long.
    verifier: Option<Arc<Verifier>>,
}

#[derive(Debug, Default)]
struct Kept {
    group: Option<NamedGroup>,
    tls12: Option<Tls12ClientSessionValue>,
    tls13: VecDeque<Tls13ClientSessionValue>,
}

impl Session {
    /// A session that begins under `verifier`.
    pub(crate) fn under(verifier: Verifier) -> (Self, Arc<Verifier>) {
        let verifier = Arc::new(verifier);
        (Self { kept: Arc::default(), verifier: Some(Arc::clone(&verifier)) }, verifier)
    }

    /// The verifier that it began under, if that one demands the same.
    pub(crate) fn verifier(&self, demands: &Demands) -> Option<Arc<Verifier>> {
        self.verifier.as_ref().filter(|known| known.demands == *demands).map(Arc::clone)
    }

    /// Whether there is something to resume with.
    pub fn is_resumable(&self) -> bool {
        self.with(|kept| kept.tls12.is_some() || !kept.tls13.is_empty())
    }

    fn with<T>(&self, act: impl FnOnce(&mut Kept) -> T) -> T {
        act(&mut self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl ClientSessionStore for Session {
    fn set_kx_hint(&self, _: ServerName<'static>, group: NamedGroup) {
        self.with(|kept| kept.group = Some(group));
    }

    fn kx_hint(&self, _: &ServerName<'_>) -> Option<NamedGroup> {
        self.with(|kept| kept.group)
    }

    fn set_tls12_session(&self, _: ServerName<'static>, value: Tls12ClientSessionValue) {
        self.with(|kept| kept.tls12 = Some(value));
    }

    fn tls12_session(&self, _: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        self.with(|kept| kept.tls12.clone())
    }

    fn remove_tls12_session(&self, _: &ServerName<'static>) {
        self.with(|kept| kept.tls12 = None);
    }

    fn insert_tls13_ticket(&self, _: ServerName<'static>, value: Tls13ClientSessionValue) {
        self.with(|kept| {
            if kept.tls13.len() == TICKETS {
                kept.tls13.pop_front();
            }
            kept.tls13.push_back(value);
        });
    }

    fn take_tls13_ticket(&self, _: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        self.with(|kept| kept.tls13.pop_back())
    }
}
