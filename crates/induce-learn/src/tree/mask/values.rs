//! Tests on codes in terms of values, and back.

use super::super::bins::Binner;
use super::super::node::{Branch, Test, contains, members, set_of};
use super::CodeTest;

/// A test on codes in terms of values.
pub fn value_test(test: &CodeTest, binner: &Binner) -> Test {
    match (test, binner) {
        (CodeTest::AtMost { offset, limit }, Binner::Number(cuts)) => {
            let last = usize::from(limit.wrapping_add(*offset));
            // Codes 1..=last are at most cuts[last - 1]; after the last code only missing is left.
            Test::AtMost(cuts.get(last.wrapping_sub(1)).copied().unwrap_or(f64::INFINITY))
        }
        (CodeTest::Member(set), Binner::Category(kept)) => Test::Member(set_of(
            members(set).filter(|&c| c > 0).map(|c| kept[c - 1] as usize),
        )),
        _ => unreachable!("numbers are cut and categories are listed"),
    }
}

/// The inverse of [`value_test`].
pub fn code_test(branch: &Branch, binner: &Binner) -> CodeTest {
    match (&branch.test, binner) {
        (Test::AtMost(threshold), Binner::Number(cuts)) => {
            let last = cuts.partition_point(|c| c < threshold) + 1;
            CodeTest::at_most(last as u16, branch.missing_left)
        }
        (Test::Member(set), Binner::Category(kept)) => CodeTest::Member(set_of(
            (1..=kept.len()).filter(|&c| contains(set, kept[c - 1] as usize)),
        )),
        _ => unreachable!("numbers are cut and categories are listed"),
    }
}
