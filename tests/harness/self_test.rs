//! Self tests of the harness: it refuses what it must refuse.

use anyhow::{Result, ensure};
use libtest_mimic::Trial;

use crate::compare::difference;
use crate::differences::Differences;
use crate::header::Header;
use crate::trial;

/// A trial: its name, and what it does.
type Case = (&'static str, fn() -> Result<()>);

pub(crate) fn trials() -> Vec<Trial> {
    let cases: [Case; 4] = [
        ("differences_of_transcripts", differences_of_transcripts),
        ("known_differences", known_differences),
        ("headers", headers),
        ("tables_of_calls", crate::front_ends::tables),
    ];
    cases.into_iter().map(|(name, case)| trial(format!("harness::{name}"), case)).collect()
}

fn differences_of_transcripts() -> Result<()> {
    for (wanted, got, expected) in [
        ("", "", ""),
        ("a\nb\n", "a\nb\n", ""),
        ("a\nb\nc\n", "a\nc\n", "-b\n"),
        ("a\nc\n", "a\nb\nc\n", "+b\n"),
        ("a\nb\n", "a\nx\n", "-b\n+x\n"),
        ("a\n", "", "-a\n"),
    ] {
        let found = difference(wanted, got);
        ensure!(found == expected, "{wanted:?} and {got:?}: {found:?}");
    }
    Ok(())
}

fn known_differences() -> Result<()> {
    let file = tempfile::NamedTempFile::new()?;
    let programs = ["program".to_owned()];
    let read = |text: &str| {
        std::fs::write(file.path(), text)?;
        Differences::read(file.path(), &programs)
    };
    let known = read("[[program]]\nreason = 'because'\nways = ['run']\nlines = '''\n-a\n+b\n'''\n")?;
    ensure!(known.judge("program", "run", "-a\n+b\n").is_ok(), "a known difference is refused");
    ensure!(known.judge("program", "run", "").is_err(), "a stale entry passes");
    ensure!(known.judge("program", "run", "-a\n+c\n").is_err(), "another difference passes");
    ensure!(known.judge("program", "wasmtime", "-a\n+b\n").is_err(), "another way passes");
    ensure!(known.judge("program", "wasmtime", "").is_ok(), "no difference is refused");
    ensure!(read("[[other]]\nreason = 'because'\nlines = ''\n").is_err(), "an unknown program passes");
    ensure!(read("[[program]]\nreason = ''\nlines = ''\n").is_err(), "an entry without a reason passes");
    Ok(())
}

fn headers() -> Result<()> {
    let header = Header::parse("# peers: echo silent\n# exit: 3\n\"\"\"Text.\"\"\"\n# peers: ignored\n")?;
    ensure!(header.peers == ["echo", "silent"] && header.exit == 3, "{header:?}");
    ensure!(Header::parse("# unknown: x\n").is_err(), "an unknown key passes");
    ensure!(Header::parse("# exit: x\n").is_err(), "a malformed value passes");
    Ok(())
}
