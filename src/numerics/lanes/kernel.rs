//! Kernels written where they are run.

/// Runs a body on the instruction set `level`, a [`SimdLevel`](crate::lanes::SimdLevel), like a
/// [`Kernel`](crate::lanes::Kernel) whose fields are the variables that are named.
///
/// It looks like a closure, but is a kernel: a closure can't be inlined always, and what isn't inlined is compiled for the
/// lowest level. So it sees only the variables in its head, each with its type, and is always inlined; so must be all
/// that it calls. A kernel that is generic, or that has methods of its own, is written as a `Kernel`.
///
/// ```
/// use plume_nav_sim::lanes::{F64x8, SimdLevel, kernel};
///
/// let (concentration, mut smelt) = ([F64x8([0.0, 2.0, 1.0, 0.0, 0.0, 0.0, 0.0, 3.0])], [F64x8::ZERO]);
/// let (blocks, concentration, smelt_now) = (&[0], &concentration, &mut smelt);
/// kernel!(SimdLevel::detect(), |blocks: &[usize], concentration: &[F64x8], smelt_now: &mut [F64x8]| {
///     let threshold = F64x8::splat(1.0);
///     for &block in blocks {
///         smelt_now[block] = concentration[block].ge(threshold).to_f64();
///     }
/// });
/// assert_eq!(smelt[0].0, [0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0]);
/// ```
#[macro_export]
macro_rules! kernel {
    ($simd:expr, |$($name:ident: $type:ty),+ $(,)?| $body:block) => {{
        struct Body<T>(T);
        impl $crate::lanes::Kernel for Body<($($type,)+)> {
            type Output = ();
            #[inline(always)]
            fn run(self) {
                let ($($name,)+) = self.0;
                $body
            }
        }
        let arguments: ($($type,)+) = ($($name,)+);
        $simd.run(Body(arguments))
    }};
}

#[cfg(test)]
mod tests {
    use crate::lanes::SimdLevel;

    #[test]
    fn a_kernel_runs_at_every_level_with_what_it_names() {
        for simd in SimdLevel::EVERY {
            let mut sum = 0.0;
            let (values, total) = (&[1.0, 2.0, 3.5], &mut sum);
            kernel!(simd, |values: &[f64], total: &mut f64| {
                *total = values.iter().sum();
            });
            assert_eq!(sum, 6.5);
        }
    }
}
