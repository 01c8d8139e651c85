//! Nodes and edges.

use std::collections::HashSet;

use super::{Collection, Fact, Features, NodeSplit, Rows, Target};
use crate::Fingerprint;
use crate::graph::{entries, undirected};
use crate::linalg::Csr;
use crate::resample;
use crate::words::counted;
use crate::{Error, Result, Run, Table};

/// A graph: nodes with features, and with targets of which some may be unknown, and weighted edges.
#[derive(Debug, Clone)]
pub struct Graph {
    /// The nodes: a column `node` of their names and others of their attributes; the target of a node that nobody knows is NaN.
    pub nodes: Rows,
    /// Features of the nodes that are mostly 0, such as words, beside their attributes. // (nodes, features)
    pub features: Option<Csr>,
    /// Row i has the edges from node i: the other ends and their weights. // (nodes, nodes)
    pub edges: Csr,
    /// Whether an edge leads one way only; else every edge is there both ways.
    pub directed: bool,
    /// The graphs that this one is made of, if classes are those of whole graphs.
    pub collection: Option<Collection>,
    /// How the data say that nodes, or the graphs of a collection, are divided, if they do.
    pub split: Option<NodeSplit>,
}

impl Graph {
    /// Nodes and the edges between them, which lead both ways.
    ///
    /// # Errors
    /// Unless edges have as many rows and columns as there are nodes.
    pub fn new(nodes: Rows, edges: Csr) -> Result<Self> {
        let n = nodes.rows();
        if (edges.rows(), edges.columns()) != (n, n) {
            return Err(Error::data(
                format!(
                    "edges between {} x {} nodes, where there are {n}",
                    edges.rows(),
                    edges.columns()
                ),
                "number the nodes from 0 in the order of their rows",
            ));
        }
        Ok(Self {
            nodes,
            features: None,
            edges,
            directed: false,
            collection: None,
            split: None,
        })
    }

    /// What has a target: the graphs of a collection, else the nodes.
    pub fn examples(&self) -> &Rows {
        self.collection.as_ref().map_or(&self.nodes, |own| &own.graphs)
    }

    fn examples_mut(&mut self) -> &mut Rows {
        match &mut self.collection {
            Some(own) => &mut own.graphs,
            None => &mut self.nodes,
        }
    }

    /// What an example is called: a node, or a graph.
    pub fn example(&self) -> &'static str {
        match self.collection {
            Some(_) => "graph",
            None => "node",
        }
    }

    /// How many edges there are; one that leads both ways is one.
    ///
    /// ```
    /// use induce_core::{Run, read};
    /// let (graph, _) = read::graph_bytes("g", b"a b\nb c\n", &Default::default(), &Run::new(0))?;
    /// assert_eq!((graph.edge_count(), graph.edges.value().len()), (2, 4));
    /// # Ok::<(), induce_core::Error>(())
    /// ```
    pub fn edge_count(&self) -> usize {
        if self.directed {
            return self.edges.index().len();
        }
        let row = |i: usize| &self.edges.index()[self.edges.starts()[i]..self.edges.starts()[i + 1]];
        let back = |i: usize, j: usize| row(j).binary_search(&(i as u32)).is_ok();
        let own = |i: usize| {
            row(i)
                .iter()
                .filter(move |&&j| j as usize >= i || !back(i, j as usize))
                .count()
        };
        (0..self.edges.rows()).map(own).sum()
    }

    /// The names of the nodes: the column `node`, or their numbers. // (nodes)
    pub fn names(&self) -> Vec<String> {
        let column = match &self.nodes.features {
            Features::Table(table) => table.column("node").ok(),
            Features::Sparse(_) => None,
        };
        let name = |i: usize| column.and_then(|own| own.text(i)).map(|text| text.to_string());
        (0..self.edges.rows())
            .map(|i| name(i).unwrap_or_else(|| i.to_string()))
            .collect()
    }

    /// The weights of edges that lead both ways, without loops.
    ///
    /// # Errors
    /// If edges lead one way, or a weight is negative.
    pub fn undirected(&self) -> Result<Csr> {
        if self.directed {
            return Err(Error::data(
                "edges of the graph lead one way, and the model needs edges that lead both ways",
                "leave out --directed: edges are taken both ways then",
            ));
        }
        self.similarities()
    }

    /// The weights of edges that are the same both ways, without loops.
    ///
    /// # Errors
    /// If a weight is negative, or another the other way.
    pub fn similarities(&self) -> Result<Csr> {
        if let Some((i, j, w)) = entries(&self.edges).find(|own| own.2.is_nan() || own.2 < 0.0) {
            let names = self.names();
            return Err(Error::data(
                format!("the weight {w} between nodes `{}` and `{}`", names[i], names[j]),
                "weights are similarities, at least 0: make them so, as by `exp(-distance)`",
            ));
        }
        undirected(&self.edges)
    }

    /// That classes are those of nodes, for a model that learns no others.
    ///
    /// # Errors
    /// If they are those of whole graphs.
    pub fn of_nodes(&self, model: &str) -> Result<()> {
        match &self.collection {
            None => Ok(()),
            Some(own) => Err(Error::data(
                format!(
                    "these are {}, and {model} says something of nodes",
                    counted(own.graphs.rows(), "graph")
                ),
                "`-m gin` learns classes of whole graphs; without the column `graph` of the nodes they are one graph",
            )),
        }
    }

    /// What is to be learnt of nodes, or of the graphs of a collection.
    ///
    /// # Errors
    /// If nothing is; the columns that it could be are named.
    pub fn target(&self) -> Result<&Target> {
        let (rows, example) = (self.examples(), self.example());
        if let Some(target) = &rows.target {
            return Ok(target);
        }
        let all = rows.table().map_or_else(|_| Vec::new(), Table::names);
        let columns: Vec<String> = all
            .iter()
            .filter(|name| *name != example)
            .map(|name| format!("`{name}`"))
            .collect();
        let (what, hint) = match columns.is_empty() {
            true => (
                format!("nothing but edges is known of the {example}s, and classes are learnt"),
                format!("a table with a row for each {example} beside the edges has columns (--nodes FILE)"),
            ),
            false => (
                format!("no column of the {example}s is told to hold classes"),
                format!("say `--target COL`; there are {}", columns.join(", ")),
            ),
        };
        Err(Error::data(what, hint))
    }

    /// The classes of nodes, or of the graphs of a collection.
    ///
    /// # Errors
    /// If they have no target, or it is a quantity.
    pub fn classes(&self) -> Result<&Target> {
        let target = self.target()?;
        if target.classes.is_empty() {
            return Err(Error::data(
                format!(
                    "`{}` of the {}s holds numbers, and the model learns classes",
                    target.name,
                    self.example()
                ),
                "write its classes as words (`class 7`), or name another column with --target",
            ));
        }
        Ok(target)
    }

    /// Examples to learn from: those of the split, or all that have a known class.
    ///
    /// # Errors
    /// If there is none.
    pub fn learnt(&self) -> Result<Vec<usize>> {
        let known = self.known()?;
        let learnt: Vec<usize> = match self.split.as_ref().filter(|split| !split.train.is_empty()) {
            Some(split) => split
                .train
                .iter()
                .map(|&i| i as usize)
                .filter(|i| known.binary_search(i).is_ok())
                .collect(),
            None => known,
        };
        match learnt.is_empty() {
            false => Ok(learnt),
            true => Err(Error::data(
                format!("no {} has a known class to learn from", self.example()),
                format!(
                    "give a column of classes of the {}s (--target COL)",
                    self.example()
                ),
            )),
        }
    }

    /// Examples whose target is known.
    ///
    /// # Errors
    /// If there is no target.
    pub fn known(&self) -> Result<Vec<usize>> {
        let values = &self.target()?.values;
        Ok((0..values.len()).filter(|&i| !values[i].is_nan()).collect())
    }

    /// The same graph, in which the targets of these examples only are known.
    #[must_use]
    pub fn knowing(&self, examples: impl IntoIterator<Item = usize>) -> Self {
        let mut graph = self.clone();
        if let Some(target) = &mut graph.examples_mut().target {
            let unknown = vec![f64::NAN; target.values.len()];
            let all = std::mem::replace(&mut target.values, unknown);
            examples.into_iter().for_each(|i| target.values[i] = all[i]);
        }
        graph
    }

    /// The same graph with its classes numbered as a model numbers them, by name; a class that it does not know is refused.
    ///
    /// # Errors
    /// If an example is of a class that is not among these.
    pub fn known_as(mut self, classes: &[String]) -> Result<Self> {
        let own = &mut self.examples_mut().target;
        if let Some(target) = own.take() {
            *own = Some(target.known_as(classes)?);
        }
        Ok(self)
    }

    /// The graph with the targets known that choose among weights; nothing unless the data say which.
    pub fn choosing(&self) -> Option<Self> {
        let split = self.split.as_ref().filter(|split| !split.valid.is_empty())?;
        Some(self.knowing(split.valid.iter().map(|&i| i as usize)))
    }

    /// A division of the examples whose class is known: `per_class` of each to learn from, up to `valid` of the others to choose by, up to
    /// `test` of the rest to judge by (Kipf & Welling 2017: 20, 500 and 1,000). Of fewer others a third chooses. What is short is said.
    ///
    /// ```
    /// use induce_core::{Run, read};
    /// let text = b"graph [ node [ id 1 class 7 ] node [ id 2 class 7 ] node [ id 3 class 9 ] node [ id 4 class 9 ] ]";
    /// let (graph, _) = read::graph_bytes("g", text, &Default::default(), &Run::new(0))?;
    /// let (split, _) = graph.draw_split(1, 500, 1000, &Run::new(7))?;
    /// assert_eq!((split.train.len(), split.valid.len(), split.test.len()), (2, 0, 2));
    /// # Ok::<(), induce_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the examples have no classes, a class has none, or nothing is left to test.
    pub fn draw_split(
        &self,
        per_class: usize,
        valid: usize,
        test: usize,
        run: &Run,
    ) -> Result<(NodeSplit, Vec<String>)> {
        let (target, known) = (self.target()?, self.known()?);
        let stream = run.stream("labels per class");
        let order = stream.permutation(known.len());
        let (mut left, mut short) = (vec![per_class; target.classes.len()], Vec::new());
        let (mut split, mut others) = (NodeSplit::default(), Vec::new());
        for i in order.into_iter().map(|k| known[k]) {
            match left.get_mut(target.values[i] as usize) {
                Some(own) if *own > 0 => {
                    *own -= 1;
                    split.train.push(i as u32);
                }
                _ => others.push(i as u32),
            }
        }
        for (class, missing) in target.classes.iter().zip(&left).filter(|own| *own.1 > 0) {
            let there = per_class - missing;
            if there == 0 {
                return Err(Error::data(
                    format!("no {} of the class `{class}` has a label", self.example()),
                    format!(
                        "a class is learnt from labels: drop it, or label {}s of it",
                        self.example()
                    ),
                ));
            }
            short.push(format!(
                "the class `{class}` has {there} labels: all of them are learnt from"
            ));
        }
        let valid = if others.len() < valid + test {
            (others.len() / 3).min(valid)
        } else {
            valid
        };
        let tested = others.split_off(valid);
        if tested.is_empty() {
            return Err(Error::setting(
                "labels_per_class",
                per_class,
                format!(
                    "that are all {} labels: none is left to test; take fewer",
                    known.len()
                ),
            ));
        }
        split.valid = others;
        split.test = tested.into_iter().take(test).collect();
        [&mut split.train, &mut split.valid, &mut split.test]
            .into_iter()
            .for_each(|own| own.sort_unstable());
        Ok((split, short))
    }

    /// The graph to learn from and that to judge by: as the data are divided, or else with a fraction of the known targets held out. All
    /// nodes and edges are in both; what is held out is the targets.
    pub(super) fn hold_out(&self, fraction: f64, run: &Run) -> Result<(Self, Self)> {
        if let Some(split) = self.split.as_ref().filter(|split| !split.test.is_empty()) {
            let learnt = split.train.iter().chain(&split.valid).map(|&i| i as usize);
            return Ok((
                self.knowing(learnt),
                self.knowing(split.test.iter().map(|&i| i as usize)),
            ));
        }
        // What the data say chooses the weights is not held out.
        let choosing: HashSet<u32> = self
            .split
            .iter()
            .flat_map(|split| split.valid.iter().copied())
            .collect();
        let known = self.known()?;
        let free: Vec<usize> = known
            .iter()
            .copied()
            .filter(|i| !choosing.contains(&(*i as u32)))
            .collect();
        let strata = self.examples().strata();
        let strata: Option<Vec<u32>> = strata.map(|all| free.iter().map(|&i| all[i]).collect());
        let split = resample::holdout(free.len(), strata.as_deref(), fraction, run)?;
        let part = |own: &[usize]| own.iter().map(|&k| free[k]).collect::<Vec<usize>>();
        let learnt = part(&split.train).into_iter();
        let chosen = choosing.iter().map(|&i| i as usize);
        Ok((
            self.knowing(learnt.chain(chosen)),
            self.knowing(part(&split.test)),
        ))
    }

    pub(super) fn sum_up(&self, sum: &mut Fingerprint) {
        self.nodes.sum_up(sum);
        if let Some(own) = &self.collection {
            own.graphs.sum_up(sum);
            own.of.iter().for_each(|&graph| sum.word(u64::from(graph)));
        }
        sum.word(u64::from(self.directed));
        for own in [Some(&self.edges), self.features.as_ref()].into_iter().flatten() {
            for i in 0..own.rows() {
                sum.word(i as u64);
                own.row(i).for_each(|(j, value)| {
                    sum.word(j as u64);
                    sum.values(&[value]);
                });
            }
        }
        for own in self
            .split
            .iter()
            .flat_map(|split| [&split.train, &split.valid, &split.test])
        {
            sum.word(own.len() as u64);
            own.iter().for_each(|&i| sum.word(u64::from(i)));
        }
    }

    pub(super) fn describe(&self) -> Vec<Fact> {
        let mut facts: Vec<Fact> = vec![
            ("nodes", self.nodes.rows().into()),
            ("edges", self.edge_count().into()),
            ("directed", self.directed.into()),
        ];
        facts.extend(
            self.collection
                .iter()
                .map(|own| ("graphs", own.graphs.rows().into())),
        );
        if let Some(split) = &self.split {
            facts.extend([
                ("train", split.train.len().into()),
                ("valid", split.valid.len().into()),
                ("test", split.test.len().into()),
            ]);
        }
        facts.extend(
            self.examples()
                .describe()
                .into_iter()
                .filter(|(name, _)| !["rows", "features"].contains(name)),
        );
        let columns = self.nodes.features.columns().saturating_sub(1);
        let sparse = self.features.as_ref().map_or(0, Csr::columns);
        facts.push(("features", (columns + sparse).into()));
        facts
    }
}
