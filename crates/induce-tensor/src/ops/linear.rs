//! Matrix products, and linear layers with what follows them.

use super::{Activation, Op, Recorded};
use crate::element::Element;
use crate::kernels::elementwise::{activation_gradient, add_scaled};
use crate::kernels::matmul::{Finish, Matrix, MatrixMut, product, product_and_finish};
use crate::kernels::rows as kernel;
use crate::shape::Shape;
use crate::tape::{Id, NONE, Slot, Work, value};
use crate::threads::{chunk_count, chunks, rows};

/// The sizes of a product: `count` of them, (m, k) with (k, n).
struct Sizes {
    count: usize,
    m: usize,
    k: usize,
    n: usize,
}

fn sizes(a: Shape, b: Shape) -> Result<Sizes, String> {
    let wrong = || format!("{a} and {b} have no matrix product");
    if a.rank() < 1 || b.rank() < 2 {
        return Err(wrong());
    }
    let (k, n) = (b.lengths()[b.rank() - 2], b.last());
    if a.last() != k {
        return Err(wrong());
    }
    if b.rank() == 2 {
        return Ok(Sizes {
            count: 1,
            m: a.rows(),
            k,
            n,
        });
    }
    let leading = &a.lengths()[..a.rank() - 2];
    if a.rank() != b.rank() || leading != &b.lengths()[..b.rank() - 2] {
        return Err(wrong());
    }
    Ok(Sizes {
        count: leading.iter().product(),
        m: a.lengths()[a.rank() - 2],
        k,
        n,
    })
}

/// What [`Tensor::matmul`](crate::Tensor::matmul) records.
///
/// # Errors
/// If the shapes do not fit.
pub fn matmul<T: Element>(work: &mut Work<T>, a: Id, b: Id) -> Recorded {
    let s = sizes(work.shape(a), work.shape(b))?;
    let shape = work.shape(a).with_last(s.n);
    let mut y = work.pool.take(shape.elements());
    let (x, z) = (
        value(work.nodes, work.parameters, a),
        value(work.nodes, work.parameters, b),
    );
    for i in 0..s.count {
        let left = Matrix::new(&x[i * s.m * s.k..], s.m, s.k);
        let right = Matrix::new(&z[i * s.k * s.n..], s.k, s.n);
        product(
            work.team,
            work.pool,
            MatrixMut::new(&mut y[i * s.m * s.n..], s.m, s.n),
            left,
            right,
            false,
        );
    }
    Ok(work.push(Op::Matmul, shape, &[a, b], y))
}

pub fn matmul_back<T: Element>(y: Id, dy: &[T], work: &mut Work<T>) {
    let [a, b, ..] = work.node(y).inputs;
    let Ok(s) = sizes(work.shape(a), work.shape(b)) else {
        return;
    };
    if let Some(mut slot) = work.slot(a) {
        let add = slot.add;
        let z = value(work.nodes, work.parameters, b);
        for i in 0..s.count {
            let right = Matrix::new(&z[i * s.k * s.n..], s.k, s.n).transposed();
            let out = MatrixMut::new(&mut slot.slice()[i * s.m * s.k..], s.m, s.k);
            product(
                work.team,
                work.pool,
                out,
                Matrix::new(&dy[i * s.m * s.n..], s.m, s.n),
                right,
                add,
            );
        }
        work.put(slot);
    }
    if let Some(mut slot) = work.slot(b) {
        let add = slot.add;
        let x = value(work.nodes, work.parameters, a);
        for i in 0..s.count {
            let left = Matrix::new(&x[i * s.m * s.k..], s.m, s.k).transposed();
            let out = MatrixMut::new(&mut slot.slice()[i * s.k * s.n..], s.k, s.n);
            product(
                work.team,
                work.pool,
                out,
                left,
                Matrix::new(&dy[i * s.m * s.n..], s.m, s.n),
                add,
            );
        }
        work.put(slot);
    }
}

/// What [`Tensor::linear`](crate::Tensor::linear) records.
///
/// # Errors
/// If the shapes do not fit.
pub fn linear<T: Element>(
    work: &mut Work<T>,
    x: Id,
    weight: Id,
    bias: Id,
    activation: Activation,
) -> Recorded {
    let (shape, y) = layer(work, [x, weight, bias], activation, NONE)?;
    Ok(work.push(Op::Linear(activation), shape, &[x, weight, bias], y))
}

/// z + x W + b: what a block of a residual network adds, without room for it alone; `bias` may be none.
///
/// # Errors
/// If the shapes do not fit.
pub fn linear_onto<T: Element>(work: &mut Work<T>, x: Id, weight: Id, bias: Id, onto: Id) -> Recorded {
    let (shape, y) = layer(work, [x, weight, bias], Activation::Identity, onto)?;
    Ok(work.push(Op::LinearOnto, shape, &[x, weight, bias, onto], y))
}

/// The shape and the values of f(x W + b), or of `onto` and these if it is a node.
fn layer<T: Element>(
    work: &mut Work<T>,
    [x, weight, bias]: [Id; 3],
    activation: Activation,
    onto: Id,
) -> Result<(Shape, Vec<T>), String> {
    let (own, w) = (work.shape(x), work.shape(weight));
    let b = (bias != NONE).then(|| work.shape(bias));
    if w.rank() != 2 || b.is_some_and(|b| b.lengths() != [w.last()]) {
        let b = b.map(|b| format!(" and {b}")).unwrap_or_default();
        return Err(format!(
            "weights are (inputs, outputs) and biases (outputs), not {w}{b}"
        ));
    }
    let s = sizes(own, w)?;
    let shape = own.with_last(s.n);
    let mut y = work.pool.take(shape.elements());
    if onto != NONE {
        let there = work.shape(onto);
        if there != shape {
            return Err(format!("{shape} cannot be added to {there}"));
        }
        let there = value(work.nodes, work.parameters, onto);
        rows(work.team, y.len(), [(&mut y, 1)], |r, [y]| {
            y.copy_from_slice(&there[r]);
        });
    }
    let input = value(work.nodes, work.parameters, x);
    let right = value(work.nodes, work.parameters, weight);
    let (left, right) = (Matrix::new(input, s.m, s.k), Matrix::new(right, s.k, s.n));
    let (out, add) = (MatrixMut::new(&mut y, s.m, s.n), onto != NONE);
    if bias == NONE {
        product(work.team, work.pool, out, left, right, add);
    } else {
        let finish = Finish {
            bias: value(work.nodes, work.parameters, bias),
            activation: activation.unary(),
        };
        product_and_finish(work.team, work.pool, out, left, right, add, finish);
    }
    Ok((shape, y))
}

pub fn linear_onto_back<T: Element>(y: Id, dy: &[T], work: &mut Work<T>) {
    if let Some(mut slot) = work.slot(work.node(y).inputs[3]) {
        let add = slot.add;
        rows(work.team, dy.len(), [(slot.slice(), 1)], |r, [dz]| {
            add_scaled(&dy[r], T::ONE, dz, add);
        });
        work.put(slot);
    }
    linear_back(Activation::Identity, y, dy, work);
}

pub fn linear_back<T: Element>(activation: Activation, y: Id, dy: &[T], work: &mut Work<T>) {
    let [x, weight, bias, ..] = work.node(y).inputs;
    let Ok(s) = sizes(work.shape(x), work.shape(weight)) else {
        return;
    };
    let before = activation_gradients(work, activation, y, dy);
    let dy = before.as_deref().unwrap_or(dy);
    if let Some(mut slot) = work.slot(bias) {
        column_sums(work, dy, s.n, &mut slot);
        work.put(slot);
    }
    if let Some(mut slot) = work.slot(weight) {
        let (input, add) = (value(work.nodes, work.parameters, x), slot.add);
        let left = Matrix::new(input, s.m, s.k).transposed();
        product(
            work.team,
            work.pool,
            MatrixMut::new(slot.slice(), s.k, s.n),
            left,
            Matrix::new(dy, s.m, s.n),
            add,
        );
        work.put(slot);
    }
    if let Some(mut slot) = work.slot(x) {
        let (right, add) = (value(work.nodes, work.parameters, weight), slot.add);
        let right = Matrix::new(right, s.k, s.n).transposed();
        product(
            work.team,
            work.pool,
            MatrixMut::new(slot.slice(), s.m, s.k),
            Matrix::new(dy, s.m, s.n),
            right,
            add,
        );
        work.put(slot);
    }
    work.pool.give(before.unwrap_or_default());
}

/// The gradients by what an activation was given, in a buffer of the pool; `None` for none, where they are `dy`.
pub fn activation_gradients<T: Element>(
    work: &mut Work<T>,
    activation: Activation,
    y: Id,
    dy: &[T],
) -> Option<Vec<T>> {
    if activation == Activation::Identity {
        return None;
    }
    let mut own = work.pool.take(dy.len());
    let output = &work.nodes[y as usize].value;
    rows(work.team, dy.len(), [(&mut own, 1)], |r, [out]| {
        activation_gradient(activation.unary(), &output[r.clone()], &dy[r], out);
    });
    Some(own)
}

/// Add the sums of the columns of `dy`, rows of `width`, to a slot.
pub fn column_sums<T: Element>(work: &mut Work<T>, dy: &[T], width: usize, slot: &mut Slot<T>) {
    let count = dy.len() / width.max(1);
    let mut partial = work.pool.zeros(chunk_count(count) * width);
    let number = chunks(work.team, count, &mut partial, width, |r, sums| {
        kernel::add_rows(&dy[r.start * width..r.end * width], sums);
    });
    let add = slot.add;
    let out = slot.slice();
    if !add {
        out.fill(T::ZERO);
    }
    kernel::add_rows(&partial[..number * width], out);
    work.pool.give(partial);
}
