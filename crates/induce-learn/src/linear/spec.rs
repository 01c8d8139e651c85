//! The settings of linear models: plain data.

use std::collections::BTreeMap;

use induce_core::{Error, Result};
use induce_prob::{Family, Link, Prior};
use serde::{Deserialize, Serialize};

use crate::dataset::ClassWeight;

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
    fn from(strength: Lambda) -> Self {
        match strength {
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

/// The settings of a linear model.
///
/// The fit minimises (1 / n) sum_i w_i loss_i + sum_j pen(b_j) with n = sum_i w_i, where the loss is half the unit
/// deviance (up to a constant) and pen the prior's penalty. So a Gaussian prior of variance tau^2 is
/// lambda = phi / (n tau^2): noise variance over n times prior variance.
///
/// ```
/// use induce_learn::linear::{Spec, Lambda};
/// let spec = Spec { prior: "laplace".into(), lambda: Lambda::Fixed(0.1), ..Spec::default() };
/// assert!(spec.check().is_ok());
/// assert!(Spec { prior: "uniform".into(), ..Spec::default() }.check().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// The likelihood; `auto` is Gaussian for quantities, Bernoulli for two classes, multinomial for more.
    pub family: String,
    /// The link; `auto` is the canonical one for Gaussian, Bernoulli and Poisson, else the logarithm.
    pub link: String,
    /// The prior of the coefficients.
    pub prior: String,
    /// Its strength.
    pub lambda: Lambda,
    /// Share of the Laplace part of the elastic net.
    pub l1_ratio: f64,
    /// Where SCAD and MCP turn flat, in units of lambda.
    pub concavity: f64,
    /// Whether there is an intercept; it is never penalised.
    pub fit_intercept: bool,
    /// Whether the prior is on coefficients of columns scaled to deviation 1.
    pub standardise: bool,
    /// Largest slope of the objective that counts as zero, relative to the mean absolute residual.
    pub tolerance: f64,
    /// Most steps of the solver.
    pub max_iterations: usize,
    /// The algorithm.
    pub solver: String,
    /// Least coefficient per column.
    pub lower: BTreeMap<String, f64>,
    /// Largest coefficient per column.
    pub upper: BTreeMap<String, f64>,
    /// Whether no coefficient (but the intercept) may be negative.
    pub positive: bool,
    /// Variance power of the Tweedie family.
    pub power: f64,
    /// Dispersion of the negative binomial family: V = mu + alpha mu^2.
    pub alpha: f64,
    /// Power of the power link.
    pub link_power: f64,
    /// A column added to the score with coefficient 1.
    pub offset: String,
    /// Weights of the classes.
    pub class_weight: ClassWeight,
    /// What a missing value is: the column's mean, which is said aloud, or an error.
    pub missing: String,
    /// Folds of cross-validation.
    pub folds: usize,
    /// Which covariance standard errors come from.
    pub covariance: String,
    /// Coverage of the intervals.
    pub confidence: f64,
}

impl Default for Spec {
    fn default() -> Self {
        Self {
            family: "auto".into(),
            link: "auto".into(),
            prior: "none".into(),
            lambda: Lambda::Auto,
            l1_ratio: 0.5,
            concavity: 3.7,
            fit_intercept: true,
            standardise: true,
            tolerance: 1e-8,
            max_iterations: 1000,
            solver: "auto".into(),
            lower: BTreeMap::new(),
            upper: BTreeMap::new(),
            positive: false,
            power: 1.5,
            alpha: 1.0,
            link_power: -1.0,
            offset: String::new(),
            class_weight: ClassWeight::default(),
            missing: "mean".into(),
            folds: 5,
            covariance: "auto".into(),
            confidence: 0.95,
        }
    }
}

const FAMILIES: &str =
    "auto gaussian bernoulli multinomial poisson gamma inverse-gaussian negative-binomial tweedie";
const LINKS: &str = "auto identity log logit probit cloglog cauchit inverse inverse-squared sqrt power";
const PRIORS: &str = "none gaussian laplace elastic-net scad mcp";
const SOLVERS: &str = "auto cholesky svd newton lbfgs lsmr coordinate-descent";
const COVARIANCES: &str = "auto none model hc0 hc1 hc2 hc3";

impl Spec {
    /// An error naming the first setting out of its range.
    pub fn check(&self) -> Result<()> {
        one_of("family", &self.family, FAMILIES)?;
        one_of("link", &self.link, LINKS)?;
        one_of("prior", &self.prior, PRIORS)?;
        one_of("solver", &self.solver, SOLVERS)?;
        one_of("covariance", &self.covariance, COVARIANCES)?;
        one_of("missing", &self.missing, "error mean")?;
        within(
            "l1_ratio",
            self.l1_ratio,
            (0.0..=1.0).contains(&self.l1_ratio),
            "it must lie between 0 and 1",
        )?;
        let least = if self.prior == "scad" { 2.0 } else { 1.0 };
        within(
            "concavity",
            self.concavity,
            self.concavity > least,
            "it must be above 2 for SCAD, above 1 for MCP",
        )?;
        within(
            "tolerance",
            self.tolerance,
            self.tolerance > 0.0,
            "it must be above 0",
        )?;
        within(
            "max_iterations",
            self.max_iterations as f64,
            self.max_iterations > 0,
            "it must be at least 1",
        )?;
        within(
            "folds",
            self.folds as f64,
            self.folds >= 2,
            "it must be at least 2",
        )?;
        within(
            "confidence",
            self.confidence,
            self.confidence > 0.0 && self.confidence < 1.0,
            "it must lie between 0 and 1",
        )?;
        within(
            "link_power",
            self.link_power,
            self.link_power != 0.0 && self.link_power.is_finite(),
            "it must not be 0",
        )?;
        if let Lambda::Fixed(lambda) = self.lambda {
            within(
                "lambda",
                lambda,
                lambda >= 0.0 && lambda.is_finite(),
                "it must be finite and not negative",
            )?;
        }
        self.class_weight.check()
    }

    /// The prior by its name.
    pub fn prior(&self) -> Prior {
        match (self.prior.as_str(), self.lambda) {
            ("none", _) | (_, Lambda::Fixed(0.0)) => Prior::None,
            ("laplace", _) => Prior::Laplace,
            ("elastic-net", _) if self.l1_ratio == 0.0 => Prior::Gaussian,
            ("elastic-net", _) => Prior::Product(self.l1_ratio),
            ("scad", _) => Prior::Scad(self.concavity),
            ("mcp", _) => Prior::Mcp(self.concavity),
            _ => Prior::Gaussian,
        }
    }

    /// The family for a target of `classes` classes (0 for a quantity); `None` is multinomial.
    pub fn family(&self, classes: usize) -> Result<Option<Family>> {
        let family = match (self.family.as_str(), classes) {
            ("auto", 0) | ("gaussian", _) => Family::Gaussian,
            ("auto" | "bernoulli", 3..) | ("multinomial", _) => return Ok(None),
            ("auto" | "bernoulli", _) => Family::Bernoulli,
            ("poisson", _) => Family::Poisson,
            ("gamma", _) => Family::Gamma,
            ("inverse-gaussian", _) => Family::InverseGaussian,
            ("negative-binomial", _) => Family::NegativeBinomial(self.alpha),
            _ => Family::Tweedie(self.power),
        };
        if classes > 0 && family != Family::Bernoulli {
            let what = format!(
                "the family `{}` needs a quantity, the target has classes",
                family.name()
            );
            return Err(Error::data(
                what,
                "say `--set task=regression`, or leave the family to `auto`",
            ));
        }
        Ok(Some(family))
    }

    /// The link by its name.
    pub fn link(&self, family: Family) -> Link {
        match self.link.as_str() {
            "identity" => Link::Identity,
            "log" => Link::Log,
            "logit" => Link::Logit,
            "probit" => Link::Probit,
            "cloglog" => Link::Cloglog,
            "cauchit" => Link::Cauchit,
            "inverse" => Link::Power(-1.0),
            "inverse-squared" => Link::Power(-2.0),
            "sqrt" => Link::Power(0.5),
            "power" => Link::Power(self.link_power),
            _ => family.usual_link(),
        }
    }
}

fn one_of(what: &'static str, name: &str, known: &str) -> Result<()> {
    if known.split(' ').any(|k| k == name) {
        return Ok(());
    }
    Err(Error::UnknownName {
        what,
        name: name.into(),
        known: known.split(' ').map(str::to_owned).collect(),
    })
}

fn within(name: &str, value: f64, ok: bool, reason: &str) -> Result<()> {
    if ok {
        Ok(())
    } else {
        Err(Error::setting(name, value, reason))
    }
}
