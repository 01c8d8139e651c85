//! Images of one size: a folder of pictures with a subfolder per class, or an IDX file of MNIST.

use std::path::{Path, PathBuf};

use super::contents::Contents;
use super::guard;
use crate::model::Images;
use crate::picture::{Limits, Picture, read_picture};
use crate::{Error, Result, Run};

/// The images in `path`: a folder of PNG and JPEG files, whose subfolders name their classes, or an IDX file with three
/// axes (images, height, width). Files are read in the order of their names.
///
/// # Errors
/// If there is no image, one is damaged, or they are not of one size; the first that differs is named.
pub fn images(path: &Path, run: &Run) -> Result<Images> {
    if path.is_dir() {
        return from_folder(path, run);
    }
    from_idx(&path.display().to_string(), &Contents::of(path)?, run)
}

fn from_folder(folder: &Path, run: &Run) -> Result<Images> {
    let (mut files, mut classes) = (Vec::new(), Vec::new());
    for entry in sorted(folder)? {
        if entry.is_dir() {
            let code = classes.len() as u32;
            let name = entry.file_name().map(|name| name.to_string_lossy().into_owned());
            classes.push(name.unwrap_or_default());
            files.extend(
                sorted(&entry)?
                    .into_iter()
                    .filter(|file| is_picture(file))
                    .map(|file| (file, code)),
            );
        } else if is_picture(&entry) {
            files.push((entry, 0));
        }
    }
    let all = gathered(folder, &files, run)?;
    if classes.is_empty() {
        return Ok(all);
    }
    let codes: Vec<u32> = files.iter().map(|(_, code)| *code).collect();
    all.with_classes("class", &codes, classes)
}

fn gathered(folder: &Path, files: &[(PathBuf, u32)], run: &Run) -> Result<Images> {
    let mut first: Option<Picture> = None;
    let mut pixels = Vec::new();
    for (file, _) in files {
        let picture = read_picture(file, &Limits::default())?;
        let size = |p: &Picture| (p.height, p.width, p.channels);
        match &first {
            Some(first) if size(first) != size(&picture) => return Err(other_size(file, first, &picture)),
            Some(_) => {}
            None => {
                let bytes = (picture.pixels.len() as u64).saturating_mul(files.len() as u64);
                guard::within("the images", bytes, limit(run))?;
                first = Some(picture.clone());
            }
        }
        pixels.extend_from_slice(&picture.pixels);
    }
    let first = first.ok_or_else(|| {
        Error::data(
            format!("there is no PNG or JPEG file in `{}`", folder.display()),
            "give a folder of pictures, or one with a subfolder per class",
        )
    })?;
    Images::new(first.height, first.width, first.channels, pixels)
}

/// The most bytes of pixels.
fn limit(run: &Run) -> u64 {
    run.room()
}

fn other_size(file: &Path, first: &Picture, other: &Picture) -> Error {
    Error::data(
        format!(
            "`{}` is of {} x {} pixels with {} channels, where the first has {} x {} with {}",
            file.display(),
            other.width,
            other.height,
            other.channels,
            first.width,
            first.height,
            first.channels
        ),
        "all images must have one size; scale or crop them first",
    )
}

fn sorted(folder: &Path) -> Result<Vec<PathBuf>> {
    let fault = |e| Error::io("read", folder, e);
    let entries = std::fs::read_dir(folder).map_err(fault)?;
    let mut all = entries
        .map(|entry| Ok(entry.map_err(fault)?.path()))
        .collect::<Result<Vec<_>>>()?;
    all.sort();
    Ok(all)
}

fn is_picture(file: &Path) -> bool {
    let ending = file.extension().and_then(|e| e.to_str()).unwrap_or_default();
    file.is_file()
        && ["png", "jpg", "jpeg"]
            .iter()
            .any(|own| own.eq_ignore_ascii_case(ending))
}

fn from_idx(file: &str, content: &[u8], run: &Run) -> Result<Images> {
    let hint = "give a folder of pictures, or an IDX file of bytes with the axes images, height, width";
    let wrong = |reason: &str| guard::malformed(file, "IDX", reason, hint);
    let ([0, 0, 8, 3, sizes @ ..], Some(data)) = (content, content.get(16..)) else {
        return Err(wrong("it does not hold bytes along three axes"));
    };
    let size = |axis: usize| {
        let at = &sizes[4 * axis..4 * axis + 4];
        u32::from_be_bytes([at[0], at[1], at[2], at[3]]) as usize
    };
    let (count, height, width) = (size(0), size(1), size(2));
    let needed = count.checked_mul(height).and_then(|n| n.checked_mul(width));
    if needed != Some(data.len()) {
        return Err(wrong(&format!(
            "{count} images of {height} x {width} do not fit its {} bytes of pixels",
            data.len()
        )));
    }
    guard::within("the images", data.len() as u64, limit(run))?;
    Images::new(height, width, 1, data.to_vec())
}
