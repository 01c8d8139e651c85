//! Convolutions of images and their transposes (LeCun et al. 1989; Dumoulin & Visin 2016), as products of gathered patches.

mod kernel;
mod multiply;
mod narrow;
mod pattern;
mod weights;

use super::linear::{activation_gradients, column_sums};
use super::{Activation, Op, Recorded};
use crate::element::Element;
use crate::shape::Shape;
use crate::tape::{Id, Work, value};
use kernel::Kernel;
use multiply::{Finish, multiply};
use pattern::Geometry;

/// How a kernel goes over an image, along height and width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stride {
    /// From one place to the next.
    pub stride: [usize; 2],
    /// Zeros around the image.
    pub padding: [usize; 2],
}

impl Default for Stride {
    fn default() -> Self {
        Self::square(1, 0)
    }
}

impl Stride {
    /// The same along both sides.
    #[must_use]
    pub fn square(stride: usize, padding: usize) -> Self {
        Self {
            stride: [stride; 2],
            padding: [padding; 2],
        }
    }
}

/// Which values of an image a kernel meets at a place: those of neighbours, and of all channels, unless it is said otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConvOptions {
    /// How it goes over the image.
    pub stride: Stride,
    /// From one tap to the next (Yu & Koltun 2016).
    pub dilation: [usize; 2],
    /// Groups of channels that know nothing of one another, in their order (Krizhevsky et al. 2012).
    pub groups: usize,
}

impl From<Stride> for ConvOptions {
    fn from(stride: Stride) -> Self {
        Self {
            stride,
            dilation: [1, 1],
            groups: 1,
        }
    }
}

impl ConvOptions {
    /// The length of a kernel along a side, with what lies between its taps.
    fn reach(&self, side: usize, kernel: usize) -> Option<usize> {
        let between = kernel.checked_sub(1)?.checked_mul(self.dilation[side])?;
        between.checked_add(1).filter(|_| self.dilation[side] > 0)
    }
}

/// A convolution as an operation.
#[derive(Debug, Clone, Copy)]
pub struct Conv {
    options: ConvOptions,
    /// Whether it goes from the small images to the large ones.
    transposed: bool,
    activation: Activation,
}

/// The lengths of both images and the kernel's, and the channels of weights.
fn read<T: Element>(work: &Work<T>, ids: [Id; 3], groups: usize) -> Result<([usize; 4], [usize; 4]), String> {
    let [x, weight, bias] = ids.map(|id| work.shape(id));
    let (&[batch, height, width, channels], &[h, w, inputs, outputs]) = (x.lengths(), weight.lengths())
    else {
        return Err(format!(
            "images are (batch, height, width, channels) and weights (height, width, inputs, outputs), not {x} and {weight}"
        ));
    };
    if groups != 1 && (inputs.checked_mul(groups) != Some(channels) || !outputs.is_multiple_of(groups)) {
        return Err(format!(
            "images {x} and weights {weight} cannot be divided into {groups} groups: weights are (height, width, channels of a group, outputs)"
        ));
    }
    if inputs * groups != channels || bias.lengths() != [outputs] || h * w * inputs * outputs == 0 {
        return Err(format!(
            "weights {weight} and biases {bias} do not fit images {x}"
        ));
    }
    Ok(([batch, height, width, channels], [h, w, inputs, outputs]))
}

/// How often a kernel fits along a padded side.
pub fn fitting(length: usize, kernel: usize, stride: usize, padding: usize) -> Option<usize> {
    let room = length.checked_add(padding.checked_mul(2)?)?.checked_sub(kernel)?;
    Some(room.checked_div(stride)? + 1)
}

/// As [`fitting`], back: the side that so many places were taken from.
fn covered(places: usize, kernel: usize, stride: usize, padding: usize, extra: usize) -> Option<usize> {
    let side = places
        .checked_sub(1)?
        .checked_mul(stride)?
        .checked_add(kernel)?
        .checked_add(extra)?;
    side.checked_sub(padding.checked_mul(2)?)
        .filter(|_| extra < stride)
}

/// What [`Tensor::conv2d`](crate::Tensor::conv2d) records.
///
/// # Errors
/// If the shapes do not fit.
pub fn conv2d<T: Element>(
    work: &mut Work<T>,
    ids: [Id; 3],
    options: ConvOptions,
    activation: Activation,
) -> Recorded {
    let ([batch, height, width, _], [h, w, _, outputs]) = read(work, ids, options.groups)?;
    let stride = options.stride;
    let side = |a: usize, length, kernel| {
        fitting(
            length,
            options.reach(a, kernel)?,
            stride.stride[a],
            stride.padding[a],
        )
    };
    let (Some(tall), Some(wide)) = (side(0, height, h), side(1, width, w)) else {
        return Err(format!(
            "a kernel of {h} x {w} does not fit an image of {height} x {width} with {options:?}"
        ));
    };
    let conv = Conv {
        options,
        transposed: false,
        activation,
    };
    forwards(work, ids, conv, [batch, tall, wide, outputs])
}

/// What [`Tensor::conv2d_transpose`](crate::Tensor::conv2d_transpose) records.
///
/// # Errors
/// If the shapes do not fit.
pub fn conv2d_transpose<T: Element>(
    work: &mut Work<T>,
    ids: [Id; 3],
    options: ConvOptions,
    extra: [usize; 2],
    activation: Activation,
) -> Recorded {
    let ([batch, height, width, _], [h, w, _, outputs]) = read(work, ids, options.groups)?;
    let stride = options.stride;
    let side = |a: usize, places, kernel| {
        let reach = options.reach(a, kernel)?;
        covered(places, reach, stride.stride[a], stride.padding[a], extra[a])
    };
    let (Some(tall), Some(wide)) = (side(0, height, h), side(1, width, w)) else {
        return Err(format!(
            "a transposed kernel of {h} x {w} does not fit an image of {height} x {width} with {options:?} and output padding {extra:?}"
        ));
    };
    let conv = Conv {
        options,
        transposed: true,
        activation,
    };
    forwards(work, ids, conv, [batch, tall, wide, outputs])
}

impl Conv {
    fn geometry(&self, x: Shape, weight: Shape, y: Shape) -> Geometry {
        let sides = |shape: Shape| [shape.lengths()[1], shape.lengths()[2]];
        let (large, small) = if self.transposed { (y, x) } else { (x, y) };
        Geometry {
            batch: x.lengths()[0],
            large: sides(large),
            small: sides(small),
            kernel: [weight.lengths()[0], weight.lengths()[1]],
            stride: self.options.stride.stride,
            padding: self.options.stride.padding,
            dilation: self.options.dilation,
        }
    }
}

/// A kernel for every group.
fn kernels<'v, T: Element>(
    weights: &'v [T],
    shape: Shape,
    groups: usize,
    turned: bool,
) -> impl Iterator<Item = Kernel<'v, T>> {
    let lengths = shape.lengths();
    let (width, inputs, outputs) = (lengths[1], lengths[2], lengths[3]);
    (0..groups).map(move |group| Kernel {
        weights,
        width,
        inputs,
        outputs: outputs / groups,
        group,
        groups,
        turned,
    })
}

/// Multiply along the pattern of a convolution, or along those of its transpose.
fn along<T: Element>(
    work: (&induce_core::parallel::Team, &mut crate::pool::Pool<T>),
    (geometry, back): (&Geometry, bool),
    kernel: &Kernel<T>,
    source: &[T],
    out: &mut [T],
    finish: Finish<T>,
) {
    let (team, pool) = work;
    if back && narrow::is_narrow(geometry, kernel) {
        narrow::multiply(team, pool, geometry, kernel, source, out, finish);
    } else if back {
        for pattern in geometry.phases() {
            multiply(team, pool, &pattern, kernel, source, out, finish);
        }
    } else {
        multiply(team, pool, &geometry.straight(), kernel, source, out, finish);
    }
}

fn forwards<T: Element>(work: &mut Work<T>, ids: [Id; 3], conv: Conv, lengths: [usize; 4]) -> Recorded {
    let [x, weight, bias] = ids;
    let shape = Shape::new(&lengths).ok_or("too many elements")?;
    let geometry = conv.geometry(work.shape(x), work.shape(weight), shape);
    let mut y = work.pool.take(shape.elements());
    let [source, weights, shift] = ids.map(|id| value(work.nodes, work.parameters, id));
    let way = (&geometry, conv.transposed);
    let shape_of = work.nodes[weight as usize].shape;
    for kernel in kernels(weights, shape_of, conv.options.groups, false) {
        let own = kernel.target();
        let shift = &shift[own.first..own.first + own.own];
        let finish = Finish::Activate(conv.activation.unary(), shift);
        along((work.team, &mut *work.pool), way, &kernel, source, &mut y, finish);
    }
    Ok(work.push(Op::Conv(conv), shape, &[x, weight, bias], y))
}

pub fn back<T: Element>(conv: Conv, y: Id, dy: &[T], work: &mut Work<T>) {
    let [x, weight, bias, ..] = work.node(y).inputs;
    let (own, shape) = (work.shape(x), work.shape(weight));
    let geometry = conv.geometry(own, shape, work.shape(y));
    let before = activation_gradients(work, conv.activation, y, dy);
    let dy = before.as_deref().unwrap_or(dy);
    if let Some(mut slot) = work.slot(bias) {
        column_sums(work, dy, shape.last(), &mut slot);
        work.put(slot);
    }
    if let Some(mut slot) = work.slot(weight) {
        let input = value(work.nodes, work.parameters, x);
        let (straight, add) = (geometry.straight(), slot.add);
        let sides = if conv.transposed { [dy, input] } else { [input, dy] };
        // Sums are (taps, channels of patches, others): the other way round than weights where it goes back.
        for kernel in kernels(&[], shape, conv.options.groups, conv.transposed) {
            let channels = [kernel.source(), kernel.target()];
            let sums = weights::gradients(work.team, work.pool, &straight, sides, channels);
            weights::put(&sums, &kernel, add, slot.slice(), work.pool);
            work.pool.give(sums);
        }
        work.put(slot);
    }
    if let Some(mut slot) = work.slot(x) {
        let weights = value(work.nodes, work.parameters, weight);
        let finish = if slot.add { Finish::Add } else { Finish::Write };
        let way = (&geometry, !conv.transposed);
        for kernel in kernels(weights, shape, conv.options.groups, true) {
            let own = (work.team, &mut *work.pool);
            along(own, way, &kernel, dy, slot.slice(), finish);
        }
        work.put(slot);
    }
    work.pool.give(before.unwrap_or_default());
}
