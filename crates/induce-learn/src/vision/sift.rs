//! SIFT key points.

use induce_core::{Error, Result};
use serde::{Deserialize, Serialize};

use super::describe::{LENGTH, describe};
use super::detect::{Extremum, extrema};
use super::grey::Grey;
use super::orient::directions;
use super::pyramid::{Octave, scale};
use super::workspace::Workspace;

/// How to find key points.
///
/// ```
/// use induce_learn::vision::Spec;
/// assert!(Spec::default().check().is_ok());
/// assert!(Spec { contrast: -1.0, ..Spec::default() }.check().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// Least contrast, as a fraction of the range from black to white.
    pub contrast: f32,
    /// Largest ratio of principal curvatures.
    pub edge: f32,
    /// Pictures of up to this many pixels are doubled first, so that details of a few pixels count too.
    pub doubled: usize,
    /// Most key points; those of least contrast are dropped.
    pub most: usize,
}

impl Default for Spec {
    fn default() -> Self {
        Self {
            contrast: 0.04,
            edge: 10.0,
            doubled: 3_000_000,
            most: 20_000,
        }
    }
}

impl Spec {
    /// Checks every setting.
    ///
    /// # Errors
    /// If a value is out of its range.
    pub fn check(&self) -> Result<()> {
        if !(self.contrast >= 0.0 && self.contrast < 1.0) {
            return Err(Error::setting("contrast", self.contrast, "it must lie in [0, 1)"));
        }
        if !(self.edge >= 1.0 && self.edge.is_finite()) {
            return Err(Error::setting("edge", self.edge, "it must be at least 1"));
        }
        Ok(())
    }
}

/// A key point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KeyPoint {
    /// Column, in pixels of the picture; the middle of the first pixel is 0.
    pub x: f32,
    /// Row.
    pub y: f32,
    /// Standard deviation of the Gaussian at whose scale it stands out, in pixels.
    pub scale: f32,
    /// Direction of its surroundings' gradient, in turns.
    pub direction: f32,
    /// Contrast, in grey values.
    pub contrast: f32,
}

/// Key points with their descriptors.
#[derive(Debug, Clone, Default)]
pub struct Features {
    /// The points.
    pub points: Vec<KeyPoint>,
    /// 128 bytes per point.
    pub descriptors: Vec<u8>,
}

impl Features {
    /// The descriptor of point `i`.
    pub fn descriptor(&self, i: usize) -> &[u8] {
        &self.descriptors[i * LENGTH..(i + 1) * LENGTH]
    }
}

/// Key points that are described together by one thread.
const SHARE: usize = 32;

/// The key points of a picture: scale-invariant feature transform.
///
/// Extrema over place and scale of the difference of Gaussians, each with the directions of its gradients and a
/// histogram of them (Lowe, *Distinctive image features from scale-invariant keypoints*, IJCV 2004). The result does
/// not depend on `threads`. A blank picture has none.
///
/// ```
/// use induce_learn::vision::{Grey, Spec, features};
/// let spot = |x: usize, y: usize| 200.0 * (-((x as f32 - 40.0).powi(2) + (y as f32 - 30.0).powi(2)) / 50.0).exp();
/// let pixels = (0..80 * 60).map(|i| spot(i % 80, i / 80)).collect();
/// let found = features(&Grey { width: 80, height: 60, pixels }, &Spec::default(), 1)?;
/// assert!((found.points[0].x - 40.0).abs() < 0.1 && (found.points[0].y - 30.0).abs() < 0.1);
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// If a setting is out of its range.
pub fn features(picture: &Grey, spec: &Spec, threads: usize) -> Result<Features> {
    Workspace::with(threads, |workspace| features_at(workspace, picture, spec))
}

/// As [`features`], with a workspace that several pictures may use in turn.
///
/// # Errors
/// If a setting is out of its range.
pub fn features_at(workspace: &mut Workspace, picture: &Grey, spec: &Spec) -> Result<Features> {
    spec.check()?;
    let double = picture.pixels.len() <= spec.doubled;
    let mut found = Vec::new();
    // Pixels of the picture per pixel of the octave, and where the octave's first pixel lies.
    let (mut step, first) = if double { (0.5, -0.25) } else { (1.0, 0.0) };
    let mut octave = Octave::first(picture, double, workspace);
    loop {
        let places = extrema(&octave, spec.contrast * 255.0, spec.edge, workspace);
        found.extend(described(&octave, &places, [step, first], workspace));
        if octave.width().min(octave.height()) < 2 * SMALLEST {
            break;
        }
        octave = octave.next(workspace);
        step *= 2.0;
    }
    octave.give_back(workspace);
    Ok(gathered(&found, spec.most))
}

/// Sides of the smallest octave.
const SMALLEST: usize = 12;

type Described = (KeyPoint, [u8; LENGTH]);

fn described(
    octave: &Octave,
    places: &[Extremum],
    grid: [f32; 2],
    workspace: &mut Workspace,
) -> Vec<Described> {
    let fractions = workspace.map(places.len().div_ceil(SHARE), |fraction| {
        let end = ((fraction + 1) * SHARE).min(places.len());
        let places = &places[fraction * SHARE..end];
        places
            .iter()
            .flat_map(|place| around(octave, place, grid))
            .collect::<Vec<_>>()
    });
    fractions.concat()
}

/// One key point per direction of an extremum.
fn around(octave: &Octave, place: &Extremum, [step, first]: [f32; 2]) -> Vec<Described> {
    let picture = &octave.pictures[place.layer.round() as usize];
    let own = scale(place.layer);
    let point = |direction: f32| KeyPoint {
        x: place.x * step + first,
        y: place.y * step + first,
        scale: own * step,
        direction,
        contrast: place.contrast,
    };
    let found = directions(picture, place.x, place.y, own);
    found
        .into_iter()
        .map(|d| (point(d), describe(picture, place.x, place.y, own, d)))
        .collect()
}

/// All of them, or those of most contrast, in the order in which they were found.
fn gathered(found: &[Described], most: usize) -> Features {
    let least = if found.len() > most {
        let mut contrasts: Vec<f32> = found.iter().map(|(p, _)| p.contrast).collect();
        contrasts.sort_by(|a, b| b.total_cmp(a));
        contrasts[most]
    } else {
        f32::NEG_INFINITY
    };
    let mut features = Features::default();
    for (point, descriptor) in found.iter().filter(|(p, _)| p.contrast > least) {
        features.points.push(*point);
        features.descriptors.extend(descriptor);
    }
    features
}
