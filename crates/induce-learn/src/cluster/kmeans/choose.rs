//! How many clusters? Every number is fitted, and three criteria are computed; one decides, all are shown.

use induce_core::metrics::{Points as Judged, Predictions, Task, scores};
use induce_core::model::{Block, Grid, Lines, Section};
use induce_core::random::Stream;
use induce_core::words::number;
use induce_core::{Error, Outcome, Result, Run};

use super::fit::{Prepared, best_of_starts};
use super::lloyd::Ended;
use super::{Criterion, Metric, Spec};
use crate::points::Points;

/// Rows whose silhouettes are computed.
const PAIRED: usize = 2_000;
/// Sets of uniform points that the gap is measured against.
const REFERENCES: u64 = 10;
/// Rows of a reference.
const REFERENCE_ROWS: usize = 2_000;

/// What the criteria said.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// Which of them decided.
    pub criterion: String,
    /// The number of clusters.
    pub k: usize,
    /// All that were tried.
    pub tried: Vec<Tried>,
}

/// A number of clusters with its criteria.
#[derive(Debug, Clone, PartialEq)]
pub struct Tried {
    /// The number of clusters.
    pub k: usize,
    /// sum w |x - c|^2 in the fit's coordinates.
    pub inertia: f64,
    /// The mean silhouette; none for one cluster.
    pub silhouette: Option<f64>,
    /// E*[ln J*] - ln J over uniform data in the box of the points.
    pub gap: Option<f64>,
    /// sqrt(1 + 1/B) times the deviation of ln J* over B references.
    pub gap_error: Option<f64>,
    /// -2 ln L + parameters ln n of the spherical mixture.
    pub bic: Option<f64>,
}

impl Choice {
    pub(super) fn sentence(&self) -> String {
        let last = self.tried.last().map_or(1, |own| own.k);
        if !self.tried.iter().any(|own| own.value(&self.criterion).is_some()) {
            return format!(
                "1 cluster: no number of clusters of 1 to {last} has a {} (`criterion` names another)",
                self.criterion
            );
        }
        format!(
            "{} the best {} of 1 to {last} (`criterion` names another; `show` has all)",
            if self.k == 1 {
                "1 cluster has".to_owned()
            } else {
                format!("{} clusters have", self.k)
            },
            self.criterion
        )
    }
}

impl Tried {
    /// The criterion called so.
    fn value(&self, criterion: &str) -> Option<f64> {
        match criterion {
            "silhouette" => self.silhouette,
            "gap" => self.gap,
            _ => self.bic,
        }
    }
}

impl Choice {
    /// As people are shown it.
    pub(super) fn section(&self) -> Section {
        let maybe = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), number);
        let rows = self.tried.iter().map(|own| {
            vec![
                own.k.to_string(),
                number(own.inertia),
                maybe(own.silhouette),
                maybe(own.gap),
                maybe(own.gap_error),
                maybe(own.bic),
            ]
        });
        let head = ["clusters", "inertia", "silhouette", "gap", "its error", "BIC"];
        Section::new(
            "Number of clusters",
            vec![
                Block::Text(format!("{} clusters, by the {}.", self.k, self.criterion)),
                Block::Grid(Grid::new(&head, rows.collect())),
                Block::Lines(self.curves()),
            ],
        )
    }

    fn curves(&self) -> Lines {
        let of = |name: &str, value: &dyn Fn(&Tried) -> Option<f64>| {
            let points = self
                .tried
                .iter()
                .filter_map(|own| Some((own.k as f64, value(own)?)));
            (name.to_owned(), points.collect())
        };
        Lines {
            x: "clusters".into(),
            y: "silhouette and gap".into(),
            curves: vec![of("silhouette", &|own| own.silhouette), of("gap", &|own| own.gap)],
            mark: Some(self.k as f64),
        }
    }
}

/// Fit every number of clusters and choose.
pub(super) fn choose(spec: &Spec, on: &Prepared, run: &mut Run) -> Result<(Ended, Choice)> {
    let most = spec.max_clusters.min(on.points.rows());
    let references = References::new(on, run.stream("kmeans/gap"));
    let (mut tried, mut fits) = (Vec::new(), Vec::new());
    for k in 1..=most {
        let ended = best_of_starts(spec, on, k, run)?;
        let stopped = matches!(ended.outcome, Outcome::Stopped { .. });
        if ended.sizes.len() < k || stopped {
            break;
        }
        let (gap, error) = references.gap(spec, k, run)?.unzip();
        tried.push(Tried {
            k,
            inertia: ended.inertia,
            silhouette: silhouette(on, &ended, run.stream("kmeans/silhouette")),
            gap,
            gap_error: error,
            bic: bic(on, &ended),
        });
        fits.push(ended);
        if run.stop_reason().is_some() {
            break;
        }
    }
    let at = best(spec.criterion, &tried)
        .ok_or_else(|| Error::data("no number of clusters could be fitted", "allow more `--time`"))?;
    let choice = Choice {
        criterion: spec.criterion.name().into(),
        k: tried[at].k,
        tried,
    };
    let mut best = fits.swap_remove(at);
    if let Some(stopped) = run.stopped() {
        best.outcome = stopped;
    }
    Ok((best, choice))
}

/// The place of the best.
fn best(criterion: Criterion, tried: &[Tried]) -> Option<usize> {
    let largest = |value: &dyn Fn(&Tried) -> Option<f64>| {
        let known = (0..tried.len()).filter_map(|i| value(&tried[i]).map(|v| (i, v)));
        known
            .fold(None, |best: Option<(usize, f64)>, own| match best {
                Some(best) if best.1 >= own.1 => Some(best),
                _ => Some(own),
            })
            .map(|own| own.0)
    };
    match criterion {
        Criterion::Silhouette => largest(&|own| own.silhouette),
        Criterion::Bic => largest(&|own| own.bic.map(|bic| -bic)),
        Criterion::Gap => (1..tried.len())
            .find(|&i| match (tried[i - 1].gap, tried[i].gap, tried[i].gap_error) {
                (Some(here), Some(next), Some(error)) => here >= next - error,
                _ => false,
            })
            .map(|i| i - 1)
            .or_else(|| largest(&|own| own.gap)),
    }
    .or_else(|| (!tried.is_empty()).then_some(0))
}

fn silhouette(on: &Prepared, ended: &Ended, stream: Stream) -> Option<f64> {
    let points = &on.points;
    let mut sample = stream.permutation(points.rows());
    sample.truncate(PAIRED);
    sample.sort_unstable();
    let mut few = points.take(&sample);
    few.fill_missing();
    let clusters: Vec<f64> = sample.iter().map(|&row| f64::from(ended.labels[row])).collect();
    let judged = Predictions {
        points: Some(Judged {
            values: &few.values,
            width: points.width,
            sample: None,
        }),
        ..Predictions::clustering(&[], &clusters)
    };
    let judged = judged.with_weights(few.weight.as_deref());
    let all = scores(Task::Clustering, &judged).ok()?;
    all.iter()
        .find(|own| own.name == "silhouette")
        .map(|own| own.value)
}

/// Of N(c_k, sigma^2 I) with proportions: k - 1 + k d + 1 parameters.
fn bic(on: &Prepared, ended: &Ended) -> Option<f64> {
    let (n, d, k) = (on.points.mass(), on.points.width as f64, ended.sizes.len() as f64);
    let variance = ended.inertia / (n * d);
    if !(variance > 0.0) || n <= k {
        return None;
    }
    let filled = ended.sizes.iter().filter(|size| **size > 0.0);
    let proportions: f64 = filled.map(|size| size * (size / n).ln()).sum();
    let log_likelihood = proportions - 0.5 * n * d * ((2.0 * std::f64::consts::PI * variance).ln() + 1.0);
    Some(-2.0 * log_likelihood + (k * d + k) * n.ln())
}

/// Uniform points in the box of the points, along its axes.
struct References {
    sets: Vec<Prepared>,
    own: Option<Prepared>,
}

impl References {
    fn new(on: &Prepared, stream: Stream) -> Self {
        let points = &on.points;
        if on.variance == 0.0 {
            return Self {
                sets: Vec::new(),
                own: None,
            };
        }
        let mut sample = stream.permutation(points.rows());
        sample.truncate(REFERENCE_ROWS);
        sample.sort_unstable();
        let few = points.take(&sample);
        let ends = ends(&few);
        let set = |b: u64| {
            let own = stream.child(b);
            // What a row lacks, it lacks in every reference too: both sums are of the same coordinates.
            let at = |i: usize| {
                let (low, high) = ends[i % few.width];
                let place = low + own.uniform(i as u64) * (high - low);
                if few.values[i].is_nan() { f64::NAN } else { place }
            };
            let values = (0..few.values.len()).map(at).collect();
            Points::new(values, few.width).with_weight(few.weight.clone())
        };
        let prepared = |points| Prepared::new(points, Metric::Euclidean, 1).ok();
        Self {
            sets: (1..=REFERENCES).filter_map(|b| prepared(set(b))).collect(),
            own: prepared(few),
        }
    }

    /// The gap and its error.
    fn gap(&self, spec: &Spec, k: usize, run: &Run) -> Result<Option<(f64, f64)>> {
        let Some(own) = &self.own else { return Ok(None) };
        let one = Spec {
            n_init: 1,
            ..spec.clone()
        };
        let ln =
            |on: &Prepared| -> Result<f64> { Ok(best_of_starts(&one, on, k, &mut run.part())?.inertia.ln()) };
        let here = ln(own)?;
        let all: Vec<f64> = self.sets.iter().map(ln).collect::<Result<_>>()?;
        let n = all.len() as f64;
        let mean = all.iter().sum::<f64>() / n;
        let variance = all.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n;
        let (gap, error) = (mean - here, (variance * (1.0 + 1.0 / n)).sqrt());
        Ok((gap.is_finite() && error.is_finite()).then_some((gap, error)))
    }
}

fn ends(points: &Points) -> Vec<(f64, f64)> {
    let mut ends = vec![(f64::INFINITY, f64::NEG_INFINITY); points.width];
    for row in 0..points.rows() {
        for ((low, high), x) in ends.iter_mut().zip(points.row(row)) {
            (*low, *high) = (low.min(*x), high.max(*x));
        }
    }
    ends
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests {
    use super::*;
    use crate::cluster::kmeans::Clusters;

    /// Three places far from each other, with noise and a hole in every seventh coordinate.
    fn prepared(hole: usize) -> Prepared {
        let stream = Stream::new(5, "holes");
        let at = |i: usize| 20.0 * ((i / 2) % 3) as f64 + stream.uniform(i as u64);
        let values = (0..240)
            .map(|i| if i % hole == 3 { f64::NAN } else { at(i) })
            .collect();
        Prepared::new(Points::new(values, 2), Metric::Euclidean, 1).unwrap()
    }

    fn spec(criterion: Criterion) -> Spec {
        Spec {
            n_clusters: Clusters::Auto,
            criterion,
            ..Spec::default()
        }
    }

    /// Where a value was missing there was no gap at all, and 1 cluster "had the best gap".
    #[test]
    fn there_is_a_gap_where_values_are_missing() {
        for hole in [7, 1_000] {
            let (_, choice) = choose(&spec(Criterion::Gap), &prepared(hole), &mut Run::new(0)).unwrap();
            assert_eq!(choice.k, 3, "{hole}: {:?}", choice.tried);
            assert!(choice.tried.iter().all(|own| own.gap.is_some()), "{hole}");
            assert!(choice.sentence().starts_with("3 clusters have the best gap"));
        }
    }

    /// Equal rows have neither: that 1 cluster had the best of it was not true.
    #[test]
    fn a_criterion_that_is_nowhere_decides_nothing() {
        let alike = Prepared::new(Points::new(vec![0.0; 20], 1), Metric::Euclidean, 1).unwrap();
        for criterion in [Criterion::Silhouette, Criterion::Gap] {
            let (_, choice) = choose(&spec(criterion), &alike, &mut Run::new(0)).unwrap();
            assert_eq!(choice.k, 1);
            assert!(
                choice.sentence().starts_with("1 cluster: no number of clusters"),
                "{}",
                choice.sentence()
            );
        }
    }
}
