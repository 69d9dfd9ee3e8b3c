//! Medians and spreads.

use serde::Serialize;

/// What samples say together.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Summary {
    pub(crate) median: f64,
    /// The quarter of the samples below, and the quarter above.
    pub(crate) quartiles: (f64, f64),
    pub(crate) samples: Vec<f64>,
}

impl Summary {
    /// Of at least one sample.
    pub(crate) fn of(samples: &[f64]) -> Option<Self> {
        let median = quantile(samples, 0.5)?;
        let quartiles = (quantile(samples, 0.25)?, quantile(samples, 0.75)?);
        Some(Self { median, quartiles, samples: samples.to_vec() })
    }
}

/// The median of the ratios of samples that were taken one after the other.
pub(crate) fn paired_ratio(these: &[f64], those: &[f64]) -> Option<f64> {
    let ratios: Vec<f64> = these.iter().zip(those).map(|(this, that)| this / that).collect();
    quantile(&ratios, 0.5)
}

fn quantile(samples: &[f64], share: f64) -> Option<f64> {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = share * (sorted.len().checked_sub(1)? as f64);
    let (below, above) = (sorted.get(place.floor() as usize)?, sorted.get(place.ceil() as usize)?);
    Some(below + (above - below) * place.fract())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_and_quartiles() {
        let summary = Summary::of(&[4.0, 1.0, 3.0, 2.0, 5.0]).expect("five samples");
        assert_eq!((summary.median, summary.quartiles), (3.0, (2.0, 4.0)));
        assert_eq!(Summary::of(&[]), None);
    }

    #[test]
    fn ratios_are_those_of_pairs() {
        assert_eq!(paired_ratio(&[2.0, 30.0, 8.0], &[1.0, 10.0, 2.0]), Some(3.0));
    }
}
