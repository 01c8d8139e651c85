//! JSON as XGBoost speaks it: with `NaN` and `Infinity`, and floats that must look like floats.

use super::value::{DEPTH, Read, Value};

/// Parse a whole document.
pub fn read(bytes: &[u8]) -> Read<Value> {
    let mut parser = Parser { bytes, at: 0 };
    let value = parser.value(0)?;
    parser.space();
    if parser.at < bytes.len() {
        return Err(format!("there is something after its end, at byte {}", parser.at));
    }
    Ok(value)
}

struct Parser<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Parser<'_> {
    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn fault<T>(&self, expected: &str) -> Read<T> {
        match self.peek() {
            None => Err(format!("it ends at byte {}, where {expected} belongs", self.at)),
            Some(_) => Err(format!("at byte {} belongs {expected}", self.at)),
        }
    }

    fn take(&mut self, byte: u8) -> bool {
        let is = self.peek() == Some(byte);
        self.at += usize::from(is);
        is
    }

    fn word(&mut self, word: &str, value: Value) -> Read<Value> {
        if !self.bytes[self.at..].starts_with(word.as_bytes()) {
            return self.fault("a value");
        }
        self.at += word.len();
        Ok(value)
    }

    fn value(&mut self, depth: usize) -> Read<Value> {
        if depth > DEPTH {
            return Err(format!(
                "it is nested deeper than {DEPTH} levels at byte {}",
                self.at
            ));
        }
        self.space();
        match self.peek() {
            Some(b'{') => self.map(depth),
            Some(b'[') => self.list(depth),
            Some(b'"') => Ok(Value::Text(self.text()?)),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            Some(b'N') => self.word("NaN", Value::Float(f64::NAN)),
            Some(b'I') => self.word("Infinity", Value::Float(f64::INFINITY)),
            Some(b'-') if self.bytes[self.at..].starts_with(b"-I") => {
                self.word("-Infinity", Value::Float(f64::NEG_INFINITY))
            }
            _ => self.number(),
        }
    }

    fn number(&mut self) -> Read<Value> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E')) {
            self.at += 1;
        }
        let text = std::str::from_utf8(&self.bytes[start..self.at]).unwrap_or_default();
        if let Ok(n) = text.parse() {
            return Ok(Value::Integer(n));
        }
        let float = text.parse().map(Value::Float);
        float.or_else(|_| {
            self.at = start;
            self.fault("a value")
        })
    }

    fn map(&mut self, depth: usize) -> Read<Value> {
        self.at += 1;
        let mut entries = Vec::new();
        self.space();
        if self.take(b'}') {
            return Ok(Value::Map(entries));
        }
        loop {
            self.space();
            let key = self.text()?;
            self.space();
            if !self.take(b':') {
                return self.fault("`:`");
            }
            entries.push((key, self.value(depth + 1)?));
            self.space();
            if self.take(b'}') {
                return Ok(Value::Map(entries));
            }
            if !self.take(b',') {
                return self.fault("`,` or `}`");
            }
        }
    }

    fn list(&mut self, depth: usize) -> Read<Value> {
        self.at += 1;
        let mut items = Items::default();
        self.space();
        if self.take(b']') {
            return Ok(items.done());
        }
        loop {
            items.push(self.value(depth + 1)?);
            self.space();
            if self.take(b']') {
                return Ok(items.done());
            }
            if !self.take(b',') {
                return self.fault("`,` or `]`");
            }
        }
    }

    fn text(&mut self) -> Read<String> {
        let start = self.at;
        if !self.take(b'"') {
            return self.fault("`\"`");
        }
        while let Some(byte) = self.peek() {
            self.at += if byte == b'\\' { 2 } else { 1 };
            if byte == b'"' {
                let text = serde_json::from_slice(&self.bytes[start..self.at]);
                return text.map_err(|e| format!("the text at byte {start} is not valid: {e}"));
            }
        }
        self.at = self.bytes.len();
        self.fault("`\"`")
    }
}

/// Numbers as long as there is nothing else.
#[derive(Default)]
struct Items {
    numbers: Vec<f64>,
    others: Vec<Value>,
}

impl Items {
    fn push(&mut self, item: Value) {
        match item {
            Value::Integer(n) if self.others.is_empty() => self.numbers.push(n as f64),
            Value::Float(x) if self.others.is_empty() => self.numbers.push(x),
            other => {
                self.others.extend(self.numbers.drain(..).map(Value::Float));
                self.others.push(other);
            }
        }
    }

    fn done(self) -> Value {
        if self.others.is_empty() {
            Value::F64(self.numbers)
        } else {
            Value::List(self.others)
        }
    }
}

/// Spell a value; floats always with an exponent, so that XGBoost takes them for floats.
pub fn write(value: &Value) -> Vec<u8> {
    let mut out = String::new();
    spell(value, &mut out);
    out.into_bytes()
}

fn spell(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(b) => out.push_str(&b.to_string()),
        Value::Integer(n) => out.push_str(&n.to_string()),
        Value::Float(x) => out.push_str(&float(*x)),
        Value::Text(text) => out.push_str(&quoted(text)),
        Value::F32(v) => list(v, out, |x, out| out.push_str(&float(*x))),
        Value::F64(v) => list(v, out, |x, out| out.push_str(&float(*x))),
        Value::I8(v) => list(v, out, |x, out| out.push_str(&x.to_string())),
        Value::U8(v) => list(v, out, |x, out| out.push_str(&x.to_string())),
        Value::I16(v) => list(v, out, |x, out| out.push_str(&x.to_string())),
        Value::I32(v) => list(v, out, |x, out| out.push_str(&x.to_string())),
        Value::I64(v) => list(v, out, |x, out| out.push_str(&x.to_string())),
        Value::List(v) => list(v, out, spell),
        Value::Map(entries) => {
            out.push('{');
            for (i, (key, value)) in entries.iter().enumerate() {
                out.push_str(if i > 0 { "," } else { "" });
                out.push_str(&quoted(key));
                out.push(':');
                spell(value, out);
            }
            out.push('}');
        }
    }
}

fn list<T>(items: &[T], out: &mut String, item: impl Fn(&T, &mut String)) {
    out.push('[');
    for (i, x) in items.iter().enumerate() {
        out.push_str(if i > 0 { "," } else { "" });
        item(x, out);
    }
    out.push(']');
}

fn float(x: impl std::fmt::UpperExp + Into<f64> + Copy) -> String {
    match x.into() {
        v if v.is_nan() => "NaN".into(),
        f64::INFINITY => "Infinity".into(),
        f64::NEG_INFINITY => "-Infinity".into(),
        _ => format!("{x:E}"),
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
