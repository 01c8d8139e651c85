use induce_core::model_file::{Array, Element, ModelFile, unsummed};
use induce_core::random::Stream;
use induce_core::{FitReport, Trace};
use induce_prob::Objective;
use proptest::prelude::*;

use super::super::boost::{Checkpoint, Order, Spec, Trial};
use super::super::ensemble::tests::random_tree;
use super::*;
use induce_core::model::{Feature, FeatureType, Schema};

/// Two numbers and 70 categories.
fn schema() -> Schema {
    let number = |name: &str| Feature {
        name: name.into(),
        feature_type: FeatureType::Number,
        read_as: None,
        notation: None,
    };
    let names = (0..70).map(|c| format!("c{c}")).collect();
    let category = Feature {
        name: "c".into(),
        feature_type: FeatureType::Category(names),
        read_as: None,
        notation: None,
    };
    Schema {
        features: vec![number("a"), number("b"), category],
        target: Some("y".into()),
        classes: Vec::new(),
    }
}

fn model(seed: u64, outputs: usize, leaves: &[usize]) -> Model {
    let stream = Stream::new(seed, "store");
    let trees = (0..leaves.len() * outputs).map(|t| random_tree(stream.child(t as u64), leaves[t / outputs]));
    let ensemble = Ensemble {
        schema: schema(),
        start: (0..outputs).map(|k| stream.uniform(k as u64)).collect(),
        trees: trees.collect(),
        link: if outputs > 1 { Link::Softmax } else { Link::Log },
        single: seed % 2 == 1,
        average: seed % 3 == 1,
    };
    let spec = Spec {
        objective: Objective::Poisson,
        learning_rate: 0.1 + 1e-17,
        ..Spec::default()
    };
    Model {
        ensemble,
        objective: "poisson".into(),
        spec,
    }
}

fn checkpoint(seed: u64, rows: usize) -> Checkpoint {
    let model = model(seed, 2, &[3, 5]);
    let points = (1..4).map(|i| (i, 1.0 / i as f64)).collect();
    let trace = |split: &str, points| Trace::new(split, "loss", points);
    Checkpoint {
        trees: model.ensemble.trees,
        scores: vec![vec![0.1; rows], vec![1.0 / 3.0; rows]],
        valid_scores: if seed.is_multiple_of(2) {
            Vec::new()
        } else {
            vec![vec![2.0; 3], vec![-0.0; 3]]
        },
        chosen: seed.is_multiple_of(4).then_some(17),
        trial: seed.is_multiple_of(4).then_some(Trial {
            subsample: 0.8,
            colsample: 1.0,
            growth: Order::Symmetric,
            max_leaves: 64,
        }),
        best: seed.is_multiple_of(3).then_some((2, f64::INFINITY)),
        report: FitReport::new(3, vec![trace("train", points), trace("valid", Vec::new())]),
    }
}

proptest! {
    #[test]
    fn a_model_comes_back_bit_for_bit(seed in 0..u64::MAX, outputs in 1..4_usize, leaves in prop::collection::vec(1..40_usize, 0..6)) {
        let model = model(seed, outputs, &leaves);
        let bytes = model.to_file().unwrap().to_bytes().unwrap();
        let again = Model::from_file(&ModelFile::read_bytes("memory", &bytes).unwrap()).unwrap();
        prop_assert_eq!(&again, &model);
        prop_assert_eq!(again.to_file().unwrap().to_bytes().unwrap(), bytes);
    }

    #[test]
    fn a_checkpoint_comes_back_bit_for_bit(seed in 0..100_u64, rows in 0..50_usize) {
        let state = checkpoint(seed, rows);
        let bytes = state.to_file("here").unwrap().to_bytes().unwrap();
        let file = ModelFile::read_bytes("memory", &bytes).unwrap();
        let again = Checkpoint::from_file(&file, "here", &schema()).unwrap();
        prop_assert_eq!(&again, &state);
        prop_assert_eq!(again.to_file("here").unwrap().to_bytes().unwrap(), bytes);
        prop_assert!(Checkpoint::from_file(&file, "there", &schema()).is_err());
    }

    #[test]
    fn no_flipped_bit_is_a_panic(at in any::<prop::sample::Index>(), bit in 0..8_u8) {
        let mut bytes = unsummed(model(1, 2, &[4, 9]).to_file().unwrap().to_bytes().unwrap());
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        let _ = ModelFile::read_bytes("flipped", &bytes).and_then(|file| Model::from_file(&file));
    }
}

/// The message of opening a model after `change`.
fn message(change: impl Fn(&mut ModelFile)) -> String {
    let mut file = model(4, 1, &[9, 4]).to_file().unwrap();
    change(&mut file);
    let error = Model::from_file(&file).unwrap_err();
    assert!(error.hint().is_some());
    error.to_string()
}

fn set<T>(file: &mut ModelFile, name: &str, i: usize, value: T)
where
    Vec<T>: Into<Array>,
    T: Element,
{
    let mut values = file.values::<T>(name).unwrap().to_vec();
    values[i] = value;
    file.put(name, values);
}

#[test]
fn broken_models_are_named_errors() {
    let names: Vec<String> = model(4, 1, &[9, 4])
        .to_file()
        .unwrap()
        .tensors
        .into_keys()
        .collect();
    for name in &names {
        assert!(message(|f| drop(f.tensors.remove(name))).contains(&format!("no tensor `{name}`")));
        assert!(
            message(|f| f.put(name.clone(), vec![0_i64]))
                .contains(&format!("tensor `{name}` is of type I64"))
        );
    }
    for key in ["spec", "schema", "ensemble", "objective"] {
        assert!(message(|f| drop(f.metadata.remove(key))).contains(&format!("no `{key}`")));
    }
    assert!(message(|f| f.kind = "forest".into()).contains("of the kind `forest`"));
    assert!(message(|f| set(f, "branch.left", 0, 0_i32)).contains("leads back to branch 0"));
    assert!(message(|f| set(f, "branch.left", 0, 99_i32)).contains("out of range"));
    assert!(message(|f| set(f, "branch.left", 0, i32::MIN)).contains("out of range"));
    assert!(message(|f| set(f, "leaf.value", 3, f64::NAN)).contains("a leaf value is NaN"));
    assert!(message(|f| set(f, "branch.feature", 0, 3_u32)).contains("asks feature 3 of 3"));
    assert!(message(|f| set(f, "branch.flags", 1, 1_u8)).contains("category sets"));
    assert!(message(|f| set(f, "start", 0, f64::INFINITY)).contains("start score"));
    assert!(message(|f| f.put("start", vec![0.0; 3])).contains("2 trees for 3 outputs"));
    assert!(message(|f| set(f, "tree.offset", 1, 99_u64)).contains("does not rise"));
    assert!(message(|f| f.put("leaf.cover", vec![0.0])).contains("1 elements where 13 belong"));
    let fewer = |names: usize| {
        move |f: &mut ModelFile| {
            let mut schema = schema();
            schema.features[2].feature_type =
                FeatureType::Category((0..names).map(|c| c.to_string()).collect());
            f.put_json("schema", &schema).unwrap();
        }
    };
    assert!(message(fewer(65)).contains("lists category 6"));
    assert!(message(fewer(10)).contains("question of another type"));
    let all_numbers = message(|f| {
        let text = serde_json::to_string(&schema()).unwrap();
        let cut = text.find("{\"category\"").unwrap();
        let end = cut + text[cut..].find('}').unwrap();
        f.metadata.insert(
            "schema".into(),
            format!("{}\"number\"{}", &text[..cut], &text[end + 1..]),
        );
    });
    assert!(all_numbers.contains("question of another type"), "{all_numbers}");
}

#[test]
fn broken_checkpoints_are_errors() {
    let names: Vec<String> = checkpoint(3, 5)
        .to_file("x")
        .unwrap()
        .tensors
        .into_keys()
        .collect();
    for name in &names {
        for replacement in [None, Some(Array::U64(vec![7])), Some(Array::F64(vec![0.5; 7]))] {
            let mut file = checkpoint(3, 5).to_file("x").unwrap();
            file.tensors.remove(name);
            replacement
                .into_iter()
                .for_each(|array| file.put(name.clone(), array));
            assert!(Checkpoint::from_file(&file, "x", &schema()).is_err(), "{name}");
        }
    }
}

fn sample_path() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/models/boost-v1.safetensors")
}

/// A file of format version 1 must open for ever, as the model that it was.
#[test]
fn the_sample_of_version_1_opens() {
    let file = ModelFile::read(sample_path()).unwrap();
    assert_eq!(
        (file.version, file.metadata["card"].as_str()),
        (1, "{\"note\":\"sample\"}")
    );
    let (opened, kept) = (Model::from_file(&file).unwrap(), model(7, 2, &[3, 1, 6]));
    assert_eq!(
        (opened.ensemble, opened.objective),
        (kept.ensemble, kept.objective)
    );
    assert_eq!(
        opened.spec.learning_rate.to_bits(),
        kept.spec.learning_rate.to_bits()
    );
}

/// Once per format version: `cargo test -p induce-learn write_the_sample -- --ignored`.
#[test]
#[ignore = "writes the sample of the current version"]
fn write_the_sample() {
    let mut file = model(7, 2, &[3, 1, 6]).to_file().unwrap();
    file.metadata
        .insert("card".into(), "{\"note\":\"sample\"}".into());
    file.write(sample_path()).unwrap();
}
