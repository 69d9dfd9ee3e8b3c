//! The results as a chart: for each workload, how each contender does against native.

use std::fmt::Write;

use crate::report::ratio_text;
use crate::run::{Participant, Results, Row};
use crate::statistics::paired_ratio;

/// An SVG picture of bars, a block for each workload: the speed of native is 1, more is better.
pub(crate) fn draw(results: &Results) -> String {
    let blocks: Vec<(&Row, Vec<Bar<'_>>)> =
        results.rows.iter().map(|row| (row, bars(results, row))).filter(|(_, bars)| bars.len() > 1).collect();
    let height = blocks.iter().fold(TOP, |height, (_, bars)| height + THICKNESS * bars.len() as f64 + GAP);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" font-family=\"sans-serif\" \
         font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    let native = LABELS + SCALE;
    let _ = writeln!(
        text,
        "<text x=\"{native}\" y=\"18\" text-anchor=\"middle\">native Python, or native Rust = 1, more is faster</text>"
    );
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

/// One contender's speed as a multiple of native's.
struct Bar<'results> {
    name: &'results str,
    colour: &'static str,
    speed: f64,
}

/// One for each contender whose language's native one took part.
fn bars<'results>(results: &'results Results, row: &Row) -> Vec<Bar<'results>> {
    let bar = |(contender, colour): (&'results Participant, &'static str)| {
        let native = row.find(&results.contenders, contender.language.references().first()?)?;
        let name = &contender.name;
        let own = row.find(&results.contenders, name)?;
        let speed = if row.unit.less_is_better() {
            paired_ratio(&native.samples, &own.samples)?
        } else {
            paired_ratio(&own.samples, &native.samples)?
        };
        speed.is_finite().then_some(Bar { name, colour, speed })
    };
    results.contenders.iter().zip(COLOURS).filter_map(bar).collect()
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
            self.name,
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
const COLOURS: [&str; 8] = ["#999999", "#d08770", "#5e81ac", "#a3be8c", "#bbbbbb", "#81a1c1", "#c0d6ad", "#b48ead"];
