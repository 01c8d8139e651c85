//! Names of categories: XGBoost keeps them since 3.1, flattened into bytes and offsets.

use super::super::features::Kind;
use super::super::value::{Read, Value, index};

/// The names in `cats`, per feature; empty where a feature has none.
pub fn read(cats: Option<&Value>) -> Read<Vec<Vec<String>>> {
    let Some(encodings) = cats.filter(|cats| cats.find("enc").is_some()) else {
        return Ok(Vec::new());
    };
    let read = |(f, encoding)| names(encoding).map_err(|e| format!("the categories of feature {f}: {e}"));
    encodings.list_of("enc")?.iter().enumerate().map(read).collect()
}

fn names(encoding: &Value) -> Read<Vec<String>> {
    let values = encoding.numbers_of("values")?;
    if encoding.find("offsets").is_none() {
        return Ok(values.iter().map(f64::to_string).collect());
    }
    let offsets = encoding.numbers_of("offsets")?;
    let byte = |&x: &f64| {
        if x.fract() == 0.0 && (-128.0..256.0).contains(&x) {
            Ok(x as i16 as u8)
        } else {
            Err(x)
        }
    };
    let bytes = values
        .iter()
        .map(byte)
        .collect::<Result<Vec<u8>, _>>()
        .map_err(|x| format!("{x} is not a byte"))?;
    let bound = |&x: &f64| index(x, bytes.len() + 1, "an offset");
    let offsets = offsets.iter().map(bound).collect::<Read<Vec<_>>>()?;
    let name = |w: &[usize]| {
        let bytes = bytes.get(w[0]..w[1]).ok_or("its offsets fall")?;
        let text = std::str::from_utf8(bytes).map_err(|_| {
            "its names are not UTF-8 (XGBoost 3 cuts names that are not ASCII; rename them and train again)".to_string()
        })?;
        Ok(text.to_string())
    };
    offsets.windows(2).map(name).collect()
}

/// The `cats` section for these features.
pub fn write(kinds: &[Kind]) -> Value {
    let mut segments = vec![0_i32];
    let mut sorted = Vec::new();
    let mut encodings = Vec::new();
    for kind in kinds {
        let names: &[String] = if let Kind::Named(names) = kind { names } else { &[] };
        let mut order: Vec<i32> = (0..names.len() as i32).collect();
        order.sort_by_key(|&i| names[i as usize].as_bytes());
        sorted.extend(order);
        segments.push(sorted.len() as i32);
        encodings.push(encoding(names));
    }
    Value::map([
        ("enc", Value::List(encodings)),
        ("feature_segments", Value::I32(segments)),
        ("sorted_idx", Value::I32(sorted)),
    ])
}

fn encoding(names: &[String]) -> Value {
    let mut offsets = vec![0_i32; usize::from(!names.is_empty())];
    let mut bytes = Vec::new();
    for name in names {
        bytes.extend(name.bytes().map(u8::cast_signed));
        offsets.push(bytes.len() as i32);
    }
    Value::map([("offsets", Value::I32(offsets)), ("values", Value::I8(bytes))])
}
