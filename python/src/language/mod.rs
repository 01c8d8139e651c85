//! Language models: trained, opened, evaluated, asked for texts.

mod fit;
mod stream;
mod texts;

use std::path::PathBuf;
use std::sync::Arc;

use induce::core::Error;
use induce::core::parallel::Team;
use induce::core::read::Contents;
use induce::deep::language::{
    self as deep, Decoder, Precision, evaluate_tokens, negative_log_likelihoods, own_bytes, scores,
    write_gguf, write_hugging_face, write_llama2c,
};
use numpy::{PyArray1, PyArray2, PyArrayMethods};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use serde_json::{Map, Value};

use crate::error::raised;
use crate::watch::whole;
pub use fit::{Given, GivenText, learn};
pub use stream::Stream;
use stream::Wish;
use texts::Source;

/// Name, value and the ends of the interval.
type Scored = (String, f64, Option<f64>, Option<f64>);

/// What restores a model, and what it is given: the file, and whether weights are rounded.
type Pickled<'py> = (Bound<'py, PyAny>, (Bound<'py, PyBytes>, bool));

/// A language model and its tokens.
#[pyclass(frozen, module = "induce._native")]
pub struct Language {
    inside: Arc<deep::Pretrained>,
    /// The file, of a model that was trained here.
    file: Option<Vec<u8>>,
    /// Whether its weights were rounded to 8 bits.
    eight: bool,
}

impl Language {
    /// The model in the bytes of one of our own files.
    fn own(name: &str, file: Vec<u8>, eight: bool) -> induce::Result<Self> {
        let inside = own_bytes(name, &file)?;
        Ok(Self::new(inside, Some(file), eight))
    }

    fn new(mut inside: deep::Pretrained, file: Option<Vec<u8>>, eight: bool) -> Self {
        if eight {
            inside.model = inside.model.rounded();
        }
        Self {
            inside: Arc::new(inside),
            file,
            eight,
        }
    }

    /// Its file.
    fn own_file(&self, what: &str) -> PyResult<&[u8]> {
        self.file.as_deref().ok_or_else(|| {
            PyTypeError::new_err(format!(
                "{what} is of models that were trained here, and this one was opened from {}\nhint: write it with \
                 `save(path, format=...)`, or keep its path",
                self.inside.format
            ))
        })
    }
}

#[pymethods]
impl Language {
    /// The model's name in the registry.
    #[getter]
    fn kind(&self) -> &'static str {
        self.inside.architecture()
    }

    /// What language models do, as `Model` has it.
    #[getter]
    fn task(&self) -> &'static str {
        crate::registry::LANGUAGE
    }

    /// What there is to know of it besides the numbers, as JSON.
    #[getter]
    fn about(&self) -> String {
        let mut all = Map::from_iter([("model".to_owned(), Value::from(self.kind()))]);
        let facts = self.inside.facts().into_iter();
        all.extend(facts.map(|(name, value)| (name.to_owned(), value)));
        let trained = self.inside.trained.as_ref().and_then(Value::as_object);
        all.extend(
            trained
                .into_iter()
                .flatten()
                .map(|(name, value)| (name.clone(), value.clone())),
        );
        Value::Object(all).to_string()
    }

    /// Tokens there are.
    #[getter]
    fn vocabulary(&self) -> usize {
        self.inside.model.vocab_size()
    }

    /// Most tokens of a text that are seen together; None where there is no end.
    #[getter]
    fn context(&self) -> Option<usize> {
        self.inside.model.context()
    }

    /// The tokens of a text; of an empty one what stands for it, if `opens`.
    #[pyo3(signature = (text, opens=false))]
    fn encode<'py>(&self, py: Python<'py>, text: &str, opens: bool) -> PyResult<Bound<'py, PyArray1<u32>>> {
        let tokens = &self.inside.tokens;
        let found = py.detach(|| {
            if opens {
                tokens.opening(text)
            } else {
                tokens.encode_all(text)
            }
        });
        Ok(PyArray1::from_vec(py, found.map_err(raised)?))
    }

    /// The text of tokens.
    fn decode(&self, tokens: Vec<u32>) -> PyResult<String> {
        let size = self.inside.tokens.size();
        match tokens.iter().find(|token| **token as usize >= size) {
            None => Ok(self.inside.tokens.decode(&tokens)),
            Some(stranger) => Err(PyValueError::new_err(format!(
                "token {stranger} is none of the {size}\nhint: the tokens are of another model"
            ))),
        }
    }

    /// The logits (tokens, vocabulary) of what follows each of these tokens.
    #[pyo3(signature = (tokens, threads=1))]
    fn logits<'py>(
        &self,
        py: Python<'py>,
        tokens: Vec<u32>,
        threads: usize,
    ) -> PyResult<Bound<'py, PyArray2<f32>>> {
        let read = || {
            let mut decoder = Decoder::new(&self.inside.model, tokens.len());
            Team::with(threads, |team| {
                Ok(decoder.read(team, &tokens, tokens.len())?.to_vec())
            })
        };
        let logits = whole(py, threads, |_| read())?;
        PyArray1::from_vec(py, logits).reshape([tokens.len(), self.vocabulary()])
    }

    /// -ln p of every token of a text but the first.
    #[pyo3(signature = (text, threads=1))]
    fn negative_log_likelihoods<'py>(
        &self,
        py: Python<'py>,
        text: Source<'py>,
        threads: usize,
    ) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let given = text.owned();
        let found = whole(py, threads, |run| {
            let (tokens, _) = given.tokens(&self.inside.tokens, run)?;
            negative_log_likelihoods(&self.inside, &tokens, run)
        })?;
        Ok(PyArray1::from_vec(py, found))
    }

    /// Loss, perplexity and bits per byte of a text.
    #[pyo3(signature = (text, threads=1))]
    fn evaluate(&self, py: Python<'_>, text: Source, threads: usize) -> PyResult<Vec<Scored>> {
        let given = text.owned();
        let found = whole(py, threads, |run| {
            let (tokens, density) = given.tokens(&self.inside.tokens, run)?;
            Ok(scores(&evaluate_tokens(&self.inside, &tokens, run)?, density))
        })?;
        Ok(found
            .into_iter()
            .map(|s| (s.name, s.value, s.low, s.high))
            .collect())
    }

    /// A text, part by part, that goes on from `prompt`; guesses are those of `draft`, or looked up in the text.
    #[pyo3(signature = (prompt, wish, draft=None, lookup=false))]
    fn write(
        &self,
        prompt: Vec<u32>,
        wish: Wish,
        draft: Option<PyRef<Self>>,
        lookup: bool,
    ) -> PyResult<Stream> {
        let draft = draft.map(|draft| draft.inside.clone());
        if draft
            .as_ref()
            .is_some_and(|d| !d.tokens.same(&self.inside.tokens))
        {
            return Err(raised(Error::data(
                "the tokens of the draft are not those of the model",
                "a draft needs the same tokenizer as the model; `draft=\"lookup\"` needs none",
            )));
        }
        wish.start(self.inside.clone(), prompt, draft, lookup)
    }

    /// The model file: valid safetensors, the same as the command line writes.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, self.own_file("a file of our own")?))
    }

    /// Write the model file.
    fn save(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        let file = self.own_file("a file of our own")?;
        py.detach(|| induce::core::place::put_bytes(&path, file))
            .map_err(raised)
    }

    /// Write it for other programs: `hugging-face`, `gguf`, `llama2c`, with weights in `f32`, `f16`, `bf16`, `q8_0`, `q4_0`,
    /// `q4_1`, `q4_k` or `q6_k`. Returns why there is no tokenizer beside it, if so.
    fn convert(
        &self,
        py: Python<'_>,
        path: PathBuf,
        format: &str,
        precision: &str,
    ) -> PyResult<Option<String>> {
        let precision = Precision::named(precision).ok_or_else(|| {
            let known = Precision::ALL.map(Precision::name).join(", ");
            PyValueError::new_err(format!("precision `{precision}` is none of {known}"))
        })?;
        let write = || {
            let (model, tokens) = (self.inside.model.transformer("this format")?, &self.inside.tokens);
            match format {
                "hugging-face" => write_hugging_face(&path, model, tokens, precision).map(|()| None),
                "gguf" => write_gguf(&path, model, tokens, precision).map(|()| None),
                "llama2c" => write_llama2c(&path, model, tokens, precision),
                other => Err(Error::UnknownName {
                    what: "format",
                    name: other.into(),
                    known: ["hugging-face", "gguf", "llama2c"].map(str::to_owned).to_vec(),
                }),
            }
        };
        let reason = py.detach(write).map_err(raised)?;
        Ok(reason.map(|reason| raised(reason).value(py).to_string()))
    }

    /// Pickled as its file.
    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Pickled<'py>> {
        let file = PyBytes::new(py, self.own_file("a pickle")?);
        let restore = py.import("induce._native")?.getattr("restore_language")?;
        Ok((restore, (file, self.eight)))
    }

    /// Nothing of it ever changes: a copy is the model itself.
    fn __deepcopy__<'py>(this: Bound<'py, Self>, _memo: &Bound<'py, PyAny>) -> Bound<'py, Self> {
        this
    }
}

/// Open a language model of any format, with a `tokenizer` where the model has none; `eight` rounds weights to 8 bits.
#[pyfunction]
#[pyo3(signature = (path, tokenizer=None, eight=false))]
pub fn open_language(
    py: Python<'_>,
    path: PathBuf,
    tokenizer: Option<PathBuf>,
    eight: bool,
) -> PyResult<Language> {
    let open = || {
        let opened = deep::open(&path, tokenizer.as_deref())?;
        // A file of our own is kept, to be saved and pickled as it is.
        let file = match opened.trained {
            Some(_) => Some(Contents::of(&path)?.to_vec()),
            None => None,
        };
        Ok(Language::new(opened, file, eight))
    };
    py.detach(open).map_err(raised)
}

/// The model of a pickle.
#[pyfunction]
pub fn restore_language(py: Python<'_>, bytes: Vec<u8>, eight: bool) -> PyResult<Language> {
    py.detach(|| Language::own("bytes", bytes, eight)).map_err(raised)
}

/// Whether there is a language model at `path`.
#[pyfunction]
pub fn is_language(path: PathBuf) -> bool {
    deep::is(&path)
}
