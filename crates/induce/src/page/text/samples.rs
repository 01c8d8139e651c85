//! What the model writes.

use induce_core::{Result, Run};
use induce_deep::language::{Decoder, Generation, Sampling, generate};
use induce_plot::{LanguageReport, Sample};

use super::inputs::Inputs;

/// How likely tokens are kept to: a little, and not at all.
const TEMPERATURES: [f64; 2] = [0.6, 1.0];
/// Tokens that are written.
const LENGTH: usize = 240;
/// Tokens of the prompt, at most; half the context if that is less.
const PROMPT: usize = 32;
/// Tokens in which a line is looked for that begins.
const SOUGHT: usize = 2048;

/// Write samples after the same prompt; tokens per second.
pub(super) fn write(language: &mut LanguageReport, inputs: &Inputs, run: &Run) -> Result<Option<f64>> {
    let (model, tokens) = (&inputs.language.model, &inputs.language.tokens);
    let Some(prompt) = prompt(inputs) else {
        return Ok(None);
    };
    let mut decoder = Decoder::new(model, prompt.len().saturating_add(LENGTH));
    let (mut written, mut seconds) = (0, 0.0);
    for temperature in TEMPERATURES {
        let generation = Generation {
            sampling: Sampling {
                temperature,
                top_p: 1.0,
                ..Sampling::default()
            },
            tokens: LENGTH,
            stops: &[],
            draft: None,
        };
        let report = generate(&mut decoder, tokens, &prompt, generation, run, &mut |_| Ok(()))?;
        written += report.tokens.len();
        seconds += report.seconds;
        language.samples.push(Sample {
            drawn: format!("temperature {temperature}, seed {}", run.seed()),
            prompt: tokens.decode(&prompt),
            text: report.text,
        });
    }
    Ok((written > 0 && seconds > 0.0).then(|| written as f64 / seconds))
}

/// The first line that begins in the text that judges, or else in the one that was learnt from.
fn prompt(inputs: &Inputs) -> Option<Vec<u32>> {
    let learnt = inputs.training.as_ref().map_or(&[][..], |training| training.text);
    let text = if inputs.judged.is_empty() {
        learnt
    } else {
        inputs.judged
    };
    let half = inputs
        .language
        .model
        .context()
        .map_or(PROMPT, |context| context / 2);
    let length = PROMPT.min(half).max(1);
    let ends = |token: &u32| inputs.language.tokens.bytes(None, *token).ends_with(b"\n");
    let sought = &text[..text.len().min(SOUGHT)];
    let start = sought.iter().position(ends).map_or(0, |line| line + 1);
    let start = if text.len() - start < length { 0 } else { start };
    let prompt = &text[start..text.len().min(start + length)];
    (!prompt.is_empty()).then(|| prompt.to_vec())
}
