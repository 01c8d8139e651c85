//! What tensors of images can do: (batch, height, width, channels).

use super::Tensor;
use crate::element::Element;
use crate::ops;

impl<T: Element> Tensor<'_, T> {
    /// y[n, i, j, o] = f(b_o + sum_{h, w, c} x[n, s i + d h - p, s j + d w - p, c] W[h, w, c, o]), 0 beyond the edges.
    ///
    /// Images are (batch, height, width, channels), W is (height, width, channels, outputs), b (outputs); s and p are
    /// [`Stride`](crate::Stride), and d is 1 unless [`ConvOptions`](crate::ConvOptions) say otherwise (LeCun et al. 1989). Where these have groups,
    /// W is (height, width, channels / groups, outputs), and the outputs of a group see the channels of that group.
    #[must_use]
    pub fn conv2d(
        self,
        weight: Self,
        bias: Self,
        options: impl Into<ops::ConvOptions>,
        activation: ops::Activation,
    ) -> Self {
        let (ids, options) = ([self.id, weight.id, bias.id], options.into());
        self.tape
            .record("conv2d", |work| ops::conv::conv2d(work, ids, options, activation))
    }

    /// y[n, s i + d h - p, s j + d w - p, o] = f(b_o + sum x[n, i, j, c] W[h, w, c, o]) over all i, j, h, w that lead there.
    ///
    /// The transpose of a convolution as a linear map, for decoders (Dumoulin & Visin 2016); the output's sides are
    /// s (side - 1) - 2 p + d (kernel - 1) + 1 + `extra`, with `extra` below the stride. W and groups are those of
    /// [`conv2d`](Self::conv2d).
    #[must_use]
    pub fn conv2d_transpose(
        self,
        weight: Self,
        bias: Self,
        options: impl Into<ops::ConvOptions>,
        extra: [usize; 2],
        activation: ops::Activation,
    ) -> Self {
        let (ids, options) = ([self.id, weight.id, bias.id], options.into());
        self.tape.record("conv2d_transpose", |work| {
            ops::conv::conv2d_transpose(work, ids, options, extra, activation)
        })
    }

    /// The largest number of every window, channel by channel; padding counts for nothing.
    ///
    /// A gradient goes to the first of equals. Padding is at most half a window.
    #[must_use]
    pub fn max_pool2d(self, size: [usize; 2], stride: ops::Stride) -> Self {
        self.tape
            .record("max_pool2d", |work| ops::pool::max(work, self.id, size, stride))
    }

    /// The mean of every window, channel by channel; padding counts as zeros, as PyTorch has it unless told otherwise.
    ///
    /// The mean over whole images is `reshape(&[batch, places, channels]).mean_axis(1)`.
    #[must_use]
    pub fn mean_pool2d(self, size: [usize; 2], stride: ops::Stride) -> Self {
        self.tape
            .record("mean_pool2d", |work| ops::pool::mean(work, self.id, size, stride))
    }
}
