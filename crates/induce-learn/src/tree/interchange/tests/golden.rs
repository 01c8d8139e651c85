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
            let tolerance = if imported.format == Format::Lightgbm { 1e-13 } else { 1e-6 };
            let worst = difference(&got, &expected, 0.1);
            assert!(worst < tolerance, "{file} is off by {worst:e}");
            let classes = imported.model.ensemble.schema.classes.len();
            assert!([0, 2, imported.model.ensemble.outputs()].contains(&classes), "{}", case.name);
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
            let again = read("again", &bytes).unwrap_or_else(|e| panic!("{file} as {}: {e}", format.name()));
            let got = again.model.predict(&table, 1).unwrap();
            let tolerance = if format == Format::Lightgbm { 1e-14 } else { 1e-6 };
            let worst = difference(&got, &expected, 0.1);
            assert!(worst < tolerance, "{file} as {} is off by {worst:e}", format.name());
            assert_eq!(again.model.ensemble.schema.names(), own.model.ensemble.schema.names());
            assert_eq!(again.model.ensemble.link, own.model.ensemble.link);
        }
    }
    assert_eq!(refused, [("lgb-zeros".to_string(), "xgboost-json"), ("lgb-zeros".to_string(), "xgboost-ubj")]);
}

/// XGBoost's two spellings of one model are one model.
#[test]
fn json_and_ubjson_are_the_same_model() {
    for name in ["xgb-regression", "xgb-partition"] {
        let of = |ending: &str| {
            let file = format!("{name}.{ending}");
            read(&file, &std::fs::read(folder().join(&file)).unwrap()).unwrap().model
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
