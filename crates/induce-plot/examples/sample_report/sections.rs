//! Made-up sections, of every kind of block.

use induce_core::model::{Bars, Block, Grid, IntervalRows, Lines, Points, Section, TreeNode};

use crate::data::Noise;

/// Coefficients with their intervals, of which one is far wider than the others.
pub fn linear() -> Vec<Section> {
    let terms: [(&str, f64, f64); 10] = [
        ("Seniority", -0.0892, 0.0071),
        ("Records=yes", 1.7431, 0.0893),
        ("Job=freelance", 0.2214, 0.0921),
        ("Job=partime", 1.0482, 0.1194),
        ("Home=owner", -0.5123, 0.1022),
        (
            "Home=parents with a very long name of a category",
            -0.0721,
            0.1311,
        ),
        ("Amount", 0.4102, 0.0521),
        ("Assets", -0.2210, 0.0610),
        ("Debt of the second kind", 0.0121, 4.2),
        ("Expenses", 0.1820, 0.0470),
    ];
    let rows = terms.map(|(name, value, error)| {
        let ends = (value - 1.96 * error, value + 1.96 * error);
        let cells = [
            name.to_owned(),
            format!("{value:.4}"),
            format!("{error:.4}"),
            format!("{:.2}", value / error),
            if value.abs() > 4.0 * error {
                "< 1e-16".to_owned()
            } else {
                "0.0321".to_owned()
            },
            format!("{:.4} – {:.4}", ends.0, ends.1),
        ];
        (
            cells.to_vec(),
            (name.to_owned(), value, Some(ends.0), Some(ends.1)),
        )
    });
    let (cells, intervals): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
    let path = |offset: f64| {
        let points = (0..40).map(|i| f64::from(i) * 0.15 - 4.0);
        points
            .map(|x| (x, 3.0 + offset + (x + 1.0 + offset).powi(2) * 0.1))
            .collect()
    };
    let coefficients = vec![
        Block::Text("binomial family, logit link, Gaussian prior".into()),
        Block::Grid(Grid::new(&["term", "estimate", "std. error", "z", "p", "95 % interval"], cells)),
        Block::Intervals(IntervalRows {
            axis: "coefficient, with its 95 % interval".into(),
            zero: 0.0,
            rows: intervals,
        }),
        Block::Text("deviance 3521.4 of 5283.1 for the intercept alone, dispersion 1, 4443 residual degrees of freedom".into()),
        Block::Text("log-likelihood −1760.7, AIC 3543.4, BIC 3613.8".into()),
    ];
    let lambda = Lines {
        x: "ln lambda".into(),
        y: "deviance".into(),
        curves: vec![
            ("train".into(), path(0.0)),
            ("cross-validation".into(), path(0.6)),
        ],
        mark: Some(-1.6),
    };
    vec![
        Section::new("Coefficients", coefficients),
        Section::new("Penalty", vec![Block::Lines(lambda)]),
    ]
}

/// A tree of six levels.
pub fn single_tree() -> Vec<Section> {
    let facts = vec![
        ("leaves".to_owned(), "43".to_owned()),
        ("longest path".to_owned(), "6 questions".to_owned()),
    ];
    let small = node(3, &mut Noise::new(12), 0.9);
    vec![
        Section::new(
            "Decision tree",
            vec![Block::Facts(facts), Block::Tree(node(6, &mut Noise::new(3), 1.0))],
        ),
        Section::new("A small tree", vec![Block::Tree(small)]),
    ]
}

fn node(depth: usize, noise: &mut Noise, chance: f64) -> TreeNode {
    let names = ["x_ege", "y_ege", "x2ybr with more words", "width"];
    let jobs = [
        "fixed",
        "freelance, partime",
        "fixed, freelance, others and 3 more",
    ];
    if depth == 0 || noise.uniform() > chance {
        return TreeNode {
            text: format!(
                "{} {:.2}",
                ["A", "good"][noise.below(2)],
                0.5 + 0.5 * noise.uniform()
            ),
            note: format!("{} rows", 3 + noise.below(2000)),
            ..TreeNode::default()
        };
    }
    let text = if noise.uniform() < 0.3 {
        format!("Job is {}", jobs[noise.below(3)])
    } else {
        format!("{} ≤ {:.2}", names[noise.below(4)], 10.0 * noise.uniform())
    };
    TreeNode {
        text,
        note: format!("gain {:.1}", 100.0 * noise.uniform()),
        children: vec![
            node(depth - 1, noise, chance),
            node(depth - 1, noise, chance * 0.93),
        ],
        missing_left: noise.uniform() < 0.5,
    }
}

/// Inliers and outliers.
pub fn robust() -> Vec<Section> {
    let mut noise = Noise::new(6);
    let (mut inliers, mut outliers) = (Vec::new(), Vec::new());
    for row in 0..900 {
        let carat = 0.2 + 1.8 * noise.uniform();
        if row % 5 == 0 {
            outliers.push((carat, 18_000.0 * noise.uniform()));
        } else {
            inliers.push((carat, 7000.0 * carat - 1800.0 + 500.0 * noise.normal()));
        }
    }
    let line = vec![(0.2, 7000.0 * 0.2 - 1800.0), (2.0, 12_200.0)];
    let facts = vec![
        (
            "largest residual of an inlier (threshold)".to_owned(),
            "1204.5".to_owned(),
        ),
        (
            "inliers".to_owned(),
            "43,152 of 53,940 training rows, 80\u{a0}%".to_owned(),
        ),
    ];
    let grid = Grid::new(
        &["term", "estimate", "std. error"],
        vec![
            vec!["(intercept)".into(), "-1800.2".into(), "12.1".into()],
            vec!["carat".into(), "7000.4".into(), "-".into()],
        ],
    );
    let points = Points {
        x: "carat".into(),
        y: "price".into(),
        groups: vec![("inliers".into(), inliers), ("outliers".into(), outliers)],
        line: Some((line, 1204.5)),
        ..Points::default()
    };
    let bars = Bars {
        axis: "fraction of inliers by cut".into(),
        rows: vec![
            ("Ideal".into(), 0.84),
            ("Premium".into(), 0.79),
            ("Fair".into(), 0.61),
        ],
    };
    vec![Section::new(
        "Consensus",
        vec![
            Block::Facts(facts),
            Block::Points(points),
            Block::Bars(bars),
            Block::Grid(grid),
        ],
    )]
}
