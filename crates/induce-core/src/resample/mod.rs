//! Which rows a model is trained on, and which it is evaluated on.
//!
//! Every split depends on the seed of the [`Run`] and on nothing else; the rows
//! of both sides come in ascending order.

mod time;

pub use time::{time_folds, time_holdout};

use crate::error::{Error, Result};
use crate::run::Run;
use crate::words::counted;

/// Rows to train on, and rows to evaluate on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// Rows to fit on, ascending.
    pub train: Vec<usize>,
    /// Rows to score on, ascending.
    pub test: Vec<usize>,
}

impl Split {
    /// The split of `0..rows` whose test rows are those that `is_test`.
    fn by(rows: usize, is_test: impl Fn(usize) -> bool) -> Self {
        let (test, train) = (0..rows).partition(|&row| is_test(row));
        Self { train, test }
    }
}

/// `fraction` of the rows at random; of each class too, to within one row, if there are `classes`.
///
/// ```
/// use induce_core::{Run, resample};
/// let split = resample::holdout(10, None, 0.2, &Run::new(1))?;
/// assert_eq!((split.train.len(), split.test.len()), (8, 2));
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// If `fraction` is not between 0 and 1, or leaves one side without a row.
pub fn holdout(rows: usize, classes: Option<&[u32]>, fraction: f64, run: &Run) -> Result<Split> {
    check_fraction(rows, fraction)?;
    let order = dealt(rows, classes, run, "resample/holdout")?;
    // Every 1/fraction-th of the rows in order of class: systematic sampling.
    let reached = |place: usize| (place as f64 * fraction + 0.5).floor();
    let mut test = vec![false; rows];
    for (place, &row) in order.iter().enumerate() {
        test[row] = reached(place + 1) > reached(place);
    }
    both_sides(Split::by(rows, |row| test[row]), fraction)
}

/// About `fraction` of the rows at random, whole groups only.
///
/// # Errors
/// If `fraction` is not between 0 and 1, or leaves one side without a group.
pub fn group_holdout(groups: &[u32], fraction: f64, run: &Run) -> Result<Split> {
    check_fraction(groups.len(), fraction)?;
    let members = members(groups);
    let mut test = vec![false; groups.len()];
    let (mut taken, wanted) = (0, (fraction * groups.len() as f64).round() as usize);
    for group in run.stream("resample/group-holdout").permutation(members.len()) {
        let size = members[group].len();
        // Take the group if that brings the fraction nearer.
        if (taken + size).abs_diff(wanted) < wanted.abs_diff(taken) {
            members[group].iter().for_each(|&row| test[row] = true);
            taken += size;
        }
    }
    both_sides(Split::by(groups.len(), |row| test[row]), fraction)
}

/// `k` folds; every row is in exactly one test set. Each class is spread evenly over them, to within one row, if there are `classes`.
///
/// # Errors
/// If there are fewer than 2 folds or fewer rows than folds.
pub fn folds(rows: usize, classes: Option<&[u32]>, k: usize, run: &Run) -> Result<Vec<Split>> {
    check_folds("row", rows, k)?;
    let mut fold = vec![0; rows];
    for (place, &row) in dealt(rows, classes, run, "resample/folds")?.iter().enumerate() {
        fold[row] = place % k;
    }
    Ok((0..k)
        .map(|own| Split::by(rows, |row| fold[row] == own))
        .collect())
}

/// `k` folds of about equal size that never split a group; every row is in exactly one test set.
///
/// The largest group goes first, each to the fold that is the smallest so far; the seed orders groups of equal size.
///
/// # Errors
/// If there are fewer than 2 folds or fewer groups than folds.
pub fn group_folds(groups: &[u32], k: usize, run: &Run) -> Result<Vec<Split>> {
    let members = members(groups);
    check_folds("group", members.len(), k)?;
    let mut order = run.stream("resample/group-folds").permutation(members.len());
    order.sort_by_key(|&group| std::cmp::Reverse(members[group].len()));
    let mut fold = vec![0; groups.len()];
    let mut sizes = vec![0; k];
    for group in order {
        let own = (0..k).min_by_key(|&fold| sizes[fold]).unwrap_or(0);
        sizes[own] += members[group].len();
        members[group].iter().for_each(|&row| fold[row] = own);
    }
    Ok((0..k)
        .map(|own| Split::by(groups.len(), |row| fold[row] == own))
        .collect())
}

/// All rows at random, those of a class together.
fn dealt(rows: usize, classes: Option<&[u32]>, run: &Run, path: &str) -> Result<Vec<usize>> {
    let mut order = run.stream(path).permutation(rows);
    let Some(classes) = classes else { return Ok(order) };
    if classes.len() != rows {
        return Err(Error::data(
            format!("there are {} classes for {rows} rows", classes.len()),
            "give the class of each row",
        ));
    }
    order.sort_by_key(|&row| classes[row]);
    Ok(order)
}

/// The rows of each group, in order of the groups' numbers.
fn members(groups: &[u32]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..groups.len()).collect();
    order.sort_by_key(|&row| groups[row]);
    order
        .chunk_by(|&a, &b| groups[a] == groups[b])
        .map(<[usize]>::to_vec)
        .collect()
}

fn check_fraction(rows: usize, fraction: f64) -> Result<()> {
    if !(fraction > 0.0 && fraction < 1.0) {
        return Err(Error::data(
            format!("a fraction of {fraction} of the rows cannot be held out"),
            "a fraction lies between 0 and 1; 0.2 is usual",
        ));
    }
    if rows < 2 {
        return Err(Error::data(
            format!("{} cannot be split", counted(rows, "row")),
            "two rows are the least",
        ));
    }
    Ok(())
}

/// That so many things can be cut into `k` folds.
///
/// # Errors
/// If there are fewer than two folds, or fewer things than folds.
pub fn check_folds(what: &str, count: usize, k: usize) -> Result<()> {
    if k < 2 {
        return Err(Error::data(
            format!("{k} is too small a number of folds: a model of the others is evaluated on each"),
            "two folds are the least; five or ten are usual",
        ));
    }
    if count < k {
        return Err(Error::data(
            format!("{} cannot fill {k} folds", counted(count, what)),
            "use fewer folds",
        ));
    }
    Ok(())
}

fn both_sides(split: Split, fraction: f64) -> Result<Split> {
    if split.train.is_empty() || split.test.is_empty() {
        return Err(Error::data(
            format!("a fraction of {fraction} leaves no row to learn from, or none to evaluate on"),
            "use another fraction, or folds",
        ));
    }
    Ok(split)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    fn count(rows: &[usize], classes: &[u32], class: u32) -> usize {
        rows.iter().filter(|&&row| classes[row] == class).count()
    }

    proptest! {
        #[test]
        fn every_row_judges_once_and_classes_are_even(
            classes in proptest::collection::vec(0_u32..4, 10..200), k in 2_usize..8, seed in any::<u64>(),
        ) {
            let run = Run::new(seed);
            let folds = folds(classes.len(), Some(&classes), k, &run).unwrap();
            let mut tested: Vec<usize> = folds.iter().flat_map(|fold| fold.test.clone()).collect();
            tested.sort_unstable();
            prop_assert!(tested.iter().copied().eq(0..classes.len()));
            for fold in &folds {
                prop_assert_eq!(fold.train.len() + fold.test.len(), classes.len());
                for class in 0..4 {
                    let all = classes.iter().filter(|&&c| c == class).count();
                    let own = count(&fold.test, &classes, class);
                    prop_assert!(own == all / k || own == all / k + 1);
                }
            }
        }

        #[test]
        fn a_holdout_keeps_the_shares(
            classes in proptest::collection::vec(0_u32..3, 20..300), fraction in 0.1_f64..0.9, seed in any::<u64>(),
        ) {
            let split = holdout(classes.len(), Some(&classes), fraction, &Run::new(seed)).unwrap();
            prop_assert_eq!(split.test.len(), (fraction * classes.len() as f64 + 0.5).floor() as usize);
            let both: HashSet<usize> = split.train.iter().chain(&split.test).copied().collect();
            prop_assert_eq!(both.len(), classes.len());
            for class in 0..3 {
                let all = classes.iter().filter(|&&c| c == class).count() as f64;
                prop_assert!((count(&split.test, &classes, class) as f64 - fraction * all).abs() <= 1.0);
            }
        }

        #[test]
        fn groups_are_never_split(
            groups in proptest::collection::vec(0_u32..12, 60..200), k in 2_usize..5, seed in any::<u64>(),
        ) {
            let run = Run::new(seed);
            let mut splits = group_folds(&groups, k, &run).unwrap();
            prop_assert_eq!(splits.iter().map(|fold| fold.test.len()).sum::<usize>(), groups.len());
            splits.push(group_holdout(&groups, 0.3, &run).unwrap());
            for split in splits {
                let of = |rows: &[usize]| rows.iter().map(|&row| groups[row]).collect::<HashSet<_>>();
                prop_assert!(of(&split.train).is_disjoint(&of(&split.test)));
            }
        }
    }

    #[test]
    fn the_seed_decides() {
        let split = |seed| holdout(100, None, 0.3, &Run::new(seed)).unwrap();
        assert_eq!(split(1), split(1));
        assert_ne!(split(1), split(2));
    }

    #[test]
    fn what_cannot_be_split_is_an_error() {
        let run = Run::new(0);
        assert!(holdout(1, None, 0.5, &run).is_err());
        assert!(holdout(10, None, 1.0, &run).is_err());
        assert!(holdout(10, None, f64::NAN, &run).is_err());
        assert!(holdout(3, None, 0.01, &run).is_err());
        assert!(folds(3, None, 4, &run).is_err());
        assert!(folds(3, None, 1, &run).is_err());
        assert!(group_folds(&[1, 1, 1], 2, &run).is_err());
        assert!(group_holdout(&[1, 1, 1], 0.5, &run).is_err());
    }
}
