//! A long short-term memory over a whole sequence.
//!
//! (i, f, g, o)_t = x_t W + h_{t-1} U + b, c_t = sigmoid(f) c_{t-1} + sigmoid(i) tanh(g), h_t = sigmoid(o) tanh(c_t)
//! (Hochreiter & Schmidhuber 1997; Gers, Schmidhuber & Cummins 2000). What does not depend on h is multiplied for all
//! times at once, forwards and backwards.

use induce_core::multiversion;

use super::linear::column_sums;
use super::{Op, Recorded};
use crate::element::Element;
use crate::kernels::matmul::{Matrix, MatrixMut, Panels, product, product_by_panels};
use crate::shape::Shape;
use crate::spread::rows;
use crate::tape::{Id, Work, value};

struct Sizes {
    time: usize,
    batch: usize,
    inputs: usize,
    width: usize,
}

fn sizes<T: Element>(work: &Work<T>, ids: &[Id]) -> Result<Sizes, String> {
    let [x, into, across, bias] = [0, 1, 2, 3].map(|i| work.shape(ids[i]));
    let wrong = || format!("an LSTM cannot take x {x}, weights {into} and {across}, and bias {bias}");
    let (&[time, batch, inputs], &[width, four]) = (x.lengths(), across.lengths()) else {
        return Err(wrong());
    };
    if four == 4 * width && into.lengths() == [inputs, four] && bias.lengths() == [four] {
        Ok(Sizes {
            time,
            batch,
            inputs,
            width,
        })
    } else {
        Err(wrong())
    }
}

multiversion! {
    /// One step of some sequences: the gates in place, then c, tanh c and h
    fn cell<T: Element>(bias: &[T], before: &[T], gates: &mut [T], c: &mut [T], t: &mut [T], h: &mut [T]) {
        let width = bias.len() / 4;
        for (r, gates) in gates.chunks_exact_mut(4 * width).enumerate() {
            let own = r * width..(r + 1) * width;
            let (c, t, h) = (&mut c[own.clone()], &mut t[own.clone()], &mut h[own.clone()]);
            let (i, rest) = gates.split_at_mut(width);
            let (f, rest) = rest.split_at_mut(width);
            let (g, o) = rest.split_at_mut(width);
            for j in 0..width {
                i[j] = (i[j] + bias[j]).sigmoid();
                f[j] = (f[j] + bias[width + j]).sigmoid();
                g[j] = (g[j] + bias[2 * width + j]).tanh();
                o[j] = (o[j] + bias[3 * width + j]).sigmoid();
            }
            if before.is_empty() {
                for j in 0..width {
                    c[j] = i[j] * g[j];
                }
            } else {
                let before = &before[own];
                for j in 0..width {
                    c[j] = f[j] * before[j] + i[j] * g[j];
                }
            }
            for j in 0..width {
                t[j] = c[j].tanh();
                h[j] = o[j] * t[j];
            }
        }
    }
}

multiversion! {
    /// The slopes by the gates before their functions, from those by h; dc becomes that of the step before
    fn cell_slope<T: Element>(width: usize, dh: &[T], gates: &[T], before: &[T], t: &[T], dc: &mut [T], dgates: &mut [T]) {
        let one = T::ONE;
        for (r, (gates, dgates)) in gates.chunks_exact(4 * width).zip(dgates.chunks_exact_mut(4 * width)).enumerate() {
            let own = r * width..(r + 1) * width;
            let (dh, t, dc) = (&dh[own.clone()], &t[own.clone()], &mut dc[own.clone()]);
            let (i, rest) = gates.split_at(width);
            let (f, rest) = rest.split_at(width);
            let (g, o) = rest.split_at(width);
            let (di, rest) = dgates.split_at_mut(width);
            let (df, rest) = rest.split_at_mut(width);
            let (dg, d_o) = rest.split_at_mut(width);
            for j in 0..width {
                d_o[j] = dh[j] * t[j] * o[j] * (one - o[j]);
                let d = dc[j] + dh[j] * o[j] * (one - t[j] * t[j]);
                di[j] = d * g[j] * i[j] * (one - i[j]);
                dg[j] = d * i[j] * (one - g[j] * g[j]);
                df[j] = d * f[j] * (one - f[j]);
                dc[j] = d * f[j];
            }
            if before.is_empty() {
                df.fill(T::ZERO);
            } else {
                df.iter_mut().zip(&before[own]).for_each(|(df, c)| *df = *df * *c);
            }
        }
    }
}

multiversion! {
    /// out = a + b
    fn both<T: Element>(a: &[T], b: &[T], out: &mut [T]) {
        a.iter().zip(b).zip(out).for_each(|((a, b), o)| *o = *a + *b);
    }
}

pub fn lstm<T: Element>(work: &mut Work<T>, ids: [Id; 4]) -> Recorded {
    let s = sizes(work, &ids)?;
    let (step, count) = (s.batch * s.width, s.time * s.batch);
    let mut h = work.pool.take(s.time * step);
    // Gates, cells, and tanh of the cells of all times.
    let mut saved = work.pool.take(6 * s.time * step);
    let mut room = work.pool.take(Panels::<T>::room(s.width, 4 * s.width));
    {
        let [x, into, across, bias] = ids.map(|id| value(&work.nodes, work.parameters, id));
        let (gates, rest) = saved.split_at_mut(4 * s.time * step);
        let (c, t) = rest.split_at_mut(s.time * step);
        let all = MatrixMut::new(gates, count, 4 * s.width);
        product(
            work.team,
            &mut work.pool,
            all,
            Matrix::new(x, count, s.inputs),
            Matrix::new(into, s.inputs, 4 * s.width),
            false,
        );
        let across = Panels::new(work.team, Matrix::new(across, s.width, 4 * s.width), &mut room);
        for time in 0..s.time {
            let (past, now) = h.split_at_mut(time * step);
            let gates = &mut gates[4 * time * step..4 * (time + 1) * step];
            let (before, c) = c.split_at_mut(time * step);
            let before = &before[time.saturating_sub(1) * step..];
            if time > 0 {
                let last = Matrix::new(&past[(time - 1) * step..], s.batch, s.width);
                product_by_panels(
                    work.team,
                    MatrixMut::new(gates, s.batch, 4 * s.width),
                    last,
                    &across,
                    true,
                );
            }
            let (c, t) = (&mut c[..step], &mut t[time * step..(time + 1) * step]);
            let buffers = [
                (gates, 4 * s.width),
                (c, s.width),
                (t, s.width),
                (&mut now[..step], s.width),
            ];
            rows(work.team, s.batch, buffers, |r, [gates, c, t, h]| {
                let before = if time > 0 {
                    &before[r.start * s.width..r.end * s.width]
                } else {
                    before
                };
                cell(bias, before, gates, c, t, h);
            });
        }
    }
    work.pool.give(room);
    let shape = Shape::new(&[s.time, s.batch, s.width]).ok_or("too many numbers")?;
    Ok(work.push_with(Op::Lstm, shape, &ids, h, saved, Vec::new()))
}

pub fn back<T: Element>(y: Id, dy: &[T], work: &mut Work<T>) {
    let inputs = work.node(y).inputs;
    let [x, into, across, bias, _] = inputs;
    let Ok(s) = sizes(work, &inputs) else { return };
    let (step, count) = (s.batch * s.width, s.time * s.batch);
    let mut dgates = work.pool.take(4 * s.time * step);
    gate_slopes(work, y, dy, &s, &mut dgates);
    let gates = Matrix::new(&dgates, count, 4 * s.width);
    if let Some(mut slot) = work.slot(bias) {
        column_sums(work, &dgates, 4 * s.width, &mut slot);
        work.put(slot);
    }
    if let Some(mut slot) = work.slot(into) {
        let left = Matrix::new(value(&work.nodes, work.parameters, x), count, s.inputs).transposed();
        let add = slot.add;
        product(
            work.team,
            &mut work.pool,
            MatrixMut::new(slot.slice(), s.inputs, 4 * s.width),
            left,
            gates,
            add,
        );
        work.put(slot);
    }
    if let Some(mut slot) = work.slot(across) {
        let later = count.saturating_sub(s.batch);
        let left = Matrix::new(&work.nodes[y as usize].value, later, s.width).transposed();
        let right = Matrix::new(&dgates[(count - later) * 4 * s.width..], later, 4 * s.width);
        let add = slot.add;
        product(
            work.team,
            &mut work.pool,
            MatrixMut::new(slot.slice(), s.width, 4 * s.width),
            left,
            right,
            add,
        );
        work.put(slot);
    }
    if let Some(mut slot) = work.slot(x) {
        let right =
            Matrix::new(value(&work.nodes, work.parameters, into), s.inputs, 4 * s.width).transposed();
        let add = slot.add;
        product(
            work.team,
            &mut work.pool,
            MatrixMut::new(slot.slice(), count, s.inputs),
            gates,
            right,
            add,
        );
        work.put(slot);
    }
    work.pool.give(dgates);
}

/// The slopes by the gates of all times, last time first.
fn gate_slopes<T: Element>(work: &mut Work<T>, y: Id, dy: &[T], s: &Sizes, dgates: &mut [T]) {
    let step = s.batch * s.width;
    let across = work.node(y).inputs[2];
    let (mut dc, mut dh, mut sum) = (work.pool.zeros(step), work.pool.take(step), work.pool.take(step));
    // Once per pass instead of once per step: products with a transpose and few rows are slow.
    let mut room = work.pool.take(Panels::<T>::room(4 * s.width, s.width));
    let matrix = Matrix::new(value(&work.nodes, work.parameters, across), s.width, 4 * s.width);
    let panels = Panels::new(work.team, matrix.transposed(), &mut room);
    let saved = &work.nodes[y as usize].saved;
    let (gates, rest) = saved.split_at(4 * s.time * step);
    let (c, t) = rest.split_at(s.time * step);
    for time in (0..s.time).rev() {
        let own = time * step..(time + 1) * step;
        let now = if time + 1 == s.time {
            &dy[own.clone()]
        } else {
            both(&dy[own.clone()], &dh, &mut sum);
            &sum[..]
        };
        let (gates, t) = (&gates[4 * own.start..4 * own.end], &t[own.clone()]);
        let before = if time > 0 {
            &c[(time - 1) * step..time * step]
        } else {
            &[]
        };
        let out = &mut dgates[4 * own.start..4 * own.end];
        let buffers = [(&mut *out, 4 * s.width), (&mut dc[..], s.width)];
        rows(work.team, s.batch, buffers, |r, [dgates, dc]| {
            let (four, one) = (
                4 * r.start * s.width..4 * r.end * s.width,
                r.start * s.width..r.end * s.width,
            );
            let before = if before.is_empty() {
                before
            } else {
                &before[one.clone()]
            };
            cell_slope(
                s.width,
                &now[one.clone()],
                &gates[four],
                before,
                &t[one],
                dc,
                dgates,
            );
        });
        if time > 0 {
            let left = Matrix::new(out, s.batch, 4 * s.width);
            product_by_panels(
                work.team,
                MatrixMut::new(&mut dh, s.batch, s.width),
                left,
                &panels,
                false,
            );
        }
    }
    for buffer in [dc, dh, sum, room] {
        work.pool.give(buffer);
    }
}
