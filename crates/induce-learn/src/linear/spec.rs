//! The settings of linear models: plain data.

use std::collections::BTreeMap;

use induce_core::model::{ClassWeight, Range, SettingValue, Space, range};
use induce_core::{Error, Result, choices, settings};
use induce_prob::{Family, Link, Prior};
use serde::{Deserialize, Serialize};

choices! {
    /// The likelihood by name.
    pub enum FamilyChoice {
        /// Gaussian for quantities, Bernoulli for two classes, multinomial for more.
        Auto = "auto",
        /// Gaussian.
        Gaussian = "gaussian",
        /// Bernoulli.
        Bernoulli = "bernoulli",
        /// Multinomial.
        Multinomial = "multinomial",
        /// Poisson.
        Poisson = "poisson",
        /// Gamma.
        Gamma = "gamma",
        /// Inverse Gaussian.
        InverseGaussian = "inverse-gaussian",
        /// Negative binomial of a given dispersion.
        NegativeBinomial = "negative-binomial",
        /// Tweedie of a given variance power.
        Tweedie = "tweedie",
    }
}

choices! {
    /// The link by name.
    pub enum LinkChoice {
        /// Canonical for Gaussian, Bernoulli and Poisson, else the logarithm.
        Auto = "auto",
        /// The mean itself.
        Identity = "identity",
        /// ln mu.
        Log = "log",
        /// ln(mu / (1 - mu)).
        Logit = "logit",
        /// The normal quantile.
        Probit = "probit",
        /// ln(-ln(1 - mu)).
        Cloglog = "cloglog",
        /// The Cauchy quantile.
        Cauchit = "cauchit",
        /// 1 / mu.
        Inverse = "inverse",
        /// 1 / mu^2.
        InverseSquared = "inverse-squared",
        /// The square root.
        Sqrt = "sqrt",
        /// A given power.
        Power = "power",
    }
}

choices! {
    /// The prior of the coefficients by name.
    pub enum PriorChoice {
        /// None: maximum likelihood.
        None = "none",
        /// Gaussian: ridge.
        Gaussian = "gaussian",
        /// Laplace: lasso.
        Laplace = "laplace",
        /// The product of both.
        ElasticNet = "elastic-net",
        /// Smoothly clipped absolute deviation (Fan & Li 2001).
        Scad = "scad",
        /// Minimax concave penalty (Zhang 2010).
        Mcp = "mcp",
    }
}

choices! {
    /// The algorithm by name.
    pub enum Solver {
        /// Chosen by shape.
        Auto = "auto",
        /// Normal equations.
        Cholesky = "cholesky",
        /// The dual, for fewer rows than columns.
        Svd = "svd",
        /// Newton's method.
        Newton = "newton",
        /// L-BFGS.
        Lbfgs = "lbfgs",
        /// LSMR, which forms no matrix.
        Lsmr = "lsmr",
        /// Coordinate descent on working sets.
        CoordinateDescent = "coordinate-descent",
    }
}

choices! {
    /// Where standard errors come from.
    pub enum Covariance {
        /// The model, up to 1000 coefficients.
        Auto = "auto",
        /// There are none.
        None = "none",
        /// Likelihood and prior.
        Model = "model",
        /// White's estimate.
        Hc0 = "hc0",
        /// With the degrees of freedom.
        Hc1 = "hc1",
        /// With leverages.
        Hc2 = "hc2",
        /// With squared leverages.
        Hc3 = "hc3",
    }
}

impl Covariance {
    /// Whether it is one of White's robust estimates, which need the residual of every row.
    pub fn is_robust(self) -> bool {
        matches!(self, Self::Hc0 | Self::Hc1 | Self::Hc2 | Self::Hc3)
    }
}

choices! {
    /// What a missing value is taken for.
    pub enum Missing {
        /// The mean of its column in training, which is said.
        Mean = "mean",
        /// An error.
        Error = "error",
    }
}

/// How strong the prior is: a number, or how to choose it.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(try_from = "serde_json::Value", into = "String")]
pub enum Lambda {
    /// The evidence where it has a closed form (Gaussian likelihood and prior), else cross-validation.
    #[default]
    Auto,
    /// Least loss on held-out folds.
    CrossValidation,
    /// Largest marginal likelihood; Gaussian likelihood and prior only.
    Evidence,
    /// This lambda.
    Fixed(f64),
}

impl From<Lambda> for String {
    fn from(lambda: Lambda) -> Self {
        match lambda {
            Lambda::Auto => "auto".into(),
            Lambda::CrossValidation => "cv".into(),
            Lambda::Evidence => "evidence".into(),
            Lambda::Fixed(lambda) => format!("{lambda}"),
        }
    }
}

impl TryFrom<serde_json::Value> for Lambda {
    type Error = String;

    fn try_from(value: serde_json::Value) -> std::result::Result<Self, String> {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        match text.as_str() {
            "auto" => Ok(Self::Auto),
            "cv" => Ok(Self::CrossValidation),
            "evidence" => Ok(Self::Evidence),
            other => other
                .parse()
                .map(Self::Fixed)
                .map_err(|_| format!("`lambda` is a number, auto, cv or evidence, not `{other}`")),
        }
    }
}

impl SettingValue for Lambda {
    const RANGE: Range = Range::Said(">= 0, auto cv evidence");

    fn check(&self, name: &str, _: &Range) -> Result<()> {
        match *self {
            Self::Fixed(lambda) if !(lambda >= 0.0 && lambda.is_finite()) => {
                Err(Error::setting(name, lambda, "it must be finite and not negative"))
            }
            _ => Ok(()),
        }
    }
}

settings! {
    /// The settings of a linear model.
    ///
    /// The fit minimises (1 / n) sum_i w_i loss_i + sum_j pen(b_j) with n = sum_i w_i, where the loss is half the unit
    /// deviance (up to a constant) and pen the prior's penalty. So a Gaussian prior of variance tau^2 is
    /// lambda = phi / (n tau^2): noise variance over n times prior variance.
    ///
    /// ```
    /// use induce_learn::linear::{Lambda, PriorChoice, Spec};
    /// let spec = Spec { prior: PriorChoice::Laplace, lambda: Lambda::Fixed(0.1), ..Spec::default() };
    /// assert!(spec.check().is_ok());
    /// assert!("uniform".parse::<PriorChoice>().is_err());
    /// ```
    pub struct Spec {
        /// The likelihood; `auto` is gaussian for quantities, bernoulli for two classes, multinomial for more
        family: FamilyChoice = FamilyChoice::Auto;
        /// The link: which function of the mean is linear; `auto` is canonical for gaussian, bernoulli and poisson, else log
        link: LinkChoice = LinkChoice::Auto;
        /// The prior of the coefficients
        prior: PriorChoice = PriorChoice::None;
        /// Strength of the prior: noise variance over (rows times prior variance), the objective being mean loss plus penalty; `auto` is the evidence for the Gaussian family and prior, else cross-validation
        lambda: Lambda = Lambda::Auto, search Space::Log(1e-5, 10.0), unless prior ["none"];
        /// Weight of the Laplace part of the elastic net
        l1_ratio: f64 = 0.5, in range::closed(0.0, 1.0), search Space::Uniform(0.0, 1.0), when prior ["elastic-net"];
        /// Where SCAD and MCP turn flat, in units of lambda; above 2 for SCAD
        concavity: f64 = 3.7, in range::above(1.0), when prior ["scad", "mcp"];
        /// Whether there is an intercept; it is never penalised
        fit_intercept: bool = true;
        /// Whether the prior is on coefficients of columns scaled to standard deviation 1
        standardize: bool = true, alias "standardise", unless prior ["none"];
        /// Largest gradient of the objective that counts as 0, in standardised columns, relative to the mean absolute residual
        tolerance: f64 = 1e-8, in range::above(0.0);
        /// Largest number of iterations of the solver
        max_iterations: usize = 1000, in range::from(1);
        /// The algorithm; `auto` chooses by shape, the outcome says which
        solver: Solver = Solver::Auto;
        /// Smallest coefficient of a column: `lower.age=0`
        lower: BTreeMap<String, f64> = BTreeMap::new();
        /// Largest coefficient of a column: `upper.age=2`
        upper: BTreeMap<String, f64> = BTreeMap::new();
        /// No coefficient but the intercept may be negative
        positive: bool = false;
        /// Variance power of the Tweedie family
        power: f64 = 1.5, in Range::Outside(0.0, 1.0), when family ["tweedie"];
        /// Dispersion of the negative binomial family: variance mu + alpha mu^2
        alpha: f64 = 1.0, in range::above(0.0), when family ["negative-binomial"];
        /// Exponent of the power link: score = mean^link_power
        link_power: f64 = -1.0, in Range::NonZero, when link ["power"];
        /// A column added to the score with coefficient 1: the log of an exposure
        offset: String = String::new(), in Range::Said("a column");
        /// Weights of the classes
        class_weight: ClassWeight = ClassWeight::default();
        /// What a missing value is taken for: the mean of its column in training, or an error
        missing: Missing = Missing::Mean;
        /// Folds of the cross-validation of lambda
        folds: usize = 5, in range::from(2), unless prior ["none"];
        /// Where standard errors come from: the likelihood and prior, or White's robust estimates (of several classes hc0 and hc1); `auto` is model up to 1000 coefficients
        covariance: Covariance = Covariance::Auto;
        /// Coverage of the intervals of coefficients
        confidence: f64 = 0.95, in range::open(0.0, 1.0);
    }
}

impl Spec {
    /// Hold every setting against its range, and some against each other.
    ///
    /// # Errors
    /// For the first that cannot be.
    pub fn check(&self) -> Result<()> {
        self.check_ranges()?;
        if self.prior == PriorChoice::Scad && self.concavity <= 2.0 {
            let reason = "it must be above 2 for SCAD, above 1 for MCP";
            return Err(Error::setting("concavity", self.concavity, reason));
        }
        Ok(())
    }

    /// The prior by its name.
    pub fn prior(&self) -> Prior {
        match (self.prior, self.lambda) {
            (PriorChoice::None, _) | (_, Lambda::Fixed(0.0)) => Prior::None,
            (PriorChoice::Laplace, _) => Prior::Laplace,
            (PriorChoice::ElasticNet, _) if self.l1_ratio == 0.0 => Prior::Gaussian,
            (PriorChoice::ElasticNet, _) => Prior::Product(self.l1_ratio),
            (PriorChoice::Scad, _) => Prior::Scad(self.concavity),
            (PriorChoice::Mcp, _) => Prior::Mcp(self.concavity),
            (PriorChoice::Gaussian, _) => Prior::Gaussian,
        }
    }

    /// The family for a target of `classes` classes (0 for a quantity); `None` is multinomial.
    pub fn family(&self, classes: usize) -> Result<Option<Family>> {
        let family = match (self.family, classes) {
            (FamilyChoice::Auto, 0) | (FamilyChoice::Gaussian, _) => Family::Gaussian,
            (FamilyChoice::Auto | FamilyChoice::Bernoulli, 3..) | (FamilyChoice::Multinomial, _) => {
                return Ok(None);
            }
            (FamilyChoice::Auto | FamilyChoice::Bernoulli, _) => Family::Bernoulli,
            (FamilyChoice::Poisson, _) => Family::Poisson,
            (FamilyChoice::Gamma, _) => Family::Gamma,
            (FamilyChoice::InverseGaussian, _) => Family::InverseGaussian,
            (FamilyChoice::NegativeBinomial, _) => Family::NegativeBinomial(self.alpha),
            (FamilyChoice::Tweedie, _) => Family::Tweedie(self.power),
        };
        if classes > 0 && family != Family::Bernoulli {
            let what = format!(
                "the family `{}` needs a quantity, the target has classes",
                family.name()
            );
            return Err(Error::data(
                what,
                "say `--task regression`, or leave the family to `auto`",
            ));
        }
        Ok(Some(family))
    }

    /// The link by its name.
    pub fn link(&self, family: Family) -> Link {
        match self.link {
            LinkChoice::Auto => family.usual_link(),
            LinkChoice::Identity => Link::Identity,
            LinkChoice::Log => Link::Log,
            LinkChoice::Logit => Link::Logit,
            LinkChoice::Probit => Link::Probit,
            LinkChoice::Cloglog => Link::Cloglog,
            LinkChoice::Cauchit => Link::Cauchit,
            LinkChoice::Inverse => Link::Power(-1.0),
            LinkChoice::InverseSquared => Link::Power(-2.0),
            LinkChoice::Sqrt => Link::Power(0.5),
            LinkChoice::Power => Link::Power(self.link_power),
        }
    }
}
