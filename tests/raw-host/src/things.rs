//! What the program holds, by the names that its instructions use.

use std::collections::BTreeMap;

use crate::addresses::text;
use crate::bindings::wasocket::socket::host::{Lookup, Socket};
use crate::words::{Answer, number, unknown};

/// All of it.
#[derive(Default)]
pub(crate) struct Things {
    pub(crate) sockets: BTreeMap<String, Socket>,
    pub(crate) lookups: BTreeMap<String, Lookup>,
}

impl Things {
    /// Does what one instruction says. `@NAME` in it is the local address of a socket, and `:@NAME` its port.
    pub(crate) fn perform(&mut self, words: &[&str]) -> String {
        let words: Vec<String> = words.iter().map(|word| self.meant(word)).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        self.attempt(&words).unwrap_or_else(|failure| failure)
    }

    fn meant(&self, word: &str) -> String {
        let Some((before, name)) = word.split_once('@') else { return word.to_owned() };
        let local = self.sockets.get(name).and_then(|socket| socket.getsockname().ok());
        let Some(local) = local.as_ref().map(text) else { return word.to_owned() };
        match (before, local.rsplit_once(':')) {
            ("", _) => local,
            (address, Some((_, port))) => format!("{address}{port}"),
            (_, None) => word.to_owned(),
        }
    }

    fn attempt(&mut self, words: &[&str]) -> Answer {
        match words {
            ["drop", name] => {
                let socket = self.sockets.remove(*name).map(drop);
                let lookup = self.lookups.remove(*name).map(drop);
                socket.or(lookup).map(|()| "ok".to_owned()).ok_or_else(|| unknown(name))
            }
            ["times", count, rest @ ..] => self.times(number(count)?, rest),
            ["forever", rest @ ..] => loop {
                self.perform(rest);
            },
            // The first word says what is done, and the others what with.
            [verb, rest @ ..] => self
                .of_sockets(verb, rest)
                .or_else(|| self.of_messages(verb, rest))
                .or_else(|| self.of_options(verb, rest))
                .or_else(|| self.of_waiting(verb, rest))
                .unwrap_or_else(|| Err(format!("no such instruction: {}", words.join(" ")))),
            [] => Err("no instruction".to_owned()),
        }
    }

    /// Repeats an instruction, with the number of the round for `#`; counts each answer.
    fn times(&mut self, count: u64, words: &[&str]) -> Answer {
        let mut answers = Vec::<(String, u64)>::new();
        for round in 0..count {
            let words: Vec<String> = words.iter().map(|word| word.replace('#', &round.to_string())).collect();
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let answer = self.perform(&words);
            match answers.iter_mut().find(|(known, _)| *known == answer) {
                Some((_, count)) => *count += 1,
                None => answers.push((answer, 1)),
            }
        }
        let answers: Vec<String> = answers.iter().map(|(answer, count)| format!("{count} {answer}")).collect();
        Ok(answers.join(", "))
    }

    pub(crate) fn socket(&self, name: &str) -> Result<&Socket, String> {
        self.sockets.get(name).ok_or_else(|| unknown(name))
    }

    pub(crate) fn keep(&mut self, name: &str, socket: Socket) -> String {
        self.sockets.insert(name.to_owned(), socket);
        "ok".to_owned()
    }
}
