//! Trees as the report page draws them: short thresholds, few names of categories.

use induce_core::model::{FeatureType, Schema, TreeNode};
use induce_core::words::{count, counted, number};

use super::ensemble::Ensemble;
use super::node::{Branch, Test, Tree, contains};

/// The most names of categories in a question.
const MOST_NAMES: usize = 3;

impl Tree {
    /// The tree, `leaf` giving the words of a leaf and the note under them.
    pub(crate) fn drawn(&self, schema: &Schema, leaf: &dyn Fn(usize) -> (String, String)) -> TreeNode {
        self.drawn_from(if self.branches.is_empty() { !0 } else { 0 }, schema, leaf)
    }

    fn drawn_from(&self, node: i32, schema: &Schema, leaf: &dyn Fn(usize) -> (String, String)) -> TreeNode {
        if node < 0 {
            let (text, note) = leaf(!node as usize);
            return TreeNode {
                text,
                note,
                ..TreeNode::default()
            };
        }
        let branch = &self.branches[node as usize];
        let below = [branch.left, branch.right];
        TreeNode {
            text: question(branch, schema),
            note: format!("gain {}", short(branch.gain, 3)),
            children: below.map(|child| self.drawn_from(child, schema, leaf)).to_vec(),
            missing_left: branch.missing_left,
        }
    }
}

/// So many significant digits at most, none of them a zero at the end.
pub(crate) fn short(value: f64, digits: usize) -> String {
    if value == 0.0 || !value.is_finite() || !(1e-4..1e9).contains(&value.abs()) {
        return number(value).replace('-', "−");
    }
    let places = digits as i32 - 1 - value.abs().log10().floor() as i32;
    let text = format!("{:.*}", places.max(0) as usize, value.abs());
    let text = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        &text
    };
    format!("{}{text}", if value < 0.0 { "−" } else { "" })
}

fn question(branch: &Branch, schema: &Schema) -> String {
    let feature = &schema.features[branch.feature as usize];
    match (&branch.test, &feature.feature_type) {
        (Test::AtMost(threshold), _) => format!("{} ≤ {}", feature.name, short(*threshold, 5)),
        (Test::Member(set), FeatureType::Category(names)) => {
            let own: Vec<&str> = (names.iter().enumerate())
                .filter(|(code, _)| contains(set, *code))
                .map(|(_, name)| name.as_str())
                .collect();
            let more = own.len().saturating_sub(MOST_NAMES);
            let more = if more > 0 {
                format!(" and {more} more")
            } else {
                String::new()
            };
            format!(
                "{} is {}{more}",
                feature.name,
                own[..own.len().min(MOST_NAMES)].join(", ")
            )
        }
        _ => feature.name.clone(),
    }
}

impl Ensemble {
    /// How large it is: trees, leaves, depth.
    pub(crate) fn sizes(&self) -> Vec<(String, String)> {
        let leaves: usize = self.trees.iter().map(|tree| tree.leaves.len()).sum();
        let deepest = self.trees.iter().map(Tree::depth).max().unwrap_or(0);
        let mut facts = vec![
            ("leaves".to_owned(), count(leaves)),
            ("longest path".to_owned(), counted(deepest, "question")),
        ];
        if self.trees.len() != 1 {
            facts.insert(0, ("trees".to_owned(), count(self.trees.len())));
        }
        facts
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use induce_core::model::{Block, Data, Registry, Rows, RowsOptions, Settings, TreeNode};
    use induce_core::{Column, Run, Table};

    use super::short;
    use crate::tree::boost::BOOST;
    use crate::tree::forest::{FOREST, TREE};

    const REGISTRY: Registry = Registry(&[&BOOST, &TREE, &FOREST]);

    /// The tree that a model draws, and what its steps are called.
    fn drawn(model: &str) -> (Option<TreeNode>, &'static str) {
        let x: Vec<f64> = (0..90).map(f64::from).collect();
        let names: Vec<_> = (0..90).map(|i| Some(["a", "b", "c"][i / 30])).collect();
        let table = Table::new(vec![Column::from_f64("x", x), Column::from_text("y", &names)]).unwrap();
        let data = Data::Rows(Rows::new(&table, &RowsOptions::default()).unwrap());
        let fitted = Settings::new(REGISTRY, model)
            .unwrap()
            .fit(&data, &mut Run::new(1));
        let model = fitted.unwrap().model;
        let sections = model.report(&data, &Run::new(1)).unwrap();
        let tree = sections[0].blocks.iter().find_map(|block| match block {
            Block::Tree(root) => Some(root.clone()),
            _ => None,
        });
        (tree, model.step_unit())
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!(
            [
                short(88.5, 5),
                short(-0.12487, 3),
                short(1620.5, 5),
                short(12345.6, 3)
            ],
            ["88.5", "−0.125", "1620.5", "12346"]
        );
        assert_eq!([short(0.0, 3), short(-1e-7, 3)], ["0", "−1.0000e−7"]);
    }

    #[test]
    fn a_single_tree_is_drawn_with_the_classes_of_its_leaves() {
        let (tree, _) = drawn("tree");
        let tree = tree.unwrap();
        assert!(tree.text.starts_with("x ≤ "), "{}", tree.text);
        let mut open = vec![&tree];
        let mut leaves = Vec::new();
        while let Some(node) = open.pop() {
            if node.children.is_empty() {
                leaves.push((node.text.as_str(), node.note.as_str()));
            }
            open.extend(&node.children);
        }
        leaves.sort_unstable();
        assert_eq!(
            leaves,
            [
                ("a 1.00", "30 rows"),
                ("b 1.00", "30 rows"),
                ("c 1.00", "30 rows")
            ]
        );
    }

    #[test]
    fn of_boosting_the_first_tree_is_drawn_and_of_a_forest_none() {
        let (boost, forest) = (drawn("boost"), drawn("forest"));
        assert!(boost.0.is_some() && forest.0.is_none());
        assert_eq!((boost.1, forest.1), ("round", "tree"));
    }
}
