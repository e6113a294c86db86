//! Right models changed: words exchanged, stages inserted, two models in one. Read by the fuzzer, and by the test that compiles
//! what stays right.

/// Tokens that balance: what the compiler hands to a macro always does.
pub fn balanced<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let mut open: Vec<&str> = Vec::new();
    let mut text = String::new();
    for word in words {
        match word {
            "(" => open.push(")"),
            "[" => open.push("]"),
            "{" => open.push("}"),
            ")" | "]" | "}" if open.last() == Some(&word) => {
                open.pop();
            }
            ")" | "]" | "}" => continue,
            _ => {}
        }
        text.push_str(word);
        text.push(' ');
    }
    while let Some(close) = open.pop() {
        text.push_str(close);
    }
    text
}

/// Stages that nearly keep a shape, beside the layers that surely do.
pub const STAGES: &[&str] = &[
    "Dropout(RATE)",
    "LayerNorm(epsilon = 1e-5)",
    "GroupNorm(1)",
    "[Tanh -> Sigmoid; 2]",
    "(Silu -> Mish)",
    "Upsample2d(1)",
    "Pad(0)",
    "MaxPool2d(1)",
    "AvgPool2d(3, stride = 1, padding = same)",
];

/// A change of a model: where, what, and how.
pub type Edit<'w> = (usize, &'w str, u8);

/// Exchanges, adds, removes and moves words.
pub fn edit(words: &mut Vec<String>, edits: &[Edit<'_>]) {
    for (place, word, kind) in edits {
        if words.is_empty() {
            return;
        }
        let place = place % words.len();
        match kind {
            0 => words[place] = (*word).to_owned(),
            1 => words.insert(place, (*word).to_owned()),
            2 => {
                words.remove(place);
            }
            3 => {
                let end = (place + 3).min(words.len());
                words[place..end].rotate_left(1);
            }
            // A word of the model itself: names that exist, in places where they don't belong.
            _ => {
                let other = words[(place * 31 + word.len()) % words.len()].clone();
                words[place] = other;
            }
        }
    }
}

/// Inserts stages, each before the arrow that its number chooses.
pub fn insert(words: &mut Vec<String>, stages: &[(usize, &str)]) {
    for (place, stage) in stages {
        let all = words.iter().enumerate();
        let arrows = all.filter(|(_, word)| *word == "->").map(|(at, _)| at);
        let arrows: Vec<usize> = arrows.collect();
        if let Some(at) = arrows.get(place % arrows.len().max(1)) {
            words.insert(*at, format!("-> {stage}"));
        }
    }
}

/// The beginning of a model with the end of another.
pub fn splice(first: Vec<String>, second: &[String], at: usize, from: usize) -> Vec<String> {
    let mut words = first;
    words.truncate(at % words.len());
    words.extend_from_slice(&second[from % second.len()..]);
    words
}
