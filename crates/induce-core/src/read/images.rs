//! Images of one size: a folder of pictures with a subfolder per class, an IDX file of MNIST with the labels beside it, or an NPZ file.

use std::borrow::Cow;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::bytes::{gunzip, is_gzip};
use super::contents::Contents;
use super::{guard, idx, npy, npz, sheet};
use crate::model::Images;
use crate::picture::{Limits, Picture, read_picture};
use crate::{Error, Result, Run};

/// The images in `path`: a folder of PNG and JPEG files, whose subfolders name their classes; an IDX file with three axes (images,
/// height, width), with the classes of `...labels-idx1...` where `...images-idx3...` has one beside it; or an NPZ file with an array `images`
/// (images, height, width[, channels]) of bytes, and perhaps `labels`; or a picture that is a sheet of square tiles, with a CSV file beside it. Gzip is told by content. Files are read in the order of their names.
///
/// # Errors
/// If there is no image, one is damaged, or they are not of one size; the first that differs is named.
pub fn images(path: &Path, run: &Run) -> Result<Images> {
    if path.is_dir() {
        return from_folder(path, run);
    }
    if is_picture(path) {
        return sheet::tiles(path, run);
    }
    let (name, content) = (path.display().to_string(), Contents::of(path)?);
    if content.starts_with(npz::MAGIC) {
        return from_npz(&name, &content, run);
    }
    let images = from_idx(&name, &inflated(&name, &content, run)?, run)?;
    match labels_beside(path) {
        Some(labels) => with_labels(images, &labels, run),
        None => Ok(images),
    }
}

/// Whether there are images in `path` rather than rows: a folder, an IDX file of bytes with three axes, or an NPZ file with an array `images`.
pub fn are_images(path: &Path) -> bool {
    /// The array of images in an NPZ file, as it is named there.
    const ARRAY: &[u8] = b"images.npy";
    if path.is_dir() {
        return true;
    }
    let Ok(content) = Contents::of(path) else {
        return false;
    };
    if content.starts_with(npz::MAGIC) {
        return memchr::memmem::find(&content, ARRAY).is_some();
    }
    let mut first = [0; 4];
    let read = match is_gzip(&content) {
        true => flate2::read::MultiGzDecoder::new(&content[..]).read_exact(&mut first),
        false => (&content[..]).read_exact(&mut first),
    };
    read.is_ok() && first == [0, 0, 8, 3]
}

/// The content, inflated if it is compressed with gzip.
fn inflated<'c>(name: &str, content: &'c [u8], run: &Run) -> Result<Cow<'c, [u8]>> {
    match is_gzip(content) {
        true => Ok(Cow::Owned(gunzip(name, content, limit(run))?)),
        false => Ok(Cow::Borrowed(content)),
    }
}

/// The file of labels that belongs to one of images, as MNIST names them: `train-images-idx3-ubyte` and `train-labels-idx1-ubyte`.
fn labels_beside(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?;
    if !name.contains("images") {
        return None;
    }
    let plain = name.replace("images", "labels").replace("idx3", "idx1");
    let bare = plain.trim_end_matches(".gz").to_owned();
    let all = [plain, format!("{bare}.gz"), bare];
    all.into_iter()
        .map(|own| path.with_file_name(own))
        .find(|own| own.is_file())
}

/// Images with the classes of an IDX file of one axis of bytes.
fn with_labels(images: Images, path: &Path, run: &Run) -> Result<Images> {
    let (name, content) = (path.display().to_string(), Contents::of(path)?);
    let content = inflated(&name, &content, run)?;
    if !content.starts_with(&[0, 0, 8, 1]) {
        let hint = "give an IDX file of bytes with one axis, a label for every image, or move it away";
        return Err(guard::malformed(
            &name,
            "IDX",
            "it does not hold bytes along one axis",
            hint,
        ));
    }
    let columns = idx::read(&name, &content, run)?;
    let mut labels = vec![0.0; columns.first().map_or(0, |own| own.0.len())];
    columns.iter().for_each(|own| own.0.read_f64(0, &mut labels));
    let labels: Vec<i64> = labels.into_iter().map(|label| label as i64).collect();
    classes_of(images, &labels)
}

/// Images with a class for every number among the labels.
fn classes_of(images: Images, labels: &[i64]) -> Result<Images> {
    let mut known: Vec<i64> = labels.to_vec();
    known.sort_unstable();
    known.dedup();
    let code = |label: &i64| known.partition_point(|own| own < label) as u32;
    let codes: Vec<u32> = labels.iter().map(code).collect();
    images.with_classes("class", &codes, known.iter().map(i64::to_string).collect())
}

fn from_npz(file: &str, content: &[u8], run: &Run) -> Result<Images> {
    let wrong = |reason: String| {
        guard::malformed(
            file,
            "NPZ",
            reason,
            "write it with numpy.savez(file, images=..., labels=...)",
        )
    };
    let members = npz::members(file, content, limit(run))?;
    let member = |name: &str| members.iter().find(|own| own.0 == name);
    let Some((_, bytes)) = member("images") else {
        let names: Vec<&str> = members.iter().map(|own| own.0.as_str()).collect();
        return Err(wrong(format!(
            "it has no array `images`, but {}",
            names.join(", ")
        )));
    };
    let title = format!("{file}/images.npy");
    let array = npy::parse(&title, bytes)?;
    let (Some(pixels), shape) = (array.bytes(), array.shape()) else {
        return Err(wrong("`images` are not bytes in the order of C".into()));
    };
    let (height, width, channels) = match *shape {
        [_, height, width] => (height, width, 1),
        [_, height, width, channels] => (height, width, channels),
        _ => return Err(wrong(format!("`images` has {} axes, not 3 or 4", shape.len()))),
    };
    let images = Images::new(height, width, channels, pixels.to_vec())?;
    let Some((_, bytes)) = member("labels") else {
        return Ok(images);
    };
    let title = format!("{file}/labels.npy");
    let labels = npy::parse(&title, bytes)?.whole_numbers();
    let labels = labels.ok_or_else(|| wrong("`labels` are no whole numbers along one axis".into()))?;
    classes_of(images, &labels)
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
    let hint = "give a folder of pictures, a sheet of tiles, an IDX file of bytes with the axes images, height, width, or an NPZ file with an array `images`";
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
