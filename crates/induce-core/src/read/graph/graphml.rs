//! GraphML: nodes and edges in XML, with data under declared keys.

use std::collections::HashMap;

use roxmltree::{Document, Node};

use super::super::guard::{malformed, within};
use super::attributes;
use super::head::WEIGHT;
use super::links::{Links, Sense, weight};
use super::names::Names;
use super::nodes::{GraphOptions, Parts};
use crate::table::Column;
use crate::words::counted;
use crate::{Error, Result, Run};

const FORMAT: &str = "GraphML";

/// Bytes of an element or of an attribute in memory.
const ITEM: u64 = 128;

/// What a `key` declares: the name of an attribute, whether it is text, and what a node or edge has that says nothing.
struct Key<'a> {
    id: &'a str,
    name: &'a str,
    text: bool,
    default: Option<&'a str>,
}

/// The graph: `node`s called by their `id`, with their data as attributes; `edge`s with a weight if some key is called so.
///
/// Entities of a document of its own are not read, so that none can grow. Brandes, Eiglsperger, Herman, Himsolt & Marshall 2002,
/// *GraphML progress report*.
pub(super) fn read(file: &str, text: &str, options: &GraphOptions, run: &Run) -> Result<Parts> {
    let fault = |reason: String| fault(file, reason);
    let items = memchr::memchr2_iter(b'<', b'=', text.as_bytes()).count() as u64;
    within(
        format!("`{file}` as a tree"),
        items.saturating_mul(ITEM),
        run.room(),
    )?;
    let document = Document::parse(text).map_err(|error| fault(error.to_string()))?;
    let root = document.root_element();
    let mut graphs = children(root, "graph");
    let graph = graphs.next().ok_or_else(|| fault("there is no `graph`".into()))?;
    let mut notes = Vec::new();
    if graphs.next().is_some() {
        notes.push("the file has several graphs: the first is read".to_owned());
    }
    let nodes: Vec<Node> = children(graph, "node").collect();
    let numbers = numbers(&nodes).map_err(&fault)?;
    let keys = |of: &str| -> Vec<Key> { children(root, "key").filter_map(|own| key(own, of)).collect() };
    let (links, one_way) =
        links(graph, &numbers, &keys("edge"), options.directed, &mut notes).map_err(&fault)?;
    let hyper = children(graph, "hyperedge").count();
    if hyper > 0 {
        notes.push(format!(
            "left out: {} of more than two nodes",
            counted(hyper, "edge")
        ));
    }
    let names = nodes
        .iter()
        .map(|node| node.attribute("id").unwrap_or_default().to_owned());
    let columns = of_nodes(&nodes, &keys("node"), &mut notes);
    Ok(Parts {
        attributes: columns,
        sense: if one_way { Sense::OneWay } else { Sense::Both },
        notes,
        ..Parts::new(FORMAT, Names::Texts(names.collect()), links)
    })
}

fn children<'a, 'i: 'a>(node: Node<'a, 'i>, name: &'a str) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(move |own| own.tag_name().name() == name)
}

/// A key of nodes, or of edges.
fn key<'a>(node: Node<'a, '_>, of: &str) -> Option<Key<'a>> {
    let about = node.attribute("for").unwrap_or("all");
    let id = node.attribute("id").filter(|_| about == of || about == "all")?;
    Some(Key {
        id,
        name: node.attribute("attr.name").unwrap_or(id),
        text: matches!(node.attribute("attr.type"), Some("string" | "boolean")),
        default: children(node, "default").next().and_then(|own| own.text()),
    })
}

/// The value under a key.
fn value<'a>(node: Node<'a, '_>, key: &Key<'a>) -> Option<&'a str> {
    let own = node
        .children()
        .find(|own| own.tag_name().name() == "data" && own.attribute("key") == Some(key.id));
    own.map_or(key.default, |own| own.text()).map(str::trim)
}

fn numbers<'a>(nodes: &[Node<'a, '_>]) -> Result<HashMap<&'a str, u32>, String> {
    let mut numbers = HashMap::with_capacity(nodes.len());
    for (number, node) in (0_u32..).zip(nodes) {
        let id = node
            .attribute("id")
            .ok_or_else(|| format!("node {} has no `id`", number + 1))?;
        if children(*node, "graph").next().is_some() {
            return Err(format!("the node `{id}` holds a graph of its own"));
        }
        if numbers.insert(id, number).is_some() {
            return Err(format!("two nodes have the id `{id}`"));
        }
    }
    Ok(numbers)
}

/// Edges, and whether some lead one way; where directions are kept, one that leads both ways among those is there twice.
fn links(
    graph: Node,
    numbers: &HashMap<&str, u32>,
    keys: &[Key],
    directed: bool,
    notes: &mut Vec<String>,
) -> Result<(Links, bool), String> {
    let usual = graph.attribute("edgedefault") == Some("directed");
    let one_way = |edge: &Node| edge.attribute("directed").map_or(usual, |word| word == "true");
    let weighed = WEIGHT
        .iter()
        .find_map(|name| keys.iter().find(|key| key.name.eq_ignore_ascii_case(name)));
    let some = children(graph, "edge").any(|edge| one_way(&edge));
    let (mut links, mut twice) = (Links::default(), 0);
    for edge in children(graph, "edge") {
        let end = |side: &str| {
            let id = edge
                .attribute(side)
                .ok_or_else(|| format!("an edge has no `{side}`"))?;
            let found = numbers.get(id).copied();
            found.ok_or_else(|| format!("an edge has the {side} `{id}`, which is no node"))
        };
        let (from, to) = (end("source")?, end("target")?);
        let own = weighed.and_then(|key| value(edge, key)).map_or(Ok(1.0), weight);
        let own =
            own.map_err(|reason| format!("an edge from node {} to node {}: {reason}", from + 1, to + 1))?;
        links.push(from, to, own);
        if some && directed && from != to && !one_way(&edge) {
            links.push(to, from, own);
            twice += 1;
        }
    }
    if twice > 0 {
        notes.push(format!(
            "{} both ways among those that lead one way",
            counted(twice, "edge")
        ));
    }
    if let Some(key) = weighed {
        notes.push(format!("`{}` of the edges is their weight", key.name));
    }
    let others = keys
        .iter()
        .filter(|key| weighed.is_none_or(|own| own.id != key.id));
    let others: Vec<String> = others
        .map(|key| format!("`{}`", key.name))
        .take(attributes::MOST)
        .collect();
    if !others.is_empty() {
        notes.push(format!("left out of the edges: {}", others.join(", ")));
    }
    Ok((links, some))
}

fn of_nodes(nodes: &[Node], keys: &[Key], notes: &mut Vec<String>) -> Vec<Column> {
    let read = keys.len().min(attributes::MOST);
    if read < keys.len() {
        notes.push(format!(
            "{} of nodes left out: the first {read} are read",
            counted(keys.len() - read, "attribute")
        ));
    }
    let column = |key: &Key| {
        let values: Vec<Option<String>> = nodes
            .iter()
            .map(|node| value(*node, key).map(str::to_owned))
            .collect();
        match key.text {
            true => attributes::texts(key.name, &values),
            false => attributes::column(key.name, &values),
        }
    };
    keys[..read].iter().map(column).collect()
}

fn fault(file: &str, reason: String) -> Error {
    malformed(
        file,
        FORMAT,
        reason,
        "`networkx.write_graphml(G, FILE)` writes one; it needs no DOCTYPE, and no graphs within nodes",
    )
}
