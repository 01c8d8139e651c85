"""One table through every door: files, frames of every kind and unit, and the command line; the predictions are the same.

The story: a model that was fitted on polars' microseconds predicted seconds of pandas, dates of a CSV file and categories 1 and
1.0 as something else, and nothing was said of it.
"""

import datetime as dt
import os
import subprocess

import numpy as np
import pytest

import induce
from induce.boost import BoostRegressor, LGBMRegressor, XGBRegressor
from induce.ensemble import HistGradientBoostingRegressor, RandomForestRegressor
from induce.linear_model import LinearRegression, Ridge

pandas = pytest.importorskip("pandas")
polars = pytest.importorskip("polars")
pyarrow = pytest.importorskip("pyarrow")
BINARY = os.environ.get("INDUCE_BINARY")
UNITS = ("s", "ms", "us", "ns")

MODELS = {
    "boost": BoostRegressor(rounds=12, random_state=0),
    "lightgbm": LGBMRegressor(n_estimators=8, min_child_samples=5),
    "xgboost": XGBRegressor(n_estimators=5, max_depth=3),
    "forest": RandomForestRegressor(8, random_state=0),
    "histogram": HistGradientBoostingRegressor(max_iter=8, min_samples_leaf=5, random_state=0),
    "ridge": Ridge(),
}


def columns(seed, missing, names):
    """Columns of every kind by name, and a target."""
    rng = np.random.default_rng(seed)
    n, day = 150, dt.date(2020, 1, 1)

    def hidden(values):
        return [None if missing and rng.random() < 0.1 else value for value in values]

    every = {
        "number": hidden([round(float(v), 3) for v in rng.normal(size=n)]),
        "count": hidden([int(v) for v in rng.integers(-5, 50, n)]),
        "colour": hidden([["red", "green", "blue", "dark red"][i] for i in rng.integers(4, size=n)]),
        "flag": hidden([bool(v) for v in rng.integers(2, size=n)]),
        "day": hidden([day + dt.timedelta(days=int(v)) for v in rng.integers(0, 900, n)]),
        "moment": hidden([dt.datetime(2021, 3, 4, 5, 6, 7) + dt.timedelta(seconds=int(v)) for v in rng.integers(0, 10**7, n)]),
    }
    y = np.asarray([(x or 0) + 0.1 * (k or 0) + {"red": 2, "green": -1}.get(c, 0) + bool(b) + (d - day).days / 300
                    if d else 0.5 for x, k, c, b, d in zip(*[every[name] for name in list(every)[:5]])])
    return {name: every[name] for name in names}, np.round(y + 0.1 * rng.normal(size=n), 4)


TYPES = {"number": pyarrow.float64(), "count": pyarrow.int64(), "colour": pyarrow.string(), "flag": pyarrow.bool_(),
         "day": pyarrow.date32(), "moment": pyarrow.timestamp("us")}


def text(value):
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else value.isoformat() if hasattr(value, "isoformat") else str(value)


def doors(own, folder):
    """The table by the name of the door, and the CSV file."""
    import pyarrow.feather
    import pyarrow.parquet

    arrow = pyarrow.table({name: pyarrow.array(values, TYPES[name]) for name, values in own.items()})
    found = {"arrow": arrow}
    csv, parquet, feather = (str(folder / name) for name in ("t.csv", "t.parquet", "t.arrow"))
    with open(csv, "w") as file:
        for row in [list(own), *zip(*own.values())]:
            # A blank line is no row.
            file.write((",".join(map(text, row)) or '""') + "\n")
    pyarrow.parquet.write_table(arrow, parquet)
    pyarrow.feather.write_feather(arrow, feather, compression="uncompressed")
    found |= {"csv": induce.data.read(csv), "parquet": induce.data.read(parquet), "feather": induce.data.read(feather)}
    for unit in UNITS:
        frame = pandas.DataFrame({name: of_pandas(name, values, unit) for name, values in own.items()})
        found[f"pandas {unit}"] = frame
    objects = pandas.DataFrame({name: pandas.Series(values, dtype=object) for name, values in own.items()})
    found["pandas objects"] = objects
    if "colour" in own:
        found["pandas category"] = frame.assign(colour=frame["colour"].astype("category"))
        found["pandas string"] = frame.assign(colour=frame["colour"].astype("string"))
        found["arrow dictionary"] = arrow.set_column(list(own).index("colour"), "colour", arrow["colour"].dictionary_encode())
    found["pandas of Arrow"] = arrow.to_pandas(types_mapper=pandas.ArrowDtype)
    frame = polars.from_arrow(arrow)
    found["polars"] = frame
    if "moment" in own:
        for unit in UNITS:
            place = list(own).index("moment")
            found[f"arrow {unit}"] = arrow.set_column(place, "moment", arrow["moment"].cast(pyarrow.timestamp(unit)))
        for unit in UNITS[1:]:
            found[f"polars {unit}"] = frame.with_columns(polars.col("moment").cast(polars.Datetime(unit)))
        found["arrow with a zone"] = arrow.set_column(
            place, "moment", arrow["moment"].cast(pyarrow.timestamp("us", "UTC")).cast(pyarrow.timestamp("us", "Asia/Tokyo"))
        )
    table = found["csv"]
    found |= {"table in polars": polars.DataFrame(table), "table in pandas": table.to_pandas(),
              "table in Arrow": pyarrow.table(table), "rows in pandas": pandas.DataFrame(table)}
    return found, csv


def of_pandas(name, values, unit):
    if name in ("day", "moment"):
        return pandas.to_datetime(pandas.Series(values)).astype(f"datetime64[{unit}]")
    kinds = {"number": "float64", "count": "Int64", "colour": object, "flag": "boolean"}
    return pandas.Series(values, dtype=kinds[name])


EVERY = tuple(TYPES)
#: How many tables there are; a hundred take some minutes.
MANY = int(os.environ.get("INDUCE_DOORS", "5"))


def cases():
    """Seeds, whether values are missing, and which columns there are."""
    first = [(0, True, EVERY), (1, False, EVERY), (2, True, ("number", "flag")), (3, True, ("count", "moment")),
             (4, False, ("number", "day", "colour"))]
    rng = np.random.default_rng(0)
    rest = [(seed, bool(rng.integers(2)), tuple(np.asarray(EVERY)[np.sort(rng.permutation(len(EVERY))[: rng.integers(1, 7)])].tolist()))
            for seed in range(len(first), MANY)]
    return [*first, *rest][:MANY]


CASES = cases()


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("seed, missing, names", CASES)
def test_every_door_leads_to_the_same_table(model, seed, missing, names, tmp_path):
    if model == "ridge" and missing:
        pytest.skip("linear models take a missing value for the mean, of files only")
    own, y = columns(seed, missing, names)
    every, csv = doors(own, tmp_path)
    fitted = MODELS[model].fit(every["csv"], y)
    expected = fitted.predict(every["csv"])
    fitted.save(tmp_path / "m.safetensors")
    for name, table in every.items():
        np.testing.assert_allclose(fitted.predict(table), expected, rtol=0, atol=1e-12, err_msg=f"predicted: {name}")
    for name, table in every.items():
        again = MODELS[model].fit(table, y)
        np.testing.assert_allclose(again.predict(table), expected, rtol=0, atol=1e-12, err_msg=f"fitted: {name}")
        if name in ("pandas us", "polars", "arrow", "parquet"):
            np.testing.assert_allclose(again.predict(every["csv"]), expected, rtol=0, atol=1e-12, err_msg=f"from {name} to CSV")
    if BINARY:
        done = subprocess.run([BINARY, "predict", str(tmp_path / "m.safetensors"), csv, "-q"], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        np.testing.assert_allclose([float(line) for line in done.stdout.split()[1:]], expected, rtol=0, atol=1e-12)


def test_parts_of_a_second_are_the_same_in_every_unit():
    """Nanoseconds since 1970 are more than a double holds; they were divided after they had been rounded."""
    moments = [dt.datetime(2023, 1, 1) + dt.timedelta(microseconds=int(v)) for v in np.random.default_rng(0).integers(1, 10**12, 60)]
    frame = polars.DataFrame({"t": moments})
    y = np.arange(60.0)
    model = LinearRegression().fit(frame, y)
    nano = frame.with_columns(polars.col("t").cast(polars.Datetime("ns")))
    np.testing.assert_array_equal(model.predict(nano), model.predict(frame))
    np.testing.assert_array_equal(model.predict(pandas.DataFrame({"t": moments})), model.predict(frame))


def test_arrays_of_moments_have_a_unit():
    days = np.arange("2023-01-01", "2023-04-11", dtype="datetime64[D]")[:, None]
    model = LinearRegression().fit(days, np.arange(100.0))
    for unit in UNITS:
        np.testing.assert_allclose(model.predict(days[:3].astype(f"datetime64[{unit}]")), [0, 1, 2], atol=1e-6)


def test_a_whole_number_is_the_same_category_however_it_is_stored():
    """1 and 1.0 were different categories, and all rows of the other kind were silently unseen."""
    train = pandas.DataFrame({"c": pandas.Series([1, 2, 3, None] * 30).astype("category")})
    test = pandas.DataFrame({"c": pandas.Series([1, 2, 3]).astype("category")})
    predicted = BoostRegressor(rounds=60, random_state=0).fit(train, [1, 5, 9, 0] * 30).predict(test)
    assert np.abs(predicted - [1, 5, 9]).max() < 0.7


def test_numbers_in_object_columns_are_numbers_in_training_and_after():
    frame = pandas.DataFrame({"a": pandas.Series([1, 2, 3, 4] * 10, dtype=object), "b": np.arange(40.0)})
    model = RandomForestRegressor(5, random_state=0).fit(frame, np.arange(40.0))
    np.testing.assert_array_equal(model.predict(frame), model.predict(frame.astype(float)))
