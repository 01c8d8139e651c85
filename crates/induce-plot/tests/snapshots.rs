//! The bytes of every chart and of a page, held by snapshots: small data, so that a change can be read.

use induce_core::model::{IntervalRows, Lines, Points, TreeNode};
use induce_plot::{
    Bar, Bars, Calibration, Confusion, Curve, LearningCurve, PrCurve, PrecisionRecall, Residuals, Roc,
    RocCurve, ShapFeature, ShapSummary, Sparkline, Svg, chart,
};

const TRUTH: [bool; 8] = [true, true, false, true, false, false, true, false];
const SCORES: [f64; 8] = [0.9, 0.8, 0.7, 0.6, 0.4, 0.35, 0.3, 0.1];

/// One element per line.
fn lines(svg: &Svg) -> String {
    svg.inline().replace("><", ">\n<")
}

fn residuals() -> Residuals {
    let predicted: Vec<f64> = (0..40).map(f64::from).collect();
    let actual = predicted
        .iter()
        .map(|value| value + (value * 7.0) % 5.0 - 2.0)
        .collect();
    Residuals {
        target: "price".into(),
        actual,
        predicted,
    }
}

#[test]
fn learning_curve() {
    let series = vec![
        Curve::over_rounds("train", &[0.7, 0.5, 0.4, 0.3]),
        Curve::over_rounds("valid", &[0.7, 0.55, 0.5, 0.52]),
    ];
    let data = LearningCurve {
        metric: "log_loss".into(),
        unit: "round".into(),
        series,
        best: Some(3.0),
        ..LearningCurve::default()
    };
    insta::assert_snapshot!(lines(&chart::learning_curve(&data, 400.0)));
}

/// A loss as language models have it: single steps behind their mean, a band around what is held out.
#[test]
fn loss_by_step() {
    let held_out = Curve {
        name: "held out".into(),
        x: vec![2.0, 4.0],
        y: vec![3.0, 2.0],
        low: vec![f64::NAN, 1.75],
        high: vec![f64::NAN, 2.25],
    };
    let data = LearningCurve {
        title: "Loss by step".into(),
        metric: "loss".into(),
        unit: "step".into(),
        series: vec![Curve::over_rounds("train", &[4.0, 3.0, 2.5, 1.5]), held_out],
        best: None,
        raw: Some(Curve::over_rounds("steps", &[4.5, 2.5, f64::NAN, 1.0])),
    };
    insta::assert_snapshot!(lines(&chart::learning_curve(&data, 400.0)));
}

#[test]
fn roc() {
    let curves = vec![RocCurve::from_scores("bad", &TRUTH, &SCORES)];
    insta::assert_snapshot!(lines(&chart::roc(&Roc { curves }, 400.0)));
}

#[test]
fn precision_recall() {
    let curves = vec![
        PrCurve::from_scores("a", &TRUTH, &SCORES),
        PrCurve::from_scores("b", &TRUTH, &TRUTH.map(f64::from)),
    ];
    insta::assert_snapshot!(lines(&chart::precision_recall(
        &PrecisionRecall { curves },
        400.0
    )));
}

#[test]
fn calibration() {
    let data = Calibration::from_scores("bad", &TRUTH, &SCORES, 4);
    insta::assert_snapshot!(lines(&chart::calibration(&data, 400.0)));
}

#[test]
fn residual_charts() {
    let data = residuals();
    insta::assert_snapshot!("residuals", lines(&chart::residuals(&data, 400.0)));
    insta::assert_snapshot!("predicted_actual", lines(&chart::predicted_actual(&data, 400.0)));
    insta::assert_snapshot!(
        "residual_histogram",
        lines(&chart::residual_histogram(&data, 400.0))
    );
    insta::assert_snapshot!(
        "residual_quantiles",
        lines(&chart::residual_quantiles(&data, 400.0))
    );
}

#[test]
fn confusion() {
    let data = Confusion {
        classes: vec!["bad".into(), "good".into()],
        counts: vec![vec![120, 80], vec![0, 700]],
    };
    insta::assert_snapshot!(lines(&chart::confusion(&data, 400.0)));
}

#[test]
fn confusion_of_many_classes_is_cut_to_the_most_confused() {
    let drawn = |size: usize| {
        let classes: Vec<String> = (0..size).map(|class| format!("class {class}")).collect();
        let labels: Vec<usize> = (0..size * 3).map(|row| row % size).collect();
        chart::confusion(&Confusion::from_labels(classes, &labels, &labels), 800.0).inline()
    };
    assert!(drawn(30).contains("class 29") && !drawn(30).contains("others"));
    assert!(drawn(40).contains("11 others") && drawn(40).contains("120 of 120 rows"));
}

#[test]
fn bars() {
    let bar = |name: &str, value, radius: f64| Bar {
        name: name.into(),
        value,
        low: Some(value - radius),
        high: Some(value + radius),
    };
    let bars = vec![
        bar("Seniority", 0.11, 0.01),
        bar("Records", 0.05, 0.02),
        bar("Time", -0.001, 0.004),
    ];
    let data = Bars {
        title: "Importance".into(),
        unit: "change of log_loss".into(),
        bars,
        most: 2,
        percent: false,
    };
    insta::assert_snapshot!(lines(&chart::bars(&data, 400.0)));
}

#[test]
fn intervals() {
    let row = |name: &str, value, low, high| (name.to_owned(), value, Some(low), Some(high));
    let data = IntervalRows {
        axis: "coefficient, with its 95 % interval".into(),
        zero: 0.0,
        rows: vec![
            row("age", 0.5, 0.25, 0.75),
            row("height", -0.125, -0.5, 0.25),
            ("weight".into(), 0.25, None, None),
            row("separating", 1.0, -5000.0, 5000.0),
        ],
    };
    insta::assert_snapshot!(lines(&chart::intervals(&data, 400.0)));
    let many = IntervalRows {
        rows: (0..50)
            .map(|row| (format!("x{row}"), f64::from(row), None, None))
            .collect(),
        ..data
    };
    let drawn = chart::intervals(&many, 400.0).inline();
    assert!(drawn.contains("x39") && !drawn.contains("x40") && drawn.contains("and 10 more"));
}

#[test]
fn lines_over_any_axis() {
    let curves = vec![
        ("train".to_owned(), vec![(0.5, 3.0), (1.0, 2.0), (1.5, 1.0)]),
        ("valid".to_owned(), vec![(0.5, 3.5), (1.0, 2.5), (1.5, 2.75)]),
    ];
    let data = Lines {
        x: "ln lambda".into(),
        y: "deviance".into(),
        curves,
        mark: Some(1.0),
    };
    insta::assert_snapshot!(lines(&chart::lines(&data, 400.0)));
}

#[test]
fn points() {
    let inliers = (0..8).map(|x| (f64::from(x), f64::from(x) + 0.25 * f64::from(x % 3)));
    let data = Points {
        x: "age".into(),
        y: "height".into(),
        groups: vec![
            ("inliers".into(), inliers.collect()),
            ("outliers".into(), vec![(2.0, 9.0), (6.0, f64::NAN)]),
        ],
        line: Some((vec![(0.0, 0.0), (7.0, 7.0)], 0.5)),
        ..Points::default()
    };
    insta::assert_snapshot!(lines(&chart::points(&data, 400.0)));
}

#[test]
fn tree() {
    let leaf = |text: &str| TreeNode {
        text: text.into(),
        note: "12 rows".into(),
        ..TreeNode::default()
    };
    let asks = |text: &str, missing_left, yes, no| TreeNode {
        text: text.into(),
        note: "gain 3.5".into(),
        children: vec![yes, no],
        missing_left,
    };
    let small = asks(
        "age ≤ 40",
        true,
        leaf("12.5"),
        asks("job is fixed, freelance", false, leaf("31"), leaf("47")),
    );
    let larger = asks("height ≤ 1.75", true, small.clone(), leaf("9"));
    insta::assert_snapshot!("tree", lines(&chart::tree(&small, 400.0)));
    insta::assert_snapshot!("tree_as_an_outline", lines(&chart::tree(&larger, 160.0)));
    let deep = (0..9).fold(leaf("1"), |below, level| {
        asks(&format!("x{level} ≤ 0"), false, leaf("0"), below)
    });
    let drawn = chart::tree(&deep, 856.0).inline();
    assert!(drawn.contains("… 6 leaves") && drawn.contains("x5 ≤ 0") && !drawn.contains("x4 ≤ 0"));
}

#[test]
fn shap_summary() {
    let values: Vec<f64> = (0..30).map(|row| f64::from(row % 10) / 10.0 - 0.5).collect();
    let feature_values = values
        .iter()
        .map(|&value| (value > -0.4).then_some(-value))
        .collect();
    let feature = ShapFeature {
        feature: "Income".into(),
        values,
        feature_values,
        levels: Vec::new(),
    };
    let data = ShapSummary {
        unit: "log-odds of bad".into(),
        features: vec![feature],
        ..ShapSummary::default()
    };
    insta::assert_snapshot!(lines(&chart::shap_summary(&data, 400.0)));
}

#[test]
fn sparklines() {
    let numbers = Sparkline::from_numbers((0..100).map(|value| f64::from(value * value)));
    insta::assert_snapshot!("sparkline_numbers", lines(&chart::sparkline(&numbers)));
    let categories = Sparkline::Categories {
        counts: vec![("good".into(), 3200), ("bad".into(), 1254)],
    };
    insta::assert_snapshot!("sparkline_categories", lines(&chart::sparkline(&categories)));
}

#[test]
fn a_standalone_file_is_complete() {
    let curves = vec![RocCurve::from_scores("bad", &TRUTH, &SCORES)];
    let file = chart::roc(&Roc { curves }, 400.0).standalone();
    assert!(file.starts_with("<svg") && file.contains("xmlns=\"http://www.w3.org/2000/svg\""));
    assert!(file.contains("prefers-color-scheme:dark") && !file.contains("var(--"));
}
