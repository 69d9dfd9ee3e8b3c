//! The results as a chart: for each workload, how each contender does against native.

use std::fmt::Write;

use crate::plan::Group;
use crate::report::ratio_text;
use crate::run::{Entrant, Results, Row};
use crate::statistics::paired_ratio;

/// An SVG picture of bars, a block for each workload: the speed of native is 1, more is better.
pub(crate) fn draw(results: &Results) -> String {
    let bars = |group| {
        results.rows.iter().filter_map(move |row| {
            let bars = bars(results, row, group);
            (bars.len() > 1).then_some((row, bars))
        })
    };
    let blocks: Vec<(&Row, Vec<Bar<'_>>)> = Group::ALL.into_iter().flat_map(bars).collect();
    let height = blocks.iter().fold(TOP, |height, (_, bars)| height + THICKNESS * bars.len() as f64 + GAP);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" font-family=\"sans-serif\" \
         font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    let native = LABELS + SCALE;
    let _ = writeln!(text, "<text x=\"{native}\" y=\"18\" text-anchor=\"middle\">native = 1, more is faster</text>");
    let _ = writeln!(text, "<line x1=\"{native}\" y1=\"{TOP}\" x2=\"{native}\" y2=\"{height}\" stroke=\"#888\"/>");
    let mut y = TOP;
    for (row, bars) in &blocks {
        let _ = writeln!(text, "<text x=\"4\" y=\"{}\">{}</text>", y + THICKNESS, row.subject);
        for bar in bars {
            bar.draw(&mut text, y);
            y += THICKNESS;
        }
        y += GAP;
    }
    text.push_str("</svg>\n");
    text
}

/// One contender's speed as a multiple of its group's native one.
struct Bar<'results> {
    entrant: &'results Entrant,
    colour: &'static str,
    speed: f64,
}

/// The bars of one group, if its native contender took part.
fn bars<'results>(results: &'results Results, row: &Row, group: Group) -> Vec<Bar<'results>> {
    let of_group = results.contenders.iter().filter(|entrant| entrant.group == group);
    of_group
        .zip(COLOURS)
        .filter_map(|(entrant, colour)| {
            let native = row.find(&results.contenders, group.references().first()?)?;
            let own = row.find(&results.contenders, &entrant.name)?;
            let speed = if row.unit.less_is_better() {
                paired_ratio(&native.samples, &own.samples)?
            } else {
                paired_ratio(&own.samples, &native.samples)?
            };
            speed.is_finite().then_some(Bar { entrant, colour, speed })
        })
        .collect()
}

impl Bar<'_> {
    fn draw(&self, text: &mut String, y: f64) {
        let width = (self.speed * SCALE).clamp(1.0, WIDTH - LABELS - 110.0);
        let _ = writeln!(
            text,
            "<rect x=\"{LABELS}\" y=\"{y}\" width=\"{width:.1}\" height=\"{}\" fill=\"{}\"/>\
             <text x=\"{:.1}\" y=\"{}\" font-size=\"9\">{} {}</text>",
            THICKNESS - 1.0,
            self.colour,
            LABELS + width + 3.0,
            y + THICKNESS - 2.0,
            self.entrant.name,
            ratio_text(self.speed),
        );
    }
}

const WIDTH: f64 = 900.0;
const LABELS: f64 = 270.0;
/// How wide the speed of native is.
const SCALE: f64 = 300.0;
const TOP: f64 = 30.0;
const THICKNESS: f64 = 10.0;
const GAP: f64 = 8.0;
const COLOURS: [&str; 4] = ["#999999", "#d08770", "#5e81ac", "#a3be8c"];
