//! What a model predicts of a text, token by token.

use induce_core::parallel::Team;
use induce_core::{Result, Run};

use super::decoder::Decoder;
use super::evaluate::{largest, loss, predict};
use super::inference::LanguageModel;

/// The prediction of one token.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TokenPrediction {
    /// The token that came.
    pub token: u32,
    /// The likeliest one, the first of equals.
    pub guess: u32,
    /// Its probability.
    pub confidence: f64,
    /// Its negative log-likelihood, -ln p(token | those before it in its window).
    pub loss: f64,
    /// Which window it is of.
    pub window: u32,
    /// How many tokens of the window stand before it.
    pub position: u32,
}

/// Which parts of a text are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Windows {
    /// Tokens of a window; not more than the model's context.
    pub length: usize,
    /// The largest number of tokens that are read, in whole windows but for one.
    pub most: usize,
    /// Whether each begins anew: a model with a state reads them from the beginning of the text on otherwise, and carries it.
    pub anew: bool,
}

impl Windows {
    /// As models are evaluated: windows as long as the context, or as `otherwise` where there is none; states are carried on.
    pub fn of(model: &LanguageModel, otherwise: usize, most: usize) -> Self {
        Self {
            length: model.context().unwrap_or(otherwise),
            most,
            anew: model.context().is_some(),
        }
    }

    /// Where the windows of a text of so many predictions begin: evenly over it, or one after the other.
    fn starts(self, predictions: usize) -> impl Iterator<Item = usize> {
        let length = self.length.max(1);
        let all = predictions.div_ceil(length);
        let chosen = self.most.div_ceil(length).max(1).min(all);
        (0..chosen).map(move |i| {
            if self.anew {
                i * all / chosen * length
            } else {
                i * length
            }
        })
    }
}

/// What `model` predicts of the tokens of `text`, all but the first, in the given windows.
///
/// The probabilities are those of [`evaluate`](super::evaluate()); one window stands for a group of losses.
///
/// # Errors
/// If a token is none of the model's.
pub fn predictions(
    model: &LanguageModel,
    text: &[u32],
    windows: Windows,
    run: &Run,
) -> Result<Vec<TokenPrediction>> {
    let predictions = text.len().saturating_sub(1);
    let mut decoder = Decoder::new(model, windows.length.min(predictions).max(1));
    let mut all = Vec::new();
    Team::with(run.threads(), |team| {
        for (window, start) in windows.starts(predictions).enumerate() {
            let end = (start + windows.length.max(1)).min(predictions);
            if windows.anew {
                decoder.rewind(0);
            } else {
                decoder.go_on();
            }
            let first = all.len();
            predict(&mut decoder, team, &text[start..=end], &mut |row, token| {
                let position = (all.len() - first) as u32;
                all.push(prediction(row, token, window as u32, position));
            })?;
        }
        Ok(all)
    })
}

fn prediction(row: &[f32], token: u32, window: u32, position: u32) -> TokenPrediction {
    let (most, sum) = largest(row);
    TokenPrediction {
        token,
        guess: row.iter().position(|x| *x == most).unwrap_or(0) as u32,
        confidence: 1.0 / sum,
        loss: loss(row, token),
        window,
        position,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_evenly_over_the_text() {
        let windows = |length, most, anew| Windows { length, most, anew };
        let starts = |windows: Windows, text| windows.starts(text).collect::<Vec<_>>();
        assert_eq!(starts(windows(10, 30, true), 100), [0, 30, 60]);
        assert_eq!(starts(windows(10, 30, false), 100), [0, 10, 20]);
        assert_eq!(starts(windows(10, 1000, true), 25), [0, 10, 20]);
        assert_eq!(starts(windows(10, 0, true), 25), [0]);
        assert_eq!(starts(windows(0, 5, true), 2), [0, 1]);
        assert!(starts(windows(10, 30, true), 0).is_empty());
    }

    #[test]
    fn a_row_says_what_was_likely() {
        let own = prediction(&[0.0, 2.0, 2.0, f32::NEG_INFINITY], 0, 3, 4);
        let sum = 2.0 + (-2.0_f64).exp();
        assert_eq!((own.guess, own.window, own.position), (1, 3, 4));
        assert!((own.confidence * sum - 1.0).abs() < 1e-12);
        assert!((own.loss - (sum.ln() + 2.0)).abs() < 1e-12);
    }
}
