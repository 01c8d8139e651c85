//! The bytes of every chart and of a page, held by snapshots: small data, so that a change can be read.

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
    };
    let data = ShapSummary {
        unit: "log-odds of bad".into(),
        features: vec![feature],
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
