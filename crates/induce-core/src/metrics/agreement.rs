//! How well clusters agree with known classes, whatever either are called.
//!
//! Adjusted Rand index: Hubert & Arabie (1985). Entropies: Rosenberg & Hirschberg (2007). Adjusted mutual information: Vinh,
//! Epps & Bailey (2010). All but the last take any weights, which count as repetitions.

use super::contingency::Contingency;
use super::interval::Estimate;
use super::predictions::Predictions;

/// ARI = (RI - E[RI]) / (max RI - E[RI]) over pairs of rows; 1 for the same division, about 0 for chance.
pub(super) fn adjusted_rand(p: &Predictions) -> Option<Estimate> {
    let pairs = Pairs::new(&Contingency::new(p)?);
    let expected = pairs.classes * pairs.clusters / pairs.all;
    let most = 0.5 * (pairs.classes + pairs.clusters);
    Some(plain(match most == expected || pairs.all == 0.0 {
        true => 1.0,
        false => (pairs.both - expected) / (most - expected),
    }))
}

/// The geometric mean of precision and recall of pairs of rows that are together.
pub(super) fn fowlkes_mallows(p: &Predictions) -> Option<Estimate> {
    let pairs = Pairs::new(&Contingency::new(p)?);
    Some(plain(match pairs.both == 0.0 {
        true => 0.0,
        false => (pairs.both / pairs.classes).sqrt() * (pairs.both / pairs.clusters).sqrt(),
    }))
}

/// I(class; cluster) / mean(H(class), H(cluster)).
pub(super) fn normalized_mutual_info(p: &Predictions) -> Option<Estimate> {
    let table = Contingency::new(p)?;
    if table.classes.len() == 1 && table.clusters.len() == 1 {
        return Some(plain(1.0));
    }
    let mutual = mutual_information(&table);
    let mean = 0.5 * (entropy(&table.classes, table.total) + entropy(&table.clusters, table.total));
    Some(plain(ratio(mutual, mean, 0.0)))
}

/// (I - E[I]) / (mean(H(class), H(cluster)) - E[I]), where chance keeps the sizes of both.
pub(super) fn adjusted_mutual_info(p: &Predictions) -> Option<Estimate> {
    let table = Contingency::new(p)?;
    let whole = |all: &[f64]| all.iter().all(|w| w.fract() == 0.0);
    if !whole(&table.classes) || !whole(&table.clusters) || table.cells.iter().any(|c| c.2.fract() != 0.0) {
        return None;
    }
    let lonely = table.classes.len() == 1 && table.clusters.len() == 1;
    let apart = table.classes.len() as f64 == table.total && table.clusters.len() as f64 == table.total;
    if lonely || apart {
        return Some(plain(1.0));
    }
    let (mutual, expected) = (mutual_information(&table), expected_information(&table));
    let mean = 0.5 * (entropy(&table.classes, table.total) + entropy(&table.clusters, table.total));
    let most = mean - expected;
    let most = most.abs().max(f64::EPSILON).copysign(most);
    Some(plain((mutual - expected) / most))
}

/// 1 - H(class | cluster) / H(class): whether a cluster holds one class only.
pub(super) fn homogeneity(p: &Predictions) -> Option<Estimate> {
    let table = Contingency::new(p)?;
    Some(plain(of_entropy(&table, &table.classes)))
}

/// 1 - H(cluster | class) / H(cluster): whether a class is in one cluster only.
pub(super) fn completeness(p: &Predictions) -> Option<Estimate> {
    let table = Contingency::new(p)?;
    Some(plain(of_entropy(&table, &table.clusters)))
}

/// The harmonic mean of homogeneity and completeness.
pub(super) fn v_measure(p: &Predictions) -> Option<Estimate> {
    let table = Contingency::new(p)?;
    let (h, c) = (
        of_entropy(&table, &table.classes),
        of_entropy(&table, &table.clusters),
    );
    Some(plain(ratio(2.0 * h * c, h + c, 0.0)))
}

/// Pairs of rows: that are together in the class, in the cluster, in both, and all.
struct Pairs {
    classes: f64,
    clusters: f64,
    both: f64,
    all: f64,
}

impl Pairs {
    fn new(table: &Contingency) -> Self {
        let pairs = |n: f64| 0.5 * n * (n - 1.0).max(0.0);
        let of = |all: &[f64]| all.iter().map(|&n| pairs(n)).sum();
        Self {
            classes: of(&table.classes),
            clusters: of(&table.clusters),
            both: table.cells.iter().map(|cell| pairs(cell.2)).sum(),
            all: pairs(table.total),
        }
    }
}

fn of_entropy(table: &Contingency, margin: &[f64]) -> f64 {
    ratio(mutual_information(table), entropy(margin, table.total), 1.0)
}

/// `a / b`, and `otherwise` for 0 / 0.
fn ratio(a: f64, b: f64, otherwise: f64) -> f64 {
    match b == 0.0 {
        true => otherwise,
        false => a / b,
    }
}

fn entropy(counts: &[f64], total: f64) -> f64 {
    let term = |n: f64| -(n / total) * (n / total).ln();
    counts.iter().filter(|n| **n > 0.0).map(|&n| term(n)).sum()
}

/// sum n_ij / n ln(n n_ij / (a_i b_j)), at least 0.
fn mutual_information(table: &Contingency) -> f64 {
    let n = table.total;
    let term = |&(i, j, own): &(usize, usize, f64)| {
        own / n * (own.ln() + n.ln() - table.classes[i].ln() - table.clusters[j].ln())
    };
    table.cells.iter().map(term).sum::<f64>().max(0.0)
}

/// E[I] if clusters were dealt at random with their sizes: sums over the hypergeometric counts of every cell.
fn expected_information(table: &Contingency) -> f64 {
    let n = table.total;
    let ln_factorial = ln_factorials(n as usize);
    let factorial = |k: f64| ln_factorial[k as usize];
    let mut sum = 0.0;
    for &a in &table.classes {
        for &b in &table.clusters {
            let fixed = factorial(a) + factorial(b) + factorial(n - a) + factorial(n - b) - factorial(n);
            let mut own = 1.0f64.max(a + b - n);
            while own <= a.min(b) {
                let ways =
                    factorial(own) + factorial(a - own) + factorial(b - own) + factorial(n - a - b + own);
                sum += own / n * (n * own / (a * b)).ln() * (fixed - ways).exp();
                own += 1.0;
            }
        }
    }
    sum
}

/// ln 0! to ln n!, with compensated sums: exponents of sums over thousands of cells.
fn ln_factorials(n: usize) -> Vec<f64> {
    let (mut sum, mut lost) = (0.0, 0.0);
    let next = |k: usize| {
        let term = (k.max(1) as f64).ln() - lost;
        let new = sum + term;
        lost = (new - sum) - term;
        sum = new;
        sum
    };
    (0..=n).map(next).collect()
}

fn plain(value: f64) -> Estimate {
    Estimate::bare(value)
}

#[cfg(test)]
mod tests {
    use super::super::{Predictions, score};

    /// Values of scikit-learn 1.9.
    #[test]
    fn values_are_those_of_scikit_learn() {
        let truth = [0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 2.0, 2.0];
        let clusters = [0.0, 0.0, 1.0, 1.0, 2.0, 2.0, 2.0, 2.0];
        let p = Predictions::clustering(&truth, &clusters);
        let wanted = [
            ("adjusted_rand", 0.18181818181818182),
            ("normalized_mutual_info", 0.5300257549140327),
            ("adjusted_mutual_info", 0.2745416497368333),
            ("homogeneity", 0.5196243460723442),
            ("completeness", 0.5408520829727553),
            ("v_measure", 0.5300257549140327),
            ("fowlkes_mallows", 0.4008918628686365),
        ];
        for (name, value) in wanted {
            let found = score(name, &p).unwrap().value;
            assert!((found - value).abs() < 1e-13, "{name}: {found} {value}");
        }
    }

    #[test]
    fn names_of_clusters_do_not_matter_and_unknown_classes_do_not_count() {
        let p = Predictions::clustering(&[0.0, 0.0, 1.0, f64::NAN], &[9.0, 9.0, -1.0, 4.0]);
        for name in [
            "adjusted_rand",
            "normalized_mutual_info",
            "homogeneity",
            "completeness",
        ] {
            assert_eq!(score(name, &p).unwrap().value, 1.0, "{name}");
        }
        assert!(score("adjusted_rand", &Predictions::clustering(&[], &[0.0, 1.0])).is_err());
    }

    #[test]
    fn a_weight_is_a_repetition() {
        let weights = [2.0, 1.0, 3.0, 1.0];
        let (truth, clusters) = ([0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 1.0, 1.0]);
        let weighted = Predictions::clustering(&truth, &clusters).with_weights(Some(&weights));
        let (truth, clusters) = (
            [0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0],
            [0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0],
        );
        let repeated = Predictions::clustering(&truth, &clusters);
        for name in [
            "adjusted_rand",
            "adjusted_mutual_info",
            "v_measure",
            "fowlkes_mallows",
        ] {
            let [a, b] = [&weighted, &repeated].map(|p| score(name, p).unwrap().value);
            assert!((a - b).abs() < 1e-14, "{name}: {a} {b}");
        }
    }
}
