//! What a command has of WASI beside a network: standard streams, random bytes and a folder to work in.
//!
//! Without the feature `command` there is nothing of it, so that a component imports nothing but its network.

#[cfg(feature = "command")]
pub(super) use with::Streams;
#[cfg(not(feature = "command"))]
pub(super) use without::Streams;

use wasip2::io::poll::Pollable;

use crate::file::StandardStream;
use crate::net::{NetError, NetResult};

/// Tries until there is an answer, or until `wait` has waited in vain for the stream to be ready.
pub(super) fn retry<T>(
    streams: &Streams,
    stream: StandardStream,
    wait: impl Fn(&Pollable) -> NetResult<bool>,
    mut attempt: impl FnMut() -> NetResult<T>,
) -> NetResult<T> {
    loop {
        let answer = attempt();
        let (Err(NetError::WouldBlock), Some(ready)) = (&answer, streams.pollable(stream)) else { return answer };
        if !wait(ready)? {
            return attempt();
        }
    }
}

#[cfg(feature = "command")]
mod with {
    use std::cell::{Cell, OnceCell};

    use wasip2::cli::stderr::get_stderr;
    use wasip2::cli::stdin::get_stdin;
    use wasip2::cli::stdout::get_stdout;
    use wasip2::cli::terminal_stderr::get_terminal_stderr;
    use wasip2::cli::terminal_stdin::get_terminal_stdin;
    use wasip2::cli::terminal_stdout::get_terminal_stdout;
    use wasip2::io::poll::Pollable;
    use wasip2::io::streams::{InputStream, OutputStream, StreamError};
    use wasip2::random::random::get_random_bytes;

    use crate::errno::Errno;
    use crate::file::StandardStream;
    use crate::net::{NetError, NetResult};
    use crate::time::Deadline;

    /// The standard streams. Each is asked for when it is first needed: a program may be made, and its memory kept, before
    /// it ever runs.
    #[derive(Default)]
    pub(in crate::backend) struct Streams {
        input: OnceCell<Stream<InputStream>>,
        output: OnceCell<Stream<OutputStream>>,
        error: OnceCell<Stream<OutputStream>>,
        /// Whether the host has been asked for input that has not been read yet.
        is_asked: Cell<bool>,
    }

    struct Stream<S> {
        // Dropped first, as WASI asks.
        ready: Pollable,
        stream: S,
    }

    /// How long a host that only now learns that input is wanted may take to look for some, in nanoseconds.
    const FIRST_LOOK: u64 = 1_000_000;

    impl Streams {
        fn input(&self) -> &Stream<InputStream> {
            self.input.get_or_init(|| {
                let stream = get_stdin();
                Stream { ready: stream.subscribe(), stream }
            })
        }

        /// The stream to write to; none for the one that is read.
        fn output(&self, stream: StandardStream) -> Option<&Stream<OutputStream>> {
            let (place, open): (_, fn() -> OutputStream) = match stream {
                StandardStream::Input => return None,
                StandardStream::Output => (&self.output, get_stdout),
                StandardStream::Error => (&self.error, get_stderr),
            };
            Some(place.get_or_init(|| {
                let stream = open();
                Stream { ready: stream.subscribe(), stream }
            }))
        }

        /// What is ready when the stream can be read, or written.
        pub(in crate::backend) fn pollable(&self, stream: StandardStream) -> Option<&Pollable> {
            match self.output(stream) {
                Some(output) => Some(&output.ready),
                None => Some(&self.input().ready),
            }
        }

        /// How long a wait of no time has to be for the host to say what is there, in nanoseconds.
        pub(in crate::backend) fn shortest_wait(&self, stream: StandardStream) -> u64 {
            let is_known = stream != StandardStream::Input || self.is_asked.replace(true);
            if is_known { 0 } else { FIRST_LOOK }
        }

        /// Reads what is there of the input; none at its end.
        pub(in crate::backend) fn read(&self, stream: StandardStream, max: usize) -> NetResult<Vec<u8>> {
            if stream != StandardStream::Input {
                return Err(NetError::Errno(Errno::EBADF));
            }
            match self.input().stream.read(u64::try_from(max).unwrap_or(u64::MAX)) {
                Ok(data) if data.is_empty() => Err(NetError::WouldBlock),
                Ok(data) => {
                    self.is_asked.set(false);
                    Ok(data)
                }
                Err(StreamError::Closed) => Ok(Vec::new()),
                Err(StreamError::LastOperationFailed(_)) => Err(NetError::Errno(Errno::EIO)),
            }
        }

        /// Writes what there is room for; if there is no deadline, until it has left.
        pub(in crate::backend) fn write(
            &self,
            stream: StandardStream,
            data: &[u8],
            deadline: Deadline,
        ) -> NetResult<usize> {
            let output = self.output(stream).ok_or(NetError::Errno(Errno::EBADF))?;
            let room = output.stream.check_write().map_err(|error| failure(&error))?;
            let fitting = usize::try_from(room).unwrap_or(usize::MAX).min(data.len());
            match data.get(..fitting).filter(|fitting| !fitting.is_empty()) {
                None => Err(NetError::WouldBlock),
                Some(fitting) => {
                    output.stream.write(fitting).map_err(|error| failure(&error))?;
                    let flushed = match deadline {
                        Deadline::Never => output.stream.blocking_flush(),
                        Deadline::Now | Deadline::At(_) => output.stream.flush(),
                    };
                    flushed.map_err(|error| failure(&error))?;
                    Ok(fitting.len())
                }
            }
        }

        pub(in crate::backend) fn is_terminal(stream: StandardStream) -> bool {
            match stream {
                StandardStream::Input => get_terminal_stdin().is_some(),
                StandardStream::Output => get_terminal_stdout().is_some(),
                StandardStream::Error => get_terminal_stderr().is_some(),
            }
        }

        pub(in crate::backend) fn working_folder() -> Option<Vec<u8>> {
            Some(std::env::current_dir().ok()?.into_os_string().into_encoded_bytes())
        }

        pub(in crate::backend) fn random_bytes(count: usize) -> NetResult<Vec<u8>> {
            Ok(get_random_bytes(u64::try_from(count).unwrap_or(u64::MAX)))
        }
    }

    fn failure(error: &StreamError) -> NetError {
        NetError::Errno(match error {
            StreamError::Closed => Errno::EPIPE,
            StreamError::LastOperationFailed(_) => Errno::EIO,
        })
    }
}

#[cfg(not(feature = "command"))]
mod without {
    use wasip2::io::poll::Pollable;

    use crate::errno::Errno;
    use crate::file::StandardStream;
    use crate::net::{NetError, NetResult};
    use crate::time::Deadline;

    /// No standard streams.
    #[derive(Default)]
    pub(in crate::backend) struct Streams(());

    impl Streams {
        pub(in crate::backend) fn pollable(&self, _: StandardStream) -> Option<&Pollable> {
            None
        }

        pub(in crate::backend) fn shortest_wait(&self, _: StandardStream) -> u64 {
            0
        }

        pub(in crate::backend) fn read(&self, _: StandardStream, _: usize) -> NetResult<Vec<u8>> {
            Err(NetError::Errno(Errno::EBADF))
        }

        pub(in crate::backend) fn write(&self, _: StandardStream, _: &[u8], _: Deadline) -> NetResult<usize> {
            Err(NetError::Errno(Errno::EBADF))
        }

        pub(in crate::backend) fn is_terminal(_: StandardStream) -> bool {
            false
        }

        pub(in crate::backend) fn working_folder() -> Option<Vec<u8>> {
            None
        }

        pub(in crate::backend) fn random_bytes(_: usize) -> NetResult<Vec<u8>> {
            Err(NetError::Errno(Errno::ENODEV))
        }
    }
}
