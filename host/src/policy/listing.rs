//! The rules of a policy as a list, each in the words that events and refusals have for it.

use super::{NamePattern, Network, Policy, Rule, Rules};

impl Network {
    /// The rules in force, as [`Event::rule`](super::Event::rule) names them: those that deny first.
    pub fn rules(&self) -> Vec<String> {
        self.0.policy.load().rules()
    }
}

impl Policy {
    fn rules(&self) -> Vec<String> {
        let directions = [("outbound", &self.outbound), ("inbound", &self.inbound)];
        let rules = |verb: &'static str, of: fn(&Rules) -> &Vec<Rule>| {
            directions.into_iter().flat_map(move |(direction, rules)| {
                of(rules).iter().map(move |rule| of_direction(verb, direction, rule))
            })
        };
        let denied =
            rules("deny", |rules| &rules.deny).chain(self.resolve.deny.iter().map(|pattern| of_name("deny", pattern)));
        let allowed = rules("allow", |rules| &rules.allow)
            .chain(self.resolve.allow.iter().map(|pattern| of_name("allow", pattern)));
        denied.chain(allowed).collect()
    }
}

/// A rule on addresses as the command line has it.
pub(super) fn of_direction(verb: &str, direction: &str, rule: &Rule) -> String {
    format!("--{verb}-{direction} {rule}")
}

/// A rule on names as the command line has it.
pub(super) fn of_name(verb: &str, pattern: &NamePattern) -> String {
    format!("--{verb}-resolve {pattern}")
}
