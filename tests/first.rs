use shapeflow::model;
model! {
    /// The CIFAR-10 network of the Keras tutorial: 315,722 parameters.
    pub struct Cifar10(image: [32, 32, 3]) -> [10] {
        image
            -> Conv2d(32, 3x3) -> Relu -> MaxPool2d(2) -> Dropout(0.25)
            -> Conv2d(64, 3x3) -> Relu -> MaxPool2d(2) -> Dropout(0.25)
            -> Flatten
            -> Dense(128) -> Relu -> Dropout(0.5)
            -> Dense(10) -> Softmax
    }
}
model! {
    /// He et al. 2015, the CIFAR ResNet-20.
    block Basic<H, W, C>(x: [H, W, C]) -> [H, W, C] {
        let y = x
            -> Conv2d(C, 3x3, padding = same, bias = false) -> BatchNorm -> Relu
            -> Conv2d(C, 3x3, padding = same, bias = false) -> BatchNorm;
        (x + y) -> Relu
    }
    block Down<H, W, C>(x: [H, W, C]) -> [H / 2, W / 2, 2 * C] {
        let y = x
            -> Conv2d(2 * C, 3x3, stride = 2, padding = same, bias = false) -> BatchNorm -> Relu
            -> Conv2d(2 * C, 3x3, padding = same, bias = false) -> BatchNorm;
        let skip = x -> Conv2d(2 * C, 1x1, stride = 2, bias = false) -> BatchNorm;
        (y + skip) -> Relu
    }
    pub struct ResNet20(image: [32, 32, 3]) -> [10] {
        image
            -> stem: Conv2d(16, 3x3, padding = same, bias = false) -> BatchNorm -> Relu
            -> [Basic; 3] -> Down -> [Basic; 2] -> Down -> [Basic; 2]
            -> GlobalAvgPool -> Dense(10) -> Softmax
    }
}
fn train<M: shapeflow::model::Model>(mut m: M) {
    use shapeflow::engine::*;
    use shapeflow::losses::*;
    use shapeflow::optimizers::*;
    println!("{}", M::summary());
    let n = 64;
    let x: Vec<f32> = (0..n * 3072)
        .map(|i| ((i * 7919) % 1000) as f32 / 500.0 - 1.0)
        .collect();
    let t: Vec<u32> = (0..n as u32).map(|i| i % 10).collect();
    let mut w = TrainWorkspace::new(M::PROGRAM, n);
    let loss = SparseCategoricalCrossEntropy::default();
    let opt = Adam::default();
    let mut slots = OptimizerSlots::new(M::PROGRAM, &opt).unwrap();
    let mut first = None;
    let mut last = 0.0;
    for i in 0..20 {
        let r = w
            .step(
                &mut m,
                &Batch {
                    inputs: &[&x],
                    targets: &[TargetsView::Classes(&t)],
                    examples: n,
                },
                &[&loss],
                &opt,
                &mut slots,
                1e-3,
                Clip::None,
                7,
            )
            .unwrap();
        first.get_or_insert(r.loss);
        last = r.loss;
        println!("{i} {}", r.loss);
    }
    assert!(last < first.unwrap());
}
#[test]
fn counts() {
    use shapeflow::model::Model;
    assert_eq!(Cifar10::PARAMETERS, 315_722);
    let m = Cifar10::new(1);
    let x = ndarray::Array4::from_elem((3, 32, 32, 3), 0.5f32);
    let y = m.predict(x.view()).unwrap();
    println!("{y}");
    assert!((y.sum() - 3.0).abs() < 1e-4);
    train(m);
}
#[test]
fn resnet() {
    train(ResNet20::new(3));
}
