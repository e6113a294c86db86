//! What rustc says about a file, without what changes from day to day, and how it differs from what was expected.

use std::fmt::Write;

/// The messages of `output` about the file `source`: without the lines that only count them, without the line numbers of other
/// files, and moved to the left where only those made the margin wide.
pub fn steady(output: &str, source: &str) -> String {
    let mut messages: Vec<Vec<String>> = vec![Vec::new()];
    let mut elsewhere = false;
    for line in output.lines().filter(|line| !counts(line)) {
        if is_heading(line) {
            messages.push(Vec::new());
        }
        let mut line = line.trim_end().to_owned();
        if let Some(place) = place(&line) {
            elsewhere = !place.starts_with(source);
            if elsewhere {
                let number = |c: char| c == ':' || c.is_ascii_digit();
                line.truncate(line.trim_end_matches(number).len());
            }
        } else if elsewhere {
            let margin = line.find(|c: char| c != ' ' && !c.is_ascii_digit());
            let margin = margin.unwrap_or(line.len());
            elsewhere = line[margin..].starts_with(['|', '.']);
            if elsewhere {
                line.replace_range(..margin, &" ".repeat(margin));
            }
        }
        messages.last_mut().expect("begun above").push(line);
    }
    let lines: Vec<&str> = messages
        .iter()
        .flat_map(|message| narrow(message))
        .collect();
    format!("{}\n", lines.join("\n").trim())
}

/// Whether the line only counts the messages or points to rustc's own pages.
fn counts(line: &str) -> bool {
    line.starts_with("error: aborting due to ")
        || line.starts_with("Some errors have detailed explanations: ")
        || line.starts_with("For more information about ")
}

/// Whether a message begins with this line.
fn is_heading(line: &str) -> bool {
    ["error", "warning"].into_iter().any(|level| {
        let rest = line.strip_prefix(level);
        rest.is_some_and(|rest| rest.starts_with([':', '[']))
    })
}

/// The place that the line names: `  --> tests/ui/alias_linear.rs:5:21`.
fn place(line: &str) -> Option<&str> {
    let line = line.trim_start();
    line.strip_prefix("--> ").or(line.strip_prefix("::: "))
}

/// The lines of a message with its margin as narrow as the line numbers in it allow.
fn narrow(message: &[String]) -> impl Iterator<Item = &str> {
    let free = |line: &String| {
        let rest = line.trim_start();
        let spaces = line.len() - rest.len();
        // What rustc puts between the widest number and these signs.
        let needed = if place(line).is_some() {
            1
        } else if rest.starts_with(['|', '=']) {
            2
        } else if rest.starts_with(|c: char| c.is_ascii_digit()) {
            0
        } else {
            return None;
        };
        spaces.checked_sub(needed)
    };
    let free = message.iter().filter_map(free).min().unwrap_or(0);
    let indent = " ".repeat(free);
    message
        .iter()
        .map(move |line| line.strip_prefix(&indent).unwrap_or(line))
}

/// The lines that differ, with `-` before what was expected and `+` before what was found; `None` where nothing does.
pub fn difference(expected: &str, found: &str) -> Option<String> {
    if expected == found {
        return None;
    }
    let (old, new): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), found.lines().collect());
    // The longest common subsequence of what follows each pair of lines.
    let mut common = vec![vec![0; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i][j] = if old[i] == new[j] {
                common[i + 1][j + 1] + 1
            } else {
                common[i + 1][j].max(common[i][j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut text = String::new();
    while i < old.len() || j < new.len() {
        let (sign, line) = if i < old.len() && j < new.len() && old[i] == new[j] {
            (i, j) = (i + 1, j + 1);
            (' ', old[i - 1])
        } else if j == new.len() || (i < old.len() && common[i + 1][j] >= common[i][j + 1]) {
            i += 1;
            ('-', old[i - 1])
        } else {
            j += 1;
            ('+', new[j - 1])
        };
        writeln!(text, "{sign} {line}").expect("a string can be written to");
    }
    if old == new {
        text += "(the line ends or the end of the file differ)\n";
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::{difference, steady};

    const OUTPUT: &str = "\
error[E0277]: the loss doesn't fit
   --> tests/ui/loss.rs:10:62
    |
 10 |     fit(net)?;
    |     --- ^^^ this one
    |
    = note: code: loss-does-not-fit
help: others fit
   --> runtime/src/losses/front.rs:140:9
    |
140 |         impl Loss for A {
    |         ^^^^^^^^^^^^^^^
...
200 |         impl Loss for B {
    = note: a margin again

error: another
 --> tests/ui/loss.rs:3:1
  |
3 | model! { 140 | 7 }
  |        ^

error: aborting due to 2 previous errors

For more information about this error, try `rustc --explain E0277`.
";

    #[test]
    fn line_numbers_of_other_files_and_counts_are_left_out() {
        let expected = "\
error[E0277]: the loss doesn't fit
  --> tests/ui/loss.rs:10:62
   |
10 |     fit(net)?;
   |     --- ^^^ this one
   |
   = note: code: loss-does-not-fit
help: others fit
  --> runtime/src/losses/front.rs
   |
   |         impl Loss for A {
   |         ^^^^^^^^^^^^^^^
...
   |         impl Loss for B {
   = note: a margin again

error: another
 --> tests/ui/loss.rs:3:1
  |
3 | model! { 140 | 7 }
  |        ^
";
        assert_eq!(steady(OUTPUT, "tests/ui/loss.rs"), expected);
    }

    #[test]
    fn each_other_text_is_a_difference() {
        let text = steady(OUTPUT, "tests/ui/loss.rs");
        assert_eq!(difference(&text, &text), None);
        for (i, _) in text.char_indices() {
            let mut other = text.clone();
            other.remove(i);
            assert!(difference(&text, &other).is_some(), "without character {i}");
        }
    }

    #[test]
    fn a_difference_shows_the_lines_that_went_and_came() {
        let shown = difference("a\nb\nc\n", "a\nx\nc\nd\n").expect("they differ");
        assert_eq!(shown, "  a\n- b\n+ x\n  c\n+ d\n");
    }
}
