//! What a search draws the values of a setting from.

/// Values that a search draws from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Space {
    /// Any number between two.
    Uniform(f64, f64),
    /// Any number between two, uniform in its logarithm.
    Log(f64, f64),
    /// A whole number between two, uniform in its logarithm.
    Whole(u64, u64),
    /// One of these.
    OneOf(&'static [&'static str]),
}

impl Space {
    /// The value at `u` in [0, 1), as `--set` takes it.
    pub fn at(self, u: f64) -> String {
        match self {
            Self::Uniform(low, high) => rounded(low + u * (high - low)),
            Self::Log(low, high) => rounded(low * (high / low).powf(u)),
            Self::Whole(low, high) => {
                let (low, high) = (low as f64, high as f64 + 1.0);
                format!("{}", (low * (high / low).powf(u)).floor().min(high - 1.0))
            }
            Self::OneOf(names) => names[((u * names.len() as f64) as usize).min(names.len() - 1)].into(),
        }
    }
}

/// Three digits: nobody wants to read, or type, more of a random number.
fn rounded(x: f64) -> String {
    let digits = 2 - x.abs().max(1e-300).log10().floor() as i32;
    let scale = 10_f64.powi(digits);
    format!("{}", (x * scale).round() / scale)
}
