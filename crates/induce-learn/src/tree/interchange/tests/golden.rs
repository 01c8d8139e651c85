use super::super::{Format, read};
use super::{cases, difference, folder};

/// What the packages predict with their own models.
#[test]
fn predictions_equal_those_of_the_packages() {
    let mut count = 0;
    for case in cases() {
        let (table, expected) = (case.table(), case.predictions.concat());
        for file in &case.files {
            let imported = read(file, &std::fs::read(folder().join(file)).unwrap()).unwrap();
            let got = imported.model.predict(&table, 1).unwrap();
            // XGBoost adds leaves up in single precision.
            let tolerance = if imported.format == Format::Lightgbm {
                1e-13
            } else {
                1e-6
            };
            let worst = difference(&got, &expected, 0.1);
            assert!(worst < tolerance, "{file} is off by {worst:e}");
            let classes = imported.model.ensemble.schema.classes.len();
            assert!(
                [0, 2, imported.model.ensemble.outputs()].contains(&classes),
                "{}",
                case.name
            );
            count += 1;
        }
    }
    assert!(count > 35);
}

/// Through each format and back: nothing is lost in the same format, and little in another.
#[test]
fn models_survive_every_format() {
    let mut refused = Vec::new();
    for case in cases() {
        let table = case.table();
        let file = &case.files[0];
        let own = read(file, &std::fs::read(folder().join(file)).unwrap()).unwrap();
        let expected = own.model.predict(&table, 1).unwrap();
        for format in Format::ALL {
            let Ok(bytes) = format.write(&own.model) else {
                refused.push((case.name.clone(), format.name()));
                continue;
            };
            assert_eq!(Format::of(&bytes), Some(format));
            let mut again =
                read("again", &bytes).unwrap_or_else(|e| panic!("{file} as {}: {e}", format.name()));
            // LightGBM has no spaces in names.
            for (new, old) in again
                .model
                .ensemble
                .schema
                .features
                .iter_mut()
                .zip(&own.model.ensemble.schema.features)
            {
                assert!(new.name == old.name || new.name == old.name.replace(' ', "_"));
                new.name.clone_from(&old.name);
            }
            let got = again.model.predict(&table, 1).unwrap();
            let tolerance = if format == Format::Lightgbm { 1e-14 } else { 1e-6 };
            let worst = difference(&got, &expected, 0.1);
            assert!(
                worst < tolerance,
                "{file} as {} is off by {worst:e}",
                format.name()
            );
            assert_eq!(again.model.ensemble.link, own.model.ensemble.link);
        }
    }
    assert_eq!(
        refused,
        [
            ("lgb-zeros".to_string(), "xgboost-json"),
            ("lgb-zeros".to_string(), "xgboost-ubj")
        ]
    );
}

/// XGBoost's two spellings of one model are one model.
#[test]
fn json_and_ubjson_are_the_same_model() {
    for name in ["xgb-regression", "xgb-partition", "xgb-dart", "xgb-foreign"] {
        let of = |ending: &str| {
            let file = format!("{name}.{ending}");
            read(&file, &std::fs::read(folder().join(&file)).unwrap())
                .unwrap()
                .model
        };
        assert!(of("json") == of("ubj"), "{name}");
    }
}

/// What was read from XGBoost is written as the very same trees.
#[test]
fn trees_of_xgboost_come_back_bit_for_bit() {
    let bytes = std::fs::read(folder().join("xgb-partition.ubj")).unwrap();
    let own = read("own", &bytes).unwrap().model;
    for format in [Format::XgboostJson, Format::XgboostUbj] {
        let again = read("again", &format.write(&own).unwrap()).unwrap().model;
        assert!(again.ensemble.trees == own.ensemble.trees, "{}", format.name());
        assert_eq!(again.ensemble.schema, own.ensemble.schema);
    }
}

/// From 3.4 on XGBoost calls DART `gbtree` and keeps the weights beside the trees.
#[test]
fn both_spellings_of_dart_are_read() {
    let bytes = std::fs::read(folder().join("xgb-dart.json")).unwrap();
    let mut document: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    let booster = &mut document["learner"]["gradient_booster"];
    let weights = booster["weight_drop"].clone();
    assert!(
        weights
            .as_array()
            .unwrap()
            .iter()
            .any(|w| w.as_f64() != Some(1.0))
    );
    *booster =
        serde_json::json!({"name": "gbtree", "model": booster["gbtree"]["model"], "weight_drop": weights});
    let newer = read("newer", document.to_string().as_bytes()).unwrap();
    assert!(newer == read("own", &bytes).unwrap());
}

/// LightGBM 2 ended its trees with their importances.
#[test]
fn old_lightgbm_is_read() {
    let text = std::fs::read_to_string(folder().join("lgb-categories.txt")).unwrap();
    let old = text
        .replace("end of trees\n\n", "")
        .replace("version=v4", "version=v2")
        .replace('\n', "\r\n");
    assert!(read("old", old.as_bytes()).unwrap() == read("own", text.as_bytes()).unwrap());
}
