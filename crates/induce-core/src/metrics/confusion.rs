//! The confusion matrix, and all metrics that depend on nothing else.

use super::interval::{Estimate, effective};
use super::predictions::Predictions;

/// Weights of rows by true and predicted class.
#[derive(Debug, Clone, PartialEq)]
pub struct Confusion {
    /// Number of classes.
    pub classes: usize,
    /// `counts[truth * classes + predicted]`: sums of weights. // (classes, classes)
    pub counts: Vec<f64>,
    /// The same sums of squared weights, for intervals.
    squares: Vec<f64>,
}

impl Confusion {
    /// Count the rows of `predictions`.
    pub fn new(predictions: &Predictions) -> Self {
        let classes = predictions.classes;
        let mut counts = vec![0.0; classes * classes];
        let mut squares = counts.clone();
        for row in 0..predictions.rows() {
            let cell = predictions.class(row) * classes + predictions.predicted(row);
            counts[cell] += predictions.weight(row);
            squares[cell] += predictions.weight(row).powi(2);
        }
        Self {
            classes,
            counts,
            squares,
        }
    }

    /// `g(C)` with the interval of the infinitesimal jackknife: `Var = sum_ij (dg/dC_ij)^2 S_ij`
    /// where `S` are the sums of squared weights; `g` must not change if `C` is scaled.
    ///
    /// Source: B. Efron, *The jackknife, the bootstrap and other resampling plans*, 1982, chapter 6.
    fn estimate(&self, least: f64, g: impl Fn(&Table) -> Option<f64>) -> Option<Estimate> {
        let mut table = Table::new(self.classes, &self.counts);
        let value = g(&table)?;
        let step = self.counts.iter().sum::<f64>() * 1e-6;
        let mut variance = 0.0;
        for (cell, square) in self
            .squares
            .iter()
            .enumerate()
            .filter(|(_, square)| **square > 0.0)
        {
            table.add(cell, step);
            let above = g(&table)?;
            // One-sided where the cell is too small to take from.
            let below = if self.counts[cell] > step { -step } else { 0.0 };
            table.add(cell, below - step);
            let slope = (above - g(&table)?) / (step - below);
            table.add(cell, -below);
            variance += slope * slope * square;
        }
        Some(Estimate::bounded(value, variance, least, 1.0, self.rarest()))
    }

    /// Effective rows of the class that is true the least often, but at least once.
    fn rarest(&self) -> f64 {
        let of = |class: usize| {
            self.effective((0..self.classes).map(|predicted| class * self.classes + predicted))
        };
        (0..self.classes)
            .map(of)
            .filter(|n| *n > 0.0)
            .fold(f64::INFINITY, f64::min)
    }

    /// `(sum w)^2 / sum w^2` over the rows in some cells, 0 if there are none.
    fn effective(&self, cells: impl Iterator<Item = usize>) -> f64 {
        let (sum, squares) = cells.fold((0.0, 0.0), |(sum, squares), cell| {
            (sum + self.counts[cell], squares + self.squares[cell])
        });
        if squares > 0.0 { sum * sum / squares } else { 0.0 }
    }

    /// The Wilson interval of the positives that are called so among the rows in two cells of two classes.
    fn fraction(&self, cells: [usize; 2]) -> Estimate {
        let n = self.effective(cells.into_iter());
        let value = ratio(self.counts[3], cells.iter().map(|&cell| self.counts[cell]).sum());
        if n > 0.0 {
            Estimate::wilson(value, n)
        } else {
            Estimate::bare(value)
        }
    }
}

/// Counts with the sums of their rows and columns.
struct Table {
    classes: usize,
    counts: Vec<f64>,
    truths: Vec<f64>,
    predicted: Vec<f64>,
    total: f64,
}

impl Table {
    fn new(classes: usize, counts: &[f64]) -> Self {
        let mut table = Self {
            classes,
            counts: vec![0.0; counts.len()],
            truths: vec![0.0; classes],
            predicted: vec![0.0; classes],
            total: 0.0,
        };
        for (cell, count) in counts.iter().enumerate() {
            table.add(cell, *count);
        }
        table
    }

    fn add(&mut self, cell: usize, amount: f64) {
        self.counts[cell] += amount;
        self.truths[cell / self.classes] += amount;
        self.predicted[cell % self.classes] += amount;
        self.total += amount;
    }

    fn hit(&self, class: usize) -> f64 {
        self.counts[class * self.classes + class]
    }

    fn precision(&self, class: usize) -> f64 {
        ratio(self.hit(class), self.predicted[class])
    }

    fn recall(&self, class: usize) -> f64 {
        ratio(self.hit(class), self.truths[class])
    }

    fn f1(&self, class: usize) -> f64 {
        ratio(2.0 * self.hit(class), self.truths[class] + self.predicted[class])
    }

    /// Classes that occur, in truth or in prediction: those that scikit-learn averages over.
    fn occurring(&self) -> impl Iterator<Item = usize> {
        (0..self.classes).filter(|&class| self.truths[class] + self.predicted[class] > 0.0)
    }

    fn averaged(&self, average: Average, of: impl Fn(&Self, usize) -> f64) -> f64 {
        let weighted = |class: usize| self.truths[class] * of(self, class);
        match average {
            Average::Usual if self.classes == 2 => of(self, 1),
            Average::Usual | Average::Macro => {
                let (sum, count) = self
                    .occurring()
                    .fold((0.0, 0.0), |(sum, n), class| (sum + of(self, class), n + 1.0));
                ratio(sum, count)
            }
            Average::Weighted => ratio(self.occurring().map(weighted).sum(), self.total),
        }
    }
}

/// `a / b`, 0 if `b` is 0 (scikit-learn's `zero_division`).
fn ratio(a: f64, b: f64) -> f64 {
    if b > 0.0 { a / b } else { 0.0 }
}

/// Over what classes a metric of one class is averaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Average {
    /// The positive class of two, the plain mean of more.
    Usual,
    /// The plain mean.
    Macro,
    /// The mean weighted by how often a class is true.
    Weighted,
}

/// `sum w [predicted = truth] / sum w`; Wilson interval on the effective number of rows.
pub(super) fn accuracy(predictions: &Predictions) -> Option<Estimate> {
    let rows = predictions.rows();
    let table = Table::new(predictions.classes, &Confusion::new(predictions).counts);
    let hits: f64 = (0..table.classes).map(|class| table.hit(class)).sum();
    Some(Estimate::wilson(
        hits / table.total,
        effective(rows, |row| predictions.weight(row)),
    ))
}

/// The mean recall of the classes that are true at least once.
pub(super) fn balanced_accuracy(predictions: &Predictions) -> Option<Estimate> {
    Confusion::new(predictions).estimate(0.0, |table| {
        let classes: Vec<usize> = (0..table.classes)
            .filter(|&class| table.truths[class] > 0.0)
            .collect();
        Some(classes.iter().map(|&class| table.recall(class)).sum::<f64>() / classes.len() as f64)
    })
}

/// `hits / predicted`, per class; Wilson interval for the positive class of two.
pub(super) fn precision(predictions: &Predictions, average: Average) -> Option<Estimate> {
    let confusion = Confusion::new(predictions);
    if average == Average::Usual && confusion.classes == 2 {
        return Some(confusion.fraction([1, 3]));
    }
    confusion.estimate(0.0, |table| Some(table.averaged(average, Table::precision)))
}

/// `hits / true`, per class; Wilson interval for the positive class of two.
pub(super) fn recall(predictions: &Predictions, average: Average) -> Option<Estimate> {
    let confusion = Confusion::new(predictions);
    if average == Average::Usual && confusion.classes == 2 {
        return Some(confusion.fraction([2, 3]));
    }
    confusion.estimate(0.0, |table| Some(table.averaged(average, Table::recall)))
}

/// `2 hits / (true + predicted)`, per class.
pub(super) fn f1(predictions: &Predictions, average: Average) -> Option<Estimate> {
    Confusion::new(predictions).estimate(0.0, |table| Some(table.averaged(average, Table::f1)))
}

/// The correlation of truth and prediction, `R_K` of J. Gorodkin (2004) for more than two classes; 0 if either is constant.
pub(super) fn matthews_corrcoef(predictions: &Predictions) -> Option<Estimate> {
    Confusion::new(predictions).estimate(-1.0, |table| {
        let n = table.total;
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b / (n * n)).sum::<f64>();
        let hits: f64 = (0..table.classes).map(|class| table.hit(class) / n).sum();
        let covariance = hits - dot(&table.truths, &table.predicted);
        let truth = 1.0 - dot(&table.truths, &table.truths);
        let predicted = 1.0 - dot(&table.predicted, &table.predicted);
        let product = truth * predicted;
        Some(if product > 1e-30 {
            covariance / product.sqrt()
        } else {
            0.0
        })
    })
}

/// `1 - (fraction of misses) / (fraction of misses expected by chance)`; undefined if chance never misses.
pub(super) fn cohen_kappa(predictions: &Predictions) -> Option<Estimate> {
    Confusion::new(predictions).estimate(-1.0, |table| {
        let n = table.total;
        let hits: f64 = (0..table.classes).map(|class| table.hit(class) / n).sum();
        let chance: f64 = (0..table.classes)
            .map(|class| table.truths[class] * table.predicted[class] / (n * n))
            .sum();
        (chance < 1.0).then(|| 1.0 - (1.0 - hits) / (1.0 - chance))
    })
}
