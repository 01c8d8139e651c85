//! Mutual information of categories.

use induce_core::{Error, Result, Run};

use super::counts::{Estimator, mostly_single};
use super::estimate::{Estimate, Inference};
use crate::special::chi_squared_tail;

/// I(X; Y | Z) of categories, Z left out or given: H(X, Z) + H(Y, Z) - H(X, Y, Z) - H(Z), each by `estimator`. // codes: (rows)
///
/// Bounds: [0, min(H(X), H(Y))] of the plug-in entropies. The p-value is of independence: a G-test, 2 N I being chi-squared
/// with sum over z of (rows_z - 1) (columns_z - 1) degrees of freedom (Wilks 1938), where at most a fifth of the cells are
/// expected below 5 (Cochran 1954), else permutations within the values of Z. The interval is that of the mean of the
/// pointwise information ln p(x, y | z) / (p(x | z) p(y | z)), its variance that of the terms and of chi-squared / 2 N.
///
/// ```
/// use induce_core::Run;
/// use induce_prob::information::{discrete_information, Estimator, Inference};
/// let x = [0, 0, 1, 1].repeat(25);
/// let own = discrete_information(&x, &x, None, Estimator::PlugIn, &Inference::default(), &Run::new(0))?;
/// assert!((own.value - 2.0_f64.ln()).abs() < 1e-14 && own.p_value.unwrap() < 1e-20);
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// If there are no rows, or the lengths differ.
pub fn discrete_information(
    x: &[u32],
    y: &[u32],
    given: Option<&[u32]>,
    estimator: Estimator,
    inference: &Inference,
    run: &Run,
) -> Result<Estimate> {
    inference.check()?;
    let n = x.len();
    if n == 0 || y.len() != n || given.is_some_and(|z| z.len() != n) {
        let what = format!("{n} rows stand against {}", y.len());
        return Err(Error::data(
            what,
            "both columns are of the same rows, at least one",
        ));
    }
    let zeros = vec![0; n];
    let z = given.unwrap_or(&zeros);
    let tables = Tables::new(x, y, z);
    let raw = tables.information(estimator);
    let bounds = (0.0, tables.most());
    let terms = tables.pointwise();
    let (_, variance) = super::estimate::mean_and_variance(&terms);
    // Where there is no dependence the pointwise terms have no variance, but 2 N I is chi-squared.
    let freedom: f64 = tables.sizes().iter().map(|(r, c)| (r - 1.0) * (c - 1.0)).sum();
    let variance = variance + 0.5 * freedom / (n as f64 * n as f64);
    // Where most combinations occur once the tables say what the rows are, not how they are distributed.
    let sparse = mostly_single(&tables.all.counts);
    let (p_value, test) = tables.test(x, y, z, inference, run);
    Ok(Estimate {
        value: raw.clamp(bounds.0, bounds.1),
        raw,
        interval: inference.normal(raw, variance, bounds).filter(|_| !sparse),
        p_value,
        test,
        bounds,
        estimator: estimator.name(),
        rows: n,
    })
}

/// The place of each row's combination among those that occur, in their order, and how often each occurs.
struct Grouped {
    of: Vec<u32>,
    counts: Vec<u64>,
}

impl Grouped {
    fn new(a: &[u32], b: &[u32]) -> Self {
        let mut keys: Vec<(u64, u32)> = a
            .iter()
            .zip(b)
            .zip(0..)
            .map(|((a, b), row)| (u64::from(*a) << 32 | u64::from(*b), row))
            .collect();
        keys.sort_unstable();
        let (mut of, mut counts) = (vec![0; a.len()], Vec::new());
        for group in keys.chunk_by(|a, b| a.0 == b.0) {
            group
                .iter()
                .for_each(|(_, row)| of[*row as usize] = counts.len() as u32);
            counts.push(group.len() as u64);
        }
        Self { of, counts }
    }

    fn count(&self, row: usize) -> f64 {
        self.counts[self.of[row] as usize] as f64
    }
}

/// Counts of (x, z), (y, z), (x, y, z) and z.
struct Tables {
    n: usize,
    xz: Grouped,
    yz: Grouped,
    all: Grouped,
    z: Grouped,
    entropies: (f64, f64),
    /// How many different values x and y have.
    values: (usize, usize),
}

impl Tables {
    fn new(x: &[u32], y: &[u32], z: &[u32]) -> Self {
        let nothing = vec![0; x.len()];
        let (xz, yz) = (Grouped::new(z, x), Grouped::new(z, y));
        let all = Grouped::new(&xz.of, y);
        let n = x.len() as f64;
        let alone = [x, y].map(|values| Grouped::new(values, &nothing).counts);
        let [of_x, of_y] = alone.each_ref().map(|counts| Estimator::PlugIn.of(counts, n));
        let z = Grouped::new(z, &nothing);
        Self {
            n: x.len(),
            xz,
            yz,
            all,
            z,
            entropies: (of_x, of_y),
            values: (alone[0].len(), alone[1].len()),
        }
    }

    fn information(&self, estimator: Estimator) -> f64 {
        // A constant is exactly that, whatever the estimator says of the others.
        if self.entropies.0 == 0.0 || self.entropies.1 == 0.0 {
            return 0.0;
        }
        let of = |grouped: &Grouped| estimator.of(&grouped.counts, self.n as f64);
        of(&self.xz) + of(&self.yz) - of(&self.all) - of(&self.z)
    }

    /// ln of the fewer values: no entropy is larger, and what is given cannot raise it.
    fn most(&self) -> f64 {
        (self.values.0.min(self.values.1) as f64).ln()
    }

    fn pointwise(&self) -> Vec<f64> {
        let one = |row: usize| {
            (self.all.count(row) * self.z.count(row) / (self.xz.count(row) * self.yz.count(row))).ln()
        };
        (0..self.n).map(one).collect()
    }

    /// Rows and columns that occur for each value of z.
    fn sizes(&self) -> Vec<(f64, f64)> {
        let mut sizes = vec![(0.0, 0.0); self.z.counts.len()];
        let mut seen = (
            vec![false; self.xz.counts.len()],
            vec![false; self.yz.counts.len()],
        );
        for row in 0..self.n {
            let size = &mut sizes[self.z.of[row] as usize];
            let (x, y) = (self.xz.of[row] as usize, self.yz.of[row] as usize);
            size.0 += f64::from(u8::from(!std::mem::replace(&mut seen.0[x], true)));
            size.1 += f64::from(u8::from(!std::mem::replace(&mut seen.1[y], true)));
        }
        sizes
    }

    /// Whether more than a fifth of the cells are expected below 5: then the G-test's distribution is not chi-squared.
    fn is_sparse(&self, sizes: &[(f64, f64)]) -> bool {
        let cells: f64 = sizes.iter().map(|(r, c)| r * c).sum();
        if cells * 5.0 > self.n as f64 {
            return true;
        }
        let of_z = |grouped: &Grouped| {
            let mut margins = vec![Vec::new(); self.z.counts.len()];
            let mut seen = vec![false; grouped.counts.len()];
            for row in 0..self.n {
                let own = grouped.of[row] as usize;
                if !std::mem::replace(&mut seen[own], true) {
                    margins[self.z.of[row] as usize].push(grouped.counts[own] as f64);
                }
            }
            margins
        };
        let (x, y) = (of_z(&self.xz), of_z(&self.yz));
        let few = |z: usize| {
            let total = self.z.counts[z] as f64;
            x[z].iter()
                .map(|a| y[z].iter().filter(|b| a * **b / total < 5.0).count())
                .sum::<usize>()
        };
        (0..x.len()).map(few).sum::<usize>() as f64 > 0.2 * cells
    }

    fn test(
        &self,
        x: &[u32],
        y: &[u32],
        z: &[u32],
        inference: &Inference,
        run: &Run,
    ) -> (Option<f64>, &'static str) {
        let sizes = self.sizes();
        let freedom: f64 = sizes.iter().map(|(r, c)| (r - 1.0) * (c - 1.0)).sum();
        if freedom == 0.0 {
            return (Some(1.0), "independence: one of them is constant");
        }
        let own = self.information(Estimator::PlugIn);
        if !self.is_sparse(&sizes) || inference.permutations == 0 {
            let g = 2.0 * self.n as f64 * own.max(0.0);
            return (Some(chi_squared_tail(g, freedom)), "independence: G-test");
        }
        let stream = run.stream("information/discrete");
        let strata = strata(z);
        let p = inference.permutation_p(own, run, |b| {
            let mut shuffled = y.to_vec();
            for (number, rows) in strata.iter().enumerate() {
                let order = stream.child(b).child(number as u64).permutation(rows.len());
                rows.iter()
                    .zip(order)
                    .for_each(|(row, from)| shuffled[*row] = y[rows[from]]);
            }
            Some(Tables::new(x, &shuffled, z).information(Estimator::PlugIn))
        });
        (p, "independence: permutations, since cells are sparse")
    }
}

/// The rows of each value.
fn strata(z: &[u32]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..z.len()).collect();
    order.sort_by_key(|&row| (z[row], row));
    order
        .chunk_by(|a, b| z[*a] == z[*b])
        .map(<[usize]>::to_vec)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use induce_core::random::Stream;

    fn of(x: &[u32], y: &[u32], z: Option<&[u32]>, estimator: Estimator) -> Estimate {
        discrete_information(
            x,
            y,
            z,
            estimator,
            &Inference::default(),
            &Run::new(1).with_threads(2),
        )
        .unwrap()
    }

    #[test]
    fn bounds_hold_and_constants_know_nothing() {
        for seed in 0..30 {
            let stream = Stream::new(seed, "d");
            let x: Vec<u32> = (0..40).map(|i| stream.below(i, 5) as u32).collect();
            let y: Vec<u32> = (0..40).map(|i| stream.child(1).below(i, 7) as u32).collect();
            for estimator in Estimator::ALL {
                let own = of(&x, &y, None, estimator);
                assert!(own.value >= 0.0 && own.value <= own.bounds.1, "{own:?}");
                assert_eq!(of(&x, &[3; 40], None, estimator).value, 0.0);
                assert!(
                    of(&x, &x, None, estimator).value
                        <= own.bounds.1.max(of(&x, &x, None, Estimator::PlugIn).value)
                );
            }
        }
        assert_eq!(of(&[1; 40], &[2; 40], None, Estimator::Nsb).p_value, Some(1.0));
        assert!(
            discrete_information(
                &[],
                &[],
                None,
                Estimator::PlugIn,
                &Inference::default(),
                &Run::new(0)
            )
            .is_err()
        );
    }

    /// Under independence p-values are uniform, for the shortcut and for permutations.
    #[test]
    fn p_values_are_uniform_without_dependence() {
        for rows in [30, 600] {
            let p = |seed: u64| {
                let stream = Stream::new(seed, "uniform");
                let draw = |child: u64| -> Vec<u32> {
                    (0..rows)
                        .map(|i| stream.child(child).below(i, 3) as u32)
                        .collect()
                };
                of(&draw(0), &draw(1), None, Estimator::PlugIn).p_value.unwrap()
            };
            let small = (0..300).filter(|&seed| p(seed) <= 0.1).count();
            assert!((12..=50).contains(&small), "{rows} {small}");
        }
    }

    /// X and Y are both noisy copies of Z: dependent, and independent given Z.
    #[test]
    fn what_is_given_explains() {
        let stream = Stream::new(4, "copies");
        let z: Vec<u32> = (0..2000).map(|i| stream.below(i, 3) as u32).collect();
        let noisy = |child: u64| -> Vec<u32> {
            let own = stream.child(child);
            (0..2000)
                .map(|i| {
                    if own.uniform(i) < 0.3 {
                        own.child(1).below(i, 3) as u32
                    } else {
                        z[i as usize]
                    }
                })
                .collect()
        };
        let (x, y) = (noisy(1), noisy(2));
        let (alone, given) = (
            of(&x, &y, None, Estimator::MillerMadow),
            of(&x, &y, Some(&z), Estimator::MillerMadow),
        );
        assert!(alone.value > 0.15 && alone.p_value.unwrap() < 1e-9, "{alone:?}");
        assert!(given.value < 0.01 && given.p_value.unwrap() > 0.01, "{given:?}");
    }

    /// The exclusive or: nothing alone, everything together.
    #[test]
    fn what_is_given_reveals() {
        let x = [0, 0, 1, 1].repeat(50);
        let z = [0, 1, 0, 1].repeat(50);
        let y: Vec<u32> = x.iter().zip(&z).map(|(x, z)| x ^ z).collect();
        assert!(of(&x, &y, None, Estimator::PlugIn).value < 1e-14);
        assert!((of(&x, &y, Some(&z), Estimator::PlugIn).value - 2.0_f64.ln()).abs() < 1e-14);
    }

    /// Of a fair coin and itself the interval held ln 2 in one of twenty samples: its end was cut at the entropy of the sample.
    #[test]
    fn intervals_hold_the_truth_where_one_tells_the_other() {
        let held = |seed: u64| {
            let stream = Stream::new(seed, "coin");
            let x: Vec<u32> = (0..200).map(|i| stream.below(i, 2) as u32).collect();
            let own = of(&x, &x, None, Estimator::MillerMadow);
            own.interval
                .is_some_and(|(low, high)| low <= 2.0_f64.ln() && 2.0_f64.ln() <= high + 1e-12)
        };
        let held = (0..100).filter(|&seed| held(seed)).count();
        assert!(held >= 88, "{held}");
    }

    /// An identifier has all there is to say of these rows, and nothing of others: its interval excluded 0 beside p = 1.
    #[test]
    fn of_values_that_occur_once_there_is_no_interval() {
        let ids: Vec<u32> = (0..300).collect();
        let coin: Vec<u32> = (0..300)
            .map(|i| Stream::new(1, "coin").below(i, 2) as u32)
            .collect();
        assert_eq!(of(&ids, &coin, None, Estimator::MillerMadow).interval, None);
    }
}
