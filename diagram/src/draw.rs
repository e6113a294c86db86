//! A diagram drawn: checked, folded, written in one of two languages.

use crate::diagram::Diagram;
use crate::dot::dot;
use crate::fold::fold;
use crate::svg::svg;

impl Diagram {
    /// The drawing as a standalone SVG document, without blank lines, so that it can also stand in Markdown or HTML.
    ///
    /// # Panics
    ///
    /// If an edge doesn't lead from a node to a later one, a block names a node that doesn't exist or that another block has, or
    /// its parent doesn't come before it.
    pub fn to_svg(&self) -> String {
        self.check();
        svg(&fold(self))
    }

    /// The diagram in Graphviz' language, with a cluster for each block.
    ///
    /// # Panics
    ///
    /// As [`Diagram::to_svg`].
    pub fn to_dot(&self) -> String {
        self.check();
        dot(&fold(self))
    }
}
