//! A function known at the rows of a table, between them.

use induce_core::{Error, Result, Table};
use induce_prob::interpolation::{Aaa, Barycentric, Polynomial, doubt, floater_hormann};

/// What goes through the points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Method {
    /// The polynomial, for nodes that crowd at the ends
    Barycentric,
    /// A blend of polynomials of this degree, for any nodes
    FloaterHormann(usize),
    /// A rational function fitted to this tolerance, relative to the largest value
    Aaa(f64),
}

/// A value between the points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Value {
    /// The value.
    pub y: f64,
    /// What it may be wrong by: of a polynomial rounding and an estimate of the rest, of a blend the difference to that of
    /// another degree, of a fit the largest error at the points.
    pub error: f64,
    /// The derivative.
    pub derivative: f64,
}

/// A function through points.
#[derive(Debug, Clone)]
pub struct Interpolant {
    inner: Inner,
    from: f64,
    to: f64,
    points: usize,
    warnings: Vec<String>,
}

#[derive(Debug, Clone)]
enum Inner {
    Polynomial(Polynomial),
    /// And one of another degree.
    Blend(Barycentric, Barycentric),
    Fit(Aaa),
}

impl Interpolant {
    /// Through (x, y), in any order.
    ///
    /// ```
    /// use induce::interpolate::{Interpolant, Method};
    /// let x: Vec<f64> = (0..31).map(|i| f64::from(i) / 15.0 - 1.0).collect();
    /// let y: Vec<f64> = x.iter().map(|x| 1.0 / (1.0 + 25.0 * x * x)).collect();
    /// let runge = Interpolant::new(&x, &y, Method::Barycentric)?;
    /// assert!(runge.warnings()[0].contains("Runge's phenomenon"));
    /// let blend = Interpolant::new(&x, &y, Method::FloaterHormann(3))?;
    /// assert!(blend.warnings().is_empty() && (blend.at(0.97).y - 1.0 / (1.0 + 25.0 * 0.97 * 0.97)).abs() < 1e-3);
    /// # Ok::<(), induce::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there are no points, an x is repeated, or something is not finite.
    pub fn new(x: &[f64], y: &[f64], method: Method) -> Result<Self> {
        if x.len() != y.len() {
            let what = format!("{} nodes stand against {} values", x.len(), y.len());
            return Err(Error::data(what, "every node has a value"));
        }
        let mut order: Vec<usize> = (0..x.len()).collect();
        order.sort_by(|&a, &b| x[a].total_cmp(&x[b]));
        let (x, y): (Vec<f64>, Vec<f64>) = order.iter().map(|&i| (x[i], y[i])).unzip();
        let (from, to) = (
            x.first().copied().unwrap_or(0.0),
            x.last().copied().unwrap_or(0.0),
        );
        let points = x.len();
        let (inner, warnings) = inner(x, y, method)?;
        Ok(Self {
            inner,
            from,
            to,
            points,
            warnings,
        })
    }

    /// Between two columns of a table; rows that lack a value of either are left out. Also their number.
    ///
    /// ```
    /// use induce::interpolate::{Interpolant, Method};
    /// use induce::prelude::*;
    /// let x = Column::from_f64("x", vec![0.0, 1.0, f64::NAN]);
    /// let table = Table::new(vec![x, Column::from_f64("y", vec![1.0, 3.0, 9.0])])?;
    /// let (line, missing) = Interpolant::of_columns(&table, "x", "y", Method::FloaterHormann(1))?;
    /// assert_eq!((line.at(0.5).y, missing), (2.0, 1));
    /// # Ok::<(), induce::Error>(())
    /// ```
    ///
    /// # Errors
    /// As of [`new`](Self::new), and if a column is not there or is text.
    pub fn of_columns(table: &Table, x: &str, y: &str, method: Method) -> Result<(Self, usize)> {
        let read = |name: &str| -> Result<Vec<f64>> {
            let column = table.column(name)?;
            if !matches!(
                column.column_type(),
                induce_core::ColumnType::Number | induce_core::ColumnType::Date
            ) {
                let what = format!("column `{name}` is of type {}", column.column_type());
                return Err(Error::data(what, "interpolation is between numbers or dates"));
            }
            let mut values = vec![0.0; column.len()];
            column.read_f64(0, &mut values);
            Ok(values)
        };
        let pairs = read(x)?
            .into_iter()
            .zip(read(y)?)
            .filter(|(x, y)| !x.is_nan() && !y.is_nan());
        let (xs, ys): (Vec<f64>, Vec<f64>) = pairs.unzip();
        Ok((Self::new(&xs, &ys, method)?, table.rows() - xs.len()))
    }

    /// The value at x.
    ///
    /// ```
    /// # use induce::interpolate::{Interpolant, Method};
    /// let line = Interpolant::new(&[0.0, 1.0, 2.0], &[1.0, 3.0, 5.0], Method::Barycentric)?;
    /// assert!((line.at(0.5).y - 2.0).abs() < 1e-15 && line.at(1.0).y == 3.0);
    /// # Ok::<(), induce::Error>(())
    /// ```
    pub fn at(&self, x: f64) -> Value {
        let one = |all: Vec<f64>| all[0];
        match &self.inner {
            Inner::Polynomial(p) => Value {
                y: one(p.evaluate(x)),
                error: one(p.error_at(x)),
                derivative: one(p.form().derivative(x)),
            },
            Inner::Blend(r, other) => {
                let y = one(r.evaluate(x));
                Value {
                    y,
                    error: (y - one(other.evaluate(x))).abs(),
                    derivative: one(r.derivative(x)),
                }
            }
            Inner::Fit(r) => Value {
                y: one(r.form().evaluate(x)),
                error: r.error(),
                derivative: one(r.form().derivative(x)),
            },
        }
    }

    /// The first and the last node.
    ///
    /// ```
    /// # use induce::interpolate::{Interpolant, Method};
    /// let line = Interpolant::new(&[0.0, 1.0, 2.0], &[1.0, 3.0, 5.0], Method::Barycentric)?;
    /// assert_eq!(line.range(), (0.0, 2.0));
    /// # Ok::<(), induce::Error>(())
    /// ```
    pub fn range(&self) -> (f64, f64) {
        (self.from, self.to)
    }

    /// How many points it was made of.
    ///
    /// ```
    /// # use induce::interpolate::{Interpolant, Method};
    /// let line = Interpolant::new(&[0.0, 1.0, 2.0], &[1.0, 3.0, 5.0], Method::Barycentric)?;
    /// assert_eq!(line.points(), 3);
    /// # Ok::<(), induce::Error>(())
    /// ```
    pub fn points(&self) -> usize {
        self.points
    }

    /// Why its values may be worth nothing.
    ///
    /// ```
    /// # use induce::interpolate::{Interpolant, Method};
    /// let line = Interpolant::new(&[0.0, 1.0, 2.0], &[1.0, 3.0, 5.0], Method::Barycentric)?;
    /// assert!(line.warnings().is_empty());
    /// # Ok::<(), induce::Error>(())
    /// ```
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Lebesgue's constant, of a polynomial.
    ///
    /// ```
    /// # use induce::interpolate::{Interpolant, Method};
    /// let line = Interpolant::new(&[0.0, 1.0, 2.0], &[1.0, 3.0, 5.0], Method::Barycentric)?;
    /// assert!((line.lebesgue_constant().unwrap() - 1.25).abs() < 1e-3);
    /// # Ok::<(), induce::Error>(())
    /// ```
    pub fn lebesgue_constant(&self) -> Option<f64> {
        match &self.inner {
            Inner::Polynomial(p) => Some(p.lebesgue_constant()),
            _ => None,
        }
    }
}

fn inner(x: Vec<f64>, y: Vec<f64>, method: Method) -> Result<(Inner, Vec<String>)> {
    Ok(match method {
        Method::Barycentric => {
            let p = Polynomial::new(x, y)?;
            let warning = doubt(&p, 0).warning;
            (Inner::Polynomial(p), warning.into_iter().collect())
        }
        Method::FloaterHormann(order) => {
            let other = if order + 1 < x.len() {
                order + 1
            } else {
                order.saturating_sub(1)
            };
            let blend = floater_hormann(x.clone(), y.clone(), order)?;
            (Inner::Blend(blend, floater_hormann(x, y, other)?), Vec::new())
        }
        Method::Aaa(tolerance) => {
            let fit = Aaa::new(&x, &y, tolerance, 100)?;
            let warnings = of_fit(&fit, &x);
            (Inner::Fit(fit), warnings)
        }
    })
}

fn of_fit(fit: &Aaa, x: &[f64]) -> Vec<String> {
    let mut all = Vec::new();
    let poles = fit.poles_between(x[0], x[x.len() - 1]);
    if !poles.is_empty() {
        let shown: Vec<String> = poles
            .iter()
            .take(3)
            .map(|pole| induce_core::words::number(*pole))
            .collect();
        all.push(format!(
            "the rational function has poles between the points, at {}",
            shown.join(", ")
        ));
    }
    if !fit.converged() {
        all.push(format!(
            "the largest error at the points is {:.1e}, above the tolerance",
            fit.error()
        ));
    }
    if fit.form().nodes().len() * 2 > x.len() && x.len() > 2 {
        all.push(format!(
            "{} of {} points became nodes of the rational function: nothing is left to tell whether it is right",
            fit.form().nodes().len(),
            x.len()
        ));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_hits_its_points_and_says_what_is_wrong() {
        let x: Vec<f64> = (0..40).map(|i| f64::from(39 - i) / 8.0).collect();
        let y: Vec<f64> = x.iter().map(|x| (x * 1.3).sin()).collect();
        for method in [Method::Barycentric, Method::FloaterHormann(3), Method::Aaa(1e-12)] {
            let own = Interpolant::new(&x, &y, method).unwrap();
            assert_eq!(own.range(), (0.0, 4.875));
            assert!((own.at(2.5).y - 3.25_f64.sin()).abs() < 1e-11, "{method:?}");
            let between = own.at(2.04);
            assert!(
                (between.y - 2.652_f64.sin()).abs() < 1e-4 && between.error < 1e-2,
                "{method:?} {between:?}"
            );
            assert!((between.derivative - 1.3 * 2.652_f64.cos()).abs() < 1e-2);
        }
        assert!(Interpolant::new(&x, &y[1..], Method::Barycentric).is_err());
        assert!(Interpolant::new(&[], &[], Method::Barycentric).is_err());
        let pole = Interpolant::new(
            &x,
            &x.iter().map(|x| 1.0 / (x - 1.01)).collect::<Vec<_>>(),
            Method::Aaa(1e-12),
        );
        assert!(pole.unwrap().warnings()[0].contains("poles between"));
    }
}
