//! Images of one size.

use super::{Fact, Target};
use crate::Fingerprint;
use crate::metrics::{Predictions, Task};
use crate::model::Prediction;
use crate::resample;
use crate::{Error, Result, Run};

/// Images of one size, of one byte per channel, with or without a target.
///
/// ```
/// use induce_core::model::Images;
/// let two = Images::new(1, 2, 1, vec![0, 255, 7, 8])?;
/// assert_eq!((two.len(), two.image(1)), (2, &[7, 8][..]));
/// assert!(Images::new(2, 2, 3, vec![0; 11]).is_err());
/// # Ok::<(), induce_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Images {
    /// Rows of pixels.
    pub height: usize,
    /// Pixels per row.
    pub width: usize,
    /// Bytes per pixel: 1 (grey) or 3 (RGB).
    pub channels: usize,
    /// The bytes. // (images, height, width, channels)
    pub pixels: Vec<u8>,
    /// What is to be predicted of every image, if anything.
    pub target: Option<Target>,
}

impl Images {
    /// As many images as the bytes fill.
    ///
    /// # Errors
    /// If an image has no pixel, another number of channels than 1 or 3, or the last is not filled.
    pub fn new(height: usize, width: usize, channels: usize, pixels: Vec<u8>) -> Result<Self> {
        let size = height.checked_mul(width).and_then(|n| n.checked_mul(channels));
        let whole = size.is_some_and(|size| size > 0 && pixels.len().is_multiple_of(size));
        if !whole || !matches!(channels, 1 | 3) {
            return Err(Error::data(
                format!(
                    "{} bytes do not make images of {height} x {width} pixels with {channels} channels",
                    pixels.len()
                ),
                "all images must have one size, and 1 or 3 bytes per pixel",
            ));
        }
        Ok(Self {
            height,
            width,
            channels,
            pixels,
            target: None,
        })
    }

    /// With a class per image.
    ///
    /// # Errors
    /// Unless there is one of the names per image.
    pub fn with_classes(self, name: &str, codes: &[u32], classes: Vec<String>) -> Result<Self> {
        if codes.len() != self.len() || codes.iter().any(|code| *code as usize >= classes.len()) {
            return Err(Error::data(
                format!(
                    "{} labels of {} classes do not fit {} images",
                    codes.len(),
                    classes.len(),
                    self.len()
                ),
                "give one label per image",
            ));
        }
        let target = Target {
            name: name.into(),
            task: Task::Classification,
            why: "images come with classes".into(),
            values: codes.iter().map(|code| f64::from(*code)).collect(),
            classes,
            further: Vec::new(),
        };
        Ok(Self {
            target: Some(target),
            ..self
        })
    }

    /// Bytes of an image.
    pub fn size(&self) -> usize {
        self.height * self.width * self.channels
    }

    /// How many images there are.
    pub fn len(&self) -> usize {
        self.pixels.len() / self.size()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.pixels.is_empty()
    }

    /// Image `i`. // (height, width, channels)
    pub fn image(&self, i: usize) -> &[u8] {
        &self.pixels[i * self.size()..][..self.size()]
    }

    /// Only these images, in this order.
    #[must_use]
    pub fn take(&self, images: &[usize]) -> Self {
        Self {
            pixels: images.iter().flat_map(|&i| self.image(i)).copied().collect(),
            target: self.target.as_ref().map(|target| target.take(images)),
            ..*self
        }
    }

    /// The first of these, without a target.
    #[must_use]
    pub fn first(&self, images: usize) -> Self {
        let count = images.min(self.len());
        Self {
            pixels: self.pixels[..count * self.size()].to_vec(),
            target: None,
            ..*self
        }
    }

    /// The class of every image.
    ///
    /// # Errors
    /// If no image has a class.
    pub fn classes(&self) -> Result<&Target> {
        self.target.as_ref().ok_or_else(|| {
            Error::data(
                "the images have no classes",
                "labels lie beside images in an IDX file, in an array `labels` of an NPZ file, or are the names of subfolders",
            )
        })
    }

    /// That others, to be judged by, are of the size of these.
    ///
    /// # Errors
    /// Unless they are.
    pub fn check_size(&self, others: &Self) -> Result<()> {
        let said = |own: &Self| format!("{} x {} x {}", own.height, own.width, own.channels);
        let (own, other) = (said(self), said(others));
        match own == other {
            true => Ok(()),
            false => Err(Error::data(
                format!("images to learn from are {own}, those to judge by {other}"),
                "give images of one size",
            )),
        }
    }

    /// The same images with their classes numbered as a model numbers them, by name.
    ///
    /// ```
    /// use induce_core::model::Images;
    /// let names = |all: &[&str]| all.iter().map(|own| own.to_string()).collect::<Vec<_>>();
    /// let two = Images::new(1, 1, 1, vec![0, 255])?.with_classes("class", &[0, 1], names(&["7", "9"]))?;
    /// let own = two.known_as(&names(&["5", "7", "9"]))?;
    /// assert_eq!(own.classes()?.values, [1.0, 2.0]);
    /// assert!(own.known_as(&names(&["5", "7"])).is_err());
    /// # Ok::<(), induce_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// If an image is of a class that is not among these.
    pub fn known_as(self, classes: &[String]) -> Result<Self> {
        let target = self.target.map(|own| own.known_as(classes)).transpose()?;
        Ok(Self { target, ..self })
    }

    /// Predictions of these images beside the truth.
    ///
    /// # Errors
    /// If no image has a class.
    pub fn judge<'a>(&'a self, prediction: &'a Prediction) -> Result<Predictions<'a>> {
        let target = self.classes()?;
        Ok(Predictions::classification(
            &target.values,
            &prediction.probabilities,
            prediction.classes,
        ))
    }

    pub(super) fn hold_out(&self, fraction: f64, run: &Run) -> Result<(Self, Self)> {
        let classes = self.target.as_ref().filter(|target| !target.classes.is_empty());
        let strata: Option<Vec<u32>> =
            classes.map(|target| target.values.iter().map(|&code| code as u32).collect());
        let split = resample::holdout(self.len(), strata.as_deref(), fraction, run)?;
        Ok((self.take(&split.train), self.take(&split.test)))
    }

    pub(super) fn sum_up(&self, sum: &mut Fingerprint) {
        [self.height, self.width, self.channels]
            .iter()
            .for_each(|n| sum.word(*n as u64));
        sum.bytes(&self.pixels);
        self.target.iter().for_each(|target| sum.values(&target.values));
    }

    pub(super) fn describe(&self) -> Vec<Fact> {
        let classes = self.target.as_ref().map(|target| target.classes.len());
        let mut facts = vec![
            ("images", self.len().into()),
            ("height", self.height.into()),
            ("width", self.width.into()),
            ("channels", self.channels.into()),
        ];
        facts.extend(classes.map(|n| ("classes", n.into())));
        facts
    }
}
