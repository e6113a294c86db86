//! How a file's tensors lie, where the file itself can't say.

/// In which layout, and under which names, a file has its tensors.
///
/// A file that Shapeflow wrote says so, and [`load`](super::load) checks what it says. For a file of another program, or where what the
/// file says shall not count, the layout is given with [`load_from`](super::load_from):
///
/// ```no_run
/// # use shapeflow_runtime::{engine::Network, weights::{self, Layout, WeightsError}};
/// # fn f(net: &mut dyn Network) -> Result<(), WeightsError> {
/// weights::load_from(net, "resnet18.safetensors", Layout::PyTorch)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Layout {
    /// Names, shapes and layout of the model: `Dense` as `[in, out]`, convolutions as `[height, width, in, out]`.
    ///
    /// Names and shapes alone decide: that the file was written by a network of the same layers isn't checked.
    Shapeflow,
    /// What `safetensors.torch.save_file(model.state_dict(), ..)` writes, for a model whose layers have the names that they have in
    /// PyTorch.
    ///
    /// | layer | PyTorch | tensors |
    /// |---|---|---|
    /// | `Dense` | `Linear` | `weight` `[out, in]` is transposed |
    /// | `Conv2d` | `Conv2d` | `weight` `[out, in / groups, height, width]` becomes `[height, width, in / groups, out]` |
    /// | `ConvTranspose2d` | `ConvTranspose2d` | `weight` `[in, out / groups, height, width]` becomes `[height, width, in, out / groups]` |
    /// | `BatchNorm` | `BatchNorm1d`, `BatchNorm2d` | `weight`, `bias`, `running_mean`, `running_var` are `scale`, `shift`, `running_mean`, `running_variance`; `num_batches_tracked` isn't needed |
    /// | `LayerNorm`, `GroupNorm`, `RmsNorm` | the same | `weight`, `bias` are `scale`, `shift` |
    ///
    /// PyTorch's pictures have their channels first, and `Flatten` lays them out in that order. What comes after a `Flatten` of a picture
    /// is put into Shapeflow's order, so that the network gives what PyTorch's gives for the same picture. Where that can't be known
    /// (after `Reshape` or `Permute` of a picture) the file is refused.
    ///
    /// A file doesn't hold the settings of layers, such as strides. The one that is easily missed is checked: norms must have PyTorch's
    /// epsilon of 1e-5, as in `BatchNorm(epsilon = 1e-5)`; for networks that were trained with another one see
    /// [`Layout::PyTorchEpsilon`]. `momentum` counts the other way round: PyTorch's 0.1 is 0.9 here, and matters for more training only.
    PyTorch,
    /// As [`Layout::PyTorch`], for a network whose norms all have this epsilon.
    PyTorchEpsilon(f32),
}
