//! The density in real coordinates: ln p(x, T(y)) + ln |det dT/dy|.

use induce_core::parallel::Team;
use induce_core::{Error, Result};

use super::density::{Evaluated, LogDensity};
use super::support::Supports;

/// Draws that are evaluated together where there are many: a constant, so that threads decide nothing.
pub const TOGETHER: usize = 256;

/// The density in real coordinates.
pub struct Target<'a, 'team> {
    density: &'a mut dyn LogDensity,
    supports: &'a Supports,
    team: &'a Team<'team>,
}

impl<'a, 'team> Target<'a, 'team> {
    /// This density on these supports.
    ///
    /// # Errors
    /// If their widths differ.
    pub fn new(
        density: &'a mut dyn LogDensity,
        supports: &'a Supports,
        team: &'a Team<'team>,
    ) -> Result<Self> {
        let (own, given) = (density.width(), supports.values());
        if own != given {
            return Err(Error::data(
                format!("the log density has {own} parameters, and there are supports of {given}"),
                "name the support of each parameter",
            ));
        }
        Ok(Self {
            density,
            supports,
            team,
        })
    }

    /// Coordinates.
    pub fn dimension(&self) -> usize {
        self.supports.coordinates()
    }

    /// The draws as theta, and ln |det dT/dy| of each.
    fn constrained(&self, y: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let (d, width) = (self.dimension(), self.supports.values());
        let mut theta = vec![0.0; y.len() / d * width];
        let rows = y.chunks_exact(d).zip(theta.chunks_exact_mut(width));
        let volumes = rows.map(|(y, theta)| self.supports.constrain(y, theta)).collect();
        (theta, volumes)
    }

    /// Values and gradients in y, whatever they are. // (draws, coordinates)
    ///
    /// # Errors
    /// If the density has none, or not as many as there are draws.
    pub fn evaluate(&mut self, y: &[f64]) -> Result<Evaluated> {
        let (d, width) = (self.dimension(), self.supports.values());
        let (theta, volumes) = self.constrained(y);
        let mut found = self.density.evaluate(&theta, self.team)?;
        counted("values", found.values.len(), volumes.len())?;
        counted("entries of gradients", found.gradients.len(), theta.len())?;
        let mut by_y = vec![0.0; y.len()];
        for (i, own) in by_y.chunks_exact_mut(d).enumerate() {
            let (c, v) = (i * d..(i + 1) * d, i * width..(i + 1) * width);
            self.supports
                .pull(&y[c], &theta[v.clone()], &found.gradients[v], own);
            found.values[i] += volumes[i];
        }
        found.gradients = by_y;
        Ok(found)
    }

    /// The same, all of it finite; `place` says where it was asked.
    ///
    /// # Errors
    /// As [`evaluate`](Self::evaluate), or for the first draw whose value or gradient is not finite.
    pub fn finite(&mut self, y: &[f64], place: impl Fn(usize) -> String) -> Result<Evaluated> {
        let found = self.evaluate(y)?;
        let d = self.dimension();
        let wrong = |i: &usize| {
            !(found.values[*i].is_finite()
                && found.gradients[i * d..(i + 1) * d].iter().all(|g| g.is_finite()))
        };
        match (0..found.values.len()).find(wrong) {
            None => Ok(found),
            Some(i) => Err(self.fault(&y[i * d..(i + 1) * d], found.values[i], &place(i))),
        }
    }

    /// Theta and ln p + ln |det| of draws, many at once.
    ///
    /// # Errors
    /// If the density has none, or for the first draw whose value is NaN or infinite.
    pub fn judged(&mut self, y: &[f64]) -> Result<(Vec<f64>, Vec<f64>)> {
        let d = self.dimension();
        let (mut thetas, mut values) = (Vec::new(), Vec::new());
        for part in y.chunks(TOGETHER * d) {
            let (theta, volumes) = self.constrained(part);
            let found = self.density.values(&theta, self.team)?;
            counted("values", found.len(), volumes.len())?;
            for (i, (value, volume)) in found.iter().zip(&volumes).enumerate() {
                if !(value + volume).is_finite() {
                    let place = format!("draw {} of those that judge the result", values.len() + 1);
                    return Err(self.fault(&part[i * d..(i + 1) * d], *value, &place));
                }
                values.push(value + volume);
            }
            thetas.extend(theta);
        }
        Ok((thetas, values))
    }

    fn fault(&self, y: &[f64], value: f64, place: &str) -> Error {
        let mut theta = vec![0.0; self.supports.values()];
        self.supports.constrain(y, &mut theta);
        let what = if value.is_finite() {
            "the gradient of the log density is not finite".to_owned()
        } else {
            format!("the log density is {value}")
        };
        Error::data(
            format!("{what} at {place}, theta = {}", shown(&theta)),
            "it must be finite wherever the supports allow: name the support of parameters that are not real, \
             and check the formula there",
        )
    }
}

/// The first few of many numbers.
fn shown(theta: &[f64]) -> String {
    const FEW: usize = 6;
    let some: Vec<String> = theta.iter().take(FEW).map(|x| format!("{x:.6}")).collect();
    let more = if theta.len() > FEW { ", ..." } else { "" };
    format!("({}{more})", some.join(", "))
}

fn counted(what: &str, found: usize, wanted: usize) -> Result<()> {
    if found == wanted {
        return Ok(());
    }
    Err(Error::data(
        format!("the log density gave {found} {what}, and {wanted} were asked for"),
        "it gives a value for each draw, and a gradient by each parameter",
    ))
}
