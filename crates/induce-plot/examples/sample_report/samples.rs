//! Three reports: two classes, many classes, a number.

use induce_plot::{
    Calibration, Confusion, Curve, Entry, Importance, Interval, LearningCurve, Metric, Note, NoteKind,
    PrCurve, PrecisionRecall, Report, Residuals, Roc, RocCurve, SchemaRow, Setting, ShapFeature, ShapSummary,
    Sparkline,
};

use crate::data::{Noise, losses, sigmoid};
use crate::sections;

fn metric(split: &str, name: &str, value: f64, radius: f64) -> Metric {
    let (low, high) = (Some(value - radius), Some(value + radius));
    Metric {
        split: split.into(),
        name: name.into(),
        value,
        low,
        high,
        folds: Vec::new(),
    }
}

fn setting(name: &str, value: &str, default: bool, doc: &str) -> Setting {
    Setting {
        name: name.into(),
        value: value.into(),
        default,
        doc: doc.into(),
    }
}

fn settings() -> Vec<Setting> {
    vec![
        setting(
            "objective",
            "auto",
            true,
            "the loss to minimise; auto takes it from the target",
        ),
        setting("rounds", "1000", false, "the most trees per class"),
        setting("learning_rate", "0.05", false, "how much of each tree is added"),
        setting(
            "max_depth",
            "6",
            true,
            "the most splits on a path; 0 switches the limit off",
        ),
        setting("bins", "255", true, "histogram bins per numeric column"),
        setting("min_child_weight", "1", true, "the least curvature in a leaf"),
        setting("lambda", "1", true, "L2 penalty on leaf values"),
        setting("subsample", "1", true, "share of the rows that each tree sees"),
        setting(
            "early_stopping",
            "50",
            false,
            "rounds without improvement before training stops",
        ),
    ]
}

fn environment(seconds: &str) -> Vec<Entry> {
    vec![
        Entry::new("induce", "0.1.0"),
        Entry::new("seed", "0"),
        Entry::new("threads", "8"),
        Entry::new("fit time", seconds),
        Entry::new("outcome", "stopped early at round 184"),
        Entry::new("made", "2026-08-14 09:26 UTC"),
    ]
}

fn learning(metric: &str, rounds: usize, start: f64, floor: f64, best: f64) -> Option<LearningCurve> {
    let train = Curve::over_rounds("train", &losses(rounds, start, floor * 0.55, 0.0, 1));
    let valid = Curve::over_rounds("valid", &losses(rounds, start, floor, floor * 0.05, 2));
    Some(LearningCurve {
        metric: metric.into(),
        unit: "round".into(),
        series: vec![train, valid],
        best: Some(best),
        ..LearningCurve::default()
    })
}

const CREDIT: [&str; 13] = [
    "Seniority",
    "Records",
    "Income",
    "Job",
    "Amount",
    "Price",
    "Assets",
    "Expenses",
    "Age",
    "Home",
    "Time",
    "Debt",
    "Marital",
];

fn importances(names: &[&str], top: f64) -> Vec<Importance> {
    let rows = names.iter().enumerate().map(|(index, name)| {
        let value = top * (-0.33 * index as f64).exp() - top * 0.02;
        let radius = top * 0.045;
        Importance {
            feature: (*name).into(),
            gain: Some(900.0 * (-0.24 * ((index * 5) % names.len()) as f64).exp()),
            cover: Some(4000.0 - 211.0 * index as f64),
            permutation: Some(Interval {
                value,
                low: Some(value - radius),
                high: Some(value + radius),
            }),
        }
    });
    rows.collect()
}

fn shap(names: &[&str], unit: &str, top: f64, rows: usize) -> Vec<ShapSummary> {
    let mut noise = Noise::new(77);
    let features = names.iter().enumerate().map(|(index, name)| {
        let size = top * (-0.25 * index as f64).exp();
        let category = matches!(
            *name,
            "Records" | "Job" | "Home" | "Marital" | "cut" | "clarity" | "color"
        );
        let (mut values, mut feature_values) = (Vec::new(), Vec::new());
        for _ in 0..rows {
            let value = noise.normal();
            let effect = if category {
                ((value * 1.3).round() * 0.6).clamp(-1.2, 1.8)
            } else {
                -value.tanh()
            };
            values.push(size * (effect + 0.16 * noise.normal()));
            feature_values.push((!category && noise.uniform() > 0.03).then_some(value));
        }
        ShapFeature {
            feature: (*name).into(),
            values,
            feature_values,
            levels: Vec::new(),
        }
    });
    vec![ShapSummary {
        unit: unit.into(),
        features: features.collect(),
        ..ShapSummary::default()
    }]
}

fn number(name: &str, missing: u64, distinct: u64, summary: &str, skew: f64) -> SchemaRow {
    let mut noise = Noise::new(name.len() as u64 + distinct);
    let values = (0..2000).map(|_| (skew * noise.normal()).exp() + 0.2 * noise.normal());
    SchemaRow {
        name: name.into(),
        kind: "number".into(),
        role: "feature".into(),
        missing,
        distinct: Some(distinct),
        summary: summary.into(),
        sparkline: Some(Sparkline::from_numbers(values)),
    }
}

fn category(name: &str, role: &str, missing: u64, counts: &[(&str, u64)]) -> SchemaRow {
    let summary: Vec<String> = counts
        .iter()
        .take(3)
        .map(|(name, count)| format!("{name} {count}"))
        .collect();
    SchemaRow {
        name: name.into(),
        kind: "category".into(),
        role: role.into(),
        missing,
        distinct: Some(counts.len() as u64),
        summary: summary.join(", "),
        sparkline: Some(Sparkline::Categories {
            counts: counts
                .iter()
                .map(|&(name, count)| (name.to_owned(), count))
                .collect(),
        }),
    }
}

/// Two classes, with cross-validation folds and a hostile column name.
pub fn binary() -> Report {
    let mut noise = Noise::new(5);
    let scores: Vec<f64> = (0..891).map(|_| sigmoid(-1.25 + 1.5 * noise.normal())).collect();
    let truth: Vec<bool> = scores
        .iter()
        .map(|&p| noise.uniform() < sigmoid(1.25 * (p / (1.0 - p)).ln()))
        .collect();
    let actual: Vec<usize> = truth.iter().map(|&bad| usize::from(!bad)).collect();
    let predicted: Vec<usize> = scores.iter().map(|&p| usize::from(p < 0.5)).collect();
    let mut metrics = vec![
        metric("train", "roc_auc", 0.9312, 0.007),
        metric("train", "log_loss", 0.3021, 0.012),
        metric("train", "accuracy", 0.8741, 0.011),
        metric("train", "average_precision", 0.8514, 0.017),
        metric("holdout", "roc_auc", 0.8391, 0.0285),
        metric("holdout", "log_loss", 0.4242, 0.0334),
        metric("holdout", "accuracy", 0.8036, 0.0263),
        metric("holdout", "average_precision", 0.6923, 0.0571),
        metric("holdout", "brier", 0.1372, 0.012),
    ];
    for (index, own) in metrics.iter_mut().enumerate().skip(4) {
        own.folds = (0..5)
            .map(|fold| own.value + 0.012 * f64::from((fold * 7 + index as i32) % 5 - 2))
            .collect();
    }
    Report {
        title: "Status in credit.csv".into(),
        subtitle: "Binary classification with gradient boosting: is a loan good or bad?".into(),
        facts: vec![
            Entry::new("Task", "binary classification"),
            Entry::new("Target", "Status, positive class bad"),
            Entry::new("Rows", "4,454 (28 % bad)"),
            Entry::new("Features", "13 (9 numbers, 4 categories)"),
            Entry::new("Split", "20 % holdout, stratified"),
        ],
        notes: vec![
            Note {
                kind: NoteKind::Warning,
                text: "Income is missing in 381 rows, and more often where Status is bad. The model can use that.".into(),
            },
            Note { kind: NoteKind::Info, text: "Status was taken as the target because --target Status was given.".into() },
        ],
        metrics,
        learning_curve: learning("log_loss", 234, 0.69, 0.42, 184.0),
        roc: Some(Roc { curves: vec![RocCurve::from_scores("bad", &truth, &scores)] }),
        precision_recall: Some(PrecisionRecall { curves: vec![PrCurve::from_scores("bad", &truth, &scores)] }),
        calibration: Some(Calibration::from_scores("bad", &truth, &scores, 10)),
        confusion: Some(Confusion::from_labels(vec!["bad".into(), "good".into()], &actual, &predicted)),
        sections: sections::linear(),
        importances: importances(&CREDIT, 0.11),
        importance_metric: "log_loss".into(),
        shap: shap(&CREDIT, "log-odds of bad", 1.4, 891),
        rows: 4454,
        schema: vec![
            category("Status", "target", 0, &[("good", 3200), ("bad", 1254)]),
            number("Seniority", 0, 47, "0 to 48, median 5", 1.2),
            category("Home", "feature", 6, &[("owner", 2107), ("rent", 973), ("parents", 783), ("other", 319), ("priv", 246), ("ignore", 20)]),
            number("Time", 0, 11, "6 to 72, median 48", 0.3),
            number("Age", 0, 50, "18 to 68, median 36", 0.5),
            category("Job", "feature", 2, &[("fixed", 2805), ("freelance", 1024), ("partime", 452), ("others", 171)]),
            number("Income", 381, 353, "6 to 959, median 125", 0.7),
            number("Assets", 47, 160, "0 to 300,000, median 3,000", 1.6),
            number("Debt", 18, 182, "0 to 30,000, median 0", 2.5),
            SchemaRow { role: "ignored".into(), ..number("<script>alert(1)</script>", 4100, 3, "a hostile name; must be harmless", 1.0) },
        ],
        settings: settings(),
        environment: environment("0.84 s"),
        command: "induce train credit.csv --target Status --set rounds=1000 --set learning_rate=0.05 --set early_stopping=50 --holdout 0.2 --seed 0 --report credit.html".into(),
        ..Report::default()
    }
}

/// Twenty-six classes.
pub fn letters() -> Report {
    let classes: Vec<String> = ('A'..='Z').map(String::from).collect();
    let mut noise = Noise::new(9);
    let alike = [(1, 17), (8, 9), (14, 16), (20, 21), (2, 6), (7, 10)];
    let (mut actual, mut predicted) = (Vec::new(), Vec::new());
    for _ in 0..4000 {
        let class = noise.below(26);
        let pair = alike.iter().find(|pair| pair.0 == class || pair.1 == class);
        let guess = match pair {
            Some(pair) if noise.uniform() < 0.11 => pair.0 + pair.1 - class,
            _ if noise.uniform() < 0.03 => noise.below(26),
            _ => class,
        };
        actual.push(class);
        predicted.push(guess);
    }
    let curves = (0..26).map(|class| {
        let truth: Vec<bool> = actual.iter().map(|&own| own == class).collect();
        let spread = 0.8 + 0.04 * class as f64;
        let score: Vec<f64> = truth
            .iter()
            .map(|&own| if own { 2.6 } else { 0.0 } + spread * noise.normal())
            .collect();
        (
            RocCurve::from_scores(&classes[class], &truth, &score),
            PrCurve::from_scores(&classes[class], &truth, &score),
        )
    });
    let (roc, precision_recall): (Vec<_>, Vec<_>) = curves.unzip();
    let names = [
        "x_ege", "y_ege", "xy2br", "y2bar", "x2ybr", "xegvy", "yegvx", "width", "high", "onpix", "x_bar",
        "y_bar", "x2bar", "xybar", "x_box", "y_box",
    ];
    Report {
        title: "lettr in letters.csv".into(),
        subtitle: "Classification into 26 classes with gradient boosting".into(),
        facts: vec![
            Entry::new("Task", "classification, 26 classes"),
            Entry::new("Target", "lettr"),
            Entry::new("Rows", "20,000"),
            Entry::new("Features", "16 numbers"),
            Entry::new("Split", "20 % holdout, stratified"),
        ],
        metrics: vec![
            metric("train", "accuracy", 0.9998, 0.0002),
            metric("train", "log_loss", 0.0141, 0.0009),
            metric("holdout", "accuracy", 0.9482, 0.0069),
            metric("holdout", "log_loss", 0.1713, 0.0212),
            metric("holdout", "f1_macro", 0.9479, 0.0071),
        ],
        learning_curve: learning("log_loss", 400, 3.2, 0.17, 371.0),
        roc: Some(Roc { curves: roc }),
        precision_recall: Some(PrecisionRecall {
            curves: precision_recall,
        }),
        confusion: Some(Confusion::from_labels(classes, &actual, &predicted)),
        sections: sections::single_tree(),
        importances: importances(&names, 0.5),
        importance_metric: "log_loss".into(),
        rows: 20_000,
        schema: names
            .iter()
            .enumerate()
            .map(|(index, name)| number(name, 0, 16 - index as u64 % 3, "0 to 15", 0.4))
            .collect(),
        settings: settings(),
        environment: environment("11.2 s"),
        command: "induce train letters.csv --target lettr --holdout 0.2 --report letters.html".into(),
        ..Report::default()
    }
}

/// A number.
pub fn regression() -> Report {
    let mut noise = Noise::new(3);
    let (mut actual, mut predicted) = (Vec::new(), Vec::new());
    for _ in 0..10_788 {
        let price = (7.6 + 0.85 * noise.normal()).exp().clamp(326.0, 18_823.0);
        let error = 0.09 * noise.normal() * if noise.uniform() < 0.06 { 2.6 } else { 1.0 };
        predicted.push(price * (1.0 + error) - 0.004 * price * price / 3000.0);
        actual.push(price);
    }
    let names = [
        "carat", "y", "clarity", "color", "x", "z", "cut", "depth", "table",
    ];
    Report {
        title: "price in diamonds.csv.gz".into(),
        subtitle: "Regression with gradient boosting: what does a diamond cost?".into(),
        facts: vec![
            Entry::new("Task", "regression, squared error"),
            Entry::new("Target", "price, 326 to 18,823"),
            Entry::new("Rows", "53,940"),
            Entry::new("Features", "9 (6 numbers, 3 categories)"),
            Entry::new("Split", "20 % holdout"),
        ],
        notes: vec![Note {
            kind: NoteKind::Info,
            text: "Errors grow with the price: a model of log(price) may serve better.".into(),
        }],
        metrics: vec![
            metric("train", "rmse", 451.3, 9.1),
            metric("train", "mae", 241.7, 3.2),
            metric("train", "r2", 0.9872, 0.0006),
            metric("holdout", "rmse", 528.4, 21.7),
            metric("holdout", "mae", 266.1, 7.4),
            metric("holdout", "r2", 0.9823, 0.0016),
        ],
        learning_curve: learning("rmse", 900, 3980.0, 528.0, 897.0),
        residuals: Some(Residuals {
            target: "price".into(),
            actual,
            predicted,
        }),
        sections: sections::robust(),
        importances: importances(&names, 2600.0),
        importance_metric: "rmse".into(),
        shap: shap(&names, "price", 2800.0, 2000),
        rows: 53_940,
        schema: vec![
            number("carat", 0, 273, "0.2 to 5.01, median 0.7", 0.8),
            category(
                "cut",
                "feature",
                0,
                &[
                    ("Ideal", 21551),
                    ("Premium", 13791),
                    ("Very Good", 12082),
                    ("Good", 4906),
                    ("Fair", 1610),
                ],
            ),
            number("depth", 0, 184, "43 to 79, median 61.8", 0.15),
            number("table", 0, 127, "43 to 95, median 57", 0.2),
            SchemaRow {
                role: "target".into(),
                ..number("price", 0, 11602, "326 to 18,823, median 2,401", 1.1)
            },
        ],
        settings: settings(),
        environment: environment("2.1 s"),
        command: "induce train diamonds.csv.gz --target price --holdout 0.2 --report diamonds.html".into(),
        ..Report::default()
    }
}
