//! Files read as the tables that people expect, whatever the threads and the chunks.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::io::Write;

use induce_core::picture::{Picture, png_bytes};
use induce_core::read::{Format, ReadOptions, are_images, images, read_bytes, read_chunked};
use induce_core::write::write_to;
use induce_core::{Column, ColumnType, Run, Table};
use proptest::prelude::*;

fn read(text: impl AsRef<[u8]>) -> Table {
    read_bytes("test", text.as_ref(), &ReadOptions::default(), &Run::new(0))
        .unwrap()
        .0
}

fn column_types(table: &Table) -> Vec<ColumnType> {
    table.columns().iter().map(Column::column_type).collect()
}

fn texts(table: &Table, name: &str) -> Vec<Option<String>> {
    let column = table.column(name).unwrap();
    (0..column.len()).map(|row| column.text(row)).collect()
}

fn some(texts: &[&str]) -> Vec<Option<String>> {
    texts
        .iter()
        .map(|text| Some(text.to_string()).filter(|text| !text.is_empty()))
        .collect()
}

fn assert_same(a: &Table, b: &Table) {
    assert_eq!(a.names(), b.names());
    for (a, b) in a.columns().iter().zip(b.columns()) {
        assert_eq!(
            (a.column_type(), a.data().data_type()),
            (b.column_type(), b.data().data_type()),
            "{}",
            a.name()
        );
        assert_eq!(a.categories(), b.categories());
        let text = |column: &Column| (0..column.len()).map(|row| column.text(row)).collect::<Vec<_>>();
        assert_eq!(text(a), text(b), "{}", a.name());
    }
}

#[test]
fn every_kind_is_told_from_the_whole_column() {
    let table =
        read("n,b,d,t,c,e\n1,yes,2024-01-31,2024-01-31T10:20:30.5Z,red,\n-2.5,No,NA,2024-02-01 00:00,?,\n");
    assert_eq!(
        column_types(&table),
        [
            ColumnType::Number,
            ColumnType::Boolean,
            ColumnType::Date,
            ColumnType::Date,
            ColumnType::Category,
            ColumnType::Number
        ]
    );
    assert_eq!(texts(&table, "d"), some(&["2024-01-31", ""]));
    assert_eq!(
        texts(&table, "t"),
        some(&["2024-01-31T10:20:30.5", "2024-02-01T00:00:00"])
    );
    assert_eq!(texts(&table, "c"), some(&["red", ""]));
    assert_eq!(table.column("e").unwrap().missing(), 2);
}

/// The separator of UCI's adult is a comma and a space, its missing marker `?`, and it has no header.
#[test]
fn adult_reads_as_it_is() {
    let table = read("39, State-gov, 77516, <=50K\n50, ?, 83311, >50K\n38, Private, 215646, <=50K\n");
    assert_eq!(table.names(), ["x0", "x1", "x2", "x3"]);
    assert_eq!(
        column_types(&table),
        [
            ColumnType::Number,
            ColumnType::Category,
            ColumnType::Number,
            ColumnType::Category
        ]
    );
    assert_eq!(texts(&table, "x1"), some(&["State-gov", "", "Private"]));
}

#[test]
fn a_value_at_the_very_end_widens_the_column() {
    let body: String = (0..5000).map(|i| format!("{i},{i},2020-01-01\n")).collect();
    let table = read(format!("a,b,c\n{body}1.5,x,2020-01-01 10:00\n"));
    assert_eq!(
        column_types(&table),
        [ColumnType::Number, ColumnType::Text, ColumnType::Date]
    );
    assert_eq!(texts(&table, "a")[4999..], some(&["4999.0", "1.5"]));
    assert_eq!(texts(&table, "c")[0], Some("2020-01-01T00:00:00".into()));
}

/// A mapped file leaves the memory chunk by chunk; what is parsed again comes back from the file.
#[test]
fn a_file_that_is_mapped_is_released_and_read_again() {
    let numbers: String = (0..300_000)
        .map(|i| format!("{},{}\n", i % 977, i % 89))
        .collect();
    let lines: String = (0..60_000)
        .map(|i| format!("{{\"a\": {}, \"b\": \"{}\"}}\n", i % 977, i % 89))
        .collect();
    let csv = format!("a,b\n{numbers}end,1\n");
    let json = format!("{lines}{{\"a\": \"end\", \"b\": \"1\"}}\n");
    for text in [csv, json] {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        assert!(text.len() > 1 << 20, "small files are not mapped");
        let run = Run::new(0).with_threads(2);
        let (mapped, _) = induce_core::read::read(file.path(), &ReadOptions::default(), &run).unwrap();
        assert_same(&read(&text), &mapped);
        assert_eq!(mapped.column("a").unwrap().categories().len(), 978);
    }
}

#[test]
fn quotes_line_ends_and_marks_do_not_matter() {
    let plain = read("a,b\nx,1\n\"y, z\",2\n");
    for text in [
        "a,b\r\nx,1\r\n\"y, z\",2\r\n",
        "\u{FEFF}a,b\nx,1\n\"y, z\",2",
        "a;b\nx;1\n\"y, z\";2\n",
        "a\tb\nx\t1\n\"y, z\"\t\"2\"\n",
        "a|b\nx|1\n\ny, z|2\n\n",
        "a,b\rx,1\r\"y, z\",2\r",
        " \"a\" , b \n x , 1 \n \"y, z\" , 2 \n",
    ] {
        assert_same(&plain, &read(text));
    }
    assert_eq!(
        texts(&read("a,b\n\"p\nq\",\"\"\"r\"\"\"\n"), "a"),
        some(&["p\nq"])
    );
}

#[test]
fn options_overrule_the_guesses() {
    let options = ReadOptions {
        header: Some(false),
        delimiter: Some(b';'),
        missing: vec!["-1".into()],
        column_types: vec![
            ("x0".into(), ColumnType::Category),
            ("x2".into(), ColumnType::Boolean),
        ],
        columns: vec!["x2".into(), "x1".into(), "x0".into()],
        exclude: vec!["x1".into()],
        ..ReadOptions::default()
    };
    let (table, sniffed) = read_bytes("test", b"7;-1;0\n-1;2;1\n", &options, &Run::new(0)).unwrap();
    assert_eq!(table.names(), ["x2", "x0"]);
    assert_eq!(column_types(&table), [ColumnType::Boolean, ColumnType::Category]);
    assert_eq!(texts(&table, "x0"), some(&["7", ""]));
    assert_eq!(sniffed.columns[0].name, "x2");
    assert_eq!(sniffed.columns[1].missing, 1);
}

#[test]
fn the_flags_of_a_file_name_every_guess() {
    let (_, sniffed) = read_bytes("test", b"a,b\n1,x\n2,y\n", &ReadOptions::default(), &Run::new(0)).unwrap();
    let flags = sniffed.flags();
    assert_eq!(
        flags,
        [
            "--delimiter comma",
            "--header",
            "--type a=number",
            "--type b=category"
        ]
    );
    assert_eq!(
        sniffed.header.unwrap().1,
        "`a` stands above values that are no text"
    );
}

#[test]
fn identifiers_and_reviews_are_text() {
    let many: String = (0..3000).map(|i| format!("id{i},{}\n", i % 7)).collect();
    assert_eq!(column_types(&read(format!("id,n\n{many}")))[0], ColumnType::Text);
    let long = format!("r,n\n{0},1\n{0},2\n", "word ".repeat(20));
    assert_eq!(column_types(&read(long))[0], ColumnType::Text);
}

#[test]
fn json_objects_may_lack_keys() {
    let lines = "{\"a\": 1, \"b\": \"x\"}\n\n{\"b\": null, \"c\": true, \"a\": 2.5}\n{\"d\": \"2024-01-31\", \"b\": \"7\"}\n";
    let table = read(lines);
    assert_eq!(table.names(), ["a", "b", "c", "d"]);
    assert_eq!(
        column_types(&table),
        [
            ColumnType::Number,
            ColumnType::Category,
            ColumnType::Boolean,
            ColumnType::Date
        ]
    );
    assert_eq!(texts(&table, "a"), some(&["1.0", "2.5", ""]));
    assert_eq!(texts(&table, "b"), some(&["x", "", "7"]));
    let array = format!("[{}]", lines.trim().replace("\n\n", "\n").replace('\n', ","));
    assert_same(&table, &read(array));
}

#[test]
fn libsvm_is_filled_with_zeros() {
    let table = read("1 qid:3 1:0.5 3:2 # note\n-1 qid:4 2:1e3\n");
    assert_eq!(table.names(), ["label", "qid", "x1", "x2", "x3"]);
    assert_eq!(texts(&table, "x2"), some(&["0.0", "1000.0"]));
    assert_eq!(read("1 0:5 2:1\n0 1:2\n").names(), ["label", "x0", "x1", "x2"]);
}

fn npy(descr: &str, fortran: bool, shape: &str, data: &[u8]) -> Vec<u8> {
    let order = if fortran { "True" } else { "False" };
    let header = format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    bytes
}

#[test]
fn numpy_arrays_of_any_order_and_width() {
    let rows: Vec<u8> = [1_i16, 2, 3, 4, 5, 6]
        .iter()
        .flat_map(|v| v.to_be_bytes())
        .collect();
    let table = read(npy(">i2", false, "(2, 3)", &rows));
    assert_eq!(texts(&table, "x1"), some(&["2", "5"]));
    let table = read(npy(">i2", true, "(2, 3)", &rows));
    assert_eq!(texts(&table, "x1"), some(&["3", "4"]));
    let halves = [0x3C00_u16, 0x7C00, 0x7E00]
        .iter()
        .flat_map(|v| v.to_le_bytes())
        .collect::<Vec<u8>>();
    assert_eq!(
        texts(&read(npy("<f2", false, "(3,)", &halves)), "x0"),
        some(&["1.0", "inf", ""])
    );
    let words: Vec<u8> = "ab\0é\0\0"
        .chars()
        .flat_map(|c| u32::from(c).to_le_bytes())
        .collect();
    assert_eq!(
        texts(&read(npy("<U3", false, "(2,)", &words)), "x0"),
        some(&["ab", "é"])
    );
    assert_eq!(
        column_types(&read(npy("|b1", false, "(2,)", &[0, 1]))),
        [ColumnType::Boolean]
    );
}

fn npz(arrays: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in arrays {
        zip.start_file(format!("{name}.npy"), zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// An array of another length was left out without a word.
#[test]
fn a_zip_of_arrays_gives_features_and_target_and_says_what_is_left_out() {
    let content = npz(&[
        ("X", npy("|u1", false, "(2, 2)", &[1, 2, 3, 4])),
        ("y", npy("|i1", false, "(2, 1)", &[7, 255])),
        ("meta", npy("|i1", false, "(3,)", &[7, 8, 9])),
    ]);
    let (table, said) = read_bytes("test", &content, &ReadOptions::default(), &Run::new(0)).unwrap();
    assert_eq!(table.names(), ["x0", "x1", "y"]);
    assert_eq!(texts(&table, "y"), some(&["7", "-1"]));
    assert_eq!(
        said.notes,
        ["left out: `meta` (3); these are no 2 rows as the first array has"]
    );
}

/// Images under any name but `images` were read as a table of pixels.
#[test]
fn a_zip_of_images_says_which_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, arrays: &[(&str, Vec<u8>)]| {
        let path = folder.path().join(name);
        std::fs::write(&path, npz(arrays)).unwrap();
        path
    };
    let pixels = |images: u8| {
        npy(
            "|u1",
            false,
            &format!("({images}, 1, 2)"),
            &vec![images; 2 * images as usize],
        )
    };
    let labels = |all: &[u8]| npy("|u1", false, &format!("({},)", all.len()), all);
    let run = Run::new(0);
    let keras = write(
        "keras.npz",
        &[
            ("x_train", pixels(3)),
            ("x_test", pixels(2)),
            ("y_train", labels(&[1, 1, 4])),
            ("y_test", labels(&[4, 1])),
        ],
    );
    assert!(are_images(&keras));
    let error = images(&keras, &run).unwrap_err();
    assert!(
        error.to_string().contains("2 arrays of images: x_train, x_test"),
        "{error}"
    );
    assert!(error.hint().unwrap().contains("keras.npz/x_train"));
    for (name, count) in [("x_train", 3), ("x_test", 2)] {
        let path = keras.join(name);
        assert!(are_images(&path));
        let own = images(&path, &run).unwrap();
        assert_eq!(
            (own.len(), own.classes().unwrap().classes.clone()),
            (count, vec!["1".to_owned(), "4".into()])
        );
    }
    let error = images(&keras.join("x_valid"), &run).unwrap_err().to_string();
    assert!(error.contains("no array `x_valid`, but x_train"), "{error}");
    let one = write(
        "one.npz",
        &[
            ("background", pixels(3)),
            ("background_labels", labels(&[1, 2, 3])),
            ("drawer", labels(&[1; 20])),
        ],
    );
    assert!(are_images(&one) && images(&one, &run).unwrap().classes().unwrap().classes.len() == 3);
    let numbers = write("numbers.npz", &[("x", npy("<f4", false, "(1, 1, 1)", &[0; 4]))]);
    let error = images(&numbers, &run).unwrap_err();
    assert!(
        are_images(&numbers) && error.hint().unwrap().contains("astype(numpy.uint8)"),
        "{error}"
    );
    let masks = write(
        "masks.npz",
        &[("x", npy("|b1", false, "(2, 1, 2)", &[0, 1, 1, 0]))],
    );
    assert_eq!(images(&masks, &run).unwrap().pixels, [0, 255, 255, 0]);
    let table = write("table.npz", &[("x", npy("<f4", false, "(1, 1)", &[0; 4]))]);
    assert!(!are_images(&table));
    let plain = folder.path().join("plain.npy");
    std::fs::write(&plain, npy("|u1", false, "(2, 1, 3, 1)", &[1, 2, 3, 4, 5, 6])).unwrap();
    assert!(are_images(&plain) && images(&plain, &run).unwrap().len() == 2);
    let first = write(
        "first.npz",
        &[("images", npy("|u1", false, "(1, 3, 2, 2)", &[0; 12]))],
    );
    assert!(
        images(&first, &run)
            .unwrap_err()
            .hint()
            .unwrap()
            .contains("transpose")
    );
    let short = write("short.npz", &[("images", pixels(3)), ("labels", labels(&[1, 2]))]);
    assert!(
        images(&short, &run)
            .unwrap_err()
            .to_string()
            .contains("3 images, and 2 `labels`")
    );
}

/// Of many damaged pictures the first ended it, and so did the next after it was mended.
#[test]
fn all_pictures_that_cannot_be_used_are_named_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let picture = |width: usize, level: usize| {
        png_bytes(&Picture::new(width, 4, 1, vec![level as u8; 4 * width]).unwrap()).unwrap()
    };
    let of = |i: usize| folder.path().join(format!("{i:02}.png"));
    for i in 0..30 {
        std::fs::write(of(i), picture(4, i)).unwrap();
    }
    let run = Run::new(0);
    assert_eq!(images(folder.path(), &run).unwrap().len(), 30);
    std::fs::write(of(7), &picture(4, 7)[..40]).unwrap();
    let error = images(folder.path(), &run).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("07.png") && !text.contains("more of"), "{text}");
    assert!(error.hint().unwrap().ends_with("or move it to another folder"));
    std::fs::write(of(9), picture(5, 9)).unwrap();
    std::fs::write(of(21), b"no picture").unwrap();
    let error = images(folder.path(), &run).unwrap_err().to_string();
    assert!(error.contains("2 more of 30 pictures cannot be used"), "{error}");
    assert!(error.contains("09.png") && error.contains("21.png"), "{error}");
}

#[test]
fn idx_images_are_flattened() {
    let images = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 10, 20, 30, 40];
    let table = read(images);
    assert_eq!(texts(&table, "p1"), some(&["20", "40"]));
    assert_eq!(read([0, 0, 8, 1, 0, 0, 0, 2, 5, 6]).names(), ["label"]);
}

#[test]
fn a_gzip_of_anything_is_read_as_what_is_inside() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&npy("|u1", false, "(2,)", &[3, 4])).unwrap();
    assert_eq!(texts(&read(gzip.finish().unwrap()), "x0"), some(&["3", "4"]));
}

/// A name with everything that CSV can trip over; not a number, date, boolean or marker.
fn name() -> impl Strategy<Value = String> {
    "[a-zé ,;\"'\n\r|#]{0,8}".prop_map(|text| format!("k{text}"))
}

fn tables() -> impl Strategy<Value = Table> {
    let row = (
        any::<f64>(),
        any::<i64>(),
        any::<bool>(),
        name(),
        0_u8..255,
        0_i64..4_000_000_000,
    );
    proptest::collection::vec(row, 1..60).prop_map(|rows| {
        let gap = |mask: u8, bit: u8| mask & (1 << bit) != 0 && mask.is_multiple_of(3);
        let floats = rows
            .iter()
            .map(|r| if gap(r.4, 0) { f64::NAN } else { r.0 })
            .chain([0.5])
            .collect();
        let ints: arrow_array::Int64Array = rows
            .iter()
            .map(|r| (!gap(r.4, 1)).then_some(r.1))
            .chain([Some(i64::MAX)])
            .collect();
        let bools: arrow_array::BooleanArray = rows
            .iter()
            .map(|r| (!gap(r.4, 2)).then_some(r.2))
            .chain([Some(true)])
            .collect();
        let texts: Vec<Option<&str>> = rows
            .iter()
            .map(|r| (!gap(r.4, 3)).then_some(&*r.3))
            .chain([Some("k")])
            .collect();
        let times: arrow_array::TimestampMillisecondArray = rows
            .iter()
            .map(|r| (!gap(r.4, 4)).then_some(r.5 * 1000))
            .chain([Some(1)])
            .collect();
        Table::new(vec![
            Column::from_f64("f, \"1\"", floats),
            Column::new("i", ColumnType::Number, std::sync::Arc::new(ints)).unwrap(),
            Column::new("b", ColumnType::Boolean, std::sync::Arc::new(bools)).unwrap(),
            Column::from_text("t", &texts),
            Column::new("m", ColumnType::Date, std::sync::Arc::new(times)).unwrap(),
        ])
        .unwrap()
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read(table in tables(), chunk in 1_usize..2000, threads in 1_usize..4) {
        for format in [Format::Csv, Format::Arrow, Format::Parquet] {
            let mut bytes = Vec::new();
            write_to(&mut bytes, &table, format).unwrap();
            let run = Run::new(0).with_threads(threads);
            let (again, sniffed) = read_chunked("test", &bytes, &ReadOptions::default(), &run, chunk).unwrap();
            prop_assert_eq!(sniffed.format, format);
            assert_same(&table, &again);
        }
    }

    #[test]
    fn json_lines_too(table in tables(), chunk in 1_usize..2000, threads in 1_usize..4) {
        // Trimmed texts, because JSON strings are trimmed as CSV fields are.
        let texts: Vec<Option<String>> = texts(&table, "t").into_iter().map(|t| t.map(|t| t.trim().to_string())).collect();
        let texts: Vec<Option<&str>> = texts.iter().map(Option::as_deref).collect();
        let table = table.with(Column::from_text("t", &texts)).unwrap();
        let mut bytes = Vec::new();
        write_to(&mut bytes, &table, Format::Jsonl).unwrap();
        let run = Run::new(0).with_threads(threads);
        assert_same(&table, &read_chunked("test", &bytes, &ReadOptions::default(), &run, chunk).unwrap().0);
    }

    /// Keys that come late, types that widen late, values that are no single ones, broken lines.
    #[test]
    fn nor_do_chunks_matter_to_json(
        lines in proptest::collection::vec(
            r#"(\{("[ab]":(1|2\.5|true|null|"x"|"NA"|"2020-01-01"|"3000-01-01T00:00:00"|"2020-01-01T00:00:00.000000001"|\[1\]),?)?("c":(7|-1))?\}|)"#,
            1..12,
        ),
        chunk in 1_usize..60,
    ) {
        let text = lines.join("\n").replace(",}", "}");
        let outcome = |chunk, threads| {
            let run = Run::new(0).with_threads(threads);
            let options = ReadOptions { format: Some(Format::Jsonl), ..ReadOptions::default() };
            read_chunked("test", text.as_bytes(), &options, &run, chunk)
        };
        match (outcome(1 << 20, 1), outcome(chunk, 3)) {
            (Ok(a), Ok(b)) => {
                assert_same(&a.0, &b.0);
                prop_assert_eq!(a.1, b.1);
            }
            (Err(a), Err(b)) => prop_assert_eq!(a.to_string(), b.to_string()),
            (a, b) => prop_assert!(false, "{:?} {:?}", a.map(|a| a.1), b.map(|b| b.1)),
        }
    }

    /// Chunks and threads may change neither a table nor an error.
    #[test]
    fn neither_chunks_nor_threads_matter(text in "([a0-9,.\"\n -]|NA|1e5|2020-01-0[1-9]){0,80}", chunk in 1_usize..40) {
        let outcome = |chunk, threads| {
            let run = Run::new(0).with_threads(threads);
            read_chunked("test", text.as_bytes(), &ReadOptions::default(), &run, chunk)
        };
        match (outcome(1 << 20, 1), outcome(chunk, 3)) {
            (Ok(a), Ok(b)) => {
                assert_same(&a.0, &b.0);
                prop_assert_eq!(a.1, b.1);
            }
            (Err(a), Err(b)) => prop_assert_eq!(a.to_string(), b.to_string()),
            (a, b) => prop_assert!(false, "{:?} {:?}", a.map(|a| a.1), b.map(|b| b.1)),
        }
    }
}
