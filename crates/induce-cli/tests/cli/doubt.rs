//! Nothing silently wrong: what tables say is kept, and what is doubtful is said.

use serde_json::Value;

use super::house::House;

fn lines(text: &str) -> Vec<&str> {
    text.lines().skip(1).collect()
}

/// A category `1` was another one than `1.0`: every row was unseen, and nothing said so.
#[test]
fn whole_numbers_are_the_same_category_however_they_are_written() {
    let house = House::new();
    let rows = "1,1\n2,5\n3,9\n".repeat(50);
    house.write("c.csv", format!("code,y\n{rows}").as_bytes());
    house.ok("train c.csv -t y --type code=category --holdout 0 --set rounds=60 -o c.safetensors -q");
    for codes in ["1.0\n2.0\n3.0", "1\n2\n3"] {
        house.write("new.csv", format!("code\n{codes}\n").as_bytes());
        for line in [
            "predict c.safetensors new.csv",
            "predict c.safetensors new.csv --type code=category",
        ] {
            let said = house.ok(line);
            let values: Vec<f64> = lines(&said.out)
                .iter()
                .map(|line| line.parse().unwrap())
                .collect();
            for (value, right) in values.iter().zip([1.0, 5.0, 9.0]) {
                assert!((value - right).abs() < 0.1, "{values:?}");
            }
        }
    }
    house.write("new.csv", b"code\n7\n1\n7\n");
    let said = house.ok("predict c.safetensors new.csv").err;
    assert!(
        said.contains("note: 2 rows hold a value of `code` that training had not, such as `7`"),
        "{said}"
    );
}

/// Years as names of columns made the header a row of data.
#[test]
fn a_header_may_hold_years() {
    let house = House::new();
    let rows = "A,1.5,2.5,1\nB,3.5,2.5,0\n".repeat(10);
    house.write("yr.csv", format!("country,2019,2020,grew\n{rows}").as_bytes());
    assert!(
        house
            .ok("train yr.csv --set rounds=3")
            .err
            .contains("target: `grew`")
    );
}

/// `--missing` was forgotten by the model, and by the flags that are said to pin every guess.
#[test]
fn markers_of_missing_values_go_with_the_model() {
    let house = House::new();
    let rows = "NA,3\nZA,1\nBW,2\n,9\n".repeat(50);
    house.write("iso.csv", format!("iso,y\n{rows}").as_bytes());
    house.ok("train iso.csv -t y --missing= --holdout 0 --set rounds=60 -o iso.safetensors -q");
    house.write("new.csv", b"iso,k\nNA,1\nZA,1\n");
    let said = house.ok("predict iso.safetensors new.csv");
    assert_eq!(lines(&said.out), ["3", "1"], "{}", said.err);
    assert!(
        house
            .ok("data show iso.csv --missing=")
            .err
            .contains("--missing ''")
    );
    house.write(
        "strand.csv",
        format!("s,a\n{}", "+,1\n-,2\n".repeat(20)).as_bytes(),
    );
    let fault = house.fault("train strand.csv -t s");
    assert!(
        fault.contains("20 rows without a value of `s` are left out (`--missing TEXT`"),
        "{fault}"
    );
}

/// Converting and dividing a table changed its values: zeros lost, digits lost, words of booleans replaced.
#[test]
fn from_csv_to_csv_values_keep_their_text() {
    let house = House::new();
    let text = "zip,big,c,b,id\n01234,9007199254740993,1.10,Yes,11898508762506083287\n00501,5,1,No,11898508762506083288\n";
    house.write("z.csv", text.as_bytes());
    house.ok("data convert z.csv o.csv");
    assert_eq!(house.read("o.csv"), text.as_bytes());
    let said = house.ok("data convert z.csv o.parquet").err;
    assert!(
        said.contains("note: column `id` holds whole numbers of more digits than a number keeps"),
        "{said}"
    );
    house.ok("data convert o.parquet back.csv");
    let back = String::from_utf8(house.read("back.csv")).unwrap();
    for kept in ["01234", "9007199254740993", "Yes", "11898508762506083287"] {
        assert!(back.contains(kept), "{back}");
    }
    house.ok("data split z.csv --train a.csv --test b.csv --fraction 0.5");
    let both = [house.read("a.csv"), house.read("b.csv")].concat();
    assert!(String::from_utf8(both).unwrap().contains("00501,5,1,No"));
}

/// `data convert X X` and a split into one file lost the only copy; a link leads to the same file.
#[test]
fn what_is_read_is_not_written_over() {
    let house = House::with_table();
    let before = house.read("good.csv");
    for line in [
        "data convert good.csv good.csv",
        "data convert good.csv ./good.csv",
        "data split good.csv --train a.csv --test a.csv",
        "data split good.csv --train a.csv --test good.csv",
        "train good.csv -o out.safetensors --report out.safetensors.html --log good.csv",
    ] {
        house.fault(line);
    }
    assert_eq!(house.read("good.csv"), before);
    house.ok("train good.csv -m tree -o t.safetensors");
    assert!(
        house
            .ok("train good.csv -m tree -o t.safetensors")
            .err
            .contains("(replaced)")
    );
    house.fault("predict t.safetensors good.csv -o good.csv");
    house.fault("convert t.safetensors --to induce -o t.safetensors");
}

/// The words of the target were thrown away: `Yes` and `No` came back as `true` and `false`.
#[test]
fn classes_keep_their_words() {
    let house = House::new();
    for words in [["No", "Yes"], ["FALSE", "TRUE"], ["no", "yes"]] {
        let rows: String = (0..60)
            .map(|i| format!("{i},{}\n", words[usize::from(i > 30)]))
            .collect();
        house.write("w.csv", format!("x,y\n{rows}").as_bytes());
        house.ok("train w.csv -m tree -o w.safetensors -q");
        let said = house.ok("predict w.safetensors w.csv --proba --keep x");
        let first: Vec<&str> = said.out.lines().take(2).collect();
        assert_eq!(
            first[0],
            format!("x,prediction,probability_{},probability_{}", words[0], words[1])
        );
        assert!(first[1].starts_with(&format!("0,{},", words[0])), "{first:?}");
        let said = house.ok("evaluate w.safetensors w.csv").err;
        assert!(
            said.contains("note: these are the rows that the model was trained with"),
            "{said}"
        );
        assert!(
            said.contains("baseline: the frequencies of the classes alone: accuracy"),
            "{said}"
        );
    }
}

/// A column of dates took `20240115` for seconds since 1970, a column of numbers took dates.
#[test]
fn a_column_stays_what_it_was_in_training() {
    let house = House::new();
    let days: String = (10..29)
        .map(|i| format!("2024-01-{i},{i},{}\n", ["yes", "no"][i % 2]))
        .collect();
    house.write("d.csv", format!("d,y,b\n{days}").as_bytes());
    house.ok("train d.csv -t y -m tree -o d.safetensors -q");
    let with = |row: &str| house.write("new.csv", format!("d,b\n{row}\n").as_bytes());
    with("20240115,yes");
    let fault = house.fault("predict d.safetensors new.csv");
    assert!(
        fault.contains("`d` was a date in training, here it holds numbers"),
        "{fault}"
    );
    let mut all = Vec::new();
    for row in [
        "2024-01-15,yes",
        "15/01/2024,y",
        "15.01.2024,1",
        "2024-01-15,true",
    ] {
        with(row);
        all.push(house.ok("predict d.safetensors new.csv").out);
    }
    assert!(all.iter().all(|own| *own == all[0]), "{all:?}");
    house.write(
        "n.csv",
        format!("x,y\n{}", "1,2\n2,3\n3,4\n4,5\n".repeat(9)).as_bytes(),
    );
    house.ok("train n.csv -m tree --task regression -o n.safetensors -q");
    house.write("new.csv", b"x\n2024-01-15\n");
    assert!(
        house
            .fault("predict n.safetensors new.csv")
            .contains("was a number in training, here it holds dates")
    );
}

/// The order of day and month was guessed anew in every file: the same date had other predictions beside other dates.
#[test]
fn notations_go_with_the_model() {
    let house = House::new();
    let rows: String = (1..=28)
        .map(|day| format!("{day:02}/03/2024,\"{}.{day:03},5\",\"{day},5\"\n", day % 7 + 1))
        .collect();
    house.write("d.csv", format!("day,big,y\n{rows}").as_bytes());
    let reads = "--type day=date --type big=number --type y=number";
    let said = house.ok(&format!(
        "train d.csv -t y {reads} -m linear --holdout 0 -o d.safetensors"
    ));
    for note in [
        "column `day` is read as day-first (`--type day=month-first` otherwise)",
        "column `big` is read as decimal-comma (`--type big=decimal-point` otherwise)",
    ] {
        assert!(said.err.contains(note), "{}", said.err);
    }
    let of = |line: &str| -> f64 { lines(&house.ok(line).out)[0].parse().unwrap() };
    // Beside the 13th the order is clear, alone it is not; `4.003` is among decimal commas four thousand and three.
    house.write(
        "two.csv",
        b"day,big\n03/03/2024,\"4.003,5\"\n13/03/2024,\"7.013,5\"\n",
    );
    let right = of("predict d.safetensors two.csv -q");
    assert!((right - 3.5).abs() < 1e-6, "{right}");
    house.write("one.csv", b"day,big\n03/03/2024,\"4.003,5\"\n");
    house.write("plain.csv", b"day,big\n2024-03-03,4.003\n");
    house.write("iso.csv", b"day,big\n05/03/2024,\"6.005,5\"\n");
    assert_eq!(of("predict d.safetensors one.csv -q"), right);
    assert_eq!(
        of("predict d.safetensors one.csv --type day=date --type big=number -q"),
        right
    );
    assert!((of("predict d.safetensors plain.csv -q") - right).abs() < 1.0);
    let other = of("predict d.safetensors iso.csv --type day=month-first -q");
    assert!((other - 5.5).abs() > 10.0, "the flag counts: {other}");
    let fault = house.fault("data show one.csv --type day=date");
    assert!(
        fault.contains("do not say whether day or month comes first")
            && fault.contains("--type day=day-first"),
        "{fault}"
    );
    let said = house.ok("data show one.csv").err;
    assert!(
        said.contains("(`--type day=day-first` or `--type day=month-first` reads it)"),
        "{said}"
    );
    let lines = br#"{"day":"03/03/2024","big":"4.003,5"}
{"day":"05/03/2024","big":"6.005"}
"#;
    house.write("new.jsonl", lines);
    assert_eq!(of("predict d.safetensors new.jsonl -q"), right);
    house.ok("data convert new.jsonl new.csv --type day=day-first --type big=decimal-comma -q");
    let read = house.read("new.csv");
    assert_eq!(
        read,
        b"day,big\n2024-03-03,4003.5\n2024-03-05,6005.0\n",
        "{}",
        String::from_utf8_lossy(&read)
    );
    let fault = house.fault("data show new.jsonl --type day=dayfirst");
    assert!(fault.contains("`day-first`"), "{fault}");
    // What was typed for the target goes with the model too.
    let again = house.ok("evaluate d.safetensors d.csv --format json -q");
    assert!(again.out.contains("\"rmse\""), "{}", again.out);
}

/// Decimal commas, thousands, currency and day-first dates became categories without a word.
#[test]
fn other_notations_are_named_and_can_be_read() {
    let house = House::new();
    let rows: String = (1..80)
        .map(|i| format!("{},5;${}0,000;{}.12.2024;{i}\n", i % 30, i % 20 + 1, i % 28 + 1))
        .collect();
    house.write("n.csv", format!("p;q;r;y\n{rows}").as_bytes());
    let said = house.ok("train n.csv -m tree -t y").err;
    for flag in ["--type p=number", "--type q=number", "--type r=date"] {
        assert!(said.contains(flag), "{said}");
    }
    let said = house
        .ok("train n.csv -m tree -t y --type p=number --type q=number --type r=date")
        .err;
    assert!(
        said.contains("(3 number, 1 date)") && !said.contains("notation"),
        "{said}"
    );
    house.write("comments.csv", b"# by hand\n# twice\na,b\n1,2\n3,4\n");
    assert!(
        house
            .ok("data show comments.csv")
            .err
            .contains("2 lines in front of the table")
    );
}

/// A pipe that closes early turned a failed requirement into success; `--cv` with `--time` kept a model of nothing.
#[test]
fn verdicts_and_models_do_not_depend_on_who_reads() {
    let house = House::with_table();
    house.ok("train good.csv -m tree -o t.safetensors -q");
    let mut command = house.command("evaluate t.safetensors good.csv --require r2>=0.9999999");
    command.stdout(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

/// `--format json` printed text, CSV or nothing on half of the verbs, and nothing at all for an error.
#[test]
fn json_is_one_object_on_every_verb() {
    let house = House::with_table();
    house.ok("train good.csv -m tree -o t.safetensors -q");
    for line in [
        "predict t.safetensors good.csv",
        "predict t.safetensors good.csv -o p.csv",
        "show t.safetensors",
        "show t.safetensors --tree 0",
        "report t.safetensors good.csv -o r.html",
        "convert t.safetensors --to induce -o u.safetensors",
        "data split good.csv --train a.csv --test b.csv",
        "data convert good.csv g.parquet",
        "data show good.csv",
        "doctor",
        "models",
        "explain t.safetensors good.csv",
        "compare good.csv --cv 3 -m tree,linear",
    ] {
        let out = house.ok(&format!("{line} --format json")).out;
        serde_json::from_str::<Value>(&out).unwrap_or_else(|error| panic!("{line}: {error}\n{out}"));
    }
    let done = house.run("train nothing.csv --format json");
    let error: Value = serde_json::from_str(&done.out).unwrap();
    assert!(
        error["error"]["message"]
            .as_str()
            .unwrap()
            .contains("nothing.csv")
    );
    assert_eq!(done.code, 2);
}

/// `logistic` said of the strongest column of a table that it did not matter: under its prior every level of a category
/// has a coefficient, and one by one they are not identified.
#[test]
fn levels_are_told_against_the_first() {
    let house = House::new();
    let rows: String = (0..400)
        .map(|i| {
            let level = ["low", "mid", "top"][i % 3];
            let yes = (i * 7 % 10) < [2, 5, 8][i % 3];
            format!("{level},{},{}\n", i * 37 % 50, if yes { "Yes" } else { "No" })
        })
        .collect();
    house.write("l.csv", format!("level,x,y\n{rows}").as_bytes());
    house.ok("train l.csv -m logistic -o l.safetensors -q");
    let said = house.ok("show l.safetensors").out;
    let top = said.lines().find(|line| line.starts_with("level=top")).unwrap();
    assert!(top.contains("e-") || top.contains("< 1e-16"), "{said}");
    assert!(
        said.contains("levels of a category are told against the first, `level=low`"),
        "{said}"
    );
}

/// A target that was also the weight or the group was used twice; one that never changes was learnt without a word; the
/// names of two targets were "no column".
#[test]
fn a_column_plays_one_part() {
    let house = House::with_table();
    for flag in ["--weight", "--group", "--drop"] {
        let fault = house.fault(&format!("train good.csv -t y {flag} y"));
        assert!(
            fault.contains(&format!("`y` is the target, and `{flag} y` too")),
            "{fault}"
        );
    }
    let fault = house.fault("train good.csv -t a,y");
    assert!(
        fault.contains("names 2 columns") && fault.contains("`--target a --drop y`"),
        "{fault}"
    );
    house.table("flat.csv", "a,y", 60, |_, a, _| format!("{a},5"));
    let said = house.ok("train flat.csv -m linear -t y -o f.safetensors").err;
    assert!(said.contains("the target `y` is 5.0000 in every row"), "{said}");
}

/// Beside the metrics of rows in the order of time stands what the row before alone would say.
#[test]
fn the_last_value_is_a_baseline_where_rows_are_in_order() {
    let house = House::new();
    let day = |i: usize| format!("2024-{:02}-{:02}", 1 + i / 28, 1 + i % 28);
    house.table("days.csv", "day,a,y", 120, |i, a, _| {
        format!("{},{a},{}", day(i), 3 * i)
    });
    house.table("back.csv", "day,a,y", 120, |i, a, _| {
        format!("{},{a},{}", day(119 - i), 3 * (119 - i))
    });
    house.table("mixed.csv", "day,a,y", 120, |i, a, _| {
        format!("{},{a},{}", day(i * 7 % 120), i)
    });
    for (file, there) in [("days.csv", true), ("back.csv", true), ("mixed.csv", false)] {
        for line in [
            "train days.csv -t y -m tree -o d.safetensors",
            "evaluate d.safetensors days.csv",
        ] {
            let said = house.ok(&line.replace("days.csv", file)).err;
            let line = "the value of the row before alone, rows being in the order of `day`: rmse 3.0000, mae 3.0000";
            assert_eq!(said.contains(line), there, "{file}: {said}");
        }
    }
}

/// A table without the target had a blank column of importances, and no word about it.
#[test]
fn importances_that_cannot_be_measured_have_no_column() {
    let house = House::with_table();
    house.ok("train good.csv --set rounds=5 -o m.safetensors");
    house.table("bare.csv", "a,b,c", 30, |_, a, b| format!("{a},{b},u"));
    let done = house.ok("explain m.safetensors bare.csv");
    assert!(
        !done.out.contains("when shuffled") && done.out.contains("gain"),
        "{}",
        done.out
    );
    assert!(
        done.err
            .contains("without the target there is no loss to measure"),
        "{}",
        done.err
    );
    assert!(done.err.contains("no column `y`"), "{}", done.err);
    assert!(
        house
            .ok("explain m.safetensors good.csv")
            .out
            .contains("rmse when shuffled")
    );
}

/// "1 rows", "All 1 trees", "1 tokens": what is one is not several.
#[test]
fn one_of_a_thing_is_not_several() {
    let house = House::with_table();
    house.write("text.txt", "to be, or not to be. ".repeat(60).as_bytes());
    house.write("one.csv", b"a\n1\n");
    house.table("hole.csv", "a,y", 60, |i, a, _| {
        if i == 0 {
            format!("{a},")
        } else {
            format!("{a},{a}")
        }
    });
    let language = "--set steps=1 --set layers=1 --set context=8 --set batch=1";
    for line in [
        "train good.csv --set rounds=1 -o m.safetensors",
        "train good.csv -m forest --set trees=1 -o f.safetensors",
        "train good.csv -m bagging --set members=1 -o b.safetensors",
        "train good.csv -m adaboost --set rounds=1 -o a.safetensors",
        "train hole.csv -t y -m tree -o h.safetensors",
        &format!("train text.txt -m gpt {language} -o t.safetensors"),
        "generate t.safetensors -p to -n 1",
        "tune good.csv -m tree --trials 1 -o tuned.safetensors",
        "data show one.csv",
        "data split good.csv --train x.csv --test z.csv --fraction 0.005",
        "compare good.csv -m tree --cv 2",
        "explain m.safetensors good.csv --shap shap.csv",
        "show m.safetensors",
        "show m.safetensors --tree 0",
    ] {
        let done = house.ok(line);
        let words: Vec<String> = (done.out + &done.err)
            .split_whitespace()
            .map(str::to_lowercase)
            .collect();
        for pair in words.windows(2).filter(|pair| pair[0] == "1") {
            let plain = pair[1].trim_end_matches(|c: char| !c.is_alphabetic());
            let singular = !plain.ends_with('s') || ["s", "ms", "class"].contains(&plain);
            assert!(singular, "{line}: 1 {plain}");
        }
    }
}

/// An interval of one row held out had no width, and with two folds that of an RMSE began below 0.
#[test]
fn intervals_are_possible_or_not_there() {
    let house = House::with_table();
    let one = house
        .ok("train good.csv -m tree --holdout 0.005 -o m.safetensors --format json")
        .out;
    let one: Value = serde_json::from_str(&one).unwrap();
    let rmse = &one["metrics"]["holdout"]["rmse"];
    assert!(
        rmse["value"].as_f64().unwrap() >= 0.0 && rmse["low"].is_null() && rmse["high"].is_null(),
        "{rmse}"
    );
    let two = house
        .ok("compare good.csv -m tree,linear --cv 2 --format json")
        .out;
    let two: Value = serde_json::from_str(&two).unwrap();
    for model in two["models"].as_array().unwrap() {
        assert!(
            model["rmse"]["low"].as_f64().is_none_or(|low| low >= 0.0),
            "{model}"
        );
    }
}

/// Two rows chose 2,994 rounds without a word; so were classes of one row, a column that is the target, and columns that
/// never change.
#[test]
fn what_teaches_little_is_said() {
    let house = House::new();
    house.write("few.csv", b"a,b,y\n1,2,3\n2,3,4\n3,5,5\n4,4,6\n");
    let said = house.ok("train few.csv -t y -m tree -o f.safetensors").err;
    assert!(
        said.contains("4 rows are few") && said.contains("`--cv 5`"),
        "{said}"
    );
    house.table("odd.csv", "a,none,same,copy,y", 80, |i, a, _| {
        let class = if i == 7 { "rare" } else { ["u", "v"][i % 2] };
        format!("{a},,x,{class}!,{class}")
    });
    let said = house.ok("train odd.csv -t y -m tree -o f.safetensors").err;
    for line in [
        "`rare` is in one row only",
        "2 columns have the same value in every row, or none, and say nothing: `none`, `same`",
        "column `copy` is the target in other words",
    ] {
        assert!(said.contains(line), "{line}\n{said}");
    }
    house.table("many.csv", "a,y", 600, |i, a, _| format!("{a},c{}", i % 60));
    let said = house.ok("train many.csv -t y -m tree -o f.safetensors").err;
    assert!(said.contains("has 60 classes"), "{said}");
    let said = house.ok("train many.csv -t a -m tree -o f.safetensors").err;
    assert!(
        !said.contains("few") && !said.contains("in other words"),
        "{said}"
    );
}

/// Training rows in another order, or a part of them, were shown as a test.
#[test]
fn rows_that_taught_the_model_are_known_again() {
    let house = House::with_table();
    house.ok("train good.csv -t y -m tree -o m.safetensors");
    let text = String::from_utf8(house.read("good.csv")).unwrap();
    let (head, rows) = text.split_once('\n').unwrap();
    let mut rows: Vec<&str> = rows.lines().collect();
    rows.reverse();
    house.write("turned.csv", format!("{head}\n{}\n", rows.join("\n")).as_bytes());
    house.write(
        "half.csv",
        format!("{head}\n{}\n", rows[..100].join("\n")).as_bytes(),
    );
    for file in ["turned.csv", "half.csv"] {
        let said = house.ok(&format!("evaluate m.safetensors {file}")).err;
        assert!(
            said.contains("% of these rows taught the model"),
            "{file}: {said}"
        );
    }
    house.table("new.csv", "a,b,c,y", 100, |i, a, b| {
        format!("{b},{a},{},{}", ["u", "v", "w"][i % 3], a + b)
    });
    let said = house.ok("evaluate m.safetensors new.csv").err;
    assert!(!said.contains("taught the model"), "{said}");
}

/// A category called `NA` was missing where the same file came as CSV, and nothing was said.
#[test]
fn a_category_that_is_a_marker_elsewhere_is_told() {
    let house = House::new();
    house.table("iso.jsonl.csv", "iso,y", 90, |i, _, _| {
        format!("\"{}\",{}", ["NA", "ZA", "BW"][i % 3], i % 3)
    });
    house.ok("train iso.jsonl.csv -t y --task regression -m tree --holdout 0 -o iso.safetensors");
    house.write("new.csv", b"iso\nNA\nZA\n");
    let done = house.ok("predict iso.safetensors new.csv");
    assert!(
        done.err.contains("`NA` is a category of `iso` to the model"),
        "{}",
        done.err
    );
    let done = house.ok("predict iso.safetensors new.csv --missing=");
    assert_eq!(lines(&done.out)[0].parse::<f64>().unwrap(), 0.0);
    house.write("new.jsonl", b"{\"iso\":\"NA\"}\n{\"iso\":\"ZA\"}\n");
    assert_eq!(
        lines(&house.ok("predict iso.safetensors new.jsonl").out)[0]
            .parse::<f64>()
            .unwrap(),
        0.0
    );
}

/// Of two values of one key the last won; strings lost their spaces, and numbers their last digits.
#[test]
fn objects_keep_their_values() {
    let house = House::new();
    house.write("twice.jsonl", b"{\"a\":1,\"y\":1}\n{\"a\":1,\"a\":2,\"y\":1}\n");
    let fault = house.fault("data show twice.jsonl");
    assert!(fault.contains("the key `a` stands there twice"), "{fault}");
    house.write(
        "s.jsonl",
        b"{\"a\":\" x \",\"id\":11898508762506083287}\n{\"a\":\"NA\",\"id\":2}\n",
    );
    house.ok("data convert s.jsonl s.csv");
    assert_eq!(
        house.read("s.csv"),
        b"a,id\n\" x \",11898508762506083287\n\"NA\",2\n"
    );
}

/// A link to a file that was yet to be written led to it: the second part took the place of the first.
#[test]
fn outputs_are_told_apart_behind_links() {
    let house = House::with_table();
    std::os::unix::fs::symlink("part.csv", house.path("link.csv")).unwrap();
    let fault = house.fault("data split good.csv --train part.csv --test link.csv");
    assert!(fault.contains("would be written twice"), "{fault}");
    let fault = house.fault("data split good.csv --train - --test part.csv");
    assert!(
        fault.contains("`-` is standard input, and this is an output"),
        "{fault}"
    );
    house.ok("train good.csv -m tree -o t.safetensors");
    assert!(
        house
            .ok("predict t.safetensors good.csv -o /dev/stdout")
            .out
            .lines()
            .count()
            > 200
    );
}

/// The quantile loss says how good a quantile is; r2 does not.
#[test]
fn metrics_are_those_of_the_objective() {
    let house = House::with_table();
    let done = house.ok(
        "train good.csv -t y --set objective=quantile --set quantile=0.9 --set rounds=20 -o q.safetensors",
    );
    assert!(
        done.out.contains("pinball@0.9") && done.out.contains("coverage"),
        "{}",
        done.out
    );
    house.ok("evaluate q.safetensors good.csv --require pinball@0.9<0.5");
    let done = house.ok("train good.csv -t y --set objective=gamma --set rounds=20 -o q.safetensors");
    assert!(done.out.contains("gamma_deviance"), "{}", done.out);
}

/// Of a single column a blank line may be a missing value: rows were left out without a word.
#[test]
fn blank_lines_of_a_single_column_are_told() {
    let house = House::new();
    house.write("one.csv", b"x\n1\n\n3\n\n");
    let said = house.ok("data show one.csv").err;
    assert!(
        said.contains("1 blank line is passed over") && said.contains("`\"\"`"),
        "{said}"
    );
    house.write("one.csv", b"x\n1\n\"\"\n3\n");
    let said = house.ok("data show one.csv").err;
    assert!(
        said.contains("1 value missing") && !said.contains("blank"),
        "{said}"
    );
}
