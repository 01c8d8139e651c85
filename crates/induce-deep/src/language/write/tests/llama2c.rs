//! Files of llama2.c.

use super::*;
use crate::language::llama2c_bytes;
use crate::language::write::llama2c;

#[test]
fn llama2c_is_read_with_the_same_bits_and_written_again_as_it_was() {
    for (width, hidden, tied) in [(32, 48, true), (64, 96, false), (16, 24, false)] {
        let model = wide(width, hidden, tied);
        let bytes = llama2c::bytes(&model, Precision::F32).unwrap();
        let again = llama2c_bytes("again", &bytes).unwrap();
        let same = RopeLayout::Neighbours;
        assert_eq!(numbers(&again, same), numbers(&model, same));
        let of = |model: &Transformer| logits(&LanguageModel::new(model.clone()));
        assert!(near(&of(&again), &of(&model)));
        assert_eq!(llama2c::bytes(&again, Precision::F32).unwrap(), bytes);
    }
    let golden = std::fs::read(golden("tiny.bin")).unwrap();
    let tiny = llama2c_bytes("tiny", &golden).unwrap();
    let bytes = llama2c::bytes(&tiny, Precision::F32).unwrap();
    // That file has no cosines and sines, which nobody reads; they are the last: its head is that of the embeddings.
    let weights = golden.len() - 32 * 4 * 4;
    assert!(bytes.len() == golden.len() && bytes[..weights] == golden[..weights]);
    assert_eq!(bytes[weights..][..8], [0, 0, 0x80, 0x3F].repeat(2));
}

#[test]
fn eight_bits_of_llama2c_stay_codes_where_groups_allow_it() {
    // Groups of 16, of 32, and of 8, for which there are no codes.
    for (width, hidden, group) in [(64, 48, 16), (64, 96, 32), (128, 192, 64), (16, 24, 8)] {
        let model = wide(width, hidden, true);
        let bytes = llama2c::bytes(&model, Precision::Q8_0).unwrap();
        assert_eq!(bytes[37..41], (group as i32).to_le_bytes());
        let again = llama2c_bytes("again", &bytes).unwrap();
        let coded = again.layers[0].query.weight.bytes() < 2 * width * width;
        assert_eq!(coded, group >= 16, "{group}");
        let same = RopeLayout::Neighbours;
        for ((name, own), (_, exact)) in numbers(&again, same).into_iter().zip(numbers(&model, same)) {
            let norm = name.contains("norm");
            let bound = |group: &[f32]| match norm {
                true => 0.0,
                false => group.iter().fold(0.0_f32, |most, x| most.max(x.abs())) / 253.9,
            };
            for (own, exact) in own.chunks(group).zip(exact.chunks(group)) {
                let bound = bound(exact);
                assert!(
                    own.iter().zip(exact).all(|(a, b)| (a - b).abs() <= bound),
                    "{name}"
                );
            }
        }
        // What is rounded is not rounded again, but for the last bit of a factor.
        let twice = llama2c_bytes("twice", &llama2c::bytes(&again, Precision::Q8_0).unwrap()).unwrap();
        for ((_, a), (_, b)) in numbers(&twice, same).iter().zip(numbers(&again, same)) {
            assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() <= 1e-7));
        }
    }
}

/// Headers that lie, and factors that are NaN: errors with hints, or single precision, which has them.
#[test]
fn spoiled_eight_bits_of_llama2c() {
    let good = llama2c::bytes(&wide(64, 96, false), Precision::Q8_0).unwrap();
    let try_read = |bytes: &[u8]| match llama2c_bytes("spoiled", bytes) {
        Ok(model) => Some(model),
        Err(error) => {
            assert!(error.hint().is_some(), "`{error}` has no hint");
            None
        }
    };
    for at in 0..45 {
        assert!(try_read(&good[..at]).is_none());
        for change in [0xFF, 0x80, 0x01] {
            let mut bad = good.clone();
            bad[at] ^= change;
            try_read(&bad);
        }
    }
    assert!(try_read(&good[..good.len() - 1]).is_none());
    // The first factor of the embeddings, after five norms and a row of 64 codes for every token.
    let factor = 256 + 5 * 64 * 4 + 270 * 64;
    for strange in [f32::INFINITY, f32::NAN] {
        let mut bad = good.clone();
        bad[factor..factor + 4].copy_from_slice(&strange.to_le_bytes());
        assert_eq!(try_read(&bad).unwrap().embedding.bytes() / (270 * 64), 4);
    }
}

#[test]
fn tokenizers_of_llama2c_are_written_as_they_were() {
    let house = tempfile::tempdir().unwrap();
    let path = house.path().join("m.bin");
    let language = open(&golden("tiny.bin"), Some(&golden("tok.bin"))).unwrap();
    let write = |language: &Pretrained| write_llama2c(&path, of(language), &language.tokens, Precision::F32);
    assert!(write(&language).unwrap().is_none());
    let beside = house.path().join("tokenizer.bin");
    assert_eq!(
        std::fs::read(&beside).unwrap(),
        std::fs::read(golden("tok.bin")).unwrap()
    );
    let again = open(&path, None).unwrap();
    assert!(again.tokens.same(&language.tokens) && logits(&again.model) == logits(&language.model));
    // The same again is no other's; through GGUF, with two rows more, there are two tokens more that are no text.
    assert!(write(&language).unwrap().is_none());
    let mut more = language;
    let model = within(&mut more);
    model.spec.vocab_size += 3;
    model.embedding = widened(&model.embedding);
    let error = write(&more).unwrap_err();
    assert!(error.to_string().contains("another model"), "{error}");
    std::fs::remove_file(&beside).unwrap();
    let bytes = gguf::bytes(of(&more), &more.tokens, Precision::F32).unwrap();
    let (model, tokens) = gguf_bytes("more", &bytes).unwrap();
    assert!(
        write_llama2c(&path, &model, &tokens, Precision::F32)
            .unwrap()
            .is_none()
    );
    let filled = open(&path, None).unwrap().tokens;
    assert!(filled.size() == 273 && filled.bytes(None, 272).is_empty());
    let text = "caba ab\n\u{20ac}";
    assert_eq!(filled.encode(text).unwrap(), tokens.encode(text).unwrap());
    // Characters and pairs of bytes have no scores.
    for tokens in [
        Tokenizer::train("abba", TokenizerKind::Char, 9).unwrap(),
        Tokenizer::train("abba", TokenizerKind::Bpe, 300).unwrap(),
    ] {
        std::fs::remove_file(&beside).ok();
        let reason = write_llama2c(&path, &model, &tokens, Precision::F32)
            .unwrap()
            .unwrap();
        assert!(
            reason.to_string().contains("scores") && !beside.exists(),
            "{reason}"
        );
    }
}

#[test]
fn models_that_llama2c_does_not_know() {
    let fault = |change: fn(&mut Transformer)| {
        let mut model = wide(32, 48, true);
        change(&mut model);
        let error = llama2c::bytes(&model, Precision::F32).unwrap_err();
        assert!(error.hint().unwrap().contains("GGUF"));
        error.to_string()
    };
    let rope = |base, factor: f64| {
        let frequencies = Rope::new(base, 8, RopeLayout::Halves);
        let frequencies = frequencies
            .frequencies()
            .iter()
            .map(|frequency| frequency / factor)
            .collect();
        Some(Rope::with_frequencies(frequencies, RopeLayout::Halves))
    };
    assert!(fault(|m| m.spec.epsilon = 1e-6).contains("add 0.000001, and there it is 0.00001"));
    assert!(fault(|m| m.layers[1].up.bias = Some(vec![0.0; 48])).contains("biases"));
    let mut model = wide(32, 48, true);
    for (base, factor, said) in [(500_000.0, 1.0, "500000"), (10_000.0, 4.0, "scaled")] {
        model.spec.rotary = rope(base, factor);
        let error = llama2c::bytes(&model, Precision::Q8_0).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
    model.spec.rotary = Some(Rope::with_frequencies(vec![1.0], RopeLayout::Halves));
    let error = llama2c::bytes(&model, Precision::F32).unwrap_err().to_string();
    assert!(error.contains("2 of 8 dimensions"), "{error}");
    let gpt2 = folder("gpt2");
    let error = llama2c::bytes(of(&gpt2), Precision::F32).unwrap_err().to_string();
    assert!(error.contains("GPT-2"), "{error}");
    let error = llama2c::bytes(&wide(32, 48, true), Precision::F16).unwrap_err();
    assert!(error.hint().unwrap().contains("q8_0"));
}
