//! Which file mentions what another one defines.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::tokens::{tokens, without_tests};

/// A path of names: of a module, or of an item in one.
type Names = Vec<String>;

/// Edges from file to file.
pub type Graph = BTreeMap<String, BTreeSet<String>>;

/// A name that a `use` brings into a module.
struct Import {
    path: Names,
    /// The name here; `*` for all.
    name: String,
    public: bool,
}

/// A file without its tests.
struct Module {
    file: String,
    imports: Vec<Import>,
    /// Paths within the code that begin with `crate`, `super`, `self` or a name that may be a module's.
    paths: Vec<Names>,
    tests: Vec<String>,
}

/// The files below `folder`, with `/` between names.
pub fn files(folder: &Path, end: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path, end));
        } else if path.to_string_lossy().ends_with(end) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The edges between the files of the crate with sources in `source`, named from `root` on.
pub fn of_crate(root: &Path, source: &Path) -> Graph {
    let mut modules = BTreeMap::new();
    for path in files(source, ".rs") {
        let file = path
            .strip_prefix(root)
            .unwrap()
            .to_string_lossy()
            .replace('\\', "/");
        let text = fs::read_to_string(&path).unwrap();
        modules.insert(names(path.strip_prefix(source).unwrap()), module(file, &text));
    }
    let tests: Vec<Names> = modules
        .iter()
        .flat_map(|(own, module)| module.tests.iter().map(move |test| child(own, test)))
        .collect();
    modules.retain(|own, _| !tests.iter().any(|test| own.starts_with(test)));
    let mut graph = Graph::new();
    for (own, module) in &modules {
        let imports = module.imports.iter().filter_map(|import| {
            let target = found(&modules, own, &import.path, 0)?;
            // A front page that shows what its rooms hold does not use them.
            (!(import.public && target.starts_with(own))).then_some(target)
        });
        let paths = module
            .paths
            .iter()
            .filter_map(|path| found(&modules, own, path, 0));
        let targets = imports.chain(paths).filter(|target| target != own);
        let files = targets.map(|target| modules[&target].file.clone());
        graph.entry(module.file.clone()).or_default().extend(files);
    }
    graph
}

fn child(parent: &[String], name: &str) -> Names {
    parent.iter().cloned().chain([name.to_owned()]).collect()
}

/// The module of a file: `a/b.rs` and `a/b/mod.rs` are `a::b`.
fn names(path: &Path) -> Names {
    let mut names: Names = path
        .iter()
        .map(|part| part.to_string_lossy().into_owned())
        .collect();
    let last = names.pop().unwrap_or_default();
    match last.trim_end_matches(".rs") {
        "lib" | "main" | "mod" => {}
        name => names.push(name.into()),
    }
    names
}

fn module(file: String, text: &str) -> Module {
    let (tokens, tests) = without_tests(&tokens(text));
    let mut module = Module {
        file,
        imports: Vec::new(),
        paths: Vec::new(),
        tests,
    };
    // Names of modules written out in the file, with the depth of the brackets that they are in.
    let mut inside: Vec<usize> = Vec::new();
    let (mut at, mut depth, mut public) = (0, 0, false);
    while at < tokens.len() {
        let next = |by: usize| tokens.get(at + by).map_or("", String::as_str);
        match next(0) {
            "{" => depth += 1,
            "}" => {
                depth -= 1;
                inside.retain(|own| *own <= depth);
            }
            "mod" if next(2) == "{" => inside.push(depth + 1),
            "use" => {
                let mut end = at + 1;
                let before = module.imports.len();
                tree(&tokens, &mut end, Vec::new(), public, &mut module.imports);
                for import in &mut module.imports[before..] {
                    outwards(&mut import.path, inside.len());
                }
                at = end;
                public = false;
                continue;
            }
            "pub" => {
                public = true;
                at += if next(1) == "(" { 4 } else { 1 };
                continue;
            }
            word if is_name(word)
                && next(1) == "::"
                && (at == 0 || !["::", ".", "$"].contains(&tokens[at - 1].as_str())) =>
            {
                let mut path = vec![word.to_owned()];
                while tokens.get(at + 1).is_some_and(|t| t == "::")
                    && tokens.get(at + 2).is_some_and(|t| is_name(t))
                {
                    path.push(tokens[at + 2].clone());
                    at += 2;
                }
                outwards(&mut path, inside.len());
                module.paths.push(path);
            }
            _ => {}
        }
        public = false;
        at += 1;
    }
    module
}

/// A path as seen from the file, when it is written `deep` modules within: each takes one `super`.
fn outwards(path: &mut Names, deep: usize) {
    let supers = path.iter().take_while(|name| *name == "super").count();
    path.drain(..supers.min(deep));
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Reads what follows `use` (or a `{` or `,` in it) up to the end of that branch.
fn tree(tokens: &[String], at: &mut usize, mut path: Names, public: bool, out: &mut Vec<Import>) {
    loop {
        let token = tokens.get(*at).map_or(";", String::as_str).to_owned();
        *at += 1;
        match token.as_str() {
            "::" => {}
            "{" => {
                while tokens.get(*at).is_some_and(|t| t != "}") {
                    tree(tokens, at, path.clone(), public, out);
                }
                *at += 1;
                if tokens.get(*at).is_some_and(|t| t == "," || t == ";") {
                    *at += 1;
                }
                return;
            }
            "as" => {
                let name = tokens.get(*at).cloned().unwrap_or_default();
                *at += 1;
                if tokens.get(*at).is_some_and(|t| t == "," || t == ";") {
                    *at += 1;
                }
                return out.push(Import { path, name, public });
            }
            "," | ";" | "}" => {
                if token == "}" {
                    *at -= 1;
                }
                if path.last().is_some_and(|name| name == "self") && path.len() > 1 {
                    path.pop();
                }
                let name = path.last().cloned().unwrap_or_default();
                if !name.is_empty() {
                    out.push(Import { path, name, public });
                }
                return;
            }
            _ => path.push(token),
        }
    }
}

/// The module whose file defines what `path` names in the module `from`; `None` if that is in another crate.
fn found(modules: &BTreeMap<Names, Module>, from: &[String], path: &[String], depth: usize) -> Option<Names> {
    if depth > 16 {
        return None;
    }
    let mut own = from.to_vec();
    for (place, name) in path.iter().enumerate() {
        match name.as_str() {
            "crate" => own.clear(),
            "self" => {}
            "super" => {
                own.pop()?;
            }
            "*" => return Some(own),
            name => {
                let deeper = child(&own, name);
                if modules.contains_key(&deeper) {
                    own = deeper;
                    continue;
                }
                let module = modules.get(&own)?;
                let import = module
                    .imports
                    .iter()
                    .find(|import| import.name == name && !(own == from && import.path == path));
                if let Some(import) = import {
                    let target = found(modules, &own, &import.path, depth + 1)?;
                    // A module under another name is walked on; an item is at its end.
                    return if target.last() == import.path.last() && place + 1 < path.len() {
                        found(modules, &target, &path[place + 1..], depth + 1)
                    } else {
                        Some(target)
                    };
                }
                if place == 0 {
                    return None;
                }
                let stars = module.imports.iter().filter(|import| import.name == "*");
                let all = stars.filter_map(|import| found(modules, &own, &import.path, depth + 1));
                let through = all.filter(|target| *target != own).find(|target| {
                    modules.contains_key(&child(target, name)) || defines(&modules[target], name)
                });
                return Some(through.unwrap_or(own));
            }
        }
    }
    Some(own)
}

/// Whether a module re-exports `name`: what it defines itself is not looked for.
fn defines(module: &Module, name: &str) -> bool {
    module
        .imports
        .iter()
        .any(|import| import.public && import.name == name)
}

/// The edges between the modules of a Python package, imports within functions included.
pub fn of_python(root: &Path, package: &Path) -> Graph {
    let files = files(package, ".py");
    let own = |path: &Path| {
        path.strip_prefix(root)
            .unwrap()
            .to_string_lossy()
            .replace('\\', "/")
    };
    let known: BTreeMap<String, String> = files
        .iter()
        .map(|path| {
            (
                path.file_stem().unwrap().to_string_lossy().into_owned(),
                own(path),
            )
        })
        .collect();
    let mut graph = Graph::new();
    for path in &files {
        let text = fs::read_to_string(path).unwrap();
        let names = text.lines().map(str::trim_start).flat_map(|line| {
            let rest = line.strip_prefix("from .").unwrap_or("");
            let (module, imported) = rest.split_once(" import ").unwrap_or(("", ""));
            let listed = imported
                .split(',')
                .map(|name| name.trim().split(' ').next().unwrap_or(""));
            match module {
                "" => listed.map(str::to_owned).collect(),
                module => vec![module.to_owned()],
            }
        });
        let edges = names
            .filter_map(|name| known.get(&name).cloned())
            .filter(|to| *to != own(path));
        graph.entry(own(path)).or_default().extend(edges);
    }
    graph
}

/// Groups of files each of which reaches all others of its group, of at least two files.
pub fn circles(graph: &Graph) -> Vec<Vec<String>> {
    let reach = |from: &str| {
        let (mut seen, mut todo) = (BTreeSet::new(), vec![from.to_owned()]);
        while let Some(file) = todo.pop() {
            for next in graph.get(&file).into_iter().flatten() {
                if seen.insert(next.clone()) {
                    todo.push(next.clone());
                }
            }
        }
        seen
    };
    let reached: BTreeMap<&String, BTreeSet<String>> = graph.keys().map(|file| (file, reach(file))).collect();
    let mut circles = BTreeSet::new();
    for (file, others) in &reached {
        if others.contains(*file) {
            let own: Vec<String> = others
                .iter()
                .filter(|other| reached.get(other).is_some_and(|back| back.contains(*file)))
                .cloned()
                .collect();
            circles.insert(own);
        }
    }
    circles.into_iter().collect()
}
