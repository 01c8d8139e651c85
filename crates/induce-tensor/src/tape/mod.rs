//! The record of a computation.
//!
//! Tape, tensor and operations know each other, and that is on purpose: a [`Tensor`](crate::Tensor) is a place on a tape, an
//! operation is recorded by a tensor's method and leaves an `Op` in a node, and the backward pass of a tape walks the
//! nodes and calls the operations. A trait between them would only hide that they are one thing, and cost a table of
//! pointers for every node. This is the one closed circle of files in the crate.

mod work;

use std::cell::RefCell;

use induce_core::parallel::Team;
use induce_core::random::Stream;
use induce_core::{Error, Result};

pub use work::{Id, NONE, Slot, Work, Workspace, value};

use crate::element::Element;
use crate::ops::{Op, noise};
use crate::parameters::{Gradients, Parameter, Parameters};
use crate::shape::Shape;
use crate::tensor::Tensor;

/// A record of what is computed, to walk it backwards.
///
/// An operation whose shapes do not fit poisons the tape: everything after it is skipped, and whoever asks for values
/// first is told what went wrong, and where ([`Tape::scope`]). So formulas need no question mark after every sign.
///
/// The buffers are moved out of a [`Workspace`] for as long as the tape lives, and the rest is held by shared references.
/// So a tape is covariant: a `&'t Tape<'_>` is a `&'t Tape<'t>`, and one lifetime is enough for a [`Tensor`].
pub struct Tape<'a, T: Element = f32> {
    record: RefCell<Record<T>>,
    parameters: &'a Parameters<T>,
    team: &'a Team<'a>,
    /// Where the buffers go in the end.
    home: &'a mut Workspace<T>,
}

struct Record<T: Element> {
    space: Workspace<T>,
    fault: Option<Fault>,
    watched: bool,
    /// What takes the place of parameters.
    substitutes: Vec<(Parameter, Id)>,
}

/// The first mistake: what, and what to do about it.
#[derive(Clone)]
struct Fault {
    text: String,
    hint: String,
}

/// What to do where shapes do not fit.
const SHAPES: &str = "check the shapes that lead there; the model's settings and its file must match";
/// What to do where values diverge.
const LARGE: &str = "a smaller learning rate, gradient clipping, or a longer warmup keeps values finite";

impl<T: Element> Record<T> {
    fn poison(&mut self, name: &str, reason: &str, hint: &str) {
        let named = |(name, number): &(&str, Option<usize>)| match number {
            Some(number) => format!("{name} {number}"),
            None => (*name).to_owned(),
        };
        let parts: Vec<String> = self.space.scope.iter().map(named).collect();
        let place = match parts.join("/") {
            place if place.is_empty() => place,
            place => format!(" in `{place}`"),
        };
        self.fault = Some(Fault {
            text: format!("`{name}`{place}: {reason}"),
            hint: hint.into(),
        });
    }

    /// Poison the tape if a value of this result is not finite.
    fn inspect(&mut self, name: &str, parameters: &Parameters<T>, id: Id) {
        let values = self.space.value(parameters, id);
        let wrong = values.iter().filter(|x| !x.to_f64().is_finite()).count();
        if wrong > 0 {
            let (all, shape) = (values.len(), self.space.shape(id));
            let reason = format!("{wrong} of {all} values of its result of shape {shape} are not finite");
            self.poison(name, &reason, LARGE);
        }
    }
}

impl<T: Element> Drop for Tape<'_, T> {
    fn drop(&mut self) {
        let mut space = std::mem::take(&mut self.record.get_mut().space);
        space.clear();
        *self.home = space;
    }
}

impl<'a, T: Element> Tape<'a, T> {
    /// An empty tape; the buffers of the last one in `workspace` are reused.
    pub fn new(workspace: &'a mut Workspace<T>, parameters: &'a Parameters<T>, team: &'a Team<'_>) -> Self {
        Self {
            record: RefCell::new(Record {
                space: std::mem::take(workspace),
                fault: None,
                watched: false,
                substitutes: Vec::new(),
            }),
            parameters,
            team,
            home: workspace,
        }
    }

    /// From now on an operation whose result is not finite poisons the tape, so that the first is named.
    ///
    /// It costs a pass over every result: for a step that is done once more to find out why its loss was not finite.
    pub fn watch(&self) {
        self.record.borrow_mut().watched = true;
    }

    /// Values from outside, which have no gradient.
    pub fn input<'t>(&'t self, lengths: &[usize], values: &[T]) -> Tensor<'t, T> {
        self.record("input", |work| {
            let shape = shape_of(lengths, values.len())?;
            let mut value = work.pool.take(values.len());
            value.copy_from_slice(values);
            Ok(work.push(Op::Input, shape, &[], value))
        })
    }

    /// Values whose gradient is wanted, though they are no parameter; read it with [`Tape::gradient`].
    pub fn variable<'t>(&'t self, lengths: &[usize], values: &[T]) -> Tensor<'t, T> {
        let tensor = self.input(lengths, values);
        if let Some(node) = self.record.borrow_mut().space.node_mut(tensor.id) {
            node.active = true;
        }
        tensor
    }

    /// Independent standard normal draws, without a gradient.
    pub fn normal<'t>(&'t self, lengths: &[usize], stream: Stream) -> Tensor<'t, T> {
        self.record("normal", |work| noise::standard_normal(work, lengths, stream))
    }

    /// Independent standard Gumbel draws -ln(-ln u), without a gradient: the largest of logits and these is a draw from
    /// their softmax (Gumbel 1954; Jang, Gu & Poole 2017).
    pub fn gumbel<'t>(&'t self, lengths: &[usize], stream: Stream) -> Tensor<'t, T> {
        self.record("gumbel", |work| noise::standard_gumbel(work, lengths, stream))
    }

    /// A parameter, or what [takes its place](Self::substitute).
    pub fn parameter<'t>(&'t self, parameter: Parameter) -> Tensor<'t, T> {
        let of = |record: &Record<T>| {
            let found = record.substitutes.iter().find(|own| own.0 == parameter);
            found.map(|own| own.1)
        };
        let substitute = of(&self.record.borrow());
        match substitute {
            Some(id) => Tensor { tape: self, id },
            None => self.record("parameter", |work| Ok(work.push_parameter(parameter))),
        }
    }

    /// From now on [`parameter`](Self::parameter) gives this tensor of the same shape, such as a draw of random weights.
    pub fn substitute<'t>(&'t self, parameter: Parameter, by: Tensor<'t, T>) {
        let (own, other) = (self.parameters.shape(parameter), by.shape());
        let mut record = self.record.borrow_mut();
        if own != other && record.fault.is_none() {
            let reason = format!("{other} cannot take the place of a parameter of {own}");
            record.poison("substitute", &reason, SHAPES);
        }
        record.substitutes.push((parameter, by.id));
    }

    /// Say where the following operations belong to, for errors; until the guard is dropped.
    #[must_use = "the name holds until this is dropped"]
    pub fn scope<'t>(&'t self, name: &'static str) -> Scope<'t, T> {
        self.record.borrow_mut().space.scope.push((name, None));
        Scope(self)
    }

    /// As [`scope`](Self::scope), for the part of this number: `layer 3`.
    #[must_use = "the name holds until this is dropped"]
    pub fn numbered<'t>(&'t self, name: &'static str, number: usize) -> Scope<'t, T> {
        self.record.borrow_mut().space.scope.push((name, Some(number)));
        Scope(self)
    }

    /// Add the gradients of `loss` by the parameters to `gradients`.
    ///
    /// # Errors
    /// If an operation was poisoned, `loss` is not a scalar, or `gradients` are of other parameters.
    pub fn backward(&self, loss: Tensor<T>, gradients: &mut Gradients<T>) -> Result<()> {
        self.check()?;
        let mut record = self.record.borrow_mut();
        let mut work = record.space.work(self.parameters, self.team);
        work.backward(loss.id, gradients)
    }

    /// The error of the first operation that was poisoned.
    ///
    /// # Errors
    /// That one.
    pub fn check(&self) -> Result<()> {
        match &self.record.borrow().fault {
            None => Ok(()),
            Some(fault) => Err(Error::data(fault.text.clone(), fault.hint.clone())),
        }
    }

    /// The gradient by a [`variable`](Self::variable), after [`backward`](Self::backward); empty if the loss did not depend on it.
    pub fn gradient(&self, tensor: Tensor<T>) -> Vec<T> {
        self.record.borrow().space.gradient(tensor.id).to_vec()
    }

    /// The values of a tensor.
    ///
    /// # Errors
    /// If an operation was poisoned.
    pub fn values(&self, tensor: Tensor<T>) -> Result<Vec<T>> {
        self.with_values(tensor, <[T]>::to_vec)
    }

    /// Read the values of a tensor in place.
    ///
    /// # Errors
    /// If an operation was poisoned.
    pub fn with_values<R>(&self, tensor: Tensor<T>, f: impl FnOnce(&[T]) -> R) -> Result<R> {
        self.check()?;
        Ok(f(self.record.borrow().space.value(self.parameters, tensor.id)))
    }

    pub(crate) fn shape_of(&self, id: Id) -> Shape {
        self.record.borrow().space.shape(id)
    }

    /// Record an operation called `name`, unless the tape is poisoned.
    pub(crate) fn record<'t>(
        &'t self,
        name: &str,
        f: impl FnOnce(&mut Work<T>) -> std::result::Result<Id, String>,
    ) -> Tensor<'t, T> {
        let mut record = self.record.borrow_mut();
        let mut id = NONE;
        if record.fault.is_none() {
            match f(&mut record.space.work(self.parameters, self.team)) {
                Ok(found) if record.watched => {
                    id = found;
                    record.inspect(name, self.parameters, id);
                }
                Ok(found) => id = found,
                Err(reason) => record.poison(name, &reason, SHAPES),
            }
        }
        Tensor { tape: self, id }
    }
}

fn shape_of(lengths: &[usize], values: usize) -> std::result::Result<Shape, String> {
    let shape = Shape::new(lengths).ok_or_else(|| format!("no tensor has the axes {lengths:?}"))?;
    if shape.elements() == values {
        Ok(shape)
    } else {
        Err(format!("{values} values do not fill a tensor of shape {shape}"))
    }
}

/// A name of a part of the computation; see [`Tape::scope`].
pub struct Scope<'t, T: Element>(&'t Tape<'t, T>);

impl<T: Element> Drop for Scope<'_, T> {
    fn drop(&mut self) {
        self.0.record.borrow_mut().space.scope.pop();
    }
}
