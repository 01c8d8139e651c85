//! Buffers that are used again.

/// Free buffers, by the power of two that their capacity is.
///
/// A training step asks for the same sizes again and again; after the first it gets all of them here, without the
/// system's allocator and the faults of pages that it has just cleared.
#[derive(Default)]
pub struct Pool<T> {
    free: Vec<Vec<Vec<T>>>,
}

/// Capacities below this are rounded up to it.
const LEAST: usize = 64;

impl<T: Copy + Default> Pool<T> {
    /// `length` numbers, whatever they were.
    pub fn take(&mut self, length: usize) -> Vec<T> {
        let capacity = length.max(LEAST).next_power_of_two();
        let class = capacity.trailing_zeros() as usize;
        let found = self.free.get_mut(class).and_then(Vec::pop);
        let mut buffer = found.unwrap_or_else(|| Vec::with_capacity(capacity));
        // What a buffer held is kept, so that only what it never held is cleared.
        if buffer.len() < length {
            buffer.resize(length, T::default());
        } else {
            buffer.truncate(length);
        }
        buffer
    }

    /// `length` zeros.
    pub fn zeros(&mut self, length: usize) -> Vec<T> {
        let mut buffer = self.take(length);
        buffer.fill(T::default());
        buffer
    }

    /// Keep a buffer for later.
    pub fn give(&mut self, buffer: Vec<T>) {
        let capacity = buffer.capacity();
        if capacity < LEAST || !capacity.is_power_of_two() {
            return;
        }
        let class = capacity.trailing_zeros() as usize;
        if self.free.len() <= class {
            self.free.resize_with(class + 1, Vec::new);
        }
        self.free[class].push(buffer);
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
        let again = pool.take(120);
        assert_eq!((again.as_ptr(), again.len()), (place, 120));
        pool.give(again);
        assert!(pool.zeros(90).iter().all(|x| *x == 0.0));
    }
}
