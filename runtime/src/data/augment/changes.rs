//! What an augmentation does to a picture.

use super::Border;

/// What an augmentation does to a picture, and so to targets that stand at its pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Changes {
    /// Only values change; what is on the picture stays where it is, and so do targets.
    Values,
    /// What is on the picture moves, and nothing else happens to it; targets move by the same draw. What comes in from
    /// outside is given, if anything does.
    ///
    /// The draw must not depend on the pixels, and nothing but [`Picture::shift`](super::Picture::shift),
    /// [`Picture::transform`](super::Picture::transform) and exchanging whole pixels may be done: the picture may be a class map.
    Places(Option<Border>),
    /// Both, or it isn't known: targets at pixels are refused.
    Unknown,
}
