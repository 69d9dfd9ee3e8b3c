//! The tables of the documents, compared with the modules.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use libtest_mimic::Trial;

use crate::context::Context;
use crate::process;
use crate::trial;

/// How long one run may take: the first one compiles the interpreter.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(300);

/// Prints one line for each name: the section of the document that it belongs to, and the name.
const NAMES: &str = "
import inspect, select, socket
def show(section, names):
    for name in sorted(names):
        if not name.startswith('_'):
            print(section, name, sep='|')
def routines(thing):
    return {name for name, value in inspect.getmembers(thing) if inspect.isroutine(value)}
show('Functions of `socket`', routines(socket) | {'socket'})
show('Methods of sockets', routines(socket.socket))
show('Attributes of sockets', {name for name in dir(socket.socket) if name not in routines(socket.socket)})
show('`select`', routines(select) | {name for name, value in vars(select).items() if name == 'epoll'})
";

/// Prints the names of `errno` and their numbers.
const NUMBERS: &str = "
import errno
for name, number in vars(errno).items():
    if name.startswith('E'):
        print(name, number)
";

pub(crate) fn trials(context: &Arc<Context>) -> Vec<Trial> {
    let (first, second) = (Arc::clone(context), Arc::clone(context));
    vec![
        trial("docs_tables::compatibility".to_owned(), move || compatibility(&first)),
        trial("docs_tables::error_numbers".to_owned(), move || error_numbers(&second)),
    ]
}

/// The table of numbers in docs/errors.md is what native Python's `errno` and the guest's have.
fn error_numbers(context: &Context) -> Result<()> {
    let path = context.tests.join("../docs/errors.md");
    let document = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let documented = documented_numbers(&document);
    let mut native = process::native(&context.python);
    native.args(["-c", NUMBERS]);
    let mut ours = std::process::Command::new(context.wasocket()?);
    ours.args(["run", "-c", NUMBERS]);
    let (native, ours) = (numbers(native)?, numbers(ours)?);
    let wrong = wrong_numbers(&documented, &native, &ours);
    ensure!(wrong.is_empty(), "docs/errors.md says otherwise of {wrong:?}");
    let control = wrong_numbers(&documented, &native, &native);
    ensure!(control.contains(&"ECONNREFUSED".to_owned()), "the comparison does not notice Linux's numbers");
    Ok(())
}

type Numbers = BTreeMap<String, String>;

/// Linux's numbers and WASI's by name: three cells of a row, as often as it has them.
fn documented_numbers(document: &str) -> BTreeMap<String, (String, String)> {
    let rows = document.lines().skip_while(|line| *line != "## Numbers").filter(|line| line.starts_with("| `E"));
    let cells: Vec<&str> = rows.flat_map(|row| row.split('|').map(str::trim).filter(|cell| !cell.is_empty())).collect();
    let triples = cells.chunks_exact(3);
    let row = |cells: &[&str]| match cells {
        [name, linux, wasi] => Some((name.trim_matches('`').to_owned(), ((*linux).to_owned(), (*wasi).to_owned()))),
        _ => None,
    };
    triples.filter_map(row).collect()
}

fn numbers(command: std::process::Command) -> Result<Numbers> {
    let finished = process::run(command, b"", PATIENCE)?;
    ensure!(finished.status.success(), "cannot list the numbers: {finished:?}");
    let pair = |line: &str| line.split_once(' ').map(|(name, number)| (name.to_owned(), number.to_owned()));
    Ok(finished.stdout.lines().filter_map(pair).collect())
}

/// Names of which the document says something else, or nothing. A name that only a newer Python has is not asked of an older.
fn wrong_numbers(documented: &BTreeMap<String, (String, String)>, native: &Numbers, ours: &Numbers) -> Vec<String> {
    let names: BTreeSet<&String> = documented.keys().chain(native.keys()).chain(ours.keys()).collect();
    let is_right = |name: &String| {
        documented.get(name).is_some_and(|(linux, wasi)| {
            native.get(name).is_none_or(|number| number == linux) && ours.get(name) == Some(wasi)
        })
    };
    names.into_iter().filter(|name| !is_right(name)).cloned().collect()
}

/// Each name has a row in docs/compatibility.md, and each row that is not "absent" a name.
fn compatibility(context: &Context) -> Result<()> {
    let path = context.tests.join("../docs/compatibility.md");
    let document = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut command = std::process::Command::new(context.wasocket()?);
    command.args(["run", "-c", NAMES]);
    let finished = process::run(command, b"", PATIENCE)?;
    ensure!(finished.status.success(), "cannot list the names: {finished:?}");
    let mut there: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (section, name) in finished.stdout.lines().filter_map(|line| line.split_once('|')) {
        there.entry(section).or_default().insert(name);
    }
    ensure!(there.len() == 4, "four kinds of names were expected: {there:?}");
    for (section, names) in there {
        let (present, absent) = rows(&document, section);
        let undocumented: Vec<_> = names.difference(&present).collect();
        let missing: Vec<_> = present.difference(&names).collect();
        let surprising: Vec<_> = absent.intersection(&names).collect();
        ensure!(undocumented.is_empty(), "{section}: no row for {undocumented:?}");
        ensure!(missing.is_empty(), "{section}: rows for {missing:?}, which are not there");
        ensure!(surprising.is_empty(), "{section}: rows say that {surprising:?} are absent, and they are there");
        for (name, how, with_our_host) in cells(&document, section) {
            let is_known = HOW.contains(&how) && WITH_OUR_HOST.contains(&with_our_host);
            let agrees = (how == "absent") == (with_our_host == "absent");
            ensure!(is_known && agrees, "{section}: {name} cannot be {how:?}, and {with_our_host:?} with our host");
        }
    }
    Ok(())
}

/// The names with a row in `section`, and those of them that the row calls absent, apart.
fn rows<'a>(document: &'a str, section: &str) -> (BTreeSet<&'a str>, BTreeSet<&'a str>) {
    let (mut present, mut absent) = (BTreeSet::new(), BTreeSet::new());
    for (name, how, _) in cells(document, section) {
        let names = if how == "absent" { &mut absent } else { &mut present };
        names.insert(name);
    }
    (present, absent)
}

/// What each row of `section` says: a name, how it works on any host, and how on ours.
fn cells<'a>(document: &'a str, section: &str) -> impl Iterator<Item = (&'a str, &'a str, &'a str)> {
    let heading = format!("## {section}");
    let lines = document.lines().skip_while(move |line| *line != heading).skip(1);
    lines.take_while(|line| !line.starts_with("## ")).filter_map(|line| {
        let mut cells = line.split('|').map(str::trim).skip(1);
        let name = cells.next()?.strip_prefix('`')?.strip_suffix('`')?;
        Some((name.trim_end_matches("()"), cells.next()?, cells.next()?))
    })
}

const HOW: &[&str] = &["works", "emulated", "needs our host", "absent"];
const WITH_OUR_HOST: &[&str] = &["works", "emulated", "refused", "absent"];
