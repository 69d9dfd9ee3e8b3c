//! Transcripts and how two of them differ.

use crate::process::Finished;

/// What a run of a program is compared by.
pub(crate) fn transcript(finished: &Finished, with_stderr: bool) -> String {
    let mut text = finished.stdout.clone();
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    if with_stderr {
        text.push_str("--- stderr\n");
        text.push_str(&finished.stderr);
    }
    text.push_str(&format!("--- exit {}\n", finished.code()));
    text
}

/// The lines that differ, each with `-` (only in `wanted`) or `+` (only in `got`); empty if none does.
pub(crate) fn difference(wanted: &str, got: &str) -> String {
    let wanted: Vec<&str> = wanted.lines().collect();
    let got: Vec<&str> = got.lines().collect();
    let common = common_lengths(&wanted, &got);
    let (mut at, mut to) = (0, 0);
    let mut text = String::new();
    while at < wanted.len() || to < got.len() {
        if at < wanted.len() && to < got.len() && wanted[at] == got[to] {
            at += 1;
            to += 1;
        } else if at < wanted.len() && (to == got.len() || common[at + 1][to] >= common[at][to + 1]) {
            text.push_str(&format!("-{}\n", wanted[at]));
            at += 1;
        } else {
            text.push_str(&format!("+{}\n", got[to]));
            to += 1;
        }
    }
    text
}

/// `lengths[i][j]`: how many lines the longest common part of `wanted[i..]` and `got[j..]` has.
fn common_lengths(wanted: &[&str], got: &[&str]) -> Vec<Vec<usize>> {
    let mut lengths = vec![vec![0; got.len() + 1]; wanted.len() + 1];
    for at in (0..wanted.len()).rev() {
        for to in (0..got.len()).rev() {
            lengths[at][to] = if wanted[at] == got[to] {
                lengths[at + 1][to + 1] + 1
            } else {
                lengths[at + 1][to].max(lengths[at][to + 1])
            };
        }
    }
    lengths
}
