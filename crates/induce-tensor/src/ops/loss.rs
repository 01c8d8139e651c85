//! Losses, each with its gradient in one pass.

use super::{Op, Recorded};
use crate::element::Element;
use crate::kernels::rows as kernel;
use crate::tape::{Id, Work, value};
use crate::threads::{rows, rows_by_chunk};

/// What [`Tensor::bernoulli_loss`](crate::Tensor::bernoulli_loss) records.
///
/// # Errors
/// If the shapes do not fit.
pub fn bernoulli<T: Element>(work: &mut Work<T>, x: Id, target: Id) -> Recorded {
    let (shape, other) = (work.shape(x), work.shape(target));
    let width = shape.last();
    // Targets may be fewer, and then repeat: the same picture under several samples.
    let fits = shape.rank() > 0 && width > 0 && other.last() == width && other.elements() > 0;
    if !fits || !shape.elements().is_multiple_of(other.elements()) {
        return Err(format!(
            "targets of shape {other} do not fit logits of shape {shape}"
        ));
    }
    let mut y = work.pool.take(shape.rows());
    let input = value(work.nodes, work.parameters, x);
    let targets = value(work.nodes, work.parameters, target);
    let again = other.rows();
    rows_by_chunk(work.team, shape.rows(), width, &mut y, |r, y| {
        for (row, y) in r.zip(y) {
            let t = row % again;
            let (x, t) = (
                &input[row * width..(row + 1) * width],
                &targets[t * width..(t + 1) * width],
            );
            kernel::bernoulli(x, t, width, std::slice::from_mut(y));
        }
    });
    Ok(work.push(Op::Bernoulli, shape.without_last(), &[x, target], y))
}

/// The targets are data, and have no gradient.
pub fn bernoulli_back<T: Element>(y: Id, dy: &[T], work: &mut Work<T>) {
    let [x, target, ..] = work.node(y).inputs;
    let Some(mut slot) = work.slot(x) else { return };
    let (width, again, add) = (work.shape(x).last(), work.shape(target).rows(), slot.add);
    let input = value(work.nodes, work.parameters, x);
    let targets = value(work.nodes, work.parameters, target);
    rows(work.team, dy.len(), [(slot.slice(), width)], |r, [dx]| {
        for (row, dx) in r.zip(dx.chunks_exact_mut(width)) {
            let t = row % again;
            let (x, t) = (
                &input[row * width..(row + 1) * width],
                &targets[t * width..(t + 1) * width],
            );
            kernel::bernoulli_gradient(x, t, width, &dy[row..=row], dx, add);
        }
    });
    work.put(slot);
}

/// A target that is left out.
const LEFT_OUT: u32 = u32::MAX;

/// What [`Tensor::cross_entropy`](crate::Tensor::cross_entropy) records.
///
/// # Errors
/// If the shapes do not fit.
pub fn cross_entropy<T: Element>(work: &mut Work<T>, x: Id, targets: &[u32]) -> Recorded {
    let shape = work.shape(x);
    let width = shape.last();
    if shape.rank() == 0 || shape.rows() != targets.len() {
        return Err(format!(
            "{} targets do not fit logits of shape {shape}",
            targets.len()
        ));
    }
    if let Some(wrong) = targets.iter().find(|t| **t != LEFT_OUT && **t as usize >= width) {
        return Err(format!("class {wrong} is out of range: there are {width}"));
    }
    let mut indices = work.indices.take(targets.len());
    indices.copy_from_slice(targets);
    let (mut y, mut kept) = (work.pool.take(targets.len()), work.pool.take(targets.len()));
    let input = value(work.nodes, work.parameters, x);
    rows_by_chunk(work.team, targets.len(), width, &mut kept, |r, kept| {
        kernel::log_sum_exp(&input[r.start * width..r.end * width], width, kept);
    });
    for (row, &target) in targets.iter().enumerate() {
        let left_out = target == LEFT_OUT;
        y[row] = if left_out {
            T::ZERO
        } else {
            kept[row] - input[row * width + target as usize]
        };
    }
    Ok(work.push_with(Op::CrossEntropy, shape.without_last(), &[x], y, kept, indices))
}

pub fn cross_entropy_back<T: Element>(y: Id, dy: &[T], work: &mut Work<T>) {
    let x = work.node(y).inputs[0];
    let Some(mut slot) = work.slot(x) else { return };
    let (width, add) = (work.shape(x).last(), slot.add);
    let input = value(work.nodes, work.parameters, x);
    let node = &work.nodes[y as usize];
    rows(work.team, dy.len(), [(slot.slice(), width)], |r, [dx]| {
        for (row, dx) in r.zip(dx.chunks_exact_mut(width)) {
            let (target, own) = (node.indices[row], row..row + 1);
            let gradient = if target == LEFT_OUT { T::ZERO } else { dy[row] };
            let x = &input[row * width..(row + 1) * width];
            kernel::log_sum_exp_gradient(x, width, &node.saved[own], &[gradient], dx, add);
            if target != LEFT_OUT {
                dx[target as usize] += -gradient;
            }
        }
    });
    work.put(slot);
}
