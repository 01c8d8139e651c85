//! Rotary positions in the words of file formats.

use induce_tensor::inference::Rope;

/// frequency_i = base^(-2 i / width) / (slower or factor_i)
pub enum Scale {
    /// As the paper has it.
    Plain,
    /// All by the same factor.
    Slower(f64),
    /// Every pair by its own.
    Each(Vec<f32>),
}

/// The base and what frequencies are divided by.
///
/// The base is told by the second pair, which long contexts leave as it is, and made a round number if that has the
/// same frequencies, bit for bit.
pub fn scale_of(rope: &Rope, width: usize) -> (f64, Scale) {
    let frequencies = rope.frequencies();
    let (Some(first), Some(second)) = (frequencies.first(), frequencies.get(1)) else {
        return (10_000.0, Scale::Plain);
    };
    let rough = (second / first).powf(-(width as f64) / 2.0);
    let plain = |base: f64| Rope::new(base, width, rope.layout());
    let base = if plain(rough.round()).frequencies()[1] == second / first {
        rough.round()
    } else {
        rough
    };
    let own = plain(base);
    let alike = |scale: f64| {
        let pairs = frequencies.iter().zip(own.frequencies());
        pairs
            .into_iter()
            .all(|(frequency, own)| (frequency * scale / own - 1.0).abs() < 1e-12)
    };
    let scale = if alike(1.0) {
        Scale::Plain
    } else if alike(1.0 / first) {
        Scale::Slower(1.0 / first)
    } else {
        Scale::Each(
            own.frequencies()
                .iter()
                .zip(frequencies)
                .map(|(own, frequency)| (own / frequency) as f32)
                .collect(),
        )
    };
    (base, scale)
}
