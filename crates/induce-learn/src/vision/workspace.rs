//! Threads that stay, and buffers that are used again.

use induce_core::pages::prefer_large;
use induce_core::parallel::Team;

/// Pictures of fewer pixels are done before another thread has heard of them.
const FORK: usize = 1 << 13;

/// What key points are found with.
///
/// A pyramid makes dozens of pictures, each a few milliseconds of work: threads that are started for each of them, and
/// memory that the system has to clear for each of them, came to a third of the time.
pub struct Workspace<'a, 'b> {
    team: &'a mut Team<'b>,
    free: Vec<Vec<f32>>,
}

impl Workspace<'_, '_> {
    /// A workspace with this many threads, for the duration of `f`.
    pub fn with<R>(threads: usize, f: impl FnOnce(&mut Workspace) -> R) -> R {
        Team::with(threads, |team| {
            f(&mut Workspace {
                team,
                free: Vec::new(),
            })
        })
    }

    /// A buffer of `n` pixels, of any values.
    pub(super) fn take(&mut self, n: usize) -> Vec<f32> {
        // The smallest that is large enough: small pictures shall not take the buffers of large ones.
        let fits = self
            .free
            .iter()
            .enumerate()
            .filter(|(_, buffer)| buffer.capacity() >= n);
        let best = fits.min_by_key(|(_, buffer)| buffer.capacity()).map(|(i, _)| i);
        let mut buffer = best.map_or_else(Vec::new, |i| self.free.swap_remove(i));
        if buffer.capacity() == 0 {
            let fresh = vec![0.0; n];
            prefer_large(&fresh);
            return fresh;
        }
        buffer.resize(n, 0.0);
        buffer
    }

    /// Gives back the pixels of a picture that is not needed any more.
    pub(super) fn put(&mut self, pixels: Vec<f32>) {
        self.free.push(pixels);
    }

    pub(super) fn map<T: Send>(&mut self, n: usize, f: impl Fn(usize) -> T + Sync) -> Vec<T> {
        self.team.map(n, f)
    }

    /// Apply `f` to chunks of `size` pixels.
    pub(super) fn for_each_chunk(
        &mut self,
        pixels: &mut [f32],
        size: usize,
        f: impl Fn(usize, &mut [f32]) + Sync,
    ) {
        if pixels.len() < FORK {
            pixels
                .chunks_mut(size.max(1))
                .enumerate()
                .for_each(|(i, chunk)| f(i, chunk));
            return;
        }
        self.team.for_each_chunk(pixels, size, f);
    }
}
