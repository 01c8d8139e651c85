//! Normalisation of rows.

use super::{Op, Recorded};
use crate::element::Element;
use crate::kernels::rows as kernel;
use crate::spread::{Shared, chunk_count, rows, tasks};
use crate::tape::{Id, Work, value};

pub fn layer_norm<T: Element>(work: &mut Work<T>, ids: [Id; 3], epsilon: f64) -> Recorded {
    let [x, gain, shift] = ids;
    let (shape, width) = (work.shape(x), work.shape(x).last());
    if shape.rank() == 0 || work.shape(gain).lengths() != [width] || work.shape(shift).lengths() != [width] {
        let (g, s) = (work.shape(gain), work.shape(shift));
        return Err(format!("gain {g} and shift {s} do not fit rows of {shape}"));
    }
    let (mut y, mut kept) = (work.pool.take(shape.elements()), work.pool.take(2 * shape.rows()));
    let input = value(&work.nodes, work.parameters, x);
    let (g, s) = (
        value(&work.nodes, work.parameters, gain),
        value(&work.nodes, work.parameters, shift),
    );
    rows(
        work.team,
        shape.rows(),
        [(&mut y, width), (&mut kept, 2)],
        |r, [y, kept]| {
            kernel::layer_norm(
                &input[r.start * width..r.end * width],
                g,
                s,
                T::of(epsilon),
                y,
                kept,
            );
        },
    );
    Ok(work.push_with(Op::LayerNorm, shape, &ids, y, kept, Vec::new()))
}

pub fn layer_norm_back<T: Element>(y: Id, dy: &[T], work: &mut Work<T>) {
    let [x, gain, shift, ..] = work.node(y).inputs;
    let (count, width) = (work.shape(x).rows(), work.shape(x).last());
    let chunks = chunk_count(count);
    let mut sums = work.pool.zeros(chunks * 2 * width);
    // Where nobody wants the slope of x it is written to a buffer that is thrown away.
    let mut slot = work.slot(x);
    let mut nothing = if slot.is_none() {
        work.pool.take(dy.len())
    } else {
        Vec::new()
    };
    {
        let input = value(&work.nodes, work.parameters, x);
        let (g, kept) = (
            value(&work.nodes, work.parameters, gain),
            &work.nodes[y as usize].saved,
        );
        let add = slot.as_ref().is_some_and(|slot| slot.add);
        let dx = Shared::new(slot.as_mut().map_or(&mut nothing[..], |slot| slot.slice()));
        let parts = Shared::new(&mut sums);
        tasks(work.team, chunks, |chunk| {
            let (from, to) = (count * chunk / chunks, count * (chunk + 1) / chunks);
            let range = from * width..to * width;
            let part = parts.own(chunk * 2 * width..(chunk + 1) * 2 * width);
            let own = dx.own(range.clone());
            kernel::layer_norm_slope(
                &input[range.clone()],
                g,
                &kept[2 * from..2 * to],
                &dy[range],
                own,
                add,
                part,
            );
        });
    }
    if let Some(slot) = slot {
        work.put(slot);
    }
    work.pool.give(nothing);
    for (id, start) in [(gain, 0), (shift, width)] {
        let Some(mut slot) = work.slot(id) else { continue };
        let add = slot.add;
        let out = slot.slice();
        if !add {
            out.fill(T::ZERO);
        }
        for part in sums.chunks_exact(2 * width) {
            kernel::add_rows(&part[start..start + width], out);
        }
        work.put(slot);
    }
    work.pool.give(sums);
}
