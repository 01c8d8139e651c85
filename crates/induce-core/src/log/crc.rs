//! CRC-32C, the sum of Castagnoli, of which TFRecord keeps a mask.

/// Remainders of all bytes by the reversed polynomial.
const TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let (mut rest, mut bit) = (byte as u32, 0);
        while bit < 8 {
            rest = if rest & 1 == 1 {
                rest >> 1 ^ 0x82F6_3B78
            } else {
                rest >> 1
            };
            bit += 1;
        }
        table[byte] = rest;
        byte += 1;
    }
    table
};

/// The sum of `bytes`.
pub fn crc32c(bytes: &[u8]) -> u32 {
    let next = |sum: u32, byte: &u8| sum >> 8 ^ TABLE[usize::from(sum as u8 ^ byte)];
    !bytes.iter().fold(!0, next)
}

/// A sum of data that has sums in it again would be weak: it is turned and shifted (`tensorflow/core/lib/hash/crc32c.h`).
pub fn masked(bytes: &[u8]) -> u32 {
    crc32c(bytes).rotate_right(15).wrapping_add(0xA282_EAD8)
}
