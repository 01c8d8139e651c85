//! Lines of indices along an axis, shared out over threads.

use induce_core::parallel::Team;

use super::ScatterIndex;
use crate::shape::Shape;
use crate::threads::tasks;

/// Lines of indices, with the shape that they point into.
#[derive(Debug, Clone, Copy)]
pub struct Lines {
    axis: usize,
    pub(super) index: Shape,
    target: Shape,
}

/// Lines of a task.
const SOME: usize = 64;

impl Lines {
    pub(super) fn new(places: ScatterIndex, target: Shape) -> Result<Self, String> {
        let ScatterIndex {
            axis,
            lengths,
            indices,
        } = places;
        let index = Shape::new(lengths).ok_or_else(|| format!("no tensor has the axes {lengths:?}"))?;
        let length = *target
            .lengths()
            .get(axis)
            .ok_or_else(|| format!("a tensor of shape {target} has no axis {axis}"))?;
        let within = |(a, (own, all)): (usize, (&usize, &usize))| a == axis || own <= all;
        let good = lengths.len() == target.rank()
            && lengths.iter().zip(target.lengths()).enumerate().all(within)
            && indices.len() == index.elements();
        if !good {
            return Err(format!(
                "{} indices of shape {index} do not point into {target}",
                indices.len()
            ));
        }
        match indices.iter().find(|i| **i as usize >= length) {
            Some(wrong) => Err(format!(
                "index {wrong} is out of range for axis {axis} of {target}, of length {length}"
            )),
            None => Ok(Self { axis, index, target }),
        }
    }

    /// How many places of `shape` one step of the axis skips.
    fn step(&self, shape: Shape) -> usize {
        shape.lengths()[self.axis + 1..].iter().product()
    }

    /// The place in `shape` where a line begins.
    fn start(&self, mut line: usize, shape: Shape) -> usize {
        let (mut place, mut stride) = (0, 1);
        for axis in (0..shape.rank()).rev() {
            if axis != self.axis {
                place += line % self.index.lengths()[axis] * stride;
                line /= self.index.lengths()[axis];
            }
            stride *= shape.lengths()[axis];
        }
        place
    }

    /// `f(place in the target, place in a tensor of shape `source`, number of the index)` for every index: those of a line
    /// in order, on one thread.
    pub(super) fn each(
        &self,
        team: &Team,
        source: Shape,
        indices: &[u32],
        f: impl Fn(usize, usize, usize) + Sync,
    ) {
        if indices.is_empty() {
            return;
        }
        let length = self.index.lengths()[self.axis];
        let lines = indices.len() / length;
        let shapes = [self.target, source, self.index];
        let [along, from, own] = shapes.map(|shape| self.step(shape));
        let some = |task: usize| {
            let range = task * SOME..((task + 1) * SOME).min(lines);
            let mut starts = [[0; 3]; SOME];
            for (start, line) in starts.iter_mut().zip(range.clone()) {
                *start = shapes.map(|shape| self.start(line, shape));
            }
            for k in 0..length {
                for [target, source, index] in &starts[..range.len()] {
                    let i = index + k * own;
                    f(target + indices[i] as usize * along, source + k * from, i);
                }
            }
        };
        if indices.len() < 16_384 {
            (0..lines.div_ceil(SOME)).for_each(some);
        } else {
            tasks(team, lines.div_ceil(SOME), some);
        }
    }
}
