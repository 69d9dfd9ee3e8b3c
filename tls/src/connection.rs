//! One side of a TLS connection, without a socket: records in, records out.

use std::io::{ErrorKind as IoKind, Read as _, Write as _};
use std::sync::Arc;

use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::{Accepted, Acceptor};
use rustls::{ClientConnection, HandshakeKind, ProtocolVersion, ServerConnection};

use crate::alerts;
use crate::ciphers::{self, Cipher};
use crate::context::{Context, Role, owned};
use crate::error::{Error, Result};
use crate::refusals;
use crate::sessions::Session;
use crate::verifiers::{Verifier, take_failure};
use crate::verify::{Host, Purpose, Question, verify};

/// The bytes before the payload of a record.
const HEADER: usize = 5;
const CHANGE_CIPHER_SPEC: [u8; 6] = [20, 3, 3, 0, 1, 1];
/// The most plaintext that one record carries.
const RECORD: usize = 16 * 1024;
/// The name that rustls is given where there is none; it is neither sent nor compared.
const NO_NAME: &str = "name.invalid";

/// What a connection needs to get on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The handshake is over.
    Done,
    /// More of the peer's bytes: see [`Connection::wanted`].
    NeedsInput,
    /// A client has said whom it wants: [`Connection::answer`] or [`Connection::refuse`].
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
    session: Session,
    verifier: Option<Arc<Verifier>>,
    host: Option<String>,
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
    logs_keys: bool,
}

/// Where a connection is. A server passes from the first to the third; a client begins, and stays, in its own.
enum State {
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
    /// A client that wants `host`, by name or by address, and resumes `session`.
    pub fn client(context: &mut Context, host: Option<&str>, session: Option<&Session>, log: bool) -> Result<Self> {
        let name = host.and_then(|host| ServerName::try_from(host.to_owned()).ok());
        let sni = matches!(name, Some(ServerName::DnsName(_)));
        let name = match name {
            Some(name) => name,
            None => ServerName::try_from(NO_NAME).map_err(|_| Error::ssl("INTERNAL_ERROR", "bad host name"))?,
        };
        let session = session.cloned().unwrap_or_default();
        let config = context.client_config(&session, sni, log)?;
        let mut inner = ClientConnection::new(Arc::new(config), name).map_err(|refusal| client_refused(&refusal))?;
        inner.set_buffer_limit(None);
        let mut made = Self::new(Role::Client, State::Client(Box::new(inner)), session, log);
        made.verifier = Some(context.verifier());
        made.host = host.map(str::to_owned);
        made.collect_output();
        Ok(made)
    }

    /// A server, whose context is asked for once the client has spoken.
    pub fn server(log: bool) -> Self {
        Self::new(Role::Server, State::Listening(Box::default()), Session::default(), log)
    }

    fn new(role: Role, state: State, session: Session, logs_keys: bool) -> Self {
        Self {
            state,
            role,
            session,
            verifier: None,
            host: None,
            record: Vec::new(),
            records_seen: false,
            output: Vec::new(),
            is_output_whole: true,
            peer_closed: false,
            close_sent: false,
            failure: None,
            offered: Vec::new(),
            server_name: None,
            logs_keys,
        }
    }

    /// How the handshake stands.
    pub fn progress(&self) -> Result<Progress> {
        match &self.state {
            State::Listening(_) => Ok(Progress::NeedsInput),
            State::Heard(_) => Ok(Progress::Hello),
            State::Client(inner) if inner.is_handshaking() => Ok(Progress::NeedsInput),
            State::Server(inner) if inner.is_handshaking() => Ok(Progress::NeedsInput),
            State::Client(_) | State::Server(_) => Ok(Progress::Done),
            State::Failed => Err(self.repeated_failure()),
        }
    }

    /// How many bytes are missing from the record that is coming in: never more, since what follows TLS is not its own.
    pub fn wanted(&self) -> usize {
        let total = match self.record.get(3..HEADER) {
            Some([high, low]) => HEADER.saturating_add(usize::from(u16::from_be_bytes([*high, *low]))),
            _ => HEADER,
        };
        total.saturating_sub(self.record.len())
    }

    /// Takes bytes of the peer, at most as many as [`Connection::wanted`]. What an earlier record held must have been
    /// [read](Self::read): nothing piles up here.
    pub fn feed(&mut self, data: &[u8]) -> Result<()> {
        if matches!(self.state, State::Failed) {
            return Err(self.repeated_failure());
        }
        self.record.extend_from_slice(data);
        if self.record.len() < HEADER {
            return Ok(());
        }
        let is_hello = !self.records_seen && self.role == Role::Server;
        if let Some(error) = alerts::illegal_record_reason(&self.record, is_hello) {
            return Err(self.fail(error));
        }
        if self.wanted() > 0 {
            return Ok(());
        }
        let record = std::mem::take(&mut self.record);
        // Later on such a record is forged, or encrypted: rustls knows.
        if !self.records_seen && alerts::is_close_notify(&record) {
            return Err(self.fail(Error::closed()));
        }
        self.records_seen = true;
        self.take_record(&record)
    }

    /// The peer's stream has ended: an error unless TLS had ended before.
    pub fn feed_end(&mut self) -> Result<()> {
        if self.peer_closed { Ok(()) } else { Err(self.failure.clone().unwrap_or_else(Error::end_of_file)) }
    }

    fn take_record(&mut self, mut record: &[u8]) -> Result<()> {
        while !record.is_empty() {
            let read = match &mut self.state {
                State::Listening(acceptor) => acceptor.read_tls(&mut record),
                State::Client(inner) => inner.read_tls(&mut record),
                State::Server(inner) => inner.read_tls(&mut record),
                State::Heard(_) | State::Failed => {
                    return Err(self.fail(Error::ssl("UNEXPECTED_MESSAGE", "unexpected message")));
                }
            };
            match read {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) => return Err(self.fail(Error::ssl("INTERNAL_ERROR", error.to_string()))),
            }
            self.process()?;
        }
        Ok(())
    }

    fn process(&mut self) -> Result<()> {
        let processed = match &mut self.state {
            State::Listening(acceptor) => match acceptor.accept() {
                Ok(None) => return Ok(()),
                Ok(Some(accepted)) => {
                    self.hear(accepted);
                    return Ok(());
                }
                Err((refusal, mut alert)) => {
                    // Writing to a vector does not fail.
                    let _ = alert.write_all(&mut self.output);
                    Err(refusal)
                }
            },
            State::Client(inner) => inner.process_new_packets(),
            State::Server(inner) => inner.process_new_packets(),
            State::Heard(_) | State::Failed => return Ok(()),
        };
        self.collect_output();
        match processed {
            Ok(state) => {
                self.peer_closed |= state.peer_has_closed();
                Ok(())
            }
            Err(refusal) => {
                let error = refusals::of_connection(&refusal, take_failure(), self.role == Role::Server);
                Err(self.fail(error))
            }
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

    /// Answers the client's first message with what `context` has.
    pub fn answer(&mut self, context: &mut Context) -> Result<()> {
        let State::Heard(accepted) = std::mem::replace(&mut self.state, State::Failed) else {
            return Err(self.fail(Error::ssl("UNINITIALIZED", "no client has spoken")));
        };
        let config = context.server_config(&accepted, self.logs_keys).map_err(|error| self.fail(error))?;
        self.verifier = Some(context.verifier());
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
            State::Listening(_) | State::Heard(_) => return Ok(Plaintext::NeedsInput),
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
            State::Listening(_) | State::Heard(_) | State::Failed => return 0,
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
            State::Listening(_) | State::Heard(_) => return Err(Error::ssl("UNINITIALIZED", "uninitialized")),
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
            State::Listening(_) | State::Heard(_) => {
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

    /// What is to be sent.
    ///
    /// A `change_cipher_spec` by itself waits for what follows it: in TLS 1.3 it says nothing and no peer waits for it. Sent
    /// alone it would be a small write before another, which Nagle's algorithm holds back until the peer acknowledges.
    pub fn output(&self) -> &[u8] {
        let is_alone = self.is_output_whole && self.output == CHANGE_CIPHER_SPEC;
        if is_alone { &[] } else { &self.output }
    }

    /// So many bytes of it have been sent.
    pub fn sent(&mut self, count: usize) {
        self.is_output_whole &= count == 0;
        if count >= self.output.len() {
            self.output.clear();
        } else {
            drop(self.output.drain(..count));
        }
    }

    fn collect_output(&mut self) {
        self.is_output_whole |= self.output.is_empty();
        loop {
            // Writing to a vector does not fail.
            let written = match &mut self.state {
                State::Client(inner) if inner.wants_write() => inner.write_tls(&mut self.output),
                State::Server(inner) if inner.wants_write() => inner.write_tls(&mut self.output),
                _ => return,
            };
            if !matches!(written, Ok(1..)) {
                return;
            }
        }
    }

    fn fail(&mut self, error: Error) -> Error {
        self.failure = Some(error.clone());
        self.state = State::Failed;
        error
    }

    fn repeated_failure(&self) -> Error {
        self.failure.clone().unwrap_or_else(|| Error::ssl("INTERNAL_ERROR", "the connection has failed before"))
    }

    /// What is known of an established connection, for both sides.
    fn common(&self) -> Option<&rustls::CommonState> {
        match &self.state {
            State::Client(inner) => Some(inner),
            State::Server(inner) => Some(inner),
            State::Listening(_) | State::Heard(_) | State::Failed => None,
        }
    }

    /// `version()`.
    pub fn version(&self) -> Option<&'static str> {
        match self.common()?.protocol_version()? {
            ProtocolVersion::TLSv1_2 => Some("TLSv1.2"),
            ProtocolVersion::TLSv1_3 => Some("TLSv1.3"),
            _ => None,
        }
    }

    /// `cipher()`.
    pub fn cipher(&self) -> Option<&'static Cipher> {
        ciphers::cipher_of(self.common()?.negotiated_cipher_suite()?.suite())
    }

    /// `shared_ciphers()` of a server: what the client offered and the context allows.
    pub fn offered_ciphers(&self) -> &[&'static Cipher] {
        &self.offered
    }

    /// `selected_alpn_protocol()`.
    pub fn protocol(&self) -> Option<&[u8]> {
        self.common()?.alpn_protocol()
    }

    /// `session_reused`.
    pub fn is_resumed(&self) -> bool {
        self.common().and_then(rustls::CommonState::handshake_kind) == Some(HandshakeKind::Resumed)
    }

    /// `session` of a client.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// `get_unverified_chain()`: what the peer sent.
    pub fn peer_chain(&self) -> Vec<CertificateDer<'static>> {
        self.common().and_then(rustls::CommonState::peer_certificates).map(owned).unwrap_or_default()
    }

    /// `get_verified_chain()`: from the peer's certificate to the trusted one; empty if it was not verified.
    pub fn verified_chain(&self) -> Vec<CertificateDer<'static>> {
        let sent = self.peer_chain();
        let (Some(verifier), [leaf, others @ ..]) = (&self.verifier, sent.as_slice()) else { return Vec::new() };
        let purpose = if self.role == Role::Client { Purpose::Server } else { Purpose::Client };
        let host = verifier
            .check_host
            .and_then(|flags| self.host.as_ref().map(|name| Host { name: name.clone(), flags }))
            .filter(|_| self.role == Role::Client);
        let (store, flags) = (&*verifier.store, verifier.flags);
        verify(&Question { leaf, others, store, flags, purpose, host: host.as_ref(), now: UnixTime::now() })
            .unwrap_or_default()
    }
}

fn client_refused(refusal: &rustls::Error) -> Error {
    refusals::of_connection(refusal, take_failure(), false)
}
