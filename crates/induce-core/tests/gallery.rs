//! Hostile and broken files: each is a stated error with a hint, never a panic or a large allocation.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::io::Write;

use induce_core::read::{Format, ReadOptions, read_bytes};
use induce_core::write::write_to;
use induce_core::{Column, ColumnType, Error, Run, Table};

fn error_with(bytes: &[u8], options: &ReadOptions) -> Error {
    let run = Run::new(0).with_threads(2).with_memory(64 << 20);
    let error = read_bytes("bad", bytes, options, &run)
        .map(|(table, _)| table)
        .unwrap_err();
    assert!(error.hint().is_some(), "{error} has no hint");
    error
}

fn error(bytes: impl AsRef<[u8]>) -> String {
    error_with(bytes.as_ref(), &ReadOptions::default()).to_string()
}

/// Read as `format` whatever the bytes look like.
fn error_as(format: Format, bytes: impl AsRef<[u8]>) -> String {
    let options = ReadOptions {
        format: Some(format),
        ..ReadOptions::default()
    };
    error_with(bytes.as_ref(), &options).to_string()
}

#[track_caller]
fn says(error: &str, part: &str) {
    assert!(error.contains(part), "`{error}` does not say `{part}`");
}

#[test]
fn csv_errors_name_the_line() {
    says(&error(""), "it is empty");
    says(&error(" \n\r\n\t"), "it is empty");
    says(&error("a,b\n"), "no row below the header of 2 columns");
    says(
        &error("a,b\n1,2\n3\n"),
        "line 3 has 1 fields, the first line has 2",
    );
    says(&error("a,b\n1,2\n3,4,5\n"), "line 3 has 3 fields");
    says(&error("a,b\n\"x\ny\",2\n3,4,5\n"), "line 4 has 3 fields");
    says(&error("a,a\n1,2\n"), "two columns are called `a`");
    says(
        &error("a,b\n1,\"x\n2,y\n"),
        "the quote that opens on line 2 is never closed",
    );
    says(
        &error(b"a,b\n1,\xE9t\xE9\n"),
        "byte 6 (line 2) is 0xE9, which is not UTF-8",
    );
    says(&error(b"a,b\n1,x\0y\n"), "byte 7 (line 2) is NUL");
    says(&error(b"\xFF\xFEa\0,\0b\0"), "UTF-16");
}

/// Found by the `csv` fuzzer: with one chunk the ragged line was reported, with two the wrong byte behind it.
#[test]
fn of_two_faults_the_same_is_reported_whatever_the_chunks() {
    let reports = |chunk| {
        let run = Run::new(0);
        let read = induce_core::read::read_chunked("bad", b"\t\n\xF6", &ReadOptions::default(), &run, chunk);
        read.map(|_| ()).unwrap_err().to_string()
    };
    assert_eq!(reports(1), reports(100));
    says(&reports(1), "not UTF-8");
}

#[test]
fn a_pin_that_does_not_fit_names_the_value() {
    let options = ReadOptions {
        column_types: vec![("a".into(), ColumnType::Number)],
        ..ReadOptions::default()
    };
    says(
        &error_with(b"a,b\n1,2\nfoo,3\n", &options).to_string(),
        "line 3: `foo` in column `a` is no number",
    );
    says(
        &error_with(b"c,b\n1,2\nfoo,3\n", &options).to_string(),
        "no column `a`",
    );
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

#[test]
fn compressed_files_may_be_cut_off_or_bombs() {
    let whole = gzip(b"a,b\n1,2\n");
    says(&error(&whole[..whole.len() - 3]), "it ends too early");
    says(&error(&whole[..5]), "it ends too early");
    says(
        &error([0x1F, 0x8B, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9]),
        "not a valid gzip file",
    );
    let bomb = gzip(&vec![b'0'; 80 << 20]);
    assert!(bomb.len() < 1 << 20);
    says(&error(bomb), "the limit is 67108864");
}

fn npy(header: &str, data: &[u8]) -> Vec<u8> {
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    bytes
}

#[test]
fn numpy_headers_lie() {
    let of = |descr: &str, shape: &str| {
        error(npy(
            &format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}"),
            &[0; 16],
        ))
    };
    says(&of("<f8", "(3,)"), "needs 24 bytes, the file has 16");
    says(
        &of("<f8", "(99999999999, 99999999999)"),
        "more bytes than there are",
    );
    says(&of("<f8", "(0, 99999999999999999999)"), "no proper `shape`");
    says(&of("<f8", "(-1,)"), "no proper `shape`");
    says(&of("|u1", "(0, 9999999999)"), "it");
    says(&of("|O", "(2,)"), "Python objects");
    says(&of("<c16", "(1,)"), "its type `<c16` is not read");
    says(&of("<U0", "(1,)"), "no length");
    says(&of("<U4611686018427387904", "(0,)"), "is not read");
    says(
        &of("<U200000000", "(1,)"),
        "needs 800000000 bytes, the file has 16",
    );
    says(
        &error(npy(
            "{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (2,), }",
            &[0; 16],
        )),
        "structured",
    );
    says(&error(npy("{}", &[])), "no proper `descr`");
    says(&error(b"\x93NUMPY\x01\x00\xFF\xFF{"), "it ends within its header");
    says(&error(b"\x93NUMPY\x09\x00"), "its version 9");
    says(&error(b"\x93NUMPY"), "it ends within its header");
}

#[test]
fn zip_files_lie() {
    let zip = |name: &str, content: &[u8]| {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        zip.start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(content).unwrap();
        zip.finish().unwrap().into_inner()
    };
    says(
        &error(zip("a.csv", b"1,2")),
        "its member `a.csv` is not an NPY file",
    );
    says(&error(zip("a.npy", b"nothing")), "NPY");
    says(&error(zip("a.npy", &vec![0; 80 << 20])), "the limit is 67108864");
    let good = zip(
        "a.npy",
        &npy(
            "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }",
            &[1, 2],
        ),
    );
    says(&error(&good[..good.len() - 30]), "not a valid NPZ file");
    // The size in both headers, raised to 4 GB.
    let mut liar = good;
    let central = liar.windows(4).position(|word| word == b"PK\x01\x02").unwrap();
    liar[22..26].copy_from_slice(&0xFFFF_FFFE_u32.to_le_bytes());
    liar[central + 24..central + 28].copy_from_slice(&0xFFFF_FFFE_u32.to_le_bytes());
    says(&error(liar), "cannot inflate to 4294967294 bytes");
    says(&error("PK\u{3}\u{4}"), "not a valid NPZ file");
}

#[test]
fn idx_headers_lie() {
    says(&error([0, 0, 8, 1, 0, 0, 0, 9, 1]), "does not fit its 1 bytes");
    says(&error([0, 0, 8, 3, 0, 0]), "it ends within its header");
    says(
        &error([
            0, 0, 8, 3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        ]),
        "does not fit",
    );
    says(
        &error([0, 0, 8, 2, 0, 0, 0, 0, 255, 255, 255, 255]),
        "more than 100000 columns",
    );
    says(&error_as(Format::Idx, "hello"), "two zeros");
}

#[test]
fn libsvm_lines_are_checked() {
    says(&error("1 1:0\n1 4000000000:1\n"), "more than 100000 columns");
    says(
        &error_as(Format::Libsvm, "1 1:2\nx 1:2\n"),
        "line 2: `x` is no number",
    );
    says(
        &error_as(Format::Libsvm, "1 1:2 1:3\n"),
        "the index 1 comes twice",
    );
    says(&error_as(Format::Libsvm, "1 a:2\n"), "`a` is no index");
    says(&error_as(Format::Libsvm, "1,2 1:2\n"), "several labels");
    says(
        &error_as(Format::Libsvm, "1 qid:1 1:2\n0 1:2\n"),
        "some rows have a `qid`",
    );
    says(&error_as(Format::Libsvm, "# only\n"), "it has no row");
    let wide: String = (0..200).map(|_| "1 90000:1\n").collect();
    says(&error(wide), "as a dense table");
}

#[test]
fn json_errors_name_the_line() {
    says(&error("{\"a\": 1}\n{\"a\": }\n"), "line 2: expected value");
    says(&error("{\"a\": 1}\n[1]\n"), "line 2: invalid type");
    says(&error("{\"a\": [1]}\n"), "`a` of object 1 is no single value");
    says(&error("[{\"a\": 1}"), "EOF");
    says(&error_as(Format::Jsonl, "[]"), "it has no object");
    says(
        &error(format!("{{\"a\": {}1{}}}", "[".repeat(5000), "]".repeat(5000))),
        "recursion limit",
    );
}

/// Objects that share no key make a table of their number squared.
#[test]
fn json_objects_without_common_keys_are_too_large() {
    let lines: String = (0..3000).map(|i| format!("{{\"k{i}\": 1}}\n")).collect();
    says(&error(lines), "as a table needs 217536000 bytes");
}

/// A walk forwards from the start of the field took the number of spaces times the number of quotes: minutes here.
#[test]
fn stray_quotes_behind_spaces_take_no_time() {
    let text = format!("a,b\n{}x{},1\n", " ".repeat(1 << 19), "\"".repeat(1 << 19));
    let (table, _) = read_bytes("quotes", text.as_bytes(), &ReadOptions::default(), &Run::new(0)).unwrap();
    assert_eq!(table.rows(), 1);
}

fn sample(format: Format) -> Vec<u8> {
    let texts: Vec<Option<&str>> = (0..500)
        .map(|i| [Some("red"), None, Some("blue")][i % 3])
        .collect();
    let table = Table::new(vec![
        Column::from_f64("x", (0..500).map(f64::from).collect()),
        Column::from_text("c", &texts),
    ]);
    let mut bytes = Vec::new();
    write_to(&mut bytes, &table.unwrap(), format).unwrap();
    bytes
}

/// Cut anywhere, and with any byte changed, a file is a table or an error.
#[test]
fn arrow_and_parquet_survive_damage() {
    let run = Run::new(0).with_threads(1).with_memory(64 << 20);
    for format in [Format::Arrow, Format::Parquet] {
        let options = ReadOptions {
            format: Some(format),
            ..ReadOptions::default()
        };
        let whole = sample(format);
        for end in (0..whole.len()).step_by(61) {
            let _ = read_bytes("cut", &whole[..end], &options, &run);
        }
        for place in (0..whole.len()).step_by(if format == Format::Arrow { 7 } else { 3 }) {
            let mut damaged = whole.clone();
            damaged[place] ^= 0xFF;
            let _ = read_bytes("damaged", &damaged, &options, &run);
        }
    }
    says(&error("PAR1"), "not a valid Parquet file");
    says(&error("ARROW1\0\0"), "it has no record batch");
    says(
        &error(b"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F"),
        "ends within a message",
    );
}

#[test]
fn a_file_that_is_not_there_is_said_so() {
    let path = std::path::Path::new("no/such/file.csv");
    let error = induce_core::read::read(path, &ReadOptions::default(), &Run::new(0))
        .map(|_| ())
        .unwrap_err();
    assert!(error.to_string().contains("no/such/file.csv") && error.hint().is_some());
}
