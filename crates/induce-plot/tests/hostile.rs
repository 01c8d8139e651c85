//! Nothing that a report can hold makes a chart panic, write an invalid number or break out of its element.

use induce_core::model::{self as core, Block, Grid, IntervalRows, Lines, Points, Section, TreeNode};
use induce_plot::{
    Bar, Bars, Calibration, CalibrationBin, Confusion, Curve, Dependence, Entry, Importance, Interval,
    LanguageReport, LearningCurve, Metric, Note, NoteKind, PrCurve, PrecisionRecall, Report, Residuals, Roc,
    RocCurve, Sample, SchemaRow, Setting, ShapFeature, ShapSummary, Sparkline, Stack, Stacked, Thresholds,
    TokenRow, chart, html,
};

/// Columns of numbers as they should not be.
fn columns() -> Vec<Vec<f64>> {
    vec![
        vec![],
        vec![1.0],
        vec![0.0, 0.0, 0.0],
        vec![f64::NAN; 5],
        vec![f64::INFINITY, 1.0, f64::NEG_INFINITY, f64::NAN],
        vec![f64::MAX, f64::MIN, 0.0],
        vec![f64::MIN_POSITIVE, 5e-324, -5e-324],
        vec![1e16, 1e16 + 2.0, 1e16 + 4.0],
        vec![-1.0, -1e-9, 3.0, 1e9],
        (0..5000).map(|row| f64::from((row * 37) % 1009)).collect(),
        (0..2000)
            .map(|row| if row == 7 { 1e300 } else { f64::from(row) })
            .collect(),
    ]
}

const NAMES: [&str; 6] = [
    "",
    "<script>alert(1)</script>",
    "\"quoted\" & 'so'",
    "\u{0}\u{7}\u{ffff}",
    "{{ 7 * 7 }}",
    "數據欄位名稱很長很長很長很長很長很長",
];

const WIDTHS: [f64; 6] = [400.0, 0.0, -5.0, f64::NAN, f64::INFINITY, 1e9];

fn report(x: &[f64], y: &[f64], name: &str) -> Report {
    let truth: Vec<bool> = y.iter().map(|&value| value > 1.0).collect();
    let classes = vec![name.to_owned(); x.len().min(45)];
    let labels: Vec<usize> = x.iter().map(|&value| value as usize % 50).collect();
    let bins = x.iter().zip(y).map(|(&predicted, &observed)| CalibrationBin {
        predicted,
        observed,
        count: u64::MAX,
    });
    let curve = Curve {
        name: name.into(),
        x: x.to_vec(),
        y: y.to_vec(),
        low: x.to_vec(),
        high: y.to_vec(),
    };
    let (first, last) = (x.first().copied().unwrap_or(f64::NAN), y.last().copied());
    let shap = ShapFeature {
        feature: name.into(),
        values: x.to_vec(),
        feature_values: y.iter().copied().map(Some).collect(),
        levels: Vec::new(),
    };
    let mut counts = Confusion::from_labels(classes, &labels, &labels);
    counts.counts.pop();
    Report {
        title: name.into(),
        subtitle: name.into(),
        facts: vec![Entry::new(name, name)],
        notes: vec![Note {
            kind: NoteKind::Warning,
            text: name.into(),
        }],
        metrics: vec![
            Metric {
                split: name.into(),
                name: name.into(),
                value: first,
                low: last,
                high: Some(first),
                folds: x.to_vec(),
            },
            Metric {
                split: name.into(),
                name: "rmse".into(),
                value: first,
                low: Some(first),
                high: last,
                folds: vec![],
            },
        ],
        main_split: String::new(),
        baseline: vec![Metric {
            split: name.into(),
            name: name.into(),
            value: first,
            ..Metric::default()
        }],
        thresholds: Some(Thresholds::from_scores((name, name), first, &truth, x)),
        by_class: Some(Grid::new(&[name, name], vec![vec![name.into()]])),
        worst: Some(Grid::new(&[name], vec![vec![name.into(), name.into()]])),
        dependence: vec![
            Dependence {
                feature: name.into(),
                unit: name.into(),
                x: x.to_vec(),
                levels: vec![],
                means: vec![(name.into(), y.to_vec()); 2],
                rows: vec![y.to_vec()],
                deciles: x.to_vec(),
            },
            Dependence {
                x: x.to_vec(),
                levels: vec![name.into(), name.into()],
                means: vec![(String::new(), y.to_vec())],
                ..Dependence::default()
            },
        ],
        shap_sizes: Some(Stacked {
            title: name.into(),
            unit: name.into(),
            parts: vec![name.into()],
            bars: vec![Stack {
                name: name.into(),
                parts: x.to_vec(),
                total: first,
                interval: last.map(|last| (first, last)),
            }],
        }),
        described: name.into(),
        learning_curve: Some(LearningCurve {
            metric: name.into(),
            unit: name.into(),
            series: vec![curve.clone(); 3],
            best: last,
            title: name.into(),
            raw: Some(curve.clone()),
        }),
        roc: Some(Roc {
            curves: vec![
                RocCurve {
                    name: name.into(),
                    fpr: x.to_vec(),
                    tpr: y.to_vec(),
                    auc: last,
                    thresholds: Vec::new(),
                },
                RocCurve::from_scores(name, &truth, x),
            ],
        }),
        precision_recall: Some(PrecisionRecall {
            curves: vec![PrCurve::from_scores(name, &truth, x)],
        }),
        calibration: Some(Calibration {
            name: name.into(),
            bins: bins.collect(),
            unit: name.into(),
        }),
        confusion: Some(counts),
        residuals: Some(Residuals {
            target: name.into(),
            actual: x.to_vec(),
            predicted: y.to_vec(),
        }),
        sections: sections(x, y, name),
        importances: x
            .iter()
            .take(30)
            .map(|&value| Importance {
                feature: name.into(),
                gain: Some(value),
                cover: last,
                permutation: Some(Interval {
                    value,
                    low: last,
                    high: Some(value),
                }),
            })
            .collect(),
        importance_metric: name.into(),
        shap: vec![ShapSummary {
            unit: name.into(),
            class: name.into(),
            features: vec![shap],
        }],
        language: y.len().is_multiple_of(2).then(|| language(first, curve, name)),
        rows: 3,
        schema: vec![
            SchemaRow {
                name: name.into(),
                kind: name.into(),
                role: name.into(),
                missing: u64::MAX,
                distinct: Some(u64::MAX),
                summary: name.into(),
                sparkline: Some(Sparkline::from_numbers(x.iter().copied())),
            },
            SchemaRow {
                sparkline: Some(Sparkline::Categories {
                    counts: vec![(name.into(), u64::MAX), (name.into(), 0)],
                }),
                ..SchemaRow::default()
            },
        ],
        settings: vec![Setting {
            name: name.into(),
            value: name.into(),
            default: false,
            doc: name.into(),
        }],
        environment: vec![Entry::new(name, name)],
        command: name.into(),
    }
}

fn sections(x: &[f64], y: &[f64], name: &str) -> Vec<Section> {
    let pairs: Vec<(f64, f64)> = x.iter().copied().zip(y.iter().copied()).collect();
    let intervals = |zero| {
        let ends = pairs.iter().map(|&(x, y)| (name.to_owned(), x, Some(y), Some(x)));
        Block::Intervals(IntervalRows {
            axis: name.into(),
            zero,
            rows: ends
                .chain([(name.to_owned(), 1.0, None, Some(f64::NAN))])
                .collect(),
        })
    };
    let points = |reach| {
        Block::Points(Points {
            x: name.into(),
            y: name.into(),
            groups: vec![(name.into(), pairs.clone()), (name.into(), vec![])],
            line: Some((pairs.clone(), reach)),
            strokes: vec![(0, pairs.clone()), (7, pairs.clone())],
            edges: pairs.windows(2).map(|ends| [ends[0], ends[1]]).collect(),
        })
    };
    let reaches = [0.0, 1.0, f64::NAN, f64::INFINITY, -1.0];
    let mut blocks = vec![
        Block::Text(name.into()),
        Block::Facts(vec![(name.into(), name.into())]),
        Block::Grid(Grid::new(
            &[name],
            vec![vec![name.into(); 3], vec![], vec!["-1.5".into(), "NaN".into()]],
        )),
        Block::Grid(Grid::default()),
        Block::Lines(Lines {
            x: name.into(),
            y: name.into(),
            curves: vec![(name.into(), pairs.clone()); 12],
            mark: x.first().copied(),
        }),
        Block::Bars(core::Bars {
            axis: name.into(),
            rows: x.iter().map(|&x| (name.into(), x)).collect(),
        }),
        Block::Tree(tree(8, name)),
        Block::Tree(TreeNode::default()),
    ];
    blocks.extend([0.0, f64::NAN, f64::MAX].map(intervals));
    blocks.extend(reaches.map(points));
    vec![Section::new(name, blocks), Section::default()]
}

/// A tree of every shape: full above, a path below, a node with one answer, and one with three.
fn tree(depth: usize, name: &str) -> TreeNode {
    let answers = [0, 1, 2, 2, 2, 2, 3, 1, 2][depth];
    TreeNode {
        text: format!("{name} {depth}"),
        note: name.into(),
        children: (0..answers).map(|_| tree(depth - 1, name)).collect(),
        missing_left: depth.is_multiple_of(2),
    }
}

fn language(value: f64, curve: Curve, name: &str) -> LanguageReport {
    let line = LearningCurve {
        title: name.into(),
        metric: name.into(),
        unit: name.into(),
        series: vec![curve.clone()],
        best: Some(value),
        raw: Some(curve),
    };
    LanguageReport {
        idea: vec![Entry::new(name, name)],
        shape: vec![Entry::new(name, name)],
        corpus: vec![Entry::new(name, name)],
        rate: Some(line.clone()),
        baselines: vec![Metric {
            split: name.into(),
            name: "loss".into(),
            value,
            low: Some(value),
            high: None,
            folds: vec![],
        }],
        positions: Some(line),
        examined: name.into(),
        tokens: vec![TokenRow {
            token: name.into(),
            count: 0,
            loss: value,
            share: value,
            guess: name.into(),
            guessed: u64::MAX,
        }],
        samples: vec![Sample {
            drawn: name.into(),
            prompt: name.into(),
            text: format!("</pre></script>\u{202e}{name}\u{1}"),
        }],
    }
}

fn sound(text: &str) {
    for bad in [
        "NaN",
        "\"inf",
        "-inf",
        ">inf",
        "<script>alert",
        "</pre></script>",
        "\u{0}",
        "\u{1}",
        "\u{7}",
    ] {
        if let Some(at) = text.find(bad) {
            let from = text.floor_char_boundary(at.saturating_sub(80));
            panic!("{bad:?} in: {}", &text[from..text.ceil_char_boundary(at + 40)]);
        }
    }
}

#[test]
fn every_page_is_sound() {
    for (index, x) in columns().iter().enumerate() {
        for y in &columns() {
            let name = NAMES[index % NAMES.len()];
            sound(&html(&report(x, y, name)).unwrap());
        }
    }
}

#[test]
fn every_name_is_harmless_everywhere() {
    for name in NAMES {
        let page = html(&report(&[1.0, 2.0, 3.0], &[0.5, 0.2, 0.9], name)).unwrap();
        sound(&page);
        assert!(name != "{{ 7 * 7 }}" || !page.contains(">49<"));
    }
}

#[test]
fn every_width_is_drawable() {
    let report = report(
        &[1.0, 2.0, 3.0],
        &[0.5, 0.2, 0.9],
        "a name that is rather long for a chart",
    );
    let bar = Bar {
        name: "x".repeat(500),
        value: 1.0,
        low: None,
        high: None,
    };
    let bars = Bars {
        bars: vec![bar],
        ..Bars::default()
    };
    for width in WIDTHS {
        sound(&chart::roc(report.roc.as_ref().unwrap(), width).inline());
        sound(&chart::confusion(report.confusion.as_ref().unwrap(), width).inline());
        sound(&chart::shap_summary(&report.shap[0], width).inline());
        sound(&chart::residuals(report.residuals.as_ref().unwrap(), width).inline());
        sound(&chart::learning_curve(report.learning_curve.as_ref().unwrap(), width).standalone());
        sound(&chart::bars(&bars, width).inline());
        for data in &report.dependence {
            sound(&chart::dependence(data, (0.0, 1.0), width).inline());
        }
        for block in &report.sections[0].blocks {
            let drawn = match block {
                Block::Intervals(data) => chart::intervals(data, width),
                Block::Lines(data) => chart::lines(data, width),
                Block::Points(data) => chart::points(data, width),
                Block::Tree(root) => chart::tree(root, width),
                _ => continue,
            };
            sound(&drawn.inline());
        }
    }
}

#[test]
fn a_page_needs_nothing_from_elsewhere() {
    let page = html(&report(&[1.0, 2.0], &[0.0, 1.0], "a")).unwrap();
    for loads in ["src=", "@import", "url(", "<link", "https:"] {
        assert!(!page.contains(loads), "{loads}");
    }
    assert!(!page.replace("http://www.w3.org/2000/svg", "").contains("http:"));
}

#[test]
fn an_empty_report_is_a_page() {
    let page = html(&Report::default()).unwrap();
    assert!(page.contains("<h1>Report</h1>") && page.ends_with("</html>\n") || page.ends_with("</html>"));
    assert_eq!(page, html(&Report::default()).unwrap());
}

#[test]
fn a_section_without_anything_is_left_out() {
    let nothing = vec![
        Block::Text(" ".into()),
        Block::Facts(vec![]),
        Block::Grid(Grid::new(&["term"], vec![])),
        Block::Intervals(IntervalRows::default()),
        Block::Lines(Lines::default()),
        Block::Points(Points::default()),
        Block::Bars(core::Bars::default()),
        Block::Tree(TreeNode::default()),
    ];
    let empty = Report {
        sections: vec![Section::new("Emptiness", nothing)],
        ..Report::default()
    };
    assert_eq!(html(&empty).unwrap(), html(&Report::default()).unwrap());
}

#[test]
fn importances_without_gain_have_no_column_for_it() {
    let mut report = report(&[1.0, 2.0], &[0.0, 1.0], "a");
    assert!(html(&report).unwrap().contains(">Gain</th>"));
    for row in &mut report.importances {
        (row.gain, row.cover) = (None, None);
    }
    let page = html(&report).unwrap();
    assert!(!page.contains(">Gain</th>") && !page.contains(">Cover</th>"));
}

#[test]
fn a_report_survives_json() {
    let mut before = report(&[1.0, 2.0], &[0.0, 1.0], "a");
    // JSON knows no numbers that are none.
    before.sections[0].blocks.retain(|block| match block {
        Block::Intervals(data) => {
            data.zero.is_finite() && data.rows.iter().all(|row| row.3.is_some_and(f64::is_finite))
        }
        Block::Points(data) => data.line.as_ref().is_some_and(|line| line.1.is_finite()),
        _ => true,
    });
    let json = serde_json::to_string(&before).unwrap();
    assert_eq!(serde_json::from_str::<Report>(&json).unwrap(), before);
    assert_eq!(serde_json::from_str::<Report>("{}").unwrap(), Report::default());
}
