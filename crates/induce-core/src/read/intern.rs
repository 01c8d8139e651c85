//! Distinct byte strings, numbered in the order of their appearance.

/// Slot without an entry.
const FREE: u32 = u32::MAX;

/// A set of byte strings in one arena, with open addressing.
///
/// Our own because the fields of a file are looked up by borrowed bytes many
/// million times; this costs one hash, one probe and one comparison each, and
/// no allocation per name.
#[derive(Debug, Default)]
pub(crate) struct Interner {
    slots: Vec<u32>,
    hashes: Vec<u64>,
    ends: Vec<usize>,
    arena: Vec<u8>,
}

impl Interner {
    /// How many names there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The name numbered `code`.
    pub(crate) fn name(&self, code: usize) -> &[u8] {
        let start = if code == 0 { 0 } else { self.ends[code - 1] };
        &self.arena[start..self.ends[code]]
    }

    /// The bytes of the name numbered `code`.
    pub(crate) fn length(&self, code: usize) -> usize {
        self.ends[code] - if code == 0 { 0 } else { self.ends[code - 1] }
    }

    /// The hashes of the names, by code.
    pub(crate) fn hashes(&self) -> &[u64] {
        &self.hashes
    }

    /// Without the means to find a name again, which only [`code`](Self::code) needs.
    pub(crate) fn sealed(mut self) -> Self {
        self.slots = Vec::new();
        self
    }

    /// The number of `name`, new or known.
    #[inline]
    pub(crate) fn code(&mut self, name: &[u8]) -> u32 {
        if self.slots.len() < self.len() * 2 + 2 {
            self.grow();
        }
        let hash = hash(name);
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        loop {
            let code = self.slots[slot];
            if code == FREE {
                return self.insert(slot, hash, name);
            }
            if self.hashes[code as usize] == hash && self.name(code as usize) == name {
                return code;
            }
            slot = (slot + 1) & mask;
        }
    }

    fn insert(&mut self, slot: usize, hash: u64, name: &[u8]) -> u32 {
        let code = self.len() as u32;
        self.slots[slot] = code;
        self.hashes.push(hash);
        self.arena.extend_from_slice(name);
        self.ends.push(self.arena.len());
        code
    }

    #[cold]
    fn grow(&mut self) {
        let size = (self.slots.len() * 4).max(64);
        self.slots = vec![FREE; size];
        for (code, &hash) in self.hashes.iter().enumerate() {
            let mut slot = hash as usize & (size - 1);
            while self.slots[slot] != FREE {
                slot = (slot + 1) & (size - 1);
            }
            self.slots[slot] = code as u32;
        }
    }
}

/// A folded multiply of each eight bytes, as in wyhash and FxHash.
#[inline]
fn hash(name: &[u8]) -> u64 {
    let fold = |a: u64, b: u64| {
        let product = u128::from(a) * u128::from(b);
        product as u64 ^ (product >> 64) as u64
    };
    let mut state = 0x243F_6A88_85A3_08D3 ^ name.len() as u64;
    let (words, rest) = name.as_chunks::<8>();
    for word in words {
        state = fold(state ^ u64::from_le_bytes(*word), 0x9E37_79B9_7F4A_7C15);
    }
    let mut last = 0_u64;
    for &byte in rest {
        last = last << 8 | u64::from(byte);
    }
    fold(state ^ last, 0xA076_1D64_78BD_642F)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_their_numbers_as_the_table_grows() {
        let mut interner = Interner::default();
        let names: Vec<String> = (0..5000).map(|i| format!("name {}", i % 1000)).collect();
        let codes: Vec<u32> = names.iter().map(|name| interner.code(name.as_bytes())).collect();
        assert_eq!(interner.len(), 1000);
        for (name, code) in names.iter().zip(codes) {
            assert_eq!(interner.name(code as usize), name.as_bytes());
        }
    }

    #[test]
    fn names_that_share_a_prefix_or_end_in_zeros_differ() {
        let mut interner = Interner::default();
        let names: [&[u8]; 5] = [b"", b"\0", b"\0\0", b"12345678", b"12345678\0"];
        let codes: Vec<u32> = names.iter().map(|name| interner.code(name)).collect();
        assert_eq!(codes, [0, 1, 2, 3, 4]);
    }
}
