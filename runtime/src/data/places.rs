//! What targets have to do with the places on a picture.

use std::collections::BTreeMap;

/// Where on a picture the targets of an output stand: what decides whether an augmentation that moves the picture must
/// move them too.
///
/// `Classes` and one-hot rows of them hold for the whole picture. `ClassMaps` and `Values` made from an array with height
/// and width have these places. Other `Values` may be anything (ages, coordinates, pixels), so augmenting them asks:
/// [`Dataset::targets_as`] says.
///
/// [`Dataset::targets_as`]: super::Dataset::targets_as
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Places {
    /// It isn't known.
    #[default]
    Unknown,
    /// The numbers hold for the whole picture wherever its things are, such as a class or an age: they stay as they are.
    Whole,
    /// Each pixel of a picture of this size has its own class or values, row by row: they move with the picture.
    Pixels {
        /// The number of rows.
        height: usize,
        /// The number of pixels in a row.
        width: usize,
    },
}

/// What was said of outputs after their targets were made.
pub(super) type Said = BTreeMap<usize, Places>;
