//! Writes three sample reports from made-up data: `cargo run -p induce-plot --example sample_report -- FOLDER`.

#[path = "sample_report/data.rs"]
mod data;
#[path = "sample_report/samples.rs"]
mod samples;
#[path = "sample_report/sections.rs"]
mod sections;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    let samples = [
        ("binary", samples::binary()),
        ("letters", samples::letters()),
        ("regression", samples::regression()),
    ];
    for (name, report) in samples {
        let path = std::path::Path::new(&folder).join(format!("{name}.html"));
        std::fs::write(path, induce_plot::html(&report)?)?;
    }
    let roc = samples::binary().roc.unwrap_or_default();
    std::fs::write(
        std::path::Path::new(&folder).join("roc.svg"),
        induce_plot::chart::roc(&roc, 440.0).standalone(),
    )?;
    Ok(())
}
