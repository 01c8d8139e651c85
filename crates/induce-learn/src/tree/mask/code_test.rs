//! Tests in terms of codes.

use super::super::node::contains;

/// A test in terms of codes.
#[derive(Debug, Clone, PartialEq)]
pub enum CodeTest {
    /// `code - offset <= limit` (wrapping) goes left. Offset 1 sends code 0, a missing value, right.
    AtMost {
        /// 0 or 1.
        offset: u16,
        /// The largest code that goes left, less the offset.
        limit: u16,
    },
    /// A code whose bit is set goes left.
    Member(Vec<u64>),
}

/// A branch in terms of codes; children as in [`Branch`](super::super::Branch).
#[derive(Debug, Clone, PartialEq)]
pub struct CodeBranch {
    /// Index of the column of codes.
    pub column: usize,
    /// The test.
    pub test: CodeTest,
    /// Child when the answer is yes.
    pub left: i32,
    /// Child when the answer is no.
    pub right: i32,
}

impl CodeTest {
    /// Codes up to `last` go left; missing ones as told.
    pub fn at_most(last: u16, missing_left: bool) -> Self {
        let offset = u16::from(!missing_left);
        // With missing right and nothing below: codes 1..=last, so last - 1 after the offset.
        Self::AtMost {
            offset,
            limit: last.wrapping_sub(offset),
        }
    }

    /// Whether a code goes left.
    #[inline]
    pub fn goes_left(&self, code: u16) -> bool {
        match self {
            Self::AtMost { offset, limit } => code.wrapping_sub(*offset) <= *limit,
            Self::Member(set) => contains(set, code as usize),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_goes_where_it_is_told() {
        let left = CodeTest::at_most(3, true);
        let right = CodeTest::at_most(3, false);
        let go = |t: &CodeTest| (0..6).map(|c| t.goes_left(c)).collect::<Vec<_>>();
        assert_eq!(go(&left), [true, true, true, true, false, false]);
        assert_eq!(go(&right), [false, true, true, true, false, false]);
    }
}
