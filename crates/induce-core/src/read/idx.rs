//! IDX, the format of MNIST: a type, the sizes of the axes, the values, all big-endian.
//!
//! Source: Y. LeCun, C. Cortes, C. Burges, *The MNIST database*, file formats.

use super::guard;
use super::matrix::{Element, Matrix};
use super::npy::COLUMNS;
use crate::error::{Error, Result};
use crate::run::Run;
use crate::table::Column;

/// Whether the first bytes can be of an IDX file: two zeros, a known type, one to eight axes.
pub(crate) fn is_idx(bytes: &[u8]) -> bool {
    matches!(bytes, [0, 0, kind, axes, ..] if element(*kind).is_some() && (1..=8).contains(axes))
}

fn element(kind: u8) -> Option<Element> {
    match kind {
        0x08 => Some(Element::U8),
        0x09 => Some(Element::I8),
        0x0B => Some(Element::I16),
        0x0C => Some(Element::I32),
        0x0D => Some(Element::F32),
        0x0E => Some(Element::F64),
        _ => None,
    }
}

/// One column `label` if there is one axis, else the flattened values `p0`, `p1`, ...
pub(crate) fn read(file: &str, bytes: &[u8], run: &Run) -> Result<Vec<(Column, String)>> {
    let element = bytes
        .get(2)
        .and_then(|kind| element(*kind))
        .filter(|_| is_idx(bytes));
    let Some(element) = element else {
        return Err(broken(
            file,
            "it does not begin with two zeros, a type and a number of axes",
        ));
    };
    let axes = usize::from(bytes[3]);
    let Some((sizes, data)) = bytes[4..].split_at_checked(axes * 4) else {
        return Err(broken(file, "it ends within its header"));
    };
    let (sizes, _) = sizes.as_chunks::<4>();
    let shape: Vec<usize> = sizes
        .iter()
        .map(|size| u32::from_be_bytes(*size) as usize)
        .collect();
    let needed = shape
        .iter()
        .try_fold(element.size(), |product, &size| product.checked_mul(size));
    if needed != Some(data.len()) {
        return Err(broken(
            file,
            &format!(
                "its shape {shape:?} does not fit its {} bytes of values",
                data.len()
            ),
        ));
    }
    let width = shape[1..]
        .iter()
        .try_fold(1_usize, |product, &size| product.checked_mul(size));
    let Some(width) = width.filter(|width| *width <= COLUMNS) else {
        return Err(broken(
            file,
            &format!("its shape {shape:?} makes more than {COLUMNS} columns"),
        ));
    };
    let cells = guard::cells(shape[0], width, element.width());
    guard::within(format!("`{file}` as a table"), cells, run.room())?;
    let matrix = Matrix {
        bytes: data,
        element,
        big_endian: true,
        by_columns: false,
        rows: shape[0],
        width,
    };
    let columns = matrix.columns(run.threads(), |j| {
        if axes == 1 {
            "label".into()
        } else {
            format!("p{j}")
        }
    })?;
    let why = format!("the array has the shape {shape:?}");
    Ok(columns.into_iter().map(|column| (column, why.clone())).collect())
}

fn broken(file: &str, reason: &str) -> Error {
    guard::malformed(file, "IDX", reason, "fetch or write the file again")
}
