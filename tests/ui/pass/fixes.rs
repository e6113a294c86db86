//! The mistakes of `tests/ui`, each put right by following its help: a module has the name of its case.
//!
//! `docs/errors.md` shows them as the right models.

#![allow(dead_code)]
#![deny(deprecated)]

mod activation_as_string {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(8) -> Tanh -> Dense(2)
        }
    }
}

mod add_and_assign {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            let y = features -> Dense(4);
            let y = y + features;
            y -> Dense(2)
        }
    }
}

mod alias_activation {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(8) -> Relu -> Dense(2)
        }
    }
}

mod alias_add {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(a: [4], b: [4]) -> [4] {
            a + b -> Dense(4)
        }
    }
}

mod alias_batch_normalization {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> BatchNorm -> Dense(2)
        }
    }
}

mod alias_conv2d {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [28, 28, 1]) -> [10] {
            image -> Conv2d(8, 3x3) -> Flatten -> Dense(10)
        }
    }
}

mod alias_in_features {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2)
        }
    }
}

mod alias_kernel_size {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [32, 32, 3]) -> [2] {
            image -> Conv2d(8, 3x3) -> Flatten -> Dense(2)
        }
    }
}

mod alias_linear {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2)
        }
    }
}

mod alias_max_pooling {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [28, 28, 1]) -> [10] {
            image -> MaxPool2d(2) -> Flatten -> Dense(10)
        }
    }
}

mod alias_name {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> head: Dense(2)
        }
    }
}

mod alias_p {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dropout(0.5) -> Dense(2)
        }
    }
}

mod alias_relu {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(8) -> Relu -> Dense(2)
        }
    }
}

mod alias_slope {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> LeakyRelu(slope = 0.2) -> Dense(2)
        }
    }
}

mod alias_strides {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [28, 28, 1]) -> [10] {
            image -> Conv2d(8, 3x3, stride = 2) -> Flatten -> Dense(10)
        }
    }
}

mod alias_use_bias {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2, bias = false)
        }
    }
}

mod arguments_at_use_of_let {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [8] {
            let wide = Dense(8);
            features -> wide
        }
    }
}

mod arguments_twice {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2)
        }
    }
}

mod arrow_from_nothing {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(8) -> Relu -> Dense(2)
        }
    }
}

mod attribute_on_stage {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> hidden: Dense(8) -> Relu -> Dense(2)
        }
    }
}

mod batch_none {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [784]) -> [2] {
            features -> Dense(2)
        }
    }
}

mod bias_as_number {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2, bias = false)
        }
    }
}

mod bias_before_norm {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(8, bias = false) -> BatchNorm -> Relu -> Dense(2)
        }
    }
}

mod binary_loss_for_ten_classes {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [10] {
            features -> Dense(10) -> Softmax
        }
    }

    fn train(network: &mut Net, data: &Dataset<Classes>) -> Result<(), Box<dyn std::error::Error>> {
        Fit::new(SparseCategoricalCrossEntropy::new(), Adam::default()).run(network, data)?;
        Ok(())
    }
}

mod block_defined_twice {
    use shapeflow::prelude::*;

    model! {
        block Same<C>(x: [C]) -> [C] {
            x -> Dense(C)
        }
        block Same2<C>(x: [C]) -> [C] {
            x -> Relu
        }
        pub struct Net(features: [4]) -> [4] {
            features -> Same
        }
    }
}

mod block_dimension_unsolved {
    use shapeflow::prelude::*;

    model! {
        block Wide<C>(x: [C], d: usize) -> [d] {
            x -> Dense(d)
        }
        pub struct Net(features: [4]) -> [8] {
            features -> Wide(8)
        }
    }
}

mod block_flag_as_number {
    use shapeflow::prelude::*;

    model! {
        block Flat<C>(x: [C], bias: bool) -> [C] {
            x -> Dense(C, bias = bias)
        }
        pub struct Net(features: [4]) -> [4] {
            features -> Flat(bias = true)
        }
    }
}

mod block_gives_other_channels {
    use shapeflow::prelude::*;

    model! {
        block Half<H, W, C>(x: [H, W, C]) -> [H / 2, W / 2, C] {
            x -> Conv2d(C, 3x3, stride = 2, padding = same)
        }
        pub struct Net(image: [32, 32, 3]) -> [2] {
            image -> Half -> Flatten -> Dense(2)
        }
    }
}

mod block_of_two_inputs_gets_one {
    use shapeflow::prelude::*;

    model! {
        block Sum<C>(x: [C], y: [C]) -> [C] {
            x + y
        }
        pub struct Net(features: [4]) -> [4] {
            let y = features -> Dense(4);
            (features, y) -> Sum
        }
    }
}

mod block_parameter_as_string {
    use shapeflow::prelude::*;

    model! {
        block Wide<C>(x: [C], factor: usize) -> [factor * C] {
            x -> Dense(factor * C)
        }
        pub struct Net(features: [4]) -> [8] {
            features -> Wide(2)
        }
    }
}

mod block_parameter_of_wrong_type {
    use shapeflow::prelude::*;

    model! {
        block Wide<C>(x: [C], factor: usize) -> [factor * C] {
            x -> Dense(factor * C)
        }
        pub struct Net(features: [4]) -> [12] {
            features -> Wide(3)
        }
    }
}

mod block_parameter_unused {
    use shapeflow::prelude::*;

    model! {
        block Same<C>(x: [C]) -> [C] {
            x -> Dense(C)
        }
        pub struct Net(features: [4]) -> [4] {
            features -> Same
        }
    }
}

mod block_shrinks_too_much {
    use shapeflow::prelude::*;

    model! {
        block Half<H, W, C>(x: [H, W, C]) -> [H / 2, W / 2, C] {
            x -> Conv2d(C, 3x3, stride = 2, padding = same) -> Relu
        }
        pub struct Net(image: [32, 32, 3]) -> [2] {
            image -> Half -> Flatten -> Dense(2)
        }
    }
}

mod block_uses_itself {
    use shapeflow::prelude::*;

    model! {
        block Endless<C>(x: [C]) -> [C] {
            x -> Dense(C)
        }
        pub struct Net(features: [4]) -> [4] {
            features -> [Endless; 3]
        }
    }
}

mod block_wants_even {
    use shapeflow::prelude::*;

    model! {
        block Pairs<N>(x: [2 * N]) -> [N] {
            x -> Dense(N)
        }
        pub struct Net(features: [8]) -> [3] {
            features -> Pairs -> Dense(3)
        }
    }
}

mod block_wants_other_rank {
    use shapeflow::prelude::*;

    model! {
        block Basic<H, W, C>(x: [H, W, C]) -> [H, W, C] {
            x -> Conv2d(C, 3x3, padding = same) -> Relu
        }
        pub struct Net(features: [4]) -> [2] {
            features -> Reshape([2, 2, 1]) -> Basic -> Flatten -> Dense(2)
        }
    }
}

mod block_wants_square {
    use shapeflow::prelude::*;

    model! {
        block Square<S, C>(x: [S, S, C]) -> [S, S, C] {
            x -> Conv2d(C, 3x3, padding = same) -> Relu
        }
        pub struct Net(image: [28, 32, 1]) -> [2] {
            image -> Pad([[2, 2], [0, 0]]) -> Square -> Flatten -> Dense(2)
        }
    }
}

mod block_with_const_generic {
    use shapeflow::prelude::*;

    model! {
        block Mlp<C>(x: [C]) -> [C] {
            x -> Dense(C) -> Relu
        }
        pub struct Net(features: [4]) -> [2] {
            features -> Mlp -> Dense(2)
        }
    }
}

mod block_with_too_many_arguments {
    use shapeflow::prelude::*;

    model! {
        block Same<C>(x: [C]) -> [C] {
            x -> Dense(C)
        }
        pub struct Net(features: [4]) -> [4] {
            features -> Same
        }
    }
}

mod block_without_dimensions {
    use shapeflow::prelude::*;

    model! {
        block Mlp<C>(x: [C]) -> [C] {
            x -> Dense(C) -> Relu
        }
        pub struct Net(features: [4]) -> [2] {
            features -> Mlp -> Dense(2)
        }
    }
}

mod blocks_too_deep {
    use shapeflow::prelude::*;

    model! {
        block First<C>(x: [C]) -> [C] {
            x -> Relu
        }
        block Second<C>(x: [C]) -> [C] {
            x -> First
        }
        block Third<C>(x: [C]) -> [C] {
            x -> Second
        }
        pub struct Net(features: [4]) -> [2] {
            features -> Third -> Dense(2)
        }
    }
}

mod body_without_braces {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2)
        }
    }
}

mod brackets_too_deep {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2)
        }
    }
}

mod called_layer {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            let hidden = features -> Dense(8);
            hidden -> Relu -> Dense(2)
        }
    }
}

mod called_value {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2)
        }
    }
}

mod cast_in_argument {
    use shapeflow::prelude::*;

    const HIDDEN: u32 = 8;
    const SIZE: usize = HIDDEN as usize;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(SIZE) -> Dense(2)
        }
    }
}

mod chain_in_braces {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            (features -> Dense(2))
        }
    }
}

mod channels_first {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [32, 32, 3]) -> [2] {
            image -> Conv2d(8, 3x3, padding = same) -> Flatten -> Dense(2)
        }
    }
}

mod channels_to_group_norm {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [32, 32, 3]) -> [2] {
            image -> GroupNorm(3) -> Flatten -> Dense(2)
        }
    }
}

mod classes_for_a_regression {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [1] {
            features -> Dense(1)
        }
    }

    fn train(network: &mut Net, data: &Dataset<Values>) -> Result<(), Box<dyn std::error::Error>> {
        Fit::new(MeanSquaredError::new(), Adam::default()).run(network, data)?;
        Ok(())
    }
}

mod colon_for_arrow {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2)
        }
    }
}

mod colon_in_argument {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2, bias = false)
        }
    }
}

mod concat_as_function {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(a: [16], b: [4]) -> [2] {
            (a, b) -> Concat -> Dense(2)
        }
    }
}

mod concat_axis {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(a: [8], b: [8]) -> [16] {
            (a, b) -> Concat(axis = -1)
        }
    }
}

mod concat_axis_by_position {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(a: [8], b: [8]) -> [16] {
            (a, b) -> Concat(axis = -1)
        }
    }
}

mod concat_of_list {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(a: [16], b: [4]) -> [2] {
            (a, b) -> Concat -> Dense(2)
        }
    }
}

mod concat_of_one {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(a: [4], b: [4]) -> [8] {
            (a, b) -> Concat(axis = -1)
        }
    }
}

mod concat_pictures_differ {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(a: [8, 8, 4], b: [6, 6, 4]) -> [2] {
            let b = b -> Pad([[1, 1], [1, 1]]);
            (a, b) -> Concat(axis = -1) -> GlobalAvgPool -> Dense(2)
        }
    }
}

mod concat_shapes {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(a: [8, 8, 4], b: [8, 8, 4]) -> [8, 8, 8] {
            (a, b) -> Concat(axis = -1)
        }
    }
}

mod const_named_as_dimension {
    use shapeflow::prelude::*;

    const C: usize = 8;

    model! {
        block Half<C>(x: [C], more: usize = C / 4) -> [C / 2] {
            x -> Dense(C + more) -> Dense(C / 2) -> Relu
        }
        pub struct Net(features: [C]) -> [2] {
            features -> Half -> Half(more = 0) -> Dense(2)
        }
    }
}

mod constant_too_large {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2, bias_init = constant(0.5))
        }
    }
}

mod conv_after_pool_of_all {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [32, 32, 3]) -> [2] {
            image -> Conv2d(8, 1x1) -> GlobalAvgPool -> Flatten -> Dense(2)
        }
    }
}

mod conv_begins_with_channels {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [32, 32, 3]) -> [2] {
            image -> Conv2d(32, 3x3) -> Relu -> Flatten -> Dense(2)
        }
    }
}

mod decimal_comma {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dropout(0.5) -> Dense(2)
        }
    }
}

mod declared_output_differs {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [10] {
            features -> Dense(8) -> Relu -> Dense(10)
        }
    }
}

mod declared_output_of_block_differs {
    use shapeflow::prelude::*;

    model! {
        block Half<C>(x: [C]) -> [C / 2] {
            x -> Dense(C / 2)
        }
        pub struct Net(features: [8]) -> [4] {
            features -> Half
        }
    }
}

mod dense_of_two_values {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(a: [4], b: [4]) -> [2] {
            (a, b) -> Concat(axis = -1) -> Dense(2)
        }
    }
}

mod dense_on_picture_before_conv {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [8, 8, 3]) -> [2] {
            image -> Flatten -> Dense(64) -> Relu -> Dense(2)
        }
    }
}

mod depthwise_and_groups {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [8, 8, 4]) -> [2] {
            image -> Conv2d(4, 3x3, depthwise) -> Flatten -> Dense(2)
        }
    }
}

mod depthwise_filters {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [8, 8, 4]) -> [2] {
            image -> Conv2d(4, 3x3, depthwise) -> Flatten -> Dense(2)
        }
    }
}

mod derive {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2)
        }
    }
}

mod deviation_negative {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2, init = normal(0.02))
        }
    }
}

mod deviation_zero {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2, init = zeros)
        }
    }
}

mod dimension_twice {
    use shapeflow::prelude::*;

    model! {
        block Same<C>(x: [C, C]) -> [C, C] {
            x -> Relu
        }
        pub struct Net(features: [4, 4]) -> [4, 4] {
            features -> Same
        }
    }
}

mod division_by_zero {
    use shapeflow::prelude::*;

    model! {
        const NONE: usize = 2;
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(8 / NONE) -> Dense(2)
        }
    }
}

mod division_of_values {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(a: [4], b: [4]) -> [4] {
            a * b
        }
    }
}

mod doc_comment_in_body {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features
                // The hidden layer.
                -> Dense(8) -> Relu -> Dense(2)
        }
    }
}

mod double_equals {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2, bias = false)
        }
    }
}

mod dropout_at_end {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2)
        }
    }
}

mod dropout_in_percent {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dropout(0.5) -> Dense(2)
        }
    }
}

mod duplicate_argument {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2, bias = false)
        }
    }
}

mod duplicate_input {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [4] {
            features -> Dense(4)
        }
    }
}

mod duplicate_stage_name {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> head: Dense(2) -> head2: Dense(2)
        }
    }
}

mod element_type {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(words: [16]) -> [2] {
            words -> Dense(2)
        }
    }
}

mod element_type_f32 {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2)
        }
    }
}

mod empty_axis {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2)
        }
    }
}

mod empty_model {
    use shapeflow::prelude::*;

    model! {
        struct Name(input: [784]) -> [10] { input -> Dense(10) -> Softmax }

    }
}

mod fat_arrow {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2)
        }
    }
}

mod first_of_fifty_layers {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [9, 9, 3]) -> [2] {
            image
                -> Conv2d(32, 3x3)
                -> Conv2d(8, 3x3, padding = same) -> Relu
                -> Conv2d(8, 3x3, padding = same) -> Relu
                -> Conv2d(8, 3x3, padding = same) -> Relu
                -> Conv2d(8, 3x3, padding = same) -> Relu
                -> Conv2d(8, 3x3, padding = same) -> Relu
                -> Conv2d(8, 3x3, padding = same) -> Relu
                -> Conv2d(8, 3x3, padding = same) -> Relu
                -> Conv2d(8, 3x3, padding = same) -> Relu
                -> Conv2d(8, 3x3, padding = same) -> Relu
                -> Conv2d(8, 3x3, padding = same) -> Relu
                -> Conv2d(8, 3x3, padding = same) -> Relu
                -> Conv2d(8, 3x3, padding = same) -> Relu
                -> Conv2d(8, 3x3, padding = same) -> Relu
                -> Conv2d(8, 3x3, padding = same) -> Relu
                -> Conv2d(8, 3x3, padding = same) -> Relu
                -> Conv2d(8, 3x3, padding = same) -> Relu
                -> Conv2d(8, 3x3, padding = same) -> Relu
                -> Conv2d(8, 3x3, padding = same) -> Relu
                -> Conv2d(8, 3x3, padding = same) -> Relu
                -> Conv2d(8, 3x3, padding = same) -> Relu
                -> Conv2d(8, 3x3, padding = same) -> Relu
                -> Conv2d(8, 3x3, padding = same) -> Relu
                -> Conv2d(8, 3x3, padding = same) -> Relu
                -> Conv2d(8, 3x3, padding = same) -> Relu
                -> Flatten -> Dense(2)
        }
    }
}

mod five_mistakes {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [28, 28, 1]) -> [10] {
            image
                -> Conv2d(8, 3x3, padding = same)
                -> MaxPool2d(2, stride = 2)
                -> Dropout(0.25)
                -> Flatten
                -> Dense(10)
                -> Dense(10)
        }
    }
}

mod flatten_forgotten {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [28, 28, 1]) -> [10] {
            image -> Conv2d(8, 3x3) -> Relu -> Flatten -> Dense(10)
        }
    }
}

mod for_in_body {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            let y = features;
            y -> [Dense(4) -> Relu; 3] -> Dense(2)
        }
    }
}

mod formula_too_long {
    use shapeflow::prelude::*;

    model! {
        const SIDE: usize = 4096;
        pub struct Net(image: [SIDE, SIDE, 3]) -> [4, 4, 3] {
            image -> [Conv2d(3, 3x3, stride = 3, padding = same) -> Upsample2d(2); 70]
        }
    }
}

mod four_habits_of_keras {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [32, 32, 3]) -> [10] {
            image
                -> Conv2d(32, 3x3) -> Relu
                -> MaxPool2d(2)
                -> Flatten
                -> Dense(10) -> Softmax
        }
    }
}

mod function_in_argument {
    use shapeflow::prelude::*;

    const fn width(number: usize) -> usize {
        8 * number
    }
    const SIZE: usize = width(3);

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(SIZE) -> Dense(2)
        }
    }
}

mod function_of_lower_case {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            let hidden = features -> Dense(8);
            hidden -> Relu -> Dense(2)
        }
    }
}

mod groups_do_not_divide_channels {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [8, 8, 3]) -> [2] {
            image -> Conv2d(9, 3x3, groups = 3) -> Flatten -> Dense(2)
        }
    }
}

mod groups_do_not_divide_filters {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [8, 8, 4]) -> [2] {
            image -> Conv2d(6, 3x3, groups = 2) -> Flatten -> Dense(2)
        }
    }
}

mod groups_do_not_divide_norm {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [8, 8, 6]) -> [2] {
            image -> GroupNorm(3) -> Flatten -> Dense(2)
        }
    }
}

mod hexadecimal_units {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(16) -> Dense(2)
        }
    }
}

mod if_in_body {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            let y = features -> Dense(4);
            y -> Dense(2)
        }
    }
}

mod indexed_value {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2)
        }
    }
}

mod inexact_division {
    use shapeflow::prelude::*;

    model! {
        const WIDTH: usize = 10;
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(WIDTH / 2) -> Dense(2)
        }
    }
}

mod inexact_units {
    use shapeflow::prelude::*;

    model! {
        const WIDTH: usize = 8;
        pub struct Net(x: [4]) -> [2] {
            x -> Dense(WIDTH / 2) -> Relu -> Dense(2)
        }
    }
}

mod inner_const_of_wrong_type {
    use shapeflow::prelude::*;

    model! {
        const HIDDEN: usize = 64;
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(HIDDEN) -> Relu -> Dense(2)
        }
    }
}

mod input_as_array {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [784]) -> [2] {
            features -> Dense(2)
        }
    }
}

mod input_as_tensor {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [784]) -> [2] {
            image -> Dense(2)
        }
    }
}

mod input_in_parentheses {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [28, 28, 1]) -> [2] {
            image -> Flatten -> Dense(2)
        }
    }
}

mod kernel_as_one_name {
    use shapeflow::prelude::*;

    model! {
        const K: usize = 3;
        pub struct Net(image: [32, 32, 3]) -> [2] {
            image -> Conv2d(8, K x K) -> Flatten -> Dense(2)
        }
    }
}

mod kernel_as_product {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [32, 32, 3]) -> [2] {
            image -> Conv2d(8, 3x3) -> Flatten -> Dense(2)
        }
    }
}

mod kernel_as_tuple {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [8, 8, 4]) -> [2] {
            image -> Conv2d(4, 3x3) -> Flatten -> Dense(2)
        }
    }
}

mod kernel_in_capitals {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [32, 32, 3]) -> [2] {
            image -> Conv2d(8, 3x3) -> Flatten -> Dense(2)
        }
    }
}

mod kernel_larger_than_picture {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [4, 4, 3]) -> [2] {
            image -> Conv2d(8, 5x5, padding = same) -> Flatten -> Dense(2)
        }
    }
}

mod kernel_of_three {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [8, 8, 4]) -> [2] {
            image -> Conv2d(4, 3x3) -> Flatten -> Dense(2)
        }
    }
}

mod layer_as_argument {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2) -> Relu
        }
    }
}

mod layer_as_function {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [4] {
            features -> Relu
        }
    }
}

mod layer_contains_itself {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [4] {
            let wide = Dense(4);
            features -> wide
        }
    }
}

mod layer_in_quotes {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(8) -> Relu -> Dense(2)
        }
    }
}

mod layer_of_torch {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2)
        }
    }
}

mod leading_comma {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2)
        }
    }
}

mod left_arrow {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2)
        }
    }
}

mod let_mut {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            let hidden = features -> Dense(8);
            hidden -> Dense(2)
        }
    }
}

mod let_of_type {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            let hidden: [8] = features -> Dense(8);
            hidden -> Dense(2)
        }
    }
}

mod let_without_value {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            let hidden = features -> Dense(8);
            hidden -> Dense(2)
        }
    }
}

mod long_arrow {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2)
        }
    }
}

mod loss_as_metric {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [1] {
            features -> Dense(1)
        }
    }

    fn train(network: &mut Net, data: &Dataset<Values>) -> Result<(), Box<dyn std::error::Error>> {
        Fit::new(MeanSquaredError::new(), Adam::default())
            .metric(metrics::MeanAbsoluteError::new())
            .run(network, data)?;
        Ok(())
    }
}

mod loss_as_stage {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2) -> Softmax
        }
    }
}

mod macro_in_body {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2)
        }
    }
}

mod method_call {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2)
        }
    }
}

mod method_in_argument {
    use shapeflow::prelude::*;

    const NAMES: [&str; 3] = ["cat", "dog", "fish"];
    const SIZE: usize = NAMES.len();

    model! {
        pub struct Net(features: [4]) -> [3] {
            features -> Dense(SIZE)
        }
    }
}

mod missing_arrow {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(8) -> Relu -> Dense(2)
        }
    }
}

mod missing_body {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] { features -> Dense(2) }
    }
}

mod missing_comma {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [28, 28, 1]) -> [10] {
            image -> Conv2d(8, 3x3) -> Flatten -> Dense(10)
        }
    }
}

mod missing_count {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> [Dense(4); 2] -> Dense(2)
        }
    }
}

mod missing_input {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(input: [784]) -> [10] {
            input -> Dense(10)
        }
    }
}

mod missing_inputs {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [784]) -> [2] {
            features -> Dense(2)
        }
    }
}

mod missing_kernel {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [28, 28, 1]) -> [10] {
            image -> Conv2d(32, 3x3) -> Flatten -> Dense(10)
        }
    }
}

mod missing_let {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            let hidden = features -> Dense(8) -> Relu;
            hidden -> Dense(2)
        }
    }
}

mod missing_name_of_outputs {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> (score: [1], class: [5]) {
            (features -> Dense(1), features -> Dense(5))
        }
    }
}

mod missing_output {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2)
        }
    }
}

mod missing_parameter {
    use shapeflow::prelude::*;

    model! {
        block Wide<C>(x: [C], factor: usize) -> [factor * C] {
            x -> Dense(factor * C)
        }
        pub struct Net(features: [4]) -> [8] {
            features -> Wide(factor = 2)
        }
    }
}

mod missing_result {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            let hidden = features -> Dense(2);
            hidden
        }
    }
}

mod missing_semicolon {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [4] {
            let hidden = features -> Dense(4);
            hidden + features
        }
    }
}

mod missing_semicolon_after_const {
    use shapeflow::prelude::*;

    model! {
        const HIDDEN: usize = 8;
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(HIDDEN) -> Relu -> Dense(2)
        }
    }
}

mod missing_shape {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [784]) -> [2] {
            features -> Dense(2)
        }
    }
}

mod missing_stage {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(8) -> Relu -> Dense(2)
        }
    }
}

mod missing_type_of_const {
    use shapeflow::prelude::*;

    model! {
        const WIDTH: usize = 4;
        pub struct Net(features: [4]) -> [WIDTH] {
            features -> Dense(WIDTH)
        }
    }
}

mod missing_units {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(64) -> Relu -> Dense(2)
        }
    }
}

mod missing_value_of_const {
    use shapeflow::prelude::*;

    model! {
        const WIDTH: usize = 64;
        pub struct Net(features: [4]) -> [WIDTH] {
            features -> Dense(WIDTH)
        }
    }
}

mod missing_zero {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dropout(0.5) -> Dense(2)
        }
    }
}

mod misspelt_argument {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [28, 28, 1]) -> [10] {
            image -> Conv2d(8, 3x3, padding = same) -> Flatten -> Dense(10)
        }
    }
}

mod misspelt_block {
    use shapeflow::prelude::*;

    model! {
        block Basic<C>(x: [C]) -> [C] {
            x -> Dense(C) -> Relu
        }
        pub struct Net(features: [4]) -> [4] {
            features -> Basic
        }
    }
}

mod misspelt_capitals {
    use shapeflow::prelude::*;

    model! {
        const WIDTH: usize = 8;
        pub struct Net(x: [4]) -> [2] {
            x -> Dense(WIDTH) -> Relu -> Dense(2)
        }
    }
}

mod misspelt_count {
    use shapeflow::prelude::*;

    model! {
        block Deep<C>(x: [C], copies: usize) -> [C] {
            x -> [Dense(C) -> Relu; copies]
        }
        pub struct Net(features: [4]) -> [4] {
            features -> Deep(3)
        }
    }
}

mod misspelt_dimension {
    use shapeflow::prelude::*;

    model! {
        block Wide<WIDTH>(x: [WIDTH]) -> [2 * WIDTH] {
            x -> Dense(2 * WIDTH)
        }
        pub struct Net(features: [4]) -> [8] {
            features -> Wide
        }
    }
}

mod misspelt_init {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2, init = he_normal)
        }
    }
}

mod misspelt_layer {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [28, 28, 1]) -> [10] {
            image -> Flatten -> Dense(10)
        }
    }
}

mod misspelt_lower_case_layer {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2)
        }
    }
}

mod misspelt_mode {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [8, 8, 1]) -> [16, 16, 1] {
            image -> Upsample2d(2, mode = bilinear)
        }
    }
}

mod misspelt_padding {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [28, 28, 1]) -> [10] {
            image -> Conv2d(8, 3x3, padding = same) -> Flatten -> Dense(10)
        }
    }
}

mod misspelt_parameter {
    use shapeflow::prelude::*;

    model! {
        block Wide<C>(x: [C], factor: usize) -> [factor * C] {
            x -> Dense(factor * C)
        }
        pub struct Net(features: [4]) -> [8] {
            features -> Wide(factor = 2)
        }
    }
}

mod misspelt_struct {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2)
        }
    }
}

mod misspelt_value {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2)
        }
    }
}

mod mistake_in_second_copy {
    use shapeflow::prelude::*;

    model! {
        block Half<H, W, C>(x: [H, W, C]) -> [H / 2, W / 2, C] {
            x -> MaxPool2d(2)
        }
        pub struct Net(image: [10, 10, 1]) -> [3, 3, 1] {
            image -> Half -> Pad([[0, 1], [0, 1]]) -> Half
        }
    }
}

mod mistake_inside_block {
    use shapeflow::prelude::*;

    model! {
        block Basic<H, W, C>(x: [H, W, C]) -> [H, W, C] {
            let y = x -> Conv2d(C, 3x3, padding = same, bias = false) -> BatchNorm -> Relu;
            x + y
        }
        pub struct Net(image: [32, 32, 16]) -> [10] {
            image -> Basic -> GlobalAvgPool -> Dense(10)
        }
    }
}

mod mistake_inside_macro_rules {
    use shapeflow::prelude::*;

    macro_rules! network {
        ($name:ident, $units:expr) => {
            model! {
                pub struct $name(features: [4]) -> [2] {
                    features -> Dense($units) -> Relu -> Dense(2)
                }
            }
        };
    }

    network!(Right, 8);
    network!(Wrong, 9);
}

mod momentum_too_large {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> BatchNorm -> Dense(2)
        }
    }
}

mod name_in_quotes {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> hidden: Dense(8) -> Dense(2)
        }
    }
}

mod name_of_layer {
    use shapeflow::prelude::*;

    model! {
        block MyDense<C>(x: [C]) -> [C] {
            x -> Relu
        }
        pub struct Net(features: [4]) -> [4] {
            features -> MyDense
        }
    }
}

mod name_of_let_layer {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [8] {
            let wide = Dense(8);
            features -> wide
        }
    }
}

mod named_result {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> (score: [1], class: [5]) {
            (features -> Dense(1), features -> Dense(5))
        }
    }
}

mod named_value {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            let h = features -> first: Dense(4);
            h -> Dense(2)
        }
    }
}

mod names_with_same_methods {
    use shapeflow::prelude::*;

    model! {
        block Head<C>(x: [C]) -> [2] {
            x -> Dense(2)
        }
        pub struct Net(features: [4]) -> [2] {
            features -> head: Head -> head_dense12: Dense(2)
        }
    }
}

mod norm_of_number {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [1]) -> [2] {
            features -> LayerNorm -> Reshape([1]) -> Dense(2)
        }
    }
}

mod norm_with_channels {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [32, 32, 3]) -> [2] {
            image -> Conv2d(8, 3x3, bias = false) -> BatchNorm -> Flatten -> Dense(2)
        }
    }
}

mod number_as_stage {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(10) -> Dense(2)
        }
    }
}

mod number_as_value {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2)
        }
    }
}

mod number_too_large {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(99) -> Dense(2)
        }
    }
}

mod odd_size_halved {
    use shapeflow::prelude::*;

    model! {
        block Half<H, W, C>(x: [H, W, C]) -> [H / 2, W / 2, C] {
            x -> MaxPool2d(2)
        }
        pub struct Net(image: [28, 28, 1]) -> [4, 4, 1] {
            image -> [Half; 2] -> Pad([[0, 1], [0, 1]]) -> Half
        }
    }
}

mod one_loss_for_two_outputs {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> (score: [1], class: [5]) {
            (features -> Dense(1), features -> Dense(5) -> Softmax)
        }
    }

    fn train(
        network: &mut Net,
        data: &Dataset<(Values, Classes)>,
    ) -> Result<(), Box<dyn std::error::Error>> {
        let losses = (
            MeanSquaredError::new(),
            SparseCategoricalCrossEntropy::new(),
        );
        Fit::new(losses, Adam::default()).run(network, data)?;
        Ok(())
    }
}

mod operator_in_stage {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            (features -> Dense(2)) + (features -> Dense(2))
        }
    }
}

mod outer_const_broadcast {
    use shapeflow::prelude::*;

    const SIZE: usize = 4;

    model! {
        pub struct Net(a: [3, 4], b: [1, SIZE]) -> [3, 4] {
            a * b
        }
    }
}

mod outer_const_deviation {
    use shapeflow::prelude::*;

    const DEVIATION: f32 = 0.02;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2, init = normal(DEVIATION))
        }
    }
}

mod outer_const_differs {
    use shapeflow::prelude::*;

    const CLASSES: usize = 12;

    model! {
        pub struct Net(features: [4]) -> [12] {
            features -> Dense(8) -> Relu -> Dense(CLASSES)
        }
    }
}

mod outer_const_flag {
    use shapeflow::prelude::*;

    model! {
        const BIAS: bool = false;
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2, bias = BIAS)
        }
    }
}

mod outer_const_groups {
    use shapeflow::prelude::*;

    const FILTERS: usize = 8;

    model! {
        pub struct Net(image: [8, 8, 4]) -> [2] {
            image -> Conv2d(FILTERS, 3x3, groups = 4) -> Flatten -> Dense(2)
        }
    }
}

mod outer_const_groups_zero {
    use shapeflow::prelude::*;

    const GROUPS: usize = 2;

    model! {
        pub struct Net(image: [8, 8, 4]) -> [2] {
            image -> Conv2d(4, 3x3, groups = GROUPS) -> GlobalAvgPool -> Dense(2)
        }
    }
}

mod outer_const_in_lower_case {
    use shapeflow::prelude::*;

    #[allow(non_upper_case_globals)]
    const hidden: usize = 8;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(self::hidden) -> Dense(2)
        }
    }
}

mod outer_const_kernel {
    use shapeflow::prelude::*;

    const SIDE: usize = 4;

    model! {
        pub struct Net(image: [SIDE, SIDE, 3]) -> [2] {
            image -> Conv2d(8, 5x5, padding = same) -> Flatten -> Dense(2)
        }
    }
}

mod outer_const_of_wrong_type {
    use shapeflow::prelude::*;

    const HIDDEN: usize = 64;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(HIDDEN) -> Relu -> Dense(2)
        }
    }
}

mod outer_const_rate {
    use shapeflow::prelude::*;

    const RATE: f32 = 0.5;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dropout(RATE) -> Dense(2)
        }
    }
}

mod outer_const_residual {
    use shapeflow::prelude::*;

    const WIDE: usize = 6;

    model! {
        pub struct Net(features: [6]) -> [6] {
            let wide = features -> Dense(WIDE);
            features + wide
        }
    }
}

mod outer_const_stride_zero {
    use shapeflow::prelude::*;

    const STRIDE: usize = 2;

    model! {
        pub struct Net(image: [8, 8, 3]) -> [2] {
            image -> Conv2d(4, 3x3, stride = STRIDE) -> GlobalAvgPool -> Dense(2)
        }
    }
}

mod outer_const_zero {
    use shapeflow::prelude::*;

    const HIDDEN: usize = 1;

    model! {
        pub struct Net(features: [4]) -> [10] {
            features -> Dense(HIDDEN) -> Relu -> Dense(10)
        }
    }
}

mod output_before_softmax_differs {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2) -> Softmax
        }
    }
}

mod output_padding_too_large {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [8, 8, 4]) -> [18, 18, 2] {
            image -> ConvTranspose2d(2, 3x3, stride = 2, output_padding = 1)
        }
    }
}

mod output_padding_with_same {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [8, 8, 4]) -> [16, 16, 2] {
            image -> ConvTranspose2d(2, 3x3, stride = 2, padding = same)
        }
    }
}

mod output_without_brackets {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2)
        }
    }
}

mod outputs_without_parentheses {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> (score: [2], class: [5]) {
            (features -> Dense(2), features -> Dense(5))
        }
    }
}

mod own_layer {
    use shapeflow::prelude::*;

    model! {
        block Mine<C>(x: [C]) -> [C] {
            x -> Dense(C) -> Relu
        }
        pub struct Net(features: [4]) -> [2] {
            features -> Mine -> Dense(2)
        }
    }
}

mod pad_as_in_pytorch {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [32, 32, 3]) -> [2] {
            image -> Pad([[2, 3], [0, 1]]) -> Flatten -> Dense(2)
        }
    }
}

mod pad_of_two {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [32, 32, 3]) -> [2] {
            image -> Pad([[1, 1], [2, 2]]) -> Flatten -> Dense(2)
        }
    }
}

mod padding_as_string {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [32, 32, 3]) -> [2] {
            image -> Conv2d(8, 3x3, padding = same) -> Flatten -> Dense(2)
        }
    }
}

mod padding_by_position {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [32, 32, 3]) -> [2] {
            image -> Conv2d(8, 3x3, padding = same) -> Flatten -> Dense(2)
        }
    }
}

mod padding_too_large {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [8, 8, 4]) -> [2] {
            image -> MaxPool2d(2, padding = 1) -> Flatten -> Dense(2)
        }
    }
}

mod parameter_of_struct {
    use shapeflow::prelude::*;

    model! {
        const RATE: f32 = 0.5;
        pub struct Net(features: [4]) -> [2] {
            features -> Dropout(RATE) -> Dense(2)
        }
    }
}

mod parameter_out_of_range {
    use shapeflow::prelude::*;

    model! {
        block Noise<C>(x: [C], rate: f32 = 0.1) -> [C] {
            x + (x -> Dropout(rate))
        }
        pub struct Net(features: [4]) -> [2] {
            features -> Noise(rate = 0.2) -> Dense(2)
        }
    }
}

mod percent {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dropout(0.5) -> Dense(2)
        }
    }
}

mod permute_axis_too_large {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [8, 6, 4]) -> [6, 4, 8] {
            image -> Permute([1, 2, 0])
        }
    }
}

mod permute_axis_twice {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [8, 6, 4]) -> [6, 4, 8] {
            image -> Permute([1, 2, 0])
        }
    }
}

mod permute_of_other_rank {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [8, 6, 4]) -> [6, 8, 4] {
            image -> Permute([1, 0, 2])
        }
    }
}

mod picture_without_channels {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [28, 28]) -> [10] {
            image -> Reshape([28, 28, 1]) -> Conv2d(8, 3x3) -> Flatten -> Dense(10)
        }
    }
}

mod pipe {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2)
        }
    }
}

mod planned_layer {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(words: [16, 8]) -> [16, 8] {
            words -> Dense(8)
        }
    }
}

mod power {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(16) -> Dense(2)
        }
    }
}

mod product_differs {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(a: [4], b: [1]) -> [4] {
            a * b
        }
    }
}

mod python_comment {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features
                -> Dense(8) // the hidden layer
                -> Relu -> Dense(2)
        }
    }
}

mod python_flag {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(8, bias = false) -> Dense(2)
        }
    }
}

mod readme {
    use shapeflow::prelude::*;

    model! {
        pub struct Digits(image: [28, 28, 1]) -> [10] {
            image
                -> Conv2d(32, 3x3) -> Relu -> MaxPool2d(2)
                -> Flatten -> Dense(128) -> Relu -> Dropout(0.5)
                -> Dense(10) -> Softmax
        }
    }
}

mod recompute_as_in_pytorch {
    use shapeflow::prelude::*;

    model! {
        block Part<H, W, C>(x: [H, W, C]) -> [H, W, C] {
            x -> Conv2d(C, 3x3, padding = same) -> Relu -> Conv2d(C, 3x3, padding = same)
        }
        pub struct Net(image: [8, 8, 4]) -> [2] {
            image -> Part(recompute = true) -> Flatten -> Dense(2)
        }
    }
}

mod recompute_as_number {
    use shapeflow::prelude::*;

    model! {
        block Part<H, W, C>(x: [H, W, C]) -> [H, W, C] {
            x -> Conv2d(C, 3x3, padding = same) -> Relu -> Conv2d(C, 3x3, padding = same)
        }
        pub struct Net(image: [8, 8, 4]) -> [2] {
            image -> Part(recompute = true) -> Flatten -> Dense(2)
        }
    }
}

mod recompute_as_parameter {
    use shapeflow::prelude::*;

    model! {
        block Part<H, W, C>(x: [H, W, C], recompute_: usize) -> [H, W, recompute_] {
            x -> Conv2d(recompute_, 3x3, padding = same) -> Relu
        }
        pub struct Net(image: [8, 8, 4]) -> [2] {
            image -> Part(recompute_ = 6) -> Flatten -> Dense(2)
        }
    }
}

mod recompute_as_string {
    use shapeflow::prelude::*;

    model! {
        block Part<H, W, C>(x: [H, W, C]) -> [H, W, C] {
            x -> Conv2d(C, 3x3, padding = same) -> Relu -> Conv2d(C, 3x3, padding = same)
        }
        pub struct Net(image: [8, 8, 4]) -> [2] {
            image -> [Part(recompute = true); 2] -> Flatten -> Dense(2)
        }
    }
}

mod recompute_at_use_of_let {
    use shapeflow::prelude::*;

    model! {
        block Part<C>(x: [C]) -> [C] {
            x -> Dense(C) -> Relu -> Dense(C)
        }
        pub struct Net(features: [8]) -> [2] {
            let part = Part(recompute);
            features -> part -> part -> Dense(2)
        }
    }
}

mod recompute_by_remat {
    use shapeflow::prelude::*;

    model! {
        block Part<H, W, C>(x: [H, W, C]) -> [H, W, C] {
            x -> Conv2d(C, 3x3, padding = same) -> Relu -> Conv2d(C, 3x3, padding = same)
        }
        pub struct Net(image: [8, 8, 4]) -> [2] {
            image -> Part(recompute) -> Flatten -> Dense(2)
        }
    }
}

mod recompute_from_outside {
    use shapeflow::prelude::*;

    model! {
        const AGAIN: bool = true;
        block Part<H, W, C>(x: [H, W, C]) -> [H, W, C] {
            x -> Conv2d(C, 3x3, padding = same) -> Relu -> Conv2d(C, 3x3, padding = same)
        }
        pub struct Net(image: [8, 8, 4]) -> [2] {
            image -> Part(recompute = AGAIN) -> Flatten -> Dense(2)
        }
    }
}

mod recompute_layer {
    use shapeflow::prelude::*;

    model! {
        block Part<H, W>(x: [H, W, 4]) -> [H - 4, W - 4, 4] {
            x -> Conv2d(6, 3x3) -> Relu -> Conv2d(4, 3x3) -> Relu
        }
        pub struct Net(image: [8, 8, 4]) -> [2] {
            image -> Part(recompute) -> Flatten -> Dense(2)
        }
    }
}

mod recompute_layer_by_word {
    use shapeflow::prelude::*;

    model! {
        block Part<H, W>(x: [H, W, 4]) -> [H - 4, W - 4, 4] {
            x -> Conv2d(6, 3x3) -> Relu -> Conv2d(4, 3x3) -> Relu
        }
        pub struct Net(image: [8, 8, 4]) -> [2] {
            image -> Part(recompute) -> Flatten -> Dense(2)
        }
    }
}

mod recompute_misspelt {
    use shapeflow::prelude::*;

    model! {
        block Part<H, W, C>(x: [H, W, C]) -> [H, W, C] {
            x -> Conv2d(C, 3x3, padding = same) -> Relu -> Conv2d(C, 3x3, padding = same)
        }
        pub struct Net(image: [8, 8, 4]) -> [2] {
            image -> Part(recompute = true) -> Flatten -> Dense(2)
        }
    }
}

mod recompute_misspelt_word {
    use shapeflow::prelude::*;

    model! {
        block Part<H, W, C>(x: [H, W, C]) -> [H, W, C] {
            x -> Conv2d(C, 3x3, padding = same) -> Relu -> Conv2d(C, 3x3, padding = same)
        }
        pub struct Net(image: [8, 8, 4]) -> [2] {
            image -> Part(recompute) -> Flatten -> Dense(2)
        }
    }
}

mod recompute_nothing {
    use shapeflow::prelude::*;

    model! {
        block Part<H, W, C>(x: [H, W, C]) -> [H, W, C] {
            x -> Conv2d(C, 3x3, padding = same) -> Relu -> Conv2d(C, 3x3, padding = same) -> Relu
        }
        pub struct Net(image: [8, 8, 4]) -> [2] {
            image -> [Part(recompute); 2] -> Flatten -> Dense(2)
        }
    }
}

mod recompute_twice {
    use shapeflow::prelude::*;

    model! {
        block Part<H, W, C>(x: [H, W, C]) -> [H, W, C] {
            x -> Conv2d(C, 3x3, padding = same) -> Relu -> Conv2d(C, 3x3, padding = same)
        }
        pub struct Net(image: [8, 8, 4]) -> [2] {
            image -> Part(recompute) -> Flatten -> Dense(2)
        }
    }
}

mod relu_twice {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(8) -> Relu -> Dense(2)
        }
    }
}

mod repeat_as_product {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> [Dense(4) -> Relu; 3] -> Dense(2)
        }
    }
}

mod repeat_changes_shape {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [8, 8, 1]) -> [2] {
            image -> [MaxPool2d(2, padding = same); 4] -> Flatten -> Dense(2)
        }
    }
}

mod repeat_count_huge {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [4] {
            features -> [Dense(4); 10]
        }
    }
}

mod repeat_count_negative {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> [Dense(4); 1] -> Dense(2)
        }
    }
}

mod repeat_count_not_whole {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [4] {
            features -> [Dense(4); 3]
        }
    }
}

mod repeat_count_zero {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [4] {
            features -> [Dense(4); 1]
        }
    }
}

mod repeat_of_range {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> [Dense(4); 3] -> Dense(2)
        }
    }
}

mod repeat_turned_round {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> [Dense(4) -> Relu; 3] -> Dense(2)
        }
    }
}

mod repeat_with_comma {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> [Dense(4); 3] -> Dense(2)
        }
    }
}

mod required_by_name {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2)
        }
    }
}

mod reserved_name {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> matching: Dense(2)
        }
    }
}

mod reserved_name_of_stage {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> type_: Dense(2)
        }
    }
}

mod reshape_rest_does_not_divide {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [12]) -> [2] {
            features -> Reshape([6, -1]) -> Flatten -> Dense(2)
        }
    }
}

mod reshape_size {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [12]) -> [3, 4] {
            features -> Reshape([3, 4]) -> Dense(4)
        }
    }
}

mod reshape_without_list {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Reshape([2, 2, 1]) -> Flatten -> Dense(2)
        }
    }
}

mod residual_differs {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [32, 32, 16]) -> [10] {
            let y = image -> Conv2d(32, 3x3, padding = same) -> Relu -> Conv2d(16, 1x1);
            (image + y) -> GlobalAvgPool -> Dense(10)
        }
    }
}

mod residual_without_padding {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [32, 32, 16]) -> [10] {
            let y = image -> Conv2d(16, 3x3, padding = same) -> Relu;
            (image + y) -> GlobalAvgPool -> Dense(10)
        }
    }
}

mod self_in_body {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2)
        }
    }
}

mod semicolon_after_result {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2)
        }
    }
}

mod semicolon_after_struct {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2)
        }
    }
}

mod sequential {
    use shapeflow::prelude::*;

    model! {
        struct Name(input: [784]) -> [10] { input -> Dense(10) }
    }
}

mod shape_of_layer {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            let hidden = Dense(8);
            (features -> hidden) + (features -> Dense(8)) -> Dense(2)
        }
    }
}

mod shape_of_let_layer {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [8] {
            let wide = Dense(8);
            features -> wide
        }
    }
}

mod shared_weights_differ {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(a: [4], b: [5]) -> [2] {
            let embed = Dense(2);
            let embed2 = Dense(2);
            (a -> embed) + (b -> embed2)
        }
    }
}

mod size_of_struct {
    use shapeflow::prelude::*;

    model! {
        const SIZE: usize = 64;
        pub struct Net(x: [SIZE]) -> [2] {
            x -> Dense(2)
        }
    }
}

mod sizes_at_use_of_block {
    use shapeflow::prelude::*;

    model! {
        block Mlp<C>(x: [C]) -> [C] {
            x -> Dense(C) -> Relu
        }
        pub struct Net(features: [4]) -> [2] {
            features -> Mlp -> Dense(2)
        }
    }
}

mod softmax_before_softmax {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2) -> Softmax
        }
    }
}

mod softmax_of_one {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [1] {
            features -> Dense(1) -> Sigmoid
        }
    }
}

mod spaced_arrow {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2)
        }
    }
}

mod static_item {
    use shapeflow::prelude::*;

    model! {
        const HIDDEN: usize = 8;
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(HIDDEN) -> Dense(2)
        }
    }
}

mod stride_by_position {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [32, 32, 3]) -> [2] {
            image -> Conv2d(8, 3x3, stride = 2) -> Flatten -> Dense(2)
        }
    }
}

mod stride_of_pool_by_position {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [32, 32, 3]) -> [2] {
            image -> MaxPool2d(2) -> Flatten -> Dense(2)
        }
    }
}

mod stride_zero {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [8, 8, 4]) -> [2] {
            image -> Conv2d(4, 3x3, stride = 1) -> Flatten -> Dense(2)
        }
    }
}

mod struct_of_rust {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(input: [784]) -> [10] {
            input -> hidden: Dense(8) -> last: Dense(10)
        }
    }
}

mod symbolic_dimension {
    use shapeflow::prelude::*;

    model! {
        const T: usize = 64;
        pub struct Net(x: [T]) -> [T] {
            x -> Dense(T)
        }
    }
}

mod three_syntax_mistakes {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [28, 28, 1]) -> [10] {
            image
                -> Conv2d(8, 3x3)
                -> Dropout(0.5) -> Relu
                -> Flatten -> Dense(10)
        }
    }
}

mod too_few_results {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> (score: [1], class: [5]) {
            let score = features -> Dense(1);
            let class = features -> Dense(5);
            (score, class)
        }
    }
}

mod too_large {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [1000, 1000, 10]) -> [10] {
            image -> GlobalAvgPool -> Dense(10)
        }
    }
}

mod too_many_arguments {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2, bias = false)
        }
    }
}

mod too_many_axes {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [1 * 2, 3, 4, 5, 6, 7]) -> [2] {
            features -> Flatten -> Dense(2)
        }
    }
}

mod too_many_results {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> (score: [1], class: [5]) {
            (features -> Dense(1), features -> Dense(5))
        }
    }
}

mod too_many_stages {
    use shapeflow::prelude::*;

    model! {
        block Ten<C>(x: [C]) -> [C] {
            x -> [Relu -> Tanh; 10]
        }
        pub struct Net(features: [4]) -> [4] {
            features -> [Ten; 10]
        }
    }
}

mod tuple_as_stage {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> (first: [2], second: [2]) {
            (features -> Dense(2), features -> Dense(2))
        }
    }
}

mod two_mistakes_in_two_models {
    use shapeflow::prelude::*;

    model! {
        pub struct First(features: [4]) -> [2] {
            features -> Dense(2)
        }
        pub struct Second(features: [4]) -> [2] {
            features -> Dense(2)
        }
    }
}

mod two_names {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> first: Dense(2)
        }
    }
}

mod two_names_for_one_value {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            let a = features -> Dense(4);
            a -> Dense(2)
        }
    }
}

mod two_results_in_body {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> (first: [3], second: [2]) {
            let first = features -> Dense(3);
            (first, features -> Dense(2))
        }
    }
}

mod type_as_name_of_network {
    use shapeflow::prelude::*;

    model! {
        pub struct F32(features: [4]) -> [2] {
            features -> Dense(8) -> Relu -> Dense(2)
        }
    }
}

mod unclosed_dimensions {
    use shapeflow::prelude::*;

    model! {
        block Wide<C>(x: [C]) -> [2 * C] {
            x -> Dense(2 * C)
        }
        pub struct Net(features: [4]) -> [8] {
            features -> Wide
        }
    }
}

mod uniform_bounds_exchanged {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2, init = uniform(-0.1, 0.1))
        }
    }
}

mod units_as_decimal {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [3] {
            features -> Dense(3)
        }
    }
}

mod units_as_stage {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(128) -> Dense(2)
        }
    }
}

mod units_as_string {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2)
        }
    }
}

mod units_negative {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(8) -> Dense(2)
        }
    }
}

mod units_zero {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(1) -> Dense(2)
        }
    }
}

mod unknown_item {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] { features -> Dense(2) }
    }
}

mod unknown_number_suffix {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2)
        }
    }
}

mod unused_input {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4], _extra: [3]) -> [2] {
            features -> Dense(2)
        }
    }
}

mod unused_let {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            let _hidden = features -> Dense(8) -> Relu;
            features -> Dense(2)
        }
    }
}

mod unused_value {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            let hidden = features -> Dense(8);
            hidden -> Dense(2)
        }
    }
}

mod upsample_by_decimal {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [8, 8, 1]) -> [16, 16, 1] {
            image -> Upsample2d(2)
        }
    }
}

mod value_as_number {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dropout(0.5) -> Dense(2)
        }
    }
}

mod value_as_stage {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(a: [4], b: [4]) -> [4] {
            (a, b) -> Concat(axis = -1) -> Dense(4)
        }
    }
}

mod weights_too_large {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [32, 32, 3]) -> [2] {
            image -> Flatten -> Dense(99) -> Dense(2)
        }
    }
}

mod where_without_condition {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2)
        }
    }
}

mod where_without_dimension {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2)
        }
    }
}

mod window_larger_than_picture {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [4, 4, 3]) -> [2] {
            image -> MaxPool2d(8, padding = same) -> Flatten -> Dense(2)
        }
    }
}

mod wrong_model_is_still_a_type {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [4]) -> [2] {
            features -> Dense(2)
        }
    }

    pub fn main() -> Result<(), Box<dyn std::error::Error>> {
        let network = Net::new(1);
        network.save("net.safetensors")?;
        println!("{}", Net::PARAMETERS);
        Ok(())
    }
}

mod outer_const_stride_too_large {
    use shapeflow::prelude::*;

    const STRIDE: usize = 2;

    model! {
        pub struct Net(image: [8, 8, 3]) -> [2] {
            image -> Conv2d(4, 3x3, stride = STRIDE) -> GlobalAvgPool -> Dense(2)
        }
    }
}

mod outer_const_units_too_large {
    use shapeflow::prelude::*;

    const UNITS: usize = 1 << 5;

    model! {
        pub struct Net(features: [8]) -> [2] {
            features -> Dense(2 * UNITS + 1) -> Relu -> Dense(2)
        }
    }
}

mod outer_const_weight_too_large {
    use shapeflow::prelude::*;

    const UNITS: usize = 1 << 10;

    model! {
        pub struct Net(features: [8]) -> [2] {
            features -> Dense(UNITS) -> Relu -> Dense(2)
        }
    }
}

mod outer_const_input_too_large {
    use shapeflow::prelude::*;

    const SIZE: usize = 28;

    model! {
        pub struct Net(image: [SIZE, SIZE]) -> [2] {
            image -> Flatten -> Dense(2)
        }
    }
}

mod outer_const_infinite {
    use shapeflow::prelude::*;

    const SCALE: f32 = 1.0 / 0.5;

    model! {
        pub struct Net(features: [8]) -> [2] {
            features * SCALE -> Dense(2)
        }
    }
}

mod outer_const_rate_nan {
    use shapeflow::prelude::*;

    const RATE: f32 = 0.5;

    model! {
        pub struct Net(features: [8]) -> [2] {
            features -> Dropout(RATE) -> Dense(2)
        }
    }
}

mod outer_const_epsilon_infinite {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [8]) -> [2] {
            features -> LayerNorm -> Dense(2)
        }
    }
}

mod outer_const_init_infinite {
    use shapeflow::prelude::*;

    const DEVIATION: f32 = 0.1;

    model! {
        pub struct Net(features: [8]) -> [2] {
            features -> Dense(2, init = normal(DEVIATION))
        }
    }
}

mod stride_too_large {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [8, 8, 3]) -> [2] {
            image -> Conv2d(4, 3x3, stride = 2) -> GlobalAvgPool -> Dense(2)
        }
    }
}

mod padding_of_a_million {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [8, 8, 3]) -> [2] {
            image -> Pad(1) -> GlobalAvgPool -> Dense(2)
        }
    }
}

mod factor_beyond_f32 {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(features: [8]) -> [2] {
            features * 1e4 -> Dense(2)
        }
    }
}

mod too_many_operations {
    use shapeflow::prelude::*;

    model! {
        pub struct Net(image: [16384, 16384, 1]) -> [2] {
            image -> Conv2d(1, 3x3, padding = same) -> GlobalAvgPool -> Dense(2)
        }
    }
}

fn main() {}
