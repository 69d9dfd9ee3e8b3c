//! Lookups, and waiting for several things.

use crate::addresses::ip;
use crate::bindings::wasocket::socket::host::{Lookup, PollSet, Readiness, Socket, Trigger, poll};
use crate::things::Things;
use crate::words::{Answer, Manner, code, number, unknown};

impl Things {
    /// Does it, if it is about that.
    pub(crate) fn of_waiting(&mut self, verb: &str, words: &[&str]) -> Option<Answer> {
        Some(match (verb, words) {
            ("resolve", [name, manner @ ..]) => resolve(name, manner),
            ("lookup", [name, lookup]) => self.start_lookup(name, lookup),
            ("finish", [lookup, manner @ ..]) => self.finish(lookup, manner),
            ("poll", [name, what, manner @ ..]) => self.poll(name, what, manner),
            ("storm", [name, count, rounds]) => self.storm(name, count, rounds),
            ("poll-set", [name, what, manner @ ..]) => self.poll_set(name, what, manner),
            _ => return None,
        })
    }

    fn start_lookup(&mut self, name: &str, lookup: &str) -> Answer {
        let started = Lookup::forward(name, None).map_err(code)?;
        self.lookups.insert(lookup.to_owned(), started);
        Ok("ok".to_owned())
    }

    fn finish(&self, lookup: &str, manner: &[&str]) -> Answer {
        answer(self.lookups.get(lookup).ok_or_else(|| unknown(lookup))?, manner)
    }

    fn poll(&self, name: &str, what: &str, manner: &[&str]) -> Answer {
        let asked = [(self.socket(name)?, readiness(what)?)];
        let found = poll(&asked, &[], Manner::read(manner)?.until).map_err(code)?;
        Ok(found.iter().map(|found| words(*found)).collect::<Vec<_>>().join(" "))
    }

    /// Polls the same socket `count` times in one list, in each of `rounds`.
    fn storm(&self, name: &str, count: &str, rounds: &str) -> Answer {
        let socket = self.socket(name)?;
        let asked: Vec<(&Socket, Readiness)> =
            (0..number(count)?).map(|_: u32| (socket, Readiness::WRITABLE)).collect();
        let mut found = 0;
        for _ in 0..number::<u64>(rounds)? {
            found += poll(&asked, &[], Manner::read(&[])?.until).map_err(code)?.len();
        }
        Ok(found.to_string())
    }

    fn poll_set(&self, name: &str, what: &str, manner: &[&str]) -> Answer {
        let set = PollSet::create().map_err(code)?;
        set.add_socket(1, self.socket(name)?, readiness(what)?, Trigger::empty()).map_err(code)?;
        let events = set.wait(Manner::read(manner)?.until, 9).map_err(code)?;
        Ok(events.iter().map(|event| words(event.readiness)).collect::<Vec<_>>().join(" "))
    }
}

/// All addresses of a name.
fn resolve(name: &str, manner: &[&str]) -> Answer {
    answer(&Lookup::forward(name, None).map_err(code)?, manner)
}

fn answer(lookup: &Lookup, manner: &[&str]) -> Answer {
    let found = lookup.finish(Manner::read(manner)?.until).map_err(code)?;
    Ok(found.addresses.iter().map(|address| ip(address).to_string()).collect::<Vec<_>>().join(" "))
}

const KINDS: [(&str, Readiness); 6] = [
    ("readable", Readiness::READABLE),
    ("priority", Readiness::PRIORITY),
    ("writable", Readiness::WRITABLE),
    ("error", Readiness::ERROR),
    ("hang-up", Readiness::HANG_UP),
    ("read-hang-up", Readiness::READ_HANG_UP),
];

fn readiness(word: &str) -> Result<Readiness, String> {
    let found = KINDS.iter().find(|(name, _)| *name == word).map(|(_, kind)| *kind);
    found.ok_or_else(|| format!("no readiness: {word}"))
}

fn words(readiness: Readiness) -> String {
    let found = KINDS.iter().filter(|(_, kind)| readiness.contains(*kind)).map(|(name, _)| *name);
    let found = found.collect::<Vec<_>>().join("+");
    if found.is_empty() { "nothing".to_owned() } else { found }
}
