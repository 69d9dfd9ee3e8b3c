//! Options, by their numbers.

use crate::bindings::wasocket::socket::types::{OptionValue, OtherOption, SocketOption};
use crate::things::Things;
use crate::words::{Answer, bytes, code, done, number};

impl Things {
    /// Does it, if it is about that.
    pub(crate) fn of_options(&mut self, verb: &str, words: &[&str]) -> Option<Answer> {
        Some(match (verb, words) {
            ("setint", [name, level, option, value]) => {
                number(value).and_then(|value| self.set(name, level, option, &OptionValue::Integer(value)))
            }
            ("setbytes", [name, level, option, value]) => {
                bytes(value).and_then(|value| self.set(name, level, option, &OptionValue::Bytes(value)))
            }
            ("getint", [name, level, option]) => self.get(name, level, option),
            _ => return None,
        })
    }

    fn set(&self, name: &str, level: &str, option: &str, value: &OptionValue) -> Answer {
        self.socket(name)?.set_option(numbered(level, option)?, value).map(done).map_err(code)
    }

    fn get(&self, name: &str, level: &str, option: &str) -> Answer {
        match self.socket(name)?.get_option(numbered(level, option)?).map_err(code)? {
            OptionValue::Bytes(bytes) => match bytes.first_chunk() {
                Some(chunk) => Ok(i32::from_ne_bytes(*chunk).to_string()),
                None => Ok(format!("{bytes:?}")),
            },
            OptionValue::Integer(value) => Ok(value.to_string()),
            other => Ok(format!("{other:?}")),
        }
    }
}

fn numbered(level: &str, name: &str) -> Result<SocketOption, String> {
    Ok(SocketOption::Other(OtherOption { level: number(level)?, name: number(name)? }))
}
