//! What becomes of two classes when the threshold moves: counts at every hundredth, and the words around them.

use induce_core::metrics::threshold_steps;
use serde::{Deserialize, Serialize};

use crate::text;

/// Counts of rows called positive from a probability on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Thresholds {
    /// The class that is called from the threshold on, and the other one.
    pub classes: (String, String),
    /// The threshold in use.
    pub used: f64,
    /// Rows of the class, and of the other.
    pub totals: (u64, u64),
    /// Rows of the class and of the other that are called it, at 0.00, 0.01, ..., 1.00.
    pub called: Vec<(u64, u64)>,
}

impl Thresholds {
    /// The counts of a probability at every hundredth.
    ///
    /// ```
    /// use induce_plot::Thresholds;
    ///
    /// let own = Thresholds::from_scores(("bad", "good"), 0.5, &[true, false, true], &[0.9, 0.4, 0.4]);
    /// assert_eq!((own.called[0], own.called[50], own.called[90]), ((2, 1), (1, 0), (1, 0)));
    /// ```
    pub fn from_scores(classes: (&str, &str), used: f64, positive: &[bool], probabilities: &[f64]) -> Self {
        let steps = threshold_steps(positive, probabilities);
        // Half of the last digit of a hundredth: 0.07 is not quite 7 / 100.
        let called = |hundredth: usize| {
            let passed = steps.partition_point(|step| step.threshold >= hundredth as f64 / 100.0 - 1e-9);
            passed.checked_sub(1).map_or((0, 0), |last| counts(&steps[last]))
        };
        Self {
            classes: (classes.0.to_owned(), classes.1.to_owned()),
            used,
            totals: steps.last().map_or((0, 0), counts),
            called: (0..=100).map(called).collect(),
        }
    }
}

fn counts(step: &induce_core::metrics::ThresholdStep) -> (u64, u64) {
    (step.true_positives as u64, step.false_positives as u64)
}

/// What the template sees.
#[derive(Serialize)]
pub(super) struct Panel<'a> {
    class: &'a str,
    other: &'a str,
    used: String,
    /// For the script: `totals` and counts, as JSON.
    data: String,
    rows: Vec<[String; 7]>,
}

/// The panel: a table of some thresholds, which the script makes a slider of.
pub(super) fn panel(own: &Thresholds) -> Panel<'_> {
    let used = (own.used * 100.0).round().clamp(0.0, 100.0) as usize;
    let mut shown = vec![10, 25, 50, 75, 90, used];
    shown.sort_unstable();
    shown.dedup();
    let rows = shown
        .into_iter()
        .filter_map(|at| Some(row(own, at, *own.called.get(at)?)));
    Panel {
        class: &own.classes.0,
        other: &own.classes.1,
        used: text::round(own.used),
        data: serde_json::json!({ "totals": own.totals, "called": own.called, "used": used }).to_string(),
        rows: rows.collect(),
    }
}

/// Threshold, rows called it, right and wrong ones, precision, recall, F1.
fn row(own: &Thresholds, at: usize, (right, wrong): (u64, u64)) -> [String; 7] {
    let share = |part: u64, of: u64| match of {
        0 => "–".to_owned(),
        of => text::fixed(part as f64 / of as f64, 3),
    };
    [
        text::fixed(at as f64 / 100.0, 2),
        text::count(right + wrong),
        text::count(right),
        text::count(wrong),
        share(right, right + wrong),
        share(right, own.totals.0),
        share(2 * right, right + wrong + own.totals.0),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_threshold_that_no_row_reaches_has_no_precision() {
        let own = Thresholds::from_scores(("a", "b"), 0.5, &[true, false], &[0.3, 0.2]);
        let panel = panel(&own);
        let half = panel.rows.iter().find(|row| row[0] == "0.50").unwrap();
        assert_eq!(half[4..], ["–", "0.000", "0.000"]);
        assert_eq!(own.called[30], (1, 0), "a row at the threshold is called");
    }
}
