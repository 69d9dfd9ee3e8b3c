//! `wasi:io/streams` of connections.

use wasip2::io::streams::{InputStream, OutputStream, StreamError};

use crate::things::{Answer, Thing, Things, done, number, unknown};

impl Things {
    /// Does it, if it is about the streams of a connection.
    pub(crate) fn streams(&mut self, words: &[&str]) -> Option<Answer> {
        Some(match words {
            ["read", name, max] => self.input(name).and_then(|stream| read(stream.read(number(max)?))),
            ["blocking-read", name, max] => {
                self.input(name).and_then(|stream| read(stream.blocking_read(number(max)?)))
            }
            ["skip", name, max] => self
                .input(name)
                .and_then(|stream| stream.skip(number(max)?).map_err(failure))
                .map(|count| count.to_string()),
            ["read-some", name, max] => self.read_some(name, max),
            ["skip-some", name, max] => self.skip_some(name, max),
            ["drain", name] => self.drain(name),
            ["splice", to, from, max] => self.splice(to, from, max),
            ["write", name, text] => self
                .output(name)
                .and_then(|stream| stream.blocking_write_and_flush(text.as_bytes()).map(done).map_err(failure)),
            ["write-zeroes", name, count] => self
                .output(name)
                .and_then(|stream| stream.blocking_write_zeroes_and_flush(number(count)?).map(done).map_err(failure)),
            _ => return None,
        })
    }

    fn input(&self, name: &str) -> Result<&InputStream, String> {
        match self.0.get(&format!("{name}.in")) {
            Some(Thing::Input(stream)) => Ok(stream),
            _ => Err(unknown(name)),
        }
    }

    fn output(&self, name: &str) -> Result<&OutputStream, String> {
        match self.0.get(&format!("{name}.out")) {
            Some(Thing::Output(stream)) => Ok(stream),
            _ => Err(unknown(name)),
        }
    }

    /// Reads until there is something: a stream may be ready and have nothing, as after a read that took all there was.
    fn read_some(&self, name: &str, max: &str) -> Answer {
        let (stream, max) = (self.input(name)?, number(max)?);
        loop {
            stream.subscribe().block();
            let bytes = stream.read(max).map_err(failure)?;
            if !bytes.is_empty() {
                return read(Ok(bytes));
            }
        }
    }

    /// Skips all that comes until the end; how much that was.
    fn drain(&self, name: &str) -> Answer {
        let stream = self.input(name)?;
        let mut total = 0;
        loop {
            stream.subscribe().block();
            match stream.skip(u64::MAX) {
                Ok(count) => total += count,
                Err(StreamError::Closed) => return Ok(total.to_string()),
                Err(error) => return Err(failure(error)),
            }
        }
    }

    /// Skips until something was skipped.
    fn skip_some(&self, name: &str, max: &str) -> Answer {
        let (stream, max) = (self.input(name)?, number(max)?);
        loop {
            stream.subscribe().block();
            let count = stream.skip(max).map_err(failure)?;
            if count > 0 {
                return Ok(count.to_string());
            }
        }
    }

    fn splice(&self, to: &str, from: &str, max: &str) -> Answer {
        let (output, input) = (self.output(to)?, self.input(from)?);
        output.splice(input, number(max)?).map(|count| count.to_string()).map_err(failure)
    }
}

/// The text, or, if that is a long one, how many bytes it has.
fn read(answer: Result<Vec<u8>, StreamError>) -> Answer {
    let bytes = answer.map_err(failure)?;
    let is_short = bytes.len() <= SHORT;
    Ok(if is_short { String::from_utf8_lossy(&bytes).into_owned() } else { format!("{} bytes", bytes.len()) })
}

fn failure(error: StreamError) -> String {
    match error {
        StreamError::Closed => "closed".to_owned(),
        StreamError::LastOperationFailed(_) => "failed".to_owned(),
    }
}

/// How much text a line shows.
const SHORT: usize = 64;
