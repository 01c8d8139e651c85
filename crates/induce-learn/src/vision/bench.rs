//! The workbench: threads that stay, and memory that is used again.

use induce_core::pages::prefer_large;
use induce_core::parallel::Team;

use super::grey::Grey;

/// Pictures of fewer pixels are done before another thread has heard of them.
const FORK: usize = 1 << 13;

/// What key points are found with.
///
/// A pyramid makes dozens of pictures, each a few milliseconds of work: threads that are started for each of them, and
/// memory that the system has to clear for each of them, came to a third of the time.
pub struct Bench<'a, 'b> {
    team: &'a mut Team<'b>,
    free: Vec<Vec<f32>>,
}

impl Bench<'_, '_> {
    /// A bench with this many threads, for the duration of `f`.
    pub fn with<R>(threads: usize, f: impl FnOnce(&mut Bench) -> R) -> R {
        Team::with(threads, |team| {
            f(&mut Bench {
                team,
                free: Vec::new(),
            })
        })
    }

    /// Room for `n` pixels, of any values.
    pub(super) fn take(&mut self, n: usize) -> Vec<f32> {
        // The smallest that is large enough: small pictures shall not sit in the room of large ones.
        let fits = self
            .free
            .iter()
            .enumerate()
            .filter(|(_, room)| room.capacity() >= n);
        let best = fits.min_by_key(|(_, room)| room.capacity()).map(|(i, _)| i);
        let mut room = best.map_or_else(Vec::new, |i| self.free.swap_remove(i));
        if room.capacity() == 0 {
            let fresh = vec![0.0; n];
            prefer_large(&fresh);
            return fresh;
        }
        room.resize(n, 0.0);
        room
    }

    /// A picture that is not needed any more.
    pub(super) fn put(&mut self, picture: Grey) {
        self.free.push(picture.pixels);
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
