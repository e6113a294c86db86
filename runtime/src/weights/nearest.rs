//! The name most like another one, for "did you mean".

/// Names longer than this are compared with nothing: nobody mistypes them.
const LONGEST: usize = 256;

/// The number of insertions, deletions and replacements that turn `a` into `b` (Levenshtein 1966); `None` where it is more than
/// `limit`.
fn distance(a: &[char], b: &[char], limit: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > limit {
        return None;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        let mut least = row[0];
        for (j, y) in b.iter().enumerate() {
            let above = row[j + 1];
            row[j + 1] = (diagonal + usize::from(x != y))
                .min(above + 1)
                .min(row[j] + 1);
            least = least.min(row[j + 1]);
            diagonal = above;
        }
        // No later row has a smaller number than the least of this one.
        if least > limit {
            return None;
        }
    }
    Some(row[b.len()]).filter(|&distance| distance <= limit)
}

/// So few letters may be slips of the finger.
const SLIPS: usize = 2;

/// The candidate that was most likely meant by `name`: one that differs in a letter or two, else one of which it is a short form
/// (`val_acc` of `val_accuracy`), else the nearest; the first of several.
pub(crate) fn nearest<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str, IntoIter: Clone>,
) -> Option<&'a str> {
    // A letter has at most four bytes.
    if name.len() > 4 * LONGEST {
        return None;
    }
    let candidates = candidates.into_iter();
    let candidates = candidates.filter(|candidate| candidate.len() <= 4 * LONGEST);
    let within = |limit| fewest_changes(name, candidates.clone(), limit);
    let half = name.chars().count().div_ceil(2);
    within(SLIPS.min(half))
        .or_else(|| candidates.clone().find(|long| is_short_for(name, long)))
        .or_else(|| within(half))
}

/// Whether the words of `short` begin words of `long`, in their order and from its first word on.
fn is_short_for(short: &str, long: &str) -> bool {
    let begins = |word: &str, short: &str| !short.is_empty() && word.starts_with(short);
    let (mut shorts, mut words) = (short.split('_'), long.split('_'));
    let first = shorts.next().zip(words.next());
    first.is_some_and(|(short, word)| begins(word, short))
        && shorts.all(|short| words.any(|word| begins(word, short)))
}

/// The candidate that takes the fewest changes of a letter, at most `limit`; the first of several.
fn fewest_changes<'a>(
    name: &str,
    candidates: impl Iterator<Item = &'a str>,
    mut limit: usize,
) -> Option<&'a str> {
    let name: Vec<char> = name.chars().collect();
    let mut best = None;
    for candidate in candidates {
        let letters: Vec<char> = candidate.chars().collect();
        if let Some(distance) = distance(&name, &letters, limit) {
            best = Some(candidate);
            match distance.checked_sub(1) {
                Some(closer) => limit = closer,
                None => break,
            }
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(a: &str, b: &str, limit: usize) -> Option<usize> {
        let letters = |text: &str| text.chars().collect::<Vec<char>>();
        distance(&letters(a), &letters(b), limit)
    }

    #[test]
    fn finds_the_name_with_the_fewest_changes() {
        let names = ["conv2d1.bias", "conv1.weight", "dense1.weight"];
        assert_eq!(nearest("conv2d1.weight", names), Some("conv1.weight"));
        assert_eq!(nearest("completely.other.things", names), None);
        assert_eq!(nearest("dense1.weight", names), Some("dense1.weight"));
        assert_eq!(nearest("", names), None);
        assert_eq!(nearest("ab", ["ac", "bb"]), Some("ac"));
    }

    #[test]
    fn a_short_form_means_the_name_written_out() {
        let figures = ["loss", "class_accuracy", "val_loss", "val_class_accuracy"];
        assert_eq!(nearest("val_acc", figures), Some("val_class_accuracy"));
        assert_eq!(nearest("val_accuracy", figures), Some("val_class_accuracy"));
        assert_eq!(
            nearest("val_acc", ["val_loss", "val_accuracy"]),
            Some("val_accuracy")
        );
        // A slip of the finger comes first.
        assert_eq!(
            nearest("val_los", ["val_los_angeles", "val_loss"]),
            Some("val_loss")
        );
        assert_eq!(nearest("_", figures), None);
    }

    #[test]
    fn a_distance_above_the_limit_is_none() {
        assert_eq!(whole("kitten", "sitting", 9), Some(3));
        assert_eq!(whole("kitten", "sitting", 3), Some(3));
        assert_eq!(whole("kitten", "sitting", 2), None);
        assert_eq!(whole("", "abc", 3), Some(3));
        assert_eq!(whole("", "", 0), Some(0));
    }

    #[test]
    fn huge_names_are_no_candidates() {
        let huge = "a".repeat(1 << 20);
        assert_eq!(nearest(&huge, [huge.as_str(), "a"]), None);
        assert_eq!(nearest("a", [huge.as_str()]), None);
    }
}
