//! Lines in and out, and a clock: natively the standard library's, in WebAssembly those of WASI 0.2.

#[cfg(not(target_family = "wasm"))]
mod here {
    use std::io::{BufRead, Result, Write, stdin, stdout};
    use std::time::Instant;

    /// Where the contender runs.
    #[derive(Debug)]
    pub struct Machine {
        started: Instant,
    }

    impl Default for Machine {
        fn default() -> Self {
            Self { started: Instant::now() }
        }
    }

    impl Machine {
        pub(crate) fn now(&self) -> u64 {
            u64::try_from(self.started.elapsed().as_nanos()).unwrap_or(u64::MAX)
        }

        /// A line of standard input; none at its end.
        #[expect(clippy::unused_self, reason = "in WebAssembly it keeps what has been read")]
        pub(crate) fn next_line(&mut self) -> Result<Option<String>> {
            let mut line = String::new();
            Ok((stdin().lock().read_line(&mut line)? > 0).then_some(line))
        }

        #[expect(clippy::unused_self, reason = "in WebAssembly it keeps what has been read")]
        pub(crate) fn say(&self, line: &str) -> Result<()> {
            let mut output = stdout().lock();
            writeln!(output, "{line}")?;
            output.flush()
        }
    }
}

#[cfg(target_family = "wasm")]
mod here {
    use std::io::{Error, Result};

    use wasip2::cli::stdin::get_stdin;
    use wasip2::cli::stdout::get_stdout;
    use wasip2::clocks::monotonic_clock;
    use wasip2::io::streams::StreamError;

    /// Where the contender runs.
    #[derive(Debug, Default)]
    pub struct Machine {
        /// What has been read, and is not yet a line.
        input: Vec<u8>,
    }

    impl Machine {
        pub(crate) fn now(&self) -> u64 {
            monotonic_clock::now()
        }

        /// A line of standard input; none at its end.
        pub(crate) fn next_line(&mut self) -> Result<Option<String>> {
            loop {
                if let Some(end) = self.input.iter().position(|byte| *byte == b'\n') {
                    let line: Vec<u8> = self.input.drain(..=end).collect();
                    return Ok(Some(String::from_utf8_lossy(&line).into_owned()));
                }
                match get_stdin().blocking_read(4096) {
                    Ok(bytes) => self.input.extend(bytes),
                    Err(StreamError::Closed) => return Ok(None),
                    Err(error) => return Err(Error::other(error)),
                }
            }
        }

        pub(crate) fn say(&self, line: &str) -> Result<()> {
            get_stdout().blocking_write_and_flush(format!("{line}\n").as_bytes()).map_err(Error::other)
        }
    }
}

pub use here::Machine;
