//! A trained auto-encoder: what it does with images and rows.

use induce_core::metrics::Score;
use induce_core::model::{
    Block, Bounds, Data, DataKind, Density, Embedding, Entry, Evaluation, Fact, Generate, Grid, Images,
    Impute, Inputs, Model, Pictures, Redraw, Schema, Section, Transform,
};
use induce_core::model_file::ModelFile;
use induce_core::parallel::Team;
use induce_core::{Error, Result, Run};
use induce_tensor::{Parameters, Tape, Workspace};
use serde_json::{Value, json};

use super::cells::Cells;
use super::evaluate::{Draws, Judged, judge};
use super::examples::Examples;
use super::file::{Header, KIND, Reader, open};
use super::form::Form;
use super::images::{beside, check_size, in_parts, mean_images, squared_error};
use super::network::Network;
use super::spec::{Bound, Spec};
use crate::inputs::Size;

/// Samples of an evaluation where nobody says how many.
const SAMPLES: usize = 50;
/// Images of a line between two.
const STEPS: usize = 8;
/// Images of a picture of many.
const SHOWN: usize = 64;
/// Rows that are shown as the least likely.
const RARE: usize = 10;

/// A trained auto-encoder.
#[derive(Clone)]
pub struct Trained {
    /// Its row of the registry.
    pub entry: &'static Entry,
    /// What it reads, and the settings as a file keeps them.
    pub header: Header,
    /// The settings.
    pub spec: Spec,
    /// The network.
    pub network: Network,
    /// What was learnt.
    pub parameters: Parameters,
    /// What the fit found out.
    pub notes: Vec<String>,
}

/// Data as a model reads them.
pub enum Given<'a> {
    /// Images.
    Images(&'a Images),
    /// Rows.
    Rows(Cells),
}

impl Given<'_> {
    /// The same, to be evaluated or embedded.
    fn examples(&self, spec: &Spec) -> Examples<'_> {
        match self {
            Self::Images(images) => Examples::Images(images, spec.pixels()),
            Self::Rows(cells) => Examples::Rows(cells, 0.0),
        }
    }
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
            notes: Vec::new(),
        })
    }

    /// Data as it reads them.
    ///
    /// # Errors
    /// If they are of another kind, images of another size or none, or a column is missing.
    pub(super) fn given<'a>(&self, inputs: Inputs<'a>, run: &Run) -> Result<Given<'a>> {
        match &self.header.reader {
            Reader::Images(size) => {
                let images = inputs.images()?;
                check_size(*size, images)?;
                Ok(Given::Images(images))
            }
            Reader::Rows(columns) => Ok(Given::Rows(Cells::new(columns, &columns.read(inputs, run)?))),
        }
    }

    /// The columns it reads, if it is of a table.
    pub fn schema(&self) -> Option<&Schema> {
        match &self.header.reader {
            Reader::Rows(columns) => Some(columns.schema()),
            Reader::Images(_) => None,
        }
    }

    /// The size of its images.
    ///
    /// # Errors
    /// If it is of tables.
    fn size(&self) -> Result<Size> {
        match &self.header.reader {
            Reader::Images(size) => Ok(*size),
            Reader::Rows(_) => Err(Error::data(
                "a model of a table draws no pictures",
                "`induce sample` draws rows from it, `induce embed` writes its latent variables",
            )),
        }
    }

    /// Bounds of images or rows by so many samples.
    ///
    /// # Errors
    /// If they are of another kind or size, or none.
    pub fn judge(&self, data: &Data, samples: usize, run: &mut Run) -> Result<Judged> {
        self.judged(data, (samples, Draws::Own), run)
    }

    fn judged(&self, data: &Data, how: (usize, Draws), run: &mut Run) -> Result<Judged> {
        if self.spec.bound == Bound::None {
            return Err(Error::data(
                "an auto-encoder has no density",
                "train `-m vae` for bounds of the likelihood",
            ));
        }
        let given = self.given(data.inputs()?, run)?;
        let examples = given.examples(&self.spec);
        judge(&self.network, &self.parameters, examples, how, run)
    }

    /// The mean of q(z_1 | x) of images or rows. // (examples, width)
    fn encode(&self, inputs: Inputs, run: &Run) -> Result<Vec<f64>> {
        let given = self.given(inputs, run)?;
        let examples = given.examples(&self.spec).plain();
        let mut means = Vec::with_capacity(examples.len() * self.network.shape.latent[0]);
        in_parts(&self.parameters, examples, (run, "latent/encode"), &mut |x| {
            let values = self.network.encode(x).mean.values()?;
            means.extend(values.into_iter().map(f64::from));
            Ok(())
        })?;
        Ok(means)
    }

    /// The mean image of latent variables next to the data. z (images, width)
    fn decode(&self, z: &[f64], run: &Run) -> Result<Images> {
        let width = self.network.shape.latent[0];
        mean_images(self.size()?, &self.parameters, (z, width), run, &|tape, some| {
            let some: Vec<f32> = some.iter().map(|z| *z as f32).collect();
            let z = tape.input(&[some.len() / width, width], &some);
            self.network.said(z)
        })
    }

    /// Latent variables next to the data, from the prior. // (images, width)
    pub(super) fn prior(&self, n: usize, run: &Run) -> Result<Vec<f64>> {
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
        if self.network.shape.latent != [2] || self.spec.bound == Bound::None || self.size().is_err() {
            return Ok(None);
        }
        let at = |i: usize| induce_prob::special::normal_quantile((i as f64 + 0.5) / SIDE as f64);
        let z: Vec<f64> = (0..SIDE * SIDE)
            .flat_map(|i| [at(i % SIDE), at(SIDE - 1 - i / SIDE)])
            .collect();
        self.decode(&z, run).map(Some)
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
        let mut all: Vec<Fact> = vec![
            ("parameters", self.parameters.count().into()),
            ("latent", json!(shape.latent)),
            ("hidden", json!(shape.hidden)),
        ];
        match &shape.form {
            Form::Image(size) => all.extend([
                ("image", Value::from(size.lengths())),
                ("height", size.height.into()),
                ("width", size.width.into()),
                ("channels", size.channels.into()),
            ]),
            Form::Row(fields) => all.extend([
                ("numbers", Value::from(fields.numbers)),
                ("categories", fields.categories.len().into()),
            ]),
        }
        all
    }

    fn notes(&self) -> Vec<String> {
        self.notes.clone()
    }

    fn reads(&self) -> DataKind {
        self.header.kind()
    }

    fn columns(&self) -> Option<&Schema> {
        self.schema()
    }

    fn summary(&self) -> Vec<Section> {
        let shape = &self.network.shape;
        let widths = |all: &[usize]| all.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
        let (what, size, likelihood) = match &shape.form {
            Form::Image(size) => ("image", size.to_string(), shape.likelihood.name()),
            Form::Row(fields) => (
                "row",
                format!(
                    "{} numbers, {} of categories",
                    fields.numbers,
                    fields.categories.len()
                ),
                "gaussian of numbers, categorical of categories",
            ),
        };
        let rows = [
            (what, size),
            ("hidden layers", widths(&shape.hidden)),
            ("latent variables", widths(&shape.latent)),
            ("likelihood", likelihood.into()),
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
        if let Data::Rows(_) = data {
            all.extend(self.rare(data, run)?);
            return Ok(all);
        }
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
            return self.squared_error(data, run);
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
        self.size().is_ok().then_some(self)
    }

    fn imputer(&self) -> Option<&dyn Impute> {
        (self.size().is_err() && self.spec.bound != Bound::None).then_some(self)
    }

    fn generator(&self) -> Option<&dyn Generate> {
        (self.spec.bound != Bound::None).then_some(self)
    }
}

impl Trained {
    /// The mean squared error of what comes back of the means of latent variables.
    fn squared_error(&self, data: &Data, run: &Run) -> Result<Evaluation> {
        let z = self.encode(data.inputs()?, run)?;
        let value = match &self.header.reader {
            Reader::Images(_) => squared_error(data.images()?, &self.decode(&z, run)?),
            Reader::Rows(_) => self.error_of_rows(data.inputs()?, &z, run)?,
        };
        Ok(Evaluation {
            scores: vec![Score::bare("mse", value)],
            prediction: None,
            facts: vec![self.fact(data.len())],
        })
    }

    fn fact(&self, n: usize) -> Fact {
        match self.header.kind() {
            DataKind::Images => ("images", n.into()),
            _ => ("rows", n.into()),
        }
    }

    /// Samples by which a density is known: rows are small.
    fn density_samples(&self) -> usize {
        match self.header.reader {
            Reader::Rows(_) => 4 * SAMPLES,
            Reader::Images(_) => SAMPLES,
        }
    }

    /// The rows that are least likely.
    fn rare(&self, data: &Data, run: &Run) -> Result<Vec<Section>> {
        if self.spec.bound == Bound::None {
            return Ok(Vec::new());
        }
        let how = (self.density_samples(), Draws::Common);
        let judged = self.judged(data, how, &mut run.part())?;
        let ln = judged.ln_densities();
        let mut order: Vec<usize> = (0..ln.len()).collect();
        order.sort_by(|a, b| ln[*a].total_cmp(&ln[*b]));
        let names = ["row", "ln p(x)"];
        let rows = order.iter().take(RARE);
        let rows = rows.map(|&row| vec![(row + 1).to_string(), format!("{:.2}", ln[row])]);
        let text = "Rows that the model finds least likely, in nats; `induce predict --density` writes ln p(x) of every row.";
        Ok(vec![Section::new(
            "Least likely rows",
            vec![
                Block::Text(text.into()),
                Block::Grid(Grid::new(&names, rows.collect())),
            ],
        )])
    }
}

impl Bounds for Trained {
    fn bounds(&self, data: &Data, samples: usize, run: &mut Run) -> Result<Evaluation> {
        let judged = self.judge(data, samples, run)?;
        let image = (self.spec.likelihood.is_continuous(), self.network.shape.values());
        Ok(Evaluation {
            scores: judged.scores(self.size().is_ok().then_some(image))?,
            prediction: None,
            facts: vec![self.fact(judged.count()), ("samples", samples.into())],
        })
    }
}

impl Density for Trained {
    fn log_density(&self, data: &Data, run: &mut Run) -> Result<Vec<f64>> {
        let how = (self.density_samples(), Draws::Common);
        Ok(self.judged(data, how, run)?.ln_densities().to_vec())
    }
}

impl Generate for Trained {
    fn generate(&self, n: usize, run: &mut Run) -> Result<Data> {
        let z = self.prior(n, run)?;
        match &self.header.reader {
            Reader::Images(_) => Ok(Data::Images(self.decode(&z, run)?)),
            Reader::Rows(columns) => self.draw_rows(columns, &z, run),
        }
    }
}

impl Redraw for Trained {
    fn reconstruct(&self, data: &Data, first: usize, run: &Run) -> Result<Data> {
        let images = data.images()?.first(first);
        let again = self.decode(&self.encode(Inputs::Images(&images), run)?, run)?;
        beside(&images, &again).map(Data::Images)
    }

    /// Of the means of q(z_1 | x).
    fn interpolate(&self, data: &Data, pairs: usize, steps: usize, run: &Run) -> Result<Data> {
        let means = self.encode(Inputs::Images(&data.images()?.first(2 * pairs)), run)?;
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
        Ok(Embedding {
            values: self.encode(inputs, &Run::new(0).with_threads(threads))?,
            names: (1..=self.network.shape.latent[0])
                .map(|i| format!("z{i}"))
                .collect(),
        })
    }
}
