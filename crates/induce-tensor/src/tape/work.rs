//! What is behind a tape: nodes, their values and gradients, and who computes them.

use std::ops::Range;

use induce_core::parallel::Team;
use induce_core::{Error, Result};

use crate::element::Element;
use crate::ops::{Op, Pairs};
use crate::parameters::{Gradients, Parameter, Parameters};
use crate::pool::Pool;
use crate::shape::Shape;
use crate::sparse::Sparse;

/// The number of a node.
pub type Id = u32;

/// No node.
pub const NONE: Id = Id::MAX;

/// Where the values of a node lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the buffer of this node.
    Node(Id),
    /// Among the parameters.
    Parameter(Parameter),
}

/// A tensor and where it comes from.
pub struct Node<T> {
    /// What made it.
    pub op: Op,
    /// Its shape.
    pub shape: Shape,
    /// What it was made of.
    pub inputs: [Id; 6],
    /// Where its values are, and from which on.
    pub place: Place,
    /// The first of them there.
    pub start: usize,
    /// Its own buffer; empty for a view.
    pub value: Vec<T>,
    /// What its operation keeps for the backward pass.
    pub saved: Vec<T>,
    /// Places that its operation reads or writes.
    pub indices: Vec<u32>,
    /// Whether a gradient by it is wanted.
    pub active: bool,
}

/// Buffers that outlive a tape: hand the same one to every step.
#[derive(Default)]
pub struct Workspace<T = f32> {
    nodes: Vec<Node<T>>,
    gradients: Vec<Vec<T>>,
    pool: Pool<T>,
    indices: Pool<u32>,
    sparse: Vec<Sparse<T>>,
    pairs: Vec<Pairs>,
    /// Which part of a model is recorded.
    pub(super) scope: Vec<(&'static str, Option<usize>)>,
}

impl<T: Element> Workspace<T> {
    /// Everything of the last tape becomes free buffers.
    pub(super) fn clear(&mut self) {
        for node in self.nodes.drain(..) {
            self.pool.give(node.value);
            self.pool.give(node.saved);
            self.indices.give(node.indices);
        }
        for gradient in self.gradients.drain(..) {
            self.pool.give(gradient);
        }
        self.sparse.clear();
        self.pairs.clear();
    }

    /// What an operation works on, while it is recorded or walked back.
    pub(super) fn work<'w>(&'w mut self, parameters: &'w Parameters<T>, team: &'w Team<'w>) -> Work<'w, T> {
        Work {
            nodes: &mut self.nodes,
            gradients: &mut self.gradients,
            pool: &mut self.pool,
            indices: &mut self.indices,
            sparse: &mut self.sparse,
            pairs: &mut self.pairs,
            parameters,
            team,
            of_parameters: Gradients {
                values: Vec::new(),
                touched: Vec::new(),
            },
        }
    }

    /// The gradient with respect to a node; empty if there is none.
    pub(super) fn gradient(&self, id: Id) -> &[T] {
        self.gradients.get(id as usize).map_or(&[], Vec::as_slice)
    }

    pub(super) fn shape(&self, id: Id) -> Shape {
        self.node(id).map_or_else(Shape::scalar, |node| node.shape)
    }

    pub(super) fn node(&self, id: Id) -> Option<&Node<T>> {
        self.nodes.get(id as usize)
    }

    pub(super) fn node_mut(&mut self, id: Id) -> Option<&mut Node<T>> {
        self.nodes.get_mut(id as usize)
    }

    /// The values of a node.
    pub(super) fn value<'v>(&'v self, parameters: &'v Parameters<T>, id: Id) -> &'v [T] {
        value(&self.nodes, parameters, id)
    }
}

/// Everything that an operation may use: the tape's buffers, borrowed as long as the operation takes.
pub struct Work<'w, T: Element> {
    pub nodes: &'w mut Vec<Node<T>>,
    pub gradients: &'w mut Vec<Vec<T>>,
    pub pool: &'w mut Pool<T>,
    pub indices: &'w mut Pool<u32>,
    /// Sparse matrices that operations multiply with.
    pub sparse: &'w mut Vec<Sparse<T>>,
    /// Pairs of rows that operations multiply.
    pub pairs: &'w mut Vec<Pairs>,
    pub parameters: &'w Parameters<T>,
    pub team: &'w Team<'w>,
    /// On the backward pass, what the caller wants to be told.
    of_parameters: Gradients<T>,
}

/// The gradients by a node, taken out to be added to.
pub struct Slot<T> {
    buffer: Vec<T>,
    range: Range<usize>,
    place: Place,
    /// Whether there are gradients already; else what is there is to be overwritten.
    pub add: bool,
}

impl<T> Slot<T> {
    /// A buffer of no node, to be overwritten.
    pub fn of(buffer: Vec<T>) -> Self {
        Self {
            range: 0..buffer.len(),
            buffer,
            place: Place::Node(NONE),
            add: false,
        }
    }

    /// What it holds.
    pub fn buffer(self) -> Vec<T> {
        self.buffer
    }

    pub fn slice(&mut self) -> &mut [T] {
        &mut self.buffer[self.range.clone()]
    }
}

impl<T: Element> Work<'_, T> {
    pub fn node(&self, id: Id) -> &Node<T> {
        &self.nodes[id as usize]
    }

    pub fn shape(&self, id: Id) -> Shape {
        self.node(id).shape
    }

    /// The values of a node.
    pub fn value(&self, id: Id) -> &[T] {
        value(self.nodes, self.parameters, id)
    }

    /// Whether gradients by any of these are wanted.
    pub fn any_active(&self, ids: &[Id]) -> bool {
        ids.iter().any(|id| *id != NONE && self.node(*id).active)
    }

    /// A node with a buffer of its own.
    pub fn push(&mut self, op: Op, shape: Shape, inputs: &[Id], value: Vec<T>) -> Id {
        self.push_with(op, shape, inputs, value, Vec::new(), Vec::new())
    }

    /// As `push`, with what the operation keeps.
    pub fn push_with(
        &mut self,
        op: Op,
        shape: Shape,
        inputs: &[Id],
        value: Vec<T>,
        saved: Vec<T>,
        indices: Vec<u32>,
    ) -> Id {
        let id = self.nodes.len() as Id;
        let mut own = [NONE; 6];
        own[..inputs.len()].copy_from_slice(inputs);
        self.nodes.push(Node {
            op,
            shape,
            inputs: own,
            place: Place::Node(id),
            start: 0,
            value,
            saved,
            indices,
            active: self.any_active(inputs),
        });
        id
    }

    /// The same values as `of` from `start` on, in another shape.
    pub fn push_view(&mut self, of: Id, shape: Shape, start: usize) -> Id {
        let (place, first, active) = {
            let node = self.node(of);
            (node.place, node.start, node.active)
        };
        self.push_place(place, shape, first + start, active)
    }

    /// A parameter's values.
    pub fn push_parameter(&mut self, parameter: Parameter) -> Id {
        let (shape, start) = (
            self.parameters.shape(parameter),
            self.parameters.range(parameter).start,
        );
        self.push_place(Place::Parameter(parameter), shape, start, true)
    }

    fn push_place(&mut self, place: Place, shape: Shape, start: usize, active: bool) -> Id {
        let id = self.nodes.len() as Id;
        self.nodes.push(Node {
            op: Op::View,
            shape,
            inputs: [NONE; 6],
            place,
            start,
            value: Vec::new(),
            saved: Vec::new(),
            indices: Vec::new(),
            active,
        });
        id
    }

    /// The gradients by a node, to be added to and put back; `None` if nobody wants them.
    pub fn slot(&mut self, id: Id) -> Option<Slot<T>> {
        if id == NONE || !self.node(id).active {
            return None;
        }
        let node = self.node(id);
        let (place, start, length) = (node.place, node.start, node.shape.elements());
        let range = start..start + length;
        let (mut buffer, whole, mut add) = match place {
            Place::Node(root) => {
                let whole = self.nodes[root as usize].value.len();
                let buffer = std::mem::take(&mut self.gradients[root as usize]);
                let add = !buffer.is_empty() || whole == 0;
                (if add { buffer } else { self.pool.take(whole) }, 0..whole, add)
            }
            Place::Parameter(parameter) => {
                let add = self.of_parameters.touched[parameter.0 as usize];
                (
                    std::mem::take(&mut self.of_parameters.values),
                    self.parameters.range(parameter),
                    add,
                )
            }
        };
        if !add && range != whole {
            // A part of what nobody has written yet: the rest is 0 so far.
            buffer[whole].fill(T::ZERO);
            add = true;
        }
        Some(Slot {
            buffer,
            range,
            place,
            add,
        })
    }

    pub fn put(&mut self, slot: Slot<T>) {
        match slot.place {
            Place::Node(root) => self.gradients[root as usize] = slot.buffer,
            Place::Parameter(parameter) => {
                self.of_parameters.values = slot.buffer;
                self.of_parameters.touched[parameter.0 as usize] = true;
            }
        }
    }

    /// The gradients of `loss` by all that is active, those by the parameters into `gradients`.
    ///
    /// # Errors
    /// If `loss` is not a scalar, or `gradients` are of other parameters.
    pub fn backward(&mut self, loss: Id, gradients: &mut Gradients<T>) -> Result<()> {
        let shape = self.shape(loss);
        if shape.elements() != 1 {
            return Err(Error::data(
                format!("`backward` starts at a scalar, not at a tensor of shape {shape}"),
                "sum or average the losses first",
            ));
        }
        if gradients.values.len() != self.parameters.count() {
            return Err(Error::data(
                format!(
                    "the gradients have {} values, the parameters {}",
                    gradients.values.len(),
                    self.parameters.count()
                ),
                "make `Gradients::of` these parameters, after the last was added",
            ));
        }
        std::mem::swap(&mut self.of_parameters, gradients);
        self.gradients.resize_with(self.nodes.len(), Vec::new);
        if let Some(mut slot) = self.slot(loss) {
            let add = slot.add;
            let one = &mut slot.slice()[0];
            *one = if add { *one + T::ONE } else { T::ONE };
            self.put(slot);
        }
        for id in (0..=loss).rev() {
            let dy = std::mem::take(&mut self.gradients[id as usize]);
            if dy.is_empty() {
                continue;
            }
            self.nodes[id as usize].op.backward(id, &dy, self);
            self.pool.give(dy);
        }
        std::mem::swap(&mut self.of_parameters, gradients);
        Ok(())
    }
}

/// The values of a node.
pub fn value<'v, T: Element>(nodes: &'v [Node<T>], parameters: &'v Parameters<T>, id: Id) -> &'v [T] {
    let node = &nodes[id as usize];
    let all = match node.place {
        Place::Node(root) => &nodes[root as usize].value[..],
        Place::Parameter(_) => parameters.all(),
    };
    &all[node.start..node.start + node.shape.elements()]
}
