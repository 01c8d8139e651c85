//! Universal binary JSON as XGBoost speaks it: lengths as 64-bit integers, typed arrays big-endian.

use super::value::{DEPTH, Read, Value};

/// Parse a whole document.
pub fn read(bytes: &[u8]) -> Read<Value> {
    let mut parser = Parser {
        rest: bytes,
        length: bytes.len(),
    };
    let value = parser.value(0)?;
    if parser.rest.is_empty() {
        Ok(value)
    } else {
        Err(format!(
            "there is something after its end, at byte {}",
            parser.at()
        ))
    }
}

struct Parser<'a> {
    rest: &'a [u8],
    length: usize,
}

impl<'a> Parser<'a> {
    fn at(&self) -> usize {
        self.length - self.rest.len()
    }

    fn take(&mut self, n: usize) -> Read<&'a [u8]> {
        let split = self.rest.split_at_checked(n);
        let (taken, rest) = split.ok_or_else(|| {
            format!(
                "it ends at byte {}, {n} bytes after byte {} are missing",
                self.length,
                self.at()
            )
        })?;
        self.rest = rest;
        Ok(taken)
    }

    fn word<const N: usize>(&mut self) -> Read<[u8; N]> {
        let mut word = [0; N];
        word.copy_from_slice(self.take(N)?);
        Ok(word)
    }

    fn marker(&mut self) -> Read<u8> {
        self.word().map(|[marker]| marker)
    }

    fn value(&mut self, depth: usize) -> Read<Value> {
        let marker = self.marker()?;
        self.value_of(marker, depth)
    }

    fn value_of(&mut self, marker: u8, depth: usize) -> Read<Value> {
        if depth > DEPTH {
            return Err(format!(
                "it is nested deeper than {DEPTH} levels at byte {}",
                self.at()
            ));
        }
        Ok(match marker {
            b'Z' => Value::Null,
            b'T' => Value::Bool(true),
            b'F' => Value::Bool(false),
            b'd' => Value::Float(f32::from_be_bytes(self.word()?).into()),
            b'D' => Value::Float(f64::from_be_bytes(self.word()?)),
            b'i' | b'U' | b'I' | b'l' | b'L' => Value::Integer(self.integer(marker)?),
            b'C' => Value::Text(char::from(self.marker()?).to_string()),
            b'S' => Value::Text(self.text()?),
            b'[' => self.list(depth)?,
            b'{' => self.map(depth)?,
            other => {
                return Err(format!(
                    "at byte {} stands the unknown marker {other}",
                    self.at().saturating_sub(1)
                ));
            }
        })
    }

    fn integer(&mut self, marker: u8) -> Read<i64> {
        Ok(match marker {
            b'i' => i8::from_be_bytes(self.word()?).into(),
            b'U' => u8::from_be_bytes(self.word()?).into(),
            b'I' => i16::from_be_bytes(self.word()?).into(),
            b'l' => i32::from_be_bytes(self.word()?).into(),
            b'L' => i64::from_be_bytes(self.word()?),
            other => {
                return Err(format!(
                    "at byte {} belongs a length, not the marker {other}",
                    self.at().saturating_sub(1)
                ));
            }
        })
    }

    fn count(&mut self) -> Read<usize> {
        let marker = self.marker()?;
        let n = self.integer(marker)?;
        usize::try_from(n).map_err(|_| format!("before byte {} stands the length {n}", self.at()))
    }

    fn text(&mut self) -> Read<String> {
        let n = self.count()?;
        let bytes = self.take(n)?;
        let text = std::str::from_utf8(bytes).map(str::to_string);
        text.map_err(|_| format!("the text before byte {} is not UTF-8", self.at()))
    }

    fn list(&mut self, depth: usize) -> Read<Value> {
        match self.rest.first() {
            Some(b'$') => {
                self.marker()?;
                let kind = self.marker()?;
                if self.marker()? != b'#' {
                    return Err(format!("at byte {} belongs `#`", self.at().saturating_sub(1)));
                }
                self.typed(kind)
            }
            Some(b'#') => {
                self.marker()?;
                let n = self.count()?;
                // Every item takes a byte at least, so this grows no longer than the file.
                let mut items = Vec::new();
                for _ in 0..n {
                    items.push(self.value(depth + 1)?);
                }
                Ok(Value::List(items))
            }
            _ => {
                let mut items = Vec::new();
                loop {
                    match self.marker()? {
                        b']' => return Ok(Value::List(items)),
                        marker => items.push(self.value_of(marker, depth + 1)?),
                    }
                }
            }
        }
    }

    fn typed(&mut self, kind: u8) -> Read<Value> {
        let n = self.count()?;
        macro_rules! array {
            ($variant:ident $type:ty) => {{
                let length = n
                    .checked_mul(size_of::<$type>())
                    .ok_or("a length is out of range")?;
                let (words, _) = self.take(length)?.as_chunks();
                Value::$variant(words.iter().map(|w| <$type>::from_be_bytes(*w)).collect())
            }};
        }
        Ok(match kind {
            b'd' => array!(F32 f32),
            b'D' => array!(F64 f64),
            b'i' => array!(I8 i8),
            b'U' => array!(U8 u8),
            b'I' => array!(I16 i16),
            b'l' => array!(I32 i32),
            b'L' => array!(I64 i64),
            other => {
                return Err(format!(
                    "before byte {} stands an array of the unknown type {other}",
                    self.at()
                ));
            }
        })
    }

    fn map(&mut self, depth: usize) -> Read<Value> {
        let mut entries = Vec::new();
        loop {
            if self.rest.first() == Some(&b'}') {
                self.marker()?;
                return Ok(Value::Map(entries));
            }
            let key = self.text()?;
            entries.push((key, self.value(depth + 1)?));
        }
    }
}

/// Spell a value.
pub fn write(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    spell(value, &mut out);
    out
}

fn spell(value: &Value, out: &mut Vec<u8>) {
    macro_rules! array {
        ($kind:literal, $v:expr) => {{
            out.extend([b'[', b'$', $kind, b'#']);
            count($v.len(), out);
            $v.iter().for_each(|x| out.extend(x.to_be_bytes()));
        }};
    }
    match value {
        Value::Null => out.push(b'Z'),
        Value::Bool(b) => out.push(if *b { b'T' } else { b'F' }),
        Value::Integer(n) => {
            out.push(b'L');
            out.extend(n.to_be_bytes());
        }
        Value::Float(x) => {
            out.push(b'D');
            out.extend(x.to_be_bytes());
        }
        Value::Text(t) => {
            out.push(b'S');
            text(t, out);
        }
        Value::F32(v) => array!(b'd', v),
        Value::F64(v) => array!(b'D', v),
        Value::I8(v) => array!(b'i', v),
        Value::U8(v) => array!(b'U', v),
        Value::I16(v) => array!(b'I', v),
        Value::I32(v) => array!(b'l', v),
        Value::I64(v) => array!(b'L', v),
        Value::List(items) => {
            out.extend(b"[#");
            count(items.len(), out);
            items.iter().for_each(|item| spell(item, out));
        }
        Value::Map(entries) => {
            out.push(b'{');
            for (key, value) in entries {
                text(key, out);
                spell(value, out);
            }
            out.push(b'}');
        }
    }
}

fn count(n: usize, out: &mut Vec<u8>) {
    out.push(b'L');
    out.extend((n as u64).to_be_bytes());
}

fn text(text: &str, out: &mut Vec<u8>) {
    count(text.len(), out);
    out.extend(text.as_bytes());
}
