//! The Gaussian pyramid of a picture.

use super::blur::blur;
use super::grey::Grey;
use super::workspace::Workspace;

/// Scales per octave at which extrema are searched.
pub(super) const SCALES: usize = 3;

/// Blur of an octave's first picture, in its own pixels.
pub(super) const SIGMA: f32 = 1.6;

/// Blur that a camera's picture is taken to have.
const CAMERA: f32 = 0.5;

/// The pictures of one octave: blur `SIGMA 2^(i / SCALES)` for i = 0 .. SCALES + 2.
pub(super) struct Octave {
    pub(super) pictures: Vec<Grey>,
}

impl Octave {
    /// The first octave: of the doubled picture if `double`, so that details of a few pixels count too.
    pub(super) fn first(source: &Grey, double: bool, workspace: &mut Workspace) -> Self {
        let sigma = |before: f32| (SIGMA * SIGMA - before * before).sqrt();
        if !double {
            let base = blur(source, sigma(CAMERA), workspace);
            return Self::from(base, workspace);
        }
        let doubled = source.doubled(workspace);
        let base = blur(&doubled, sigma(2.0 * CAMERA), workspace);
        workspace.put(doubled.pixels);
        Self::from(base, workspace)
    }

    /// The octave after this one: half the size, twice the blur.
    pub(super) fn next(self, workspace: &mut Workspace) -> Self {
        let base = self.pictures[SCALES].halved(workspace);
        self.give_back(workspace);
        Self::from(base, workspace)
    }

    /// Give the buffers of the pictures back.
    pub(super) fn give_back(self, workspace: &mut Workspace) {
        self.pictures
            .into_iter()
            .for_each(|picture| workspace.put(picture.pixels));
    }

    fn from(base: Grey, workspace: &mut Workspace) -> Self {
        let mut pictures = vec![base];
        for i in 1..SCALES + 3 {
            let before = scale(i as f32 - 1.0);
            let now = scale(i as f32);
            let step = (now * now - before * before).sqrt();
            let next = blur(&pictures[i - 1], step, workspace);
            pictures.push(next);
        }
        Self { pictures }
    }

    pub(super) fn width(&self) -> usize {
        self.pictures[0].width
    }

    pub(super) fn height(&self) -> usize {
        self.pictures[0].height
    }
}

/// The blur of picture `i` of an octave; `i` may lie between two.
pub(super) fn scale(i: f32) -> f32 {
    SIGMA * (i / SCALES as f32).exp2()
}
