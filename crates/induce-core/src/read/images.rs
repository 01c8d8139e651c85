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
/// height, width), with the classes of `...labels-idx1...` where `...images-idx3...` has one beside it; or an array (images, height, width[, channels]) of
/// bytes in an NPZ file: `images`, the only one, or that which the path names, `FILE.npz/train`, with classes if there are `labels`, `train_labels` or, as
/// `x_train` has, `y_train`; or a picture that is a sheet of square tiles, with a CSV file beside it. Gzip is told by content. Files are read in the order of their names.
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
    let (path, array) = member_of(path);
    let (name, content) = (path.display().to_string(), Contents::of(path)?);
    if content.starts_with(npz::MAGIC) {
        return from_npz(&name, &content, array, run);
    }
    if content.starts_with(npy::MAGIC) {
        return from_array(&name, &name, &npy::parse(&name, &content)?);
    }
    let content = inflated(&name, &content, run)?;
    if !idx::is_idx(&content) {
        return Err(Error::data(
            format!("`{name}` holds no images"),
            "images are a folder of PNG and JPEG files, an IDX file, an NPZ or NPY file of bytes, or a sheet of square tiles",
        ));
    }
    let images = from_idx(&name, &content, run)?;
    match labels_beside(path) {
        Some(labels) => with_labels(images, &labels, run),
        None => Ok(images),
    }
}

/// The file and the array in it that a path names: `FILE.npz/train` is an array of a file.
fn member_of(path: &Path) -> (&Path, Option<&str>) {
    match (path.parent(), path.file_name().and_then(|name| name.to_str())) {
        (Some(file), Some(array)) if file.is_file() => (file, Some(array)),
        _ => (path, None),
    }
}

/// Whether there are images in `path` rather than rows: a folder, an IDX file of bytes with three axes, or an NPZ file with an array of bytes with three
/// axes or four.
pub fn are_images(path: &Path) -> bool {
    if path.is_dir() || is_picture(path) {
        return true;
    }
    let (path, _) = member_of(path);
    let Ok(content) = Contents::of(path) else {
        return false;
    };
    if content.starts_with(npy::MAGIC) {
        return npy::heading("", &content).is_ok_and(|array| array.is_of_images());
    }
    if content.starts_with(npz::MAGIC) {
        return npz::beginnings(&content).iter().any(|(name, start)| {
            name == ARRAY || npy::heading(name, start).is_ok_and(|array| array.is_of_images())
        });
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

/// The array of images in an NPZ file, where it has several.
const ARRAY: &str = "images";

fn from_npz(file: &str, content: &[u8], array: Option<&str>, run: &Run) -> Result<Images> {
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
    let name = match array {
        Some(name) => name,
        None => the_images(file, &members)?,
    };
    let Some((_, bytes)) = member(name) else {
        let names: Vec<&str> = members.iter().map(|own| own.0.as_str()).collect();
        return Err(wrong(format!(
            "it has no array `{name}`, but {}",
            names.join(", ")
        )));
    };
    let title = format!("{file}/{name}.npy");
    let images = from_array(file, name, &npy::parse(&title, bytes)?)?;
    let beside = [
        format!("{name}_labels"),
        name.replacen('x', "y", 1),
        "labels".into(),
    ];
    let mut beside = beside.iter().filter(|own| *own != name);
    let Some((labels, bytes)) = beside.find_map(|own| member(own)) else {
        return Ok(images);
    };
    let title = format!("{file}/{labels}.npy");
    let numbers = npy::parse(&title, bytes)?.whole_numbers();
    match numbers {
        Some(own) if own.len() == images.len() => classes_of(images, &own),
        // Those of other images.
        Some(_) if members.len() > 2 => Ok(images),
        Some(own) => Err(wrong(format!(
            "it has {} images, and {} `{labels}`",
            images.len(),
            own.len()
        ))),
        None => Err(wrong(format!("`{labels}` are no whole numbers along one axis"))),
    }
}

/// The images in an array, called `name` in errors.
fn from_array(file: &str, name: &str, array: &npy::Array) -> Result<Images> {
    let wrong = |reason: String, hint: String| guard::malformed(file, "NumPy", reason, hint);
    let shape = array.shape();
    let (height, width, channels) = match *shape {
        [_, height, width] => (height, width, 1),
        [_, height, width, channels] => (height, width, channels),
        _ => {
            let reason = format!("`{name}` has {} axes, not 3 or 4", shape.len());
            return Err(wrong(
                reason,
                "an array is (images, height, width[, channels])".into(),
            ));
        }
    };
    if !matches!(channels, 1 | 3) {
        return Err(wrong(
            format!("`{name}` is {}: {channels} channels", npz::times(shape)),
            "the last axis has 1 channel or 3; `images.transpose(0, 2, 3, 1)` moves it there, `images[..., :3]` leaves out transparency".into(),
        ));
    }
    let Some(pixels) = array.levels() else {
        return Err(wrong(
            format!("`{name}` are no bytes from 0 to 255 in the order of C"),
            "`(255 * images).round().astype(numpy.uint8)` of numbers from 0 to 1, `images.astype(numpy.uint8)` of whole ones".into(),
        ));
    };
    Images::new(height, width, channels, pixels)
}

/// The array of images in a file: `images`, or the only one that can be.
fn the_images<'m>(file: &str, members: &'m [npz::Member]) -> Result<&'m str> {
    if members.iter().any(|own| own.0 == ARRAY) {
        return Ok(ARRAY);
    }
    let can_be = |own: &&npz::Member| npy::heading(&own.0, &own.1).is_ok_and(|array| array.is_of_images());
    let all: Vec<&str> = members.iter().filter(can_be).map(|own| own.0.as_str()).collect();
    match all[..] {
        [] => Ok(ARRAY),
        [one] => Ok(one),
        [first, ..] => Err(Error::data(
            format!("`{file}` has {} arrays of images: {}", all.len(), all.join(", ")),
            format!("name one of them as if the file were a folder: `{file}/{first}`"),
        )),
    }
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
    let mut faults = Vec::new();
    for (file, _) in files {
        let picture = match read_picture(file, &Limits::default()) {
            Ok(picture) => picture,
            Err(error) => {
                faults.push((file, error));
                continue;
            }
        };
        let size = |p: &Picture| (p.height, p.width, p.channels);
        match &first {
            Some(first) if size(first) != size(&picture) => {
                faults.push((file, other_size(file, first, &picture)));
                continue;
            }
            Some(_) => {}
            None => {
                let bytes = (picture.pixels.len() as u64).saturating_mul(files.len() as u64);
                guard::within("the images", bytes, limit(run))?;
                first = Some(picture.clone());
            }
        }
        if faults.is_empty() {
            pixels.extend_from_slice(&picture.pixels);
        }
    }
    if let Some(error) = of_all(faults, files.len()) {
        return Err(error);
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

/// One error of all pictures that cannot be used, so that they can be mended at once.
fn of_all(faults: Vec<(&PathBuf, Error)>, pictures: usize) -> Option<Error> {
    /// How many are named.
    const NAMED: usize = 5;
    let count = faults.len();
    let names: Vec<String> = faults[1.min(count)..]
        .iter()
        .take(NAMED)
        .map(|(file, _)| format!("`{}`", file.display()))
        .collect();
    let (_, error) = faults.into_iter().next()?;
    let hint = error.hint().unwrap_or_default();
    let (more, elsewhere) = match count {
        1 => (String::new(), "or move it to another folder"),
        _ => {
            let dots = if count - 1 > NAMED { ", ..." } else { "" };
            let all = names.join(", ");
            let more = format!(
                "; {} more of {pictures} pictures cannot be used: {all}{dots}",
                count - 1
            );
            (more, "or move them to another folder")
        }
    };
    Some(Error::data(
        format!("{error}{more}"),
        format!("{hint}; {elsewhere}"),
    ))
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
