//! The names of several interners as one set.

use super::intern::Interner;
use crate::parallel::map;

/// Slot without an entry.
const FREE: u32 = u32::MAX;

/// Below this many names, threads cost more than they save.
const WORTH_A_THREAD: usize = 10_000;

/// Where a name stands: the number of its part, and its code there.
pub(crate) type Place = (u32, u32);

/// Every name once.
///
/// Names are told apart by the hashes that the parts already know, each shard
/// of the hashes by one thread. No name is copied and none is hashed again.
/// The numbers depend on the shards, so that nothing may follow their order.
pub(crate) struct Distinct {
    /// A place of every name.
    pub(crate) places: Vec<Place>,
    /// `numbers[part][code]` is the number of a name among `places`.
    pub(crate) numbers: Vec<Vec<u32>>,
}

impl Distinct {
    pub(crate) fn of(parts: &[&Interner], threads: usize) -> Self {
        if let [part] = parts {
            let all = 0..part.len() as u32;
            return Self {
                places: all.clone().map(|code| (0, code)).collect(),
                numbers: vec![all.collect()],
            };
        }
        let total: usize = parts.iter().map(|part| part.len()).sum();
        let shards = if total < WORTH_A_THREAD {
            1
        } else {
            threads.next_power_of_two().min(64)
        };
        let found = map(threads, shards, |shard| Shard::of(parts, shard, shards));
        Self::join(parts, &found)
    }

    /// Number the names of a shard after those of the shards before it.
    fn join(parts: &[&Interner], shards: &[Shard]) -> Self {
        let mut places = Vec::with_capacity(shards.iter().map(|shard| shard.places.len()).sum());
        let mut walks = Vec::with_capacity(shards.len());
        for shard in shards {
            walks.push((places.len() as u32, shard.numbers.iter()));
            places.extend_from_slice(&shard.places);
        }
        let mut number = |hash: u64| {
            let (first, walk) = &mut walks[shard_of(hash, shards.len())];
            *first + walk.next().expect("a shard has a number for each of its names")
        };
        let numbers = parts
            .iter()
            .map(|part| part.hashes().iter().map(|&hash| number(hash)).collect())
            .collect();
        Self { places, numbers }
    }
}

/// The shard of a hash; the slot within a shard comes from its other end.
#[inline]
fn shard_of(hash: u64, shards: usize) -> usize {
    (hash >> 58) as usize & (shards - 1)
}

/// The distinct names of a shard, and the number of every name in the order of parts and codes.
struct Shard {
    places: Vec<Place>,
    numbers: Vec<u32>,
}

impl Shard {
    fn of(parts: &[&Interner], shard: usize, shards: usize) -> Self {
        let all = parts.iter().flat_map(|part| part.hashes());
        let count = all.filter(|&&hash| shard_of(hash, shards) == shard).count();
        let mut slots = vec![FREE; (count * 2).next_power_of_two()];
        let mut found = Self {
            places: Vec::new(),
            numbers: Vec::with_capacity(count),
        };
        for (part, names) in parts.iter().enumerate() {
            for (code, &hash) in names.hashes().iter().enumerate() {
                if shard_of(hash, shards) == shard {
                    let number = found.number(parts, &mut slots, (part as u32, code as u32), hash);
                    found.numbers.push(number);
                }
            }
        }
        found
    }

    /// The number of the name at `place`, new or known.
    #[inline]
    fn number(&mut self, parts: &[&Interner], slots: &mut [u32], place: Place, hash: u64) -> u32 {
        let name = |(part, code): Place| parts[part as usize].name(code as usize);
        let known_hash = |(part, code): Place| parts[part as usize].hashes()[code as usize];
        let mask = slots.len() - 1;
        let mut slot = hash as usize & mask;
        loop {
            let number = slots[slot];
            if number == FREE {
                slots[slot] = self.places.len() as u32;
                self.places.push(place);
                return slots[slot];
            }
            let known = self.places[number as usize];
            if known_hash(known) == hash && name(known) == name(place) {
                return number;
            }
            slot = (slot + 1) & mask;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_number_whatever_the_parts_and_threads() {
        let parts: Vec<Interner> = (0..3)
            .map(|part| {
                let mut names = Interner::default();
                (0..9000).for_each(|i| {
                    names.code(format!("{}", i * (part + 1)).as_bytes());
                });
                names
            })
            .collect();
        let parts: Vec<&Interner> = parts.iter().collect();
        let mut counts = Vec::new();
        for threads in [1, 2, 7] {
            let distinct = Distinct::of(&parts, threads);
            for (part, numbers) in parts.iter().zip(&distinct.numbers) {
                assert_eq!(part.len(), numbers.len());
                for (code, &number) in numbers.iter().enumerate() {
                    let (first, at) = distinct.places[number as usize];
                    assert_eq!(parts[first as usize].name(at as usize), part.name(code));
                }
            }
            counts.push(distinct.places.len());
        }
        let expected: std::collections::HashSet<usize> = (1..=3)
            .flat_map(|part| (0..9000).map(move |i| i * part))
            .collect();
        assert_eq!(counts, [expected.len(); 3]);
    }
}
