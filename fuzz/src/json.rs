//! JSON damaged so that it stays JSON: values of other types, extreme numbers, keys that go, come and change places.

use crate::random::Random;
use serde_json::{Map, Number, Value, json};

/// A damaged copy; what is no JSON stays as it is.
pub fn altered(random: &mut Random, bytes: &[u8]) -> Vec<u8> {
    let Ok(mut value) = serde_json::from_slice(bytes) else {
        return bytes.to_vec();
    };
    for _ in 0..1 + random.below(3) {
        alter(random, &mut value);
    }
    serde_json::to_vec(&value).expect("a value of JSON's")
}

/// Changes something somewhere within a value.
pub fn alter(random: &mut Random, value: &mut Value) {
    if random.below(4) > 0 {
        match value {
            Value::Array(list) if !list.is_empty() => {
                let at = random.below(list.len());
                return alter(random, &mut list[at]);
            }
            Value::Object(map) if !map.is_empty() => {
                let at = random.below(map.len());
                let (_, within) = map.iter_mut().nth(at).expect("one of the entries");
                return alter(random, within);
            }
            Value::String(text) => {
                // A header's metadata are JSON in a text.
                if let Ok(mut within @ (Value::Object(_) | Value::Array(_))) =
                    serde_json::from_str(text)
                {
                    alter(random, &mut within);
                    *text = within.to_string();
                    return;
                }
            }
            _ => {}
        }
    }
    match value {
        Value::Array(list) if random.below(3) > 0 => alter_list(random, list),
        Value::Object(map) if random.below(3) > 0 => alter_map(random, map),
        Value::Number(number) if random.below(2) == 0 => *number = near(random, number),
        Value::String(text) if random.below(2) == 0 => *text = word(random, text),
        _ => *value = any(random),
    }
}

fn alter_list(random: &mut Random, list: &mut Vec<Value>) {
    let at = random.below(list.len());
    match random.below(4) {
        0 if !list.is_empty() => drop(list.remove(at)),
        1 if !list.is_empty() => {
            let copies = vec![list[at].clone(); 1 << random.below(8)];
            list.splice(at..at, copies);
        }
        2 => list.reverse(),
        _ => list.insert(at, any(random)),
    }
}

fn alter_map(random: &mut Random, map: &mut Map<String, Value>) {
    let at = random.below(map.len());
    let Some(key) = map.keys().nth(at).cloned() else {
        map.insert("a".into(), any(random));
        return;
    };
    match random.below(4) {
        0 => drop(map.remove(&key)),
        1 => {
            let value = map.remove(&key).expect("a key of the map");
            map.insert(word(random, &key), value);
        }
        2 => {
            let value = map[&key].clone();
            map.insert(word(random, &key), value);
        }
        _ => {
            let other = map.keys().nth(random.below(map.len())).cloned();
            let other = other.expect("the map has keys");
            let (one, two) = (map[&key].clone(), map[&other].clone());
            map.insert(key, two);
            map.insert(other, one);
        }
    }
}

/// A number beside this one, or far from it.
fn near(random: &mut Random, number: &Number) -> Number {
    if let Some(whole) = number.as_u64() {
        return match random.below(4) {
            0 => whole.wrapping_add(1).into(),
            1 => whole.wrapping_sub(1).into(),
            2 => whole.wrapping_mul(1 << random.below(40)).into(),
            _ => number.clone(),
        };
    }
    let changed = number.as_f64().map(|x| match random.below(3) {
        0 => -x,
        1 => x * 1e30,
        _ => x * 1e-30,
    });
    changed
        .and_then(Number::from_f64)
        .unwrap_or_else(|| number.clone())
}

/// A text made of this one.
fn word(random: &mut Random, text: &str) -> String {
    match random.below(8) {
        0 => String::new(),
        1 => text.repeat(1 << random.below(10)),
        2 => format!("{text}\0"),
        3 => format!("../{text}"),
        4 => format!("{text}\u{301}"),
        5 => text.to_uppercase(),
        6 => text.chars().skip(1).collect(),
        _ => "NaN".to_owned(),
    }
}

/// A value of any type.
fn any(random: &mut Random) -> Value {
    match random.below(18) {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(0),
        3 => json!(-1),
        4 => json!(u64::MAX),
        5 => json!(i64::MIN),
        6 => json!(1_u64 << 53 | 1),
        7 => json!(u32::MAX),
        8 => json!(1e308),
        9 => json!(-1e39),
        10 => json!(5e-324),
        11 => json!(0.5),
        12 => json!(""),
        13 => json!("inf"),
        14 => json!([]),
        15 => json!({}),
        16 => json!([[0, 1], [1, 0]]),
        _ => (0..random.below(120)).fold(json!(1), |within, _| json!([within])),
    }
}
