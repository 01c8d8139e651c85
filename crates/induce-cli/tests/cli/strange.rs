//! Tables as they should not be.

use std::time::{Duration, Instant};

use insta::assert_snapshot;

use crate::house::House;

#[test]
fn files_that_are_no_table() {
    let house = House::with_table();
    house.write("empty.csv", b"");
    house.write("header.csv", b"a,b,y\n");
    house.write("twice.csv", b"a,a,y\n1,2,3\n4,5,6\n");
    house.write("short.csv", b"a,b,y\n1,2,3\n4,5\n7,8,9\n");
    house.write("long.csv", b"a,b,y\n1,2,3\n4,5,6,7\n7,8,9\n");
    house.write("latin.csv", b"a,b,y\ncaf\xe9,1,2\n");
    house.write(
        "wide.csv",
        &"a,b,y\n1,2,3\n"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<_>>(),
    );
    let mut text = String::new();
    for name in ["empty", "header", "twice", "short", "long", "latin"] {
        text += &format!(
            "$ induce train {name}.csv\n{}\n\n",
            house.fault(&format!("train {name}.csv"))
        );
    }
    assert_snapshot!(text);
    house.fault("train wide.csv");
    house.fault("train .");
}

#[test]
fn tables_that_teach_nothing() {
    let house = House::new();
    house.write("one.csv", b"a,b,y\n1,2,3\n");
    house.table("class.csv", "a,y", 50, |_, a, _| format!("{a},yes"));
    house.table("empty.csv", "a,y", 50, |_, a, _| format!("{a},"));
    house.table("single.csv", "y", 50, |_, a, _| format!("{a}"));
    house.table("infinite.csv", "a,y", 50, |i, a, _| {
        format!("{a},{}", if i == 7 { "inf".into() } else { a.to_string() })
    });
    let mut text = String::new();
    for name in ["one", "class", "empty", "single", "infinite"] {
        text += &format!(
            "$ induce train {name}.csv\n{}\n\n",
            house.fault(&format!("train {name}.csv"))
        );
    }
    assert_snapshot!(text);
}

#[test]
fn columns_that_say_nothing_do_no_harm() {
    let house = House::new();
    house.table("blank.csv", "a,b,y", 100, |_, a, _| format!("{a},,{a}"));
    house.table("same.csv", "a,b,y", 100, |_, a, _| format!("{a},5,{a}"));
    house.table("huge.csv", "a,b,y", 100, |i, a, b| {
        format!(
            "{},{},{a}",
            if i % 9 == 0 { "inf".into() } else { a.to_string() },
            if i % 7 == 0 { 1e300 } else { b }
        )
    });
    for name in ["blank", "same", "huge"] {
        let done = house.ok(&format!("train {name}.csv --target y --set rounds=20"));
        assert!(
            done.out.contains("r2") && !done.out.contains("NaN"),
            "{name}: {}",
            done.out
        );
        let rows = house
            .ok(&format!("predict {name}.induce.safetensors {name}.csv"))
            .out;
        assert!(
            rows.lines()
                .skip(1)
                .all(|row| row.parse::<f64>().is_ok_and(f64::is_finite)),
            "{name}"
        );
    }
}

#[test]
fn rows_without_a_target_are_left_out_aloud() {
    let house = House::new();
    house.table("holes.csv", "a,y", 100, |i, a, _| {
        if i % 5 == 0 {
            format!("{a},")
        } else {
            format!("{a},{a}")
        }
    });
    let done = house.ok("train holes.csv --set rounds=5");
    assert!(
        done.err
            .contains("note: 20 rows without a value of `y` are left out"),
        "{}",
        done.err
    );
}

#[test]
fn a_million_categories_take_seconds() {
    let house = House::new();
    house.table("many.csv", "id,a,y", 1_000_000, |i, a, b| {
        format!("id{i},{a},{}", a + b)
    });
    let clock = Instant::now();
    house.ok("train many.csv --type id=category --set rounds=5 --quiet");
    // Far above what it takes: a guard against squares, not a stopwatch.
    assert!(
        clock.elapsed() < Duration::from_secs(120),
        "{:?}",
        clock.elapsed()
    );
}
