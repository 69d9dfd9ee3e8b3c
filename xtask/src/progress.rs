//! One line per step: a spinner on a terminal, plain lines with a sign of life elsewhere. Steps may run side by side.

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

/// A step that is running. Dropping it unfinished removes its spinner.
pub(crate) struct Step {
    name: String,
    started: Instant,
    last_sign: Instant,
    spinner: Option<ProgressBar>,
}

impl Step {
    pub(crate) fn start(name: &str) -> Self {
        let spinner = std::io::stderr().is_terminal().then(|| spinner(name));
        if spinner.is_none() {
            eprintln!("  ⋯ {name}");
        }
        Self { name: name.to_owned(), started: Instant::now(), last_sign: Instant::now(), spinner }
    }

    /// The latest line of output of whatever the step runs.
    pub(crate) fn note(&mut self, line: &str) {
        match &self.spinner {
            Some(spinner) => spinner.set_message(line.chars().take(WIDTH).collect::<String>()),
            None if self.last_sign.elapsed() >= SILENCE => {
                self.last_sign = Instant::now();
                eprintln!("    {} s: {}", self.started.elapsed().as_secs(), line.trim());
            }
            None => (),
        }
    }

    pub(crate) fn finish(self, result: &str) {
        if let Some(spinner) = &self.spinner {
            spinner.finish_and_clear();
        }
        let seconds = self.started.elapsed().as_secs_f32();
        say(&format!("  ✓ {} ({seconds:.1} s){}{result}", self.name, if result.is_empty() { "" } else { ": " }));
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        if let Some(spinner) = &self.spinner {
            spinner.finish_and_clear();
        }
    }
}

/// A step that had nothing to do.
pub(crate) fn already(name: &str, result: &str) {
    say(&format!("  ✓ {name}: {result}"));
}

/// Writes a line above all spinners.
fn say(line: &str) {
    SPINNERS.suspend(|| eprintln!("{line}"));
}

/// Those that turn now.
static SPINNERS: LazyLock<MultiProgress> = LazyLock::new(MultiProgress::new);

fn spinner(name: &str) -> ProgressBar {
    let spinner = SPINNERS.add(ProgressBar::new_spinner());
    let style = ProgressStyle::with_template("  {spinner} {prefix} {elapsed} {msg:.dim}");
    spinner.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
    spinner.set_prefix(name.to_owned());
    spinner.enable_steady_tick(Duration::from_millis(120));
    spinner
}

/// Characters of a child's line that are shown beside a spinner.
const WIDTH: usize = 60;
/// How long a step may be silent where there is no terminal to spin on.
const SILENCE: Duration = Duration::from_secs(20);
