//! Records in, records out.

use super::{Connection, Role, State};
use crate::alerts;
use crate::error::{Error, Result};
use crate::refusals;
use crate::verifiers::take_failure;

/// The bytes before the payload of a record.
const HEADER: usize = 5;
const CHANGE_CIPHER_SPEC: [u8; 6] = [20, 3, 3, 0, 1, 1];
impl Connection {
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
                State::Planned(_) | State::Heard(_) | State::Failed => {
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
            State::Planned(_) | State::Heard(_) | State::Failed => return Ok(()),
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

    /// What is to be sent.
    ///
    /// A `change_cipher_spec` by itself waits for what follows it: in TLS 1.3 it says nothing and no peer waits for it. Sent
    /// alone it would be a small write before another, which Nagle's algorithm holds back until the peer acknowledges.
    pub fn output(&self) -> &[u8] {
        let is_alone = self.is_output_whole && self.output == CHANGE_CIPHER_SPEC;
        if is_alone { &[] } else { &self.output }
    }

    /// `count` bytes of it have been sent.
    pub fn sent(&mut self, count: usize) {
        self.is_output_whole &= count == 0;
        if count >= self.output.len() {
            self.output.clear();
        } else {
            drop(self.output.drain(..count));
        }
    }

    pub(super) fn collect_output(&mut self) {
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
}
