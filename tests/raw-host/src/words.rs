//! Words of instructions, and of what they come to.

use crate::bindings::wasocket::socket::host::{Deadline, now};
use crate::bindings::wasocket::socket::types::{Error, MessageFlags};

/// What an instruction comes to.
pub(crate) type Answer = Result<String, String>;

/// Nothing came back but that it went well.
pub(crate) fn done((): ()) -> String {
    "ok".to_owned()
}

/// The contract's word for a failure.
pub(crate) fn code(error: Error) -> String {
    match error {
        Error::Os(error) => kebab(&format!("{:?}", error.code)),
        Error::AddressInfo(error) => kebab(&format!("{error:?}")),
        other => format!("{other:?}"),
    }
}

/// `WouldBlock`, however it is qualified, as the contract spells it.
fn kebab(name: &str) -> String {
    let mut word = String::new();
    for letter in name.rsplit("::").next().unwrap_or(name).chars() {
        if letter.is_uppercase() && !word.is_empty() {
            word.push('-');
        }
        word.extend(letter.to_lowercase());
    }
    word
}

pub(crate) fn number<N: std::str::FromStr>(text: &str) -> Result<N, String> {
    text.parse().map_err(|_| format!("no number: {text}"))
}

/// What a name stands for, there is none of.
pub(crate) fn unknown(name: &str) -> String {
    format!("no such thing: {name}")
}

/// The bytes of a word: `\xff` is any byte.
pub(crate) fn bytes(word: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let mut parts = word.split("\\x");
    bytes.extend(parts.next().unwrap_or_default().bytes());
    for part in parts {
        let (digits, rest) = part.split_at_checked(2).ok_or_else(|| format!("no byte: \\x{part}"))?;
        bytes.push(u8::from_str_radix(digits, 16).map_err(|_| format!("no byte: \\x{digits}"))?);
        bytes.extend(rest.bytes());
    }
    Ok(bytes)
}

/// What came, in quotes: nothing is a word, too.
pub(crate) fn quoted(data: &[u8]) -> String {
    if data.len() > SHOWN { format!("{} bytes", data.len()) } else { format!("{:?}", String::from_utf8_lossy(data)) }
}

/// What may stand behind an instruction: until when it may wait, and flags.
#[derive(Clone, Copy)]
pub(crate) struct Manner {
    pub(crate) until: Deadline,
    pub(crate) flags: MessageFlags,
}

impl Manner {
    /// Reads `now`, `for MILLISECONDS`, `never`, and flags; the default is `never`.
    pub(crate) fn read(mut words: &[&str]) -> Result<Self, String> {
        let mut manner = Self { until: Deadline::Never, flags: MessageFlags::empty() };
        while let [word, rest @ ..] = words {
            words = rest;
            match (*word, rest) {
                ("now", _) => manner.until = Deadline::Now,
                ("never", _) => manner.until = Deadline::Never,
                ("for", [time, rest @ ..]) => {
                    manner.until = Deadline::At(now() + number::<u64>(time)? * 1_000_000);
                    words = rest;
                }
                (flag, _) => manner.flags |= self::flag(flag)?,
            }
        }
        Ok(manner)
    }
}

fn flag(word: &str) -> Result<MessageFlags, String> {
    Ok(match word {
        "peek" => MessageFlags::PEEK,
        "oob" => MessageFlags::OUT_OF_BAND,
        "dont-route" => MessageFlags::DONT_ROUTE,
        "fast-open" => MessageFlags::FAST_OPEN,
        "more" => MessageFlags::MORE,
        "wait-all" => MessageFlags::WAIT_ALL,
        "truncated" => MessageFlags::TRUNCATED,
        "error-queue" => MessageFlags::ERROR_QUEUE,
        _ => return Err(format!("no such flag: {word}")),
    })
}

/// How much is shown itself.
const SHOWN: usize = 64;
