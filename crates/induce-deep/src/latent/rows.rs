//! Rows of a table drawn from a model, and what is missing of rows filled in.

use std::ops::Range;

use induce_core::model::{Data, FeatureType, Features, Impute, Inputs};
use induce_core::parallel::Team;
use induce_core::random::Stream;
use induce_core::{Column, Error, Result, Run, Table};
use induce_tensor::{Tape, Workspace};

use super::cells::Cells;
use super::evaluate::standard_normal;
use super::fields::Numbers;
use super::file::Reader;
use super::images::TOGETHER;
use super::model::{Given, Trained};
use super::network::{Decoded, Pass};
use super::pixels::Batch;
use super::spec::GradientKind;
use crate::inputs::Columns;

/// Samples of the latent variables by which what is missing is said.
const SAMPLES: usize = 100;
/// Rows that are filled in together.
const FILLED: usize = 20;

/// Where the values of a row of points are among what a decoder says.
struct Places<'c> {
    columns: &'c Columns,
    numbers: Vec<usize>,
    categories: Vec<Range<usize>>,
}

impl<'c> Places<'c> {
    fn of(columns: &'c Columns) -> Self {
        Self {
            columns,
            numbers: columns.numbers(),
            categories: columns.categories(),
        }
    }

    /// Features that are numbers, and those that are categories.
    fn features(&self) -> [Vec<usize>; 2] {
        let axes = &self.columns.frame.axes;
        [
            self.numbers.iter().map(|axis| axes[*axis].feature).collect(),
            self.categories
                .iter()
                .map(|own| axes[own.start].feature)
                .collect(),
        ]
    }

    /// A mean in the unit of its column.
    fn mean(&self, j: usize, u: f64) -> f64 {
        let axis = &self.columns.frame.axes[self.numbers[j]];
        u * axis.scale + axis.centre
    }

    /// The name of a level of a column of categories.
    fn level(&self, j: usize, level: usize) -> &str {
        let axis = &self.columns.frame.axes[self.categories[j].start + level];
        match (
            &self.columns.frame.schema.features[axis.feature].feature_type,
            axis.level,
        ) {
            (FeatureType::Category(names), Some(code)) => names.get(code as usize).map_or("", String::as_str),
            _ => "",
        }
    }
}

/// Values of some rows: of columns of numbers in their units, and levels of columns of categories.
#[derive(Default)]
struct Values {
    numbers: Vec<f64>,
    levels: Vec<usize>,
}

/// The level of the cumulative probability `u`.
fn level_at(probabilities: &[f64], u: f64) -> usize {
    let mut sum = 0.0;
    let below = probabilities.iter().take_while(|p| {
        sum += **p;
        sum <= u
    });
    below.count().min(probabilities.len() - 1)
}

fn most_probable(probabilities: &[f64]) -> usize {
    let each = probabilities.iter().enumerate();
    each.max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(&a.0)))
        .map_or(0, |own| own.0)
}

impl Values {
    /// Add a row drawn from what a decoder says of its sample.
    fn draw(&mut self, said: &Numbers, sample: usize, places: &Places, stream: Stream) {
        let n = places.numbers.len();
        for j in 0..n {
            let at = sample * n + j;
            let u = said.mean[at] + said.deviation[at] * standard_normal(stream, j as u64);
            self.numbers.push(places.columns.original(places.numbers[j], u));
        }
        for (j, all) in said.probabilities.iter().enumerate() {
            let levels = places.categories[j].len();
            let own = &all[sample * levels..][..levels];
            let u = stream.child(1).uniform(j as u64);
            self.levels.push(level_at(own, u));
        }
    }

    /// Add the expectation of a row over weighted samples, (samples, rows) in what the decoder says.
    fn expect(&mut self, said: &Numbers, (row, rows): (usize, usize), weights: &[f64], places: &Places) {
        let n = places.numbers.len();
        let over = |f: &dyn Fn(usize) -> f64| {
            let each = weights.iter().enumerate();
            each.map(|(k, w)| w * f(k * rows + row)).sum::<f64>()
        };
        for j in 0..n {
            self.numbers
                .push(places.mean(j, over(&|at| said.mean[at * n + j])));
        }
        for (j, all) in said.probabilities.iter().enumerate() {
            let levels = places.categories[j].len();
            let mean: Vec<f64> = (0..levels).map(|l| over(&|at| all[at * levels + l])).collect();
            self.levels.push(most_probable(&mean));
        }
    }
}

/// Weights of a row's samples, which sum to 1. // ln_w (samples, rows)
fn normalized(ln_w: &[f32], row: usize, rows: usize) -> Vec<f64> {
    let own = || ln_w.iter().skip(row).step_by(rows).map(|w| f64::from(*w));
    let most = own().fold(f64::NEG_INFINITY, f64::max);
    let all: Vec<f64> = own().map(|w| (w - most).exp()).collect();
    let sum: f64 = all.iter().sum();
    all.iter().map(|w| w / sum).collect()
}

fn of_row<'t>(decoded: Decoded<'t>) -> Result<Numbers> {
    match decoded {
        Decoded::Row(said) => said.numbers(),
        Decoded::Image(_) => Err(Error::data("an image has no columns", "give a model of a table")),
    }
}

impl Trained {
    /// Rows drawn from what the decoder says of latent variables.
    pub(super) fn draw_rows(&self, columns: &Columns, z: &[f64], run: &Run) -> Result<Data> {
        let (places, width) = (Places::of(columns), self.network.shape.latent[0]);
        let (mut values, stream) = (Values::default(), run.stream("latent/rows"));
        self.each_decoded(z, run, &mut |first, said| {
            let samples = z.len() / width;
            for sample in 0..TOGETHER.min(samples - first) {
                values.draw(said, sample, &places, stream.child((first + sample) as u64));
            }
            Ok(())
        })?;
        let [numbers, categories] = places.features();
        let schema = &columns.frame.schema;
        let column = |feature: usize| {
            let name = &schema.features[feature].name;
            if let Some(j) = numbers.iter().position(|own| *own == feature) {
                let own = values.numbers.iter().skip(j).step_by(numbers.len());
                return Some(Column::from_f64(name, own.copied().collect()));
            }
            let j = categories.iter().position(|own| *own == feature)?;
            let own = values.levels.iter().skip(j).step_by(categories.len());
            let names: Vec<Option<&str>> = own.map(|level| Some(places.level(j, *level))).collect();
            Some(Column::from_text(name, &names))
        };
        let table = Table::new((0..schema.features.len()).filter_map(column).collect())?;
        Ok(Data::Rows(Features::from(table).into()))
    }

    /// What the decoder says of latent variables, some at a time: from which on, and what.
    fn each_decoded(
        &self,
        z: &[f64],
        run: &Run,
        each: &mut dyn FnMut(usize, &Numbers) -> Result<()>,
    ) -> Result<()> {
        let width = self.network.shape.latent[0];
        Team::with(run.threads(), |team| {
            let mut workspace = Workspace::default();
            for (part, some) in z.chunks(TOGETHER * width).enumerate() {
                let tape = Tape::new(&mut workspace, &self.parameters, team);
                let some: Vec<f32> = some.iter().map(|z| *z as f32).collect();
                let z = tape.input(&[some.len() / width, width], &some);
                each(part * TOGETHER, &of_row(self.network.decode(z))?)?;
            }
            Ok(())
        })
    }

    /// The mean squared error of numbers, in deviations of their columns, that come back of latent variables.
    pub(super) fn error_of_rows(&self, inputs: Inputs, z: &[f64], run: &Run) -> Result<f64> {
        let Given::Rows(cells) = self.given(inputs, run)? else {
            return Ok(f64::NAN);
        };
        let (mut sum, mut count) = (0.0, 0.0);
        self.each_decoded(z, run, &mut |first, said| {
            let n = said.mean.len() / TOGETHER.min(cells.len() - first);
            for (i, mean) in said.mean.iter().enumerate() {
                if let Some(x) = cells.number(first + i / n, i % n, n) {
                    sum += (x - mean).powi(2);
                    count += 1.0;
                }
            }
            Ok(())
        })?;
        Ok(sum / count)
    }

    /// Values of rows given what is there of them: by importance weights w = p(x_there, z) / q(z | x_there) of samples of z (Mattei & Frellsen 2019,
    /// section 3).
    fn fill(&self, columns: &Columns, cells: &Cells, drawn: bool, run: &mut Run) -> Result<Values> {
        let (places, stream) = (Places::of(columns), run.stream("latent/impute"));
        let (mut values, mut batch) = (Values::default(), Batch::default());
        Team::with(run.threads(), |team| {
            let mut workspace = Workspace::default();
            for start in (0..cells.len()).step_by(FILLED) {
                let some: Vec<usize> = (start..(start + FILLED).min(cells.len())).collect();
                let own = stream.child(start as u64);
                batch.clear();
                cells.fill(&some, 0.0, own, &mut batch);
                let tape = Tape::new(&mut workspace, &self.parameters, team);
                let of = |width: usize, all: &[f32]| tape.input(&[some.len(), width], all);
                let targets = of(cells.targets(), batch.targets());
                let first = self.network.encode(of(cells.width(), &batch.inputs));
                let mut noise =
                    |layer: usize, lengths: &[usize]| tape.normal(lengths, own.child(layer as u64));
                let kind = GradientKind::Reparameterized;
                let pass: Pass = self.network.pass(first, targets, SAMPLES, kind, &mut noise);
                let ln_w = tape.values(pass.ln_weights())?;
                let said = of_row(pass.decoded)?;
                for row in 0..some.len() {
                    let weights = normalized(&ln_w, row, some.len());
                    if drawn {
                        let own = stream.child((start + row) as u64).child(1);
                        let sample = level_at(&weights, own.uniform(0));
                        values.draw(&said, sample * some.len() + row, &places, own);
                    } else {
                        values.expect(&said, (row, some.len()), &weights, &places);
                    }
                }
            }
            Ok(values)
        })
    }
}

impl Impute for Trained {
    fn impute(&self, table: &Table, drawn: bool, run: &mut Run) -> Result<Table> {
        let Reader::Rows(columns) = &self.header.reader else {
            return Err(Error::data(
                "of images nothing is missing",
                "give a model of a table",
            ));
        };
        let Given::Rows(cells) = self.given(Inputs::Table(table), run)? else {
            return Ok(table.clone());
        };
        let (values, places) = (self.fill(columns, &cells, drawn, run)?, Places::of(columns));
        let [numbers, categories] = places.features();
        let schema = &columns.frame.schema;
        let place = |all: &[usize], name: &str| {
            let named = |feature: &usize| schema.features[*feature].name == name;
            all.iter().position(named)
        };
        let filled = |column: &Column| {
            if column.missing() == 0 {
                return Ok(column.clone());
            }
            if let Some(j) = place(&numbers, column.name()) {
                let own = values.numbers.iter().skip(j).step_by(numbers.len());
                return column.with_numbers(&own.copied().collect::<Vec<_>>());
            }
            let Some(j) = place(&categories, column.name()) else {
                return Ok(column.clone());
            };
            let own = values.levels.iter().skip(j).step_by(categories.len());
            column.with_texts(&own.map(|level| places.level(j, *level)).collect::<Vec<_>>())
        };
        Table::new(table.columns().iter().map(filled).collect::<Result<_>>()?)
    }
}
