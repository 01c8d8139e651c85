//! Tensors that lie on each other: a small file could claim any number of them.

/// Two of these ranges of bytes that share some, by their names, if there are such.
pub fn overlap(mut ranges: Vec<(usize, usize, &str)>) -> Option<(&str, &str)> {
    ranges.retain(|(start, end, _)| start < end);
    ranges.sort_unstable();
    let pairs = ranges.windows(2);
    pairs
        .filter(|pair| pair[1].0 < pair[0].1)
        .map(|pair| (pair[0].2, pair[1].2))
        .next()
}

#[cfg(test)]
mod tests {
    use super::overlap;

    #[test]
    fn ranges_may_touch_but_not_overlap() {
        assert_eq!(overlap(vec![(4, 8, "b"), (0, 4, "a"), (4, 4, "none")]), None);
        assert_eq!(overlap(vec![(4, 8, "b"), (0, 5, "a")]), Some(("a", "b")));
        assert_eq!(overlap(vec![(0, 4, "a"), (0, 4, "b")]), Some(("a", "b")));
    }
}
