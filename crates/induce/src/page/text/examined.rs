//! What a closer look at a part of the text shows: calibration, positions, tokens.

use std::collections::HashMap;

use induce_core::{Result, Run};
use induce_deep::language::{TokenPrediction, Tokenizer, Windows, predictions};
use induce_deep::train::HeldOutLoss;
use induce_plot::{Calibration, Curve, LanguageReport, LearningCurve, Metric, Report, TokenRow};

use super::inputs::Inputs;
use super::words::visible;
use induce_core::words::{count, counted};

/// Most tokens that are looked at closely.
const MOST: usize = 1 << 14;
/// Tokens of a window of a model with a state, while the state is carried on.
const CARRIED: usize = 64;
/// Tokens of a window of a model with a state, where each begins anew, and most of all of them.
const ANEW: (usize, usize) = (256, 1 << 13);
/// Bins of the reliability diagram.
const BINS: usize = 10;
/// Stretches of positions that are drawn.
const STRETCHES: usize = 32;
/// Tokens in the table.
const HARDEST: usize = 20;

/// Look at the text, and put what is seen into the page.
pub(super) fn fill(
    report: &mut Report,
    language: &mut LanguageReport,
    inputs: &Inputs,
    run: &Run,
) -> Result<()> {
    let (model, text) = (&inputs.language.model, inputs.judged);
    let seen = predictions(model, text, Windows::of(model, CARRIED, MOST), run)?;
    report.calibration = Some(calibration(&seen));
    report.metrics.push(first_guess(&seen, inputs.split));
    language.tokens = hardest(&seen, &inputs.language.tokens);
    language.examined = part(seen.len(), text.len() - 1, model.context().is_some());
    let positions = match model.context() {
        Some(_) => seen,
        None => {
            let (length, most) = ANEW;
            let anew = true;
            predictions(model, text, Windows { length, most, anew }, run)?
        }
    };
    language.positions = positions_of(&positions);
    Ok(())
}

fn part(seen: usize, all: usize, evenly: bool) -> String {
    let (some, which) = (
        if seen < all {
            count(seen)
        } else {
            counted(seen, "prediction")
        },
        if evenly {
            "spread evenly over it"
        } else {
            "its beginning"
        },
    );
    match seen < all {
        true => format!(
            "Looked at closely: {some} of {}, {which}.",
            counted(all, "prediction")
        ),
        false => format!("Looked at closely: all of the {some}."),
    }
}

/// How often the likeliest token came, by its probability.
fn calibration(seen: &[TokenPrediction]) -> Calibration {
    let right: Vec<bool> = seen.iter().map(|own| own.guess == own.token).collect();
    let probabilities: Vec<f64> = seen.iter().map(|own| own.confidence).collect();
    Calibration {
        unit: "tokens".into(),
        ..Calibration::from_scores("the likeliest token", &right, &probabilities, BINS)
    }
}

/// A mean over tokens with its interval, a group per window.
fn mean(seen: &[&TokenPrediction], value: impl Fn(&TokenPrediction) -> f64) -> [f64; 3] {
    let windows = seen.chunk_by(|a, b| a.window == b.window);
    let groups = windows.map(|own| (own.iter().map(|one| value(one)).sum(), own.len() as f64));
    HeldOutLoss {
        groups: groups.collect(),
    }
    .interval()
}

fn first_guess(seen: &[TokenPrediction], split: &str) -> Metric {
    let all: Vec<&TokenPrediction> = seen.iter().collect();
    let [value, low, high] = mean(&all, |own| f64::from(u8::from(own.guess == own.token)));
    Metric {
        split: split.into(),
        name: "top_1".into(),
        value,
        low: Some(low.max(0.0)).filter(|_| low.is_finite()),
        high: Some(high.min(1.0)).filter(|_| high.is_finite()),
        folds: Vec::new(),
    }
}

/// The mean loss by position in a window; the first stretch is one position, for it is like no other.
fn positions_of(seen: &[TokenPrediction]) -> Option<LearningCurve> {
    let last = seen
        .iter()
        .map(|own| own.position as usize)
        .max()
        .filter(|last| *last > 0)?;
    let width = last.div_ceil(STRETCHES);
    let stretch = |own: &TokenPrediction| (own.position as usize).div_ceil(width);
    let mut curve = Curve {
        name: "loss".into(),
        ..Curve::default()
    };
    for at in 0..=last.div_ceil(width) {
        let own: Vec<&TokenPrediction> = seen.iter().filter(|own| stretch(own) == at).collect();
        if own.is_empty() {
            continue;
        }
        let [value, low, high] = mean(&own, |one| one.loss);
        let middle = own.iter().map(|one| f64::from(one.position) + 1.0).sum::<f64>() / own.len() as f64;
        curve.x.push(middle);
        curve.y.push(value);
        curve.low.push(low);
        curve.high.push(high);
    }
    Some(LearningCurve {
        title: "Loss by position".into(),
        metric: "nats per token".into(),
        unit: "tokens in sight".into(),
        series: vec![curve],
        ..LearningCurve::default()
    })
}

/// What a token cost.
#[derive(Default)]
struct Cost {
    count: u64,
    loss: f64,
    /// How often each other token was expected instead.
    instead: HashMap<u32, u64>,
}

/// The tokens that have most of the loss.
fn hardest(seen: &[TokenPrediction], tokens: &Tokenizer) -> Vec<TokenRow> {
    let mut costs: HashMap<u32, Cost> = HashMap::new();
    for own in seen {
        let cost = costs.entry(own.token).or_default();
        cost.count += 1;
        cost.loss += own.loss;
        if own.guess != own.token {
            *cost.instead.entry(own.guess).or_default() += 1;
        }
    }
    let all: f64 = seen.iter().map(|own| own.loss).sum();
    let mut costs: Vec<(u32, Cost)> = costs.into_iter().collect();
    costs.sort_by(|a, b| b.1.loss.total_cmp(&a.1.loss).then(a.0.cmp(&b.0)));
    costs.truncate(HARDEST);
    let row = |(token, cost): (u32, Cost)| {
        let most = cost
            .instead
            .into_iter()
            .max_by_key(|(token, n)| (*n, std::cmp::Reverse(*token)));
        TokenRow {
            token: visible(tokens.bytes(None, token)),
            count: cost.count,
            loss: cost.loss / cost.count as f64,
            share: cost.loss / all,
            guess: most.map_or_else(String::new, |(guess, _)| visible(tokens.bytes(None, guess))),
            guessed: most.map_or(0, |(_, n)| n),
        }
    };
    costs.into_iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen() -> Vec<TokenPrediction> {
        let one = |i: u32| TokenPrediction {
            token: i % 2,
            guess: 1,
            confidence: 0.75,
            loss: if i.is_multiple_of(2) { 3.0 } else { 1.0 },
            window: i / 40,
            position: i % 40,
        };
        (0..400).map(one).collect()
    }

    #[test]
    fn stretches_hold_every_position_once() {
        let curve = positions_of(&seen()).unwrap();
        let own = &curve.series[0];
        assert_eq!((own.x[0], own.y[0], own.x[1], own.y[1]), (1.0, 3.0, 2.5, 2.0));
        assert_eq!((own.x.len(), own.x.last()), (21, Some(&40.0)));
        assert!(positions_of(&[]).is_none());
    }

    #[test]
    fn the_hardest_token_comes_first() {
        let tokens = Tokenizer::train("ab", induce_deep::language::TokenizerKind::Char, usize::MAX).unwrap();
        let rows = hardest(&seen(), &tokens);
        assert_eq!((rows[0].count, rows[0].loss, rows[0].share), (200, 3.0, 0.75));
        assert_eq!(
            (rows[0].guessed, &rows[0].guess[..], &rows[1].guess[..]),
            (200, "b", "")
        );
        let metric = first_guess(&seen(), "holdout");
        assert_eq!((metric.value, metric.low), (0.5, Some(0.5)));
        assert_eq!(calibration(&seen()).bins.len(), 1);
    }
}
