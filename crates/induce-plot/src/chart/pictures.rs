//! Images side by side.

use base64::Engine;
use base64::prelude::BASE64_STANDARD as STANDARD;
use induce_core::model::Pictures;
use induce_core::picture::png_bytes;

use super::{nothing, usable};
use crate::scene::Svg;

/// The most that a pixel is enlarged.
const LARGEST: f64 = 6.0;

/// Images side by side in one picture, pixels as squares.
///
/// ```
/// use induce_core::model::{Images, Pictures};
/// let images = Images::new(1, 2, 1, vec![0, 255, 255, 0])?;
/// assert!(induce_plot::chart::pictures(&Pictures::new(&images, 2), 300.0).inline().contains("data:image/png;base64,"));
/// # Ok::<(), induce_core::Error>(())
/// ```
pub fn pictures(data: &Pictures, width: f64) -> Svg {
    let Ok(sheet) = data.sheet() else {
        return nothing("Images", usable(width));
    };
    let Ok(bytes) = png_bytes(&sheet) else {
        return nothing("Images", usable(width));
    };
    let scale = (usable(width) / sheet.width as f64).min(LARGEST);
    let size = (scale * sheet.width as f64, scale * sheet.height as f64);
    let count = data.pixels.len() / (data.height * data.width * data.channels).max(1);
    let title = format!("{count} images of {} x {}", data.height, data.width);
    let mut svg = Svg::new(size.0, size.1, &title, "");
    svg.image(size, &format!("data:image/png;base64,{}", STANDARD.encode(bytes)));
    svg
}
