//! NumPy arrays in a zip file.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::{guard, npy};
use crate::error::{Error, Result};
use crate::run::Run;
use crate::table::Column;

/// First bytes of a file.
pub(crate) const MAGIC: &[u8] = b"PK\x03\x04";

/// Deflate cannot do better than 1032:1, so a member that claims more lies.
const RATIO: u64 = 1100;

/// A member: its name without `.npy`, and its content.
pub(super) type Member = (String, Vec<u8>);

/// Columns with the reasons for their types, and what is left out.
pub(super) type Noted = (Vec<(Column, String)>, Vec<String>);

/// The columns of all members that have as many rows as the first matrix:
/// `X` gives `x0`, `x1`, ..., a vector its own name, another matrix its name and a number.
pub(crate) fn read(file: &str, bytes: &[u8], run: &Run) -> Result<Noted> {
    let room = run.room();
    let members = members(file, bytes, room)?;
    let named: Vec<String> = members
        .iter()
        .map(|(name, _)| format!("{file}/{name}.npy"))
        .collect();
    let mut arrays = Vec::with_capacity(members.len());
    for ((name, content), title) in members.iter().zip(&named) {
        arrays.push((name, npy::parse(title, content)?));
    }
    let main = arrays.iter().find(|(name, _)| name.eq_ignore_ascii_case("x"));
    let main = main
        .or_else(|| arrays.iter().find(|(_, array)| array.axes() > 1))
        .or(arrays.first());
    let Some(rows) = main.map(|(_, array)| array.rows()) else {
        return Err(broken(file, "it has no array"));
    };
    let (arrays, others): (Vec<_>, Vec<_>) = arrays
        .into_iter()
        .partition(|(_, array)| array.axes() > 0 && array.rows() == rows);
    let width = arrays.iter().map(|(_, array)| array.width()).sum::<usize>();
    if width > npy::COLUMNS {
        return Err(broken(
            file,
            &format!("its arrays make {width} columns, more than {}", npy::COLUMNS),
        ));
    }
    let inflated: u64 = members.iter().map(|(_, content)| content.len() as u64).sum();
    let needed = arrays
        .iter()
        .map(|(_, array)| array.needed())
        .fold(inflated, u64::saturating_add);
    guard::within(format!("`{file}` as a table"), needed, room)?;
    let mut columns = Vec::new();
    for (name, array) in &arrays {
        let matrix = array.width() != 1 || name.eq_ignore_ascii_case("x");
        let prefix = if name.eq_ignore_ascii_case("x") { "x" } else { name };
        for column in array.columns(run.threads(), prefix, matrix)? {
            columns.push((column, format!("it is in the member `{name}`")));
        }
    }
    Ok((columns, left_out(&others, rows).into_iter().collect()))
}

/// That arrays of another length are no columns of this table.
fn left_out(others: &[(&String, npy::Array)], rows: usize) -> Option<String> {
    let each = others
        .iter()
        .map(|(name, array)| format!("`{name}` ({})", times(array.shape())));
    let all = each.collect::<Vec<_>>().join(", ");
    (!others.is_empty()).then(|| format!("left out: {all}; these are no {rows} rows as the first array has"))
}

/// Lengths of axes, as `60000 x 28 x 28`.
pub(super) fn times(shape: &[usize]) -> String {
    let all: Vec<String> = shape.iter().map(usize::to_string).collect();
    match all.is_empty() {
        true => "a number".into(),
        false => all.join(" x "),
    }
}

/// The arrays in a file, not yet parsed.
///
/// # Errors
/// If it is damaged, or larger than `limit` bytes.
pub(super) fn members(file: &str, bytes: &[u8], limit: u64) -> Result<Vec<Member>> {
    let fail = |error: &dyn std::fmt::Display| broken(file, &error.to_string());
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| fail(&error))?;
    let mut members = Vec::new();
    let mut total = 0;
    for index in 0..archive.len() {
        let mut member = archive.by_index(index).map_err(|error| fail(&error))?;
        let name = member.name().map_err(|error| fail(&error))?.into_owned();
        let Some(name) = name.strip_suffix(".npy").map(str::to_string) else {
            return Err(guard::malformed(
                file,
                "NPZ",
                format!("its member `{name}` is not an NPY file"),
                "unpack the zip file and give induce the file inside",
            ));
        };
        let claimed = member.size();
        if claimed / RATIO > member.compressed_size().min(bytes.len() as u64) {
            return Err(broken(
                file,
                &format!("its member `{name}` cannot inflate to {claimed} bytes"),
            ));
        }
        total = u64::saturating_add(total, claimed);
        guard::within(format!("`{file}`, inflated,"), total, limit)?;
        let mut content = Vec::new();
        member
            .by_ref()
            .take(claimed + 1)
            .read_to_end(&mut content)
            .map_err(|error| fail(&error))?;
        if content.len() as u64 != claimed {
            return Err(broken(
                file,
                &format!("its member `{name}` does not have the {claimed} bytes it claims"),
            ));
        }
        members.push((name, content));
    }
    Ok(members)
}

/// Names of the arrays in a file, and the first bytes of each; nothing of a damaged file.
pub(super) fn beginnings(bytes: &[u8]) -> Vec<Member> {
    /// Bytes that have the header of an array of few axes.
    const HEADER: u64 = 1 << 10;
    let Ok(mut archive) = ZipArchive::new(Cursor::new(bytes)) else {
        return Vec::new();
    };
    let mut all = Vec::new();
    for index in 0..archive.len() {
        let Ok(member) = archive.by_index(index) else {
            continue;
        };
        let name = member
            .name()
            .map_or_else(|_| String::new(), std::borrow::Cow::into_owned);
        let mut start = Vec::new();
        if member.take(HEADER).read_to_end(&mut start).is_ok() {
            all.push((name.trim_end_matches(".npy").to_owned(), start));
        }
    }
    all
}

fn broken(file: &str, reason: &str) -> Error {
    guard::malformed(file, "NPZ", reason, "write the file again with numpy.savez")
}
