//! From a table to a linear model.

mod lambda;
mod multinomial;
mod one;
mod outcome;
mod penalties;
mod response;

use induce_core::parallel::Team;
use induce_core::{Error, Fitted, Result, Run, Table};

use super::csr::{self, Csr};
use super::encode::{Design, Term, encode, normalised, offset};
use super::model::Model;
use super::spec::{Covariance, Lambda, PriorChoice, Solver, Spec};
use induce_core::model::Schema;
use induce_core::model::{Dataset, check_rows, weights};

/// Fit a linear model.
///
/// ```
/// use induce_core::{Column, Run, Table};
/// use induce_core::model::Dataset;
/// use induce_learn::linear::{Spec, fit};
///
/// let x: Vec<f64> = (0..50).map(f64::from).collect();
/// let y: Vec<f64> = x.iter().map(|x| 3.0 * x - 1.0 + (x * 7.0).sin()).collect();
/// let table = Table::new(vec![Column::from_f64("x", x)])?;
/// let fitted = fit(&Spec::default(), &Dataset::new(&table, &y), &mut Run::new(0))?;
/// let slope = &fitted.model.coefficient_table()[1];
/// assert!((slope.estimate - 3.0).abs() < 0.01 && slope.p.is_some_and(|p| p < 1e-10));
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// If a setting is out of range, a target outside the family's support, or a value missing or infinite.
pub fn fit(spec: &Spec, data: &Dataset, run: &mut Run) -> Result<Fitted<Model>> {
    fit_from(spec, data, None, run)
}

/// As [`fit`], with the solver starting at the coefficients of another model, for the terms that both have.
///
/// Near the solution that saves steps; the solution of a convex problem is the same.
///
/// # Errors
/// As [`fit`].
pub fn fit_from(spec: &Spec, data: &Dataset, from: Option<&Model>, run: &mut Run) -> Result<Fitted<Model>> {
    spec.check()?;
    data.check()?;
    let spec = decided(spec);
    with_setting(&spec, data, from, run, |setting, offset, team, run| {
        setting.fit(offset, team, run)
    })
}

/// Call `f` with the design of a table and the offsets of its rows.
fn with_setting<R>(
    spec: &Spec,
    data: &Dataset,
    from: Option<&Model>,
    run: &mut Run,
    f: impl FnOnce(Setting, Option<&[f64]>, &mut Team, &Run) -> Result<R>,
) -> Result<R> {
    let mut schema = Schema::of(data.table)?;
    schema.classes = data.classes.to_vec();
    let weight = weights(&spec.class_weight, data)?;
    let equal = weight.is_none();
    let (weight, rows) = normalised(weight.as_deref(), data.target.len());
    spec.family(data.classes.len())?;
    let offset = offset(data.table, &spec.offset)?;
    Team::with(run.threads(), |team| {
        let counted = (!equal).then_some(&weight[..]);
        let design = encode(data.table, &schema, spec, counted, team, run)?;
        let setting = Setting {
            spec,
            schema: &schema,
            design,
            target: data.target,
            classes: data.classes,
            weight: &weight,
            rows,
            from,
        };
        f(setting, offset.as_deref(), team, run)
    })
}

/// Fit a linear model to compressed sparse rows; column j is called `x{j}`.
///
/// The same model as [`fit`] makes of a table of these values, without making the table. `classes` are the names of
/// the classes that `target` numbers, empty for a quantity. [`Model::scores_sparse`] and its kin predict sparse rows,
/// [`Model::predict`] a table with these columns.
///
/// ```
/// use induce_core::Run;
/// use induce_core::linalg::Csr;
/// use induce_learn::linear::{Spec, fit_sparse};
///
/// // y = 3 where column 1 is 1, else 1
/// let rows = Csr::from_vecs(2, vec![0, 1, 1, 3, 4], vec![1, 0, 1, 0], vec![1.0; 4])?;
/// let model = fit_sparse(&Spec::default(), &rows, &[3.0, 1.0, 3.0, 1.0], None, &[], &mut Run::new(0))?.model;
/// let means = model.predict_sparse(&rows)?;
/// assert!((means[0] - 3.0).abs() < 1e-12 && (means[3] - 1.0).abs() < 1e-12);
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// As [`fit`], if there are not as many targets and weights as rows, or if the spec names an offset, which sparse rows
/// do not have.
pub fn fit_sparse(
    spec: &Spec,
    rows: &Csr,
    target: &[f64],
    weight: Option<&[f64]>,
    classes: &[String],
    run: &mut Run,
) -> Result<Fitted<Model>> {
    fit_sparse_from(spec, rows, target, weight, classes, None, run)
}

/// As [`fit_sparse`], with the solver starting at the coefficients of another model.
///
/// # Errors
/// As [`fit_sparse`].
pub fn fit_sparse_from(
    spec: &Spec,
    rows: &Csr,
    target: &[f64],
    weight: Option<&[f64]>,
    classes: &[String],
    from: Option<&Model>,
    run: &mut Run,
) -> Result<Fitted<Model>> {
    spec.check()?;
    check_rows(rows.rows(), target, weight)?;
    if !spec.offset.is_empty() {
        let reason = "sparse rows have no column of this name; fit a table";
        return Err(Error::setting("offset", &spec.offset, reason));
    }
    let spec = decided(spec);
    let mut schema = csr::schema(rows);
    schema.classes = classes.to_vec();
    // Class weights need the targets only.
    let no_table = Table::default();
    let data = Dataset {
        weight,
        classes,
        ..Dataset::new(&no_table, target)
    };
    let weight = weights(&spec.class_weight, &data)?;
    let (weight, sum) = normalised(weight.as_deref(), target.len());
    spec.family(classes.len())?;
    let design = csr::encode(rows, &spec, &weight, run)?;
    Team::with(run.threads(), |team| {
        let setting = Setting {
            spec: &spec,
            schema: &schema,
            design,
            target,
            classes,
            weight: &weight,
            rows: sum,
            from,
        };
        setting.fit(None, team, run)
    })
}

/// A regularisation path: one linear model per lambda.
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    /// What the coefficients belong to.
    pub terms: Vec<Term>,
    /// The coefficients under each lambda that was reached.
    pub coefficients: Vec<Vec<f64>>,
    /// Their intercepts.
    pub intercepts: Vec<f64>,
}

/// The coefficients along falling `lambdas`, each found from the one before: under squared loss without another pass over the
/// rows (Friedman, Hastie & Tibshirani 2010).
///
/// ```
/// use induce_core::{Column, Run, Table};
/// use induce_core::model::Dataset;
/// use induce_learn::linear::{PriorChoice, Spec, path};
///
/// let x: Vec<f64> = (0..50).map(f64::from).collect();
/// let y: Vec<f64> = x.iter().map(|x| 3.0 * x - 1.0).collect();
/// let table = Table::new(vec![Column::from_f64("x", x)])?;
/// let spec = Spec { prior: PriorChoice::Laplace, ..Spec::default() };
/// let found = path(&spec, &Dataset::new(&table, &y), &[1e9, 1e-9], &mut Run::new(0))?;
/// assert!(found.coefficients[0][0] == 0.0 && (found.coefficients[1][0] - 3.0).abs() < 1e-6);
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// As [`fit`]; if the family has several outputs, there is no prior, or the lambdas do not fall to at least 0.
pub fn path(spec: &Spec, data: &Dataset, lambdas: &[f64], run: &mut Run) -> Result<Path> {
    spec.check()?;
    data.check()?;
    let (falls, first) = (lambdas.windows(2).all(|w| w[0] >= w[1]), lambdas.first().copied());
    if !falls || lambdas.iter().any(|l| !(*l >= 0.0 && l.is_finite())) || spec.prior == PriorChoice::None {
        let reason = "a path needs a prior and numbers that fall to at least 0";
        return Err(Error::setting("lambda", first.unwrap_or(0.0), reason));
    }
    let Some(family) = spec.family(data.classes.len())? else {
        let reason = "a path has one output; fit several classes lambda by lambda";
        return Err(Error::setting("family", "multinomial", reason));
    };
    family.check(data.target)?;
    with_setting(spec, data, None, run, |setting, offset, team, run| {
        let found = setting.along(family, offset, lambdas, team, run)?;
        let (coefficients, intercepts) = found.into_iter().unzip();
        Ok(Path {
            terms: setting.design.terms,
            coefficients,
            intercepts,
        })
    })
}

/// The settings, without the prior if lambda is 0.
fn decided(spec: &Spec) -> Spec {
    let mut spec = spec.clone();
    if matches!(spec.lambda, Lambda::Fixed(0.0)) {
        spec.prior = PriorChoice::None;
    }
    spec
}

/// Bytes that matrices of coefficients by coefficients may have where the run sets no limit.
const SQUARES: u64 = 1 << 35;

/// What fits of dense and sparse rows have in common.
struct Setting<'a> {
    spec: &'a Spec,
    schema: &'a Schema,
    design: Design<'a>,
    /// A quantity or a class index per row.
    target: &'a [f64],
    /// Names of the classes.
    classes: &'a [String],
    /// Weights that sum to 1.
    weight: &'a [f64],
    /// The sum of the weights as they were.
    rows: f64,
    /// A model at whose coefficients to start.
    from: Option<&'a Model>,
}

impl Setting<'_> {
    /// The model of the family that the spec names.
    fn fit(self, offset: Option<&[f64]>, team: &mut Team, run: &Run) -> Result<Fitted<Model>> {
        self.check_squares(run)?;
        match self.spec.family(self.classes.len())? {
            None => self.multinomial(offset.is_some(), team, run),
            Some(family) => {
                family.check(self.target)?;
                self.one_output(family, offset, team, run)
            }
        }
    }

    /// An error if a matrix with a row and a column per coefficient was asked for and is too large; what is chosen by
    /// `auto` needs none.
    fn check_squares(&self, run: &Run) -> Result<()> {
        let covariance = !matches!(self.spec.covariance, Covariance::Auto | Covariance::None);
        let solver = matches!(self.spec.solver, Solver::Cholesky | Solver::Newton);
        let outputs = match self.spec.family(self.classes.len())? {
            None if covariance => self.classes.len(),
            _ => 1,
        };
        let side = (outputs * self.design.matrix.columns()) as u64;
        // The matrix and its factor.
        let needed = side.saturating_mul(side).saturating_mul(16);
        let limit = run.memory().unwrap_or(SQUARES);
        if (covariance || solver) && needed > limit {
            let what = format!("a covariance or Hessian of {side} coefficients");
            return Err(Error::TooLarge { what, needed, limit });
        }
        Ok(())
    }

    /// Coefficients and intercept for the columns as they are.
    fn user_units(&self, beta: &[f64], centre: f64, unit: f64) -> (Vec<f64>, f64) {
        let terms = &self.design.terms;
        let coefficients = terms
            .iter()
            .zip(beta)
            .map(|(t, b)| b * (unit / t.scale))
            .collect();
        let shift: f64 = terms
            .iter()
            .zip(beta)
            .map(|(t, b)| b * (t.centre / t.scale))
            .sum();
        let own = if self.spec.fit_intercept {
            beta[terms.len()]
        } else {
            0.0
        };
        (coefficients, centre + unit * (own - shift))
    }

    /// The coefficients to start at, (outputs, columns): [`user_units`](Self::user_units) the other way round.
    fn start(&self, outputs: usize, centre: f64, unit: f64) -> Option<Vec<f64>> {
        let from = self.from.filter(|from| from.intercepts.len() == outputs)?;
        let terms = &self.design.terms;
        let place = |t: &Term| from.terms.iter().position(|own| own.name == t.name);
        let places: Vec<Option<usize>> = terms.iter().map(place).collect();
        let mut start = Vec::with_capacity(outputs * self.design.matrix.columns());
        for (own, intercept) in from
            .coefficients
            .chunks_exact(from.terms.len().max(1))
            .zip(&from.intercepts)
        {
            let scaled = terms.iter().zip(&places);
            let beta: Vec<f64> = scaled
                .map(|(t, place)| place.map_or(0.0, |place| own[place] * t.scale / unit))
                .collect();
            let shift: f64 = terms
                .iter()
                .zip(&beta)
                .map(|(t, b)| b * (t.centre / t.scale))
                .sum();
            start.extend(beta);
            if self.spec.fit_intercept {
                start.push((intercept - centre) / unit + shift);
            }
        }
        Some(start).filter(|s| s.len() == outputs * self.design.matrix.columns())
    }
}
