//! How many tests of a class ended in which way.

use std::collections::BTreeMap;

use super::outcome::{Ending, Outcomes};

/// Tests by how they ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts([usize; Ending::ALL.len()]);

/// The counts of each class of a module.
pub(crate) type Classes = BTreeMap<String, Counts>;

impl Counts {
    pub(crate) fn of(&self, ending: Ending) -> usize {
        self.0.get(ending as usize).copied().unwrap_or_default()
    }

    pub(crate) fn add(&mut self, ending: Ending, number: usize) {
        if let Some(count) = self.0.get_mut(ending as usize) {
            *count += number;
        }
    }

    pub(crate) fn total(&self) -> usize {
        self.0.iter().sum()
    }

    pub(crate) fn cells(&self) -> [String; Ending::ALL.len()] {
        self.0.map(|count| if count == 0 { String::new() } else { count.to_string() })
    }

    /// As `tests/conformance/results.json` has them: numbers in the order of `Ending::ALL`.
    pub(crate) fn to_text(&self) -> String {
        self.0.map(|count| count.to_string()).join(" ")
    }

    pub(crate) fn from_text(text: &str) -> Option<Self> {
        let counts: Vec<usize> = text.split(' ').map(str::parse).collect::<Result<_, _>>().ok()?;
        counts.try_into().ok().map(Self)
    }

    /// For people: `12 pass, 1 skip`.
    pub(crate) fn to_words(&self) -> String {
        let words = Ending::ALL.into_iter().filter(|ending| self.of(*ending) > 0);
        words.map(|ending| format!("{} {ending}", self.of(ending))).collect::<Vec<_>>().join(", ")
    }
}

/// Sums up the tests of a module.
pub(crate) fn by_class(outcomes: &Outcomes) -> Classes {
    let mut classes = Classes::new();
    for (test, outcome) in outcomes {
        classes.entry(class_of(test).to_owned()).or_default().add(outcome.result, 1);
    }
    classes
}

/// All classes together.
pub(crate) fn sum(classes: &Classes) -> Counts {
    let mut sum = Counts::default();
    for counts in classes.values() {
        Ending::ALL.into_iter().for_each(|ending| sum.add(ending, counts.of(ending)));
    }
    sum
}

/// The class of a test.
pub(crate) fn class_of(test: &str) -> &str {
    test.rsplit_once('.').map_or(test, |(class, _)| class)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_survive_as_text() {
        let mut counts = Counts::default();
        counts.add(Ending::Pass, 12);
        counts.add(Ending::Hang, 1);
        assert_eq!(counts.to_text(), "12 0 0 0 0 1");
        assert_eq!(Counts::from_text(&counts.to_text()), Some(counts.clone()));
        assert_eq!(counts.to_words(), "12 pass, 1 hang");
        assert_eq!(Counts::from_text("1 2"), None);
    }
}
