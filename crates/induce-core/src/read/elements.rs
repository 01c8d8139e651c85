//! Numbers of any type, where they lie in an array.

use super::matrix::Element;

/// The numbers of an array, none of them copied.
#[derive(Clone, Copy)]
pub(super) struct Elements<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) element: Element,
    pub(super) big_endian: bool,
}

impl Elements<'_> {
    /// No numbers.
    pub(super) const NONE: Self = Self {
        bytes: &[],
        element: Element::U8,
        big_endian: false,
    };

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.bytes.len() / self.element.size()
    }

    /// Whether they are whole by their type; true and false are.
    pub(super) fn are_whole(&self) -> bool {
        !matches!(self.element, Element::F16 | Element::F32 | Element::F64)
    }

    /// Number `k`, cut to a whole one; what is beyond the range is its end.
    ///
    /// # Panics
    /// If there is none.
    pub(super) fn whole(&self, k: usize) -> i64 {
        match self.element {
            Element::Boolean => i64::from(self.at::<1>(k)[0] != 0),
            Element::I8 => i64::from(i8::from_le_bytes(self.at(k))),
            Element::U8 => i64::from(self.at::<1>(k)[0]),
            Element::I16 => i64::from(i16::from_le_bytes(self.at(k))),
            Element::U16 => i64::from(u16::from_le_bytes(self.at(k))),
            Element::I32 => i64::from(i32::from_le_bytes(self.at(k))),
            Element::U32 => i64::from(u32::from_le_bytes(self.at(k))),
            Element::I64 => i64::from_le_bytes(self.at(k)),
            Element::U64 => i64::try_from(u64::from_le_bytes(self.at(k))).unwrap_or(i64::MAX),
            Element::F16 | Element::F32 | Element::F64 => self.real(k) as i64,
        }
    }

    /// Number `k`.
    ///
    /// # Panics
    /// If there is none.
    pub(super) fn real(&self, k: usize) -> f64 {
        match self.element {
            Element::F16 => half::f16::from_le_bytes(self.at(k)).to_f64(),
            Element::F32 => f64::from(f32::from_le_bytes(self.at(k))),
            Element::F64 => f64::from_le_bytes(self.at(k)),
            Element::U64 => u64::from_le_bytes(self.at(k)) as f64,
            _ => self.whole(k) as f64,
        }
    }

    fn at<const N: usize>(&self, k: usize) -> [u8; N] {
        let mut bytes = self.bytes.as_chunks::<N>().0[k];
        if self.big_endian {
            bytes.reverse();
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_every_type_are_read_where_they_lie() {
        let of = |bytes, element, big_endian| Elements {
            bytes,
            element,
            big_endian,
        };
        assert_eq!(of(&[255, 3], Element::I8, false).whole(0), -1);
        assert_eq!(of(&[1, 2], Element::U16, true).whole(0), 258);
        assert_eq!(of(&[255; 8], Element::U64, false).whole(0), i64::MAX);
        let half = 2.5_f64.to_be_bytes();
        let all = of(&half, Element::F64, true);
        assert_eq!(
            (all.real(0), all.whole(0), all.len(), all.are_whole()),
            (2.5, 2, 1, false)
        );
    }
}
