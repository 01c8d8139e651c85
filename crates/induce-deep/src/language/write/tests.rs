#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::path::PathBuf;

use induce_core::parallel::Team;
use induce_tensor::inference::{Pairing, Turns, Weight};

use super::*;
use crate::language::{
    AnyModel, Cut, Language, Layer, Linear, Norm, Spec, TransformerDecoder, gguf_bytes, llama2c_bytes, open,
};

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name)
}

fn folder(name: &str) -> Language {
    open(&golden(name), None).unwrap()
}

/// Llama's kind with everything that may be left out: biases, a table with more rows than tokens, scaled positions.
fn strange() -> Language {
    let mut language = folder("llama");
    let model = within(&mut language);
    let spec = &mut model.spec;
    let turns = spec.rotary.take().unwrap();
    let slower = turns.speeds().iter().map(|speed| speed / 4.0).collect();
    spec.rotary = Some(Turns::with_speeds(slower, turns.pairing()));
    spec.vocabulary += 3;
    model.embedding = widened(&model.embedding);
    model.head = model.head.as_ref().map(widened);
    for layer in &mut model.layers {
        let biased = |linear: &mut Linear| {
            linear.bias = Some((0..linear.weight.rows()).map(|i| i as f32 / 64.0).collect());
        };
        [
            &mut layer.query,
            &mut layer.key,
            &mut layer.value,
            &mut layer.output,
        ]
        .into_iter()
        .for_each(biased);
    }
    model.check("strange").unwrap();
    language
}

/// With three more rows.
fn widened(weight: &Weight) -> Weight {
    let (rows, width) = (weight.rows() + 3, weight.columns());
    let values = weight.single().into_iter().chain(vec![0.5; 3 * width]);
    Weight::new(&values.collect::<Vec<f32>>(), rows, width).unwrap()
}

fn within(language: &mut Language) -> &mut Model {
    match &mut language.model {
        AnyModel::Transformer(model) => model,
        AnyModel::Recurrent(_) => unreachable!("the folder holds a transformer"),
    }
}

fn of(language: &Language) -> &Model {
    language.model.transformer("a test").unwrap()
}

/// All numbers of a model, under names.
fn numbers(model: &Model, pairing: Pairing) -> Vec<(String, Vec<f32>)> {
    let mut all = Vec::new();
    let names = crate::language::gguf::NAMES;
    parts::each(model, Kind::of(model).unwrap(), &names, pairing, &mut |part| {
        all.push((part.name, part.values));
        Ok(())
    })
    .unwrap();
    all
}

fn logits(model: &Model) -> Vec<f32> {
    let ids = [1, 5, 200, 7, 0];
    TransformerDecoder::new(model, ids.len())
        .read(&mut Team::alone(), &ids, ids.len())
        .unwrap()
        .to_vec()
}

fn near(a: &[f32], b: &[f32]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-4)
}

#[test]
fn what_is_written_is_read_with_the_same_bits() {
    for language in [folder("llama"), folder("gpt2"), strange()] {
        let (model, tokens) = (of(&language), &language.tokens);
        let own = numbers(model, Pairing::Halves);
        let house = tempfile::tempdir().unwrap();
        write_hugging_face(house.path(), model, tokens, Precision::F32).unwrap();
        let again = open(house.path(), None).unwrap();
        assert_eq!(numbers(of(&again), Pairing::Halves), own);
        assert_eq!(logits(of(&again)), logits(model));
        let path = house.path().join("m.gguf");
        write_gguf(&path, model, tokens, Precision::F32).unwrap();
        let ours = open(&path, None).unwrap();
        assert_eq!(numbers(of(&ours), Pairing::Halves), own);
        // Numbers of a head are summed in another order there.
        assert!(near(&logits(of(&ours)), &logits(model)));
        for other in [&again.tokens, &ours.tokens] {
            assert!(other.same(tokens));
            assert_eq!((other.begin(), other.ends()), (tokens.begin(), tokens.ends()));
            let text = "the cat's <|end|>\n 12 \u{e4}";
            assert_eq!(other.encode(text).unwrap(), tokens.encode(text).unwrap());
        }
    }
}

#[test]
fn fewer_bits_are_those_of_the_reader_and_are_written_again_as_they_were() {
    for language in [folder("llama"), folder("gpt2")] {
        for precision in [Precision::F16, Precision::Q8_0] {
            let bytes = gguf::bytes(of(&language), &language.tokens, precision).unwrap();
            let (model, tokens) = gguf_bytes("again", &bytes).unwrap();
            assert_eq!(
                model.embedding.bytes() < 2 * 300 * 32,
                precision == Precision::Q8_0
            );
            assert_eq!(gguf::bytes(&model, &tokens, precision).unwrap(), bytes);
            let errors = numbers(&model, Pairing::Neighbours)
                .into_iter()
                .zip(numbers(of(&language), Pairing::Neighbours));
            for ((name, own), (_, exact)) in errors {
                let most = exact.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
                let bound = if precision == Precision::Q8_0 {
                    most / 220.0
                } else {
                    most / 2048.0
                };
                assert!(
                    own.iter().zip(&exact).all(|(a, b)| (a - b).abs() <= bound),
                    "{name}"
                );
            }
        }
    }
}

#[test]
fn scores_of_llama2c_come_out_in_gguf() {
    let language = open(&golden("tiny.bin"), Some(&golden("tok.bin"))).unwrap();
    let bytes = gguf::bytes(of(&language), &language.tokens, Precision::F32).unwrap();
    let (model, tokens) = gguf_bytes("again", &bytes).unwrap();
    // Both turn neighbours, so nothing is in another order.
    assert_eq!(logits(&model), logits(of(&language)));
    assert!(tokens.same(&language.tokens));
    assert_eq!((tokens.begin(), tokens.ends()), (Some(1), &[2, 1][..]));
    for text in ["caba ab", "", "\u{20ac}\u{e4}"] {
        assert_eq!(
            tokens.encode(text).unwrap(),
            language.tokens.encode(text).unwrap()
        );
    }
    let house = tempfile::tempdir().unwrap();
    let error =
        write_hugging_face(house.path(), of(&language), &language.tokens, Precision::F32).unwrap_err();
    assert!(error.to_string().contains("scores") && error.hint().unwrap().contains("GGUF"));
}

/// A llama of `width` with heads, a hidden width and a vocabulary of which every number is another.
fn wide(width: usize, hidden: usize, tied: bool) -> Model {
    let mut seed = 1_u32;
    let mut values = |count: usize| -> Vec<f32> {
        let next = |_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) as f32 / 16_777_216.0 - 0.5
        };
        (0..count).map(next).collect()
    };
    let (heads, vocabulary) = (4, 270);
    let keys = width / 2;
    let mut linear = |rows, columns| Linear {
        weight: Weight::new(&values(rows * columns), rows, columns).unwrap(),
        bias: None,
    };
    let norm = |shift: f32| Norm {
        scale: (0..width).map(|i| 1.0 + shift * i as f32).collect(),
        shift: None,
    };
    let layers = (0..2).map(|i| Layer {
        attention_norm: norm(0.001 * i as f32),
        query: linear(width, width),
        key: linear(keys, width),
        value: linear(keys, width),
        output: linear(width, width),
        feed_norm: norm(-0.002),
        gate: Some(linear(hidden, width)),
        up: linear(hidden, width),
        down: linear(width, hidden),
    });
    let layers = layers.collect();
    let model = Model {
        spec: Spec {
            vocabulary,
            width,
            hidden,
            layers: 2,
            heads,
            shared: 2,
            head_width: width / heads,
            context: 16,
            epsilon: 1e-5,
            rotary: Some(Turns::new(10_000.0, width / heads, Pairing::Halves)),
        },
        embedding: linear(vocabulary, width).weight,
        positions: None,
        layers,
        norm: norm(0.01),
        head: (!tied).then(|| linear(vocabulary, width).weight),
    };
    model.check("wide").unwrap();
    model
}

#[test]
fn llama2c_is_read_with_the_same_bits_and_written_again_as_it_was() {
    for (width, hidden, tied) in [(32, 48, true), (64, 96, false), (16, 24, false)] {
        let model = wide(width, hidden, tied);
        let bytes = llama2c::bytes(&model, Precision::F32).unwrap();
        let again = llama2c_bytes("again", &bytes).unwrap();
        let same = Pairing::Neighbours;
        assert_eq!(numbers(&again, same), numbers(&model, same));
        assert!(near(&logits(&again), &logits(&model)));
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
        let same = Pairing::Neighbours;
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

/// Headers that lie, and factors that are no numbers: errors with hints, or single precision, which has them.
#[test]
fn spoiled_eight_bits_of_llama2c() {
    let good = llama2c::bytes(&wide(64, 96, false), Precision::Q8_0).unwrap();
    let judge = |bytes: &[u8]| match llama2c_bytes("spoiled", bytes) {
        Ok(model) => Some(model),
        Err(error) => {
            assert!(error.hint().is_some(), "`{error}` has no hint");
            None
        }
    };
    for at in 0..45 {
        assert!(judge(&good[..at]).is_none());
        for change in [0xFF, 0x80, 0x01] {
            let mut bad = good.clone();
            bad[at] ^= change;
            judge(&bad);
        }
    }
    assert!(judge(&good[..good.len() - 1]).is_none());
    // The first factor of the embeddings, after five norms and a row of 64 codes for every token.
    let factor = 256 + 5 * 64 * 4 + 270 * 64;
    for strange in [f32::INFINITY, f32::NAN] {
        let mut bad = good.clone();
        bad[factor..factor + 4].copy_from_slice(&strange.to_le_bytes());
        assert_eq!(judge(&bad).unwrap().embedding.bytes() / (270 * 64), 4);
    }
}

#[test]
fn tokenizers_of_llama2c_are_written_as_they_were() {
    let house = tempfile::tempdir().unwrap();
    let path = house.path().join("m.bin");
    let language = open(&golden("tiny.bin"), Some(&golden("tok.bin"))).unwrap();
    let write = |language: &Language| write_llama2c(&path, of(language), &language.tokens, Precision::F32);
    assert_eq!(write(&language).unwrap(), None);
    let beside = house.path().join("tokenizer.bin");
    assert_eq!(
        std::fs::read(&beside).unwrap(),
        std::fs::read(golden("tok.bin")).unwrap()
    );
    let again = open(&path, None).unwrap();
    assert!(again.tokens.same(&language.tokens) && logits(of(&again)) == logits(of(&language)));
    // The same again is no other's; through GGUF, with two rows more, there are two tokens more that are no text.
    assert_eq!(write(&language).unwrap(), None);
    let mut more = language;
    let model = within(&mut more);
    model.spec.vocabulary += 3;
    model.embedding = widened(&model.embedding);
    let error = write(&more).unwrap_err();
    assert!(error.to_string().contains("another model"), "{error}");
    std::fs::remove_file(&beside).unwrap();
    let bytes = gguf::bytes(of(&more), &more.tokens, Precision::F32).unwrap();
    let (model, tokens) = gguf_bytes("more", &bytes).unwrap();
    assert_eq!(
        write_llama2c(&path, &model, &tokens, Precision::F32).unwrap(),
        None
    );
    let filled = open(&path, None).unwrap().tokens;
    assert!(filled.size() == 273 && filled.bytes(None, 272).is_empty());
    let text = "caba ab\n\u{20ac}";
    assert_eq!(filled.encode(text).unwrap(), tokens.encode(text).unwrap());
    // Characters and pairs of bytes have no scores.
    for tokens in [
        Tokens::train("abba", Cut::Char, 9).unwrap(),
        Tokens::train("abba", Cut::Bpe, 300).unwrap(),
    ] {
        std::fs::remove_file(&beside).ok();
        let reason = write_llama2c(&path, &model, &tokens, Precision::F32)
            .unwrap()
            .unwrap();
        assert!(reason.contains("scores") && !beside.exists(), "{reason}");
    }
}

#[test]
fn models_that_llama2c_does_not_know() {
    let fault = |change: fn(&mut Model)| {
        let mut model = wide(32, 48, true);
        change(&mut model);
        let error = llama2c::bytes(&model, Precision::F32).unwrap_err();
        assert!(error.hint().unwrap().contains("GGUF"));
        error.to_string()
    };
    let turns = |base, factor: f64| {
        let speeds = Turns::new(base, 8, Pairing::Halves);
        let speeds = speeds.speeds().iter().map(|speed| speed / factor).collect();
        Some(Turns::with_speeds(speeds, Pairing::Halves))
    };
    assert!(fault(|m| m.spec.epsilon = 1e-6).contains("add 0.000001, and there it is 0.00001"));
    assert!(fault(|m| m.layers[1].up.bias = Some(vec![0.0; 48])).contains("biases"));
    let mut model = wide(32, 48, true);
    for (base, factor, said) in [(500_000.0, 1.0, "500000"), (10_000.0, 4.0, "scaled")] {
        model.spec.rotary = turns(base, factor);
        let error = llama2c::bytes(&model, Precision::Q8_0).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
    model.spec.rotary = Some(Turns::with_speeds(vec![1.0], Pairing::Halves));
    let error = llama2c::bytes(&model, Precision::F32).unwrap_err().to_string();
    assert!(error.contains("2 of 8 numbers"), "{error}");
    let gpt2 = folder("gpt2");
    let error = llama2c::bytes(of(&gpt2), Precision::F32).unwrap_err().to_string();
    assert!(error.contains("GPT-2"), "{error}");
    let error = llama2c::bytes(&wide(32, 48, true), Precision::F16).unwrap_err();
    assert!(error.hint().unwrap().contains("q8_0"));
}

/// Characters of ASCII are looked up in GGUF too; llama.cpp has no end where others have the first byte of a known one.
#[test]
fn characters_come_out_of_gguf_as_they_went_in() {
    let model = wide(32, 48, true);
    let text: String = (0..=127_u8).map(char::from).collect();
    let tokens = Tokens::train(&text, Cut::Char, 200).unwrap();
    // The model has more rows than there are characters.
    let bytes = gguf::bytes(&model, &tokens, Precision::F32).unwrap();
    let (_, again) = gguf_bytes("again", &bytes).unwrap();
    assert!(again.same(&tokens) && again.size() == 128);
    assert_eq!((again.begin(), again.ends()), (tokens.begin(), tokens.ends()));
    let probe = "a\\x41 \\n\n\t\0~";
    assert_eq!(again.encode(probe).unwrap(), tokens.encode(probe).unwrap());
    let error = again.encode("a\u{e4}").unwrap_err().to_string();
    assert_eq!(error, tokens.encode("a\u{e4}").unwrap_err().to_string());
    for (tokens, said) in [
        (Tokens::train("na\u{ef}ve", Cut::Char, 9).unwrap(), "\u{ef}"),
        (Tokens::train("a b", Cut::Word, 9).unwrap(), "words"),
    ] {
        let error = gguf::bytes(&model, &tokens, Precision::F32).unwrap_err();
        assert!(error.to_string().contains(said), "{error}");
    }
}

#[test]
fn what_a_format_cannot_say_is_an_error_before_anything_is_written() {
    let house = tempfile::tempdir().unwrap();
    let target = house.path().join("m");
    let mut language = folder("llama");
    let fault = |language: &Language, tokens: &Tokens, precision| {
        let errors = [
            write_hugging_face(&target, of(language), tokens, precision),
            write_gguf(&target, of(language), tokens, precision),
        ];
        assert!(!target.exists() || errors.iter().any(Result::is_ok));
        errors.map(|error| {
            error
                .err()
                .map(|error| format!("{error}; {}", error.hint().unwrap()))
        })
    };
    let eight = fault(&language, &language.tokens, Precision::Q8_0);
    assert!(eight[0].as_ref().unwrap().contains("8 bits") && eight[1].is_none());
    std::fs::remove_file(&target).unwrap();
    let words = Tokens::train("a b", Cut::Word, 10).unwrap();
    let [None, Some(words)] = fault(&language, &words, Precision::F32) else {
        panic!("words are for Hugging Face only")
    };
    assert!(words.contains("words"));
    std::fs::remove_dir_all(&target).unwrap();
    within(&mut language).layers[0].attention_norm.scale[3] = 1e6;
    let [Some(large), None] = fault(&language, &language.tokens, Precision::F16) else {
        panic!("norms stay single in GGUF")
    };
    assert!(large.contains("1000000") && large.contains("65504"), "{large}");
    std::fs::remove_file(&target).unwrap();
    let turns = Turns::with_speeds(vec![1.0, 0.1, 0.007, 0.0001], Pairing::Halves);
    within(&mut language).spec.rotary = Some(turns);
    let [Some(turns), None] = fault(&language, &language.tokens, Precision::F32) else {
        panic!("GGUF has factors")
    };
    assert!(turns.contains("positions of this model are scaled"));
    let again = open(&target, None).unwrap();
    let speeds = of(&again).spec.rotary.clone().unwrap();
    assert!(
        speeds
            .speeds()
            .iter()
            .zip([1.0, 0.1, 0.007, 0.0001])
            .all(|(a, b)| (a / b - 1.0).abs() < 1e-6)
    );
    std::fs::remove_file(&target).unwrap();
    within(&mut language).layers[1].gate = None;
    assert!(
        fault(&language, &language.tokens, Precision::F32)
            .iter()
            .all(Option::is_some)
    );
    std::fs::create_dir(&target).unwrap();
    std::fs::write(target.join("model.safetensors.index.json"), "{}").unwrap();
    let gpt2 = folder("gpt2");
    let error = write_hugging_face(&target, of(&gpt2), &gpt2.tokens, Precision::F32).unwrap_err();
    assert!(error.to_string().contains("several files"));
}

#[test]
fn bases_are_told_from_speeds() {
    for base in [10_000.0, 500_000.0, 1e6, 12_345.678] {
        for width in [4, 8, 64, 128] {
            let (own, scale) = turns::of(&Turns::new(base, width, Pairing::Halves), width);
            assert!(matches!(scale, turns::Scale::Plain), "{base} {width}");
            assert!(
                own == base || base.fract() != 0.0 && (own / base - 1.0).abs() < 1e-12,
                "{own} {base} {width}"
            );
        }
    }
}
