//! Normalisation of rows, and gated rows.

use super::{Op, Recorded};
use crate::element::Element;
use crate::kernels::{rms, rows as kernel};
use crate::tape::{Id, Work, value};
use crate::threads::{Shared, chunk_count, parts, rows};

/// What [`Tensor::layer_norm`](crate::Tensor::layer_norm) records.
///
/// # Errors
/// If the shapes do not fit.
pub fn layer_norm<T: Element>(work: &mut Work<T>, ids: [Id; 3], epsilon: f64) -> Recorded {
    let [x, gain, shift] = ids;
    let (shape, width) = (work.shape(x), work.shape(x).last());
    if shape.rank() == 0 || work.shape(gain).lengths() != [width] || work.shape(shift).lengths() != [width] {
        let (g, s) = (work.shape(gain), work.shape(shift));
        return Err(format!("gain {g} and shift {s} do not fit rows of {shape}"));
    }
    let (mut y, mut kept) = (work.pool.take(shape.elements()), work.pool.take(2 * shape.rows()));
    let [input, g, s] = ids.map(|id| value(work.nodes, work.parameters, id));
    let buffers = [(&mut y[..], width), (&mut kept[..], 2)];
    rows(work.team, shape.rows(), buffers, |r, [y, kept]| {
        let x = &input[r.start * width..r.end * width];
        kernel::layer_norm(x, g, s, T::of(epsilon), y, kept);
    });
    Ok(work.push_with(Op::LayerNorm, shape, &ids, y, kept, Vec::new()))
}

pub fn layer_norm_back<T: Element>(y: Id, dy: &[T], work: &mut Work<T>) {
    let [x, gain, shift, ..] = work.node(y).inputs;
    gradients(work, (y, dy), x, gain, [gain, shift], |rows, dx, add, sums| {
        kernel::layer_norm_gradient(rows.x, rows.gain, rows.kept, rows.dy, dx, add, sums);
    });
}

/// x / sqrt(mean x^2 + epsilon) * gain of every row.
///
/// # Errors
/// If the shapes do not fit.
pub fn rms_norm<T: Element>(work: &mut Work<T>, x: Id, gain: Id, epsilon: f64) -> Recorded {
    let (shape, width) = (work.shape(x), work.shape(x).last());
    if shape.rank() == 0 || work.shape(gain).lengths() != [width] {
        return Err(format!("gain {} does not fit rows of {shape}", work.shape(gain)));
    }
    let (mut y, mut kept) = (work.pool.take(shape.elements()), work.pool.take(shape.rows()));
    let [input, g] = [x, gain].map(|id| value(work.nodes, work.parameters, id));
    let buffers = [(&mut y[..], width), (&mut kept[..], 1)];
    rows(work.team, shape.rows(), buffers, |r, [y, kept]| {
        let x = &input[r.start * width..r.end * width];
        rms::rms_norm(x, g, T::of(epsilon), y, kept);
    });
    Ok(work.push_with(Op::RmsNorm, shape, &[x, gain], y, kept, Vec::new()))
}

pub fn rms_norm_back<T: Element>(y: Id, dy: &[T], work: &mut Work<T>) {
    let [x, gain, ..] = work.node(y).inputs;
    gradients(work, (y, dy), x, gain, [gain], |rows, dx, add, sums| {
        rms::rms_norm_gradient(rows.x, rows.gain, rows.kept, rows.dy, dx, add, sums);
    });
}

/// What the gradient of some rows is made of.
struct Rows<'v, T> {
    x: &'v [T],
    gain: &'v [T],
    kept: &'v [T],
    dy: &'v [T],
}

/// `f(rows, dx, whether it is added, sums)` for chunks of rows, and the sums, one after the other, to `parameters`.
fn gradients<T: Element, const N: usize>(
    work: &mut Work<T>,
    (y, dy): (Id, &[T]),
    x: Id,
    gain: Id,
    parameters: [Id; N],
    f: impl Fn(Rows<T>, &mut [T], bool, &mut [T]) + Sync,
) {
    let (count, width) = (work.shape(x).rows(), work.shape(x).last());
    let (chunks, size) = (chunk_count(count), N * width);
    let mut sums = work.pool.zeros(chunks * size);
    // Where nobody wants the gradient of x it is written to a buffer that is thrown away.
    let mut slot = work.slot(x);
    let mut nothing = Vec::new();
    if slot.is_none() {
        nothing = work.pool.take(dy.len());
    }
    {
        let [input, gain] = [x, gain].map(|id| value(work.nodes, work.parameters, id));
        let kept = &work.nodes[y as usize].saved;
        let each = kept.len() / count.max(1);
        let add = slot.as_ref().is_some_and(|slot| slot.add);
        let dx = Shared::new(slot.as_mut().map_or(&mut nothing[..], |slot| slot.slice()));
        parts(work.team, &mut sums, size, |chunk, sums| {
            let (from, to) = (count * chunk / chunks, count * (chunk + 1) / chunks);
            let range = from * width..to * width;
            let rows = Rows {
                x: &input[range.clone()],
                gain,
                kept: &kept[each * from..each * to],
                dy: &dy[range.clone()],
            };
            #[expect(unsafe_code, reason = "chunks do not overlap")]
            // SAFETY: the rows of a chunk, which is one task.
            let dx = unsafe { dx.own(range) };
            f(rows, dx, add, sums);
        });
    }
    if let Some(slot) = slot {
        work.put(slot);
    }
    work.pool.give(nothing);
    for (i, id) in parameters.into_iter().enumerate() {
        let Some(mut slot) = work.slot(id) else { continue };
        let add = slot.add;
        let out = slot.slice();
        if !add {
            out.fill(T::ZERO);
        }
        for part in sums.chunks_exact(size.max(1)) {
            kernel::add_rows(&part[i * width..(i + 1) * width], out);
        }
        work.put(slot);
    }
    work.pool.give(sums);
}

/// silu(a) b for rows (a, b).
///
/// # Errors
/// If the shapes do not fit.
pub fn swiglu<T: Element>(work: &mut Work<T>, x: Id) -> Recorded {
    let shape = work.shape(x);
    let width = shape.last() / 2;
    if shape.rank() == 0 || width == 0 || !shape.last().is_multiple_of(2) {
        return Err(format!("rows of {shape} cannot be halved"));
    }
    let new = shape.with_last(width);
    let mut y = work.pool.take(new.elements());
    let input = value(work.nodes, work.parameters, x);
    rows(work.team, shape.rows(), [(&mut y, width)], |r, [y]| {
        rms::swiglu(&input[2 * r.start * width..2 * r.end * width], width, y);
    });
    Ok(work.push(Op::Swiglu, new, &[x], y))
}

pub fn swiglu_back<T: Element>(y: Id, dy: &[T], work: &mut Work<T>) {
    let x = work.node(y).inputs[0];
    let (width, count) = (work.shape(y).last(), work.shape(y).rows());
    let Some(mut slot) = work.slot(x) else { return };
    let (add, input) = (slot.add, value(work.nodes, work.parameters, x));
    rows(work.team, count, [(slot.slice(), 2 * width)], |r, [dx]| {
        let x = &input[2 * r.start * width..2 * r.end * width];
        rms::swiglu_gradient(x, width, &dy[r.start * width..r.end * width], dx, add);
    });
    work.put(slot);
}
