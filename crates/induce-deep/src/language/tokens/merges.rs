//! Pairs to be merged, learnt from a corpus (Sennrich, Haddow & Birch 2016, algorithm 1): the pair of neighbours that is
//! most frequent becomes a token, again and again.
//!
//! The trainer of the crate `tokenizers` keeps the places of a pair that is found at two times apart, in the order of a
//! map with a random seed; here one count and one list per pair make the merges a function of the words alone.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap, HashSet};

type Pair = (u32, u32);

/// Pieces by number, the alphabet first, and the pairs that are merged, in their order.
pub struct Merges {
    pub pieces: Vec<String>,
    pub pairs: Vec<Pair>,
}

struct Word {
    symbols: Vec<u32>,
    count: u64,
}

/// Where a pair is.
#[derive(Default)]
struct ScatterIndex {
    count: u64,
    /// Words that have it, or had it.
    words: Vec<u32>,
}

struct Learner {
    words: Vec<Word>,
    places: HashMap<Pair, ScatterIndex>,
    /// Counts as they were when a pair was last found; ties go to the pair of the older tokens.
    heap: BinaryHeap<(u64, Reverse<Pair>)>,
}

/// At most `most` pieces: the characters of `alphabet`, of which `words` are made, and what pairs make.
///
/// A pair that is seen once teaches nothing and is not merged.
pub fn learn(alphabet: &[char], words: &BTreeMap<String, u64>, most: usize) -> Merges {
    let ids: HashMap<char, u32> = alphabet.iter().copied().zip(0..).collect();
    let symbols = |word: &str| word.chars().filter_map(|c| ids.get(&c).copied()).collect();
    let words = words.iter().map(|(word, count)| Word {
        symbols: symbols(word),
        count: *count,
    });
    let mut learner = Learner::new(words.collect());
    let mut pieces: Vec<String> = alphabet.iter().map(char::to_string).collect();
    let mut known: HashMap<String, u32> = pieces.iter().cloned().zip(0..).collect();
    let (mut pairs, mut merged) = (Vec::new(), HashSet::new());
    while pieces.len() < most {
        let Some((a, b)) = learner.next() else { break };
        let piece = format!("{}{}", pieces[a as usize], pieces[b as usize]);
        // Two ways may lead to one piece, `ab c` and `a bc`.
        let token = *known.entry(piece).or_insert_with_key(|piece| {
            pieces.push(piece.clone());
            pieces.len() as u32 - 1
        });
        learner.merge((a, b), token);
        if merged.insert((a, b)) {
            pairs.push((a, b));
        }
    }
    Merges { pieces, pairs }
}

impl Learner {
    fn new(words: Vec<Word>) -> Self {
        let mut own = Self {
            words,
            places: HashMap::new(),
            heap: BinaryHeap::new(),
        };
        for word in 0..own.words.len() {
            own.add(word);
        }
        own.heap = own
            .places
            .iter()
            .map(|(pair, places)| (places.count, Reverse(*pair)))
            .collect();
        own
    }

    fn add(&mut self, word: usize) {
        let Word { symbols, count } = &self.words[word];
        for pair in symbols.windows(2) {
            let places = self.places.entry((pair[0], pair[1])).or_default();
            places.count += count;
            if places.words.last() != Some(&(word as u32)) {
                places.words.push(word as u32);
            }
        }
    }

    /// The most frequent pair, if any is seen twice.
    fn next(&mut self) -> Option<Pair> {
        while let Some((count, Reverse(pair))) = self.heap.pop() {
            let now = self.places.get(&pair).map_or(0, |places| places.count);
            match now {
                0 | 1 => {}
                _ if now == count => return Some(pair),
                // It is rarer than it was when it was found.
                _ => self.heap.push((now, Reverse(pair))),
            }
        }
        None
    }

    /// Replace `pair` by `token` wherever it is, from left to right.
    fn merge(&mut self, pair: Pair, token: u32) {
        let mut words = self.places.remove(&pair).unwrap_or_default().words;
        words.sort_unstable();
        words.dedup();
        let mut found = HashSet::new();
        for word in words {
            let word = word as usize;
            let symbols = replaced(&self.words[word].symbols, pair, token);
            if symbols.len() == self.words[word].symbols.len() {
                continue;
            }
            self.take(word);
            let new = symbols.windows(2).map(|w| (w[0], w[1]));
            found.extend(new.filter(|(a, b)| *a == token || *b == token));
            self.words[word].symbols = symbols;
            self.add(word);
        }
        let counts = found
            .iter()
            .filter_map(|pair| Some((self.places.get(pair)?.count, Reverse(*pair))));
        self.heap.extend(counts);
    }

    /// Take the pairs of a word off the counts.
    fn take(&mut self, word: usize) {
        let Word { symbols, count } = &self.words[word];
        for pair in symbols.windows(2) {
            if let Some(places) = self.places.get_mut(&(pair[0], pair[1])) {
                places.count -= count;
            }
        }
    }
}

fn replaced(symbols: &[u32], pair: Pair, token: u32) -> Vec<u32> {
    let (mut out, mut at) = (Vec::with_capacity(symbols.len()), 0);
    while let Some(symbol) = symbols.get(at) {
        let hit = *symbol == pair.0 && symbols.get(at + 1) == Some(&pair.1);
        out.push(if hit { token } else { *symbol });
        at += 1 + usize::from(hit);
    }
    out
}
