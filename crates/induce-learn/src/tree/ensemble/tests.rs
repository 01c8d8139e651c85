use induce_core::Column;
use induce_core::random::Stream;

use super::*;
use induce_core::model::Feature;

pub(crate) fn random_tree(stream: Stream, leaves: usize) -> Tree {
    let mut tree = Tree::constant(0.0, 1.0);
    for b in 0..leaves - 1 {
        let s = stream.child(b as u64);
        let slot = s.below(0, tree.leaves.len());
        let fresh = tree.leaves.len();
        for branch in &mut tree.branches {
            for child in [&mut branch.left, &mut branch.right] {
                if *child == !(slot as i32) {
                    *child = b as i32;
                }
            }
        }
        let feature = s.below(1, 3) as u32;
        let test = if feature == 2 {
            Test::Member(set_of(
                (0..70).filter(|&c| s.bits(100 + c) & 1 == 1).map(|c| c as usize),
            ))
        } else {
            Test::AtMost((s.uniform(2) * 8.0).round() / 4.0 - 1.0)
        };
        tree.branches.push(Branch {
            feature,
            test,
            missing_left: s.bits(3) & 1 == 1,
            zero_is_missing: feature == 1 && s.bits(4) & 1 == 1,
            left: !(slot as i32),
            right: !(fresh as i32),
            gain: 0.0,
            cover: 1.0,
            value: 0.0,
        });
        tree.leaves.push(0.0);
        tree.covers.push(1.0);
    }
    tree.leaves = (0..leaves)
        .map(|l| stream.uniform(1000 + l as u64) - 0.5)
        .collect();
    tree
}

pub(crate) fn names(categories: usize) -> Vec<String> {
    (0..categories).map(|c| format!("c{c}")).collect()
}

/// Two numbers and a category.
pub(crate) fn schema(categories: usize) -> Schema {
    let number = |name: &str| Feature {
        name: name.into(),
        feature_type: FeatureType::Number,
        read_as: None,
        notation: None,
    };
    let category = Feature {
        name: "c".into(),
        feature_type: FeatureType::Category(names(categories)),
        read_as: None,
        notation: None,
    };
    Schema {
        features: vec![number("a"), number("b"), category],
        ..Schema::default()
    }
}

pub(crate) fn table(rows: usize, categories: usize) -> Table {
    let categories = names(categories);
    let s = Stream::new(9, "table");
    let number = |f: u64| {
        let value = |i: usize| match s.child(f).below(i as u64, 12) {
            0 => f64::NAN,
            1 => 0.0,
            _ => (s.child(f + 10).uniform(i as u64) * 16.0).round() / 4.0 - 2.0,
        };
        (0..rows).map(value).collect::<Vec<_>>()
    };
    let pick = |i: usize| match s.child(5).below(i as u64, categories.len() + 5) {
        c if c < categories.len() => Some(categories[c].clone()),
        c if c == categories.len() => Some("never seen".to_string()),
        _ => None,
    };
    let texts: Vec<_> = (0..rows).map(pick).collect();
    let texts: Vec<_> = texts.iter().map(Option::as_deref).collect();
    Table::new(vec![
        Column::from_f64("a", number(1)),
        Column::from_f64("b", number(2)),
        Column::from_text("c", &texts),
    ])
    .unwrap()
}

/// The kernels must give what walking the trees gives: missing values, zeros as
/// missing, unseen categories, several outputs, ragged last blocks.
#[test]
fn compiled_scores_equal_walked_ones() {
    for categories in [70, 400] {
        let schema = schema(categories);
        for outputs in [1, 3] {
            let stream = Stream::new(outputs as u64, "trees");
            let trees = (0..outputs * 7)
                .map(|t| random_tree(stream.child(t as u64), 1 + t * 5))
                .collect();
            let ensemble = Ensemble {
                schema: schema.clone(),
                start: vec![0.25; outputs],
                trees,
                link: Link::Identity,
                single: false,
                average: false,
            };
            ensemble.check("test").unwrap();
            let table = table(5000, categories);
            let sources = ensemble.schema.align(&table).unwrap();
            let mut walked = vec![0.0; 5000 * outputs];
            ensemble.scores_by_walking(&sources, 0, &mut walked);
            assert_eq!(ensemble.scores(&table, 2).unwrap(), walked);
        }
    }
}
