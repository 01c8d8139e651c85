//! One picture at many scales.

use super::bench::Bench;
use super::blur::blur;
use super::grey::Grey;

/// Scales per octave at which extrema are sought.
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
    pub(super) fn first(source: &Grey, double: bool, bench: &mut Bench) -> Self {
        let sigma = |before: f32| (SIGMA * SIGMA - before * before).sqrt();
        if !double {
            let base = blur(source, sigma(CAMERA), bench);
            return Self::from(base, bench);
        }
        let doubled = source.doubled(bench);
        let base = blur(&doubled, sigma(2.0 * CAMERA), bench);
        bench.put(doubled);
        Self::from(base, bench)
    }

    /// The octave after this one: half the size, twice the blur.
    pub(super) fn next(self, bench: &mut Bench) -> Self {
        let base = self.pictures[SCALES].halved(bench);
        self.give_back(bench);
        Self::from(base, bench)
    }

    /// Leave the pictures' memory to others.
    pub(super) fn give_back(self, bench: &mut Bench) {
        self.pictures.into_iter().for_each(|picture| bench.put(picture));
    }

    fn from(base: Grey, bench: &mut Bench) -> Self {
        let mut pictures = vec![base];
        for i in 1..SCALES + 3 {
            let before = scale(i as f32 - 1.0);
            let now = scale(i as f32);
            let step = (now * now - before * before).sqrt();
            let next = blur(&pictures[i - 1], step, bench);
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
