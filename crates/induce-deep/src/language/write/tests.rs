#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod llama2c;

use std::path::PathBuf;

use induce_core::parallel::Team;
use induce_tensor::inference::{Rope, RopeLayout, Weight};

use super::*;
use crate::language::architectures::interchange_of;
use crate::language::transformer::rope::{Scale, scale_of};
use crate::language::{
    Decoder, LanguageModel, Layer, Linear, Norm, Pretrained, Spec, TokenizerKind, gguf_bytes, open,
};

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name)
}

fn folder(name: &str) -> Pretrained {
    open(&golden(name), None).unwrap()
}

/// Llama's kind with everything that may be left out: biases, a table with more rows than tokens, scaled positions.
fn strange() -> Pretrained {
    let mut language = folder("llama");
    let model = within(&mut language);
    let spec = &mut model.spec;
    let rope = spec.rotary.take().unwrap();
    let slower = rope
        .frequencies()
        .iter()
        .map(|frequency| frequency / 4.0)
        .collect();
    spec.rotary = Some(Rope::with_frequencies(slower, rope.layout()));
    spec.vocab_size += 3;
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

fn within(language: &mut Pretrained) -> &mut Transformer {
    let model = language.model.transformer_mut();
    model.expect("the folder holds a transformer")
}

fn of(language: &Pretrained) -> &Transformer {
    language.model.transformer("a test").unwrap()
}

/// All values of a model, under names.
fn numbers(model: &Transformer, layout: RopeLayout) -> Vec<(String, Vec<f32>)> {
    let mut all = Vec::new();
    let names = crate::language::gguf::NAMES;
    parts::each(
        model,
        interchange_of(model).unwrap(),
        &names,
        layout,
        &mut |part| {
            all.push((part.name, part.values));
            Ok(())
        },
    )
    .unwrap();
    all
}

fn logits(model: &LanguageModel) -> Vec<f32> {
    let ids = [1, 5, 200, 7, 0];
    Decoder::new(model, ids.len())
        .read(&Team::alone(), &ids, ids.len())
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
        let own = numbers(model, RopeLayout::Halves);
        let house = tempfile::tempdir().unwrap();
        write_hugging_face(house.path(), model, tokens, Precision::F32).unwrap();
        let again = open(house.path(), None).unwrap();
        assert_eq!(numbers(of(&again), RopeLayout::Halves), own);
        assert_eq!(logits(&again.model), logits(&language.model));
        let path = house.path().join("m.gguf");
        write_gguf(&path, model, tokens, Precision::F32).unwrap();
        let ours = open(&path, None).unwrap();
        assert_eq!(numbers(of(&ours), RopeLayout::Halves), own);
        // The values of a head are summed in another order there.
        assert!(near(&logits(&ours.model), &logits(&language.model)));
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
            let errors = numbers(&model, RopeLayout::Neighbours)
                .into_iter()
                .zip(numbers(of(&language), RopeLayout::Neighbours));
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

/// Rows of 256 weights in whole blocks; rows of 64 and 96 in what blocks of 32 allow.
#[test]
fn every_precision_of_gguf_is_read_as_it_was_rounded() {
    use Precision::{Bf16, F16, F32, Q4_0, Q4_1, Q4K, Q6K, Q8_0};
    let text: String = (0..=127_u8).map(char::from).collect();
    let tokens = Tokenizer::train(&text, TokenizerKind::Char, 200).unwrap();
    // A share of the largest weight that an error may be.
    let bounds = [
        (F32, 0.0),
        (F16, 1.0 / 2048.0),
        (Bf16, 1.0 / 256.0),
        (Q8_0, 1.0 / 220.0),
        (Q4_0, 1.0 / 7.9),
        (Q4_1, 1.0 / 14.0),
        (Q4K, 1.0 / 7.0),
        (Q6K, 1.0 / 28.0),
    ];
    for (width, hidden) in [(256, 512), (64, 96)] {
        let model = wide(width, hidden, true);
        let exact = numbers(&model, RopeLayout::Neighbours);
        let mut length = usize::MAX;
        for (precision, bound) in bounds {
            let bytes = gguf::bytes(&model, &tokens, precision).unwrap();
            let (again, _) = gguf_bytes("again", &bytes).unwrap();
            for ((name, own), (_, exact)) in numbers(&again, RopeLayout::Neighbours).iter().zip(&exact) {
                let most = exact.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
                let off = own
                    .iter()
                    .zip(exact)
                    .map(|(a, b)| (a - b).abs())
                    .fold(0.0, f32::max);
                assert!(off <= bound * most, "{precision:?} {name}: {off} of {most}");
            }
            let finer = matches!(precision, Q4_1 | Q4K | Q6K);
            assert!(finer || bytes.len() <= length, "{precision:?}");
            length = bytes.len();
        }
    }
}

#[test]
fn scores_of_llama2c_come_out_in_gguf() {
    let language = open(&golden("tiny.bin"), Some(&golden("tok.bin"))).unwrap();
    let bytes = gguf::bytes(of(&language), &language.tokens, Precision::F32).unwrap();
    let (model, tokens) = gguf_bytes("again", &bytes).unwrap();
    // Both turn neighbours, so nothing is in another order.
    assert_eq!(logits(&LanguageModel::new(model)), logits(&language.model));
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

/// A llama of `width` with heads, a hidden width and a vocabulary of which every value is another.
fn wide(width: usize, hidden: usize, tied: bool) -> Transformer {
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
    let model = Transformer {
        spec: Spec {
            architecture: "llama",
            vocab_size: vocabulary,
            embedding_width: width,
            feed_forward_width: hidden,
            layers: 2,
            heads,
            kv_heads: 2,
            head_width: width / heads,
            context: 16,
            epsilon: 1e-5,
            rotary: Some(Rope::new(10_000.0, width / heads, RopeLayout::Halves)),
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

/// Characters of ASCII are looked up in GGUF, too; llama.cpp has no end where others have the first byte of a known one.
#[test]
fn characters_come_out_of_gguf_as_they_went_in() {
    let model = wide(32, 48, true);
    let text: String = (0..=127_u8).map(char::from).collect();
    let tokens = Tokenizer::train(&text, TokenizerKind::Char, 200).unwrap();
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
        (
            Tokenizer::train("na\u{ef}ve", TokenizerKind::Char, 9).unwrap(),
            "\u{ef}",
        ),
        (Tokenizer::train("a b", TokenizerKind::Word, 9).unwrap(), "words"),
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
    let fault = |language: &Pretrained, tokens: &Tokenizer, precision| {
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
    assert!(eight[0].as_ref().unwrap().contains("fewer bits") && eight[1].is_none());
    std::fs::remove_file(&target).unwrap();
    let words = Tokenizer::train("a b", TokenizerKind::Word, 10).unwrap();
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
    let rope = Rope::with_frequencies(vec![1.0, 0.1, 0.007, 0.0001], RopeLayout::Halves);
    within(&mut language).spec.rotary = Some(rope);
    let [Some(rope), None] = fault(&language, &language.tokens, Precision::F32) else {
        panic!("GGUF has factors")
    };
    assert!(rope.contains("RoPE scaling of this model"));
    let again = open(&target, None).unwrap();
    let frequencies = of(&again).spec.rotary.clone().unwrap();
    assert!(
        frequencies
            .frequencies()
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
            let (own, scale) = scale_of(&Rope::new(base, width, RopeLayout::Halves), width);
            assert!(matches!(scale, Scale::Plain), "{base} {width}");
            assert!(
                own == base || base.fract() != 0.0 && (own / base - 1.0).abs() < 1e-12,
                "{own} {base} {width}"
            );
        }
    }
}
