//! Convolutions and pools: gradients, threads, and what goes wrong.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod common;

use common::{check, same_bits};
use induce_core::parallel::Team;
use induce_tensor::{Activation, ConvOptions, Parameters, Stride, Tape, Workspace};

/// Few channels are written another way than many: both at once, a product of this many and one of few.
const MANY: usize = 17;

/// Batch, height, width, channels; kernel height and width, outputs; stride, padding.
type Case = ([usize; 4], [usize; 3], [usize; 2], [usize; 2]);

const CASES: [Case; 9] = [
    ([2, 4, 4, 2], [3, 3, 3], [1, 1], [1, 1]),
    ([2, 5, 3, 1], [2, 3, 2], [1, 1], [0, 0]),
    ([1, 6, 6, 3], [4, 4, 2], [2, 2], [1, 1]),
    ([1, 5, 7, 2], [3, 2, 3], [2, 3], [0, 1]),
    ([1, 4, 5, 1], [1, 1, 2], [3, 2], [0, 0]),
    ([1, 3, 3, 3], [3, 3, 3], [1, 1], [2, 2]),
    ([1, 1, 1, 1], [1, 1, 1], [1, 1], [0, 0]),
    ([1, 1, 1, 2], [3, 3, 1], [2, 2], [2, 1]),
    ([0, 4, 4, 1], [2, 2, 2], [1, 1], [0, 0]),
];

#[test]
fn convolutions() {
    for (image, [h, w, outputs], stride, padding) in CASES {
        let shapes: [&[usize]; 3] = [&image, &[h, w, image[3], outputs], &[outputs]];
        let steps = Stride { stride, padding };
        check("conv2d", &shapes, |x| {
            x[0].conv2d(x[1], x[2], steps, Activation::Tanh)
        });
        check("conv2d twice", &shapes, |x| {
            let y = x[0].conv2d(x[1], x[2], steps, Activation::Identity);
            y * x[0].conv2d(x[1], x[2], steps, Activation::Sigmoid)
        });
    }
}

#[test]
fn transposed_convolutions() {
    for (image, [h, w, outputs], stride, padding) in CASES {
        for more in [0, 1] {
            let extra = stride.map(|s| more.min(s - 1));
            let shapes: [&[usize]; 3] = [&image, &[h, w, image[3], outputs], &[outputs]];
            let steps = Stride { stride, padding };
            let side = |a: usize, k: usize| {
                (stride[a] * (image[a + 1] - 1) + k + extra[a]).checked_sub(2 * padding[a])
            };
            if side(0, h).is_none() || side(1, w).is_none() {
                continue;
            }
            check("conv2d_transpose", &shapes, |x| {
                x[0].conv2d_transpose(x[1], x[2], steps, extra, Activation::Tanh)
            });
        }
    }
}

#[test]
fn convolutions_between_many_channels() {
    for (image, [h, w, _], stride, padding) in [CASES[1], CASES[3], CASES[7]] {
        let few = [image[0], image[1].min(3), image[2].min(3), 1];
        let Some(_) = (0..2)
            .map(|a| (few[a + 1] + 2 * padding[a]).checked_sub([h, w][a]))
            .min()
            .flatten()
        else {
            continue;
        };
        let shapes: [&[usize]; 4] = [&few, &[1, 1, 1, MANY], &[MANY], &[h, w, MANY, MANY]];
        let steps = Stride { stride, padding };
        check("conv2d of many channels", &shapes, |x| {
            let many = x[0].conv2d(x[1], x[2], Stride::default(), Activation::Tanh);
            many.conv2d(x[3], x[2], steps, Activation::Identity)
        });
        check("conv2d_transpose of many channels", &shapes, |x| {
            let many = x[0].conv2d(x[1], x[2], Stride::square(1, 0), Activation::Tanh);
            many.conv2d_transpose(
                x[3],
                x[2],
                Stride {
                    stride,
                    padding: [0, 0],
                },
                [0, 0],
                Activation::Identity,
            )
        });
    }
}

/// Of the image, the kernel, and dilation and groups.
const APART: [([usize; 4], [usize; 3], ConvOptions); 6] = [
    ([1, 5, 6, 2], [2, 3, 2], taps([1, 1], [1, 2], [2, 2], 1)),
    ([1, 7, 5, 1], [3, 2, 2], taps([2, 3], [2, 1], [3, 2], 1)),
    ([1, 6, 6, 1], [2, 2, 1], taps([4, 2], [1, 2], [2, 4], 1)),
    ([2, 4, 4, 4], [3, 3, 2], taps([1, 1], [1, 1], [1, 1], 2)),
    ([1, 5, 5, 3], [2, 2, 6], taps([2, 1], [1, 1], [1, 3], 3)),
    ([1, 3, 3, 2], [1, 1, 4], taps([3, 3], [1, 1], [5, 5], 2)),
];

const fn taps(stride: [usize; 2], padding: [usize; 2], dilation: [usize; 2], groups: usize) -> ConvOptions {
    ConvOptions {
        stride: Stride { stride, padding },
        dilation,
        groups,
    }
}

#[test]
fn convolutions_of_taps_apart_and_of_groups() {
    for (image, [h, w, outputs], taps) in APART {
        let weights = [h, w, image[3] / taps.groups, outputs];
        let shapes: [&[usize]; 3] = [&image, &weights, &[outputs]];
        check("conv2d", &shapes, |x| {
            x[0].conv2d(x[1], x[2], taps, Activation::Tanh)
        });
        check("conv2d_transpose", &shapes, |x| {
            let y = x[0].conv2d_transpose(x[1], x[2], taps, [0, 0], Activation::Tanh);
            y * x[0].conv2d_transpose(x[1], x[2], taps, [0, 0], Activation::Identity)
        });
    }
    let apart = taps([2, 2], [2, 2], [3, 1], 4);
    let shapes: [&[usize]; 3] = [&[8, 16, 16, 20], &[4, 4, 5, 24], &[24]];
    same_bits("conv2d in groups", &shapes, |x| {
        x[0].conv2d(x[1], x[2], apart, Activation::Relu)
    });
    same_bits("conv2d_transpose in groups", &shapes, |x| {
        x[0].conv2d_transpose(x[1], x[2], apart, [1, 1], Activation::Relu)
    });
}

#[test]
fn convolutions_are_the_same_on_any_team() {
    let shapes: [&[usize]; 3] = [&[8, 16, 16, 20], &[4, 4, 20, 24], &[24]];
    same_bits("conv2d", &shapes, |x| {
        x[0].conv2d(x[1], x[2], Stride::square(2, 1), Activation::Relu)
    });
    same_bits("conv2d_transpose", &shapes, |x| {
        x[0].conv2d_transpose(x[1], x[2], Stride::square(2, 1), [0, 0], Activation::Relu)
    });
    let shapes: [&[usize]; 3] = [&[8, 16, 16, 3], &[3, 3, 3, 3], &[3]];
    same_bits("conv2d of few channels", &shapes, |x| {
        x[0].conv2d(x[1], x[2], Stride::square(1, 1), Activation::Relu)
    });
    same_bits("conv2d_transpose of few channels", &shapes, |x| {
        x[0].conv2d_transpose(x[1], x[2], Stride::square(2, 1), [1, 1], Activation::Relu)
    });
}

#[test]
fn pools() {
    let cases: [([usize; 4], [usize; 2], Stride); 5] = [
        ([2, 4, 4, 3], [2, 2], Stride::square(2, 0)),
        ([1, 5, 4, 2], [3, 2], Stride::square(1, 1)),
        ([1, 5, 7, 1], [3, 3], Stride::square(2, 1)),
        ([1, 1, 1, 1], [1, 1], Stride::default()),
        ([0, 3, 3, 2], [2, 2], Stride::default()),
    ];
    for (image, size, steps) in cases {
        check("max_pool2d", &[&image], |x| {
            x[0].max_pool2d(size, steps) * x[0].max_pool2d(size, steps)
        });
        check("mean_pool2d", &[&image], |x| {
            x[0].mean_pool2d(size, steps).square()
        });
    }
    let image: [&[usize]; 1] = [&[8, 20, 20, 10]];
    same_bits("max_pool2d", &image, |x| {
        x[0].max_pool2d([3, 3], Stride::square(2, 1))
    });
    same_bits("mean_pool2d", &image, |x| {
        x[0].mean_pool2d([3, 3], Stride::square(2, 1))
    });
}

#[test]
fn what_does_not_fit_is_said() {
    let parameters = Parameters::<f32>::default();
    let (mut workspace, team) = (Workspace::default(), Team::alone());
    let mut says_of = |kernel: [usize; 4], steps: ConvOptions, back: bool| {
        let tape = Tape::new(&mut workspace, &parameters, &team);
        let _scope = tape.scope("encoder");
        let x = tape.input(&[1, 4, 4, 2], &[0.0; 32]);
        let weight = tape.input(&kernel, &vec![0.0; kernel.iter().product()]);
        let bias = tape.input(&[kernel[3]], &vec![0.0; kernel[3]]);
        let _ = if back {
            x.conv2d_transpose(weight, bias, steps, [0, 0], Activation::Relu)
        } else {
            x.conv2d(weight, bias, steps, Activation::Relu)
        };
        tape.check().unwrap_err().to_string()
    };
    let wrong = says_of([3, 3, 1, 3], taps([1, 1], [0, 0], [1, 1], 2), false);
    assert!(
        wrong.contains("2 groups") && wrong.contains("(3, 3, 1, 3)"),
        "{wrong}"
    );
    for groups in [0, 3, usize::MAX] {
        assert!(says_of([3, 3, 1, 3], taps([1, 1], [0, 0], [1, 1], groups), true).contains("groups"));
    }
    for dilation in [0, 4, usize::MAX] {
        let wide = taps([1, 1], [0, 0], [dilation; 2], 1);
        assert!(says_of([3, 3, 2, 1], wide, false).contains("dilation"));
    }
    let mut says = |kernel, steps: Stride, back| says_of(kernel, steps.into(), back);
    let wrong = says([3, 3, 5, 1], Stride::default(), false);
    for part in ["conv2d", "encoder", "(3, 3, 5, 1)", "(1, 4, 4, 2)"] {
        assert!(wrong.contains(part), "{wrong}");
    }
    assert!(says([7, 3, 2, 1], Stride::default(), false).contains("7 x 3"));
    assert!(says([3, 3, 2, 1], Stride::square(0, 0), false).contains("stride"));
    assert!(says([3, 3, 2, 1], Stride::square(1, 9), true).contains("padding"));
    assert!(says([3, 3, 2, 1], Stride::square(0, 0), true).contains("stride"));
    assert!(says([3, 3, 2, 0], Stride::default(), false).contains("(3, 3, 2, 0)"));
    assert!(says([3, 3, 2, 1], Stride::square(usize::MAX, usize::MAX), true).contains("padding"));
}
