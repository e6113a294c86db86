//! Mistakes of `tests/ui`, each put right by following its help; the comment names the case.

use shapeflow::prelude::*;

// flatten_forgotten
model! {
    pub struct FlattenForgotten(image: [28, 28, 1]) -> [10] {
        image -> Conv2d(8, 3x3) -> Relu -> Flatten -> Dense(10)
    }
}

// picture_without_channels
model! {
    pub struct PictureWithoutChannels(image: [28, 28]) -> [10] {
        image -> Reshape([28, 28, 1]) -> Conv2d(8, 3x3) -> Flatten -> Dense(10)
    }
}

// residual_differs
model! {
    pub struct ResidualDiffers(image: [32, 32, 16]) -> [10] {
        let y = image -> Conv2d(32, 3x3, padding = same) -> Relu -> Conv2d(16, 1x1);
        (image + y) -> GlobalAvgPool -> Dense(10)
    }
}

// residual_without_padding
model! {
    pub struct ResidualWithoutPadding(image: [32, 32, 16]) -> [10] {
        let y = image -> Conv2d(16, 3x3, padding = same) -> Relu;
        (image + y) -> GlobalAvgPool -> Dense(10)
    }
}

// odd_size_halved
model! {
    block Half<H, W, C>(x: [H, W, C]) -> [H / 2, W / 2, C] {
        x -> MaxPool2d(2)
    }
    pub struct OddSizeHalved(image: [28, 28, 1]) -> [4, 4, 1] {
        image -> [Half; 2] -> Pad([[0, 1], [0, 1]]) -> Half
    }
}

// kernel_larger_than_picture
model! {
    pub struct KernelLargerThanPicture(image: [4, 4, 3]) -> [2] {
        image -> Conv2d(8, 5x5, padding = same) -> Flatten -> Dense(2)
    }
}

// groups_do_not_divide_channels
model! {
    pub struct GroupsDoNotDivideChannels(image: [8, 8, 3]) -> [2] {
        image -> Conv2d(9, 3x3, groups = 3) -> Flatten -> Dense(2)
    }
}

// groups_do_not_divide_norm
model! {
    pub struct GroupsDoNotDivideNorm(image: [8, 8, 6]) -> [2] {
        image -> GroupNorm(3) -> Flatten -> Dense(2)
    }
}

// depthwise_filters, depthwise_and_groups
model! {
    pub struct DepthwiseFilters(image: [8, 8, 4]) -> [2] {
        image -> Conv2d(4, 3x3, depthwise) -> Flatten -> Dense(2)
    }
}

// reshape_size
model! {
    pub struct ReshapeSize(features: [12]) -> [3, 4] {
        features -> Reshape([3, 4]) -> Dense(4)
    }
}

// declared_output_differs, alias_linear, alias_relu, missing_arrow
model! {
    pub struct DeclaredOutputDiffers(features: [4]) -> [10] {
        features -> Dense(8) -> Relu -> Dense(10)
    }
}

// alias_strides, misspelt_padding, missing_comma
model! {
    pub struct AliasStrides(image: [28, 28, 1]) -> [10] {
        image -> Conv2d(8, 3x3, stride = 2, padding = same) -> Flatten -> Dense(10)
    }
}

// alias_use_bias, alias_name, colon_in_argument, misspelt_init
model! {
    pub struct AliasUseBias(features: [4]) -> [2] {
        features -> head: Dense(2, bias = false, init = he_normal)
    }
}

// missing_zero, dropout_in_percent
model! {
    pub struct MissingZero(features: [4]) -> [2] {
        features -> Dropout(0.5) -> Dense(2)
    }
}

// softmax_of_one
model! {
    pub struct SoftmaxOfOne(features: [4]) -> [1] {
        features -> Dense(1) -> Sigmoid
    }
}

// concat_axis, concat_axis_by_position, concat_of_one, value_as_stage
model! {
    pub struct ConcatAxis(a: [8], b: [8]) -> [16] {
        (a, b) -> Concat(axis = -1) -> Dense(16)
    }
}

// tuple_as_stage, too_many_results, too_few_results, missing_name_of_outputs
model! {
    pub struct TupleAsStage(features: [4]) -> (score: [1], class: [5]) {
        (features -> Dense(1), features -> Dense(5))
    }
}

// operator_in_stage, alias_add
model! {
    pub struct OperatorInStage(features: [4]) -> [2] {
        (features -> Dense(2)) + (features -> Dense(2))
    }
}

// missing_semicolon, semicolon_after_result, let_mut, missing_result
model! {
    pub struct MissingSemicolon(features: [4]) -> [4] {
        let hidden = features -> Dense(4);
        hidden + features
    }
}

// missing_type_of_const, symbolic_dimension, missing_count
model! {
    const WIDTH: usize = 4;
    pub struct MissingTypeOfConst(features: [4]) -> [WIDTH] {
        features -> [Dense(WIDTH); 2]
    }
}

// block_dimension_unsolved, missing_parameter, misspelt_parameter
model! {
    block Wide<C>(x: [C], factor: usize) -> [factor * C] {
        x -> Dense(factor * C)
    }
    pub struct BlockDimensionUnsolved(features: [4]) -> [8] {
        features -> Wide(factor = 2)
    }
}

// unused_input
model! {
    pub struct UnusedInput(features: [4], _extra: [3]) -> [2] {
        features -> Dense(2)
    }
}

// bias_before_norm
model! {
    pub struct BiasBeforeNorm(features: [4]) -> [2] {
        features -> Dense(8, bias = false) -> BatchNorm -> Relu -> Dense(2)
    }
}

fn main() {
    let shapes_fit = DeclaredOutputDiffers::PARAMETERS;
    assert_eq!(shapes_fit, 4 * 8 + 8 + 8 * 10 + 10);
}
