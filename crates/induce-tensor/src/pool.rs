//! Buffers that are used again.

use std::collections::BTreeMap;

use induce_core::pages::prefer_large;

/// Free buffers by their length.
///
/// A training step asks for the same lengths again and again; after the first it gets all of them here, without the
/// system's allocator, and without clearing what is overwritten anyway.
#[derive(Default)]
pub struct Pool<T> {
    free: BTreeMap<usize, Vec<Vec<T>>>,
    scratch: Vec<Vec<T>>,
}

impl<T: Copy + Default> Pool<T> {
    /// `length` values, whatever they were.
    pub fn take(&mut self, length: usize) -> Vec<T> {
        let found = self.free.get_mut(&length).and_then(Vec::pop);
        found.unwrap_or_else(|| fresh(length))
    }

    /// At least `length` values for a moment: one room serves all lengths, where buffers of their own for each would add up.
    pub fn scratch(&mut self, length: usize) -> Vec<T> {
        match self.scratch.pop() {
            Some(room) if room.len() >= length => room,
            _ => fresh(length),
        }
    }

    /// Keep what [`scratch`](Self::scratch) lent.
    pub fn give_scratch(&mut self, room: Vec<T>) {
        self.scratch.push(room);
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

fn fresh<T: Copy + Default>(length: usize) -> Vec<T> {
    let room = vec![T::default(); length];
    prefer_large(&room);
    room
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

    #[test]
    fn one_room_serves_all_lengths() {
        let mut pool = Pool::<f32>::default();
        let room = pool.scratch(100);
        let place = room.as_ptr();
        pool.give_scratch(room);
        let shorter = pool.scratch(30);
        assert_eq!((shorter.as_ptr(), shorter.len()), (place, 100));
        pool.give_scratch(shorter);
        assert!(pool.scratch(200).len() >= 200);
    }
}
