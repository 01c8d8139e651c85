//! A trained auto-encoder: what it does with images.

use induce_core::metrics::Score;
use induce_core::model::{
    Block, Bounds, Data, Density, Embedding, Entry, Evaluation, Fact, Generate, Grid, Images, Inputs, Model,
    Pictures, Redraw, Section, Transform,
};
use induce_core::model_file::ModelFile;
use induce_core::parallel::Team;
use induce_core::{Error, Result, Run};
use induce_tensor::{Parameters, Tape, Tensor, Workspace};
use serde_json::{Value, json};

use super::evaluate::{Judged, judge};
use super::file::{Header, KIND, open};
use super::likelihood::Said;
use super::network::Network;
use super::pixels::{Batch, Pixels};
use super::shape::Size;
use super::spec::{Bound, Spec};

/// Samples of an evaluation where nobody says how many.
const SAMPLES: usize = 50;
/// Images that go through the network together.
const TOGETHER: usize = 500;
/// Images of a line between two.
const STEPS: usize = 8;
/// Images of a picture of many.
const SHOWN: usize = 64;

/// A trained auto-encoder.
#[derive(Clone)]
pub struct Trained {
    /// Its row of the registry.
    pub entry: &'static Entry,
    /// The size of images, and the settings as a file keeps them.
    pub header: Header,
    /// The settings.
    pub spec: Spec,
    /// The network.
    pub network: Network,
    /// What was learnt.
    pub parameters: Parameters,
}

impl Trained {
    /// From its file, as a model of the entry that is named there.
    ///
    /// # Errors
    /// If it is of another kind, or damaged.
    pub fn open(file: &ModelFile, entry: fn(&str) -> &'static Entry) -> Result<Self> {
        let (header, spec, network, parameters) = open(file)?;
        Ok(Self {
            entry: entry(header.model()),
            spec,
            header,
            network,
            parameters,
        })
    }

    /// Bounds of images by so many samples.
    ///
    /// # Errors
    /// If they are of another size, or none.
    pub fn judge(&self, images: &Images, samples: usize, run: &mut Run) -> Result<Judged> {
        check_size(self.header.image, images)?;
        if self.spec.bound == Bound::None {
            return Err(Error::data(
                "an auto-encoder has no density",
                "train `-m vae` for bounds of the likelihood",
            ));
        }
        judge(
            &self.network,
            &self.parameters,
            &self.spec.pixels(),
            images,
            samples,
            run,
        )
    }

    /// The mean of q(z_1 | x) of images. // (images, width)
    fn encode(&self, images: &Images, run: &Run) -> Result<Vec<f64>> {
        check_size(self.header.image, images)?;
        let mut means = Vec::with_capacity(images.len() * self.network.shape.latent[0]);
        let given = (self.spec.pixels().plain(), images);
        in_parts(&self.parameters, given, (run, "latent/encode"), &mut |x| {
            let values = self.network.encode(x).mean.values()?;
            means.extend(values.into_iter().map(f64::from));
            Ok(())
        })?;
        Ok(means)
    }

    /// The mean image of latent variables next to the data. z (images, width)
    fn decode(&self, z: &[f64], run: &Run) -> Result<Images> {
        let width = self.network.shape.latent[0];
        mean_images(
            self.header.image,
            &self.parameters,
            (z, width),
            run,
            &|tape, some| {
                let some: Vec<f32> = some.iter().map(|z| *z as f32).collect();
                self.network
                    .decode(tape.input(&[some.len() / width, width], &some))
            },
        )
    }

    /// Latent variables next to the data, from the prior. // (images, width)
    fn prior(&self, n: usize, run: &Run) -> Result<Vec<f64>> {
        let stream = run.stream("latent/prior");
        Team::with(run.threads(), |team| {
            let mut workspace = Workspace::default();
            let tape = Tape::new(&mut workspace, &self.parameters, team);
            let mut noise =
                |layer: usize, lengths: &[usize]| tape.normal(lengths, stream.child(layer as u64));
            let z = tape.values(self.network.draw(&tape, n, &mut noise))?;
            Ok(z.into_iter().map(f64::from).collect())
        })
    }

    /// The decoder over a square of quantiles of two latent variables.
    fn latent_grid(&self, run: &Run) -> Result<Option<Images>> {
        const SIDE: usize = 12;
        if self.network.shape.latent != [2] || self.spec.bound == Bound::None {
            return Ok(None);
        }
        let at = |i: usize| induce_prob::special::normal_quantile((i as f64 + 0.5) / SIDE as f64);
        let z: Vec<f64> = (0..SIDE * SIDE)
            .flat_map(|i| [at(i % SIDE), at(SIDE - 1 - i / SIDE)])
            .collect();
        self.decode(&z, run).map(Some)
    }
}

/// That there are images, of this size.
///
/// # Errors
/// Unless it is so.
pub fn check_size(own: Size, images: &Images) -> Result<()> {
    let given = Size::of(images);
    if own == given && !images.is_empty() {
        return Ok(());
    }
    let text = match images.is_empty() {
        true => "there is no image".to_owned(),
        false => format!("images of {given} do not fit a model of {own}"),
    };
    Err(Error::data(
        text,
        "give images of the size that it was trained on: height x width x channels",
    ))
}

/// Images through a network some at a time: `each` sees them as numbers. // (images, values)
///
/// # Errors
/// As `each`.
pub fn in_parts(
    parameters: &Parameters,
    (pixels, images): (Pixels, &Images),
    (run, path): (&Run, &str),
    each: &mut dyn for<'t> FnMut(Tensor<'t>) -> Result<()>,
) -> Result<()> {
    let stream = run.stream(path);
    Team::with(run.threads(), |team| {
        let (mut workspace, mut batch) = (Workspace::default(), Batch::default());
        for start in (0..images.len()).step_by(TOGETHER) {
            let some: Vec<usize> = (start..(start + TOGETHER).min(images.len())).collect();
            pixels.fill(images, &some, stream.child(start as u64), &mut batch);
            let tape = Tape::new(&mut workspace, parameters, team);
            each(tape.input(&[some.len(), images.size()], &batch.inputs))?;
        }
        Ok(())
    })
}

/// What a decoder says of latent variables, some at a time.
pub type Decode<'d, Z> = dyn for<'t> Fn(&'t Tape<'t>, &[Z]) -> Said<'t> + 'd;

/// The mean images of latent variables, `width` of them an image.
///
/// # Errors
/// If a tape is poisoned.
pub fn mean_images<Z: Sync>(
    size: Size,
    parameters: &Parameters,
    (all, width): (&[Z], usize),
    run: &Run,
    decode: &Decode<Z>,
) -> Result<Images> {
    let mut pixels = Vec::with_capacity(all.len() / width * size.values());
    Team::with(run.threads(), |team| {
        let mut workspace = Workspace::default();
        for some in all.chunks(TOGETHER * width) {
            let tape = Tape::new(&mut workspace, parameters, team);
            let means = decode(&tape, some).means()?;
            let byte = |x: f64| (255.0 * x.clamp(0.0, 1.0)).round() as u8;
            pixels.extend(means.into_iter().map(byte));
        }
        Ok::<(), Error>(())
    })?;
    Images::new(size.height, size.width, size.channels, pixels)
}

/// The mean of squares of differences, of values in [0, 1].
pub fn squared_error(images: &Images, again: &Images) -> f64 {
    let away = |(a, b): (&u8, &u8)| ((f64::from(*a) - f64::from(*b)) / 255.0).powi(2);
    let sum: f64 = images.pixels.iter().zip(&again.pixels).map(away).sum();
    sum / images.pixels.len() as f64
}

/// Images beside others, pair by pair.
///
/// # Errors
/// If they are of different sizes.
pub fn beside(images: &Images, others: &Images) -> Result<Images> {
    let pairs = (0..images.len()).flat_map(|i| [images.image(i), others.image(i)].concat());
    Images::new(images.height, images.width, images.channels, pairs.collect())
}

impl Model for Trained {
    fn entry(&self) -> &'static Entry {
        self.entry
    }

    fn settings(&self) -> Value {
        self.header.settings.clone()
    }

    fn store(&self) -> Result<ModelFile> {
        self.header.file(KIND, &self.parameters)
    }

    fn facts(&self) -> Vec<Fact> {
        let shape = &self.network.shape;
        vec![
            ("parameters", self.parameters.count().into()),
            ("latent", json!(shape.latent)),
            ("hidden", json!(shape.hidden)),
            ("height", shape.image.height.into()),
            ("width", shape.image.width.into()),
            ("channels", shape.image.channels.into()),
        ]
    }

    fn summary(&self) -> Vec<Section> {
        let shape = &self.network.shape;
        let widths = |all: &[usize]| all.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
        let rows = [
            ("image", shape.image.to_string()),
            ("hidden layers", widths(&shape.hidden)),
            ("latent variables", widths(&shape.latent)),
            ("likelihood", shape.likelihood.name().into()),
            ("parameters", self.parameters.count().to_string()),
        ];
        let rows = rows.into_iter().map(|(name, value)| vec![name.to_owned(), value]);
        vec![Section::new(
            "Network",
            vec![Block::Grid(Grid::new(&["part", "size"], rows.collect()))],
        )]
    }

    fn report(&self, data: &Data, run: &Run) -> Result<Vec<Section>> {
        let mut all = self.summary();
        let mut show = |title: &str, text: &str, images: Images, columns: usize| {
            let blocks = vec![
                Block::Text(text.into()),
                Block::Pictures(Pictures::new(&images, columns)),
            ];
            all.push(Section::new(title, blocks));
        };
        if let Data::Images(pairs) = self.reconstruct(data, SHOWN / 2, run)? {
            show(
                "Reconstructions",
                "Images that were judged, each beside the mean of the decoder at the mean of its latent variables.",
                pairs,
                16,
            );
        }
        if data.len() > 1
            && let Data::Images(between) = self.interpolate(data, SHOWN / STEPS, STEPS, run)?
        {
            show(
                "Interpolations",
                "Means of the decoder along the line between the latent variables of two images.",
                between,
                STEPS,
            );
        }
        if self.spec.bound != Bound::None {
            let Data::Images(images) = self.generate(SHOWN, &mut run.part())? else {
                return Ok(all);
            };
            show(
                "Samples",
                "Means of the decoder at latent variables drawn from the prior.",
                images,
                16,
            );
        }
        if let Some(images) = self.latent_grid(run)? {
            show(
                "Latent variables",
                "Means of the decoder over equally likely values of the two latent variables.",
                images,
                12,
            );
        }
        Ok(all)
    }

    fn evaluate(&self, data: &Data, run: &mut Run) -> Result<Evaluation> {
        if self.spec.bound == Bound::None {
            return self.squared_error(data.images()?, run);
        }
        self.bounds(data, SAMPLES, run)
    }

    fn transformer(&self) -> Option<&dyn Transform> {
        Some(self)
    }

    fn density(&self) -> Option<&dyn Density> {
        (self.spec.bound != Bound::None).then_some(self)
    }

    fn bounded(&self) -> Option<&dyn Bounds> {
        (self.spec.bound != Bound::None).then_some(self)
    }

    fn redrawer(&self) -> Option<&dyn Redraw> {
        Some(self)
    }

    fn generator(&self) -> Option<&dyn Generate> {
        (self.spec.bound != Bound::None).then_some(self)
    }
}

impl Trained {
    fn squared_error(&self, images: &Images, run: &Run) -> Result<Evaluation> {
        let again = self.decode(&self.encode(images, run)?, run)?;
        Ok(Evaluation {
            scores: vec![Score::bare("mse", squared_error(images, &again))],
            prediction: None,
            facts: vec![("images", images.len().into())],
        })
    }
}

impl Bounds for Trained {
    fn bounds(&self, data: &Data, samples: usize, run: &mut Run) -> Result<Evaluation> {
        let judged = self.judge(data.images()?, samples, run)?;
        Ok(Evaluation {
            scores: judged.scores(self.spec.likelihood.is_continuous(), self.network.shape.values())?,
            prediction: None,
            facts: vec![("images", judged.images().into()), ("samples", samples.into())],
        })
    }
}

impl Density for Trained {
    fn log_density(&self, data: &Data, run: &mut Run) -> Result<Vec<f64>> {
        Ok(self.judge(data.images()?, SAMPLES, run)?.ln_densities().to_vec())
    }
}

impl Generate for Trained {
    fn generate(&self, n: usize, run: &mut Run) -> Result<Data> {
        Ok(Data::Images(self.decode(&self.prior(n, run)?, run)?))
    }
}

impl Redraw for Trained {
    fn reconstruct(&self, data: &Data, first: usize, run: &Run) -> Result<Data> {
        let images = data.images()?.first(first);
        let again = self.decode(&self.encode(&images, run)?, run)?;
        beside(&images, &again).map(Data::Images)
    }

    /// Of the means of q(z_1 | x).
    fn interpolate(&self, data: &Data, pairs: usize, steps: usize, run: &Run) -> Result<Data> {
        let means = self.encode(&data.images()?.first(2 * pairs), run)?;
        let width = self.network.shape.latent[0];
        let mut z = Vec::new();
        for pair in means.chunks_exact(2 * width) {
            let (from, to) = pair.split_at(width);
            for step in 0..steps {
                let t = step as f64 / (steps.max(2) - 1) as f64;
                z.extend(from.iter().zip(to).map(|(a, b)| (1.0 - t) * a + t * b));
            }
        }
        if z.is_empty() {
            return Err(Error::data(
                "there is one image, and nothing between it and another",
                "give at least two",
            ));
        }
        self.decode(&z, run).map(Data::Images)
    }
}

impl Transform for Trained {
    fn transform(&self, inputs: Inputs, threads: usize) -> Result<Embedding> {
        let Inputs::Images(images) = inputs else {
            return Err(Error::data("an auto-encoder embeds images", "give images"));
        };
        Ok(Embedding {
            values: self.encode(images, &Run::new(0).with_threads(threads))?,
            names: (1..=self.network.shape.latent[0])
                .map(|i| format!("z{i}"))
                .collect(),
        })
    }
}
