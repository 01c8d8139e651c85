//! Buffers that are used again.

use std::collections::BTreeMap;

/// Free buffers by their length.
///
/// A training step asks for the same lengths again and again; after the first it gets all of them here, without the
/// system's allocator, and without clearing what is overwritten anyway.
#[derive(Default)]
pub struct Pool<T> {
    free: BTreeMap<usize, Vec<Vec<T>>>,
}

impl<T: Copy + Default> Pool<T> {
    /// `length` numbers, whatever they were.
    pub fn take(&mut self, length: usize) -> Vec<T> {
        let found = self.free.get_mut(&length).and_then(Vec::pop);
        found.unwrap_or_else(|| vec![T::default(); length])
    }

    /// `length` zeros.
    pub fn zeros(&mut self, length: usize) -> Vec<T> {
        let mut buffer = self.take(length);
        buffer.fill(T::default());
        buffer
    }

    /// Keep a buffer for later.
    pub fn give(&mut self, buffer: Vec<T>) {
        if !buffer.is_empty() {
            self.free.entry(buffer.len()).or_default().push(buffer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_comes_back() {
        let mut pool = Pool::<f32>::default();
        let mut first = pool.take(100);
        first.fill(7.0);
        let place = first.as_ptr();
        pool.give(first);
        let again = pool.take(100);
        assert_eq!((again.as_ptr(), again.len()), (place, 100));
        pool.give(again);
        assert!(pool.zeros(100).iter().all(|x| *x == 0.0));
    }
}
