//! What a run of variational inference may be told.

use induce_core::{Error, Result};

/// The shape of q(y), the approximation in coordinates that are real.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Family {
    /// N(mu, diag(sigma^2)): coordinates are independent
    #[default]
    MeanField,
    /// N(mu, L L'), with L lower triangular and of positive diagonal
    FullRank,
}

impl Family {
    /// Its name.
    ///
    /// ```
    /// use induce_deep::variational::Family;
    /// assert_eq!(Family::named("fullrank"), Some(Family::FullRank));
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Self::MeanField => "meanfield",
            Self::FullRank => "fullrank",
        }
    }

    /// The family of this name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::MeanField, Self::FullRank]
            .into_iter()
            .find(|own| own.name() == name)
    }
}

/// How the gradient of the ELBO is estimated; both have the same mean.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum GradientKind {
    /// Of E ln p by draws, of the entropy in closed form (Kucukelbir et al. 2017, equations 7 to 9)
    Entropy,
    /// Of ln p - ln q along the draws only, sticking the landing (Roeder, Wu & Duvenaud 2017): no noise is left where q is the posterior, and
    /// little where it is near, so that a tenth of the steps can be enough
    #[default]
    Landing,
}

/// What a run of variational inference may be told.
///
/// ```
/// use induce_deep::variational::{Family, Spec};
/// let spec = Spec { family: Family::FullRank, ..Spec::default() };
/// assert!(spec.check().is_ok());
/// assert!(Spec { draws: 0, ..spec }.check().is_err());
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Spec {
    /// The shape of q.
    pub family: Family,
    /// How the gradient is estimated.
    pub gradient: GradientKind,
    /// Draws of q for each step.
    pub draws: usize,
    /// The most steps.
    pub steps: u64,
    /// The first length of a step, in deviations of q; `None` is 0.05, and less for a full-rank q of more than ten coordinates.
    pub learning_rate: Option<f64>,
    /// The most that the result may still move, and twice its Monte-Carlo error, in deviations of q.
    pub tolerance: f64,
    /// Draws of q by which the result is judged.
    pub samples: usize,
    /// Where to begin, on the scale of the density; `None` is where all coordinates are 0.
    pub start: Option<Vec<f64>>,
    /// Whether to climb towards a mode first, and to begin at the point of the climb that has the best ELBO.
    pub climb: bool,
}

impl Default for Spec {
    fn default() -> Self {
        Self {
            family: Family::default(),
            gradient: GradientKind::default(),
            draws: 16,
            steps: 20_000,
            learning_rate: None,
            tolerance: 0.02,
            samples: 4_000,
            start: None,
            climb: true,
        }
    }
}

/// The most draws that are held at once.
const MOST: usize = 10_000_000;

impl Spec {
    /// Whether every number is in its range.
    ///
    /// # Errors
    /// For the first that is not.
    pub fn check(&self) -> Result<()> {
        let positive = |x: f64| x > 0.0 && x.is_finite();
        counted("draws", self.draws, 1)?;
        counted("samples", self.samples, 50)?;
        if self.steps == 0 {
            return Err(out_of_range("steps", 0, "at least 1"));
        }
        if !positive(self.tolerance) {
            return Err(out_of_range("tolerance", self.tolerance, "above 0 and finite"));
        }
        match self.learning_rate {
            Some(rate) if !(positive(rate) && rate <= 1.0) => {
                Err(out_of_range("learning_rate", rate, "above 0 and at most 1"))
            }
            _ => Ok(()),
        }
    }

    /// The first length of a step for so many coordinates.
    pub(super) fn rate(&self, coordinates: usize) -> f64 {
        let crowded = match self.family {
            Family::MeanField => 1.0,
            Family::FullRank => (10.0 / coordinates as f64).min(1.0),
        };
        self.learning_rate.unwrap_or(0.05 * crowded)
    }
}

fn counted(name: &str, value: usize, least: usize) -> Result<()> {
    if (least..=MOST).contains(&value) {
        return Ok(());
    }
    Err(out_of_range(name, value, &format!("from {least} to {MOST}")))
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "callers give numbers as they have them"
)]
fn out_of_range(name: &str, value: impl ToString, range: &str) -> Error {
    let value = value.to_string();
    Error::data(format!("`{name}` cannot be {value}"), format!("it is {range}"))
}
