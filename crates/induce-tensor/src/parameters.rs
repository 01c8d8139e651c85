//! What is learned: named tensors in one buffer, and their gradients in another.

use std::ops::Range;

use crate::element::Element;
use crate::shape::Shape;

/// A tensor among [`Parameters`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameter(pub(crate) u32);

#[derive(Debug, Clone)]
struct Entry {
    name: String,
    shape: Shape,
    start: usize,
}

/// Named tensors that are learned, one after the other in one buffer, so that an optimizer passes over them once.
#[derive(Debug, Clone, Default)]
pub struct Parameters<T = f32> {
    entries: Vec<Entry>,
    values: Vec<T>,
}

impl<T: Element> Parameters<T> {
    /// One more, its values given by their place.
    ///
    /// # Panics
    /// If the shape has more than five axes: a mistake of the caller.
    pub fn add(
        &mut self,
        name: impl Into<String>,
        lengths: &[usize],
        of: impl FnMut(usize) -> T,
    ) -> Parameter {
        let shape = Shape::new(lengths).expect("a parameter has at most five axes");
        let start = self.values.len();
        self.values.extend((0..shape.elements()).map(of));
        self.entries.push(Entry {
            name: name.into(),
            shape,
            start,
        });
        Parameter(self.entries.len() as u32 - 1)
    }

    /// The number of values.
    pub fn count(&self) -> usize {
        self.values.len()
    }

    /// All of them, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = (Parameter, &str, Shape)> {
        let all = self.entries.iter().enumerate();
        all.map(|(i, e)| (Parameter(i as u32), e.name.as_str(), e.shape))
    }

    /// The name of one.
    pub fn name(&self, parameter: Parameter) -> &str {
        &self.entries[parameter.0 as usize].name
    }

    /// The shape of one.
    pub fn shape(&self, parameter: Parameter) -> Shape {
        self.entries[parameter.0 as usize].shape
    }

    /// The values of one.
    pub fn values(&self, parameter: Parameter) -> &[T] {
        &self.values[self.range(parameter)]
    }

    /// The values of one, to be changed.
    pub fn values_mut(&mut self, parameter: Parameter) -> &mut [T] {
        let range = self.range(parameter);
        &mut self.values[range]
    }

    pub(crate) fn range(&self, parameter: Parameter) -> Range<usize> {
        let entry = &self.entries[parameter.0 as usize];
        entry.start..entry.start + entry.shape.elements()
    }

    /// The values of all of them, one after the other.
    pub fn all(&self) -> &[T] {
        &self.values
    }

    /// The values of all of them, to be changed.
    pub fn all_mut(&mut self) -> &mut [T] {
        &mut self.values
    }

    /// Where everything is, and the values.
    pub(crate) fn parts(&mut self) -> (Layout<'_>, &mut [T]) {
        (Layout(&self.entries), &mut self.values)
    }
}

/// Where parameters lie in their buffer.
#[derive(Clone, Copy)]
pub(crate) struct Layout<'p>(&'p [Entry]);

impl<'p> Layout<'p> {
    /// The parts of a range that belong to one parameter each, and whether that has a single axis.
    pub(crate) fn within(self, range: Range<usize>) -> impl Iterator<Item = (Range<usize>, bool)> + 'p {
        let part = move |entry: &Entry| {
            let (from, to) = (entry.start, entry.start + entry.shape.elements());
            let own = from.max(range.start)..to.min(range.end);
            (own.start < own.end).then_some((own, entry.shape.rank() < 2))
        };
        self.0.iter().filter_map(part)
    }
}

/// The gradients of a loss by every parameter, summed over as many backward passes as there were since the last step.
#[derive(Debug, Clone, Default)]
pub struct Gradients<T = f32> {
    pub(crate) values: Vec<T>,
    /// Whether a parameter has gradients yet; what others hold is of an earlier step.
    pub(crate) touched: Vec<bool>,
}

impl<T: Element> Gradients<T> {
    /// Room for the gradients of these.
    pub fn of(parameters: &Parameters<T>) -> Self {
        Self {
            values: vec![T::ZERO; parameters.count()],
            touched: vec![false; parameters.entries.len()],
        }
    }

    /// The gradients by one parameter; `None` if the loss did not depend on it.
    pub fn get(&self, parameters: &Parameters<T>, parameter: Parameter) -> Option<&[T]> {
        self.touched[parameter.0 as usize].then(|| &self.values[parameters.range(parameter)])
    }

    /// Clear them: the next backward pass overwrites them.
    pub fn clear(&mut self) {
        self.touched.fill(false);
    }

    /// All of them, 0 where the loss did not depend on a parameter.
    pub fn all(&mut self, parameters: &Parameters<T>) -> &mut [T] {
        for (i, touched) in self.touched.iter_mut().enumerate() {
            if !*touched {
                self.values[parameters.range(Parameter(i as u32))].fill(T::ZERO);
                *touched = true;
            }
        }
        &mut self.values
    }
}
