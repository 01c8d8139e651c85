//! A binary tree of questions: from the top down where its leaves have room beside each other, as an outline where not.

use induce_core::model::TreeNode;

use super::{NARROWEST, nothing, usable};
use crate::scene::{Anchor, Area, Svg};
use crate::text;

/// The most nodes on a path; what is below is summarised.
const LEVELS: usize = 5;

/// The least width of a leaf that is drawn beside others.
const SLOT: f64 = 52.0;

/// The height of a level, and that of the words of a node.
const LEVEL: f64 = 92.0;
const WORDS: f64 = 46.0;

/// The height of a row of the outline, and how far an answer stands to the right of its question.
const ROW: f64 = 24.0;
const INDENT: f64 = 18.0;

/// The tree, "yes" to the left (in an outline: first), "no" to the right. The ring on a line marks the answer of rows whose
/// value is missing. Of a deep tree the first five levels are drawn, and under them how many leaves there are.
///
/// ```
/// use induce_core::model::TreeNode;
/// use induce_plot::chart;
///
/// let leaf = |text: &str| TreeNode { text: text.into(), ..TreeNode::default() };
/// let children = vec![leaf("12.5"), leaf("31.0")];
/// let root = TreeNode { text: "age <= 40?".into(), children, ..TreeNode::default() };
/// assert!(chart::tree(&root, 400.0).inline().contains("yes"));
/// ```
pub fn tree(root: &TreeNode, width: f64) -> Svg {
    let width = usable(width);
    if is_empty(root) {
        return nothing(TITLE, width);
    }
    let nodes = laid_out(root);
    let slots = nodes.iter().filter(|node| node.children.is_empty()).count();
    if slots as f64 * SLOT <= width {
        top_down(&nodes, slots, width, root)
    } else {
        outline(&nodes, width, root)
    }
}

const TITLE: &str = "Tree";

/// Whether there is nothing to draw.
pub(crate) fn is_empty(root: &TreeNode) -> bool {
    root.text.is_empty() && root.children.is_empty()
}

/// A node that is drawn, parents before their children, "yes" before "no".
struct Node<'a> {
    text: String,
    note: &'a str,
    level: usize,
    /// The place of its middle, in slots.
    middle: f64,
    /// How many slots it and all below it take.
    slots: f64,
    /// Where "yes" and "no" lead.
    children: Vec<usize>,
    /// The child that rows with a missing value go to; 0 is "yes".
    missing: usize,
}

/// The nodes of the first levels. What is deeper is one node that says how many leaves it stands for.
fn laid_out(root: &TreeNode) -> Vec<Node<'_>> {
    let mut nodes = Vec::new();
    lay_out(root, 0, &mut 0.0, &mut nodes);
    nodes
}

fn lay_out<'a>(node: &'a TreeNode, level: usize, slot: &mut f64, nodes: &mut Vec<Node<'a>>) -> usize {
    let own = nodes.len();
    let cut = level + 1 == LEVELS && !node.children.is_empty();
    let (words, note) = if cut {
        (format!("… {}", text::counted(leaves(node), "leaf")), "")
    } else {
        (node.text.clone(), node.note.as_str())
    };
    nodes.push(Node {
        text: words,
        note,
        level,
        middle: *slot + 0.5,
        slots: 1.0,
        children: Vec::new(),
        missing: usize::from(!node.missing_left),
    });
    if cut || node.children.is_empty() {
        *slot += 1.0;
        return own;
    }
    let first = *slot;
    let below = node.children.iter().take(2);
    let children: Vec<usize> = below
        .map(|child| lay_out(child, level + 1, slot, nodes))
        .collect();
    let middles = children.iter().map(|&child| nodes[child].middle);
    nodes[own].middle = middles.sum::<f64>() / children.len() as f64;
    nodes[own].slots = *slot - first;
    nodes[own].children = children;
    own
}

/// How many leaves are under a node.
fn leaves(node: &TreeNode) -> u64 {
    let (mut open, mut count) = (vec![node], 0);
    while let Some(node) = open.pop() {
        count += u64::from(node.children.is_empty());
        open.extend(&node.children);
    }
    count
}

fn top_down(nodes: &[Node<'_>], slots: usize, width: f64, root: &TreeNode) -> Svg {
    let levels = nodes.iter().map(|node| node.level).max().unwrap_or(0);
    let height = LEVEL * levels as f64 + WORDS + 10.0;
    let mut svg = Svg::new(width, height, TITLE, &describe(root));
    // Few leaves are kept together: eyes do not jump well.
    let slot = (width / slots as f64).min(190.0);
    let left = (width - slot * slots as f64) / 2.0;
    let at = |node: &Node| (left + node.middle * slot, LEVEL * node.level as f64);
    for node in nodes {
        for (answer, &child) in node.children.iter().enumerate() {
            let (from, to) = (at(node), at(&nodes[child]));
            let (from, to) = ((from.0, from.1 + WORDS - 2.0), (to.0, to.1 - 4.0));
            svg.line("axis", from, to);
            let label = (from.0 + (to.0 - from.0) * 0.5, from.1 + (to.1 - from.1) * 0.5);
            if (to.0 - from.0).abs() >= 22.0 {
                let words = if answer == 0 { "yes" } else { "no" };
                svg.text("small soft halo", Anchor::Middle, (label.0, label.1 + 4.0), words);
            }
            if node.missing == answer {
                let ring = (from.0 + (to.0 - from.0) * 0.2, from.1 + (to.1 - from.1) * 0.2);
                svg.circle("mark", ring, 3.5);
            }
        }
    }
    for node in nodes {
        // A question may reach over the leaves under it, half of them at either side.
        let space = (node.slots * slot - 8.0).min(if node.children.is_empty() { 150.0 } else { 220.0 });
        let (x, y) = at(node);
        svg.tip(&tip(node), |svg| words(svg, node, (x, y), space, width));
    }
    svg
}

/// Up to two lines of words and the note under them, on a plate if it is a leaf.
fn words(svg: &mut Svg, node: &Node<'_>, (x, top): (f64, f64), space: f64, width: f64) {
    let leaf = node.children.is_empty();
    let size = 11.0;
    let lines = wrapped(&node.text, size, space);
    let note = text::fit(node.note, 9.5, space);
    // Strong letters are a little wider.
    let strong = if leaf { 1.08 } else { 1.0 };
    let shown = lines
        .iter()
        .map(|line| strong * text::width(line, size))
        .fold(text::width(&note, 9.5), f64::max);
    // At the edges words are moved inwards rather than cut off.
    let half = shown / 2.0 + 4.0;
    let x = x.clamp(half.min(width / 2.0), (width - half).max(width / 2.0));
    if leaf {
        let area = Area {
            x: x - half,
            y: top,
            width: 2.0 * half,
            height: if note.is_empty() { 28.0 } else { 40.0 } + if lines.len() > 1 { 9.0 } else { 0.0 },
        };
        svg.rect("sunken", area);
    }
    let start = if lines.len() == 1 { top + 18.0 } else { top + 13.0 };
    for (index, line) in lines.iter().enumerate() {
        let class = if leaf { "small strong" } else { "small halo" };
        svg.text(class, Anchor::Middle, (x, start + 13.0 * index as f64), line);
    }
    let below = start + 13.0 * lines.len() as f64 + 1.0;
    if !note.is_empty() {
        let class = if leaf { "tiny soft" } else { "tiny soft halo" };
        svg.text(class, Anchor::Middle, (x, below), &note);
    }
}

/// One or two lines, the two as even as can be.
fn wrapped(words: &str, size: f64, space: f64) -> Vec<String> {
    let width = |line: &str| text::width(line, size);
    if width(words) <= space {
        return vec![words.to_owned()];
    }
    let breaks = words.match_indices(' ').map(|(at, _)| words.split_at(at));
    let longer = |lines: &(&str, &str)| width(lines.0).max(width(lines.1.trim_start()));
    match breaks.min_by(|a, b| longer(a).total_cmp(&longer(b))) {
        Some((first, rest)) => [first, rest.trim_start()]
            .map(|line| text::fit(line, size, space))
            .to_vec(),
        None => vec![text::fit(words, size, space)],
    }
}

fn outline(nodes: &[Node<'_>], width: f64, root: &TreeNode) -> Svg {
    let height = ROW * nodes.len() as f64 + 4.0;
    let mut svg = Svg::new(width, height, TITLE, &describe(root));
    let at = |index: usize| (nodes[index].level as f64 * INDENT, ROW * (index as f64 + 0.5));
    for (index, node) in nodes.iter().enumerate() {
        let (x, y) = at(index);
        for (answer, &child) in node.children.iter().enumerate() {
            let (start, end) = ((x + 5.0, y + 10.0), at(child));
            svg.line("axis", start, (start.0, end.1));
            svg.line("axis", (start.0, end.1), (end.0 - 3.0, end.1));
            let words = if answer == 0 { "yes" } else { "no" };
            svg.text("small soft", Anchor::Start, (end.0, end.1 + 4.0), words);
        }
        if let Some(&child) = node.children.get(node.missing) {
            svg.circle("mark", (x + 5.0, at(child).1), 3.5);
        }
        // Behind the answer that leads here.
        let from = if node.level == 0 { 0.0 } else { x + 27.0 };
        svg.tip(&tip(node), |svg| {
            let class = if node.children.is_empty() { "strong" } else { "" };
            let words = text::fit(&node.text, 12.0, width - from);
            svg.text(class, Anchor::Start, (from, y + 4.0), &words);
            let used = from + text::width(&words, 12.0) + 14.0;
            if used + text::width(node.note, 11.0) <= width.max(NARROWEST) {
                svg.text("small soft", Anchor::End, (width, y + 4.0), node.note);
            }
        });
    }
    svg
}

fn tip(node: &Node<'_>) -> String {
    if node.note.is_empty() {
        node.text.clone()
    } else {
        format!("{} ({})", node.text, node.note)
    }
}

fn describe(root: &TreeNode) -> String {
    format!(
        "A tree of {}; it begins with {}",
        text::counted(leaves(root), "leaf"),
        root.text
    )
}
