//! Which columns become which coordinates.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::model::{
    Embedding, Feature, FeatureType, Features, Inputs, MISSING, Rows, Schema, Source, UNSEEN,
};
use crate::pages::prefer_large;
use crate::words::counted;
use crate::{Error, Result, Run, Table, multiversion, parallel};
use serde::{Deserialize, Serialize};

use super::matrix::{CHUNK, Points};
use super::summary::Summary;

/// How coordinates are scaled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scaling {
    /// Each by its deviation.
    Deviation,
    /// All by one power of two.
    Common,
    /// All by one power of two, and not centred: directions from the origin are kept.
    Uncentred,
}

impl Scaling {
    /// That of the setting `standardize`.
    pub fn of(standardize: bool) -> Self {
        match standardize {
            true => Self::Deviation,
            false => Self::Common,
        }
    }
}

/// A coordinate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Axis {
    /// The feature it is read from.
    pub feature: usize,
    /// For a category: the code of which it is the indicator.
    pub level: Option<u32>,
    /// Its name: the column, or `column=category`.
    pub name: String,
    /// What is taken off.
    pub centre: f64,
    /// What it is then divided by.
    pub scale: f64,
}

/// The coordinates of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    /// The columns it reads.
    pub schema: Schema,
    /// The coordinates. // (width)
    pub axes: Vec<Axis>,
    /// What a distance of 1 between points is in the table; 1 where coordinates are divided by their deviations.
    pub unit: f64,
}

/// Columns that are written together: a line of memory.
const SIDE: usize = 8;

impl Axis {
    /// Its coordinates of consecutive rows.
    fn read(&self, source: &Source, start: usize, codes: &mut [u32], out: &mut [f64]) {
        let offset = self.centre / self.scale;
        let place = |x: f64| x / self.scale - offset;
        let Some(level) = self.level else {
            source.read_f64(start, out);
            out.iter_mut().for_each(|x| *x = place(*x));
            return;
        };
        source.read_codes(start, codes);
        let value = |code: u32| match code {
            MISSING => f64::NAN,
            UNSEEN => place(0.0),
            code => place(f64::from(u8::from(code == level))),
        };
        out.iter_mut().zip(codes).for_each(|(x, code)| *x = value(*code));
    }
}

multiversion! {
    /// Columns of some rows side by side, from the coordinate `first` on. // columns (columns, rows), out (rows, width)
    fn turn(columns: &[f64], rows: usize, first: usize, width: usize, out: &mut [f64]) {
        if columns.len() == SIDE * rows {
            for (row, out) in out.chunks_exact_mut(width).enumerate() {
                let place: &mut [f64; SIDE] = out[first..].first_chunk_mut().expect("the columns are there");
                for l in 0..SIDE {
                    place[l] = columns[l * rows + row];
                }
            }
            return;
        }
        for (l, column) in columns.chunks_exact(rows).enumerate() {
            let cells = out.iter_mut().skip(first + l).step_by(width);
            cells.zip(column).for_each(|(cell, x)| *cell = *x);
        }
    }
}

impl Frame {
    /// The coordinates of these rows, with remarks on columns that are of no use.
    ///
    /// # Errors
    /// If no column is of use, one holds free text or an infinite value, or weights are negative, infinite or all 0.
    pub fn learn(rows: &Rows, scaling: Scaling, threads: usize) -> Result<(Self, Vec<String>)> {
        let dense;
        let table = match &rows.features {
            Features::Table(table) => table,
            Features::Sparse(_) => {
                dense = table_of((&rows.features).into())?;
                &dense
            }
        };
        let schema = Schema {
            // The classes that clusters are held against, not learnt from.
            target: rows.target.as_ref().map(|own| own.name.clone()),
            ..Schema::of(table)?
        };
        rows.weight.as_deref().map_or(Ok(()), check_weights)?;
        let shares = rows.weight.as_deref().map(shares);
        let sources = schema.align(table)?;
        let found = parallel::map(threads, sources.len(), |feature| {
            let (source, own) = (&sources[feature], &schema.features[feature]);
            match &own.feature_type {
                FeatureType::Number => number(source, feature, own, shares.as_deref()),
                FeatureType::Category(names) => Ok(levels(source, feature, own, names, shares.as_deref())),
            }
        });
        let (mut axes, mut notes) = (Vec::new(), Vec::new());
        for own in found {
            let (of_column, note) = own?;
            axes.extend(of_column);
            notes.extend(note);
        }
        if axes.is_empty() {
            return Err(Error::data(
                "no column is of use: each is empty or left out",
                "name a table with numbers or categories",
            ));
        }
        let unit = scale(&mut axes, scaling);
        Ok((Self { schema, axes, unit }, notes))
    }

    /// That a frame from a file can be used.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self) -> std::result::Result<(), String> {
        let known = |axis: &Axis| match (self.schema.features.get(axis.feature), axis.level) {
            (Some(own), None) => own.feature_type == FeatureType::Number,
            (Some(own), Some(level)) => match &own.feature_type {
                FeatureType::Category(names) => (level as usize) < names.len(),
                FeatureType::Number => false,
            },
            (None, _) => false,
        };
        let usable = |axis: &Axis| axis.centre.is_finite() && axis.scale.is_finite() && axis.scale > 0.0;
        match self.axes.iter().all(|axis| known(axis) && usable(axis))
            && self.unit > 0.0
            && !self.axes.is_empty()
        {
            true => Ok(()),
            false => Err("its coordinates do not fit its columns".into()),
        }
    }

    /// Coordinates of a point.
    pub fn width(&self) -> usize {
        self.axes.len()
    }

    /// What is added to the log density of a point for that of the row: -sum ln scale over the coordinates that it has.
    pub fn ln_volume(&self, point: &[f64]) -> f64 {
        let there = self.axes.iter().zip(point).filter(|own| !own.1.is_nan());
        -there.map(|(axis, _)| axis.scale.ln()).sum::<f64>()
    }

    /// The mean of that over points, by their weights.
    pub fn mean_ln_volume(&self, points: &Points) -> f64 {
        if !points.has_missing() {
            return self.ln_volume(&vec![0.0; self.width()]);
        }
        let own = |row: usize| points.weight(row) * self.ln_volume(points.row(row));
        (0..points.rows()).map(own).sum::<f64>() / points.mass()
    }

    /// Names of the coordinates.
    pub fn names(&self) -> Vec<String> {
        self.axes.iter().map(|axis| axis.name.clone()).collect()
    }

    /// The rows as points.
    ///
    /// # Errors
    /// If a column is missing, of another type, or holds an infinite value, and if there is no room for the points.
    pub fn points(&self, inputs: Inputs, run: &Run) -> Result<Points> {
        let dense;
        let table = match inputs {
            Inputs::Table(table) => table,
            other => {
                dense = table_of(other)?;
                &dense
            }
        };
        let (rows, width) = (table.rows(), self.width());
        check_room(rows, width, run)?;
        let sources = self.schema.align(table)?;
        let mut values = vec![0.0; rows * width];
        prefer_large(&values);
        // So few rows that what is read of the columns stays in the cache until it is written.
        let few = ((1 << 20) / width).clamp(16, CHUNK);
        let (missing, infinite) = (AtomicBool::new(false), AtomicBool::new(false));
        parallel::for_each_chunk(run.threads(), &mut values, few * width, |i, chunk| {
            self.write(&sources, i * few, chunk);
            // Only what is not finite makes a sum of nothings that is not 0.
            if chunk.iter().map(|x| x * 0.0).sum::<f64>() != 0.0 {
                let any = |flag: &AtomicBool, found: bool| flag.fetch_or(found, Ordering::Relaxed);
                any(&missing, chunk.iter().any(|x| x.is_nan()));
                any(&infinite, chunk.iter().any(|x| x.is_infinite()));
            }
        });
        let far = || values.iter().position(|x| x.is_infinite());
        match infinite.into_inner().then(far).flatten() {
            None => Ok(Points::known(values, width, missing.into_inner())),
            Some(at) => Err(Error::data(
                format!(
                    "row {} of `{}` is infinite, or too far from the others to be told from it",
                    at / width + 1,
                    self.axes[at % width].name
                ),
                "replace infinite values by finite ones, or drop the rows",
            )),
        }
    }

    /// The rows to learn from as points with their weights.
    ///
    /// # Errors
    /// As [`points`](Self::points), and if weights are negative, infinite or all 0.
    pub fn weighted(&self, rows: &Rows, run: &Run) -> Result<Points> {
        rows.weight.as_deref().map_or(Ok(()), check_weights)?;
        let mut points = self.points((&rows.features).into(), run)?;
        points.weight.clone_from(&rows.weight);
        Ok(points)
    }

    /// Points as others look at them, with the mean for what they lack.
    pub fn embedding(&self, mut points: Points) -> Embedding {
        points.fill_missing();
        Embedding {
            values: points.values,
            names: self.names(),
        }
    }

    /// The coordinates of the rows from `start` on.
    fn write(&self, sources: &[Source], start: usize, out: &mut [f64]) {
        let width = self.width();
        let rows = out.len() / width;
        let (mut columns, mut codes) = (vec![0.0; SIDE * rows], vec![0; rows]);
        for (block, axes) in self.axes.chunks(SIDE).enumerate() {
            for (axis, column) in axes.iter().zip(columns.chunks_exact_mut(rows)) {
                axis.read(&sources[axis.feature], start, &mut codes, column);
            }
            turn(&columns[..axes.len() * rows], rows, block * SIDE, width, out);
        }
    }

    /// A point in the units of the table. // (width)
    pub fn original(&self, point: &[f64]) -> Vec<f64> {
        let axes = self.axes.iter().zip(point);
        axes.map(|(axis, u)| u * axis.scale + axis.centre).collect()
    }

    /// Values in the units of the table as a point. // (width)
    pub fn of_original(&self, values: &[f64]) -> Vec<f64> {
        let axes = self.axes.iter().zip(values);
        axes.map(|(axis, x)| x / axis.scale - axis.centre / axis.scale)
            .collect()
    }
}

/// That rows can count so often. Components of rows of which one counted less than not at all had been found without a word.
fn check_weights(weight: &[f64]) -> Result<()> {
    if let Some(row) = weight.iter().position(|w| !(w.is_finite() && *w >= 0.0)) {
        return Err(Error::data(
            format!("row {} has the weight {}", row + 1, weight[row]),
            "a weight is how often a row counts: at least 0, and finite",
        ));
    }
    match weight.iter().any(|w| *w > 0.0) {
        true => Ok(()),
        false => Err(Error::data(
            "no row has a weight",
            "check the file and the weights",
        )),
    }
}

/// Weights that sum to 1.
fn shares(weight: &[f64]) -> Vec<f64> {
    let sum: f64 = weight.iter().sum();
    weight.iter().map(|w| w / sum).collect()
}

/// The coordinates of a column, with a remark.
type Coordinates = (Vec<Axis>, Option<String>);

fn number(source: &Source, feature: usize, own: &Feature, weight: Option<&[f64]>) -> Result<Coordinates> {
    let seen = Summary::of(source, weight, true);
    if let Some((row, x)) = seen.infinite {
        return Err(Error::data(
            format!("row {} of column `{}` is {x}", row + 1, own.name),
            "replace infinite values by finite ones, or drop the rows or the column",
        ));
    }
    if seen.missing == source.len() {
        let note = format!("column `{}` is left out: it has no value in any row", own.name);
        return Ok((Vec::new(), Some(note)));
    }
    let axis = Axis {
        feature,
        level: None,
        name: own.name.clone(),
        centre: seen.mean,
        scale: seen.deviation,
    };
    Ok((vec![axis], None))
}

fn levels(
    source: &Source,
    feature: usize,
    own: &Feature,
    names: &[String],
    weight: Option<&[f64]>,
) -> Coordinates {
    let mut codes = vec![0; source.len()];
    source.read_codes(0, &mut codes);
    let (mut mass, mut known) = (vec![0.0; names.len()], 0.0);
    for (row, &code) in codes.iter().enumerate() {
        if let Some(own) = mass.get_mut(code as usize) {
            let w = weight.map_or(1.0, |all| all[row]);
            *own += w;
            known += w;
        }
    }
    let axis = |(level, (name, mass)): (usize, (&String, &f64))| {
        let p = mass / f64::max(known, f64::MIN_POSITIVE);
        Axis {
            feature,
            level: Some(level as u32),
            name: format!("{}={name}", own.name),
            centre: p,
            scale: (p * (1.0 - p)).max(0.0).sqrt(),
        }
    };
    let note = format!(
        "`{}` holds categories: each is a coordinate of 0 or 1 (`--drop {}` leaves them out)",
        own.name, own.name
    );
    (
        names.iter().zip(&mass).enumerate().map(axis).collect(),
        Some(note),
    )
}

/// Turns deviations into scales; the unit.
fn scale(axes: &mut [Axis], scaling: Scaling) -> f64 {
    if scaling == Scaling::Deviation {
        for axis in axes {
            // A column that never changes is rounding about its mean.
            if axis.scale <= 1e-13 * axis.centre.abs() || axis.scale == 0.0 {
                axis.scale = axis.centre.abs().max(1.0);
            }
        }
        return 1.0;
    }
    let spread = |axis: &Axis| match scaling {
        Scaling::Uncentred => axis.centre.abs().max(axis.scale),
        _ => axis.scale,
    };
    let most = axes.iter().map(spread).fold(0.0, f64::max);
    let unit = match most > 0.0 {
        true => most.log2().floor().clamp(-1000.0, 1000.0).exp2(),
        false => axes
            .iter()
            .map(|axis| axis.centre.abs())
            .fold(0.0, f64::max)
            .max(1.0),
    };
    for axis in axes {
        axis.scale = unit;
        if scaling == Scaling::Uncentred {
            axis.centre = 0.0;
        }
    }
    unit
}

fn check_room(rows: usize, width: usize, run: &Run) -> Result<()> {
    let needed = (rows as u64).saturating_mul(width as u64).saturating_mul(8);
    let limit = run.memory().unwrap_or_else(|| run.room());
    match needed <= limit {
        true => Ok(()),
        false => Err(Error::TooLarge {
            what: format!("{} of {} coordinates", counted(rows, "point"), width),
            needed,
            limit,
        }),
    }
}

/// Sparse rows as columns.
fn table_of(inputs: Inputs) -> Result<Table> {
    let Inputs::Sparse(rows) = inputs else {
        return inputs.table().cloned();
    };
    let mut columns = vec![vec![0.0; rows.rows()]; rows.columns()];
    for row in 0..rows.rows() {
        rows.row(row).for_each(|(column, x)| columns[column][row] = x);
    }
    let named = |(j, values)| crate::Column::from_f64(format!("x{j}"), values);
    Table::new(columns.into_iter().enumerate().map(named).collect())
}
