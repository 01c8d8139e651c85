//! A sheet of square tiles, with a table of a row per tile beside it.

use std::path::{Path, PathBuf};

use super::{ReadOptions, read};
use crate::model::Images;
use crate::picture::{Limits, Picture, read_picture};
use crate::{Error, Result, Run};

/// The tiles of a picture, row by row: as many as the table beside it has rows, if there is one.
///
/// The side of a tile is the number at the end of the picture's name (`emoji32.png`); else the one at which rows of the table fill the sheet but for
/// its last row. The table is `emoji32.csv` or `emoji.csv`. Tiles of one colour at the end are no tiles. What is transparent is black.
///
/// # Errors
/// If the picture cannot be read, or nothing says where its tiles are.
pub fn tiles(path: &Path, run: &Run) -> Result<Images> {
    let picture = read_picture(path, &Limits::default())?;
    let stem = path
        .file_stem()
        .and_then(|stem| stem.to_str())
        .unwrap_or_default();
    let bare = stem.trim_end_matches(|c: char| c.is_ascii_digit());
    let mut tables = [stem, bare]
        .into_iter()
        .map(|own| path.with_file_name(format!("{own}.csv")));
    let table: Option<PathBuf> = tables.find(|file| file.is_file());
    let rows = match &table {
        Some(table) => Some(read(table, &ReadOptions::default(), run)?.0.rows()),
        None => None,
    };
    let named = stem[bare.len()..]
        .parse()
        .ok()
        .filter(|side| divides(&picture, *side));
    let side = named.or_else(|| rows.and_then(|rows| fitting(&picture, rows)));
    let side = side.ok_or_else(|| {
        Error::data(
            format!(
                "`{}` is one picture of {} x {} pixels, and nothing says where its tiles are",
                path.display(),
                picture.width,
                picture.height
            ),
            "give a folder of pictures; or a sheet of square tiles whose side ends its name, as in `tiles32.png`, or with a CSV file of the same name and a row per tile",
        )
    })?;
    let all = cut(&picture, side);
    let size = side * side * picture.channels;
    let blank = |tile: &[u8]| {
        tile.chunks_exact(picture.channels)
            .all(|pixel| *pixel == tile[..picture.channels])
    };
    let drawn = all
        .chunks_exact(size)
        .rposition(|tile| !blank(tile))
        .map_or(0, |last| last + 1);
    let count = rows.map_or(drawn, |rows| rows.min(drawn));
    Images::new(side, side, picture.channels, all[..count * size].to_vec())
}

fn divides(picture: &Picture, side: usize) -> bool {
    side > 0 && picture.width.is_multiple_of(side) && picture.height.is_multiple_of(side)
}

/// The side at which so many tiles fill all rows of the sheet but the last.
fn fitting(picture: &Picture, rows: usize) -> Option<usize> {
    (1..=picture.width.min(picture.height)).rev().find(|&side| {
        let across = picture.width / side;
        divides(picture, side) && rows.div_ceil(across) == picture.height / side
    })
}

/// Pixels of one tile after the other.
fn cut(picture: &Picture, side: usize) -> Vec<u8> {
    let (line, tile) = (picture.width * picture.channels, side * picture.channels);
    let mut all = Vec::with_capacity(picture.pixels.len());
    for band in picture.pixels.chunks_exact(line * side) {
        for start in (0..line).step_by(tile) {
            band.chunks_exact(line)
                .for_each(|row| all.extend_from_slice(&row[start..start + tile]));
        }
    }
    all
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests {
    use super::*;
    use crate::picture::write_picture;

    /// Two by three tiles of 4 x 4 pixels, the last of them blank.
    fn sheet() -> Picture {
        let pixel = |i: usize| {
            let (y, x) = (i / 12, i % 12);
            let tile = (y / 4) * 3 + x / 4;
            if tile < 5 { (40 * tile + x % 4) as u8 } else { 255 }
        };
        Picture::new(12, 8, 1, (0..96).map(pixel).collect()).unwrap()
    }

    #[test]
    fn tiles_are_found_by_name_or_by_the_rows_of_a_table() {
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str| folder.path().join(name);
        let run = Run::new(0);
        write_picture(&place("tiles4.png"), &sheet()).unwrap();
        let by_name = tiles(&place("tiles4.png"), &run).unwrap();
        assert_eq!((by_name.len(), by_name.height), (5, 4));
        assert_eq!(by_name.image(3)[..5], [120, 121, 122, 123, 120]);
        std::fs::write(place("tiles.csv"), "name\na\nb\nc\n").unwrap();
        assert_eq!(tiles(&place("tiles4.png"), &run).unwrap().len(), 3);
        write_picture(&place("sheet.png"), &sheet()).unwrap();
        let error = tiles(&place("sheet.png"), &run).unwrap_err();
        assert!(error.hint().unwrap().contains("CSV"), "{error}");
        std::fs::write(place("sheet.csv"), "name\na\nb\nc\nd\ne\n").unwrap();
        assert_eq!(tiles(&place("sheet.png"), &run).unwrap().pixels, by_name.pixels);
    }
}
