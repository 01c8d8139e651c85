use super::*;
use crate::points::Points;
use induce_core::random::Stream;
use proptest::prelude::*;

fn normal(stream: Stream, n: usize, scale: f64, offset: f64) -> Vec<f64> {
    let draw = |i: usize| {
        (0..4)
            .map(|k| stream.uniform((4 * i + k) as u64) - 0.5)
            .sum::<f64>()
    };
    (0..n).map(|i| scale * draw(i) + offset).collect()
}

fn check(points: &Points, centres: &[f64]) {
    let singles = Singles::new(points, 1);
    let rows: Vec<u32> = (0..points.rows() as u32).collect();
    let book = Codebook::new(centres, points.width);
    let mut seen = 0;
    book.nearest(points, &singles, &rows, |row, found| {
        seen += 1;
        let wanted = exact::nearest(points.row(row as usize), centres);
        assert_eq!(found.index, wanted.index, "row {row}");
        assert!(
            found.distance >= wanted.distance * (1.0 - 1e-12),
            "{found:?} {wanted:?}"
        );
        assert!(
            found.second <= wanted.second * (1.0 + 1e-12),
            "{found:?} {wanted:?}"
        );
    });
    assert_eq!(seen, points.rows());
}

proptest! {
    /// Far from the origin single precision says nothing, and still every assignment is that of double precision.
    #[test]
    fn assignments_are_those_of_double_precision(
        seed in 0_u64..1000, rows in 1_usize..40, width in 1_usize..20, k in 1_usize..40,
        scale in prop::sample::select(vec![1e-6, 1.0, 1e4]),
        offset in prop::sample::select(vec![0.0, 1.0, 1e5]),
    ) {
        let stream = Stream::new(seed, "nearest");
        let points = Points::new(normal(stream.child(0), rows * width, scale, offset), width);
        check(&points, &normal(stream.child(1), k * width, scale, offset));
    }
}

#[test]
fn equal_centres_go_to_the_first_and_missing_coordinates_do_not_count() {
    let points = Points::new(vec![1.0, f64::NAN, 5.0, 5.0], 2);
    let centres = [9.0, 9.0, 1.5, -50.0, 1.5, 7.0];
    check(&points, &centres);
    let singles = Singles::new(&points, 1);
    let mut all = Vec::new();
    Codebook::new(&centres, 2).nearest(&points, &singles, &[0, 1], |_, found| all.push(found.index));
    assert_eq!(all, [1, 2]);
}

#[test]
fn an_outlier_among_the_centres_does_not_send_every_row_to_double_precision() {
    let stream = Stream::new(1, "outlier");
    let points = Points::new(normal(stream, 600, 1.0, 0.0), 2);
    let mut centres = normal(stream.child(7), 20, 1.0, 0.0);
    centres.extend([1e9, 1e9]);
    check(&points, &centres);
}
