//! Networks to draw: what the drawing is judged by.

use shapeflow_diagram::{Block, Diagram, Edge, Node, Style};

/// A value: the node that makes it, and its shape.
#[derive(Clone)]
pub struct Value(usize, String);

/// A diagram that grows.
#[derive(Default)]
pub struct Network {
    pub diagram: Diagram,
    open: Vec<usize>,
    labelled: Vec<usize>,
}

impl Network {
    pub fn new(title: &str) -> Self {
        Network {
            diagram: Diagram {
                title: title.to_owned(),
                ..Diagram::default()
            },
            ..Network::default()
        }
    }

    fn push(&mut self, node: Node, inputs: &[&Value], shape: &str) -> Value {
        let number = self.diagram.nodes.len();
        self.diagram.nodes.push(node);
        if let Some(&block) = self.open.last() {
            self.diagram.blocks[block].members.push(number);
        }
        for Value(from, label) in inputs {
            // A shape that passes a layer by is written once.
            let seen = self.labelled.contains(from) && inputs.len() > 1 && shape == label;
            self.labelled.push(*from);
            let label = if seen { "" } else { label };
            self.diagram.edges.push(Edge::new(*from, number, label));
        }
        Value(number, shape.to_owned())
    }

    pub fn input(&mut self, name: &str, shape: &str) -> Value {
        self.push(Node::new(name, Style::Input), &[], shape)
    }

    pub fn output(&mut self, name: &str, value: &Value) {
        self.push(Node::new(name, Style::Output), &[value], &value.1);
    }

    pub fn weights(
        &mut self,
        name: &str,
        call: &str,
        parameters: &str,
        x: &Value,
        shape: &str,
    ) -> Value {
        let weights = format!("{parameters} parameters");
        self.push(Node::layer(name, call, Some(&weights)), &[x], shape)
    }

    pub fn plain(&mut self, call: &str, inputs: &[&Value], shape: &str) -> Value {
        self.push(Node::layer("", call, None), inputs, shape)
    }

    pub fn attached(&mut self, call: &str, x: &Value) -> Value {
        let node = Node {
            attached: true,
            ..Node::new(call, Style::Activation)
        };
        self.push(node, &[x], &x.1)
    }

    pub fn block(&mut self, label: &str, within: impl FnOnce(&mut Self) -> Value) -> Value {
        let number = self.diagram.blocks.len();
        self.diagram.blocks.push(Block {
            label: label.to_owned(),
            parent: self.open.last().copied(),
            members: vec![],
        });
        self.open.push(number);
        let value = within(self);
        self.open.pop();
        value
    }

    fn conv_norm(&mut self, name: &str, call: &str, x: &Value, shape: &str) -> Value {
        let x = self.weights(name, call, "2,304", x, shape);
        let norm = Node {
            attached: true,
            ..Node::layer("batch_norm1", "BatchNorm", Some("32 parameters"))
        };
        let shape = x.1.clone();
        self.push(norm, &[&x], &shape)
    }
}

/// 19 convolutions in 3 stages of 3 residual blocks (He et al. 2015, section 4.2).
pub fn resnet20(stages: bool) -> Diagram {
    let mut net = Network::new("ResNet20");
    let image = net.input("image", "32×32×3");
    let x = net.conv_norm("conv2d1", "Conv2d(16, 3×3)", &image, "32×32×16");
    let mut x = net.attached("Relu", &x);
    let mut channels = 3;
    for (stage, (width, side)) in [(16, 32), (32, 16), (64, 8)].into_iter().enumerate() {
        let mut run = |net: &mut Network| {
            for number in 0..3 {
                let shape = format!("{side}×{side}×{width}");
                let strided = number == 0 && stage > 0;
                let name = format!(
                    "basic{}",
                    if stages {
                        number + 1
                    } else {
                        3 * stage + number + 1
                    }
                );
                x = net.block(&name, |net| {
                    let call = format!(
                        "Conv2d({width}, 3×3{})",
                        if strided { ", stride = 2" } else { "" }
                    );
                    let short = match strided {
                        true => {
                            let call = format!("Conv2d({width}, 1×1, stride = 2)");
                            net.conv_norm("conv2d1", &call, &x, &shape)
                        }
                        false => x.clone(),
                    };
                    let long = net.conv_norm("conv2d2", &call, &x, &shape);
                    let long = net.attached("Relu", &long);
                    let long =
                        net.conv_norm("conv2d3", &format!("Conv2d({width}, 3×3)"), &long, &shape);
                    let sum = net.plain("Add", &[&short, &long], &shape);
                    net.attached("Relu", &sum)
                });
            }
            x.clone()
        };
        match stages {
            true => net.block(&format!("stage{}", stage + 1), run),
            false => run(&mut net),
        };
        channels = width;
    }
    let x = net.plain("GlobalAvgPool2d", &[&x], &channels.to_string());
    let x = net.weights("dense1", "Dense(10)", "650", &x, "10");
    let x = net.attached("Softmax", &x);
    net.output("output", &x);
    net.diagram
}

/// Bottleneck blocks, as deep as wanted: `[3, 4, 6, 3]` is ResNet-50.
pub fn bottlenecks(counts: &[usize]) -> Diagram {
    let mut net = Network::new("ResNet50");
    let image = net.input("image", "224×224×3");
    let x = net.conv_norm(
        "conv2d1",
        "Conv2d(64, 7×7, stride = 2)",
        &image,
        "112×112×64",
    );
    let x = net.attached("Relu", &x);
    let mut x = net.plain("MaxPool2d(3, stride = 2)", &[&x], "56×56×64");
    for (stage, &count) in counts.iter().enumerate() {
        for number in 0..count {
            let shape = format!("{0}×{0}×{1}", 56 >> stage, 256 << stage);
            x = net.block(
                &format!("stage{}.bottleneck{}", stage + 1, number + 1),
                |net| {
                    let long = net.conv_norm("conv2d1", "Conv2d(64, 1×1)", &x, "56×56×64");
                    let long = net.attached("Relu", &long);
                    let long = net.conv_norm("conv2d2", "Conv2d(64, 3×3)", &long, "56×56×64");
                    let long = net.attached("Relu", &long);
                    let long = net.conv_norm("conv2d3", "Conv2d(256, 1×1)", &long, &shape);
                    let short = match number {
                        0 => net.conv_norm("conv2d4", "Conv2d(256, 1×1)", &x, &shape),
                        _ => x.clone(),
                    };
                    let sum = net.plain("Add", &[&long, &short], &shape);
                    net.attached("Relu", &sum)
                },
            );
        }
    }
    let x = net.plain("GlobalAvgPool2d", &[&x], "2048");
    let x = net.weights("dense1", "Dense(1000)", "2,049,000", &x, "1000");
    net.output("output", &x);
    net.diagram
}

/// Four levels with a skip at each (Ronneberger et al. 2015).
pub fn unet() -> Diagram {
    let mut net = Network::new("UNet");
    let mut x = net.input("image", "128×128×3");
    let twice = |net: &mut Network, name: &str, x: &Value, side: usize, width: usize| {
        let shape = format!("{side}×{side}×{width}");
        net.block(name, |net| {
            let x = net.weights(
                "conv2d1",
                &format!("Conv2d({width}, 3×3)"),
                "1,792",
                x,
                &shape,
            );
            let x = net.attached("Relu", &x);
            let x = net.weights(
                "conv2d2",
                &format!("Conv2d({width}, 3×3)"),
                "36,928",
                &x,
                &shape,
            );
            net.attached("Relu", &x)
        })
    };
    let mut skips = Vec::new();
    for level in 0..4 {
        let (side, width) = (128 >> level, 64 << level);
        let skip = twice(&mut net, &format!("double{}", level + 1), &x, side, width);
        x = net.plain(
            "MaxPool2d(2)",
            &[&skip],
            &format!("{0}×{0}×{width}", side / 2),
        );
        skips.push(skip);
    }
    x = twice(&mut net, "double5", &x, 8, 1024);
    for (level, skip) in skips.iter().enumerate().rev() {
        let (side, width) = (128 >> level, 64 << level);
        let shape = format!("{side}×{side}×{width}");
        x = net.weights(
            &format!("conv_transpose2d{}", 4 - level),
            &format!("ConvTranspose2d({width}, 2×2, stride = 2)"),
            "2,097,664",
            &x,
            &shape,
        );
        x = net.plain(
            "Concat",
            &[skip, &x],
            &format!("{side}×{side}×{}", 2 * width),
        );
        x = twice(&mut net, &format!("double{}", 9 - level), &x, side, width);
    }
    let x = net.weights("conv2d1", "Conv2d(2, 1×1)", "130", &x, "128×128×2");
    let x = net.attached("Softmax", &x);
    net.output("mask", &x);
    net.diagram
}

/// A long chain (Simonyan and Zisserman 2014).
pub fn vgg16() -> Diagram {
    let mut net = Network::new("Vgg16");
    let mut x = net.input("image", "224×224×3");
    let mut number = 0;
    for (stage, (count, width)) in [(2, 64), (2, 128), (3, 256), (3, 512), (3, 512)]
        .into_iter()
        .enumerate()
    {
        let side = 224 >> stage;
        for _ in 0..count {
            number += 1;
            let call = format!("Conv2d({width}, 3×3, padding = same)");
            x = net.weights(
                &format!("conv2d{number}"),
                &call,
                "2,359,808",
                &x,
                &format!("{side}×{side}×{width}"),
            );
            x = net.attached("Relu", &x);
        }
        x = net.plain("MaxPool2d(2)", &[&x], &format!("{0}×{0}×{width}", side / 2));
    }
    x = net.plain("Flatten", &[&x], "25088");
    for (number, units) in [(1, 4096), (2, 4096), (3, 1000)] {
        x = net.weights(
            &format!("dense{number}"),
            &format!("Dense({units})"),
            "16,781,312",
            &x,
            &units.to_string(),
        );
        if number < 3 {
            x = net.attached("Relu", &x);
            x = net.attached("Dropout(0.5)", &x);
        }
    }
    let x = net.attached("Softmax", &x);
    net.output("output", &x);
    net.diagram
}

/// Two inputs of different depth, two outputs.
pub fn two_and_two() -> Diagram {
    let mut net = Network::new("Two");
    let picture = net.input("picture", "28×28×1");
    let table = net.input("table", "12");
    let x = net.weights("conv2d1", "Conv2d(32, 3×3)", "320", &picture, "26×26×32");
    let x = net.attached("Relu", &x);
    let x = net.plain("MaxPool2d(2)", &[&x], "13×13×32");
    let x = net.plain("Flatten", &[&x], "5408");
    let y = net.weights("dense1", "Dense(16)", "208", &table, "16");
    let y = net.attached("Relu", &y);
    let both = net.plain("Concat", &[&x, &y], "5424");
    let both = net.weights("dense2", "Dense(64)", "347,200", &both, "64");
    let both = net.attached("Relu", &both);
    let score = net.weights("dense3", "Dense(1)", "65", &both, "1");
    net.output("score", &score);
    let class = net.weights("dense4", "Dense(5)", "325", &both, "5");
    let class = net.attached("Softmax", &class);
    net.output("class", &class);
    net.diagram
}

/// Four branches of different depth, three times (Szegedy et al. 2014).
pub fn inception() -> Diagram {
    let mut net = Network::new("Inception");
    let mut x = net.input("image", "28×28×192");
    for number in 1..=3 {
        x = net.block(&format!("mixed{number}"), |net| {
            let a = net.weights("conv2d1", "Conv2d(64, 1×1)", "12,352", &x, "28×28×64");
            let a = net.attached("Relu", &a);
            let b = net.weights("conv2d2", "Conv2d(96, 1×1)", "18,528", &x, "28×28×96");
            let b = net.attached("Relu", &b);
            let b = net.weights("conv2d3", "Conv2d(128, 3×3)", "110,720", &b, "28×28×128");
            let c = net.weights("conv2d4", "Conv2d(16, 1×1)", "3,088", &x, "28×28×16");
            let c = net.weights("conv2d5", "Conv2d(32, 5×5)", "12,832", &c, "28×28×32");
            let d = net.plain("MaxPool2d(3, stride = 1)", &[&x], "28×28×192");
            let d = net.weights("conv2d6", "Conv2d(32, 1×1)", "6,176", &d, "28×28×32");
            net.plain("Concat", &[&a, &b, &c, &d], "28×28×256")
        });
    }
    net.output("output", &x);
    net.diagram
}

/// Symbolic shapes, an input read late, a value used twice, and blocks in blocks.
pub fn transformer() -> Diagram {
    let mut net = Network::new("Gpt<T>");
    let tokens = net.input("tokens", "T");
    let x = net.weights(
        "embedding1",
        "Embedding(65, 384)",
        "24,960",
        &tokens,
        "T×384",
    );
    let mut x = net.weights("position1", "Position", "98,304", &x, "T×384");
    for number in 1..=2 {
        x = net.block(&format!("layer{number}"), |net| {
            let h = net.block("attend1", |net| {
                let y = net.weights("layer_norm1", "LayerNorm", "768", &x, "T×384");
                let y = net.weights(
                    "attention1",
                    "Attention(heads = 6, causal)",
                    "591,360",
                    &y,
                    "T×384",
                );
                let y = net.attached("Dropout(0.2)", &y);
                net.plain("Add", &[&x, &y], "T×384")
            });
            let y = net.weights("layer_norm2", "LayerNorm", "768", &h, "T×384");
            let y = net.weights("dense1", "Dense(4 * C)", "591,360", &y, "T×1536");
            let y = net.attached("Gelu", &y);
            let y = net.weights("dense2", "Dense(C)", "590,208", &y, "T×384");
            net.plain("Add", &[&h, &y], "T×384")
        });
    }
    let x = net.weights("layer_norm3", "LayerNorm", "768", &x, "T×384");
    let square = net.plain("Multiply", &[&x, &x], "T×384");
    net.output("output", &square);
    net.diagram
}
