//! Where parameters live, and the way from the real line to there.

use induce_core::{Error, Result};

/// Where a parameter lives: theta = T(y) of real coordinates y, with ln |det dT/dy| (Kucukelbir et al. 2017, section 2.3; transforms as Stan
/// has them).
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Support {
    /// The real line: theta = y
    Real,
    /// Above a bound: theta = a + e^y
    Above(f64),
    /// Below a bound: theta = b - e^y
    Below(f64),
    /// Between bounds: theta = a + (b - a) / (1 + e^-y)
    Interval(f64, f64),
    /// So many shares that sum to 1, by breaking a stick: one coordinate less
    Simplex(usize),
    /// So many values that rise: theta_i = theta_(i-1) + e^(y_i)
    Ordered(usize),
}

/// A rising amount, ln(1 + e^x).
fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// The coordinate of the i-th break of a stick of k shares, shifted so that 0 breaks it into equal parts.
fn broken(y: f64, i: usize, k: usize) -> f64 {
    y - ((k - 1 - i) as f64).ln()
}

impl Support {
    /// Positive numbers.
    pub const POSITIVE: Self = Self::Above(0.0);
    /// Probabilities.
    pub const UNIT: Self = Self::Interval(0.0, 1.0);

    /// Values on the scale of the density.
    pub fn values(self) -> usize {
        match self {
            Self::Simplex(k) | Self::Ordered(k) => k,
            _ => 1,
        }
    }

    /// Real coordinates.
    pub fn coordinates(self) -> usize {
        match self {
            Self::Simplex(k) => k.saturating_sub(1),
            other => other.values(),
        }
    }

    fn check(self) -> Result<()> {
        let wrong = |what: String, hint: &str| Err(Error::data(what, hint));
        match self {
            Self::Above(a) | Self::Below(a) if !a.is_finite() => {
                wrong(format!("a bound is {a}"), "a bound is a finite number")
            }
            Self::Interval(a, b) if !(a < b && a.is_finite() && b.is_finite()) => wrong(
                format!("there is no interval from {a} to {b}"),
                "the first bound is below the second, and both are finite",
            ),
            Self::Simplex(k) if k < 2 => wrong(format!("a simplex has {k} shares"), "it has at least 2"),
            Self::Ordered(0) => wrong("an order has no values".into(), "it has at least 1"),
            _ => Ok(()),
        }
    }

    /// Set theta = T(y); ln |det dT/dy|.
    fn constrain(self, y: &[f64], theta: &mut [f64]) -> f64 {
        match self {
            Self::Real => {
                theta[0] = y[0];
                0.0
            }
            Self::Above(a) => {
                theta[0] = a + y[0].exp();
                y[0]
            }
            Self::Below(b) => {
                theta[0] = b - y[0].exp();
                y[0]
            }
            Self::Interval(a, b) => {
                // From the nearer bound, of which no digit is lost.
                let width = b - a;
                theta[0] = if y[0] < 0.0 {
                    a + width * sigmoid(y[0])
                } else {
                    b - width * sigmoid(-y[0])
                };
                width.ln() - softplus(y[0]) - softplus(-y[0])
            }
            Self::Simplex(k) => break_stick(y, theta, k),
            Self::Ordered(_) => {
                theta[0] = y[0];
                for i in 1..y.len() {
                    theta[i] = theta[i - 1] + y[i].exp();
                }
                y[1..].iter().sum()
            }
        }
    }

    /// Set the gradient by y of f(T(y)) + ln |det dT/dy|, given that of f by theta.
    fn pull(self, y: &[f64], theta: &[f64], by_theta: &[f64], by_y: &mut [f64]) {
        match self {
            Self::Real => by_y[0] = by_theta[0],
            Self::Above(_) => by_y[0] = by_theta[0] * y[0].exp() + 1.0,
            Self::Below(_) => by_y[0] = 1.0 - by_theta[0] * y[0].exp(),
            Self::Interval(a, b) => {
                let (s, rest) = (sigmoid(y[0]), sigmoid(-y[0]));
                by_y[0] = by_theta[0] * (b - a) * s * rest + rest - s;
            }
            Self::Simplex(k) => {
                // What is left of the stick times the gradient by it.
                let mut left = theta[k - 1] * by_theta[k - 1];
                for i in (0..k - 1).rev() {
                    let (s, rest) = (sigmoid(broken(y[i], i, k)), sigmoid(-broken(y[i], i, k)));
                    by_y[i] = rest * theta[i] * by_theta[i] - s * left + rest - s;
                    left += theta[i] * by_theta[i] + 1.0;
                }
            }
            Self::Ordered(_) => {
                let mut above = 0.0;
                for i in (0..y.len()).rev() {
                    above += by_theta[i];
                    by_y[i] = if i == 0 { above } else { above * y[i].exp() + 1.0 };
                }
            }
        }
    }

    /// Set y = T^-1(theta); whether theta lives here.
    fn free(self, theta: &[f64], y: &mut [f64]) -> bool {
        match self {
            Self::Real => y[0] = theta[0],
            Self::Above(a) => y[0] = (theta[0] - a).ln(),
            Self::Below(b) => y[0] = (b - theta[0]).ln(),
            Self::Interval(a, b) => y[0] = (theta[0] - a).ln() - (b - theta[0]).ln(),
            Self::Simplex(k) => {
                let mut left = 1.0;
                for i in 0..k - 1 {
                    y[i] = theta[i].ln() - (left - theta[i]).ln() + ((k - 1 - i) as f64).ln();
                    left -= theta[i];
                }
                return (theta.iter().sum::<f64>() - 1.0).abs() < 1e-8 && y.iter().all(|y| y.is_finite());
            }
            Self::Ordered(_) => {
                y[0] = theta[0];
                for i in 1..y.len() {
                    y[i] = (theta[i] - theta[i - 1]).ln();
                }
            }
        }
        y.iter().all(|y| y.is_finite())
    }
}

fn break_stick(y: &[f64], theta: &mut [f64], k: usize) -> f64 {
    let (mut left, mut ln_volume) = (1.0_f64, 0.0);
    for i in 0..k - 1 {
        let at = broken(y[i], i, k);
        theta[i] = left * sigmoid(at);
        ln_volume += left.ln() - softplus(at) - softplus(-at);
        left *= sigmoid(-at);
    }
    theta[k - 1] = left;
    ln_volume
}

/// Where all parameters live, one support after the other.
///
/// ```
/// use induce_deep::variational::{Support, Supports};
/// let supports = Supports::new(vec![Support::Real, Support::POSITIVE, Support::Simplex(3)])?;
/// assert_eq!((supports.values(), supports.coordinates()), (5, 4));
/// let mut theta = [0.0; 5];
/// supports.constrain(&[0.5, 0.0, 0.0, 0.0], &mut theta);
/// assert_eq!(theta[..2], [0.5, 1.0]);
/// assert!(theta[2..].iter().all(|share| (share - 1.0 / 3.0).abs() < 1e-15));
/// # Ok::<(), induce_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Supports(Vec<Support>);

impl Supports {
    /// These supports.
    ///
    /// # Errors
    /// If there are none, bounds are not finite or the wrong way round, or a simplex has fewer than two shares.
    pub fn new(all: Vec<Support>) -> Result<Self> {
        if all.is_empty() {
            return Err(Error::data("there are no parameters", "name the support of each"));
        }
        all.iter().try_for_each(|own| own.check())?;
        Ok(Self(all))
    }

    /// So many real numbers.
    ///
    /// # Errors
    /// If there are none.
    pub fn real(count: usize) -> Result<Self> {
        Self::new(vec![Support::Real; count])
    }

    /// Values on the scale of the density.
    pub fn values(&self) -> usize {
        self.0.iter().map(|own| own.values()).sum()
    }

    /// Real coordinates.
    pub fn coordinates(&self) -> usize {
        self.0.iter().map(|own| own.coordinates()).sum()
    }

    /// Whether theta is y.
    pub fn are_real(&self) -> bool {
        self.0.iter().all(|own| *own == Support::Real)
    }

    /// Each with its first coordinate and its first value.
    fn places(&self) -> impl Iterator<Item = (Support, std::ops::Range<usize>, std::ops::Range<usize>)> {
        self.0.iter().scan((0, 0), |(y, theta), own| {
            let place = (*own, *y..*y + own.coordinates(), *theta..*theta + own.values());
            (*y, *theta) = (place.1.end, place.2.end);
            Some(place)
        })
    }

    /// Set theta = T(y); ln |det dT/dy|.
    pub fn constrain(&self, y: &[f64], theta: &mut [f64]) -> f64 {
        self.places()
            .map(|(own, c, v)| own.constrain(&y[c], &mut theta[v]))
            .sum()
    }

    /// Set the gradient by y of f(T(y)) + ln |det dT/dy|, given that of f by theta = T(y).
    pub fn pull(&self, y: &[f64], theta: &[f64], by_theta: &[f64], by_y: &mut [f64]) {
        for (own, c, v) in self.places() {
            own.pull(&y[c.clone()], &theta[v.clone()], &by_theta[v], &mut by_y[c]);
        }
    }

    /// y = T^-1(theta).
    ///
    /// # Errors
    /// If there are not as many values, or one does not live where it should.
    pub fn free(&self, theta: &[f64]) -> Result<Vec<f64>> {
        if theta.len() != self.values() {
            return Err(Error::data(
                format!("there are {} values of {} parameters", theta.len(), self.values()),
                "give a value for each",
            ));
        }
        let mut y = vec![0.0; self.coordinates()];
        for (own, c, v) in self.places() {
            if !own.free(&theta[v.clone()], &mut y[c]) {
                return Err(Error::data(
                    format!("{:?} is outside of the support {own:?}", &theta[v.clone()]),
                    format!("parameter {} lives strictly inside of it", v.start),
                ));
            }
        }
        Ok(y)
    }
}
