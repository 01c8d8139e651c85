use super::super::value::{DEPTH, Value};
use super::super::{json, ubjson};

fn everything() -> Value {
    Value::map([
        ("null", Value::Null),
        ("yes", Value::Bool(true)),
        ("count", Value::Integer(-7)),
        ("text", Value::text("ü\n\"\\ \u{1F333}")),
        ("f32", Value::F32(vec![0.1, 1e-45, -0.0, f32::MAX])),
        ("f64", Value::F64(vec![0.1, 5e-324])),
        ("i8", Value::I8(vec![-128, 127])),
        ("u8", Value::U8(vec![0, 255])),
        ("i16", Value::I16(vec![-300])),
        ("i32", Value::I32(vec![i32::MAX])),
        ("i64", Value::I64(vec![i64::MIN])),
        (
            "list",
            Value::List(vec![Value::map([]), Value::List(Vec::new()), Value::Float(0.5)]),
        ),
    ])
}

#[test]
fn ubjson_comes_back_as_it_was() {
    let bytes = ubjson::write(&everything());
    assert_eq!(ubjson::read(&bytes).unwrap(), everything());
    for n in 0..bytes.len() {
        assert!(ubjson::read(&bytes[..n]).is_err());
    }
}

#[test]
fn json_comes_back_with_the_same_numbers_and_texts() {
    let bytes = json::write(&everything());
    let again = json::read(&bytes).unwrap();
    assert_eq!(again.str_of("text"), everything().str_of("text"));
    let single = |value: &Value| {
        value
            .numbers_of("f32")
            .unwrap()
            .iter()
            .map(|&x| x as f32)
            .collect::<Vec<_>>()
    };
    assert_eq!(single(&again), single(&everything()));
    for key in ["f64", "i8", "u8", "i16", "i32", "i64"] {
        let before = everything();
        assert_eq!(
            again.numbers_of(key).unwrap(),
            before.numbers_of(key).unwrap(),
            "{key}"
        );
    }
    assert_eq!(again.count_of("count").unwrap_err(), "`count` is -7, not a count");
    for n in 0..bytes.len() {
        assert!(json::read(&bytes[..n]).is_err());
    }
}

#[test]
fn json_knows_the_numbers_that_xgboost_writes() {
    let value = json::read(b" { \"x\" : [ NaN , Infinity , -Infinity , 0E0 , -1.5e3 ] } ").unwrap();
    let numbers = value.numbers_of("x").unwrap();
    assert!(numbers[0].is_nan());
    assert_eq!(numbers[1..], [f64::INFINITY, f64::NEG_INFINITY, 0.0, -1500.0]);
    for bad in [
        "", "[1,]", "[1 2]", "{\"a\"}", "{\"a\":}", "\"\\", "\"\\q\"", "nul", "1 1", "--1", "[", "{", "+",
        "\u{1}",
    ] {
        assert!(json::read(bad.as_bytes()).is_err(), "{bad}");
    }
}

#[test]
fn bombs_do_not_go_off() {
    for deep in ["[".repeat(1_000_000), "{\"a\":".repeat(1_000_000)] {
        assert!(
            json::read(deep.as_bytes())
                .unwrap_err()
                .contains(&format!("deeper than {DEPTH}"))
        );
    }
    assert!(
        ubjson::read(&vec![b'['; 1_000_000])
            .unwrap_err()
            .contains("nested deeper")
    );
    for (marker, n) in [
        (b'd', i64::MAX),
        (b'L', 1 << 60),
        (b'U', 1 << 40),
        (b'Z', 1 << 40),
        (b'[', 9),
        (b'U', -1),
    ] {
        let mut bytes = vec![b'[', b'$', marker, b'#', b'L'];
        bytes.extend(n.to_be_bytes());
        assert!(ubjson::read(&bytes).is_err());
    }
    let mut list = b"[#L".to_vec();
    list.extend(i64::MAX.to_be_bytes());
    assert!(ubjson::read(&list).is_err());
    let mut text = b"SL".to_vec();
    text.extend(i64::MAX.to_be_bytes());
    assert!(ubjson::read(&text).is_err());
}
