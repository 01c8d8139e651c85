//! A k-d tree whose cells are ranges of one array: node 1 is all points, 2i and 2i + 1 are the halves of node i.

/// Most points of a leaf: few enough to be scanned faster than divided.
const LEAF: usize = 12;

/// Where the k-th neighbour of a point is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reach {
    /// The distance of the k-th neighbour, the point itself not counted.
    pub distance: f64,
    /// Neighbours that are strictly nearer: k - 1, or fewer where several share the distance.
    pub nearer: usize,
}

/// Points, arranged so that near ones stand together. // (rows, dimension)
#[derive(Debug, Clone)]
pub struct KdTree {
    dimension: usize,
    levels: u32,
    rows: usize,
    /// The points in the order of the tree.
    points: Vec<f64>,
    /// The row of each of them.
    order: Vec<u32>,
    /// The place of each row.
    places: Vec<u32>,
    /// Smallest and largest coordinates of every node, side by side.
    boxes: Vec<f64>,
}

impl KdTree {
    /// A tree over the rows of `values` (rows, dimension); which of several equal points comes first is their row's order.
    ///
    /// # Panics
    /// If there are more rows than 32 bits count.
    pub fn new(values: &[f64], dimension: usize) -> Self {
        let rows = values.len() / dimension;
        let last = u32::try_from(rows).expect("rows are counted in 32 bits");
        let mut levels = 0;
        while (rows >> levels) > LEAF {
            levels += 1;
        }
        let mut tree = Self {
            dimension,
            levels,
            rows,
            points: Vec::new(),
            order: (0..last).collect(),
            places: vec![0; rows],
            boxes: vec![0.0; (2 << levels) * 2 * dimension],
        };
        let mut keys = vec![(0.0, 0); rows];
        tree.build(values, 1, 0, &mut keys);
        tree.points = tree
            .order
            .iter()
            .flat_map(|&row| row_of(values, dimension, row))
            .copied()
            .collect();
        for (place, &row) in tree.order.iter().enumerate() {
            tree.places[row as usize] = place as u32;
        }
        tree
    }

    /// The range of node `node` on level `level`.
    fn range(&self, node: usize, level: u32) -> (usize, usize) {
        let at = node - (1 << level);
        ((self.rows * at) >> level, (self.rows * (at + 1)) >> level)
    }

    fn build(&mut self, values: &[f64], node: usize, level: u32, keys: &mut [(f64, u32)]) {
        let (d, (from, to)) = (self.dimension, self.range(node, level));
        let (mut low, mut high) = (vec![f64::INFINITY; d], vec![f64::NEG_INFINITY; d]);
        for &row in &self.order[from..to] {
            for (c, x) in row_of(values, d, row).iter().enumerate() {
                low[c] = low[c].min(*x);
                high[c] = high[c].max(*x);
            }
        }
        let place = node * 2 * d;
        self.boxes[place..place + d].copy_from_slice(&low);
        self.boxes[place + d..place + 2 * d].copy_from_slice(&high);
        if level == self.levels {
            return;
        }
        // Halves, since a difference may be too large for a double.
        let width = |c: usize| 0.5 * high[c] - 0.5 * low[c];
        let widest = (0..d).fold(0, |best, c| if width(c) > width(best) { c } else { best });
        let middle = self.range(2 * node, level + 1).1 - from;
        for (key, &row) in keys[from..to].iter_mut().zip(&self.order[from..to]) {
            *key = (values[row as usize * d + widest], row);
        }
        keys[from..to].select_nth_unstable_by(middle, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        for (row, key) in self.order[from..to].iter_mut().zip(&keys[from..to]) {
            *row = key.1;
        }
        self.build(values, 2 * node, level + 1, keys);
        self.build(values, 2 * node + 1, level + 1, keys);
    }

    /// The row of the point at a place of the tree: neighbours in this order are near each other, and so is their memory.
    pub fn row(&self, place: usize) -> usize {
        self.order[place] as usize
    }

    fn point(&self, place: usize) -> &[f64] {
        &self.points[place * self.dimension..(place + 1) * self.dimension]
    }

    /// The least and the largest distance of `point` to what is in a node.
    #[inline(always)]
    fn span(&self, d: usize, node: usize, point: &[f64]) -> (f64, f64) {
        let own = &self.boxes[node * 2 * d..(node + 1) * 2 * d];
        let (mut least, mut most) = (0.0_f64, 0.0_f64);
        for c in 0..d {
            let (below, above) = (own[c] - point[c], point[c] - own[d + c]);
            let gap = if below > above { below } else { above };
            let far = if below < above { -below } else { -above };
            least = if gap > least { gap } else { least };
            most = if far > most { far } else { most };
        }
        (least, most)
    }

    /// The k-th neighbour of every place in `places`, the point itself left out; `k` is at least 1 and below the rows.
    pub fn reaches(&self, k: usize, places: std::ops::Range<usize>) -> Vec<Reach> {
        // The dimension as a constant is a loop unrolled.
        match self.dimension {
            1 => self.reaches_in(1, k, places),
            2 => self.reaches_in(2, k, places),
            3 => self.reaches_in(3, k, places),
            d => self.reaches_in(d, k, places),
        }
    }

    #[inline(always)]
    fn reaches_in(&self, d: usize, k: usize, places: std::ops::Range<usize>) -> Vec<Reach> {
        let (mut best, mut stack) = (vec![f64::INFINITY; k], Vec::with_capacity(64));
        let first_leaf = 1_usize << self.levels;
        let mut leaf = first_leaf + (places.start << self.levels) / self.rows.max(1);
        let one = |place: usize| {
            while self.range(leaf, self.levels).1 <= place {
                leaf += 1;
            }
            while self.range(leaf, self.levels).0 > place {
                leaf -= 1;
            }
            best.fill(f64::INFINITY);
            let point = &self.points[place * d..(place + 1) * d];
            self.scan(d, leaf, point, place, &mut best);
            let mut node = leaf;
            while node > 1 {
                self.descend(d, node ^ 1, point, place, &mut best, &mut stack);
                node >>= 1;
            }
            let distance = best[k - 1];
            let nearer = best.iter().filter(|own| **own < distance).count();
            Reach { distance, nearer }
        };
        places.map(one).collect()
    }

    /// Look at what of `node` may be nearer than the k-th best.
    #[inline(always)]
    fn descend(
        &self,
        d: usize,
        node: usize,
        point: &[f64],
        place: usize,
        best: &mut [f64],
        stack: &mut Vec<(f64, usize)>,
    ) {
        let last = best.len() - 1;
        let least = self.span(d, node, point).0;
        if least >= best[last] {
            return;
        }
        stack.push((least, node));
        while let Some((least, node)) = stack.pop() {
            if least >= best[last] {
                continue;
            }
            if node >> self.levels > 0 {
                self.scan(d, node, point, place, best);
                continue;
            }
            let children = [2 * node, 2 * node + 1].map(|child| (self.span(d, child, point).0, child));
            let nearer = usize::from(children[1].0 < children[0].0);
            // The nearer one is looked at first.
            stack.push(children[1 - nearer]);
            stack.push(children[nearer]);
        }
    }

    /// Hold the points of a leaf against the k best distances so far.
    #[inline(always)]
    fn scan(&self, d: usize, leaf: usize, point: &[f64], place: usize, best: &mut [f64]) {
        let (from, to) = self.range(leaf, self.levels);
        let last = best.len() - 1;
        for (at, other) in self.points[from * d..to * d].chunks_exact(d).enumerate() {
            let distance = distance(d, point, other);
            if distance < best[last] && from + at != place {
                let mut slot = last;
                while slot > 0 && best[slot - 1] > distance {
                    best[slot] = best[slot - 1];
                    slot -= 1;
                }
                best[slot] = distance;
            }
        }
    }

    /// How many points are within `radius` of the point of a row, itself among them: nearer, or where `closed` at that
    /// distance too.
    pub fn count(&self, row: usize, radius: f64, closed: bool) -> usize {
        let mut count = 0;
        self.visit(row, radius, closed, |from, to| count += to - from);
        count
    }

    /// The rows within `radius` of a row, itself among them, in the order of the tree.
    pub fn within(&self, row: usize, radius: f64, closed: bool) -> Vec<usize> {
        let mut rows = Vec::new();
        self.visit(row, radius, closed, |from, to| {
            rows.extend(self.order[from..to].iter().map(|&own| own as usize));
        });
        rows
    }

    fn visit(&self, row: usize, radius: f64, closed: bool, mut found: impl FnMut(usize, usize)) {
        let (d, point) = (self.dimension, self.point(self.places[row] as usize));
        let inside = |distance: f64| distance < radius || (closed && distance == radius);
        let mut stack = vec![(1, 0)];
        while let Some((node, level)) = stack.pop() {
            let ((from, to), (least, most)) = (self.range(node, level), self.span(d, node, point));
            if !inside(least) {
                continue;
            }
            if inside(most) {
                found(from, to);
            } else if level == self.levels {
                let near = |at: &usize| inside(distance(d, point, self.point(*at)));
                (from..to).filter(near).for_each(|at| found(at, at + 1));
            } else {
                stack.extend([(2 * node + 1, level + 1), (2 * node, level + 1)]);
            }
        }
    }
}

fn row_of(values: &[f64], d: usize, row: u32) -> &[f64] {
    &values[row as usize * d..(row as usize + 1) * d]
}

/// max |a - b|.
#[inline(always)]
fn distance(d: usize, a: &[f64], b: &[f64]) -> f64 {
    let mut most = 0.0;
    for c in 0..d {
        let own = (a[c] - b[c]).abs();
        most = if own > most { own } else { most };
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;
    use induce_core::random::Stream;

    /// Points on a grid, so that many distances are equal, or anywhere.
    fn points(rows: usize, d: usize, grid: bool, seed: u64) -> Vec<f64> {
        let stream = Stream::new(seed, "points");
        let one = |i: u64| {
            if grid {
                stream.below(i, 6) as f64
            } else {
                stream.uniform(i)
            }
        };
        (0..(rows * d) as u64).map(one).collect()
    }

    #[test]
    fn reaches_and_counts_are_those_of_all_pairs() {
        for (d, grid) in [
            (1, false),
            (1, true),
            (2, false),
            (2, true),
            (3, true),
            (5, false),
        ] {
            for rows in [5, 13, 200] {
                let (values, k) = (points(rows, d, grid, 7), 3);
                let tree = KdTree::new(&values, d);
                let reaches = tree.reaches(k, 0..rows);
                for (place, reach) in reaches.iter().enumerate() {
                    let row = tree.row(place);
                    let to = |other: usize| {
                        distance(
                            d,
                            &values[row * d..row * d + d],
                            &values[other * d..other * d + d],
                        )
                    };
                    let mut all: Vec<f64> = (0..rows).filter(|&other| other != row).map(to).collect();
                    all.sort_by(f64::total_cmp);
                    assert_eq!(reach.distance, all[k - 1]);
                    assert_eq!(reach.nearer, all.iter().filter(|own| **own < all[k - 1]).count());
                    for closed in [false, true] {
                        let inside = |other: &usize| {
                            to(*other) < reach.distance || (closed && to(*other) == reach.distance)
                        };
                        let mut expected: Vec<usize> = (0..rows).filter(inside).collect();
                        let mut own = tree.within(row, reach.distance, closed);
                        own.sort_unstable();
                        expected.sort_unstable();
                        assert_eq!(own, expected);
                        assert_eq!(tree.count(row, reach.distance, closed), expected.len());
                    }
                }
                // A part of the places gives the same.
                assert_eq!(tree.reaches(k, rows / 2..rows), reaches[rows / 2..]);
            }
        }
    }

    /// A guard against quadratic work: equal points end the search at once.
    #[test]
    fn equal_points_are_found_at_once() {
        let tree = KdTree::new(&vec![1.5; 400_000], 2);
        let reaches = tree.reaches(3, 0..200_000);
        assert!(reaches.iter().all(|own| own.distance == 0.0 && own.nearer == 0));
        assert_eq!(tree.count(17, 0.0, true), 200_000);
    }
}
