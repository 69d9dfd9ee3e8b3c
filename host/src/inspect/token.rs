//! The secret in the page's URL.

use std::fmt::Write as _;
use std::io;

use subtle::ConstantTimeEq as _;

/// 192 random bits, as hexadecimal digits.
pub(super) struct Token(String);

impl Token {
    pub(super) fn draw() -> io::Result<Self> {
        let mut bits = [0; BYTES];
        getrandom::fill(&mut bits).map_err(io::Error::other)?;
        let mut text = String::with_capacity(2 * BYTES);
        bits.iter().try_for_each(|byte| write!(text, "{byte:02x}")).map_err(io::Error::other)?;
        Ok(Self(text))
    }

    pub(super) fn text(&self) -> &str {
        &self.0
    }

    /// Whether someone has named it. How long that takes says nothing of how much of it was right.
    pub(super) fn is(&self, named: &str) -> bool {
        self.0.as_bytes().ct_eq(named.as_bytes()).into()
    }
}

const BYTES: usize = 24;
