//! How the predictions compare with the truth.

use induce_core::metrics::{Task, wilson};
use induce_core::model::{Grid, Prediction, Target};
use induce_plot::{
    Calibration, Confusion, PrCurve, PrecisionRecall, Report, Residuals, Roc, RocCurve, Thresholds,
};

/// Classes whose curves are drawn.
const MOST_CURVES: usize = 10;

/// Bins of a calibration.
const BINS: usize = 10;

/// From this probability on, a row of two classes is called the second.
const THRESHOLD: f64 = 0.5;

pub(super) fn fill(report: &mut Report, target: &Target, prediction: &Prediction) {
    match target.task {
        Task::Classification => classification(report, target, prediction),
        Task::Regression => {
            report.residuals = Some(Residuals {
                target: target.name.clone(),
                actual: target.values.clone(),
                predicted: prediction.values.clone(),
            });
        }
        Task::Ranking | Task::Clustering => {}
    }
}

fn classification(report: &mut Report, target: &Target, prediction: &Prediction) {
    let classes = &target.classes;
    curves(report, target, prediction);
    if classes.len() == 2 {
        two(report, target, prediction);
    } else {
        report.calibration = Some(likeliest(target, prediction));
    }
    let index = |values: &[f64]| values.iter().map(|&v| v as usize).collect::<Vec<_>>();
    let confusion = Confusion::from_labels(
        classes.clone(),
        &index(&target.values),
        &index(&prediction.values),
    );
    report.by_class = (classes.len() > 2).then(|| by_class(&confusion));
    report.confusion = Some(confusion);
}

fn curves(report: &mut Report, target: &Target, prediction: &Prediction) {
    let classes = &target.classes;
    let shown = match classes.len() {
        2 => 1..2,
        several => 0..several.min(MOST_CURVES),
    };
    let (mut roc, mut pr) = (Vec::new(), Vec::new());
    for class in shown {
        let (positive, scores) = one_of(target, prediction, class);
        roc.push(RocCurve::from_scores(&classes[class], &positive, &scores));
        pr.push(PrCurve::from_scores(&classes[class], &positive, &scores));
    }
    report.roc = Some(Roc { curves: roc });
    report.precision_recall = Some(PrecisionRecall { curves: pr });
}

/// Which rows are of a class, and its probabilities.
fn one_of(target: &Target, prediction: &Prediction, class: usize) -> (Vec<bool>, Vec<f64>) {
    let positive = target.values.iter().map(|&y| y as usize == class);
    let probabilities = prediction.probabilities.iter().skip(class);
    let scores = probabilities.step_by(target.classes.len()).copied();
    (positive.collect(), scores.collect())
}

fn two(report: &mut Report, target: &Target, prediction: &Prediction) {
    let (positive, scores) = one_of(target, prediction, 1);
    let (other, class) = (&target.classes[0], &target.classes[1]);
    report.calibration = Some(Calibration::from_scores(class, &positive, &scores, BINS));
    report.thresholds = Some(Thresholds::from_scores(
        (class, other),
        THRESHOLD,
        &positive,
        &scores,
    ));
}

/// Of several classes: whether the likeliest one comes true as often as its probability says.
fn likeliest(target: &Target, prediction: &Prediction) -> Calibration {
    let rows = prediction.probabilities.chunks(target.classes.len().max(1));
    let highest: Vec<f64> = rows.map(|row| row.iter().copied().fold(0.0, f64::max)).collect();
    let pairs = target.values.iter().zip(&prediction.values);
    let right: Vec<bool> = pairs.map(|(truth, called)| truth == called).collect();
    Calibration::from_scores("the likeliest class", &right, &highest, BINS)
}

/// Precision, recall with its interval, F1 and number of rows of every class, the hardest first.
fn by_class(confusion: &Confusion) -> Grid {
    let mut rows: Vec<(f64, Vec<String>)> = (0..confusion.classes.len())
        .map(|c| of_class(confusion, c))
        .collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    let head = ["class", "rows", "precision", "recall", "F1"];
    Grid::new(&head, rows.into_iter().map(|row| row.1).collect())
}

fn of_class(confusion: &Confusion, class: usize) -> (f64, Vec<String>) {
    let right = confusion.count(class, class) as f64;
    let own = confusion.total(class) as f64;
    let called: f64 = (0..confusion.classes.len())
        .map(|from| confusion.count(from, class) as f64)
        .sum();
    let share = |of: f64| match of > 0.0 {
        true => {
            let (low, high) = wilson(right, of);
            format!("{:.3} ({low:.3} to {high:.3})", right / of)
        }
        false => "-".into(),
    };
    let f1 = if own + called > 0.0 {
        2.0 * right / (own + called)
    } else {
        f64::NAN
    };
    let cells = vec![
        confusion.classes[class].clone(),
        format!("{own}"),
        share(called),
        share(own),
        if f1.is_nan() {
            "-".into()
        } else {
            format!("{f1:.3}")
        },
    ];
    (f1, cells)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of several classes there was no number for a single one.
    #[test]
    fn the_hardest_class_stands_first_and_one_that_never_came_has_no_recall() {
        let classes = ["a", "b", "never"].map(String::from).to_vec();
        let confusion = Confusion::from_labels(classes, &[0, 0, 0, 1, 1], &[0, 0, 0, 1, 0]);
        let grid = by_class(&confusion);
        let names: Vec<&str> = grid.rows.iter().map(|row| row[0].as_str()).collect();
        assert_eq!(names, ["b", "a", "never"]);
        assert_eq!((grid.rows[0][1].as_str(), &grid.rows[0][3][..5]), ("2", "0.500"));
        assert_eq!(grid.rows[2][2..], ["-", "-", "-"]);
    }
}
