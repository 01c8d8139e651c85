//! What shells are answered when they ask how a line may go on.

use std::process::Command;

use crate::house::House;

/// What follows `line`, whose last word is the one that is being typed, as fish asks.
fn follows(house: &House, line: &str) -> Vec<String> {
    let words: Vec<&str> = line.split(' ').collect();
    let output = house
        .command("--")
        .env("INDUCE_COMPLETE", "fish")
        .arg("induce")
        .args(words)
        .output()
        .unwrap();
    assert!(
        output.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .map(|line| line.split('\t').next().unwrap_or_default().to_owned())
        .collect()
}

/// `-m` completed file names, `--set` and `--target` nothing.
#[test]
fn models_settings_and_columns_are_known() {
    let house = House::with_table();
    for (line, expected) in [
        ("train -m la", &["lasso", "label-propagation"][..]),
        ("models extra", &["extra-trees"]),
        ("train good.csv -m forest --set max_l", &["max_leaves="]),
        ("train good.csv -m forest --set boot", &["bootstrap="]),
        (
            "train good.csv -m forest --set bootstrap=",
            &["bootstrap=true", "bootstrap=false"],
        ),
        ("train good.csv --set objective=hu", &["objective=huber"]),
        (
            "train good.csv --set monotone.",
            &["monotone.a=", "monotone.b=", "monotone.c=", "monotone.y="],
        ),
        (
            "train good.csv -m bagging --set base=tree --set base_settings.max_d",
            &["base_settings.max_depth="],
        ),
        ("compare good.csv -m boost,tree:max_d", &["boost,tree:max_depth="]),
        ("train --task reg", &["regression"]),
        (
            "train good.csv --target=",
            &["--target=a", "--target=b", "--target=c", "--target=y"],
        ),
        ("train good.csv --drop ", &["a", "b", "c", "y"]),
        ("train good.csv --type c=cat", &["c=category"]),
        ("train good.csv --task cl", &["classification"]),
        ("train good.csv --require rm", &["rmse<="]),
        ("train good.csv --format j", &["json"]),
        ("convert x --to gg", &["gguf"]),
        ("data show good.csv --input par", &["parquet"]),
        ("man bias", &["bias-variance"]),
        ("tr", &["train"]),
    ] {
        assert_eq!(follows(&house, line), expected, "{line}");
    }
    let files = follows(&house, "train go");
    assert_eq!(files, ["good.csv"]);
}

/// A table that is missing, broken, waited for or without a name leaves a line as it was.
#[test]
fn nothing_is_said_where_nothing_is_known() {
    let house = House::new();
    house.write("broken.csv", b"a,b\n\"1,2\n");
    house.write("model.parquet", b"PAR1PAR1");
    for table in ["nowhere.csv", "model.parquet", "-", "."] {
        assert!(
            follows(&house, &format!("train {table} --target ")).is_empty(),
            "{table}"
        );
    }
    assert!(follows(&house, "train --target ").is_empty());
    assert!(follows(&house, "train -m nobody --set ").is_empty());
}

/// The script is sourced and asked as bash asks: it cuts words at `=` and `:`, and hands over quotes.
#[test]
fn bash_completes_values_behind_its_own_separators() {
    let house = House::with_table();
    house.write("my table.csv", b"first name,other\n1,2\n3,4\n");
    let script = house.ok("completions bash").out;
    let asked = |line: &str, replaced: &str, at: usize| {
        let ask = format!(
            "{script}\nCOMP_LINE=$1; COMP_POINT=$3; _induce_complete induce \"$2\" ''; printf '%s\\n' \"${{COMPREPLY[@]}}\""
        );
        let mut bash = Command::new("bash");
        bash.args(["-c", &ask, "bash", line, replaced, &at.to_string()]);
        let output = bash.current_dir(house.path(".")).output().unwrap();
        String::from_utf8(output.stdout)
            .unwrap()
            .trim()
            .replace('\n', " ")
    };
    let end = |line: &str, replaced: &str| asked(line, replaced, line.len());
    assert_eq!(
        end("induce train -m forest --set criterion=", ""),
        "auto gini entropy squared absolute poisson"
    );
    assert_eq!(end("induce train -m forest --set criterion=gi", "gi"), "gini");
    assert_eq!(end("induce compare -m tree:max_d", "max_d"), "max_depth=");
    assert_eq!(end("induce train good.csv --target=", ""), "a b c y");
    assert_eq!(end("induce train x --require rms", "rms"), r"rmse\<=");
    assert_eq!(end("induce train 'my table.csv' -t fi", "fi"), r"first\ name");
    assert_eq!(end(r"induce train my\ table.csv -t 'fi", "fi"), "first name");
    let line = "induce train --drop  good.csv";
    assert_eq!(asked(line, "", 20), "a b c y");
}

#[test]
fn every_shell_has_a_script() {
    let house = House::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = house.ok(&format!("completions {shell}")).out;
        assert!(script.contains("INDUCE_COMPLETE"), "{shell}: {script}");
    }
}
