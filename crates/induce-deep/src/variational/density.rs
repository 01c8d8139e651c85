//! What is approximated: the logarithm of a density, with its gradient.

use induce_core::parallel::Team;
use induce_core::{Error, Result};
use induce_tensor::{Gradients, Parameters, Tape, Tensor, Workspace};

/// ln p(x, theta) of draws, and gradients by theta.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Evaluated {
    /// ln p. // (draws)
    pub values: Vec<f64>,
    /// d ln p / d theta. // (draws, width)
    pub gradients: Vec<f64>,
}

/// ln p(x, theta) as a function of theta, up to a constant.
///
/// A draw counts by itself: its value may not depend on which others it came with, nor on the team.
pub trait LogDensity {
    /// Values that theta has.
    fn width(&self) -> usize;

    /// ln p and its gradient for draws of theta. // (draws, width)
    ///
    /// # Errors
    /// If they cannot be had.
    fn evaluate(&mut self, theta: &[f64], team: &Team) -> Result<Evaluated>;

    /// ln p alone.
    ///
    /// # Errors
    /// If it cannot be had.
    fn values(&mut self, theta: &[f64], team: &Team) -> Result<Vec<f64>> {
        Ok(self.evaluate(theta, team)?.values)
    }
}

/// A density that is written on the tape; see [`on_tape`].
pub struct OnTape<F> {
    width: usize,
    f: F,
    parameters: Parameters<f64>,
    workspace: Workspace<f64>,
}

/// ln p by operations on a tape, which has their gradients: theta of (draws, width) to (draws), in double precision.
///
/// ```
/// use induce_core::parallel::Team;
/// use induce_deep::variational::{LogDensity, on_tape};
/// let mut standard = on_tape(2, |theta| theta.square().sum_last().affine(-0.5, 0.0));
/// let found = standard.evaluate(&[1.0, 2.0, 0.0, 3.0], &Team::alone())?;
/// assert_eq!(found.values, [-2.5, -4.5]);
/// assert_eq!(found.gradients, [-1.0, -2.0, 0.0, -3.0]);
/// # Ok::<(), induce_core::Error>(())
/// ```
pub fn on_tape<F>(width: usize, f: F) -> OnTape<F>
where
    F: for<'t> FnMut(Tensor<'t, f64>) -> Tensor<'t, f64>,
{
    OnTape {
        width,
        f,
        parameters: Parameters::default(),
        workspace: Workspace::default(),
    }
}

impl<F> OnTape<F>
where
    F: for<'t> FnMut(Tensor<'t, f64>) -> Tensor<'t, f64>,
{
    fn pass(&mut self, theta: &[f64], team: &Team, backwards: bool) -> Result<Evaluated> {
        let draws = theta.len() / self.width.max(1);
        let mut none = Gradients::of(&self.parameters);
        let tape = Tape::new(&mut self.workspace, &self.parameters, team);
        let variable = tape.variable(&[draws, self.width], theta);
        let found = (self.f)(variable);
        tape.check()?;
        if found.shape().lengths() != [draws] {
            let shape = found.shape();
            return Err(Error::data(
                format!("the log density of {draws} draws has the shape {shape}"),
                format!("it has a value for each draw, ({draws}): `sum_last` sums over the parameters"),
            ));
        }
        let mut gradients = Vec::new();
        if backwards {
            tape.backward(found.sum(), &mut none)?;
            gradients = tape.gradient(variable);
            // A density that does not depend on theta leaves none.
            gradients.resize(theta.len(), 0.0);
        }
        let values = tape.values(found)?;
        Ok(Evaluated { values, gradients })
    }
}

impl<F> LogDensity for OnTape<F>
where
    F: for<'t> FnMut(Tensor<'t, f64>) -> Tensor<'t, f64>,
{
    fn width(&self) -> usize {
        self.width
    }

    fn evaluate(&mut self, theta: &[f64], team: &Team) -> Result<Evaluated> {
        self.pass(theta, team, true)
    }

    fn values(&mut self, theta: &[f64], team: &Team) -> Result<Vec<f64>> {
        Ok(self.pass(theta, team, false)?.values)
    }
}

/// A density that brings its own gradient; see [`with_gradient`].
pub struct WithGradient<F> {
    width: usize,
    f: F,
}

/// ln p of one theta, which also sets the gradient; draws are shared out among the threads.
///
/// ```
/// use induce_core::parallel::Team;
/// use induce_deep::variational::{LogDensity, with_gradient};
/// let mut standard = with_gradient(2, |theta, gradient| {
///     gradient.iter_mut().zip(theta).for_each(|(g, x)| *g = -x);
///     -0.5 * theta.iter().map(|x| x * x).sum::<f64>()
/// });
/// let found = standard.evaluate(&[1.0, 2.0, 0.0, 3.0], &Team::alone())?;
/// assert_eq!(found.values, [-2.5, -4.5]);
/// # Ok::<(), induce_core::Error>(())
/// ```
pub fn with_gradient<F>(width: usize, f: F) -> WithGradient<F>
where
    F: Fn(&[f64], &mut [f64]) -> f64 + Sync,
{
    WithGradient { width, f }
}

impl<F> LogDensity for WithGradient<F>
where
    F: Fn(&[f64], &mut [f64]) -> f64 + Sync,
{
    fn width(&self) -> usize {
        self.width
    }

    fn evaluate(&mut self, theta: &[f64], team: &Team) -> Result<Evaluated> {
        let width = self.width;
        let draws = theta.len() / width.max(1);
        // A row of a draw is its value and its gradient, so that one thread writes it.
        let mut rows = vec![0.0; draws * (width + 1)];
        let f = &self.f;
        team.for_each_chunk(&mut rows, width + 1, |i, row| {
            let (value, gradient) = row.split_at_mut(1);
            value[0] = f(&theta[i * width..(i + 1) * width], gradient);
        });
        let rows = rows.chunks_exact(width + 1);
        Ok(Evaluated {
            values: rows.clone().map(|row| row[0]).collect(),
            gradients: rows.flat_map(|row| row[1..].iter().copied()).collect(),
        })
    }
}

/// The largest difference between the gradient and central differences of the values at theta, relative to the largest entry of either.
///
/// With steps of h = 6e-6 (1 + |theta_i|) a right gradient is within 1e-6 or so.
///
/// ```
/// use induce_core::parallel::Team;
/// use induce_deep::variational::{gradient_error, with_gradient};
/// let mut wrong = with_gradient(1, |theta, gradient| {
///     gradient[0] = theta[0];
///     -0.5 * theta[0] * theta[0]
/// });
/// assert!(gradient_error(&mut wrong, &[2.0], &Team::alone())? > 1.9);
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// If the density has none, or theta is of another width.
pub fn gradient_error(density: &mut dyn LogDensity, theta: &[f64], team: &Team) -> Result<f64> {
    let width = density.width();
    if theta.len() != width {
        return Err(Error::data(
            format!("there are {} values of {width} parameters", theta.len()),
            "give a value for each",
        ));
    }
    let steps: Vec<f64> = theta.iter().map(|x| 6e-6 * (1.0 + x.abs())).collect();
    let mut rows = theta.repeat(2 * width + 1);
    for (i, h) in steps.iter().enumerate() {
        rows[(2 * i + 1) * width + i] += h;
        rows[(2 * i + 2) * width + i] -= h;
    }
    let found = density.evaluate(&rows, team)?;
    let own = &found.gradients[..width];
    let differences = (0..width).map(|i| {
        let span = rows[(2 * i + 1) * width + i] - rows[(2 * i + 2) * width + i];
        (found.values[2 * i + 1] - found.values[2 * i + 2]) / span
    });
    let (mut apart, mut largest) = (0.0_f64, 0.0_f64);
    for (own, other) in own.iter().zip(differences) {
        // A NaN is apart from everything.
        let difference = (own - other).abs();
        apart = if difference.is_nan() {
            f64::NAN
        } else {
            apart.max(difference)
        };
        largest = largest.max(own.abs()).max(other.abs());
    }
    Ok(if apart == 0.0 { 0.0 } else { apart / largest })
}
