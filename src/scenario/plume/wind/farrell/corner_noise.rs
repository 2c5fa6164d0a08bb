//! The coloured noise at the corners of the grid.

use super::NoiseForm;
use crate::lanes::{F64x8, Kernel, Random8, SimdLevel, normal_pair};
use crate::random::StreamSeed;

/// Terms of the power series below; with their argument at most 2, the last one is under 10⁻¹⁶ of the sum.
const TERMS: usize = 32;

type Matrix = [[f64; 2]; 2];

/// One step of the noise as a linear recursion: z ← Φ z + L n, with z = (x₀, x₁/ω), both in m/s, and two standard normal
/// numbers n. L is lower triangular.
///
/// The noise is a damped oscillator driven by white noise: x₀' = x₁, x₁' = −ω² x₀ − 2ζω x₁ + G ω² n (Farrell et al. 2002).
/// - [`NoiseForm::Sde`]: n dt = dW. The recursion is exact, Φ = e^{A dt} and L Lᵀ = ∫₀^dt e^{As} B Bᵀ e^{Aᵀs} ds, so
///   the noise's statistics don't depend on dt: sd(x₀) = G √(ω/4ζ), sd(x₁) = ω sd(x₀).
/// - [`NoiseForm::Farrell`]: explicit Euler with a new n in each step, as published. To first order in dt, sd(x₀) is
///   √dt times the above; [`NoiseLaw::sd`] has all orders.
#[derive(Clone, Copy, Debug)]
pub(super) struct NoiseLaw {
    pub(super) transition: Matrix,
    pub(super) kick: Matrix,
    /// Cholesky factor of the stationary covariance.
    pub(super) start: Matrix,
}

impl NoiseLaw {
    /// Gain G, damping ratio ζ, bandwidth ω (rad/s), step (s).
    pub(super) fn new(form: NoiseForm, gain: f64, damping: f64, bandwidth_rad_s: f64, dt_s: f64) -> Self {
        // In units of 1/ω, time runs in steps of τ and the oscillator depends on ζ alone.
        let tau = bandwidth_rad_s * dt_s;
        match form {
            NoiseForm::Sde => {
                let strength = gain * bandwidth_rad_s.sqrt();
                let (transition, covariance) = exact_step(damping, tau);
                let sd = strength * (0.25 / damping).sqrt();
                Self {
                    transition,
                    kick: scaled(cholesky(covariance), strength),
                    start: [[sd, 0.0], [0.0, sd]],
                }
            }
            NoiseForm::Farrell => {
                // The covariance that the recursion itself leaves unchanged.
                let p11 = tau / ((2.0 * damping - tau) * (2.0 - 2.0 * damping * tau + 0.5 * tau * tau));
                let p00 = 0.5 * p11 * (2.0 - 2.0 * damping * tau + tau * tau);
                let p01 = -0.5 * tau * p11;
                Self {
                    transition: [[1.0, tau], [-tau, 1.0 - 2.0 * damping * tau]],
                    kick: [[0.0, 0.0], [0.0, gain * tau]],
                    start: scaled(cholesky([[p00, p01], [p01, p11]]), gain),
                }
            }
        }
    }

    /// No noise, even where a step is too long for it.
    pub(super) fn still() -> Self {
        Self {
            transition: [[0.0; 2]; 2],
            kick: [[0.0; 2]; 2],
            start: [[0.0; 2]; 2],
        }
    }

    /// Stationary standard deviation of a channel, m/s.
    pub(super) fn sd(&self) -> f64 {
        self.start[0][0]
    }
}

/// e^{Aτ} and ∫₀^τ e^{As} B Bᵀ e^{Aᵀs} ds for A = [[0, 1], [−1, −2ζ]], B = (0, 1): their power series in τ. The series
/// keeps the integral's small first entry, τ³/3 + …, accurate, which differences of exponentials wouldn't.
fn exact_step(damping: f64, tau: f64) -> (Matrix, Matrix) {
    let a = [[0.0, 1.0], [-1.0, -2.0 * damping]];
    let mut power = [[1.0, 0.0], [0.0, 1.0]];
    let mut transition = power;
    let mut moment = scaled([[0.0, 0.0], [0.0, 1.0]], tau);
    let mut covariance = moment;
    for term in 1..TERMS {
        power = scaled(product(a, power), tau / term as f64);
        transition = sum(transition, power);
        // The integrand M obeys M' = A M + M Aᵀ; M is symmetric, so the second part is the first one transposed.
        let half = product(a, moment);
        moment = scaled(sum(half, transposed(half)), tau / (term + 1) as f64);
        covariance = sum(covariance, moment);
    }
    (transition, covariance)
}

fn product(a: Matrix, b: Matrix) -> Matrix {
    let entry = |i: usize, j: usize| a[i][0] * b[0][j] + a[i][1] * b[1][j];
    [[entry(0, 0), entry(0, 1)], [entry(1, 0), entry(1, 1)]]
}

fn sum(a: Matrix, b: Matrix) -> Matrix {
    [
        [a[0][0] + b[0][0], a[0][1] + b[0][1]],
        [a[1][0] + b[1][0], a[1][1] + b[1][1]],
    ]
}

fn transposed(a: Matrix) -> Matrix {
    [[a[0][0], a[1][0]], [a[0][1], a[1][1]]]
}

fn scaled(a: Matrix, factor: f64) -> Matrix {
    a.map(|row| row.map(|entry| factor * entry))
}

/// The lower triangular L with L Lᵀ = a.
fn cholesky(a: Matrix) -> Matrix {
    let first = a[0][0].sqrt();
    let below = a[1][0] / first;
    [[first, 0.0], [below, (a[1][1] - below * below).max(0.0).sqrt()]]
}

/// The noise of eight channels, one per lane: x components at the four corners, then y components. Corners are in the
/// order (x_min, y_min), (x_max, y_min), (x_min, y_max), (x_max, y_max).
#[derive(Clone, Debug)]
pub(super) struct CornerNoise {
    law: NoiseLaw,
    value_m_s: F64x8,
    pub(super) slope_m_s: F64x8,
    random: Random8,
}

impl CornerNoise {
    /// In its stationary distribution. Lane i draws from the generator of member i of `seed`: two numbers a step.
    pub(super) fn new(law: NoiseLaw, seed: StreamSeed) -> Self {
        let mut noise = Self {
            law,
            value_m_s: F64x8::ZERO,
            slope_m_s: F64x8::ZERO,
            random: Random8::new(seed, 0),
        };
        let (first, second) = normal_pair(&mut noise.random);
        noise.value_m_s = F64x8::splat(law.start[0][0]) * first;
        noise.slope_m_s = F64x8::splat(law.start[1][0]) * first + F64x8::splat(law.start[1][1]) * second;
        noise
    }

    /// Puts the channels where they are given to begin: x₀ and x₁/ω, m/s. What was drawn for that is left unused, so that
    /// the noise that follows is the same.
    pub(super) fn begin_with(&mut self, value_m_s: F64x8, slope_m_s: F64x8) {
        self.value_m_s = value_m_s;
        self.slope_m_s = slope_m_s;
    }

    /// Deviations from the mean wind, m/s.
    pub(super) fn value_m_s(&self) -> F64x8 {
        self.value_m_s
    }

    /// Moves on by one step.
    pub(super) fn step(&mut self, simd: SimdLevel) {
        simd.run(Step(self));
    }
}

struct Step<'a>(&'a mut CornerNoise);

#[inline(always)]
fn times(factor: f64, lanes: F64x8) -> F64x8 {
    F64x8::splat(factor) * lanes
}

impl Kernel for Step<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self(noise) = self;
        let (first, second) = normal_pair(&mut noise.random);
        let [[t00, t01], [t10, t11]] = noise.law.transition;
        let [[k00, _], [k10, k11]] = noise.law.kick;
        let (value, slope) = (noise.value_m_s, noise.slope_m_s);
        noise.value_m_s = (times(t00, value) + times(t01, slope)) + times(k00, first);
        noise.slope_m_s = (times(t10, value) + times(t11, slope)) + (times(k10, first) + times(k11, second));
    }
}
