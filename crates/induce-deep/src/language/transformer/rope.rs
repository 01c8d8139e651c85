//! Rotary positions by the numbers that formats have for them.

use induce_tensor::inference::Rope;

/// speed_i = base^(-2 i / width) / (slower or factor_i)
pub enum Scale {
    /// As the paper has it.
    Plain,
    /// All by the same factor.
    Slower(f64),
    /// Every pair by its own.
    Each(Vec<f32>),
}

/// The base and what speeds are divided by.
///
/// The base is told by the second pair, which long contexts leave as it is, and made a round number if that has the
/// same speeds, bit for bit.
pub fn scale_of(turns: &Rope, width: usize) -> (f64, Scale) {
    let speeds = turns.speeds();
    let (Some(first), Some(second)) = (speeds.first(), speeds.get(1)) else {
        return (10_000.0, Scale::Plain);
    };
    let rough = (second / first).powf(-(width as f64) / 2.0);
    let plain = |base: f64| Rope::new(base, width, turns.pairing());
    let base = if plain(rough.round()).speeds()[1] == second / first {
        rough.round()
    } else {
        rough
    };
    let own = plain(base);
    let alike = |scale: f64| {
        let pairs = speeds.iter().zip(own.speeds());
        pairs
            .into_iter()
            .all(|(speed, own)| (speed * scale / own - 1.0).abs() < 1e-12)
    };
    let scale = if alike(1.0) {
        Scale::Plain
    } else if alike(1.0 / first) {
        Scale::Slower(1.0 / first)
    } else {
        Scale::Each(
            own.speeds()
                .iter()
                .zip(speeds)
                .map(|(own, speed)| (own / speed) as f32)
                .collect(),
        )
    };
    (base, scale)
}
