//! From two pictures to the homography between them.

use induce_core::{Error, Fitted, Result, Run};

use super::bench::Bench;
use super::grey::Grey;
use super::matching::{Match, matches};
use super::sift::{self, Features, features_at};
use crate::robust::plane::{self, Pairs};

/// How one picture lies on another.
#[derive(Debug, Clone)]
pub struct Registration {
    /// The homography and its covariance.
    pub fit: plane::Fit,
    /// Pairs of key points that look alike.
    pub matches: usize,
    /// Key points of both pictures.
    pub points: [usize; 2],
}

/// Nearest over second nearest distance, at most (Lowe 2004).
const RATIO: f32 = 0.8;

/// Fewer agreeing pairs than this are what chance brings about.
const LEAST: usize = 10;

/// Find the homography that takes picture `a` to picture `b`.
///
/// An error says which picture shows nothing, or that they have nothing in common.
pub fn register(
    a: &Grey,
    b: &Grey,
    key: &sift::Spec,
    spec: &plane::Spec,
    run: &Run,
) -> Result<Fitted<Registration>> {
    let threads = run.threads();
    let (fa, fb) = Bench::with(threads, |bench| {
        (features_at(bench, a, key), features_at(bench, b, key))
    });
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
    let pairs = distinct(matches(&fa, &fb, RATIO, threads), &fa, &fb);
    stop(run)?;
    let found = agree(&pairs, &fa, &fb, spec, run)?;
    Ok(Fitted {
        model: Registration {
            fit: found.model,
            matches: pairs.len(),
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

/// The homography that most of `found` follow; an error if so few do that chance explains it.
pub fn agree(
    found: &[Match],
    a: &Features,
    b: &Features,
    spec: &plane::Spec,
    run: &Run,
) -> Result<Fitted<plane::Fit>> {
    let place = |f: &Features, i: usize| [f64::from(f.points[i].x), f64::from(f.points[i].y)];
    let ends: Vec<[f64; 2]> = found.iter().map(|m| place(b, m.b)).collect();
    let starts: Vec<[f64; 2]> = found.iter().map(|m| place(a, m.a)).collect();
    let order: Vec<u32> = (0..found.len() as u32).collect();
    let pairs = Pairs::new(&starts, &ends)?;
    let fitted = plane::fit(spec, &pairs, Some(&order), None, run).ok();
    let agreeing = fitted.as_ref().map_or(0, |f| f.model.inliers.len());
    fitted.filter(|_| agreeing >= LEAST).ok_or_else(|| {
        let what = format!(
            "the pictures do not overlap: {agreeing} of {} pairs of key points that look alike agree on a homography",
            found.len()
        );
        Error::data(what, "give pictures that share a third of what they show, taken from one place or of one plane")
    })
}
