//! The rules of a policy as a list, each in the words that events and refusals have for it.

use std::sync::Arc;

use super::name_pattern::NamePattern;
use super::rule::Rule;
use super::rules::{Direction, Policy, Rules};

impl Policy {
    /// Each rule as the command line has it: those that deny first.
    pub(crate) fn listing(&self) -> Vec<String> {
        let directions =
            [Direction::Outbound, Direction::Inbound].map(|direction| (direction, self.rules_of(direction)));
        let rules = |verb: &'static str, of: fn(&Rules) -> &Vec<Arc<Rule>>| {
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
pub(super) fn of_direction(verb: &str, direction: Direction, rule: &Rule) -> String {
    format!("--{verb}-{direction} {rule}")
}

/// A rule on names as the command line has it.
pub(super) fn of_name(verb: &str, pattern: &NamePattern) -> String {
    format!("--{verb}-resolve {pattern}")
}
