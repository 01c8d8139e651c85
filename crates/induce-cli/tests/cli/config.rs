//! `--config`, the environment, and who wins.

use crate::house::House;

#[test]
fn flags_win_over_the_environment_and_that_over_the_file() {
    let house = House::with_table();
    house.write(
        "c.toml",
        b"target = \"y\"\nseed = 5\n\n[set]\nrounds = 7\nlearning_rate = 0.3\n",
    );
    let show = |mut command: std::process::Command| -> serde_json::Value {
        serde_json::from_slice(&command.output().unwrap().stdout).unwrap()
    };
    let line = "train good.csv --config c.toml --format json";
    let value = show(house.command(line));
    assert_eq!(
        (&value["settings"]["rounds"], &value["seed"]),
        (&7.into(), &5.into())
    );
    let value = show(house.command(&format!("{line} --set rounds=3 --seed 6")));
    assert_eq!(
        (&value["settings"]["rounds"], &value["seed"]),
        (&3.into(), &6.into())
    );
    assert_eq!(value["settings"]["learning_rate"], 0.3);
}

#[test]
fn any_usual_word_in_the_environment_hides_the_bar() {
    let house = House::with_table();
    for word in ["1", "true", "yes", "0", ""] {
        let output = house
            .command("doctor")
            .env("INDUCE_NO_PROGRESS", word)
            .output()
            .unwrap();
        assert!(output.status.success(), "INDUCE_NO_PROGRESS={word}");
    }
}

#[test]
fn unknown_options_and_broken_files_are_errors() {
    let house = House::with_table();
    house.write("unknown.toml", b"colour = 1\n");
    house.write("broken.toml", b"[[\n");
    let fault = house.fault("train good.csv --config unknown.toml");
    assert!(
        fault.contains("`colour`") && fault.contains("hint: the options are"),
        "{fault}"
    );
    assert!(
        house
            .fault("train good.csv --config broken.toml")
            .contains("not valid TOML")
    );
    assert!(
        house
            .fault("train good.csv --config nowhere.toml")
            .contains("`nowhere.toml`")
    );
}
