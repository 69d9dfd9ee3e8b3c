//! What the project wants to reach, as ratios within one run, beside what was measured.

use crate::report::{ALONE, geometric_mean, ratio_text};
use crate::run::{Results, START_UP};
use crate::statistics::paired_ratio;

/// One contender at one workload against a reference.
struct Target {
    /// Or [`ALONE`]: all that are Python alone, as one.
    workload: &'static str,
    contender: &'static str,
    bound: Bound,
    factor: f64,
    /// Another contender at the same workload, or the same at another.
    reference: Reference,
}

#[derive(Clone, Copy)]
enum Bound {
    AtMost,
    AtLeast,
}

#[derive(Clone, Copy)]
enum Reference {
    Contender(&'static str),
    Workload(&'static str),
    /// What it is counted in, with this word for it.
    One(&'static str),
}

use Bound::{AtLeast, AtMost};

const NATIVE: Reference = Reference::Contender("native");
const BUILTIN: Reference = Reference::Contender("builtin");

const TARGETS: &[Target] = &[
    of("round-trip-1", "portable", AtMost, 1.0, BUILTIN),
    of("round-trip-1", "host", AtMost, 1.10, NATIVE),
    of("write-write-read", "portable", AtMost, 3.0, NATIVE),
    of("write-write-read", "host", AtMost, 1.15, NATIVE),
    of("receive-64k", "portable", AtLeast, 1.0, BUILTIN),
    of("receive-64k", "host", AtLeast, 0.8, NATIVE),
    of("send-64k", "portable", AtLeast, 1.0, BUILTIN),
    of("send-64k", "host", AtLeast, 0.9, NATIVE),
    of("send-1m", "portable", AtLeast, 1.0, BUILTIN),
    of("send-1m", "host", AtLeast, 0.9, NATIVE),
    of("connect", "portable", AtMost, 0.8, BUILTIN),
    of("connect", "host", AtMost, 1.6, NATIVE),
    of("udp-round-trip", "portable", AtMost, 0.7, BUILTIN),
    of("udp-round-trip", "host", AtMost, 2.0, NATIVE),
    of("poll-5000", "portable", AtMost, 1.0, BUILTIN),
    of("poll-5000", "host", AtMost, 1.5, Reference::Workload("poll-10")),
    of("epoll-5000", "host", AtMost, 1.5, Reference::Workload("epoll-10")),
    of("asyncio-echo-1", "portable", AtLeast, 1.3, BUILTIN),
    of("asyncio-echo-100", "portable", AtLeast, 1.3, BUILTIN),
    of("asyncio-echo-1000", "portable", AtLeast, 1.3, BUILTIN),
    of("asyncio-echo-1", "host", AtLeast, 2.0, BUILTIN),
    of("asyncio-echo-100", "host", AtLeast, 1.5, BUILTIN),
    of("asyncio-echo-1000", "host", AtLeast, 1.8, BUILTIN),
    of("asyncio-echo-1", "host", AtLeast, 0.6, NATIVE),
    of(ALONE, "portable", AtMost, 0.87, BUILTIN),
    of("thread-start", "host", AtMost, 1.0, NATIVE),
    of("thread-queue", "host", AtMost, 1.0, NATIVE),
    of("thread-computes", "host", AtMost, 1.0, NATIVE),
    of(START_UP, "host", AtMost, 1.16, NATIVE),
    of("across-64k", "composed", AtLeast, 8.0e9, Reference::One("B/s")),
    of("tls-accept-p256", "portable", AtMost, 8.0, NATIVE),
    of("tls-accept-p256", "host", AtMost, 8.0, NATIVE),
    of("tls-accept-rsa", "portable", AtMost, 20.0, NATIVE),
    of("tls-accept-rsa", "host", AtMost, 20.0, NATIVE),
    of("tls-accept-resumed", "portable", AtMost, 3.0, NATIVE),
    of("tls-accept-resumed", "host", AtMost, 3.0, NATIVE),
    of("tls-receive-16k", "portable", AtLeast, 0.2, NATIVE),
    of("tls-receive-1m", "portable", AtLeast, 0.2, NATIVE),
    of("tls-send-16k", "portable", AtLeast, 0.2, NATIVE),
    of("tls-send-1m", "portable", AtLeast, 0.2, NATIVE),
];

const fn of(
    workload: &'static str,
    contender: &'static str,
    bound: Bound,
    factor: f64,
    reference: Reference,
) -> Target {
    Target { workload, contender, bound, factor, reference }
}

/// A heading and one line for each target whose samples are there.
pub(crate) fn table(results: &Results) -> Vec<Vec<String>> {
    let head = ["target", "contender", "wanted", "measured", ""].map(str::to_owned).to_vec();
    let lines = TARGETS.iter().filter_map(|target| {
        let ratio = target.measured(results)?;
        let subject = match target.workload {
            ALONE => "Python alone",
            name => &results.rows.iter().find(|row| row.name == name)?.subject,
        };
        let verdict = if target.is_met(ratio) { "met" } else { "missed" };
        Some(vec![
            subject.to_owned(),
            target.contender.to_owned(),
            target.wanted(),
            target.text(ratio),
            verdict.to_owned(),
        ])
    });
    [head].into_iter().chain(lines).collect()
}

impl Target {
    fn measured(&self, results: &Results) -> Option<f64> {
        if let (ALONE, Reference::Contender(name)) = (self.workload, self.reference) {
            return geometric_mean(results, self.contender, name);
        }
        let these = results.find(self.workload, self.contender)?;
        let those = match self.reference {
            Reference::Contender(name) => results.find(self.workload, name)?,
            Reference::Workload(name) => results.find(name, self.contender)?,
            Reference::One(_) => return Some(these.median),
        };
        paired_ratio(&these.samples, &those.samples)
    }

    fn text(&self, measured: f64) -> String {
        match self.reference {
            Reference::Contender(_) | Reference::Workload(_) => ratio_text(measured),
            Reference::One(unit) => format!("{measured:.1e} {unit}"),
        }
    }

    /// As good as the built-in means within what two runs of the same differ by.
    fn is_met(&self, ratio: f64) -> bool {
        match self.bound {
            AtMost => ratio <= self.factor * (1.0 + TOLERANCE),
            AtLeast => ratio >= self.factor * (1.0 - TOLERANCE),
        }
    }

    fn wanted(&self) -> String {
        let sign = match self.bound {
            AtMost => "≤",
            AtLeast => "≥",
        };
        match self.reference {
            Reference::Contender(name) | Reference::Workload(name) => format!("{sign} {} × {name}", self.factor),
            Reference::One(unit) => format!("{sign} {:.1e} {unit}", self.factor),
        }
    }
}

const TOLERANCE: f64 = 0.05;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::WORKLOADS;

    #[test]
    fn targets_name_workloads() {
        let is_known = |name: &str| WORKLOADS.iter().any(|workload| workload.name == name);
        for target in TARGETS {
            assert!([ALONE, START_UP].contains(&target.workload) || is_known(target.workload), "{}", target.workload);
            if let Reference::Workload(name) = target.reference {
                assert!(is_known(name), "{name}");
            }
        }
    }

    #[test]
    fn bounds_bind_on_their_side() {
        let slow = of("round-trip-1", "host", AtMost, 2.0, NATIVE);
        assert!(slow.is_met(2.05) && !slow.is_met(2.2));
        let fast = of("round-trip-1", "host", AtLeast, 2.0, NATIVE);
        assert!(fast.is_met(1.95) && !fast.is_met(1.8));
    }
}
