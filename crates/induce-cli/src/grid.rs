//! Tables for people: numbers to the right, words to the left, no wider than the terminal.

use induce::core::words::visible;

use crate::prose;

/// What is between two columns.
const GAP: &str = "   ";
/// A column that is cut has at least so many characters.
const NARROWEST: usize = 8;

/// A table, as wide as it must be; on a terminal cells that are too wide go on in the next line.
pub fn table(header: &[&str], rows: &[Vec<String>]) -> String {
    // Names are of files, which must not command the terminal.
    let header: Vec<_> = header.iter().map(|cell| visible(cell)).collect();
    let header: Vec<&str> = header.iter().map(AsRef::as_ref).collect();
    let shown = |row: &Vec<String>| row.iter().map(|cell| visible(cell).into_owned()).collect();
    let rows: Vec<Vec<String>> = rows.iter().map(shown).collect();
    let columns = prose::columns();
    let text = within(&header, &rows, columns);
    match columns {
        Some(_) => prose::plain(&text).into_owned(),
        None => text,
    }
}

fn within(header: &[&str], rows: &[Vec<String>], most: Option<usize>) -> String {
    let right: Vec<bool> = (0..header.len()).map(|c| is_of_numbers(rows, c)).collect();
    let widths = widths(header, rows, most);
    let head: Vec<String> = header.iter().map(|own| (*own).to_string()).collect();
    let rule: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
    let mut out = record(&head, &widths, &right);
    out += &record(&rule, &widths, &right);
    rows.iter().for_each(|row| out += &record(row, &widths, &right));
    out
}

/// The widths of the columns: what they need, or the widest less until all fit.
fn widths(header: &[&str], rows: &[Vec<String>], most: Option<usize>) -> Vec<usize> {
    let width = |c: usize| {
        let cells = rows.iter().map(|row| row[c].chars().count());
        cells.chain([header[c].chars().count()]).max().unwrap_or(0)
    };
    let mut widths: Vec<usize> = (0..header.len()).map(width).collect();
    let gaps = GAP.len() * header.len().saturating_sub(1);
    while most.is_some_and(|most| widths.iter().sum::<usize>() + gaps > most) {
        let Some(widest) = widths.iter_mut().max().filter(|width| **width > NARROWEST) else {
            break;
        };
        *widest -= 1;
    }
    widths
}

/// Whether all cells of a column but the first begin as numbers do; then it is flush right.
fn is_of_numbers(rows: &[Vec<String>], c: usize) -> bool {
    let mut cells = rows
        .iter()
        .map(|row| row[c].as_str())
        .filter(|cell| cell.len() > 1);
    c > 0 && cells.all(begins_as_number)
}

fn begins_as_number(cell: &str) -> bool {
    let bare = cell.trim_start_matches(['-', '+', '<', '>', '=', '≥', '≤', ' ']);
    bare.starts_with(|first: char| first.is_ascii_digit()) || ["NaN", "inf", "best"].contains(&bare)
}

/// A row of cells, in as many lines as its highest cell needs.
fn record(cells: &[String], widths: &[usize], right: &[bool]) -> String {
    let cells: Vec<Vec<String>> = cells
        .iter()
        .zip(widths)
        .map(|(cell, &width)| broken(cell, width))
        .collect();
    let height = cells.iter().map(Vec::len).max().unwrap_or(0);
    let mut out = String::new();
    for line in 0..height {
        let parts = cells
            .iter()
            .zip(widths.iter().zip(right))
            .map(|(cell, (&width, &right))| {
                let text = cell.get(line).map_or("", String::as_str);
                let space = " ".repeat(width.saturating_sub(text.chars().count()));
                if right {
                    format!("{space}{text}")
                } else {
                    format!("{text}{space}")
                }
            });
        out += parts.collect::<Vec<_>>().join(GAP).trim_end();
        out.push('\n');
    }
    out
}

/// A text in lines of at most `width` characters, between words where that is possible.
fn broken(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let mut rest: Vec<char> = word.chars().collect();
        while let Some(line) = lines.last_mut() {
            let used = line.chars().count();
            let gap = usize::from(used > 0);
            if used + gap + rest.len() <= width {
                line.push_str(&" ".repeat(gap));
                line.extend(&rest);
                break;
            }
            if used == 0 {
                line.extend(rest.drain(..width.max(1)));
            }
            lines.push(String::new());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{broken, table, within};

    /// The name of a column set the title of the terminal.
    #[test]
    fn cells_do_not_command_the_terminal() {
        let rows = vec![vec!["a\u{1b}]0;pwned\u{7}".to_string(), "1\n2".into()]];
        let shown = table(&["na\u{9b}me", "value"], &rows);
        assert!(
            shown.contains("a\\u{1b}]0;pwned\\u{7}") && shown.contains("1\\n2"),
            "{shown}"
        );
        assert!(!shown.contains(|c: char| c.is_control() && c != '\n'), "{shown}");
    }

    fn rows() -> Vec<Vec<String>> {
        let row = |cells: [&str; 3]| cells.map(String::from).to_vec();
        vec![
            row(["boost", "0.5", "learning_rate=0.1 max_leaves=12"]),
            row(["linear", "-12.25", "the defaults"]),
        ]
    }

    #[test]
    fn numbers_are_flush_right_and_words_left() {
        let text = within(&["model", "rmse", "settings"], &rows(), None);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[2], "boost       0.5   learning_rate=0.1 max_leaves=12");
        assert_eq!(lines[3], "linear   -12.25   the defaults");
    }

    #[test]
    fn a_narrow_terminal_gets_more_lines() {
        let text = within(&["model", "rmse", "settings"], &rows(), Some(40));
        assert!(text.lines().all(|line| line.chars().count() <= 40), "{text}");
        assert!(text.contains("learning_rate=0.1\n"), "{text}");
        assert_eq!(broken("abcdefgh ij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(broken("", 4), [""]);
    }
}
