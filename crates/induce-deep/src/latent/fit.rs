//! An auto-encoder learnt from images or rows.

use induce_core::model::{Data, Entry, Images, Rows, read_spec};
use induce_core::{Checkpoints, Error, Fitted, Result, Run, resample};
use induce_tensor::Parameters;
use serde_json::Value;

use super::bound::fits;
use super::cells::Cells;
use super::examples::Examples;
use super::file::{Header, NAME, Reader};
use super::model::Trained;
use super::network::Network;
use super::objective::OfExamples;
use super::shape::Shape;
use super::spec::{Bound, Spec};
use crate::inputs::{Columns, Size};
use crate::train::{Training, check_memory, kept_apart, train};

/// Steps between two looks at rows that were kept apart.
const LOOK: u64 = 100;

/// Learn a model of an entry from images or rows, held against others where there are; `json` are the settings as they are kept in the file.
///
/// # Errors
/// If a setting is out of range, images differ in size, no column is of use, the network needs more memory than there is, or as [`train`].
pub fn fit(
    entry: &'static Entry,
    json: &Value,
    data: &Data,
    valid: Option<&Data>,
    plan: Option<&Checkpoints>,
    run: &mut Run,
) -> Result<Fitted<Trained>> {
    let spec = read_spec::<Spec>(NAME, json)?;
    spec.check()?;
    check_order(&spec)?;
    let task = Task {
        entry,
        json,
        spec,
        plan,
    };
    match data {
        Data::Images(images) => task.of_images(images, valid.map(Data::images).transpose()?, run),
        _ => task.of_rows(data.rows()?, valid.map(Data::rows).transpose()?, run),
    }
}

/// What is to be learnt.
struct Task<'a> {
    entry: &'static Entry,
    json: &'a Value,
    spec: Spec,
    plan: Option<&'a Checkpoints>,
}

impl Task<'_> {
    fn of_images(self, images: &Images, valid: Option<&Images>, run: &mut Run) -> Result<Fitted<Trained>> {
        check_images(images, valid)?;
        self.spec.check_images()?;
        let header = Header::new(Reader::Images(Size::of(images)), self.json);
        let pixels = self.spec.pixels();
        let valid = valid.map(|own| Examples::Images(own, pixels));
        let training = self.spec.training.over(self.spec.epochs, images.len());
        let learnt = (Examples::Images(images, pixels), valid);
        self.learn(header, learnt, &pixels.start(images), &training, Vec::new(), run)
    }

    fn of_rows(self, rows: &Rows, valid: Option<&Rows>, run: &mut Run) -> Result<Fitted<Trained>> {
        self.spec.check_rows()?;
        if rows.weight.is_some() {
            return Err(Error::data(
                "an auto-encoder takes no weights of rows",
                "leave out `--weight`, or repeat rows that count more",
            ));
        }
        if rows.rows() == 0 {
            return Err(Error::data("there is no row to learn from", "give at least one"));
        }
        let (columns, points, notes) = Columns::learn(rows, true, run)?;
        let all = Cells::new(&columns, &points);
        let (train, valid) = match valid {
            Some(other) => {
                let points = columns.read((&other.features).into(), run)?;
                (all, Some(Cells::new(&columns, &points)))
            }
            None => self.divided(all, run)?,
        };
        let start = start(&columns);
        let header = Header::new(Reader::Rows(Box::new(columns)), self.json);
        let own = &self.spec.training;
        let training = Training {
            steps: own.steps_of(self.spec.epochs, train.len()),
            evaluate_every: own.evaluate_every.min(own.passage(train.len()).max(LOOK)),
            ..own.clone()
        };
        let valid = valid.as_ref().map(|own| Examples::Rows(own, 0.0));
        let learnt = (Examples::Rows(&train, self.spec.corruption), valid);
        self.learn(header, learnt, &start, &training, notes, run)
    }

    /// Rows to learn from, and those to choose the best weights by.
    fn divided(&self, all: Cells, run: &Run) -> Result<(Cells, Option<Cells>)> {
        let Some(share) = kept_apart(self.spec.validation_fraction, all.len()) else {
            return Ok((all, None));
        };
        let split = resample::holdout(all.len(), None, share, run)?;
        Ok((all.take(&split.train), Some(all.take(&split.test))))
    }

    fn learn(
        self,
        header: Header,
        (examples, valid): (Examples, Option<Examples>),
        start: &[f32],
        training: &Training,
        notes: Vec<String>,
        run: &mut Run,
    ) -> Result<Fitted<Trained>> {
        let spec = self.spec;
        let shape = Shape::new(&spec, header.form(&spec));
        shape.check()?;
        let rows = (spec.training.batch.min(examples.len()) * spec.samples) as u64;
        let bytes = spec
            .training
            .bytes(shape.size(), rows.checked_mul(2 * shape.numbers()));
        check_memory(
            bytes,
            run,
            "a smaller batch, fewer samples, or narrower layers (--set); --memory sets the limit",
        )?;
        let mut parameters = Parameters::default();
        let network = Network::new(&shape, &mut parameters, Some(start), Some(run.seed()));
        let mut objective = OfExamples::new(&network, (&spec, &header), (examples, valid), run.seed());
        let fitted = train(&mut objective, parameters, training, self.plan, run)?;
        Ok(fitted.map(|parameters| Trained {
            entry: self.entry,
            header,
            spec,
            network,
            parameters,
            notes,
        }))
    }
}

/// What a decoder begins with: the mean of every number, which is 0, and the logits of the shares of levels. // (outputs)
fn start(columns: &Columns) -> Vec<f32> {
    let mut all = vec![0.0; 2 * columns.numbers().len()];
    for level in columns.categories().into_iter().flatten() {
        all.push(columns.frame.axes[level].centre.max(1e-6).ln() as f32);
    }
    all
}

/// That there are images, and those to judge by are of their size.
///
/// # Errors
/// Unless it is so.
pub fn check_images(images: &Images, valid: Option<&Images>) -> Result<()> {
    if images.is_empty() {
        return Err(Error::data(
            "there is no image to learn from",
            "give at least one",
        ));
    }
    valid.map_or(Ok(()), |other| images.check_size(other))
}

fn check_order(spec: &Spec) -> Result<()> {
    if spec.bound == Bound::Jvi && !fits(spec.samples, spec.order, spec.training.batch) {
        return Err(Error::setting(
            "order",
            spec.order,
            format!(
                "subsets of {} samples that leave out as many, for {} examples at a time, are too many: fewer samples, a lower order or a smaller batch",
                spec.samples, spec.training.batch
            ),
        ));
    }
    Ok(())
}
