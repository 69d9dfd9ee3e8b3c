//! Rules that look stronger than they are.

use super::listing::of_direction;
use super::name_pattern::NamePattern;
use super::rule::Rule;
use super::rules::{Direction, Policy};

impl Policy {
    /// What rules of this policy cannot do, and what would be right: a line for each such rule. They refuse nothing.
    ///
    /// There is one kind so far. An outbound rule that denies a name knows its addresses only while they are what the guest
    /// got from looking it up; by the address itself the guest bypasses the rule.
    pub fn warnings(&self) -> Vec<String> {
        self.outbound.deny.iter().filter_map(|rule| Some(denies_a_name(rule, rule.name()?))).collect()
    }
}

fn denies_a_name(rule: &Rule, name: &NamePattern) -> String {
    let rule = of_direction("deny", Direction::Outbound, rule);
    format!(
        "{rule} refuses the addresses that the program has from looking up {name}, and not those that it knows otherwise; \
         deny the addresses themselves instead, and --deny-resolve {name} so that the program cannot learn them"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn warnings(denied: &[&str]) -> Vec<String> {
        let mut policy = Policy::new();
        policy.allow_everything().unwrap();
        policy.allow_outbound(Rule::parse("tcp://allowed.test:80").unwrap());
        for text in denied {
            policy.deny_outbound(Rule::parse_deny(text).unwrap());
        }
        policy.warnings()
    }

    #[test]
    fn a_rule_that_denies_a_name_is_told_of() {
        let one = "--deny-outbound tcp://db.test:5432 refuses the addresses that the program has from looking up db.test, and \
                   not those that it knows otherwise; deny the addresses themselves instead, and --deny-resolve db.test so \
                   that the program cannot learn them";
        assert_eq!(warnings(&["tcp://db.test:5432"]), [one]);
        let several = warnings(&["udp://*.test:*#ipv4-only", "tcp://10.0.0.1:*", "tcp://b.test:1-9"]);
        assert_eq!(several.len(), 2);
        assert!(
            several[0].starts_with("--deny-outbound udp://*.test:*#ipv4-only ")
                && several[0].contains("--deny-resolve *.test ")
        );
        assert!(several[1].contains("--deny-resolve b.test "));
    }

    #[test]
    fn rules_that_hold_are_not() {
        let holds =
            ["tcp://10.0.0.0/8:*", "tcp://[fd00::/8]:*", "udp://*:53", "tcp://localhost:80", "unix:///run/db.sock"];
        assert_eq!(warnings(&holds), [""; 0]);
    }

    #[test]
    fn what_a_warning_says_to_write_is_a_policy_without_one() {
        let policy =
            "[allow]\noutbound = ['tcp://*:*']\n[deny]\noutbound = ['tcp://192.0.2.7:5432']\nresolve = ['db.test']";
        assert_eq!(Policy::from_toml(policy).unwrap().warnings(), [""; 0]);
        let policy = "[deny]\noutbound = ['tcp://db.test:5432']\nresolve = ['db.test']";
        assert_eq!(Policy::from_toml(policy).unwrap().warnings().len(), 1, "a file's rules are looked at");
    }
}
