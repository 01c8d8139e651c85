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
            "train good.csv --task guess",
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

/// `ridge --set alpha=5` was once taken for the dispersion of a family that was not there, without a word.
#[test]
fn a_setting_without_effect_is_refused() {
    let house = House::with_table();
    let said = |line: &str| house.fault(line);
    // What is set to its default changes nothing.
    assert!(!said("train good.csv -m gpt --set vocab_size=0 --set steps=0").contains("vocab_size"));
    let ridge = said("train good.csv -m ridge --set alpha=5");
    assert!(
        ridge.contains("`alpha` has no effect with family=gaussian, only with family=negative-binomial"),
        "{ridge}"
    );
    assert!(ridge.contains("hint: did you mean `lambda`?"), "{ridge}");
    for (line, hint) in [
        (
            "train good.csv -m linear --set lambda=1",
            "`lambda` has no effect with prior=none",
        ),
        ("train good.csv --set quantile=0.9", "with objective=quantile"),
        ("train good.csv --set dart_max=3", "with dart_rate above 0"),
        (
            "train good.csv -m gpt --set vocab_size=300",
            "with tokenizer=bpe or word",
        ),
        ("train good.csv -m gpt --set momentum=0.9", "with optimizer=sgd"),
        (
            "train good.csv -m bagging --set base=linear --set base_settings.lambda=1",
            "`lambda` has no effect with prior=none",
        ),
        (
            "compare good.csv -m ridge:alpha=3,linear",
            "did you mean `lambda`?",
        ),
        (
            "train good.csv -m linear --task classification",
            "for classification there are `boost`",
        ),
        (
            "train good.csv --set random_state=1",
            "that is a flag: `--seed N`",
        ),
        (
            "train good.csv -m RandomForestRegressor",
            "did you mean `forest`?",
        ),
        ("train good.csv --num-leaves 3", "--set max_leaves=VALUE"),
        ("train good.csv --label y", "here it is `--target COL`"),
        ("generate good.csv --temperature -1", "temperature"),
    ] {
        let text = said(line);
        assert!(text.contains(hint), "{line}\n{text}");
        assert!(!text.contains("Usage:"), "{text}");
    }
}

/// A file of another kind was once called a broken CSV or a broken model of XGBoost.
#[test]
fn files_of_another_kind_are_called_by_their_name() {
    let house = House::with_table();
    house.ok("train good.csv -m tree -o tree.safetensors");
    house.write("picture.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    house.write("graph.gml", b"graph [\n node [ id 1 ]\n]\n");
    house.write("book.xlsx", b"PK\x03\x04\0\0[Content_Types].xml");
    for (line, what) in [
        ("train tree.safetensors", "is a model (safetensors), not a table"),
        (
            "evaluate good.csv tree.safetensors",
            "`good.csv` is a table or a text, not a model",
        ),
        ("show picture.png", "is a picture (PNG), not a model"),
        ("train picture.png", "is a picture (PNG), not a table"),
        ("train picture.png -m gpt", "is no text: it looks like PNG"),
        ("train graph.gml", "is a graph (GML), not a table"),
        ("train book.xlsx", "is an Excel workbook, not a table"),
        ("train .", "hint: it is a folder"),
    ] {
        let text = house.fault(line);
        assert!(text.contains(what), "{line}\n{text}");
    }
}

/// `-m logistic` on a quantity began a fit of as many classes as there were numbers, "as asked".
#[test]
fn a_model_of_one_task_says_what_it_is_for() {
    let house = House::with_table();
    let numbers: String = (0..200)
        .map(|i| format!("{i},{}\n", f64::from(i) / 3.0))
        .collect();
    house.write("numbers.csv", format!("x,y\n{numbers}").as_bytes());
    let said = |line: &str| house.fault(line);
    let logistic = said("train numbers.csv -m logistic");
    assert!(
        logistic.contains(
            "`logistic` is for classes, and `y` looks like a quantity: it has 200 different numbers"
        ),
        "{logistic}"
    );
    assert!(
        logistic.contains("for regression there are `boost`, `linear`"),
        "{logistic}"
    );
    let compared = said("compare numbers.csv -m boost,logistic");
    assert!(
        compared.contains("`logistic` is for classification, and `y` is predicted by regression"),
        "{compared}"
    );
    let words: String = (0..60)
        .map(|i| format!("{i},{}\n", ["yes", "no"][i % 2]))
        .collect();
    house.write("words.csv", format!("x,y\n{words}").as_bytes());
    for model in ["linear", "ransac"] {
        let text = said(&format!("train words.csv -m {model} --type y=category"));
        assert!(text.contains(&format!("`{model}` is for quantities")), "{text}");
        assert!(text.contains("for classification there are"), "{text}");
    }
    let asked = house.ok("train numbers.csv -m linear").err;
    assert!(
        asked.contains("task: regression: `linear` is for nothing else\n"),
        "{asked}"
    );
}

/// A wrong hint is worse than none: `-m knn` asked for `rnn`, `--time 0` for more `--time`, `--weight sex` for numbers in words.
#[test]
fn hints_name_the_cause() {
    let house = House::with_table();
    house.write(
        "words.csv",
        b"a,sex,y\n1,male,2\n2,female,3\n3,male,1\n4,female,9\n",
    );
    house.ok("train good.csv --set rounds=5 --quiet -o few.safetensors");
    for (line, what, hint) in [
        (
            "train good.csv -m knn",
            "unknown model `knn`",
            "the choices are `boost`",
        ),
        (
            "train good.csv -m adaboost --set base=knn",
            "unknown base `knn`",
            "the choices are `boost`",
        ),
        (
            "train good.csv -m adaboost --set base=gpt",
            "unknown base `gpt`",
            "`tree`",
        ),
        (
            "train good.csv -m tree --set link=logit",
            "`tree` has no setting `link`",
            "`logistic`, `glm`",
        ),
        (
            "train words.csv -t y --weight sex",
            "holds category, not numbers",
            "words such as `male`",
        ),
        (
            "train good.csv -t c --from few.safetensors",
            "has the objective `squared`",
            "same target",
        ),
        (
            "train good.csv --from few.safetensors",
            "`rounds` cannot be 0",
            "`--set rounds=N`",
        ),
        (
            "train good.csv --set scale_pos_weight=2",
            "unknown setting",
            "class_weight=balanced",
        ),
        (
            "train good.csv --set tree_method=hist",
            "unknown setting",
            "--set split=",
        ),
        (
            "train good.csv --set boosting=dart",
            "unknown setting",
            "dart_rate",
        ),
        (
            "train good.csv --set device=cuda",
            "unknown setting",
            "leave it out",
        ),
        (
            "train good.csv -m forest --set oob_score=true",
            "unknown setting",
            "out-of-bag",
        ),
        ("tune good.csv --trials 0", "with 0 candidates", "`--trials 50`"),
        ("tune good.csv --time 0", "no time to search", "`--time 90s`"),
        ("train good.csv --time 0s", "no time to learn", "`--time 90s`"),
        (
            "compare good.csv --cv 1",
            "1 is too small a number of folds",
            "two folds are the least",
        ),
        ("train good.csv --drop a,b", "no column `a,b`", "repeat the flag"),
        ("train good.csv --holdout 20%", "cannot be `20%`", "`0.2`"),
        ("train good.csv rounds=5", "one word too many", "`--set rounds=5`"),
        ("stitch a.jpg b.jpg", "cannot read `a.jpg`", "check the spelling"),
    ] {
        let text = house.fault(line);
        let (error, own) = text.split_once("hint: ").unwrap_or((&text, ""));
        assert!(error.contains(what), "{line}\n{text}");
        assert!(own.contains(hint), "{line}\n{text}");
    }
    let output = house
        .command("doctor")
        .env("INDUCE_SEED", "abc")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("`INDUCE_SEED` cannot be `abc`"), "{text}");
}
