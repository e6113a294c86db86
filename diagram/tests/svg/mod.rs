//! Reads a drawing back: a strict reader of the XML that the drawing is made of.

/// What stands where.
#[derive(Default)]
pub struct Drawing {
    pub width: f64,
    pub height: f64,
    pub nodes: Vec<(usize, Rect)>,
    pub blocks: Vec<(usize, Rect)>,
    pub edges: Vec<Arrow>,
}

#[derive(Clone, Copy, Debug)]
pub struct Rect {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

pub struct Arrow {
    pub from: usize,
    pub to: usize,
    /// Its corners, from its box to the tip of its head.
    pub points: Vec<(f64, f64)>,
    pub label: Option<Rect>,
}

impl Rect {
    pub fn around(one: (f64, f64), other: (f64, f64)) -> Rect {
        Rect {
            left: one.0.min(other.0),
            top: one.1.min(other.1),
            right: one.0.max(other.0),
            bottom: one.1.max(other.1),
        }
    }

    pub fn meets(&self, other: &Rect) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    pub fn is_within(&self, other: &Rect) -> bool {
        other.left <= self.left
            && self.right <= other.right
            && other.top <= self.top
            && self.bottom <= other.bottom
    }
}

/// A tag, or the text between two.
#[derive(Debug)]
enum Piece<'a> {
    Open(&'a str, Vec<(&'a str, &'a str)>),
    Close,
    Text(&'a str),
}

/// The pieces of a document, which must be well-formed.
fn pieces(mut xml: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut open: Vec<&str> = Vec::new();
    while let Some((text, rest)) = xml.split_once('<') {
        check_text(text);
        if !text.is_empty() {
            pieces.push(Piece::Text(text));
        }
        let (tag, rest) = rest.split_once('>').expect("a tag ends");
        assert!(!tag.contains('<'), "{tag}");
        xml = rest;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
            pieces.push(Piece::Close);
            continue;
        }
        let (tag, empty) = match tag.strip_suffix('/') {
            Some(tag) => (tag, true),
            None => (tag, false),
        };
        let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
        assert!(
            name.chars().all(|letter| letter.is_ascii_lowercase()),
            "{name}"
        );
        let mut attributes: Vec<(&str, &str)> = Vec::new();
        while !rest.trim().is_empty() {
            let (key, value) = rest.trim_start().split_once("=\"").expect("an attribute");
            let (value, after) = value.split_once('"').expect("an attribute ends");
            check_text(value);
            assert!(
                attributes.iter().all(|&(other, _)| other != key),
                "{key} twice"
            );
            attributes.push((key, value));
            assert!(after.is_empty() || after.starts_with(' '), "{after}");
            rest = after;
        }
        pieces.push(Piece::Open(name, attributes));
        if empty {
            pieces.push(Piece::Close);
        } else {
            open.push(name);
        }
    }
    assert!(open.is_empty() && xml.trim().is_empty(), "{xml}");
    pieces
}

fn check_text(text: &str) {
    assert!(
        !text.contains(['<', '>'])
            && !text
                .chars()
                .any(|letter| letter.is_control() && letter != '\n')
    );
    for entity in text.split('&').skip(1) {
        let entity = entity.split(';').next();
        assert!(
            matches!(entity, Some("amp" | "lt" | "gt" | "quot")),
            "{text}"
        );
    }
}

impl Drawing {
    pub fn read(svg: &str) -> Drawing {
        let mut drawing = Drawing::default();
        let mut group = None;
        let mut label = None;
        for piece in pieces(svg) {
            match piece {
                Piece::Open("svg", attributes) => {
                    drawing.width = number(&attributes, "width");
                    drawing.height = number(&attributes, "height");
                }
                Piece::Open("g", attributes) => {
                    group = attributes.first().copied();
                    if let Some(("data-edge", ends)) = group {
                        let (from, to) = ends.split_once(' ').expect("two ends");
                        drawing.edges.push(Arrow {
                            from: from.parse().expect("a number"),
                            to: to.parse().expect("a number"),
                            points: Vec::new(),
                            label: None,
                        });
                    }
                }
                Piece::Open("rect", attributes) => {
                    let [x, y, width, height] =
                        ["x", "y", "width", "height"].map(|key| number(&attributes, key));
                    let rect = Rect {
                        left: x,
                        top: y,
                        right: x + width,
                        bottom: y + height,
                    };
                    match group {
                        Some(("data-node", node)) => {
                            drawing.nodes.push((node.parse().expect("a number"), rect))
                        }
                        Some(("data-block", block)) => drawing
                            .blocks
                            .push((block.parse().expect("a number"), rect)),
                        _ => {}
                    }
                }
                Piece::Open("path", attributes) => {
                    if let (Some(("data-edge", _)), Some(arrow)) = (group, drawing.edges.last_mut())
                    {
                        arrow.read(value(&attributes, "d"));
                    }
                }
                Piece::Open("text", attributes) => label = Some(attributes),
                Piece::Text(text) => {
                    if let (Some(("data-edge", _)), Some(at), Some(arrow)) =
                        (group, label.take(), drawing.edges.last_mut())
                    {
                        // Letters of the usual fonts are about this wide.
                        let width = 6.0 * text.chars().count() as f64;
                        let (x, y) = (number(&at, "x"), number(&at, "y"));
                        let left = if value(&at, "text-anchor") == "end" {
                            x - width
                        } else {
                            x
                        };
                        arrow.label = Some(Rect {
                            left,
                            top: y - 9.0,
                            right: left + width,
                            bottom: y,
                        });
                    }
                }
                _ => {}
            }
        }
        drawing
    }

    pub fn node(&self, number: usize) -> Rect {
        let found = self.nodes.iter().find(|(node, _)| *node == number);
        found.expect("the node is drawn").1
    }
}

impl Arrow {
    /// Reads its line, whose corners are the middles of its curves, then its head, which begins with the tip.
    fn read(&mut self, path: &str) {
        let numbers = |text: &str| -> Vec<f64> {
            text.split(' ')
                .map(|number| number.parse().expect("a number"))
                .collect()
        };
        if let Some((tip, _)) = path.split_once("l-4 -8h8z") {
            let tip = numbers(&tip[1..]);
            *self.points.last_mut().expect("the line comes first") = (tip[0], tip[1]);
            return;
        }
        let mut pieces = path[1..].split('L');
        let start = numbers(pieces.next().expect("a start"));
        self.points.push((start[0], start[1]));
        for piece in pieces {
            let (point, curve) = piece.split_once('Q').unwrap_or((piece, ""));
            let point = match curve.is_empty() {
                true => numbers(point),
                false => numbers(curve),
            };
            self.points.push((point[0], point[1]));
        }
    }
}

fn value<'a>(attributes: &[(&str, &'a str)], key: &str) -> &'a str {
    let found = attributes.iter().find(|&&(name, _)| name == key);
    found.unwrap_or_else(|| panic!("no {key}")).1
}

fn number(attributes: &[(&str, &str)], key: &str) -> f64 {
    value(attributes, key).parse().expect("a number")
}
