//! What can come of a test.

use std::collections::BTreeMap;
use std::fmt;

/// The tests of a module by class and method, with what came of each.
pub(crate) type Outcomes = BTreeMap<String, Outcome>;

/// What came of one test.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) result: Ending,
    /// Why: a reason for skipping, a traceback, or what the process said last.
    pub(crate) text: String,
    pub(crate) seconds: f64,
    /// Whether it ran in two processes.
    pub(crate) is_parted: bool,
}

impl Outcome {
    pub(crate) fn new(result: Ending, text: impl Into<String>) -> Self {
        Self { result, text: text.into(), seconds: 0.0, is_parted: false }
    }

    /// The line that says most: the last one, as in a traceback.
    pub(crate) fn last_line(&self) -> &str {
        self.text.trim_end().lines().next_back().unwrap_or("").trim()
    }
}

/// How a test ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Ending {
    Pass,
    /// An assertion did not hold.
    Fail,
    /// Another exception.
    Error,
    Skip,
    /// A process ended in the middle of the test.
    Trap,
    Hang,
}

impl Ending {
    pub(crate) const ALL: [Self; 6] = [Self::Pass, Self::Fail, Self::Error, Self::Skip, Self::Trap, Self::Hang];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Error => "error",
            Self::Skip => "skip",
            Self::Trap => "trap",
            Self::Hang => "hang",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ending| ending.name() == name)
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
