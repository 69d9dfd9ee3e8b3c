//! One run: every workload, its contenders in turn, round after round.

use std::fs::File;
use std::time::Duration;

use anyhow::{Result, bail};
use serde::Serialize;

use crate::contender::{Contender, Part};
use crate::cores;
use crate::peer::Peer;
use crate::plan::{Command, Language, Plan};
use crate::statistics::Summary;
use crate::workload::{Unit, WORKLOADS, Workload};

/// How much is measured.
pub(crate) struct Pace {
    rounds: usize,
    sample: Duration,
    all: bool,
}

/// What came out.
#[derive(Serialize)]
pub(crate) struct Results {
    pub(crate) about: Vec<String>,
    pub(crate) contenders: Vec<Participant>,
    pub(crate) rows: Vec<Row>,
}

/// The contenders that have run.
#[derive(Serialize)]
pub(crate) struct Participant {
    pub(crate) name: String,
    pub(crate) language: Language,
}

/// One workload.
#[derive(Serialize)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) subject: String,
    pub(crate) unit: Unit,
    /// One for each contender, in their order.
    pub(crate) cells: Vec<Cell>,
}

/// One contender at one workload.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Cell {
    Measured(Summary),
    /// It could not do it, for this reason.
    Failed(String),
    /// It does not take part.
    Absent,
}

impl Results {
    /// What a contender measured in a workload.
    pub(crate) fn find(&self, workload: &str, contender: &str) -> Option<&Summary> {
        let row = self.rows.iter().find(|row| row.name == workload)?;
        row.find(&self.contenders, contender)
    }
}

impl Row {
    /// What a contender measured.
    pub(crate) fn find(&self, contenders: &[Participant], name: &str) -> Option<&Summary> {
        let place = contenders.iter().position(|contender| contender.name == name)?;
        match self.cells.get(place)? {
            Cell::Measured(summary) => Some(summary),
            Cell::Failed(_) | Cell::Absent => None,
        }
    }

    /// Why a contender could not do it.
    pub(crate) fn failures<'row>(
        &'row self,
        contenders: &'row [Participant],
    ) -> impl Iterator<Item = (&'row str, &'row str)> {
        contenders.iter().zip(&self.cells).filter_map(|(contender, cell)| match cell {
            Cell::Failed(reason) => Some((contender.name.as_str(), reason.as_str())),
            Cell::Measured(_) | Cell::Absent => None,
        })
    }
}

impl Pace {
    /// All of the important workloads in less than two minutes.
    pub(crate) fn quick() -> Self {
        Self { rounds: 5, sample: Duration::from_millis(30), all: false }
    }

    pub(crate) fn thorough() -> Self {
        Self { rounds: 15, sample: Duration::from_millis(150), all: true }
    }

    /// Only whether all works: one round of a few operations.
    pub(crate) fn smoke() -> Self {
        Self { rounds: 1, sample: Duration::from_millis(1), all: true }
    }

    /// How long one sample takes. A stream may end with an acknowledgement that its peer delays by 40 ms: of a longer one that
    /// is a small part.
    fn length(&self, unit: Unit) -> Duration {
        match unit {
            Unit::Throughput { .. } if self.rounds > 1 => self.sample.max(Duration::from_millis(150)),
            Unit::Throughput { .. } | Unit::Time | Unit::Rate | Unit::Memory { .. } => self.sample,
        }
    }

    fn has(&self, name: &str, is_quick: bool, names: &[String]) -> bool {
        let is_named =
            names.iter().any(|wanted| name == wanted || (!is_whole(wanted) && name.contains(wanted.as_str())));
        is_named || (names.is_empty() && (self.all || is_quick))
    }
}

/// Whether it is a workload's whole name, so that `poll-10` is not `poll-1000` as well.
fn is_whole(name: &str) -> bool {
    WORKLOADS.iter().any(|workload| workload.name == name)
}

/// Runs what `names` name, or all.
pub(crate) fn all(plan: &Plan, pace: &Pace, names: &[String], log: &File) -> Result<Results> {
    let commands = &plan.contenders;
    let mut rows = Vec::new();
    for workload in WORKLOADS.iter().filter(|workload| pace.has(workload.name, workload.quick, names)) {
        eprintln!("  {}", workload.subject);
        let cells = match workload.unit {
            Unit::Memory { connections } => memory(commands, workload, connections, log),
            Unit::Time | Unit::Throughput { .. } | Unit::Rate => compare(commands, workload, pace, log),
        };
        let Workload { name, subject, unit, .. } = *workload;
        rows.push(Row { name: name.to_owned(), subject: subject.to_owned(), unit, cells });
    }
    if pace.has(START_UP, true, names) {
        rows.push(start_up(commands, pace));
    }
    if rows.is_empty() {
        let known: Vec<&str> = WORKLOADS.iter().map(|workload| workload.name).chain([START_UP]).collect();
        bail!("no workload has {} in its name; there are {}", names.join(" or "), known.join(", "));
    }
    let participant = |command: &Command| Participant { name: command.name.clone(), language: command.language };
    let contenders = commands.iter().map(participant).collect();
    let samples = format!("samples of each cell: {}, of {} ms and more", pace.rounds, pace.sample.as_millis());
    let about = plan.about.iter().cloned().chain([samples]).collect();
    Ok(Results { about, contenders, rows })
}

/// A contender with its peer and what it has measured, or why it does not take part.
enum Lane {
    Running { contender: Box<Contender>, _peer: Peer, samples: Vec<f64> },
    Failed(String),
    Absent,
}

/// Each round begins with another contender, so that none is always first.
fn compare(commands: &[Command], workload: &Workload, pace: &Pace, log: &File) -> Vec<Cell> {
    let mut lanes: Vec<Lane> = commands.iter().map(|command| lane(enter(command, workload, log))).collect();
    let count = lanes.len();
    // The first round warms up.
    for round in 0..=pace.rounds {
        for turn in 0..count {
            if let Some(lane) = lanes.get_mut((turn + round) % count) {
                take_sample(lane, pace.length(workload.unit), round > 0);
            }
        }
    }
    lanes.into_iter().map(|lane| leave(lane, workload.unit)).collect()
}

fn lane(entered: Result<Option<(Contender, Peer)>>) -> Lane {
    match entered {
        Ok(Some((contender, peer))) => {
            Lane::Running { contender: Box::new(contender), _peer: peer, samples: Vec::new() }
        }
        Ok(None) => Lane::Absent,
        Err(error) => Lane::Failed(format!("{error:#}")),
    }
}

fn enter(command: &Command, workload: &Workload, log: &File) -> Result<Option<(Contender, Peer)>> {
    let start = || anyhow::Ok((Peer::start()?, command.start(log)?));
    let (peer, mut contender) = if workload.takes_turns() { cores::on_one(start)? } else { start()? };
    Ok(match contender.set_up(workload, &peer)? {
        Part::Takes => Some((contender, peer)),
        Part::TakesNot => None,
    })
}

fn take_sample(lane: &mut Lane, length: Duration, counts: bool) {
    let Lane::Running { contender, samples, .. } = lane else { return };
    match contender.sample(length) {
        Ok(nanoseconds) if counts => samples.push(nanoseconds),
        Ok(_) => {}
        Err(error) => *lane = Lane::Failed(format!("{error:#}")),
    }
}

fn leave(lane: Lane, unit: Unit) -> Cell {
    let (mut contender, samples) = match lane {
        Lane::Running { contender, samples, .. } => (contender, samples),
        Lane::Failed(reason) => return Cell::Failed(reason),
        Lane::Absent => return Cell::Absent,
    };
    if let Err(error) = contender.tear_down() {
        return Cell::Failed(format!("{error:#}"));
    }
    let values: Vec<f64> = samples.into_iter().map(|nanoseconds| unit.value(nanoseconds)).collect();
    cell_of(&values)
}

fn memory(commands: &[Command], workload: &Workload, connections: u64, log: &File) -> Vec<Cell> {
    let grown = |command: &Command| {
        let peer = Peer::start()?;
        let mut contender = command.start(log)?;
        let before = contender.memory()?;
        if contender.set_up(workload, &peer)? == Part::TakesNot {
            return Ok(None);
        }
        let grown = contender.memory()?.saturating_sub(before);
        contender.tear_down()?;
        anyhow::Ok(Some(grown as f64 / connections as f64))
    };
    let cell = |command| match grown(command) {
        Ok(value) => cell_of(value.as_slice()),
        Err(error) => Cell::Failed(format!("{error:#}")),
    };
    commands.iter().map(cell).collect()
}

fn cell_of(values: &[f64]) -> Cell {
    Summary::of(values).map_or(Cell::Absent, Cell::Measured)
}

/// From the start of a process to the end of an empty script.
fn start_up(commands: &[Command], pace: &Pace) -> Row {
    let subject = "start-up of an empty script";
    eprintln!("  {subject}");
    let mut lanes: Vec<Result<Vec<f64>>> = commands.iter().map(|_| Ok(Vec::new())).collect();
    for round in 0..=pace.rounds {
        for (lane, command) in lanes.iter_mut().zip(commands) {
            let Ok(samples) = lane else { continue };
            match command.time_of_start_up() {
                Ok(Some(elapsed)) if round > 0 => samples.push(elapsed.as_nanos() as f64),
                Ok(_) => {}
                Err(error) => *lane = Err(error),
            }
        }
    }
    let cell = |lane: Result<Vec<f64>>| match lane {
        Ok(samples) => cell_of(&samples),
        Err(error) => Cell::Failed(format!("{error:#}")),
    };
    let cells = lanes.into_iter().map(cell).collect();
    Row { name: START_UP.to_owned(), subject: subject.to_owned(), unit: Unit::Time, cells }
}

pub(crate) const START_UP: &str = "start-up";
