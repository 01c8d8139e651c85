//! Trees as flat tensors.

use induce_core::model_file::ModelFile;
use induce_core::{Error, Result};

use super::super::Ensemble;
use super::super::node::{Branch, Test, Tree, members};
use induce_core::model::FeatureType;

/// Bits of `branch.flags`.
const CATEGORY: u8 = 1;
const MISSING_LEFT: u8 = 2;
const ZERO_IS_MISSING: u8 = 4;

/// Add `trees` to `file`.
pub(super) fn put(trees: &[Tree], file: &mut ModelFile) {
    let branches = || trees.iter().flat_map(|tree| &tree.branches);
    let numbers = |of: fn(&Branch) -> f64| branches().map(of).collect::<Vec<f64>>();
    file.put(
        "tree.offset",
        offsets(trees.iter().map(|tree| tree.branches.len())),
    );
    file.put(
        "branch.feature",
        branches().map(|b| b.feature).collect::<Vec<_>>(),
    );
    file.put("branch.flags", branches().map(flags).collect::<Vec<_>>());
    file.put("branch.threshold", numbers(threshold));
    file.put("branch.left", branches().map(|b| b.left).collect::<Vec<_>>());
    file.put("branch.right", branches().map(|b| b.right).collect::<Vec<_>>());
    file.put("branch.gain", numbers(|b| b.gain));
    file.put("branch.cover", numbers(|b| b.cover));
    file.put("branch.value", numbers(|b| b.value));
    let sets: Vec<&[u64]> = branches().filter_map(set).collect();
    file.put("set.offset", offsets(sets.iter().map(|set| set.len())));
    file.put("set.words", sets.concat());
    file.put(
        "leaf.value",
        trees
            .iter()
            .flat_map(|t| t.leaves.iter().copied())
            .collect::<Vec<_>>(),
    );
    file.put(
        "leaf.cover",
        trees
            .iter()
            .flat_map(|t| t.covers.iter().copied())
            .collect::<Vec<_>>(),
    );
}

fn flags(branch: &Branch) -> u8 {
    let bit = |on: bool, bit: u8| if on { bit } else { 0 };
    bit(matches!(branch.test, Test::Member(_)), CATEGORY)
        | bit(branch.missing_left, MISSING_LEFT)
        | bit(branch.zero_is_missing, ZERO_IS_MISSING)
}

fn threshold(branch: &Branch) -> f64 {
    if let Test::AtMost(t) = branch.test { t } else { 0.0 }
}

fn set(branch: &Branch) -> Option<&[u64]> {
    if let Test::Member(set) = &branch.test {
        Some(set)
    } else {
        None
    }
}

/// 0 and the running sums.
fn offsets(lengths: impl Iterator<Item = usize>) -> Vec<u64> {
    let sums = lengths.scan(0, |sum, n| {
        *sum += n as u64;
        Some(*sum)
    });
    std::iter::once(0).chain(sums).collect()
}

/// The trees in `file`: every array as long as the others say, nothing else checked.
pub(super) fn get(file: &ModelFile) -> Result<Vec<Tree>> {
    let flags: &[u8] = file.values("branch.flags")?;
    let (n, categories) = (flags.len(), flags.iter().filter(|&&f| f & CATEGORY != 0).count());
    let ends = ranges(file, "tree.offset", n)?;
    let mut sets = sets(file, categories)?.into_iter();
    let fields = Fields::of(file, n, n + ends.len())?;
    let mut trees = Vec::with_capacity(ends.len());
    for (t, range) in ends.into_iter().enumerate() {
        let leaves = range.start + t..range.end + t + 1;
        let branch = |i: usize| fields.branch(i, flags[i], &mut sets);
        trees.push(Tree {
            branches: range.map(branch).collect(),
            leaves: fields.leaves[leaves.clone()].to_vec(),
            covers: fields.covers[leaves].to_vec(),
        });
    }
    Ok(trees)
}

/// The tensors of `n` branches and `leaves` leaves.
struct Fields<'a> {
    feature: &'a [u32],
    threshold: &'a [f64],
    left: &'a [i32],
    right: &'a [i32],
    gain: &'a [f64],
    cover: &'a [f64],
    value: &'a [f64],
    leaves: &'a [f64],
    covers: &'a [f64],
}

impl<'a> Fields<'a> {
    fn of(file: &'a ModelFile, n: usize, leaves: usize) -> Result<Self> {
        Ok(Self {
            feature: file.values_of("branch.feature", n)?,
            threshold: file.values_of("branch.threshold", n)?,
            left: file.values_of("branch.left", n)?,
            right: file.values_of("branch.right", n)?,
            gain: file.values_of("branch.gain", n)?,
            cover: file.values_of("branch.cover", n)?,
            value: file.values_of("branch.value", n)?,
            leaves: file.values_of("leaf.value", leaves)?,
            covers: file.values_of("leaf.cover", leaves)?,
        })
    }

    fn branch(&self, i: usize, flags: u8, sets: &mut impl Iterator<Item = Vec<u64>>) -> Branch {
        let test = if flags & CATEGORY != 0 {
            Test::Member(sets.next().unwrap_or_default())
        } else {
            Test::AtMost(self.threshold[i])
        };
        Branch {
            feature: self.feature[i],
            test,
            missing_left: flags & MISSING_LEFT != 0,
            zero_is_missing: flags & ZERO_IS_MISSING != 0,
            left: self.left[i],
            right: self.right[i],
            gain: self.gain[i],
            cover: self.cover[i],
            value: self.value[i],
        }
    }
}

/// The category sets, of which there must be `count`.
fn sets(file: &ModelFile, count: usize) -> Result<Vec<Vec<u64>>> {
    let words: &[u64] = file.values("set.words")?;
    let ranges = ranges(file, "set.offset", words.len())?;
    if ranges.len() != count {
        return Err(file.fault(format!(
            "{} category sets for {count} branches on categories",
            ranges.len()
        )));
    }
    Ok(ranges.into_iter().map(|range| words[range].to_vec()).collect())
}

/// The ranges between offsets, which must rise from 0 to `end`.
fn ranges(file: &ModelFile, name: &str, end: usize) -> Result<Vec<std::ops::Range<usize>>> {
    let offsets: &[u64] = file.values(name)?;
    let rising = offsets.is_sorted() && offsets.first() == Some(&0) && offsets.last() == Some(&(end as u64));
    if !rising {
        return Err(file.fault(format!("tensor `{name}` does not rise from 0 to {end}")));
    }
    Ok(offsets.windows(2).map(|w| w[0] as usize..w[1] as usize).collect())
}

/// An error unless the ensemble can be predicted with.
pub(super) fn check(ensemble: &Ensemble, file: &ModelFile) -> Result<()> {
    let told = |e| {
        if let Error::Model { reason, .. } = e {
            file.fault(reason)
        } else {
            e
        }
    };
    ensemble.check(&file.file).map_err(told)?;
    check_sets(ensemble, file)
}

/// An error if a set has a category that its feature has not.
fn check_sets(ensemble: &Ensemble, file: &ModelFile) -> Result<()> {
    for branch in ensemble.trees.iter().flat_map(|tree| &tree.branches) {
        let feature = &ensemble.schema.features[branch.feature as usize];
        if let (Test::Member(set), FeatureType::Category(names)) = (&branch.test, &feature.feature_type)
            && let Some(last) = members(set).last()
            && last >= names.len()
        {
            let reason = format!(
                "a branch lists category {last} of `{}`, which has {}",
                feature.name,
                names.len()
            );
            return Err(file.fault(reason));
        }
    }
    Ok(())
}
