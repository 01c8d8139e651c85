//! The same values, whose gradient is multiplied by what is known only later.

use super::{Op, Recorded};
use crate::element::Element;
use crate::tape::{Id, Work};

/// What [`Tensor::gate`](crate::Tensor::gate) records.
///
/// # Errors
/// None.
pub fn gate<T: Element>(work: &mut Work<T>, x: Id) -> Recorded {
    let shape = work.shape(x);
    let mut value = work.pool.take(shape.elements());
    value.copy_from_slice(work.value(x));
    Ok(work.push(Op::Gate(None), shape, &[x], value))
}

/// What [`Tensor::scale_gradient`](crate::Tensor::scale_gradient) does: there is one factor for as many neighbours as fit.
///
/// # Errors
/// If it is no gate, or there are not as many factors as rows.
pub fn set<T: Element>(work: &mut Work<T>, gate: Id, factors: Id) -> Recorded {
    let (all, own) = (work.shape(gate).elements(), work.shape(factors).elements());
    if own == 0 || !all.is_multiple_of(own) {
        return Err(format!("{own} factors cannot be those of {}", work.shape(gate)));
    }
    match &mut work.nodes[gate as usize].op {
        Op::Gate(by) => *by = Some(factors),
        _ => return Err("only the gradient through a gate can be scaled".into()),
    }
    Ok(gate)
}

pub fn back<T: Element>(factors: Option<Id>, y: Id, dy: &[T], work: &mut Work<T>) {
    let x = work.node(y).inputs[0];
    let factors: Vec<T> = factors.map_or_else(|| vec![T::ONE], |id| work.value(id).to_vec());
    let Some(mut slot) = work.slot(x) else { return };
    let (width, add) = (dy.len() / factors.len(), slot.add);
    let dx = slot.slice();
    let rows = dx
        .chunks_exact_mut(width.max(1))
        .zip(dy.chunks_exact(width.max(1)));
    for ((dx, dy), &factor) in rows.zip(&factors) {
        for (dx, &dy) in dx.iter_mut().zip(dy) {
            *dx = if add { *dx + dy * factor } else { dy * factor };
        }
    }
    work.put(slot);
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests {
    use induce_core::parallel::Team;

    use crate::{Gradients, Parameters, Tape, Workspace};

    /// d sum (x^2) / dx = 2 x, times what was said after the sum was known; a part that does not pass the gate is as it was.
    #[test]
    fn factors_that_are_known_later_scale_the_gradient_by_rows() {
        let mut parameters = Parameters::<f64>::default();
        let x = parameters.add("x", &[2, 2], |i| i as f64 + 1.0);
        let (mut workspace, mut gradients) = (Workspace::default(), Gradients::of(&parameters));
        let team = Team::alone();
        let tape = Tape::new(&mut workspace, &parameters, &team);
        let own = tape.parameter(x);
        let gate = own.gate();
        let loss = gate.square().sum() + own.sum();
        gate.scale_gradient(gate.square().sum_last().detach());
        tape.backward(loss, &mut gradients).unwrap();
        drop(tape);
        let rows = [5.0, 25.0];
        let wanted: Vec<f64> = (0..4)
            .map(|i| 1.0 + rows[i / 2] * 2.0 * (i as f64 + 1.0))
            .collect();
        assert_eq!(gradients.all(&parameters), wanted);
    }

    #[test]
    fn factors_that_do_not_fit_and_gates_that_are_none_poison_the_tape() {
        let parameters = Parameters::<f64>::default();
        let team = Team::alone();
        for gated in [true, false] {
            let mut workspace = Workspace::default();
            let tape = Tape::new(&mut workspace, &parameters, &team);
            let x = tape.input(&[3], &[1.0; 3]);
            let x = if gated { x.gate() } else { x };
            x.scale_gradient(tape.input(&[2], &[1.0; 2]));
            assert!(tape.check().is_err());
        }
    }
}
