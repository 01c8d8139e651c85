//! Edges that join the components of a graph.

use induce_core::parallel::map;

use super::best::Best;
use super::pairs::Pair;
use super::tree::{Leave, Tree};
use super::{Neighbours, Points};
use induce_core::graph::{Components, Sets};

/// The shortest edges that join all components: those of a minimum spanning tree of the points in which each component has
/// been drawn together to one.
///
/// Boruvka's rounds: every component but the largest looks for the nearest point of another, and what is found is joined;
/// so there are no more rounds than the logarithm of the number of components.
pub(super) fn joining(
    points: &Points,
    near: Option<&Neighbours>,
    components: &Components,
    threads: usize,
) -> Vec<Pair> {
    let tree = Tree::new(points);
    let mut parts = components.clone();
    let mut joined = Vec::new();
    while parts.count > 1 {
        let members = members(&parts);
        let largest = (0..parts.count).rev().max_by_key(|&c| members[c].len());
        let whole = uniform(&tree, &parts);
        let found = map(threads, parts.count, |c| {
            let out = Others {
                own: c as u32,
                label: &parts.label,
                whole: &whole,
            };
            (Some(c) != largest).then(|| nearest(points, near, &tree, &members[c], &out))
        });
        let mut sets = Sets::new(points.len());
        members.iter().for_each(|own| {
            own.iter().for_each(|&i| {
                sets.join(own[0] as usize, i as usize);
            });
        });
        let mut found: Vec<Pair> = found.into_iter().flatten().collect();
        found.sort_by(|a, b| a.square.total_cmp(&b.square).then((a.i, a.j).cmp(&(b.i, b.j))));
        joined.extend(
            found
                .into_iter()
                .filter(|pair| sets.join(pair.i as usize, pair.j as usize)),
        );
        parts = sets.components();
    }
    joined
}

fn members(parts: &Components) -> Vec<Vec<u32>> {
    let mut members = vec![Vec::new(); parts.count];
    parts
        .label
        .iter()
        .enumerate()
        .for_each(|(i, &c)| members[c as usize].push(i as u32));
    members
}

/// The component that all points of a node of the tree belong to, if it is one.
fn uniform(tree: &Tree, parts: &Components) -> Vec<Option<u32>> {
    let mut whole = vec![None; tree.nodes.len()];
    // Children come after their parents.
    for k in (0..tree.nodes.len()).rev() {
        let node = &tree.nodes[k];
        whole[k] = if node.right == 0 {
            let labels = tree.order[node.from as usize..node.to as usize].iter();
            let mut labels = labels.map(|&i| parts.label[i as usize]);
            let first = labels.next();
            first.filter(|first| labels.all(|label| label == *first))
        } else {
            whole[k + 1].filter(|_| whole[k + 1] == whole[node.right as usize])
        };
    }
    whole
}

/// Leaves out whoever is of the own component.
struct Others<'a> {
    own: u32,
    label: &'a [u32],
    whole: &'a [Option<u32>],
}

impl Leave for Others<'_> {
    fn node(&self, node: usize) -> bool {
        self.whole[node] == Some(self.own)
    }

    fn point(&self, point: u32) -> bool {
        self.label[point as usize] == self.own
    }
}

/// The shortest edge from one of `own` to whoever is not left out.
///
/// Of a point with such a neighbour in its list, the first of them is the nearest. Of the others only those are searched whose
/// lists end nearer than what was found: in many dimensions a search looks at every point.
fn nearest(points: &Points, near: Option<&Neighbours>, tree: &Tree, own: &[u32], out: &Others) -> Pair {
    let mut best: Option<Pair> = None;
    let mut closer = |i: u32, j: u32, square: f64| {
        if best.is_none_or(|best| square.total_cmp(&best.square).is_lt()) {
            best = Some(Pair {
                i,
                j,
                square,
                mutual: true,
            });
        }
        best.map_or(f64::INFINITY, |best| best.square)
    };
    let mut bound = f64::INFINITY;
    let mut further = Vec::new();
    for &i in own {
        let list = near.map(|near| near.of_point(i as usize));
        match list.and_then(|mut list| list.find(|(j, _)| !out.point(*j as u32))) {
            Some((j, square)) => bound = closer(i, j as u32, square),
            None => further.push(i),
        }
    }
    for i in further {
        let listed = near
            .and_then(|near| near.of_point(i as usize).last())
            .map_or(0.0, |last| last.1);
        if listed > bound {
            continue;
        }
        let mut found = Best::within(bound);
        tree.search(points.point(i as usize), &mut found, out);
        if let Some(&(square, j)) = found.near().first() {
            bound = closer(i, j, square);
        }
    }
    best.expect("another component has at least one point")
}
