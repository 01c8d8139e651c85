//! A trained auto-encoder with codes: what it does with images.

use induce_core::metrics::Score;
use induce_core::model::{
    Bars, Block, Bounds, Data, Density, Embedding, Entry, Evaluation, Fact, Generate, Grid, Images, Inputs,
    Model, Pictures, Redraw, Section, Transform,
};
use induce_core::model_file::ModelFile;
use induce_core::{Error, Result, Run};
use induce_tensor::Parameters;
use serde_json::{Value, json};

use super::book::{counts, perplexity};
use super::evaluate::{codes_of, judge};
use super::file::{KIND, open};
use super::network::Network;
use super::prior::Prior;
use super::spec::{Quantization, Spec};
use crate::latent::evaluate::Judged;
use crate::latent::file::Header;
use crate::latent::images::{beside, check_size, mean_images, squared_error};

/// Samples of an evaluation where nobody says how many.
const SAMPLES: usize = 20;
/// Images of a picture of many.
const SHOWN: usize = 64;
/// Codes of which a chart has bars.
const BARS: usize = 40;

/// A trained auto-encoder with codes.
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

    /// Bounds of images by so many samples, and the codes of each.
    ///
    /// # Errors
    /// If they are of another size, or none.
    pub fn judge(&self, images: &Images, samples: usize, run: &mut Run) -> Result<(Judged, Vec<u32>)> {
        check_size(self.network.shape.image, images)?;
        let of = (&self.network, &self.parameters);
        judge(
            of,
            self.spec.quantization,
            self.spec.pixels(),
            (images, samples),
            run,
        )
    }

    /// The code of every place. // (images, places)
    ///
    /// # Errors
    /// If images are of another size, or none.
    pub fn codes(&self, images: &Images, run: &Run) -> Result<Vec<u32>> {
        check_size(self.network.shape.image, images)?;
        let pixels = self.spec.pixels().plain();
        codes_of(
            (&self.network, &self.parameters),
            self.spec.quantization,
            (pixels, images),
            run,
        )
    }

    /// The mean images of codes. // codes (images, places)
    ///
    /// # Errors
    /// If a tape is poisoned.
    pub fn decode(&self, codes: &[u32], run: &Run) -> Result<Images> {
        let all = (codes, self.network.shape.places());
        mean_images(
            self.network.shape.image,
            &self.parameters,
            all,
            run,
            &|tape, some| self.network.decode(tape.parameter(self.network.book).rows(some)),
        )
    }

    /// How often every code stands at a place of the images it learnt from, in the mean. // (codes)
    fn shares(&self) -> Vec<f64> {
        let codes = self.network.shape.codes;
        let mut all = vec![0.0; codes];
        let prior = self.parameters.values(self.network.prior);
        for row in prior.chunks_exact(codes) {
            all.iter_mut()
                .zip(row)
                .for_each(|(sum, ln)| *sum += f64::from(*ln).exp());
        }
        let sum: f64 = all.iter().sum();
        all.iter_mut().for_each(|share| *share /= sum);
        all
    }

    fn how_good(&self, images: &Images, samples: usize, run: &mut Run) -> Result<Evaluation> {
        let (judged, codes) = self.judge(images, samples, run)?;
        let continuous = self.spec.likelihood.is_continuous();
        let mut scores = judged.scores(Some((continuous, self.network.shape.values())))?;
        let own = counts(&codes, self.network.shape.codes);
        let used = own.iter().filter(|n| **n > 0.0).count();
        scores.push(Score::bare("codebook_perplexity", perplexity(&own)));
        scores.push(Score::bare("codes_used", used as f64));
        // What a stop left undone has no codes.
        let seen: Vec<usize> = (0..judged.count()).collect();
        let again = self.decode(&codes, run)?;
        scores.push(Score::bare("mse", squared_error(&images.take(&seen), &again)));
        Ok(Evaluation {
            scores,
            prediction: None,
            facts: vec![
                ("images", judged.count().into()),
                ("samples", judged.samples.into()),
            ],
        })
    }
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
        let [height, width, _] = shape.pyramid.top();
        vec![
            ("parameters", self.parameters.count().into()),
            ("image", shape.image.lengths().into()),
            ("codebook", shape.codes.into()),
            ("code_height", height.into()),
            ("code_width", width.into()),
            ("embedding_width", shape.width.into()),
            ("channels", json!(shape.pyramid.channels)),
        ]
    }

    fn summary(&self) -> Vec<Section> {
        let shape = &self.network.shape;
        let [height, width, _] = shape.pyramid.top();
        let shares = self.shares();
        let rows = [
            ("image", shape.image.to_string()),
            ("codes of an image", format!("{height} x {width}")),
            ("codebook", format!("{} of width {}", shape.codes, shape.width)),
            (
                "perplexity of the codebook",
                format!("{:.1}", perplexity(&shares)),
            ),
            ("likelihood", shape.likelihood.name().into()),
            ("parameters", self.parameters.count().to_string()),
        ];
        let rows = rows.into_iter().map(|(name, value)| vec![name.to_owned(), value]);
        vec![Section::new(
            "Network",
            vec![Block::Grid(Grid::new(&["part", "size"], rows.collect()))],
        )]
    }

    fn notes(&self) -> Vec<String> {
        let codes = self.network.shape.codes;
        let used = perplexity(&self.shares());
        let few = used < 0.5 * codes as f64;
        let text = format!(
            "the codebook is used as if it had {used:.1} codes of its {codes}: a smaller `codebook`, a larger `revive` or more epochs use more of it"
        );
        few.then_some(text).into_iter().collect()
    }

    fn report(&self, data: &Data, run: &Run) -> Result<Vec<Section>> {
        let mut all = self.summary();
        let images = data.images()?;
        let some: Vec<usize> = (0..images.len().min(SHOWN / 2)).collect();
        let some = Images {
            target: None,
            ..images.take(&some)
        };
        let again = self.decode(&self.codes(&some, run)?, run)?;
        let Data::Images(drawn) = self.generate(SHOWN, &mut run.part())? else {
            return Ok(all);
        };
        let pictures = |images: &Images| Block::Pictures(Pictures::new(images, 16));
        let text = |text: &str| Block::Text(text.into());
        all.push(Section::new(
            "Reconstructions",
            vec![
                text("Images that were judged, each beside the mean of the decoder at its codes."),
                pictures(&beside(&some, &again)?),
            ],
        ));
        all.push(Section::new("Samples", vec![
            text("Means of the decoder at codes drawn place by place: each as often as the training images have it there, whatever its neighbours are."),
            pictures(&drawn),
        ]));
        let mut shares: Vec<(usize, f64)> = self.shares().into_iter().enumerate().collect();
        shares.sort_by(|a, b| b.1.total_cmp(&a.1));
        let rows = shares
            .into_iter()
            .take(BARS)
            .map(|(code, share)| (format!("code {code}"), 100.0 * share));
        all.push(Section::new(
            "Use of the codebook",
            vec![
                text("The codes that stand at most places of the training images, in percent of all places."),
                Block::Bars(Bars {
                    axis: "percent of places".into(),
                    rows: rows.collect(),
                }),
            ],
        ));
        Ok(all)
    }

    fn evaluate(&self, data: &Data, run: &mut Run) -> Result<Evaluation> {
        self.how_good(data.images()?, SAMPLES, run)
    }

    fn transformer(&self) -> Option<&dyn Transform> {
        Some(self)
    }

    fn density(&self) -> Option<&dyn Density> {
        Some(self)
    }

    fn bounded(&self) -> Option<&dyn Bounds> {
        (self.spec.quantization == Quantization::Gumbel).then_some(self)
    }

    fn redrawer(&self) -> Option<&dyn Redraw> {
        Some(self)
    }

    fn generator(&self) -> Option<&dyn Generate> {
        Some(self)
    }
}

impl Bounds for Trained {
    fn bounds(&self, data: &Data, samples: usize, run: &mut Run) -> Result<Evaluation> {
        self.how_good(data.images()?, samples, run)
    }
}

impl Density for Trained {
    fn log_density(&self, data: &Data, run: &mut Run) -> Result<Vec<f64>> {
        Ok(self
            .judge(data.images()?, SAMPLES, run)?
            .0
            .ln_densities()
            .to_vec())
    }
}

impl Generate for Trained {
    fn generate(&self, n: usize, run: &mut Run) -> Result<Data> {
        let prior = Prior::of(&self.network, &self.parameters);
        let (places, stream) = (self.network.shape.places(), run.stream("codes/prior"));
        let codes = (0..n * places).map(|i| prior.draw(i % places, stream.uniform(i as u64)));
        Ok(Data::Images(self.decode(&codes.collect::<Vec<_>>(), run)?))
    }
}

impl Redraw for Trained {
    fn reconstruct(&self, data: &Data, first: usize, run: &Run) -> Result<Data> {
        let images = data.images()?.first(first);
        let again = self.decode(&self.codes(&images, run)?, run)?;
        beside(&images, &again).map(Data::Images)
    }

    fn interpolate(&self, _: &Data, _: usize, _: usize, _: &Run) -> Result<Data> {
        Err(Error::data(
            "there is nothing between two codes",
            "`-m vae` has latent variables with lines between them",
        ))
    }
}

impl Transform for Trained {
    fn transform(&self, inputs: Inputs, threads: usize) -> Result<Embedding> {
        let Inputs::Images(images) = inputs else {
            return Err(Error::data("an auto-encoder embeds images", "give images"));
        };
        let codes = self.codes(images, &Run::new(0).with_threads(threads))?;
        Ok(Embedding {
            values: codes.into_iter().map(f64::from).collect(),
            names: (1..=self.network.shape.places())
                .map(|i| format!("c{i}"))
                .collect(),
        })
    }
}
