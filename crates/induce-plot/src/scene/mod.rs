//! The scene: an SVG canvas, a theme of colours, scales and a frame of axes.

mod frame;
mod scale;
mod svg;
pub(crate) mod theme;

pub(crate) use frame::{Axis, Frame, plot_height};
pub(crate) use scale::{Domain, Scale};
pub use svg::Svg;
pub(crate) use svg::{Anchor, Area, Point, Stroke};
