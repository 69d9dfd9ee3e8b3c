//! `cargo xtask test`: every check of the repository, in steps that can also be named one by one.

mod interpreter;
mod steps;

use anyhow::{Context, Result, bail};
use std::time::{Duration, Instant};

use crate::workspace::Workspace;
pub(crate) use steps::docs;
use steps::{STEPS, Step};

/// Runs the named steps, or all; stops at the first that fails.
pub(crate) fn run(workspace: &Workspace, names: &[String]) -> Result<()> {
    let chosen = choose(names)?;
    let mut passed: Vec<(&str, Duration)> = Vec::new();
    for step in &chosen {
        eprintln!("\n=== {}: {}", step.name, step.subject);
        let started = Instant::now();
        if let Err(error) = (step.run)(workspace) {
            summarize(&passed);
            println!("{} passed, 1 failed", passed.len());
            return Err(error)
                .with_context(|| format!("step `{0}` failed; alone it is `cargo xtask test {0}`", step.name));
        }
        passed.push((step.name, started.elapsed()));
    }
    summarize(&passed);
    println!("{} passed, 0 failed", passed.len());
    Ok(())
}

fn choose(names: &[String]) -> Result<Vec<&'static Step>> {
    if names.is_empty() {
        return Ok(STEPS.iter().collect());
    }
    names.iter().map(|name| find(name)).collect()
}

fn find(name: &str) -> Result<&'static Step> {
    let Some(step) = STEPS.iter().find(|step| step.name == name) else {
        let known: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        bail!("there is no step `{name}`; the steps are {}", known.join(", "));
    };
    Ok(step)
}

fn summarize(passed: &[(&str, Duration)]) {
    eprintln!("\n=== steps of `cargo xtask test`");
    for (name, time) in passed {
        eprintln!("  ✓ {name:<12} {:>7.1} s", time.as_secs_f32());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_found_by_name() -> Result<()> {
        assert_eq!(choose(&[])?.len(), STEPS.len());
        assert_eq!(find("clippy")?.name, "clippy");
        let error = find("lint").err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains("`lint`") && error.contains("clippy"), "{error}");
        Ok(())
    }
}
