//! The whole file.

use super::super::super::boost::Model;
use super::super::super::{Ensemble, Test, Tree};
use super::super::features::{Budget, schema};
use super::super::value::Read;
use super::names::OWN_NAMES;
use super::text::Section;
use super::{names, objective, tree};

/// Most outputs of a model.
const OUTPUTS: usize = 1 << 16;

/// What the head of a file says: used, or known to be harmless.
const HEAD: &[&str] = &[
    "tree",
    "version",
    "num_class",
    "num_tree_per_iteration",
    "label_index",
    "max_feature_idx",
    "objective",
    "sigmoid",
    "average_output",
    "feature_names",
    "feature_infos",
    "monotone_constraints",
    "tree_sizes",
    OWN_NAMES,
];

/// The model in a file.
pub fn read(bytes: &[u8]) -> Read<Model> {
    let text =
        std::str::from_utf8(bytes).map_err(|e| format!("it is not UTF-8 at byte {}", e.valid_up_to()))?;
    let mut lines = text.lines().peekable();
    // Version 2 had no line for the end of the trees.
    let after = ["end of trees", "feature importances:", "feature_importances:"];
    let ends = |line: &str| line.starts_with("Tree=") || after.contains(&line);
    let head = Section::take(&mut lines, ends);
    head.only("it", HEAD)?;
    let outputs = outputs(&head)?;
    let target = objective::read(head.find("objective"), outputs)?;
    let budget = Budget::new(bytes.len());
    let mut trees: Vec<Tree> = Vec::new();
    while lines.next_if(|line| line.starts_with("Tree=")).is_some() {
        let block = Section::take(&mut lines, ends);
        let tree = tree::read(&block, target.sigmoid, &budget);
        trees.push(tree.map_err(|e| format!("tree {}: {e}", trees.len()))?);
    }
    if lines.next().is_none() {
        return Err("it has no `end of trees`, so it was cut short".into());
    }
    check_count(&head, trees.len(), outputs)?;
    let rest: Vec<&str> = lines.collect();
    let names = feature_names(&head)?;
    let kinds = kinds(&head, &rest, &trees, names.len())?;
    let mut schema = schema(names, kinds, &trees)?;
    schema.classes = (0..target.classes).map(|c| c.to_string()).collect();
    let average = head.find("average_output").is_some();
    let ensemble = Ensemble {
        schema,
        start: vec![0.0; outputs],
        trees,
        link: target.link,
        single: false,
        average,
    };
    Ok(Model {
        ensemble,
        objective: target.name,
        spec: target.spec,
    })
}

fn outputs(head: &Section) -> Read<usize> {
    let classes: usize = head.number("num_class")?;
    let outputs = if head.find("num_tree_per_iteration").is_some() {
        head.number("num_tree_per_iteration")?
    } else {
        classes
    };
    if (1..=OUTPUTS).contains(&outputs) {
        Ok(outputs)
    } else {
        Err(format!("it has {outputs} outputs"))
    }
}

/// The header says how many trees there are by listing their sizes.
fn check_count(head: &Section, trees: usize, outputs: usize) -> Read<()> {
    if let Some(sizes) = head.find("tree_sizes") {
        let count = sizes.split_ascii_whitespace().count();
        if count != trees {
            return Err(format!("`tree_sizes` lists {count} trees, there are {trees}"));
        }
    }
    if trees.is_multiple_of(outputs) {
        Ok(())
    } else {
        Err(format!("{trees} trees cannot be dealt to {outputs} outputs"))
    }
}

fn feature_names(head: &Section) -> Read<Vec<String>> {
    let last: usize = head.number("max_feature_idx")?;
    let names: Vec<String> = head
        .get("feature_names")?
        .split_ascii_whitespace()
        .map(str::to_string)
        .collect();
    let own = head
        .find(OWN_NAMES)
        .and_then(|text| serde_json::from_str::<Vec<String>>(text).ok());
    if last.checked_add(1) == Some(names.len()) {
        return Ok(own.filter(|own| own.len() == names.len()).unwrap_or(names));
    }
    Err(format!(
        "`max_feature_idx` is {last}, there are {} feature names",
        names.len()
    ))
}

fn kinds(
    head: &Section,
    rest: &[&str],
    trees: &[Tree],
    features: usize,
) -> Read<Vec<super::super::features::Kind>> {
    let infos: Vec<&str> = head.get("feature_infos")?.split_ascii_whitespace().collect();
    if infos.len() != features {
        return Err(format!(
            "`feature_infos` has {} elements where {features} belong",
            infos.len()
        ));
    }
    let mut asked = vec![false; features];
    for branch in trees.iter().flat_map(|t| &t.branches) {
        let asked = asked.get_mut(branch.feature as usize);
        let asked = asked.ok_or_else(|| format!("a branch asks feature {} of {features}", branch.feature))?;
        *asked |= matches!(branch.test, Test::Member(_));
    }
    let columns = rest
        .iter()
        .find_map(|l| l.strip_prefix("[categorical_feature:")?.strip_suffix(']'));
    let columns = columns
        .unwrap_or_default()
        .split(',')
        .filter_map(|c| c.trim().parse().ok());
    let columns: Vec<usize> = columns.filter(|&c| c < features).collect();
    let pandas = rest
        .iter()
        .find_map(|line| line.strip_prefix("pandas_categorical:"));
    names::kinds(&infos, &columns, pandas, &asked)
}
