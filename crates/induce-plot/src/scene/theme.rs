//! The colours, in pairs: light and dark.
//!
//! The rules below speak of `var(--name)`. A page defines the variables once; a stand-alone file has them replaced by
//! their values, because many SVG readers know classes but not variables.

/// Name, light value, dark value. Shared by the charts and the report page.
const COLOURS: &[(&str, &str, &str)] = &[
    ("page", "#f6f6f3", "#121417"),
    ("surface", "#ffffff", "#1a1d21"),
    ("sunken", "#f1f1ed", "#23272c"),
    ("ink", "#1d2126", "#e7e9ec"),
    ("muted", "#5d6570", "#a0a8b2"),
    ("rule", "#e3e4e0", "#2d3238"),
    ("axis", "#aab0b8", "#59616b"),
    ("accent", "#2563ad", "#6aa8f4"),
    ("on-accent", "#ffffff", "#0b1420"),
    ("warm", "#c4481f", "#f28c60"),
    ("grey", "#979ea8", "#868f9a"),
    ("s0", "#2563ad", "#6aa8f4"),
    ("s1", "#cf5a1b", "#f2955a"),
    ("s2", "#16856b", "#4cc3a2"),
    ("s3", "#a8327a", "#e584bd"),
    ("s4", "#8f6a00", "#d9b346"),
    ("s5", "#6a52b8", "#a996f0"),
    ("s6", "#2a93b8", "#6fcbe6"),
    ("s7", "#a63430", "#ee8580"),
    ("s8", "#5b7a22", "#a7c765"),
    ("s9", "#6f6259", "#b9aca2"),
    ("r0", "#1e7fd6", "#4aa3f5"),
    ("r1", "#5084d5", "#6f9ef2"),
    ("r2", "#7188d3", "#8a98ef"),
    ("r3", "#8e8cd2", "#a091eb"),
    ("r4", "#a88fd0", "#b48ae8"),
    ("r5", "#b781ab", "#c887c6"),
    ("r6", "#c47185", "#db81a2"),
    ("r7", "#cf5d5d", "#ed777c"),
    ("r8", "#d8432a", "#ff6a4d"),
];

/// How many series colours there are; the classes are `s0` to `s9`.
pub(crate) const SERIES: usize = 10;

/// How many steps the low-to-high ramp has; the classes are `r0` to `r8`.
pub(crate) const RAMP: usize = 9;

const FONT: &str = "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif";

const RULES: &str = "\
.chart{display:block;width:100%;height:auto;overflow:visible}\
.chart text{fill:var(--ink);font-size:12px;font-variant-numeric:tabular-nums}\
.chart .small{font-size:11px}.chart .tiny{font-size:9.5px}.chart .soft{fill:var(--muted)}.chart .strong{font-weight:600}\
.chart .heading{font-size:15px;font-weight:640}\
.chart .inverse{fill:var(--on-accent)}\
.chart .halo{paint-order:stroke;stroke:var(--surface);stroke-width:4px;stroke-linejoin:round}\
.chart .ts{text-anchor:start}.chart .tm{text-anchor:middle}.chart .te{text-anchor:end}\
.chart .grid{stroke:var(--rule)}.chart .axis{stroke:var(--axis)}\
.chart .guide{stroke:var(--muted);stroke-dasharray:4 4;fill:none}\
.chart .plain{stroke:var(--ink);stroke-width:1.5;fill:none}\
.chart .curve{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}\
.chart .faint{fill:none;stroke:var(--grey);stroke-width:1;stroke-opacity:.45}\
.chart .edges{fill:none;stroke:var(--grey);stroke-width:.8;stroke-opacity:.4}\
.chart .band{stroke:none;fill-opacity:.15}\
.chart .whisker{stroke:var(--ink);stroke-width:1.5;fill:none}\
.chart .bar{fill:var(--accent);fill-opacity:.82}.chart .bar-soft{fill:var(--grey);fill-opacity:.4}\
.chart .area{fill:var(--accent)}.chart .error{fill:var(--warm)}.chart .mixed{fill:var(--grey)}.chart .sunken{fill:var(--sunken)}\
.chart .mark{fill:var(--surface);stroke:var(--ink);stroke-width:1.5}\
.chart .dots{fill:none;stroke-linecap:round;stroke-width:4.5;stroke-opacity:.75}\
.chart .specks{fill:none;stroke:var(--s0);stroke-linecap:round;stroke-width:2.5;stroke-opacity:.28}\
.chart .fine{stroke-width:3.5;stroke-opacity:.6}\
.chart .blue{stroke:var(--accent);stroke-opacity:.45}\
.chart .warm-line{stroke:var(--warm);stroke-width:2;fill:none;stroke-linejoin:round}\
.chart .none{stroke:var(--grey)}\
.chart .hit{fill:transparent}\
.sheet{fill:var(--surface)}";

/// The rules of every chart plus one class per colour of the series and the ramp.
fn rules() -> String {
    let mut css = RULES.to_owned();
    for index in 0..SERIES {
        css.push_str(&format!(
            ".chart .curve.s{index},.chart .dots.s{index}{{stroke:var(--s{index})}}"
        ));
        css.push_str(&format!(
            ".chart .band.s{index},.chart .key.s{index}{{fill:var(--s{index})}}"
        ));
    }
    for index in 0..RAMP {
        css.push_str(&format!(".chart .dots.r{index}{{stroke:var(--r{index})}}"));
        css.push_str(&format!(".chart .key.r{index}{{fill:var(--r{index})}}"));
    }
    css
}

/// Variables and rules for an HTML page: light, dark when the screen asks for it, light again on paper.
pub(crate) fn page_css() -> String {
    format!(
        ":root{{{}}}@media screen and (prefers-color-scheme:dark){{:root{{{}}}}}{}",
        variables(|colour| colour.1),
        variables(|colour| colour.2),
        rules()
    )
}

fn variables(value: impl Fn(&(&'static str, &'static str, &'static str)) -> &'static str) -> String {
    COLOURS
        .iter()
        .map(|colour| format!("--{}:{};", colour.0, value(colour)))
        .collect()
}

/// The same for a file that stands alone: no variables.
pub(crate) fn standalone_css() -> String {
    let rules = rules();
    format!(
        ".chart{{font-family:{FONT}}}{}@media (prefers-color-scheme:dark){{{}}}",
        resolve(&rules, |colour| colour.1),
        resolve(&rules, |colour| colour.2)
    )
}

fn resolve(css: &str, value: impl Fn(&(&'static str, &'static str, &'static str)) -> &'static str) -> String {
    COLOURS.iter().fold(css.to_owned(), |css, colour| {
        css.replace(&format!("var(--{})", colour.0), value(colour))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standalone_file_has_no_variable_left() {
        assert!(!standalone_css().contains("var("));
    }
}
