//! What is to be done about examples with other axes than a model takes.

/// For examples of shape `found` where those of shape `wanted` are taken; empty where nothing is likely.
pub(crate) fn axes_hint(wanted: &[usize], found: &[usize]) -> String {
    if let (&[height, width, channels], &[first, second, third]) = (wanted, found)
        && [first, second, third] == [channels, height, width]
    {
        return "; channels come last: `array.permuted_axes([0, 2, 3, 1])`".into();
    }
    match wanted.split_last() {
        Some((1, before)) if before == found => {
            let axis = wanted.len();
            format!("; the last axis is missing: `array.insert_axis(Axis({axis}))`")
        }
        _ if found.len() == 1 && wanted.iter().product::<usize>() == found[0] => {
            let axes: Vec<String> = wanted.iter().map(usize::to_string).collect();
            let axes = axes.join(", ");
            format!("; give them these axes: `array.into_shape_with_order((examples, {axes}))`")
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::axes_hint;

    #[test]
    fn likely_mistakes_are_told() {
        let channels = "; channels come last: `array.permuted_axes([0, 2, 3, 1])`";
        assert_eq!(axes_hint(&[28, 30, 3], &[3, 28, 30]), channels);
        let missing = "; the last axis is missing: `array.insert_axis(Axis(3))`";
        assert_eq!(axes_hint(&[28, 30, 1], &[28, 30]), missing);
        let column = "; the last axis is missing: `array.insert_axis(Axis(1))`";
        assert_eq!(axes_hint(&[1], &[]), column);
        let flat = "; give them these axes: `array.into_shape_with_order((examples, 28, 30, 1))`";
        assert_eq!(axes_hint(&[28, 30, 1], &[840]), flat);
    }

    #[test]
    fn nothing_is_told_where_nothing_is_likely() {
        assert_eq!(axes_hint(&[4], &[3]), "");
        assert_eq!(axes_hint(&[28, 30, 3], &[30, 28, 3]), "");
        assert_eq!(axes_hint(&[], &[]), "");
    }
}
