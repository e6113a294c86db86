//! Texts that a reader takes for the same although they differ: noted, never made one.

use super::{Change, Column};
use std::collections::BTreeMap;

/// What is to be said of a column's texts, if some differ in nothing but case, blanks and accents.
pub(super) fn note(name: &str, column: &Column) -> Option<Change> {
    let Column::Text(texts) = column else {
        return None;
    };
    let mut different: Vec<&str> = texts.iter().flatten().map(String::as_str).collect();
    different.sort_unstable();
    different.dedup();
    let mut by_core: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for text in different {
        by_core.entry(core(text)).or_default().push(text);
    }
    let groups = by_core.into_values().filter(|texts| texts.len() > 1);
    let groups: Vec<Vec<String>> = groups
        .map(|texts| texts.into_iter().map(str::to_owned).collect())
        .collect();
    (!groups.is_empty()).then(|| Change::Alike {
        column: name.to_owned(),
        groups,
    })
}

/// What is left of a text without case, blanks, invisible signs and accents, whether these are letters of their own or part of one.
fn core(text: &str) -> String {
    let shown = text.chars().filter(|&sign| {
        let invisible = matches!(
            sign,
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'
        );
        let accent = ('\u{300}'..='\u{36f}').contains(&sign);
        !sign.is_whitespace() && !invisible && !accent
    });
    shown
        .map(narrow)
        .flat_map(char::to_lowercase)
        .filter(|sign| !('\u{300}'..='\u{36f}').contains(sign))
        .map(plain)
        .collect()
}

/// The letters of East Asian width as those of ASCII.
fn narrow(sign: char) -> char {
    match sign {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(sign) - 0xfee0).unwrap_or(sign),
        _ => sign,
    }
}

/// A letter without its accent.
fn plain(letter: char) -> char {
    if letter.is_ascii() {
        return letter;
    }
    let mut bases = ACCENTED.split(' ').filter_map(|letters| {
        let mut letters = letters.chars();
        let base = letters.next()?;
        letters.any(|accented| accented == letter).then_some(base)
    });
    bases.next().unwrap_or(letter)
}

/// Letters, each before those that are it with an accent: the Latin and Cyrillic ones that Unicode takes apart, and the Greek
/// ones of today.
const ACCENTED: &str = "aàáâãäåāăąǎǟǡǻȁȃȧḁạảấầẩẫậắằẳẵặ bḃḅḇ cçćĉċčḉ dďḋḍḏḑḓ eèéêëēĕėęěȅȇȩḕḗḙḛḝẹẻẽếềểễệ fḟ gĝğġģǧǵḡ hĥȟḣḥḧḩḫẖ \
    iìíîïĩīĭįǐȉȋḭḯỉị jĵǰ kķǩḱḳḵ lĺļľḷḹḻḽ mḿṁṃ nñńņňǹṅṇṉṋ oòóôõöōŏőơǒǫǭȍȏȫȭȯȱṍṏṑṓọỏốồổỗộớờởỡợ pṕṗ rŕŗřȑȓṙṛṝṟ sśŝşšșṡṣṥṧṩ tţťțṫṭṯṱẗ \
    uùúûüũūŭůűųưǔǖǘǚǜȕȗṳṵṷṹṻụủứừửữự vṽṿ wŵẁẃẅẇẉẘ xẋẍ yýÿŷȳẏẙỳỵỷỹ zźżžẑẓẕ æǣǽ øǿ αά εέ ηή ιίΐϊ οό υύϋΰ ωώ аӑӓ гѓ еѐёӗ жӂӝ зӟ иѝйӣӥ кќ \
    оӧ уўӯӱӳ чӵ ыӹ эӭ ії";

#[cfg(test)]
mod tests {
    use super::super::Table;
    use super::*;

    fn noted(texts: &[&str]) -> String {
        let mut table = Table::new();
        let texts = texts.iter().map(|&text| Some(text.to_owned()));
        table.push("answer", Column::Text(texts.collect())).unwrap();
        table.report().to_string()
    }

    #[test]
    fn texts_that_look_the_same_are_noted_and_stay_apart() {
        for alike in [
            ["Yes", "yes"],
            ["yes", "yes "],
            ["New York", "New\u{a0}York"],
            ["New York", "NewYork"],
            ["é", "e\u{301}"],
            ["Ångström", "A\u{30a}ngstro\u{308}m"],
            ["ĐÀ NẴNG", "Đà Nẵng"],
            ["cafe", "café"],
            ["ёлка", "е\u{308}лка"],
            ["soft\u{ad}ly", "softly"],
            ["ＡＢＣ", "abc"],
        ] {
            let mut sorted = alike;
            sorted.sort();
            let [first, second] = sorted;
            assert_eq!(
                noted(&[alike[0], "other", alike[1]]),
                format!(
                    "answer: `{first}` and `{second}` differ in case, blanks or accents alone, and are taken for different values"
                )
            );
        }
        assert_eq!(noted(&["a", "b", "ab", "a1", "ø", "o"]), "");
        let many = ["a", "A", "b", "B", "c", "C", "d", "D", "e", "E"];
        assert!(
            noted(&many).ends_with("alone, and are taken for different values (2 more such)"),
            "{}",
            noted(&many)
        );
        let mut table = Table::new();
        table
            .push(
                "a",
                Column::Text(["é", "e\u{301}"].map(|text| Some(text.to_owned())).to_vec()),
            )
            .unwrap();
        assert_eq!(table.one_hot("a").unwrap().len(), 2);
    }
}
