//! What a training promises: the same bits at any number of threads and however often it was interrupted, an end where
//! values are not finite, and networks that write as they learnt.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use induce_core::model_file::{ModelFile, unsummed};
use induce_core::parallel::Team;
use induce_core::{Checkpoints, Fitted, Monitor, Outcome, Result, Run};
use induce_deep::language::{
    Corpus, Decoder, ENTRIES, GptSpec, LlamaSpec, RecurrentSpec, Settings, Texts, Tokenizer, TokenizerKind,
    Trained, evaluate, fit, network_of, open, own_bytes, settings_of,
};
use induce_deep::layers::Cell;
use induce_deep::train::{BayesSpec, HeldOutLoss, OptimizerKind, ScheduleKind, Training, WeightKind};
use induce_tensor::{Tape, Workspace};
use serde_json::json;

const TEXT: &str =
    "the sun rises, the sun sets; what was is what will be, and there is nothing new under the sun.\n";

fn corpus() -> Corpus {
    let text = TEXT.repeat(12);
    Corpus::new(&text, &TEXT.repeat(3), TokenizerKind::Char, usize::MAX).unwrap()
}

fn training() -> Training {
    Training {
        steps: 24,
        batch: 3,
        gradient_accumulation: 2,
        learning_rate: 5e-3,
        warmup: 4,
        ema_decay: 0.9,
        evaluate_every: 8,
        ..Training::default()
    }
}

fn gpt() -> GptSpec {
    GptSpec {
        layers: 2,
        heads: 2,
        embedding_width: 16,
        context: 12,
        dropout: 0.1,
        training: training(),
        ..GptSpec::default()
    }
}

/// Small networks of every kind, with all that a training can have.
fn every_kind() -> Vec<Settings> {
    let training = training();
    let llama = LlamaSpec {
        layers: 2,
        heads: 4,
        kv_heads: 2,
        embedding_width: 16,
        context: 12,
        tie_embeddings: false,
        training: training.clone(),
        ..LlamaSpec::default()
    };
    let recurrent = |cell, tied, optimizer| {
        let training = Training {
            optimizer,
            momentum: 0.5,
            ..training.clone()
        };
        let spec = RecurrentSpec {
            hidden_size: 16,
            context: 10,
            dropout: 0.1,
            tie_embeddings: tied,
            training,
            ..RecurrentSpec::default()
        };
        spec.of(cell)
    };
    vec![
        gpt().into(),
        llama.into(),
        recurrent(Cell::Lstm, false, OptimizerKind::AdamW),
        recurrent(Cell::Gru, true, OptimizerKind::Sgd),
        recurrent(Cell::Rnn, false, OptimizerKind::AdamW),
        GptSpec {
            training: Training {
                bayes: BayesSpec {
                    weights: WeightKind::Bayes,
                    ..BayesSpec::default()
                },
                ..training
            },
            ..gpt()
        }
        .into(),
    ]
}

fn trained(settings: &Settings, plan: Option<&Checkpoints>, run: &mut Run) -> Result<Fitted<Trained>> {
    fit(settings, &json!({}), &corpus(), plan, run)
}

fn bytes(fitted: &Fitted<Trained>) -> Vec<u8> {
    fitted.model.file().unwrap().to_bytes().unwrap()
}

#[test]
fn the_same_bits_at_any_number_of_threads() {
    for settings in every_kind() {
        let of = |threads| trained(&settings, None, &mut Run::new(3).with_threads(threads)).unwrap();
        let one = of(1);
        for threads in [2, 4] {
            let more = of(threads);
            assert_eq!(bytes(&more), bytes(&one), "{settings:?}");
            assert_eq!(more.report, one.report);
            assert_eq!(more.model.held_out, one.model.held_out);
        }
        assert_ne!(
            bytes(&trained(&settings, None, &mut Run::new(4)).unwrap()),
            bytes(&one)
        );
    }
}

/// Asks to stop after a step.
struct StopAt(u64, Arc<AtomicBool>, Arc<AtomicU64>);

impl Monitor for StopAt {
    fn resume(&mut self, step: u64) {
        self.2.store(step, Ordering::Relaxed);
    }

    fn step(&mut self, step: u64, _: &[(String, f64)]) {
        let last = self.2.swap(step, Ordering::Relaxed);
        assert_eq!(step, last + 1, "it is told where it goes on from");
        if step == self.0 {
            self.1.store(true, Ordering::Relaxed);
        }
    }
}

fn plan(path: &Path, resume: bool) -> Checkpoints {
    Checkpoints {
        path: path.into(),
        every: Duration::from_secs(3600),
        resume,
        fingerprint: "this".into(),
    }
}

#[test]
fn an_interrupted_training_resumes_to_the_same_bits() {
    for settings in every_kind() {
        let whole = trained(&settings, None, &mut Run::new(3)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("checkpoint");
        let mut resume = false;
        // In the middle of an interval, at a look at held-out data, and where streams begin again.
        for stop in [3, 8, 17] {
            let (flag, seen) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
            let mut run = Run::new(3)
                .with_monitor(StopAt(stop, flag.clone(), seen.clone()))
                .with_cancellation(flag);
            let part = trained(&settings, Some(&plan(&path, resume)), &mut run).unwrap();
            assert!(matches!(part.outcome, Outcome::Stopped { .. }));
            assert_eq!(seen.load(Ordering::Relaxed), stop);
            assert!(open(&path, None).is_ok(), "a checkpoint is a model");
            resume = true;
        }
        let rest = trained(&settings, Some(&plan(&path, true)), &mut Run::new(3)).unwrap();
        assert_eq!(bytes(&rest), bytes(&whole), "{settings:?}");
        assert_eq!(rest.report, whole.report);
        let other = Checkpoints {
            fingerprint: "that".into(),
            ..plan(&path, true)
        };
        assert!(trained(&settings, Some(&other), &mut Run::new(3)).is_err());
    }
}

#[test]
fn damaged_checkpoints_are_told() {
    let settings = &every_kind()[2];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint");
    let every = Checkpoints {
        every: Duration::ZERO,
        ..plan(&path, false)
    };
    trained(settings, Some(&every), &mut Run::new(3)).unwrap();
    let whole = std::fs::read(&path).unwrap();
    for length in [0, 9, whole.len() / 2, whole.len() - 1] {
        std::fs::write(&path, &whole[..length]).unwrap();
        assert!(trained(settings, Some(&plan(&path, true)), &mut Run::new(3)).is_err());
    }
    for name in [
        "training.parameters",
        "training.first",
        "training.carried",
        "training.steps",
    ] {
        let mut file = ModelFile::read_bytes("x", &whole).unwrap();
        file.put(name, vec![1.0_f32; 3]);
        file.write(&path).unwrap();
        assert!(
            trained(settings, Some(&plan(&path, true)), &mut Run::new(3)).is_err(),
            "{name}"
        );
    }
}

/// A file of our own that ends early, or with a byte changed: an error with a hint, or a model; never a panic, and no
/// allocation for what a header claims and the file does not have.
#[test]
fn spoiled_files_of_our_own() {
    for settings in [&every_kind()[0], &every_kind()[2]] {
        let good = bytes(&trained(settings, None, &mut Run::new(0)).unwrap());
        own_bytes("good", &good).unwrap();
        // A bit of a weight.
        let mut turned = good.clone();
        *turned.last_mut().unwrap() ^= 1;
        assert!(
            own_bytes("turned", &turned)
                .err()
                .unwrap()
                .to_string()
                .contains("checksum")
        );
        let good = unsummed(good);
        let try_open = |bytes: &[u8]| {
            if let Err(error) = own_bytes("spoiled", bytes) {
                assert!(error.hint().is_some(), "`{error}` has no hint");
            }
        };
        let header = 8 + u64::from_le_bytes(good[..8].try_into().unwrap()) as usize;
        let mut bad = good.clone();
        for at in 0..header {
            try_open(&good[..at]);
            for change in [0xFF, 0x01, 0x08] {
                bad[at] ^= change;
                try_open(&bad);
                bad[at] ^= change;
            }
        }
        let text = String::from_utf8(good[8..header].to_vec()).unwrap();
        for (what, lie) in [
            ("\\\"layers\\\":2", "\\\"layers\\\":999999"),
            ("\\\"width\\\":16", "\\\"width\\\":524288"),
            ("\\\"context\\\":1", "\\\"context\\\":1000001"),
        ] {
            assert!(text.contains(what), "{what} in {text}");
            let mut lying = text.replace(what, lie);
            lying += &" ".repeat(lying.len().next_multiple_of(8) - lying.len());
            let file = [
                &(lying.len() as u64).to_le_bytes(),
                lying.as_bytes(),
                &good[header..],
            ]
            .concat();
            let error = own_bytes("lying", &file).err();
            assert!(error.is_some() || what.contains("context"), "{lie}");
        }
    }
}

#[test]
fn losses_fall_on_what_repeats() {
    for settings in every_kind() {
        let fitted = trained(&settings, None, &mut Run::new(0)).unwrap();
        let trace = &fitted.report.traces[0].points;
        assert!(trace.last().unwrap().1 < trace[0].1, "{settings:?}: {trace:?}");
    }
}

#[test]
fn numbers_that_are_not_finite_end_it_with_step_and_tensor() {
    let steep = |settings: Settings| {
        let error = trained(&settings, None, &mut Run::new(0))
            .err()
            .unwrap()
            .to_string();
        assert!(
            error.starts_with("step ") && error.contains("not finite"),
            "{error}"
        );
        error
    };
    let rate = Training {
        learning_rate: 1e30,
        clip_norm: 0.0,
        schedule: ScheduleKind::Constant,
        warmup: 0,
        ..training()
    };
    let error = steep(Settings::from(GptSpec {
        training: rate,
        ..gpt()
    }));
    assert!(error.contains('`'), "{error}");
}

/// What a network says on its tape, and what the decoder made of it says.
#[test]
fn networks_write_as_they_learnt() {
    for settings in every_kind() {
        let fitted = trained(&settings, None, &mut Run::new(1)).unwrap();
        let file = fitted.model.file().unwrap();
        let (network, parameters) = network_of(&file, &fitted.model.header).unwrap();
        let model = network.model(&parameters).unwrap();
        let tokens: Vec<u32> = corpus().held_out[..12].to_vec();
        let mut workspace = Workspace::default();
        let expected = Team::with(2, |team| {
            let tape = Tape::new(&mut workspace, &parameters, team);
            let texts = Texts {
                tokens: &tokens,
                count: 1,
            };
            let (logits, _) = network.logits(&tape, texts, &[], None);
            logits.values().unwrap()
        });
        let read = |cuts: &[usize]| {
            let mut decoder = Decoder::new(&model, 12);
            let (mut all, mut from) = (Vec::new(), 0);
            for to in cuts {
                let rows = decoder.read(&Team::alone(), &tokens[from..*to], to - from);
                all.extend_from_slice(rows.unwrap());
                from = *to;
            }
            all
        };
        let whole = read(&[12]);
        for (a, b) in whole.iter().zip(&expected) {
            assert!((a - b).abs() < 1e-4, "{settings:?}: {a} {b}");
        }
        assert_eq!(read(&[1, 2, 7, 12]), whole, "{settings:?} in parts");
        // Back to the fifth token, and on again.
        let mut decoder = Decoder::new(&model, 12);
        decoder.read(&Team::alone(), &tokens[..9], 1).unwrap();
        decoder.rewind(5);
        let again = decoder.read(&Team::alone(), &tokens[5..], 7).unwrap();
        assert_eq!(again, &whole[5 * model.vocab_size()..]);
    }
}

/// The training's own loss on held-out text, and that of `induce evaluate`, which reads it through the decoder.
#[test]
fn both_ways_to_evaluate_agree() {
    let folder = tempfile::tempdir().unwrap();
    for settings in every_kind() {
        let fitted = trained(&settings, None, &mut Run::new(1)).unwrap();
        let path = folder.path().join("model.safetensors");
        fitted.model.file().unwrap().write(&path).unwrap();
        let language = open(&path, None).unwrap();
        let loss = evaluate(&language, &TEXT.repeat(3), &mut Run::new(0)).unwrap();
        let own = fitted.model.held_out.unwrap();
        let count = |loss: &HeldOutLoss| loss.groups.iter().map(|group| group.1).sum::<f64>();
        if language.model.as_transformer().is_some() {
            assert_eq!(count(&loss), count(&own));
            assert!((loss.mean() - own.mean()).abs() < 1e-4);
        } else {
            // In training several streams are read at once, each from a state of 0.
            assert!((loss.mean() - own.mean()).abs() < 0.1);
        }
    }
}

/// A training with several layers, both ways: the stack as a whole against its parts.
#[test]
fn a_text_that_is_read_in_parts_is_the_whole_text() {
    let shape = every_kind()[2].shape(9);
    let (network, parameters) = shape.network(0.0, Some(5)).unwrap();
    assert!(network.is_recurrent());
    let tokens: Vec<u32> = (0..20).map(|i| i * 7 % 9).collect();
    let mut workspace = Workspace::default();
    Team::with(2, |team| {
        let tape = Tape::new(&mut workspace, &parameters, team);
        let texts = |tokens| Texts { tokens, count: 1 };
        let (whole, _) = network.logits(&tape, texts(&tokens), &[], None);
        let (_, state) = network.logits(&tape, texts(&tokens[..8]), &[], None);
        let state: Vec<f32> = state.iter().flat_map(|s| s.values().unwrap()).collect();
        let (rest, _) = network.logits(&tape, texts(&tokens[8..]), &state, None);
        let (whole, rest) = (whole.values().unwrap(), rest.values().unwrap());
        for (a, b) in whole[8 * 9..].iter().zip(&rest) {
            assert!((a - b).abs() < 1e-6);
        }
    });
}

#[test]
fn texts_that_cannot_be_learnt_from_are_refused() {
    let of = |train: &str, held_out: &str| -> Result<Fitted<Trained>> {
        let corpus = Corpus::new(train, held_out, TokenizerKind::Char, usize::MAX)?;
        fit(&every_kind()[0], &json!({}), &corpus, None, &mut Run::new(0))
    };
    for (train, held_out) in [("", ""), ("a", ""), ("abc", "abc"), (TEXT, "a")] {
        let error = of(train, held_out).err().unwrap();
        assert!(error.hint().is_some(), "{error}");
    }
    assert!(of(TEXT, "").unwrap().model.held_out.is_none());
    let unknown = Corpus::with(
        Tokenizer::train("ab", TokenizerKind::Char, 10).unwrap(),
        "abc",
        "",
    );
    assert!(unknown.is_err());
}

/// Settings of earlier versions, with the names they had, and the shape in files, whose names stay.
#[test]
fn names_of_earlier_versions_are_read() {
    for entry in ENTRIES {
        let new = (entry.defaults)();
        let mut old = serde_json::Map::new();
        for setting in entry.settings {
            let was = setting.aliases.first().unwrap_or(&setting.name);
            old.insert((*was).to_owned(), new[setting.name].clone());
        }
        assert!(old.contains_key("warm_up") && old.contains_key("width"));
        let read = |json: &serde_json::Value| format!("{:?}", settings_of(entry.info.name, json).unwrap());
        assert_eq!(read(&old.into()), read(&new), "{}", entry.info.name);
    }
    let shape = |i: usize| {
        let fitted = trained(&every_kind()[i], None, &mut Run::new(0)).unwrap();
        fitted.model.file().unwrap().metadata["network"].clone()
    };
    let gpt = r#"{"kind":"gpt","vocabulary":20,"layers":2,"heads":2,"key_heads":2,"width":16,"hidden":64,"context":12,"tied":true}"#;
    assert_eq!(shape(0), gpt);
    let lstm = r#"{"kind":"recurrent","cell":"lstm","vocabulary":20,"layers":2,"width":16,"context":10,"tied":false}"#;
    assert_eq!(shape(2), lstm);
}
