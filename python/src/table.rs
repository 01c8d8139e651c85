//! Tables from Python's arrays, without a copy where the memory allows it.

use std::panic::AssertUnwindSafe;
use std::ptr::NonNull;
use std::sync::Arc;

use arrow_array::ffi_stream::{FFI_ArrowArrayStream, RecordBatchStreamReader};
use arrow_array::types::*;
use arrow_array::{
    ArrayRef, ArrowPrimitiveType, BooleanArray, DictionaryArray, PrimitiveArray, RecordBatch,
    RecordBatchIterator, StringArray, TimestampMicrosecondArray, TimestampMillisecondArray,
    TimestampNanosecondArray, TimestampSecondArray, UInt32Array,
};
use arrow_buffer::{Buffer, ScalarBuffer};
use arrow_schema::{DataType, Field, Schema};
use induce::core::model::{Rows, RowsOptions};
use induce::core::pages::prefer_large;
use induce::core::read::{ReadOptions, parse_delimiter};
use induce::core::{self, Column, ColumnType, Run};
use numpy::{
    Element, PyArray1, PyArray2, PyArrayMethods, PyReadonlyArray1, PyUntypedArray, PyUntypedArrayMethods,
};
use pyo3::exceptions::{PyIndexError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict, PyIterator, PyList, PySlice};

use crate::content;
use crate::error::{in_python, raised};
use crate::show;

/// Named columns of equal length.
#[pyclass(frozen, module = "induce._native")]
pub struct Table(pub core::Table);

#[pymethods]
impl Table {
    /// The columns of a two-dimensional array of doubles or floats: where they lie if rows are adjacent (Fortran's
    /// order), else copied once.
    #[staticmethod]
    #[pyo3(signature = (array, names, threads=1))]
    fn from_matrix(array: &Bound<PyAny>, names: Vec<String>, threads: usize) -> PyResult<Self> {
        let array = &aligned(array)?;
        let columns = if let Ok(array) = array.cast::<PyArray2<f64>>() {
            matrix::<Float64Type>(array, &names, threads)?
        } else if let Ok(array) = array.cast::<PyArray2<f32>>() {
            matrix::<Float32Type>(array, &names, threads)?
        } else {
            return Err(PyTypeError::new_err("a matrix of float64 or float32 is expected"));
        };
        table(columns)
    }

    /// A table of columns made by `column` and `category`.
    #[staticmethod]
    fn from_columns(columns: Vec<PyRef<PyColumn>>) -> PyResult<Self> {
        table(columns.iter().map(|column| column.0.clone()).collect())
    }

    /// What an Arrow stream holds, its columns called `names` (the PyCapsule of `__arrow_c_stream__`), without a copy if it is one batch.
    #[staticmethod]
    fn from_arrow(capsule: &Bound<PyCapsule>, names: Vec<String>) -> PyResult<Self> {
        let pointer = capsule.pointer_checked(Some(c"arrow_array_stream"))?;
        #[expect(
            unsafe_code,
            reason = "Arrow's C interface hands over a struct through a pointer"
        )]
        // SAFETY: a capsule of this name holds a stream by the PyCapsule interface; it is moved out, which leaves the
        // capsule a released stream.
        let stream = unsafe { FFI_ArrowArrayStream::from_raw(pointer.as_ptr().cast()) };
        let wrong =
            |e: arrow_schema::ArrowError| PyValueError::new_err(format!("the Arrow stream is broken: {e}"));
        let reader = RecordBatchStreamReader::try_new(stream).map_err(wrong)?;
        let batches = reader.collect::<Result<Vec<_>, _>>().map_err(wrong)?;
        let found = core::read::from_batches("the Arrow stream", batches, &Run::new(0)).map_err(raised)?;
        let named = found.columns().iter().zip(names);
        let named =
            named.map(|(column, name)| Column::new(name, column.column_type(), column.data().clone()));
        table(named.collect::<Result<_, _>>().map_err(raised)?)
    }

    #[staticmethod]
    fn column(name: String, array: &Bound<PyAny>) -> PyResult<PyColumn> {
        let data = one_of(array)?;
        Column::new(name, kind_of(&data), data)
            .map(PyColumn)
            .map_err(raised)
    }

    /// Categories by code into `names`; a negative code is a missing value.
    #[staticmethod]
    fn category(name: String, codes: PyReadonlyArray1<i32>, names: Vec<String>) -> PyResult<PyColumn> {
        let codes: UInt32Array = codes
            .as_array()
            .iter()
            .map(|&code| u32::try_from(code).ok())
            .collect();
        let values = Arc::new(StringArray::from(names));
        let data =
            DictionaryArray::try_new(codes, values).map_err(|e| PyValueError::new_err(e.to_string()))?;
        Column::new(name, ColumnType::Category, Arc::new(data))
            .map(PyColumn)
            .map_err(raised)
    }

    /// Moments as counts of `unit` (`D`, `s`, `ms`, `us`, `ns`) since 1970; the least count is a missing one, as NumPy has it.
    #[staticmethod]
    fn moments(name: String, counts: PyReadonlyArray1<i64>, unit: &str) -> PyResult<PyColumn> {
        let counts = counts.as_array();
        let counts = counts.iter().map(|&count| (count != i64::MIN).then_some(count));
        let data: ArrayRef = match unit {
            // Days, as `Date32` has them, may be more than it holds.
            "D" => Arc::new(TimestampSecondArray::from_iter(
                counts.map(|day| day.and_then(|day| day.checked_mul(86_400))),
            )),
            "s" => Arc::new(TimestampSecondArray::from_iter(counts)),
            "ms" => Arc::new(TimestampMillisecondArray::from_iter(counts)),
            "us" => Arc::new(TimestampMicrosecondArray::from_iter(counts)),
            "ns" => Arc::new(TimestampNanosecondArray::from_iter(counts)),
            _ => return Err(PyValueError::new_err(format!("moments in units of `{unit}`"))),
        };
        Column::new(name, ColumnType::Date, data)
            .map(PyColumn)
            .map_err(raised)
    }

    /// Booleans by code: 1, 0, and below 0 for a missing one.
    #[staticmethod]
    fn booleans(name: String, codes: PyReadonlyArray1<i32>) -> PyResult<PyColumn> {
        let codes = codes.as_array();
        let data: BooleanArray = codes
            .iter()
            .map(|&code| (code >= 0).then_some(code > 0))
            .collect();
        Column::new(name, ColumnType::Boolean, Arc::new(data))
            .map(PyColumn)
            .map_err(raised)
    }

    /// A column, to be put into another table.
    fn part(&self, name: &str) -> PyResult<PyColumn> {
        self.0.column(name).cloned().map(PyColumn).map_err(raised)
    }

    #[getter]
    fn names(&self) -> Vec<String> {
        self.0.names()
    }

    /// Whether each column holds categories.
    #[getter]
    fn kinds(&self) -> Vec<&'static str> {
        self.0
            .columns()
            .iter()
            .map(|column| column.column_type().name())
            .collect()
    }

    /// The table as an Arrow stream, without a copy: pandas, polars and pyarrow read it.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // A wish that may be ignored, by the interface.
        drop(requested_schema);
        let wrong = |e: arrow_schema::ArrowError| PyValueError::new_err(e.to_string());
        let column = |c: &Column| Field::new(c.name(), c.data().data_type().clone(), true);
        let schema = Arc::new(Schema::new(
            self.0.columns().iter().map(column).collect::<Vec<_>>(),
        ));
        let data = self.0.columns().iter().map(|c| c.data().clone()).collect();
        let batch = RecordBatch::try_new(schema.clone(), data).map_err(wrong)?;
        let reader = RecordBatchIterator::new([Ok(batch)], schema);
        let stream = FFI_ArrowArrayStream::new(Box::new(reader));
        PyCapsule::new_with_value(py, stream, c"arrow_array_stream")
    }

    fn __len__(&self) -> usize {
        self.0.rows()
    }

    /// Rows and columns.
    #[getter]
    fn shape(&self) -> (usize, usize) {
        (self.0.rows(), self.0.columns().len())
    }

    /// The names of the columns.
    #[getter]
    fn columns(&self) -> Vec<String> {
        self.0.names()
    }

    fn __repr__(&self) -> String {
        show::text(&self.0)
    }

    fn _repr_html_(&self) -> String {
        show::html(&self.0)
    }

    /// The first rows.
    #[pyo3(signature = (n=5))]
    fn head(&self, n: usize) -> Self {
        let rows: Vec<usize> = (0..n.min(self.0.rows())).collect();
        Self(self.0.take(&rows))
    }

    /// The table without some of its columns, or without one.
    fn drop(&self, columns: &Bound<PyAny>) -> PyResult<Self> {
        let left_out = match columns.extract::<String>() {
            Ok(one) => vec![one],
            Err(_) => columns.extract::<Vec<String>>()?,
        };
        let names: Vec<&str> = left_out.iter().map(String::as_str).collect();
        for name in &names {
            self.0.column(name).map_err(raised)?;
        }
        Ok(Self(self.0.without(&names)))
    }

    /// A column as an array by its name; the columns of a list of names; the rows of a slice, a mask, or places.
    fn __getitem__<'py>(slf: &Bound<'py, Self>, key: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let (py, own) = (slf.py(), slf.get());
        if let Ok(name) = key.extract::<String>() {
            return show::array(py, own.0.column(&name).map_err(raised)?);
        }
        let of = |table: Self| Ok(Bound::new(py, table)?.into_any());
        if let Ok(slice) = key.cast::<PySlice>() {
            let range = slice.indices(own.0.rows() as isize)?;
            let row = |i: usize| (range.start + i as isize * range.step) as usize;
            return of(Self(
                own.0.take(&(0..range.slicelength).map(row).collect::<Vec<_>>()),
            ));
        }
        if let Ok(names) = key.extract::<Vec<String>>() {
            return of(own.select(names)?);
        }
        // What NumPy makes of a mask, or of places of which some count from the end, are places.
        let places = py
            .import("numpy")?
            .call_method1("arange", (own.0.rows(),))?
            .get_item(key)?;
        if places.getattr("ndim")?.extract::<usize>()? != 1 {
            let text =
                format!("a table has no row {key}: write `table[{key}:{key} + 1]` for a table of that row");
            return Err(PyTypeError::new_err(text));
        }
        of(own.take(py, &places)?)
    }

    /// Rows as dictionaries by the names of the columns, which is what `pandas.DataFrame(table)` reads.
    fn __iter__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyIterator>> {
        let (py, own) = (slf.py(), slf.get());
        let arrays = own
            .0
            .columns()
            .iter()
            .map(|column| show::array(py, column)?.call_method0("tolist"));
        let lists = arrays.collect::<PyResult<Vec<_>>>()?;
        let names = own.0.names();
        let rows = PyList::empty(py);
        for row in 0..own.0.rows() {
            let all = PyDict::new(py);
            for (name, list) in names.iter().zip(&lists) {
                all.set_item(name, list.get_item(row)?)?;
            }
            rows.append(all)?;
        }
        rows.try_iter()
    }

    /// The table as a frame of pandas.
    fn to_pandas<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let frame = py.import("pandas")?.getattr("DataFrame")?;
        if let Ok(arrow) = py.import("pyarrow") {
            return arrow.call_method1("table", (slf,))?.call_method0("to_pandas");
        }
        let columns = PyDict::new(py);
        for column in slf.get().0.columns() {
            columns.set_item(column.name(), show::array(py, column)?)?;
        }
        frame.call1((columns,))
    }

    /// The columns that a model can read, as the command line takes them, and notes on those that are left out.
    fn features(&self) -> PyResult<(Self, Vec<String>)> {
        let rows = Rows::without_target(&self.0, &RowsOptions::default()).map_err(raised)?;
        let table = rows.table().map_err(raised)?.clone();
        Ok((
            Self(table),
            rows.notes.iter().map(|note| in_python(note)).collect(),
        ))
    }

    /// The columns called `names` only, in that order.
    fn select(&self, names: Vec<String>) -> PyResult<Self> {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        self.0.select(&names).map(Self).map_err(raised)
    }

    /// The rows numbered `rows`, in that order; a row may come more than once.
    fn take(&self, py: Python<'_>, rows: &Bound<PyAny>) -> PyResult<Self> {
        let rows: Vec<usize> = match rows.extract::<PyReadonlyArray1<i64>>() {
            // A number below zero becomes one that no table has.
            Ok(array) => array.as_array().iter().map(|&row| row as usize).collect(),
            Err(_) => rows.extract()?,
        };
        match rows.iter().find(|&&row| row >= self.0.rows()) {
            Some(row) => Err(PyIndexError::new_err(format!(
                "row {row} of a table of {} rows",
                self.0.rows()
            ))),
            None => Ok(Self(py.detach(|| self.0.take(&rows)))),
        }
    }

    /// A column's numbers, NaN where missing; codes for categories.
    fn numbers<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let column = self.0.column(name).map_err(raised)?;
        let mut values = vec![0.0; column.len()];
        column.read_f64(0, &mut values);
        Ok(PyArray1::from_vec(py, values))
    }

    /// The rows in an order that depends on what they hold and not on where they are: the places of the rows, and
    /// whether each holds the same as the one before.
    fn order<'py>(&self, py: Python<'py>, target: PyReadonlyArray1<f64>) -> PyResult<content::Order<'py>> {
        let target = target.as_array().to_vec();
        if target.len() != self.0.rows() {
            return Err(PyValueError::new_err("the target has another number of rows"));
        }
        Ok(content::sorted(py, || content::of_table(&self.0, &target)))
    }

    /// A column as text, None where missing.
    fn text(&self, name: &str) -> PyResult<Vec<Option<String>>> {
        let column = self.0.column(name).map_err(raised)?;
        Ok((0..column.len()).map(|row| column.text(row)).collect())
    }
}

/// A column on its way into a table.
#[pyclass(frozen, name = "Column", module = "induce._native")]
pub struct PyColumn(Column);

/// A table from a file (CSV, Parquet, Arrow, JSON lines, NumPy, libsvm, IDX), and what was passed over in it.
#[pyfunction]
#[pyo3(signature = (path, format=None, delimiter=None, header=None, missing=None, types=None, columns=None, drop=None))]
#[expect(clippy::too_many_arguments, reason = "keywords in Python")]
pub fn read(
    py: Python<'_>,
    path: std::path::PathBuf,
    format: Option<&str>,
    delimiter: Option<&str>,
    header: Option<bool>,
    missing: Option<Vec<String>>,
    types: Option<Vec<(String, String)>>,
    columns: Option<Vec<String>>,
    drop: Option<Vec<String>>,
) -> PyResult<(Table, Vec<String>)> {
    let mut options = ReadOptions {
        format: format.map(str::parse).transpose().map_err(raised)?,
        delimiter: delimiter.map(parse_delimiter).transpose().map_err(raised)?,
        header,
        columns: columns.unwrap_or_default(),
        exclude: drop.unwrap_or_default(),
        ..ReadOptions::default()
    };
    if let Some(markers) = missing {
        // The empty text is no value, whatever else is.
        options.missing = markers.into_iter().chain([String::new()]).collect();
    }
    for (name, kind) in types.unwrap_or_default() {
        options.column_types.push((name, kind.parse().map_err(raised)?));
    }
    let read = py.detach(|| core::read::read(&path, &options, &Run::new(0)));
    let notes = |all: Vec<String>| all.iter().map(|note| in_python(note)).collect();
    read.map(|(table, found)| (Table(table), notes(found.notes)))
        .map_err(raised)
}

fn table(columns: Vec<Column>) -> PyResult<Table> {
    core::Table::new(columns).map(Table).map_err(raised)
}

/// A one-dimensional array of any number type as an Arrow array.
fn one_of(array: &Bound<PyAny>) -> PyResult<ArrayRef> {
    let array = &aligned(array)?;
    macro_rules! of {
        ($($rust:ty => $arrow:ty),*) => {
            $(if let Ok(array) = array.cast::<PyArray1<$rust>>() {
                return Ok(Arc::new(shared::<$arrow>(array)?));
            })*
        };
    }
    of!(f64 => Float64Type, f32 => Float32Type, i64 => Int64Type, i32 => Int32Type, i16 => Int16Type, i8 => Int8Type,
        u64 => UInt64Type, u32 => UInt32Type, u16 => UInt16Type, u8 => UInt8Type);
    if let Ok(array) = array.cast::<PyArray1<bool>>() {
        let values: Vec<bool> = array.readonly().as_array().to_vec();
        return Ok(Arc::new(BooleanArray::from(values)));
    }
    let kind = array.get_type().name()?;
    Err(PyTypeError::new_err(format!(
        "a one-dimensional array of numbers is expected, not {kind}"
    )))
}

/// The array itself, or a copy if its elements do not lie where their type wants them: a slice or a view of such must never be.
pub(crate) fn aligned<'py>(array: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    match array.cast::<PyUntypedArray>() {
        Ok(untyped) if !untyped.is_aligned() => array.call_method0("copy"),
        _ => Ok(array.clone()),
    }
}

fn kind_of(data: &ArrayRef) -> ColumnType {
    match data.data_type() {
        DataType::Boolean => ColumnType::Boolean,
        _ => ColumnType::Number,
    }
}

/// An Arrow array on the memory of a NumPy array, which it keeps alive; a copy if that has gaps.
fn shared<T: ArrowPrimitiveType>(array: &Bound<PyArray1<T::Native>>) -> PyResult<PrimitiveArray<T>>
where
    T::Native: Element,
{
    let values = array.readonly();
    match values.as_slice() {
        Ok(slice) => Ok(PrimitiveArray::new(lent(slice, array.as_any()), None)),
        Err(_) => Ok(PrimitiveArray::from_iter_values(
            values.as_array().iter().copied(),
        )),
    }
}

/// Memory of `owner` as a buffer that keeps it alive.
pub(crate) fn lent<T: arrow_buffer::ArrowNativeType>(slice: &[T], owner: &Bound<PyAny>) -> ScalarBuffer<T> {
    let owner = Arc::new(AssertUnwindSafe(owner.clone().unbind()));
    let Some(pointer) =
        NonNull::new(slice.as_ptr().cast_mut().cast::<u8>()).filter(|_| slice.as_ptr().is_aligned())
    else {
        return slice.to_vec().into();
    };
    #[expect(unsafe_code, reason = "Arrow shares foreign memory through a pointer")]
    // SAFETY: the slice is valid for its length, and the buffer holds on to the array that owns it.
    let buffer = unsafe { Buffer::from_custom_allocation(pointer, size_of_val(slice), owner) };
    ScalarBuffer::new(buffer, 0, slice.len())
}

fn matrix<T: ArrowPrimitiveType>(
    array: &Bound<PyArray2<T::Native>>,
    names: &[String],
    threads: usize,
) -> PyResult<Vec<Column>>
where
    T::Native: Element + Default + Send + Sync,
{
    let (rows, columns) = (array.shape()[0], array.shape()[1]);
    if columns != names.len() {
        let text = format!("{} names for {columns} columns", names.len());
        return Err(PyValueError::new_err(text));
    }
    let readonly = array.readonly();
    let view = readonly.as_array();
    let adjacent = rows < 2 || array.strides()[0] == size_of::<T::Native>() as isize;
    let arrays: Vec<ArrayRef> = if adjacent {
        let whole = |j: usize| {
            let column = view.column(j);
            match column.as_slice() {
                Some(slice) => PrimitiveArray::<T>::new(lent(slice, array.as_any()), None),
                None => PrimitiveArray::from_iter_values(column.iter().copied()),
            }
        };
        (0..columns).map(|j| Arc::new(whole(j)) as ArrayRef).collect()
    } else {
        let py = array.py();
        let mut out = vec![T::Native::default(); rows * columns];
        prefer_large(&out);
        py.detach(|| transpose(&view, &mut out, threads));
        let all = ScalarBuffer::<T::Native>::from(out);
        let whole = |j: usize| PrimitiveArray::<T>::new(all.slice(j * rows, rows), None);
        (0..columns).map(|j| Arc::new(whole(j)) as ArrayRef).collect()
    };
    let named = names.iter().zip(arrays);
    named
        .map(|(name, data)| Column::new(name, ColumnType::Number, data).map_err(raised))
        .collect()
}

/// Rows of a block: a block of 50 columns of doubles stays in the first cache.
const BLOCK: usize = 64;

/// Columns from a view in any order, a block of rows at a time and shared out by columns.
fn transpose<T: Copy + Send + Sync>(view: &numpy::ndarray::ArrayView2<T>, out: &mut [T], threads: usize) {
    let (rows, share) = (view.nrows(), view.ncols().div_ceil(threads.max(1)).max(1));
    std::thread::scope(|scope| {
        for (t, part) in out.chunks_mut(share * rows).enumerate() {
            let work = move || {
                for start in (0..rows).step_by(BLOCK) {
                    let end = (start + BLOCK).min(rows);
                    for (j, column) in part.chunks_exact_mut(rows).enumerate() {
                        let from = view.column(t * share + j);
                        for i in start..end {
                            column[i] = from[i];
                        }
                    }
                }
            };
            if threads > 1 {
                scope.spawn(work);
            } else {
                let mut work = work;
                work();
            }
        }
    });
}
