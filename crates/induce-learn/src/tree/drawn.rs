//! Trees as the report page draws them: short thresholds, few names of categories.

use induce_core::model::{FeatureType, Schema, TreeNode};
use induce_core::words::{count, number};

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
            note: format!("gain {}", number(branch.gain)),
            children: below.map(|child| self.drawn_from(child, schema, leaf)).to_vec(),
            missing_left: branch.missing_left,
        }
    }
}

fn question(branch: &Branch, schema: &Schema) -> String {
    let feature = &schema.features[branch.feature as usize];
    match (&branch.test, &feature.feature_type) {
        (Test::AtMost(threshold), _) => format!("{} ≤ {}", feature.name, number(*threshold)),
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
            ("longest path".to_owned(), format!("{} questions", count(deepest))),
        ];
        if self.trees.len() != 1 {
            facts.insert(0, ("trees".to_owned(), count(self.trees.len())));
        }
        facts
    }
}
