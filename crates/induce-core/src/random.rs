//! Counter-based random numbers: the value is a function of (seed, path, index).
//!
//! Philox4x32-10 (Salmon et al., *Parallel random numbers: as easy as 1, 2, 3*,
//! SC 2011). There is no state to share, so neither the order of the draws nor
//! the number of threads can change a result. The stream is frozen by a test.

/// One stream of random numbers, addressed by index.
///
/// ```
/// use induce_core::random::Stream;
/// let stream = Stream::new(1, "rows");
/// assert_eq!(stream.uniform(5), Stream::new(1, "rows").uniform(5));
/// assert_ne!(stream.uniform(5), Stream::new(1, "columns").uniform(5));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Stream {
    key: [u32; 2],
    high: [u32; 2],
}

impl Stream {
    /// The stream called `path` under `seed`.
    pub fn new(seed: u64, path: &str) -> Self {
        let name = fnv1a(path.as_bytes());
        Self {
            key: [seed as u32, (seed >> 32) as u32],
            high: [name as u32, (name >> 32) as u32],
        }
    }

    /// The sub-stream number `index`: independent of this one and of its siblings.
    #[must_use]
    pub fn child(self, index: u64) -> Self {
        let (counter, key) = self.counter(index);
        let block = philox(counter, key);
        Self {
            key: [block[0], block[1]],
            high: [block[2], block[3]],
        }
    }

    /// The counter and the key of draw `index`, for who computes [`philox`] for many at once.
    pub fn counter(self, index: u64) -> ([u32; 4], [u32; 2]) {
        (
            [index as u32, (index >> 32) as u32, self.high[0], self.high[1]],
            self.key,
        )
    }

    /// 64 random bits.
    pub fn bits(self, index: u64) -> u64 {
        let (counter, key) = self.counter(index);
        let block = philox(counter, key);
        u64::from(block[0]) | u64::from(block[1]) << 32
    }

    /// Uniform on [0, 1), 53 bits.
    pub fn uniform(self, index: u64) -> f64 {
        (self.bits(index) >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
    }

    /// Uniform on 0..bound (Lemire's multiply-shift; bias below 2^-32 for any bound below 2^32).
    pub fn below(self, index: u64, bound: usize) -> usize {
        ((u128::from(self.bits(index)) * bound as u128) >> 64) as usize
    }

    /// A uniformly random order of `0..n` (Fisher and Yates).
    pub fn permutation(self, n: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..n).collect();
        for i in (1..n).rev() {
            order.swap(i, self.below(i as u64, i + 1));
        }
        order
    }
}

/// Ten rounds of Philox on one 128-bit counter.
#[inline(always)]
pub fn philox(mut counter: [u32; 4], mut key: [u32; 2]) -> [u32; 4] {
    for _ in 0..10 {
        let a = u64::from(counter[0]) * 0xD251_1F53;
        let b = u64::from(counter[2]) * 0xCD9E_8D57;
        counter = [
            (b >> 32) as u32 ^ counter[1] ^ key[0],
            b as u32,
            (a >> 32) as u32 ^ counter[3] ^ key[1],
            a as u32,
        ];
        key = [key[0].wrapping_add(0x9E37_79B9), key[1].wrapping_add(0xBB67_AE85)];
    }
    counter
}

/// FNV-1a: turns bytes into 64 bits; not for where somebody might want collisions.
pub fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Known answers of the reference implementation (Random123, kat_vectors).
    #[test]
    fn philox_gives_the_known_answers() {
        assert_eq!(
            philox([0; 4], [0; 2]),
            [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]
        );
        assert_eq!(
            philox([u32::MAX; 4], [u32::MAX; 2]),
            [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
        );
    }

    /// Seeds must survive upgrades: these values may never change.
    #[test]
    fn the_stream_is_frozen() {
        let stream = Stream::new(42, "frozen");
        let got: Vec<u64> = (0..3)
            .map(|i| stream.bits(i))
            .chain([stream.child(1).bits(0)])
            .collect();
        assert_eq!(got, FROZEN, "{got:#x?}");
    }

    const FROZEN: [u64; 4] = [
        0x931f_2fca_8ade_e739,
        0x58c6_13c9_b63c_d7ca,
        0xae29_2e93_3929_0490,
        0xaea2_a6c9_8327_d2a2,
    ];

    #[test]
    fn a_permutation_has_every_index_once() {
        let mut order = Stream::new(3, "p").permutation(1000);
        order.sort_unstable();
        assert!(order.iter().copied().eq(0..1000));
    }
}
