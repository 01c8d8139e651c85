//! Broken files are errors: never a panic, a hang, or gigabytes.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::super::value::Value;
use super::super::{json as spelling, read, ubjson};
use super::folder;

fn bytes(file: &str) -> Vec<u8> {
    std::fs::read(folder().join(file)).unwrap()
}

/// Read what may be broken; the result must come at once, and if it is a model, predict.
fn survive(what: &str, bytes: &[u8]) -> bool {
    let start = Instant::now();
    let result = read("hostile", bytes);
    assert!(start.elapsed() < Duration::from_secs(10), "{what} takes too long");
    if let Err(error) = &result {
        assert!(
            error.to_string().contains("hostile") && error.hint().is_some(),
            "{error}"
        );
    }
    result.is_ok()
}

/// Every place in a document.
fn paths(value: &Json, at: &str, out: &mut Vec<String>) {
    match value {
        Json::Object(map) => map.iter().for_each(|(key, inner)| {
            out.push(format!("{at}/{key}"));
            paths(inner, &format!("{at}/{key}"), out);
        }),
        Json::Array(items) => items.iter().enumerate().for_each(|(i, inner)| {
            out.push(format!("{at}/{i}"));
            paths(inner, &format!("{at}/{i}"), out);
        }),
        _ => {}
    }
}

/// Keys that XGBoost itself does without, or that only inform.
const OPTIONAL: [&str; 17] = [
    "version",
    "attributes",
    "feature_names",
    "feature_types",
    "num_target",
    "boost_from_average",
    "num_parallel_tree",
    "iteration_indptr",
    "num_deleted",
    "split_type",
    "reg_loss_param",
    "scale_pos_weight",
    "cats",
    "id",
    "parents",
    "size_leaf_vector",
    "feature_segments",
];

#[test]
fn xgboost_without_a_key_is_an_error() {
    let document: Json = serde_json::from_slice(&bytes("xgb-partition.json")).unwrap();
    let mut all = Vec::new();
    paths(&document, "", &mut all);
    for path in &all {
        let (parent, key) = path.rsplit_once('/').unwrap();
        if key.parse::<usize>().is_ok() {
            continue;
        }
        let mut broken = document.clone();
        broken
            .pointer_mut(parent)
            .unwrap()
            .as_object_mut()
            .unwrap()
            .remove(key);
        let read = survive(path, broken.to_string().as_bytes());
        let informs =
            OPTIONAL.contains(&key) || path.contains("/cats/") || path.ends_with("tree_param/num_feature");
        assert!(!read || informs, "{path} can be left out");
    }
}

#[test]
fn xgboost_with_anything_replaced_is_survived() {
    let hostile = [
        json!("text"),
        json!(""),
        json!(-1),
        json!(1e300),
        json!(4294967296_u64),
        json!(null),
        json!(true),
        json!([]),
        json!({}),
        json!([1e99, -1]),
        json!(0.5),
        json!("99999999999"),
        json!("-1"),
        json!([[[]]]),
        json!("[1,2,3,4]"),
    ];
    for file in ["xgb-partition.json", "xgb-dart.json", "xgb-multi.json"] {
        let document: Json = serde_json::from_slice(&bytes(file)).unwrap();
        let mut all = Vec::new();
        paths(&document, "", &mut all);
        for (i, path) in all.iter().enumerate() {
            // Every kind of replacement at every place would take minutes: elements take turns.
            let element = path.rsplit('/').next().unwrap().parse::<usize>().is_ok();
            for (k, replacement) in hostile.iter().enumerate() {
                if element && (i + k) % 5 != 0 {
                    continue;
                }
                let mut broken = document.clone();
                *broken.pointer_mut(path).unwrap() = replacement.clone();
                survive(
                    &format!("{file}{path} = {replacement}"),
                    broken.to_string().as_bytes(),
                );
            }
        }
    }
}

/// The reason why a changed `xgb-partition.json` is refused.
fn refusal(changes: &[(&str, Json)]) -> String {
    let mut document: Json = serde_json::from_slice(&bytes("xgb-partition.json")).unwrap();
    for (path, value) in changes {
        let path = path
            .replace("T/", "/learner/gradient_booster/model/trees/0/")
            .replace("P/", "/learner/learner_model_param/");
        *document.pointer_mut(&path).unwrap_or_else(|| panic!("{path}")) = value.clone();
    }
    read("hostile", document.to_string().as_bytes())
        .unwrap_err()
        .to_string()
}

#[test]
fn what_is_wrong_with_an_xgboost_model_is_said() {
    let cases: [(&str, Json, &str); 22] = [
        ("T/left_children/1", json!(0), "two branches lead to node 0"),
        ("T/left_children/0", json!(2), "two branches lead to node 2"),
        ("T/right_children/0", json!(99), "a child is 99"),
        ("T/right_children/0", json!(-7), "a child is -7"),
        ("T/split_indices/0", json!(50), "the feature of a branch is 50"),
        ("T/split_indices/0", json!(-1), "the feature of a branch is -1"),
        (
            "T/split_conditions",
            json!([0.5]),
            "`split_conditions` has 1 elements",
        ),
        ("T/split_conditions", json!("x"), "`split_conditions` is a text"),
        (
            "T/tree_param/num_nodes",
            json!("4000000000"),
            "where 4000000000 belong",
        ),
        ("T/tree_param/num_nodes", json!("-1"), "`num_nodes` is `-1`"),
        ("T/tree_param/size_leaf_vector", json!("3"), "vectors"),
        ("T/categories/0", json!(1e15), "a category is 1000000000000000"),
        ("T/categories_sizes/0", json!(1000), "the size of a segment"),
        ("P/base_score", json!("[1,2]"), "`base_score` is `[1,2]`"),
        ("P/base_score", json!("inf"), "`base_score` is `inf`"),
        ("P/num_class", json!("1000000000"), "1000000000 outputs"),
        ("P/num_class", json!("3"), "unevenly"),
        (
            "P/num_feature",
            json!("4000000000"),
            "`num_feature` is 4000000000",
        ),
        ("/learner/objective/name", json!("binary:hinge"), "no likelihood"),
        (
            "/learner/objective/name",
            json!("my:loss"),
            "`my:loss` is not known",
        ),
        (
            "/learner/gradient_booster/name",
            json!("gblinear"),
            "linear model",
        ),
        (
            "/learner/gradient_booster/model/gbtree_model_param/num_trees",
            json!("5"),
            "there are 4 trees",
        ),
    ];
    for (path, value, reason) in cases {
        let said = refusal(&[(path, value.clone())]);
        assert!(said.contains(reason), "{path} = {value}: {said}");
    }
    let leaf = refusal(&[("T/split_conditions", Json::Array(vec![json!(1e99); 15]))]);
    assert!(
        leaf.contains("leaf value is inf") || leaf.contains("where"),
        "{leaf}"
    );
}

/// Many nodes that share one long list of categories, and one category with a huge code.
#[test]
fn small_files_do_not_ask_for_much_memory() {
    let nodes = 40_001;
    let inner = nodes / 2;
    let of = |f: &dyn Fn(usize) -> Json| Json::Array((0..nodes).map(f).collect());
    let tree = |categories: Json, segments: Json, sizes: Json| {
        json!({
            "tree_param": {"num_nodes": nodes.to_string(), "size_leaf_vector": "1"},
            "left_children": of(&|i| if i < inner { json!(2 * i + 1) } else { json!(-1) }),
            "right_children": of(&|i| if i < inner { json!(2 * i + 2) } else { json!(-1) }),
            "split_indices": of(&|_| json!(0)), "split_conditions": of(&|_| json!(0.5)), "default_left": of(&|_| json!(0)),
            "loss_changes": of(&|_| json!(0.0)), "sum_hessian": of(&|_| json!(1.0)), "base_weights": of(&|_| json!(0.0)),
            "split_type": of(&|i| json!(u8::from(i < inner))),
            "categories": categories, "categories_nodes": Json::Array((0..inner).map(|i| json!(i)).collect()),
            "categories_segments": segments, "categories_sizes": sizes,
        })
    };
    let model = |tree: Json| {
        json!({"learner": {
            "learner_model_param": {"base_score": "0.5", "num_class": "0", "num_feature": "1"},
            "objective": {"name": "reg:squarederror"},
            "gradient_booster": {"name": "gbtree", "model": {
                "gbtree_model_param": {"num_trees": "1"}, "tree_info": [0], "trees": [tree]}}}})
    };
    let all = |value: Json| Json::Array(vec![value; inner]);
    let rising = |step: usize| Json::Array((0..inner).map(|i| json!(i * step)).collect());
    let huge = model(tree(all(json!(16_777_215)), rising(1), all(json!(1))));
    let shared = model(tree(
        Json::Array((0..20_000).map(|c| json!(c)).collect()),
        all(json!(0)),
        all(json!(20_000)),
    ));
    for (document, reason) in [(huge, "category sets are larger"), (shared, "overlap")] {
        let error = read("hostile", document.to_string().as_bytes())
            .unwrap_err()
            .to_string();
        assert!(error.contains(reason), "{error}");
    }
    let fine = model(tree(all(json!(7)), rising(1), all(json!(1))));
    assert_eq!(
        read("fine", fine.to_string().as_bytes())
            .unwrap()
            .model
            .ensemble
            .trees[0]
            .branches
            .len(),
        inner
    );
}

/// Every value of a UBJSON document replaced by something else.
#[test]
fn ubjson_with_anything_replaced_is_survived() {
    let document = ubjson::read(&bytes("xgb-partition.ubj")).unwrap();
    let count = places(&document);
    assert!(count > 60);
    let hostile = [
        Value::Null,
        Value::text("x"),
        Value::Integer(-1),
        Value::Float(f64::NAN),
        Value::F32(vec![f32::NAN; 15]),
        Value::I32(vec![-1; 15]),
        Value::I64(vec![i64::MAX; 15]),
        Value::List(vec![]),
        Value::map([]),
        Value::I8(vec![1; 15]),
    ];
    for at in 0..count {
        for replacement in &hostile {
            let mut broken = document.clone();
            replace(&mut broken, &mut at.clone(), replacement);
            survive("ubj", &ubjson::write(&broken));
            survive("json", &spelling::write(&broken));
        }
    }
}

fn places(value: &Value) -> usize {
    1 + match value {
        Value::Map(entries) => entries.iter().map(|(_, v)| places(v)).sum(),
        Value::List(items) => items.iter().map(places).sum(),
        _ => 0,
    }
}

fn replace(value: &mut Value, left: &mut usize, by: &Value) -> bool {
    if *left == 0 {
        *value = by.clone();
        return true;
    }
    *left -= 1;
    match value {
        Value::Map(entries) => entries.iter_mut().any(|(_, v)| replace(v, left, by)),
        Value::List(items) => items.iter_mut().any(|v| replace(v, left, by)),
        _ => false,
    }
}

#[test]
fn lightgbm_without_a_line_is_an_error() {
    let text = String::from_utf8(bytes("lgb-categories.txt")).unwrap();
    let optional = [
        "version",
        "objective",
        "tree_sizes",
        "num_tree_per_iteration",
        "label_index",
        "split_gain",
        "leaf_weight",
        "leaf_count",
        "internal_value",
        "internal_weight",
        "internal_count",
        "is_linear",
        "shrinkage",
        "decision_type",
        "end of trees",
    ];
    let lines: Vec<&str> = text.lines().collect();
    let end = lines.iter().position(|line| *line == "end of trees").unwrap();
    for i in (0..=end).filter(|&i| !lines[i].is_empty()) {
        let mut broken = lines.clone();
        let line = broken.remove(i);
        let read = survive(line, broken.join("\n").as_bytes());
        let key = line.split('=').next().unwrap();
        assert!(!read || optional.contains(&key), "`{line}` can be left out");
    }
}

#[test]
fn lightgbm_with_anything_replaced_is_survived() {
    let text = String::from_utf8(bytes("lgb-categories.txt")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    for (i, line) in lines.iter().enumerate() {
        let Some((key, value)) = line.split_once('=') else {
            continue;
        };
        let words: Vec<&str> = value.split(' ').collect();
        for at in 0..words.len() {
            for by in [
                "text",
                "-1",
                "99999999999999999999",
                "4000000000",
                "nan",
                "inf",
                "1e308",
                "",
                "0",
                "0.5",
                "7 7",
            ] {
                let mut changed = words.clone();
                changed[at] = by;
                let mut broken = lines.clone();
                let line = format!("{key}={}", changed.join(" "));
                broken[i] = &line;
                survive(&line, broken.join("\n").as_bytes());
            }
        }
    }
}

#[test]
fn what_is_wrong_with_a_lightgbm_model_is_said() {
    let text = String::from_utf8(bytes("lgb-categories.txt")).unwrap();
    let cases = [
        ("num_leaves=", "num_leaves=1000000000", "where 1000000000 belong"),
        ("num_leaves=", "num_leaves=0", "elements where 0 belong"),
        (
            "left_child=",
            "left_child=0 0 0 0 0",
            "two branches lead to node 0",
        ),
        ("left_child=", "left_child=99 0 0 0 0", "leads to node 99"),
        (
            "split_feature=",
            "split_feature=77 0 0 0 0",
            "asks feature 77 of 5",
        ),
        ("leaf_value=", "leaf_value=nan 0 0 0 0 0", "a leaf value is NaN"),
        (
            "num_cat=",
            "num_cat=18446744073709551615",
            "where 18446744073709551615 belong",
        ),
        ("cat_boundaries=", "cat_boundaries=0 5 1 2", "elements where"),
        ("is_linear=", "is_linear=1", "linear models"),
        (
            "objective=",
            "objective=cross_entropy_lambda",
            "`cross_entropy_lambda` is not known",
        ),
        ("objective=", "objective=regression sqrt", "squares"),
        ("num_class=", "num_class=x", "`num_class` is `x`"),
        (
            "num_tree_per_iteration=",
            "num_tree_per_iteration=3",
            "4 trees cannot be dealt to 3",
        ),
        (
            "num_tree_per_iteration=",
            "num_tree_per_iteration=1000000000",
            "1000000000 outputs",
        ),
        (
            "max_feature_idx=",
            "max_feature_idx=18446744073709551615",
            "5 feature names",
        ),
        (
            "pandas_categorical:",
            "pandas_categorical:[[1,",
            "`pandas_categorical` cannot be read",
        ),
        (
            "pandas_categorical:",
            "pandas_categorical:[[\"a\",\"a\",\"b\",\"c\"],[]]",
            "called `a`",
        ),
        (
            "pandas_categorical:",
            "pandas_categorical:[[\"a\"],[]]",
            "lists category",
        ),
    ];
    let cut = read("hostile", text.split("end of trees").next().unwrap().as_bytes()).unwrap_err();
    assert!(cut.to_string().contains("cut short"), "{cut}");
    for (line, by, reason) in cases {
        let old = text.lines().find(|l| l.starts_with(line)).unwrap();
        let error = read("hostile", text.replacen(old, by, 1).as_bytes())
            .unwrap_err()
            .to_string();
        assert!(error.contains(reason), "{by}: {error}");
    }
}

#[test]
fn cut_files_are_errors() {
    for file in ["xgb-partition.json", "xgb-partition.ubj", "lgb-categories.txt"] {
        let bytes = bytes(file);
        let text = String::from_utf8_lossy(&bytes);
        // Behind the trees of LightGBM come only names and remarks.
        let needed = text.find("end of trees").unwrap_or(bytes.len() - 1);
        for n in (0..needed).step_by(100).chain([needed - 1, 0, 1, 2, 3]) {
            assert!(!survive(file, &bytes[..n]), "{n} bytes of {file}");
        }
    }
    let own = b"\x40\0\0\0\0\0\0\0{\"__metadata__\"";
    for other in [
        &b""[..],
        b"binf",
        b"CBM1",
        b"PK\x03\x04",
        own,
        b"tree",
        b"{",
        b"[]",
        b"{}",
    ] {
        assert!(!survive("other", other));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn flipped_bits_are_survived(file in 0..4_usize, flips in prop::collection::vec((any::<prop::sample::Index>(), 0..8_u8), 1..4)) {
        let mut bytes = bytes(["xgb-partition.json", "xgb-partition.ubj", "lgb-categories.txt", "xgb-dart.json"][file]);
        for (at, bit) in flips {
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
        }
        survive("flipped", &bytes);
    }
}
