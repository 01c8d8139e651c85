//! The ascent: steps along a noisy gradient in the frame of q, shorter ones when iterates have come to rest, and averages of these.

use induce_core::parallel::Team;
use induce_core::random::Stream;
use induce_core::{Error, FitReport, Fitted, Outcome, Result, Run, Trace};

use super::approximation::Approximation;
use super::average::{Iterates, Rest};
use super::density::LogDensity;
use super::gaussian::{Gaussian, noise};
use super::posterior::Posterior;
use super::spec::{Family, GradientKind, Spec};
use super::start::start;
use super::support::Supports;
use super::target::Target;

/// R-hat below which iterates have come to rest.
const AT_REST: f64 = 1.1;
/// What a step's length is multiplied by.
const SHORTER: f64 = 0.4;
/// Lengths of steps at least: the result of one is compared with that of the one before.
const LENGTHS: usize = 2;
/// A share of all steps after which those of one length have had their time, at rest or not.
const SHARE: u64 = 4;

/// Automatic differentiation variational inference: the Gaussian q(y) that maximizes ELBO = E ln p(x, T(y)) + ln |det dT/dy| + H(q).
///
/// theta = T(y) live on `supports`. A step takes `draws` y = mu + L eps, and moves mu and L along the mean of the gradients by Adam (Kingma & Ba
/// 2015), in the frame of q: mu + L a, L T. So neither units nor correlations of parameters matter. When iterates of one length of the step have
/// come to rest (R-hat of the halves of their second half below 1.1, or halves nearer than the tolerance) and the Monte-Carlo error of their mean
/// is below half of the tolerance, the mean is kept (iterate averaging: Dhaka et al. 2020) and steps are shorter by 0.4. It has converged when two
/// such means are no further apart than the tolerance. All distances are the largest over mu and L in deviations of q, and over ln L_ii.
///
/// ```
/// use induce_core::Run;
/// use induce_deep::variational::{Family, Spec, Supports, advi, on_tape};
/// // Two unknowns of deviations 1 and 2 and correlation 0.8; ln Z = ln(2 pi 2 sqrt(1 - 0.8^2)).
/// let mut density = on_tape(2, |theta| {
///     let (x, y) = (theta.slice(1, 0, 1), theta.slice(1, 1, 1).affine(0.5, 0.0));
///     let form = x.square() + y.square() - (x * y).affine(1.6, 0.0);
///     form.affine(-0.5 / 0.36, 0.0).sum_last()
/// });
/// let spec = Spec { family: Family::FullRank, ..Spec::default() };
/// let fitted = advi(&spec, &Supports::real(2)?, &mut density, &mut Run::new(0))?;
/// let posterior = &fitted.model;
/// assert!((posterior.deviations[1] - 2.0).abs() < 0.1 && (posterior.covariance[1] - 1.6).abs() < 0.1);
/// assert!((posterior.elbo - (std::f64::consts::TAU * 2.0 * 0.6).ln()).abs() < 0.01 && posterior.khat < 0.5);
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// If a setting is out of range, supports and density differ in width, the arrays need more memory than there is, or the density or its
/// gradient is not finite: with the step and the draw.
pub fn advi(
    spec: &Spec,
    supports: &Supports,
    density: &mut dyn LogDensity,
    run: &mut Run,
) -> Result<Fitted<Posterior>> {
    spec.check()?;
    check_memory(spec, supports, run)?;
    let at = match &spec.start {
        Some(theta) => supports.free(theta)?,
        None => vec![0.0; supports.coordinates()],
    };
    Team::with(run.threads(), |team| {
        let mut target = Target::new(density, supports, team)?;
        let q = start(&mut target, spec, &at, run)?;
        run.monitor().begin("variational inference", spec.steps);
        let ascent = Ascent::new(spec, q, run.stream("variational/steps"));
        let ended = ascent.climb(&mut target, run);
        run.monitor().end();
        let (q, outcome, report) = ended?;
        let q = Approximation::of(q, supports.clone());
        let model = Posterior::judge(q, &mut target, spec.samples, run)?;
        Ok(Fitted {
            model,
            outcome,
            report,
        })
    })
}

/// Averages of iterates, the last of them, and the draws of the end.
fn check_memory(spec: &Spec, supports: &Supports, run: &Run) -> Result<()> {
    let d = supports.coordinates() as u64;
    let numbers = match spec.family {
        Family::MeanField => 2 * d,
        Family::FullRank => d.saturating_mul(d + 3) / 2,
    };
    let width = d + supports.values() as u64;
    let draws = (spec.samples as u64).saturating_mul(width + 4);
    let step = (spec.draws as u64).saturating_mul(6 * width);
    let all = numbers
        .saturating_mul(80)
        .saturating_add(draws)
        .saturating_add(step);
    let (needed, limit) = (all.saturating_mul(8), run.room());
    if needed <= limit {
        return Ok(());
    }
    Err(Error::TooLarge {
        what: format!("a {} approximation of {d} coordinates", spec.family.name()),
        needed,
        limit,
    })
}

/// Adam's moments (Kingma & Ba 2015, algorithm 1).
struct Moments {
    first: Vec<f64>,
    second: Vec<f64>,
    steps: i32,
}

impl Moments {
    const FIRST: f64 = 0.9;
    const SECOND: f64 = 0.99;

    fn new(count: usize) -> Self {
        Self {
            first: vec![0.0; count],
            second: vec![0.0; count],
            steps: 0,
        }
    }

    /// Turn a gradient into a step of this length.
    fn step(&mut self, gradient: &mut [f64], rate: f64) {
        self.steps = self.steps.saturating_add(1);
        let (a, b) = (Self::FIRST, Self::SECOND);
        let (unbias_a, unbias_b) = (1.0 - a.powi(self.steps), 1.0 - b.powi(self.steps));
        for (i, g) in gradient.iter_mut().enumerate() {
            self.first[i] = a * self.first[i] + (1.0 - a) * *g;
            self.second[i] = b * self.second[i] + (1.0 - b) * *g * *g;
            *g = rate * (self.first[i] / unbias_a) / ((self.second[i] / unbias_b).sqrt() + 1e-8);
        }
    }
}

/// The state of an ascent.
struct Ascent<'a> {
    spec: &'a Spec,
    stream: Stream,
    q: Gaussian,
    moments: Moments,
    rate: f64,
    iterates: Iterates,
    /// Means of iterates at rest, one of each length of the step.
    means: Vec<Vec<f64>>,
    /// The sum of the ELBO's estimates since it was last told, and of how many.
    elbo: (f64, u64),
    report: FitReport,
}

/// What is known of iterates, in units of q.
struct Judged {
    at_rest: bool,
    error: f64,
}

impl<'a> Ascent<'a> {
    fn new(spec: &'a Spec, q: Gaussian, stream: Stream) -> Self {
        let count = q.numbers().len();
        Self {
            spec,
            stream,
            rate: spec.rate(q.dimension()),
            iterates: Iterates::new(q.numbers()),
            moments: Moments::new(count),
            q,
            means: Vec::new(),
            elbo: (0.0, 0),
            report: FitReport::new(0, vec![Trace::new("train", "elbo", Vec::new())]),
        }
    }

    fn climb(mut self, target: &mut Target, run: &mut Run) -> Result<(Gaussian, Outcome, FitReport)> {
        let mut outcome = None;
        while outcome.is_none() {
            let step = self.report.steps;
            outcome = run.stopped();
            if outcome.is_none() && step == self.spec.steps {
                outcome = Some(self.exhausted());
            }
            if outcome.is_some() {
                break;
            }
            self.go(target, step)?;
            self.report.steps = step + 1;
            if self.iterates.push(self.q.numbers()) {
                self.tell(run);
                outcome = self.rested();
            }
        }
        let numbers = self.means.pop().unwrap_or_else(|| self.iterates.mean());
        let outcome = outcome.expect("the loop ends with one");
        Ok((self.q.with_numbers(numbers), outcome, self.report))
    }

    /// One step.
    fn go(&mut self, target: &mut Target, step: u64) -> Result<()> {
        let (d, draws) = (self.q.dimension(), self.spec.draws);
        let eps = noise(self.stream, step * draws as u64, draws, d);
        let mut y = vec![0.0; eps.len()];
        y.chunks_exact_mut(d)
            .zip(eps.chunks_exact(d))
            .for_each(|(y, eps)| self.q.draw(eps, y));
        let found = target.finite(&y, |i| format!("draw {} of step {}", i + 1, step + 1))?;
        self.elbo.0 += found.values.iter().sum::<f64>() / draws as f64 + self.q.entropy();
        self.elbo.1 += 1;
        let mut gradient = self.gradient(&eps, &found.gradients);
        self.moments.step(&mut gradient, self.rate);
        self.q.go(&gradient);
        Ok(())
    }

    /// The gradient of the ELBO by a step in the frame of q: means of u and of the lower triangle of u eps', u = L' g, plus that of the entropy;
    /// or the same of u = L' g + eps, the path's part of -ln q.
    fn gradient(&self, eps: &[f64], by_y: &[f64]) -> Vec<f64> {
        let (d, draws) = (self.q.dimension(), self.spec.draws as f64);
        let mut sum = vec![0.0; self.q.numbers().len()];
        let mut u = vec![0.0; d];
        for (eps, g) in eps.chunks_exact(d).zip(by_y.chunks_exact(d)) {
            self.q.pull(g, &mut u);
            if self.spec.gradient == GradientKind::Landing {
                u.iter_mut().zip(eps).for_each(|(u, e)| *u += e);
            }
            self.q.add_gradient(&u, eps, &mut sum);
        }
        sum.iter_mut().for_each(|s| *s /= draws);
        if self.spec.gradient == GradientKind::Entropy {
            self.q.add_entropy(&mut sum);
        }
        sum
    }

    fn tell(&mut self, run: &mut Run) {
        let elbo = self.elbo.0 / self.elbo.1 as f64;
        self.elbo = (0.0, 0);
        self.report.record("train", "elbo", self.report.steps, elbo);
        run.monitor()
            .step(self.report.steps, &[("elbo".to_owned(), elbo)]);
    }

    /// Shorter steps if iterates are at rest; how it ends if that has changed nothing any more.
    fn rested(&mut self) -> Option<Outcome> {
        let judged = self.iterates.rest().map(|rest| (self.judged(&rest), rest.mean));
        let spent = self.iterates.steps() > self.spec.steps / SHARE;
        let good = |judged: &Judged| judged.at_rest && judged.error <= 0.5 * self.spec.tolerance;
        match judged {
            Some((judged, mean)) if good(&judged) => self.shorten(mean, judged.error),
            Some((judged, _)) if spent && !judged.at_rest => {
                // They never came to rest at this length, so their mean is a place to go on from and no result.
                let mean = self.iterates.mean();
                self.begin_again(mean);
                None
            }
            _ => None,
        }
    }

    fn judged(&self, rest: &Rest) -> Judged {
        let units = self.q.with_numbers(rest.mean.clone()).units();
        // Of many numbers that hardly move, some have halves that are apart by chance.
        let still = |i: usize| rest.r_hat[i] < AT_REST || rest.drift[i] / units[i] < self.spec.tolerance;
        Judged {
            at_rest: (0..units.len()).all(still),
            error: largest(rest.error.iter().zip(&units).map(|(e, u)| e / u)),
        }
    }

    fn shorten(&mut self, mean: Vec<f64>, error: f64) -> Option<Outcome> {
        let units = self.q.with_numbers(mean.clone()).units();
        let apart = self.means.last().map(|last| {
            let differences = last.iter().zip(&mean).zip(&units);
            largest(differences.map(|((a, b), u)| (a - b).abs() / u))
        });
        self.means.push(mean.clone());
        let tolerance = self.spec.tolerance;
        match apart {
            Some(apart) if apart <= tolerance && self.means.len() >= LENGTHS => Some(Outcome::Converged {
                reason: format!(
                    "means of iterates with steps of {:.1e} and {:.1e} deviations are {apart:.1e} deviations apart, tolerance {tolerance}; \
                         their Monte-Carlo error is {error:.1e}",
                    self.rate / SHORTER,
                    self.rate,
                ),
            }),
            _ => {
                self.begin_again(mean);
                None
            }
        }
    }

    /// Go on from here with shorter steps.
    fn begin_again(&mut self, numbers: Vec<f64>) {
        self.rate *= SHORTER;
        self.iterates = Iterates::new(&numbers);
        self.q = self.q.with_numbers(numbers);
    }

    fn exhausted(&self) -> Outcome {
        let known = match self.iterates.rest().map(|rest| self.judged(&rest)) {
            None => "too few of the last length to say more".to_owned(),
            Some(own) if own.at_rest => {
                format!(
                    "at rest, with a Monte-Carlo error of {:.1e} deviations",
                    own.error
                )
            }
            Some(_) => "iterates have not come to rest".to_owned(),
        };
        Outcome::Exhausted {
            reason: format!("{} steps are done: {known}", self.spec.steps),
        }
    }
}

/// The largest of numbers, of which NaN is.
fn largest(all: impl Iterator<Item = f64>) -> f64 {
    all.fold(0.0, |most, x| if x.is_nan() || x > most { x } else { most })
}
