//! What the two halves of a threaded test share: events, plain attributes, and questions of the client to the server.

use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use super::process::Role;

/// Events and attributes of the test that is running.
#[derive(Default)]
pub(crate) struct Relay {
    set: BTreeSet<String>,
    attributes: BTreeMap<String, Value>,
    waits: Vec<Wait>,
    server_failed: bool,
    /// Questions of the client half that the server half has not seen yet.
    calls: Vec<Value>,
    /// The server half waits for a question.
    is_polled: bool,
    client_done: bool,
}

/// A half that waits for an event.
struct Wait {
    role: Role,
    event: String,
    until: Option<Instant>,
}

/// An answer, and the half that it is for.
pub(crate) type Answer = (Role, Value);

impl Relay {
    /// Answers a question of a half; none yet if it has to wait.
    pub(crate) fn answer(&mut self, role: Role, question: &Value) -> Vec<Answer> {
        let name = question["name"].as_str().unwrap_or_default();
        match question["op"].as_str() {
            Some("event") => self.event(role, name, question),
            Some("publish") => {
                self.attributes.insert(name.to_owned(), question.clone());
                vec![(role, json!({}))]
            }
            Some("get") => {
                let missing = json!({"kind": "missing"});
                vec![(role, self.attributes.get(name).cloned().unwrap_or(missing))]
            }
            Some("call") => {
                self.calls.push(question["call"].clone());
                if self.is_polled { vec![self.polled()] } else { Vec::new() }
            }
            Some("poll") if question["wait"] == true && self.calls.is_empty() && !self.client_done => {
                self.is_polled = true;
                Vec::new()
            }
            Some("poll") => vec![self.polled()],
            Some("reply") => vec![(Role::Client, json!({"value": question["value"]}))],
            _ => vec![(role, json!({"error": format!("{question} is not a question")}))],
        }
    }

    /// The client half is done: no questions will come.
    pub(crate) fn client_done(&mut self) -> Vec<Answer> {
        self.client_done = true;
        if self.is_polled { vec![self.polled()] } else { Vec::new() }
    }

    /// The questions for the server half.
    fn polled(&mut self) -> Answer {
        self.is_polled = false;
        (Role::Server, json!({"calls": std::mem::take(&mut self.calls), "over": self.client_done}))
    }

    /// When the first wait with a timeout ends.
    pub(crate) fn next_timeout(&self) -> Option<Instant> {
        self.waits.iter().filter_map(|wait| wait.until).min()
    }

    /// Answers waits whose time has come.
    pub(crate) fn expire(&mut self, now: Instant) -> Vec<Answer> {
        self.end_waits(|wait| wait.until.is_some_and(|until| until <= now), false)
    }

    /// The server half has failed: what the client half waits for will not come.
    pub(crate) fn server_failed(&mut self) -> Vec<Answer> {
        self.server_failed = true;
        self.end_waits(|wait| wait.role == Role::Client, false)
    }

    fn event(&mut self, role: Role, name: &str, question: &Value) -> Vec<Answer> {
        match question["act"].as_str() {
            Some("set") => {
                self.set.insert(name.to_owned());
                let mut answers = self.end_waits(|wait| wait.event == name, true);
                answers.push((role, value(true)));
                answers
            }
            Some("clear") => {
                self.set.remove(name);
                vec![(role, value(false))]
            }
            Some("wait") if !self.set.contains(name) && self.may_still_come(role) => {
                let until = timeout(question).map(|timeout| Instant::now() + timeout);
                self.waits.push(Wait { role, event: name.to_owned(), until });
                Vec::new()
            }
            _ => vec![(role, value(self.set.contains(name)))],
        }
    }

    /// Whether what this half waits for can still happen.
    fn may_still_come(&self, role: Role) -> bool {
        !self.server_failed || role != Role::Client
    }

    fn end_waits(&mut self, ends: impl Fn(&Wait) -> bool, result: bool) -> Vec<Answer> {
        let (ended, waiting) = self.waits.drain(..).partition(|wait| ends(wait));
        self.waits = waiting;
        ended.into_iter().map(|wait: Wait| (wait.role, value(result))).collect()
    }
}

fn value(value: bool) -> Value {
    json!({ "value": value })
}

fn timeout(question: &Value) -> Option<Duration> {
    Duration::try_from_secs_f64(question["timeout"].as_f64()?.clamp(0.0, 3600.0)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_ends_when_the_other_half_sets_the_event() {
        let mut relay = Relay::default();
        let wait = json!({"op": "event", "name": "ready", "act": "wait", "timeout": null});
        assert_eq!(relay.answer(Role::Client, &wait), []);
        let set = json!({"op": "event", "name": "ready", "act": "set"});
        let answers = relay.answer(Role::Server, &set);
        assert_eq!(answers, [(Role::Client, value(true)), (Role::Server, value(true))]);
        assert_eq!(relay.answer(Role::Client, &wait), [(Role::Client, value(true))]);
    }

    #[test]
    fn a_wait_ends_with_its_timeout() {
        let mut relay = Relay::default();
        let wait = json!({"op": "event", "name": "ready", "act": "wait", "timeout": 5});
        assert_eq!(relay.answer(Role::Client, &wait), []);
        assert_eq!(relay.expire(Instant::now()), []);
        let end = relay.next_timeout().expect("the wait has a timeout");
        assert_eq!(relay.expire(end), [(Role::Client, value(false))]);
        assert_eq!(relay.next_timeout(), None);
    }

    #[test]
    fn a_client_does_not_wait_for_a_server_that_has_failed() {
        let mut relay = Relay::default();
        let wait = json!({"op": "event", "name": "ready", "act": "wait", "timeout": null});
        assert_eq!(relay.answer(Role::Client, &wait), []);
        assert_eq!(relay.server_failed(), [(Role::Client, value(false))]);
        assert_eq!(relay.answer(Role::Client, &wait), [(Role::Client, value(false))]);
        assert_eq!(relay.answer(Role::Server, &wait), []);
    }

    #[test]
    fn questions_reach_the_server_when_it_looks() {
        let mut relay = Relay::default();
        let call = json!({"op": "call", "call": {"do": "pull"}});
        assert_eq!(relay.answer(Role::Client, &call), []);
        let seen = json!({"calls": [{"do": "pull"}], "over": false});
        assert_eq!(relay.answer(Role::Server, &json!({"op": "poll", "wait": true})), [(Role::Server, seen.clone())]);
        assert_eq!(relay.answer(Role::Server, &json!({"op": "poll", "wait": true})), []);
        assert_eq!(relay.answer(Role::Client, &call), [(Role::Server, seen)]);
        let reply = relay.answer(Role::Server, &json!({"op": "reply", "value": {"value": 1}}));
        assert_eq!(reply, [(Role::Client, json!({"value": {"value": 1}}))]);
        relay.answer(Role::Server, &json!({"op": "poll", "wait": true}));
        assert_eq!(relay.client_done(), [(Role::Server, json!({"calls": [], "over": true}))]);
    }

    #[test]
    fn attributes_cross() {
        let mut relay = Relay::default();
        let get = json!({"op": "get", "name": "port"});
        assert_eq!(relay.answer(Role::Client, &get), [(Role::Client, json!({"kind": "missing"}))]);
        let publish = json!({"op": "publish", "name": "port", "kind": "plain", "value": 80});
        assert_eq!(relay.answer(Role::Server, &publish), [(Role::Server, json!({}))]);
        assert_eq!(relay.answer(Role::Client, &get), [(Role::Client, publish)]);
    }
}
