//! GML: nested lists of keys and values.

use std::collections::HashMap;

use super::super::guard::malformed;
use super::attributes;
use super::links::{Links, Sense};
use super::names::Names;
use super::nodes::Parts;
use super::words::finite;
use crate::table::Column;
use crate::{Error, Result};

const FORMAT: &str = "GML";

/// Lists within lists at most: a graph, its nodes, their graphics, and some more.
const DEPTH: usize = 40;

/// What stands beside a key.
enum Value<'a> {
    Number(&'a str),
    Text(String),
    List(Vec<(&'a str, Value<'a>)>),
}

impl Value<'_> {
    fn number(&self) -> Option<f64> {
        match self {
            Self::Number(word) => finite(word),
            _ => None,
        }
    }

    fn text(&self) -> Option<String> {
        match self {
            Self::Number(word) => Some((*word).to_owned()),
            Self::Text(text) => Some(text.clone()),
            Self::List(_) => None,
        }
    }
}

type List<'a> = Vec<(&'a str, Value<'a>)>;

/// `graph [`, after comments and the keys that programs write before it.
pub(super) fn is_gml(text: &str) -> bool {
    let mut rest = text.trim_start();
    while let Some(comment) = rest.strip_prefix('#') {
        rest = comment.split_once('\n').map_or("", |lines| lines.1).trim_start();
    }
    let begins = |word: &str| {
        rest.get(..word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word))
            .then(|| rest[word.len()..].trim_start())
    };
    begins("graph").is_some_and(|after| after.starts_with('['))
        || begins("creator").is_some_and(|after| after.starts_with('"'))
        || begins("version").is_some_and(|after| after.starts_with(|c: char| c.is_ascii_digit() || c == '"'))
}

/// The graph: nodes with `id`, a name if they have one, and attributes; edges with `source`, `target` and a weight.
///
/// Himsolt 1997, *GML: a portable graph file format*.
pub(super) fn read(file: &str, text: &str) -> Result<Parts> {
    let mut reader = Reader { text, at: 0, file };
    let all = reader.list(0)?;
    let graph = all.iter().find_map(|(key, value)| match value {
        Value::List(list) if key.eq_ignore_ascii_case("graph") => Some(list),
        _ => None,
    });
    let graph = graph.ok_or_else(|| reader.fault("there is no list `graph`"))?;
    let of = |wanted: &'static str| {
        graph.iter().filter_map(move |(key, value)| match value {
            Value::List(list) if *key == wanted => Some(list),
            _ => None,
        })
    };
    let nodes: Vec<&List> = of("node").collect();
    let (names, numbers) = names(&reader, &nodes)?;
    let (mut links, mut weighed) = (Links::default(), None);
    for edge in of("edge") {
        let (from, to, weight) = edge_of(&reader, edge, &numbers, &mut weighed)?;
        links.push(from, to, weight);
    }
    let directed = graph
        .iter()
        .any(|(key, value)| *key == "directed" && value.number() == Some(1.0));
    let said = weighed.map(|name| format!("`{name}` of the edges is their weight"));
    Ok(Parts {
        attributes: of_nodes(&nodes),
        sense: if directed { Sense::OneWay } else { Sense::Both },
        notes: Vec::from_iter(said),
        ..Parts::new(FORMAT, Names::Texts(names), links)
    })
}

fn get<'a, 'b>(list: &'b List<'a>, key: &str) -> Option<&'b Value<'a>> {
    list.iter().find(|(name, _)| *name == key).map(|(_, value)| value)
}

/// Names of nodes, unique, and the numbers of their ids.
fn names<'a>(reader: &Reader, nodes: &[&List<'a>]) -> Result<(Vec<String>, HashMap<String, u32>)> {
    let mut numbers = HashMap::new();
    let (mut names, mut used) = (Vec::new(), HashMap::new());
    for (number, node) in (0_u32..).zip(nodes) {
        let id = get(node, "id").and_then(Value::text);
        let id = id.ok_or_else(|| reader.fault(&format!("node {} has no `id`", number + 1)))?;
        if numbers.insert(id.clone(), number).is_some() {
            return Err(reader.fault(&format!("two nodes have the id {id}")));
        }
        let said = ["label", "name"]
            .iter()
            .find_map(|key| get(node, key).and_then(Value::text));
        let name = said.unwrap_or_else(|| id.clone());
        let twice = used.insert(name.clone(), number).is_some();
        names.push(if twice { format!("{name} ({id})") } else { name });
    }
    Ok((names, numbers))
}

fn edge_of(
    reader: &Reader,
    edge: &List,
    numbers: &HashMap<String, u32>,
    weighed: &mut Option<&'static str>,
) -> Result<(u32, u32, f64)> {
    let end = |key: &str| {
        let id = get(edge, key)
            .and_then(Value::text)
            .ok_or_else(|| reader.fault(&format!("an edge has no `{key}`")))?;
        numbers
            .get(&id)
            .copied()
            .ok_or_else(|| reader.fault(&format!("an edge has the {key} {id}, which is no node")))
    };
    let found = ["weight", "value"]
        .into_iter()
        .find_map(|key| Some((key, get(edge, key)?)));
    let weight = match found {
        None => 1.0,
        Some((key, value)) => {
            *weighed = Some(key);
            value
                .number()
                .ok_or_else(|| reader.fault(&format!("the `{key}` of an edge is no finite number")))?
        }
    };
    Ok((end("source")?, end("target")?, weight))
}

/// Attributes beside id and name.
fn of_nodes(nodes: &[&List]) -> Vec<Column> {
    let mut keys: Vec<&str> = Vec::new();
    for (key, value) in nodes.iter().flat_map(|node| node.iter()) {
        let plain = !matches!(value, Value::List(_)) && !["id", "label", "name"].contains(key);
        if plain && keys.len() < attributes::MOST && !keys.contains(key) {
            keys.push(key);
        }
    }
    let values = |key: &str| -> Vec<Option<String>> {
        let value = |node: &&List| get(node, key).and_then(Value::text);
        nodes.iter().map(value).collect()
    };
    keys.into_iter()
        .map(|key| attributes::column(key, &values(key)))
        .collect()
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    file: &'a str,
}

impl<'a> Reader<'a> {
    /// Keys and values up to the end of the list, or of the file where it is the outermost.
    fn list(&mut self, depth: usize) -> Result<List<'a>> {
        if depth > DEPTH {
            return Err(self.fault(&format!("more than {DEPTH} lists are within each other")));
        }
        let mut list = Vec::new();
        loop {
            self.skip();
            match self.text[self.at..].chars().next() {
                None if depth == 0 => return Ok(list),
                None => return Err(self.fault("a list has no end")),
                Some(']') if depth > 0 => {
                    self.at += 1;
                    return Ok(list);
                }
                Some(c) if c.is_ascii_alphabetic() => {
                    let key = self.word();
                    list.push((key, self.value(depth)?));
                }
                Some(other) => return Err(self.fault(&format!("`{other}` stands where a key is expected"))),
            }
        }
    }

    fn value(&mut self, depth: usize) -> Result<Value<'a>> {
        self.skip();
        match self.text[self.at..].chars().next() {
            Some('[') => {
                self.at += 1;
                self.list(depth + 1).map(Value::List)
            }
            Some('"') => {
                let rest = &self.text[self.at + 1..];
                let end = rest.find('"').ok_or_else(|| self.fault("a text has no end"))?;
                self.at += end + 2;
                Ok(Value::Text(plain(&rest[..end])))
            }
            Some(c) if c.is_ascii_digit() || "+-.".contains(c) => Ok(Value::Number(self.word())),
            _ => Err(self.fault("a key has no value: a number, a text in quotes, or a list in brackets")),
        }
    }

    /// Space and comments.
    fn skip(&mut self) {
        loop {
            let rest = &self.text[self.at..];
            self.at += rest.len() - rest.trim_start().len();
            if !self.text[self.at..].starts_with('#') {
                return;
            }
            self.at += self.text[self.at..]
                .find('\n')
                .unwrap_or(self.text.len() - self.at);
        }
    }

    fn word(&mut self) -> &'a str {
        let rest = &self.text[self.at..];
        let end = rest
            .find(|c: char| c.is_whitespace() || "[]\"#".contains(c))
            .unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    fn fault(&self, reason: &str) -> Error {
        let line = self.text[..self.at].lines().count().max(1);
        malformed(
            self.file,
            FORMAT,
            format!("{reason} (up to line {line})"),
            "nodes look like `node [ id 1 label \"a\" ]`, edges like `edge [ source 1 target 2 ]`",
        )
    }
}

/// A text whose character entities are characters.
fn plain(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let entities = [
        ("&quot;", "\""),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&apos;", "'"),
        ("&#34;", "\""),
        ("&amp;", "&"),
    ];
    entities
        .iter()
        .fold(text.to_owned(), |text, (name, c)| text.replace(name, c))
}
