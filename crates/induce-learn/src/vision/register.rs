//! From two pictures to the homography between them.

use induce_core::{Error, Fitted, Result, Run};

use super::grey::Grey;
use super::guide::{distance, guided};
use super::matching::{Match, matches};
use super::sift::{self, Features, features_at};
use super::workspace::Workspace;
use crate::robust::plane::{self, Pairs};
use induce_core::words::counted;

/// The registration of one picture on another.
#[derive(Debug, Clone)]
pub struct Registration {
    /// The homography and its covariance.
    pub fit: plane::Fit,
    /// Pairs of key points that look alike where the homography takes them.
    pub matches: usize,
    /// Key points of both pictures.
    pub points: [usize; 2],
}

/// Nearest over second nearest distance, at most (Lowe 2004).
const RATIO: f32 = 0.8;

/// Fewer agreeing pairs than this may agree by chance.
const LEAST: usize = 10;

/// Find the homography that takes picture `a` to picture `b`.
///
/// Key points of both are matched by their descriptors, and most matches must follow one map.
///
/// ```
/// use induce_core::Run;
/// use induce_core::random::Stream;
/// use induce_learn::robust::plane::{self, transfer};
/// use induce_learn::vision::{Grey, Spec, register};
///
/// // A wall of tiles, and the same wall 12 pixels further left and 5 further down.
/// let stream = Stream::new(0, "wall");
/// let wall = |x: usize, y: usize| 255.0 * stream.uniform((x / 7 * 1000 + y / 7) as u64) as f32;
/// let picture = |left: usize, up: usize| Grey {
///     width: 160,
///     height: 120,
///     pixels: (0..160 * 120).map(|i| wall(i % 160 + left, i / 160 + up)).collect(),
/// };
/// let found = register(&picture(0, 5), &picture(12, 0), &Spec::default(), &plane::Spec::default(), &Run::new(0))?;
/// let [x, y] = transfer(&found.model.fit.matrix, [80.0, 60.0]);
/// assert!((x - 68.0).abs() < 0.5 && (y - 65.0).abs() < 0.5);
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// If a picture shows too few key points, the two have nothing in common, or the run is stopped.
pub fn register(
    a: &Grey,
    b: &Grey,
    key: &sift::Spec,
    spec: &plane::Spec,
    run: &Run,
) -> Result<Fitted<Registration>> {
    let threads = run.threads();
    run.watched().begin("key points of pictures", 2);
    let (fa, fb) = Workspace::with(threads, |workspace| {
        let mut found = |picture: &Grey, nth: u64| {
            let features = features_at(workspace, picture, key);
            run.watched().step(nth, &[]);
            features
        };
        (found(a, 1), found(b, 2))
    });
    run.watched().end();
    let (fa, fb) = (fa?, fb?);
    stop(run)?;
    for (features, which) in [(&fa, "first"), (&fb, "second")] {
        if features.points.len() < LEAST {
            let what = format!(
                "the {which} picture has {} key points, too few to place it",
                features.points.len()
            );
            return Err(Error::data(
                what,
                "it is blank, blurred or too small; give one with more detail",
            ));
        }
    }
    run.watched().begin("key points matched", 1);
    let alike = distinct(matches(&fa, &fb, RATIO, threads), &fa, &fb);
    run.watched().end();
    stop(run)?;
    let found = agree(&alike, &fa, &fb, spec, run)?;
    Ok(Fitted {
        model: Registration {
            matches: found.model.pairs.len(),
            fit: found.model.fit,
            points: [fa.points.len(), fb.points.len()],
        },
        outcome: found.outcome,
        report: found.report,
    })
}

fn stop(run: &Run) -> Result<()> {
    if run.interrupted() {
        Err(Error::Interrupted)
    } else {
        Ok(())
    }
}

/// Each pair of places once, the surest first: a place with several directions matches several times.
pub fn distinct(mut found: Vec<Match>, a: &Features, b: &Features) -> Vec<Match> {
    found.sort_by(|x, y| x.ratio.total_cmp(&y.ratio).then(x.a.cmp(&y.a)));
    let mut seen = std::collections::HashSet::new();
    let place = |f: &Features, i: usize| (f.points[i].x.to_bits(), f.points[i].y.to_bits());
    found.retain(|m| seen.insert((place(a, m.a), place(b, m.b))));
    found
}

/// Samples after which one of pairs that agree would have been drawn if there were as many as count.
fn enough(pairs: usize, confidence: f64) -> usize {
    let good = (LEAST as f64 / pairs as f64).min(1.0).powi(4);
    ((1.0 - confidence).ln() / (-good).ln_1p()).ceil().max(1.0) as usize
}

/// A homography and the pairs it was fitted to.
#[derive(Debug, Clone)]
pub struct Agreement {
    /// The homography; its inliers are positions in `pairs`.
    pub fit: plane::Fit,
    /// Pairs of key points that look alike where the homography takes them.
    pub pairs: Vec<Match>,
}

/// The homography that most of `found` follow.
///
/// The result of sampling is improved by pairs that were no clear matches among all key points, but are within a few
/// pixels of where the homography takes them.
///
/// # Errors
/// If so few matches agree that chance explains it.
pub fn agree(
    found: &[Match],
    a: &Features,
    b: &Features,
    spec: &plane::Spec,
    run: &Run,
) -> Result<Fitted<Agreement>> {
    let sought = plane::Spec {
        trials: spec.trials.min(enough(found.len(), spec.confidence)),
        ..*spec
    };
    let order: Vec<u32> = (0..found.len() as u32).collect();
    let fitted = plane::fit(&sought, &pairs(found, a, b)?, Some(&order), None, run).ok();
    let agreeing = fitted.as_ref().map_or(0, |f| f.model.inliers.len());
    let fitted = fitted.filter(|_| agreeing >= LEAST).ok_or_else(|| {
        let what = format!(
            "the pictures do not overlap: {agreeing} of {} of key points that look alike agree on a homography",
            counted(found.len(), "pair")
        );
        Error::data(what, "give pictures that share a third of what they show, taken from one place or of one plane")
    })?;
    let first = Agreement {
        fit: fitted.model,
        pairs: found.to_vec(),
    };
    Ok(Fitted {
        model: improved(&first, a, b, spec).unwrap_or(first),
        outcome: fitted.outcome,
        report: fitted.report,
    })
}

fn pairs(found: &[Match], a: &Features, b: &Features) -> Result<Pairs> {
    let place = |f: &Features, i: usize| [f64::from(f.points[i].x), f64::from(f.points[i].y)];
    let starts: Vec<[f64; 2]> = found.iter().map(|m| place(a, m.a)).collect();
    let ends: Vec<[f64; 2]> = found.iter().map(|m| place(b, m.b)).collect();
    Pairs::new(&starts, &ends)
}

/// Where the partner of a key point may be, in units of the threshold: the homography is not yet exact.
const REACH: f64 = 1.5;

/// Pairs may differ as much as this fraction of those that agree already.
const ALIKE: f64 = 0.95;

/// Scale of a key point, in pixels, up to which its place is about as exact as those of others.
const EXACT: f64 = 5.0;

/// The homography of the pairs near it, if there are about as many as before.
///
/// A key point is placed less exactly the larger its scale, so pairs have the weight 1 / (EXACT^2 + scale^2), of mean 1.
fn improved(first: &Agreement, a: &Features, b: &Features, spec: &plane::Spec) -> Option<Agreement> {
    let inliers = &first.fit.inliers;
    let apart = |&i: &usize| distance(a.descriptor(first.pairs[i].a), b.descriptor(first.pairs[i].b));
    let mut apart: Vec<i32> = inliers.iter().map(apart).collect();
    apart.sort_unstable();
    let alike = *apart.get((ALIKE * apart.len() as f64) as usize)?;
    let found = distinct(
        guided(a, b, &first.fit.matrix, REACH * spec.threshold, alike, RATIO),
        a,
        b,
    );
    let scale = |m: &Match| f64::from(b.points[m.b].scale);
    let exact: Vec<f64> = found
        .iter()
        .map(|m| 1.0 / (EXACT * EXACT + scale(m).powi(2)))
        .collect();
    let mean = exact.iter().sum::<f64>() / exact.len() as f64;
    let weight: Vec<f64> = exact.iter().map(|w| w / mean).collect();
    let fit = plane::refit(spec, &pairs(&found, a, b).ok()?, Some(&weight), &first.fit.matrix).ok()?;
    (4 * fit.inliers.len() >= 3 * inliers.len()).then_some(Agreement { fit, pairs: found })
}
