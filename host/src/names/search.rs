//! The search list: the absolute names that a name expands to.

use std::iter::once;

use crate::policy::name_pattern::{is_localhost, is_name, normal};

/// The domains that are tried behind a name, as `resolv.conf` lists them.
///
/// We extend names ourselves: the policy must judge each name that is sent to a name server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SearchList {
    /// In their normal form. The empty one is the root.
    domains: Vec<String>,
    /// `ndots`: a name with at least this many dots is tried as it is first.
    ndots: usize,
}

impl SearchList {
    /// What is no domain is left out, and so is what exceeds [`DOMAINS`] and [`NDOTS`].
    pub(crate) fn new(domains: impl IntoIterator<Item = impl AsRef<str>>, ndots: usize) -> Self {
        let domains = domains.into_iter().map(|domain| normal(domain.as_ref()));
        let domains = domains.filter(|domain| is_domain(domain)).take(DOMAINS).collect();
        Self { domains, ndots: ndots.min(NDOTS) }
    }

    /// The absolute names that `name` may stand for, in their normal form, in the order in which glibc's `res_search` tries
    /// them. A name with a dot at the end stands for itself.
    pub(crate) fn candidates(&self, name: &str) -> Vec<String> {
        let itself = normal(name);
        let mut candidates: Vec<String> = if name.ends_with('.') || is_special(&itself) {
            vec![itself]
        } else {
            let extended = self.domains.iter().map(|domain| below(&itself, domain));
            if itself.matches('.').count() >= self.ndots {
                once(itself.clone()).chain(extended).collect()
            } else {
                extended.chain(once(itself.clone())).collect()
            }
        };
        let mut seen = std::collections::HashSet::new();
        candidates.retain(|candidate| is_name(candidate) && seen.insert(candidate.clone()));
        candidates
    }
}

/// An escape could spell one name in two ways, and rules have none.
fn is_domain(domain: &str) -> bool {
    domain.is_empty() || (is_name(domain) && !domain.contains('\\'))
}

/// Whether a name means one thing everywhere, so that nobody may hear of it (RFC 6761 and RFC 7686).
fn is_special(name: &str) -> bool {
    is_localhost(name) || name == "onion" || name.ends_with(".onion")
}

fn below(name: &str, domain: &str) -> String {
    if domain.is_empty() { name.to_owned() } else { format!("{name}.{domain}") }
}

/// How many domains are tried: each costs a question. Old C libraries take 6, and new ones have no limit.
const DOMAINS: usize = 32;

/// The largest `ndots` that glibc takes, `RES_MAXNDOTS`.
const NDOTS: usize = 15;

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates(domains: &[&str], ndots: usize, name: &str) -> Vec<String> {
        SearchList::new(domains, ndots).candidates(name)
    }

    #[test]
    fn the_number_of_dots_decides_what_comes_first() {
        let domains = ["corp.test", "lan"];
        assert_eq!(candidates(&domains, 1, "db"), ["db.corp.test", "db.lan", "db"]);
        assert_eq!(candidates(&domains, 1, "db.a"), ["db.a", "db.a.corp.test", "db.a.lan"]);
        assert_eq!(candidates(&domains, 2, "db.a"), ["db.a.corp.test", "db.a.lan", "db.a"]);
        assert_eq!(candidates(&domains, 0, "db"), ["db", "db.corp.test", "db.lan"]);
        let dots = "a.".repeat(NDOTS) + "a";
        assert_eq!(candidates(&["lan"], usize::MAX, &dots), [dots.clone(), dots + ".lan"]);
    }

    #[test]
    fn an_absolute_name_stands_for_itself() {
        assert_eq!(candidates(&["corp.test"], 1, "DB."), ["db"]);
        assert_eq!(candidates(&[], 1, "DB"), ["db"]);
        assert_eq!(candidates(&[], 5, "a.test"), ["a.test"]);
    }

    #[test]
    fn special_names_are_not_extended() {
        for name in ["localhost", "a.localhost", "a.onion", "onion"] {
            assert_eq!(candidates(&["corp.test"], 9, name), [name]);
        }
        assert_eq!(candidates(&["corp.test"], 9, "aonion"), ["aonion.corp.test", "aonion"]);
    }

    #[test]
    fn names_come_in_their_normal_form_and_once() {
        assert_eq!(candidates(&["Corp.Test.", "corp.test"], 1, "Db"), ["db.corp.test", "db"]);
        assert_eq!(candidates(&["."], 1, "db"), ["db"], "systemd writes \"search .\"");
        assert_eq!(candidates(&["lan", ".", "corp.test"], 1, "db"), ["db.lan", "db", "db.corp.test"]);
    }

    #[test]
    fn what_is_no_name_is_left_out() {
        for name in ["", ".", "..", "a..", "a..b", ".a", &"a".repeat(64)] {
            assert!(candidates(&["corp.test", "."], 1, name).is_empty(), "{name:?}");
        }
        let long = vec!["a".repeat(62); 4].join(".");
        assert_eq!(long.len(), 251);
        assert_eq!(candidates(&["b", "bb"], 1, &long), [long.clone(), long.clone() + ".b"]);
        let domains = ["a..b", "-", r"a\.b", r"a\046b", &long[..250]];
        assert_eq!(candidates(&domains, 1, "db").len(), 3);
        assert_eq!(candidates(&domains, 1, "d"), ["d.-".to_owned(), format!("d.{}", &long[..250]), "d".to_owned()]);
    }

    #[test]
    fn the_list_is_bounded() {
        let domains: Vec<String> = (0..100).map(|number| format!("{number}.test")).collect();
        let candidates = SearchList::new(&domains, 1).candidates("db");
        assert_eq!(candidates.len(), 1 + DOMAINS);
        assert_eq!(candidates.last().unwrap(), "db");
    }
}
