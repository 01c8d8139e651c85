//! A joint table of probabilities, and what its margins know of each other.

use induce_core::{Error, Result};

use super::distribution::{check, entropy, kl_divergence};

/// p(x, y), row-major. // (x, y)
///
/// ```
/// use induce_prob::information::Joint;
/// let copy = Joint::new(vec![0.5, 0.0, 0.0, 0.5], 2)?;
/// assert!((copy.mutual_information() - 2.0_f64.ln()).abs() < 1e-15);
/// # Ok::<(), induce_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Joint {
    p: Vec<f64>,
    columns: usize,
    x: Vec<f64>,
    y: Vec<f64>,
}

impl Joint {
    /// The table `p` (x, y) of `columns` values of y.
    ///
    /// # Errors
    /// If `p` are no probabilities, or do not fill rows of `columns`.
    pub fn new(p: Vec<f64>, columns: usize) -> Result<Self> {
        check(&p)?;
        if columns == 0 || !p.len().is_multiple_of(columns) {
            let what = format!("{} probabilities do not fill rows of {columns}", p.len());
            return Err(Error::data(
                what,
                "a joint table has a probability for every pair",
            ));
        }
        let x = p.chunks(columns).map(|row| row.iter().sum()).collect();
        let y = (0..columns)
            .map(|at| p.iter().skip(at).step_by(columns).sum())
            .collect();
        Ok(Self { p, columns, x, y })
    }

    /// H(X, Y).
    pub fn entropy(&self) -> f64 {
        entropy(&self.p).expect("checked when the table was made")
    }

    /// H(X) and H(Y).
    pub fn margins(&self) -> (f64, f64) {
        let of = |p: &[f64]| entropy(p).expect("sums of probabilities are probabilities");
        (of(&self.x), of(&self.y))
    }

    /// H(Y | X) = -sum p(x, y) ln p(y | x), and H(X | Y).
    pub fn conditional(&self) -> (f64, f64) {
        let sum = |margin: &dyn Fn(usize) -> f64| {
            let occurring = self.p.iter().enumerate().filter(|(_, own)| **own > 0.0);
            0.0 - occurring
                .map(|(at, own)| own * (own / margin(at)).ln())
                .sum::<f64>()
        };
        (
            sum(&|at| self.x[at / self.columns]),
            sum(&|at| self.y[at % self.columns]),
        )
    }

    /// I(X; Y) = KL(p(x, y) || p(x) p(y)), which is H(X) + H(Y) - H(X, Y), H(X) - H(X | Y) and H(Y) - H(Y | X) (Cover &
    /// Thomas 2006, theorem 2.4.1); within [0, min(H(X), H(Y))].
    pub fn mutual_information(&self) -> f64 {
        let product = self.x.iter().flat_map(|x| self.y.iter().map(move |y| x * y));
        let product: Vec<f64> = product.collect();
        let (x, y) = self.margins();
        let value = kl_divergence(&self.p, &product).expect("products of margins are probabilities");
        value.min(x).min(y)
    }

    /// H(X | Y) + H(Y | X), a metric.
    pub fn variation_of_information(&self) -> f64 {
        let (y_given_x, x_given_y) = self.conditional();
        y_given_x + x_given_y
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tables() -> Vec<Joint> {
        let stream = induce_core::random::Stream::new(5, "joint");
        let one = |number: u64| {
            let weights: Vec<f64> = (0..12).map(|i| stream.child(number).uniform(i).powi(6)).collect();
            let sum: f64 = weights.iter().sum();
            Joint::new(weights.iter().map(|w| w / sum).collect(), 4).unwrap()
        };
        (0..50).map(one).collect()
    }

    #[test]
    fn the_four_identities_agree() {
        for table in tables() {
            let ((x, y), (y_given_x, x_given_y)) = (table.margins(), table.conditional());
            let own = table.mutual_information();
            for other in [x + y - table.entropy(), x - x_given_y, y - y_given_x] {
                assert!((own - other).abs() < 1e-14, "{own} {other}");
            }
            assert!(own >= 0.0 && own <= x.min(y));
            assert!((table.variation_of_information() - (table.entropy() - own)).abs() < 1e-14);
        }
    }

    #[test]
    fn independent_margins_share_nothing() {
        let table = Joint::new(vec![0.06, 0.14, 0.24, 0.56], 2).unwrap();
        assert!(table.mutual_information() < 1e-16);
        assert!(Joint::new(vec![0.5, 0.25, 0.25], 2).is_err());
    }
}
