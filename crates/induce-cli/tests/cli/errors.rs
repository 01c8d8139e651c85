//! What is said when something is wrong: the text is part of the interface.

use insta::assert_snapshot;

use crate::house::House;

/// One snapshot of many mistakes, each under the command that made it.
fn gallery(house: &House, lines: &[&str]) -> String {
    lines
        .iter()
        .map(|line| format!("$ induce {line}\n{}\n\n", house.fault(line)))
        .collect()
}

#[test]
fn names_that_do_not_exist() {
    let house = House::with_table();
    house.ok("train good.csv --set rounds=5 --quiet");
    let text = gallery(
        &house,
        &[
            "train god.csv",
            "train good.csv --target Y2",
            "train good.csv --target zebra",
            "train good.csv --weight zebra",
            "train good.csv --drop zebra",
            "train good.csv --model bost",
            "train good.csv --set learningrate=0.1",
            "train good.csv --type zebra=number",
            "train good.csv --type a=colour",
            "train good.csv --input xls",
            "train good.csv --require r3>=0",
            "train good.csv --require mse<=1",
            "train good.csv --require roc_auc>=0.5",
            "models bost",
        ],
    );
    assert_snapshot!(text);
}

#[test]
fn values_out_of_range() {
    let house = House::with_table();
    let text = gallery(
        &house,
        &[
            "train good.csv --set rounds=-1",
            "train good.csv --set rounds=many",
            "train good.csv --set learning_rate=-7",
            "train good.csv --set rounds",
            "train good.csv --set task=guess",
            "train good.csv --set monotone.a=up",
            "train good.csv --holdout 2",
            "train good.csv --cv 1",
            "train good.csv --cv 500",
            "train good.csv --time 5x",
            "train good.csv --memory 5x",
            "train good.csv --memory 1k",
            "train good.csv --delimiter xx",
            "train good.csv --threads 0",
            "train good.csv --require r2",
            "train good.csv --require r2>=high",
        ],
    );
    assert_snapshot!(text);
}

#[test]
fn models_that_cannot_be_gone_on_from() {
    let house = House::with_table();
    house.ok("train good.csv --set rounds=5 --quiet --out few.safetensors");
    house.ok("train good.csv -m tree --quiet --out tree.safetensors");
    let text = gallery(
        &house,
        &[
            "train good.csv --from few.safetensors",
            "train good.csv --from few.safetensors --set rounds=4",
            "train good.csv --from few.safetensors --set rounds=9 --set objective=absolute",
            "train good.csv --from few.safetensors --cv 3",
            "train good.csv --from tree.safetensors",
            "train good.csv --from good.csv --set rounds=9",
            "train good.csv --from few.safetensors -m forest",
        ],
    );
    assert_snapshot!(text);
}

#[test]
fn models_that_are_none() {
    let house = House::with_table();
    house.ok("train good.csv --set rounds=5 --quiet");
    let model = house.read("good.induce.safetensors");
    house.write("cut.safetensors", &model[..model.len() / 2]);
    house.write("nothing", b"");
    for line in [
        "predict good.csv good.csv",
        "show cut.safetensors",
        "show nothing",
        "explain missing good.csv",
    ] {
        let fault = house.fault(line);
        assert!(fault.starts_with("error: "), "{fault}");
        assert!(!fault.contains("panicked"), "{fault}");
    }
}

#[test]
fn the_model_is_named_where_columns_differ() {
    let house = House::with_table();
    house.ok("train good.csv --set rounds=5 --quiet");
    house.table("other.csv", "a,x,c,y", 20, |_, a, b| format!("{a},{b},u,{a}"));
    let fault = house.fault("predict good.induce.safetensors other.csv");
    assert!(
        fault.contains("no column `b`") && fault.contains("\n\nhint: "),
        "{fault}"
    );
    // A category in place of a number.
    house.table("text.csv", "a,b,c,y", 20, |i, a, _| format!("{a},word{i},u,{a}"));
    let done = house.run("predict good.induce.safetensors text.csv");
    assert!(
        done.code == 2 && done.err.contains('b') && done.err.contains("hint: "),
        "{}{}",
        done.out,
        done.err
    );
    // A category that was never seen is a value like a missing one.
    house.table("new.csv", "a,b,c,y", 20, |_, a, b| format!("{a},{b},never,{a}"));
    assert_eq!(
        house
            .ok("predict good.induce.safetensors new.csv")
            .out
            .lines()
            .count(),
        21
    );
}

#[test]
fn a_folder_that_is_not_there_is_noticed_before_the_work() {
    let house = House::with_table();
    let fault = house.fault("train good.csv --out nowhere/model.safetensors");
    assert!(fault.contains("`nowhere/model.safetensors`"), "{fault}");
    assert!(fault.contains("hint: "), "{fault}");
    let done = house.run("train good.csv --report nowhere/page.html");
    assert_eq!(done.code, 2);
    assert!(!done.err.contains("rounds"), "nothing was fitted: {}", done.err);
}

/// `predict --out x.foo` once read and predicted everything, then offered the formats that can only be read.
#[test]
fn an_ending_that_cannot_be_written_is_noticed_before_the_work() {
    let house = House::with_table();
    house.ok("train good.csv --set rounds=5 --quiet --out m.safetensors");
    let text = gallery(
        &house,
        &[
            "predict m.safetensors good.csv --out scores.foo",
            "predict m.safetensors good.csv --out scores.npy",
            "explain m.safetensors good.csv --shap shap.foo",
            "data convert good.csv good.xls",
            "data split good.csv --train a.csv --test b.foo",
            "report m.safetensors good.csv --out page.pdf",
            "train good.csv --report page.pdf",
            "train good.csv --out model.onnx",
            "convert m.safetensors --to xgboost-json --out m.ubj",
        ],
    );
    assert_snapshot!(text);
    // Nothing was read for it: the table is not even there.
    let fault = house.fault("predict m.safetensors nowhere.csv --out scores.foo");
    assert!(fault.contains("`scores.foo`"), "{fault}");
}

/// `--proba` was passed over in silence where there are no classes.
#[test]
fn a_regression_has_no_probabilities() {
    let house = House::with_table();
    house.ok("train good.csv --set rounds=5 --quiet --out m.safetensors");
    let fault = house.fault("predict m.safetensors good.csv --proba");
    assert!(fault.contains("regression has no classes"), "{fault}");
    assert!(fault.contains("hint: leave out `--proba`"), "{fault}");
}
