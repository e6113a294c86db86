//! What belongs to a model's weights without being any: the names of its classes, the normaliser of its inputs.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{WeightsError, excerpt, excerpt_beside, listed, nearest, sentence};
use crate::engine::Program;

/// Values that are saved in a file of weights and given back with them, each under a key, and the names of classes.
///
/// A network alone can't be used: its inputs must be normalised as those were that it learnt from, and its class 3 has a name. So these
/// things are saved with the weights. Any type of serde's may be; numbers come back bit for bit.
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use shapeflow::weights::Extras;
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let extras = Extras::new()
///     .with_class_names(["setosa", "versicolor", "virginica"])
///     .with("mean", &vec![5.84_f32, 3.05, 3.76, 1.2])?;
/// // net.save_with("iris.safetensors", &extras)?;
/// // let (net, extras) = Net::load_with("iris.safetensors")?;
/// assert_eq!(extras.class_names(0)?[2], "virginica");
/// let mean: Vec<f32> = extras.get("mean")?;
/// assert_eq!(mean[3], 1.2);
/// assert_eq!(
///     extras.get::<Vec<f32>>("means").unwrap_err().to_string(),
///     "extras: expected the key `means`, found `mean`; did you mean `mean`?"
/// );
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Extras {
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    class_names: BTreeMap<usize, Vec<String>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    values: BTreeMap<String, serde_json::Value>,
    /// The file that they come from.
    #[serde(skip)]
    path: Option<PathBuf>,
}

/// Where they come from is no part of what they are.
impl PartialEq for Extras {
    fn eq(&self, other: &Self) -> bool {
        (&self.class_names, &self.values) == (&other.class_names, &other.values)
    }
}

impl Extras {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.class_names.is_empty() && self.values.is_empty()
    }

    /// Adds `value` under `key`.
    ///
    /// # Errors
    /// [`WeightsError::Extra`] if JSON doesn't hold the value, so that it wouldn't come back: NaN and infinity, or a map whose keys
    /// aren't texts.
    pub fn with<T: Serialize + DeserializeOwned>(
        mut self,
        key: impl Into<String>,
        value: &T,
    ) -> Result<Self, WeightsError> {
        self.insert(key, value)?;
        Ok(self)
    }

    /// Adds `value` under `key`, in the place of one that is there.
    ///
    /// # Errors
    /// As [`Extras::with`].
    pub fn insert<T: Serialize + DeserializeOwned>(
        &mut self,
        key: impl Into<String>,
        value: &T,
    ) -> Result<(), WeightsError> {
        let key = key.into();
        let stored = serde_json::to_value(value).map_err(|error| error.to_string());
        // What can't be read back, NaN among it, would be missed when it is needed.
        let stored = stored.and_then(|stored| {
            let back = T::deserialize(&stored).map_err(|error| error.to_string())?;
            match serde_json::to_value(back) {
                Ok(again) if again == stored => Ok(stored),
                _ => Err("it comes back as another value".into()),
            }
        });
        match stored {
            Ok(stored) => {
                self.values.insert(key, stored);
                Ok(())
            }
            Err(reason) => Err(self.wrong(format!(
                "expected a value for `{}` that JSON holds, numbers finite: {}",
                excerpt(&key),
                sentence(&reason)
            ))),
        }
    }

    /// The value under `key`.
    ///
    /// # Errors
    /// [`WeightsError::Extra`] if there is none, with the keys that there are, or if it is of another type.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Result<T, WeightsError> {
        let Some(value) = self.values.get(key) else {
            let known: Vec<String> = self
                .keys()
                .map(|key| format!("`{}`", excerpt(key)))
                .collect();
            let known = match known.is_empty() {
                true => "none".into(),
                false => known.join(", "),
            };
            let nearest = nearest(key, self.values.keys().map(String::as_str));
            let hint = nearest
                .map(|nearest| format!("; did you mean `{}`?", excerpt_beside(nearest, key)));
            return Err(self.wrong(format!(
                "expected the key `{}`, found {known}{}",
                excerpt(key),
                hint.unwrap_or_default()
            )));
        };
        T::deserialize(value).map_err(|error| {
            self.wrong(format!(
                "`{}` was asked for as `{}`, but holds {}: {}",
                excerpt(key),
                type_name::<T>(),
                described(value),
                sentence(&error.to_string())
            ))
        })
    }

    /// The keys that there are, sorted.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }

    /// Adds the names of the classes of a model with one output, in the order of their numbers.
    pub fn with_class_names<S: Into<String>>(self, names: impl IntoIterator<Item = S>) -> Self {
        self.with_class_names_of(0, names)
    }

    /// Adds the names of the classes of an output, counted from 0, in the order of their numbers.
    pub fn with_class_names_of<S: Into<String>>(
        mut self,
        output: usize,
        names: impl IntoIterator<Item = S>,
    ) -> Self {
        let names = names.into_iter().map(Into::into).collect();
        self.class_names.insert(output, names);
        self
    }

    /// The names of the classes of an output, counted from 0: the name of class `i` stands at `i`.
    ///
    /// # Errors
    /// [`WeightsError::Extra`] if there are none.
    pub fn class_names(&self, output: usize) -> Result<&[String], WeightsError> {
        let names = self.class_names.get(&output).map(Vec::as_slice);
        names.ok_or_else(|| {
            self.wrong(format!(
                "expected the names of the classes of output {output}, but they weren't saved"
            ))
        })
    }

    /// Errors name the file from now on.
    pub(super) fn came_from(&mut self, path: &Path) {
        self.path = Some(path.into());
    }

    /// Checks the numbers of classes against a model's outputs.
    pub(super) fn check(&self, program: &Program) -> Result<(), WeightsError> {
        for (&number, names) in &self.class_names {
            let Some(output) = program.outputs.get(number) else {
                return Err(self.wrong(format!(
                    "names of classes for output {number}, but `{}` has {} output(s), counted from 0",
                    program.name,
                    program.outputs.len()
                )));
            };
            let width = output.spec().width;
            // A single probability tells two classes apart.
            if names.len() != width && !(width == 1 && names.len() == 2) {
                return Err(self.wrong(format!(
                    "expected {width} names of classes for output `{}` of `{}`, found {}",
                    output.name,
                    program.name,
                    names.len()
                )));
            }
        }
        Ok(())
    }

    fn wrong(&self, reason: String) -> WeightsError {
        WeightsError::Extra {
            path: self.path.clone(),
            reason,
        }
    }
}

/// The name of a type without the modules it stands in: `Vec<Normalizer>`.
fn type_name<T>() -> String {
    let parts = std::any::type_name::<T>().split_inclusive(|c: char| "<>(),[]&; ".contains(c));
    parts
        .map(|part| part.rsplit("::").next().unwrap_or(part))
        .collect()
}

/// What a value is, in words that tell it from others.
fn described(value: &serde_json::Value) -> String {
    use serde_json::Value;
    match value {
        Value::Null => "nothing (null)".into(),
        Value::Bool(_) => "true or false".into(),
        Value::Number(_) => "a number".into(),
        Value::String(_) => "text".into(),
        Value::Array(list) => match list.len() {
            1 => "a list of 1 value".into(),
            len => format!("a list of {len} values"),
        },
        Value::Object(fields) if fields.is_empty() => "an object without fields".into(),
        Value::Object(fields) => {
            let names: Vec<&str> = fields.keys().map(String::as_str).collect();
            format!("an object with {}", listed(names.into_iter()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::normalize::{Normalizer, Scale};

    #[test]
    fn numbers_come_back_bit_for_bit() {
        let singles = vec![
            0.1_f32,
            f32::MIN_POSITIVE,
            f32::MAX,
            -0.0,
            1e-45,
            16_777_217.0,
        ];
        let doubles = vec![
            0.1_f64,
            5e-324,
            f64::MAX,
            -0.0,
            1.0 / 3.0,
            9_007_199_254_740_993.0,
        ];
        let wholes = (u64::MAX, i64::MIN);
        let extras = Extras::new().with("s", &singles).unwrap();
        let extras = extras
            .with("d", &doubles)
            .unwrap()
            .with("w", &wholes)
            .unwrap();
        let text = serde_json::to_string(&extras).unwrap();
        let back: Extras = serde_json::from_str(&text).unwrap();
        let bits = |values: &[f32]| values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&back.get::<Vec<f32>>("s").unwrap()), bits(&singles));
        let bits = |values: &[f64]| values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&back.get::<Vec<f64>>("d").unwrap()), bits(&doubles));
        assert_eq!(back.get::<(u64, i64)>("w").unwrap(), wholes);
        assert_eq!(back, extras);
    }

    #[test]
    fn what_would_not_come_back_is_not_taken() {
        for value in [vec![f32::NAN], vec![1.0, f32::INFINITY]] {
            let error = Extras::new().with("mean", &value).unwrap_err().to_string();
            assert!(
                error.starts_with("extras: expected a value for `mean` that JSON holds"),
                "{error}"
            );
        }
    }

    #[test]
    fn another_type_is_refused() {
        let mut extras = Extras::new().with("mean", &"5".to_owned()).unwrap();
        extras.came_from(Path::new("w.safetensors"));
        assert_eq!(
            extras.get::<f32>("mean").unwrap_err().to_string(),
            "w.safetensors, extras: `mean` was asked for as `f32`, but holds text: invalid type: string \"5\", expected f32"
        );
        let normalizer = Scale::divide_by(255.0).unwrap();
        extras.insert("scaling", &normalizer).unwrap();
        extras.insert("rate", &5).unwrap();
        assert_eq!(
            extras
                .get::<Vec<Normalizer>>("scaling")
                .unwrap_err()
                .to_string(),
            "w.safetensors, extras: `scaling` was asked for as `Vec<Normalizer>`, but holds an object with `offset`, `rule`, `scale`, \
             `whole`: invalid type: map, expected a sequence"
        );
        assert_eq!(
            extras.get::<Normalizer>("rate").unwrap_err().to_string(),
            "w.safetensors, extras: `rate` was asked for as `Normalizer`, but holds a number: invalid type: integer `5`, expected the \
             numbers of a `Normalizer`"
        );
        assert_eq!(
            extras.class_names(1).unwrap_err().to_string(),
            "w.safetensors, extras: expected the names of the classes of output 1, but they weren't saved"
        );
    }
}
