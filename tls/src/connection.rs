//! One side of a TLS connection, without a socket: how it begins, what it says and hears, and how it ends.

mod facts;
mod records;

use std::io::{ErrorKind as IoKind, Read as _, Write as _};
use std::sync::Arc;

use rustls::pki_types::{IpAddr, Ipv4Addr, ServerName};
use rustls::server::{Accepted, Acceptor};
use rustls::{ClientConnection, ServerConnection};

use crate::ciphers::{self, Cipher};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::refusals;
use crate::sessions::Session;
use crate::settings::Terms;
use crate::verifiers::{Verifier, take_failure};

/// The most plaintext that one record carries.
const RECORD: usize = 16 * 1024;
/// The longest name that `server_name` has room for, in bytes (OpenSSL's `TLSEXT_MAXLEN_host_name`).
const LONGEST_NAME: usize = 255;

/// Which side a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It speaks first.
    Client,
    /// It answers.
    Server,
}

/// What a connection needs to get on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The handshake is over.
    Done,
    /// More of the peer's bytes: see [`Connection::wanted`].
    NeedsInput,
    /// A client has sent its `server_name`: [`Connection::answer`] or [`Connection::refuse`].
    Hello,
}

/// What reading gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plaintext {
    /// Some bytes.
    Data(Vec<u8>),
    /// None yet.
    NeedsInput,
    /// The peer has ended the stream, by TLS's own means.
    Closed,
}

/// One side of a connection.
pub struct Connection {
    state: State,
    role: Role,
    terms: Terms,
    session: Session,
    verifier: Option<Arc<Verifier>>,
    /// The record that is coming in.
    record: Vec<u8>,
    records_seen: bool,
    /// What is to be sent.
    output: Vec<u8>,
    /// Whether it begins where a record begins.
    is_output_whole: bool,
    peer_closed: bool,
    close_sent: bool,
    failure: Option<Error>,
    offered: Vec<&'static Cipher>,
    server_name: Option<String>,
}

/// Where a connection is. A client passes from the first to the fourth, a server from the second to the fifth.
enum State {
    /// A client that has said nothing, and the host that it wants.
    Planned(Option<String>),
    /// A server that has not heard all of the client's first message.
    Listening(Box<Acceptor>),
    /// A server that has, and knows no configuration for it yet.
    Heard(Box<Accepted>),
    Client(Box<ClientConnection>),
    Server(Box<ServerConnection>),
    /// Nothing more comes of it: see `failure`.
    Failed,
}

impl Connection {
    /// A client that wants `host`, by name or by address. Its settings and its certificate are those that `context` has
    /// now. A name is refused that is too long to be sent.
    pub fn client(context: &Context, host: Option<&str>) -> Result<Self> {
        if host.is_some_and(|host| host.len() > LONGEST_NAME) {
            return Err(Error::ssl("SSL3_EXT_INVALID_SERVERNAME", "ssl3 ext invalid servername"));
        }
        Ok(Self::new(Role::Client, State::Planned(host.map(str::to_owned)), context))
    }

    /// A server. Its settings and its certificate are those that `context` has now.
    pub fn server(context: &Context) -> Self {
        Self::new(Role::Server, State::Listening(Box::default()), context)
    }

    fn new(role: Role, state: State, context: &Context) -> Self {
        Self {
            state,
            role,
            terms: context.terms(),
            session: Session::default(),
            verifier: None,
            record: Vec::new(),
            records_seen: false,
            output: Vec::new(),
            is_output_whole: true,
            peer_closed: false,
            close_sent: false,
            failure: None,
            offered: Vec::new(),
            server_name: None,
        }
    }

    /// `context = …`, which is `SSL_set_SSL_CTX`: the certificate of `context` replaces the connection's own, for the
    /// handshake that is to come. What it is to trust, its ciphers and a server's protocols are taken from the context
    /// that [`Connection::begin`] or [`Connection::answer`] is given; all other settings stay.
    pub fn set_context(&mut self, context: &Context) {
        self.terms.show_keys_of(context);
    }

    /// A client speaks for the first time, under `context`, and resumes `session` if that began with the same demands. `log` says whether its
    /// secrets are kept for [`Context::take_key_lines`].
    pub fn begin(&mut self, context: &Context, session: Option<&Session>, log: bool) -> Result<()> {
        let State::Planned(host) = &self.state else { return Ok(()) };
        let name = Self::name_for_rustls(host.as_deref());
        let verifier = context.verifier(&self.terms, host.as_deref());
        let known = session.and_then(|session| Some((session.clone(), session.verifier(&verifier.demands)?)));
        let (session, verifier) = known.unwrap_or_else(|| Session::under(verifier));
        let config = context.client_config(&self.terms, Arc::clone(&verifier), &session, log)?;
        let mut inner = ClientConnection::new(Arc::new(config), name)
            .map_err(|refusal| refusals::of_connection(&refusal, take_failure(), false))?;
        inner.set_buffer_limit(None);
        self.state = State::Client(Box::new(inner));
        self.session = session;
        self.verifier = Some(verifier);
        self.collect_output();
        Ok(())
    }

    /// What rustls sends as `server_name`: a name, and nothing for an address or for a text that it does not accept as a name.
    /// [`Verifier`] decides which host the certificate must name.
    fn name_for_rustls(host: Option<&str>) -> ServerName<'static> {
        let unsent = ServerName::IpAddress(IpAddr::V4(Ipv4Addr::from([0; 4])));
        host.and_then(|host| ServerName::try_from(host.to_owned()).ok()).unwrap_or(unsent)
    }

    /// How the handshake stands.
    pub fn progress(&self) -> Result<Progress> {
        match &self.state {
            State::Planned(_) | State::Listening(_) => Ok(Progress::NeedsInput),
            State::Heard(_) => Ok(Progress::Hello),
            State::Client(inner) if inner.is_handshaking() => Ok(Progress::NeedsInput),
            State::Server(inner) if inner.is_handshaking() => Ok(Progress::NeedsInput),
            State::Client(_) | State::Server(_) => Ok(Progress::Done),
            State::Failed => Err(self.repeated_failure()),
        }
    }

    fn hear(&mut self, accepted: Accepted) {
        let hello = accepted.client_hello();
        self.server_name = hello.server_name().map(str::to_owned);
        self.offered = hello.cipher_suites().iter().filter_map(|suite| ciphers::cipher_of(*suite)).collect();
        self.state = State::Heard(Box::new(accepted));
    }

    /// `sni_callback`: the name that the client wants.
    pub fn server_name(&self) -> Option<&str> {
        self.server_name.as_deref()
    }

    /// Answers the client's first message, under `context`. `log` is as for [`Connection::begin`].
    pub fn answer(&mut self, context: &Context, log: bool) -> Result<()> {
        let State::Heard(accepted) = std::mem::replace(&mut self.state, State::Failed) else {
            return Err(self.fail(Error::ssl("UNINITIALIZED", "no client has spoken")));
        };
        let verifier = Arc::new(context.verifier(&self.terms, None));
        let config = context.server_config(&self.terms, &verifier, &accepted, log).map_err(|error| self.fail(error))?;
        self.verifier = Some(verifier);
        let allowed = context.allowed_ciphers().map_err(|error| self.fail(error))?;
        self.offered.retain(|cipher| allowed.iter().any(|known| known.name == cipher.name));
        match accepted.into_connection(Arc::new(config)) {
            Ok(mut inner) => {
                inner.set_buffer_limit(None);
                self.state = State::Server(Box::new(inner));
                self.collect_output();
                Ok(())
            }
            Err((refusal, mut alert)) => {
                // Writing to a vector does not fail.
                let _ = alert.write_all(&mut self.output);
                let error = match refusal {
                    rustls::Error::General(_) => Error::ssl("NO_SHARED_CIPHER", "no shared cipher"),
                    refusal => refusals::of_connection(&refusal, take_failure(), true),
                };
                Err(self.fail(error))
            }
        }
    }

    /// `sni_callback` has returned an alert: sends it, and ends.
    pub fn refuse(&mut self, alert: u8) -> Error {
        const FATAL: u8 = 2;
        self.output.extend([21, 3, 3, 0, 2, FATAL, alert]);
        self.fail(Error::ssl("CALLBACK_FAILED", "callback failed"))
    }

    /// Decrypted bytes, at most `most`.
    pub fn read(&mut self, most: usize) -> Result<Plaintext> {
        let mut buffer = vec![0; most.min(RECORD)];
        let read = match &mut self.state {
            State::Client(inner) => inner.reader().read(&mut buffer),
            State::Server(inner) => inner.reader().read(&mut buffer),
            State::Failed => return Err(self.repeated_failure()),
            State::Planned(_) | State::Listening(_) | State::Heard(_) => return Ok(Plaintext::NeedsInput),
        };
        match read {
            Ok(0) => Ok(Plaintext::Closed),
            Ok(length) => {
                buffer.truncate(length);
                Ok(Plaintext::Data(buffer))
            }
            Err(error) if error.kind() == IoKind::WouldBlock => Ok(Plaintext::NeedsInput),
            Err(_) => Err(Error::end_of_file()),
        }
    }

    /// `pending()`: how many decrypted bytes wait to be read.
    pub fn pending(&mut self) -> usize {
        let state = match &mut self.state {
            State::Client(inner) => inner.process_new_packets(),
            State::Server(inner) => inner.process_new_packets(),
            State::Planned(_) | State::Listening(_) | State::Heard(_) | State::Failed => return 0,
        };
        state.map_or(0, |state| state.plaintext_bytes_to_read())
    }

    /// Encrypts `data`, all of it.
    pub fn write(&mut self, data: &[u8]) -> Result<()> {
        if self.close_sent {
            return Err(Error::ssl("PROTOCOL_IS_SHUTDOWN", "protocol is shutdown"));
        }
        let written = match &mut self.state {
            State::Client(inner) => inner.writer().write_all(data),
            State::Server(inner) => inner.writer().write_all(data),
            State::Failed => return Err(self.repeated_failure()),
            State::Planned(_) | State::Listening(_) | State::Heard(_) => {
                return Err(Error::ssl("UNINITIALIZED", "uninitialized"));
            }
        };
        written.map_err(|error| Error::ssl("INTERNAL_ERROR", error.to_string()))?;
        self.collect_output();
        Ok(())
    }

    /// Ends our direction: `close_notify`.
    pub fn close(&mut self) -> Result<()> {
        match &mut self.state {
            State::Client(inner) => inner.send_close_notify(),
            State::Server(inner) => inner.send_close_notify(),
            State::Failed => return Err(self.repeated_failure()),
            State::Planned(_) | State::Listening(_) | State::Heard(_) => {
                return Err(Error::ssl("SHUTDOWN_WHILE_IN_INIT", "shutdown while in init"));
            }
        }
        self.close_sent = true;
        self.collect_output();
        Ok(())
    }

    /// Whether the peer has ended its direction.
    pub fn is_peer_closed(&self) -> bool {
        self.peer_closed
    }

    fn fail(&mut self, error: Error) -> Error {
        self.failure = Some(error.clone());
        self.state = State::Failed;
        error
    }

    fn repeated_failure(&self) -> Error {
        self.failure.clone().unwrap_or_else(|| Error::ssl("INTERNAL_ERROR", "the connection has failed before"))
    }
}
