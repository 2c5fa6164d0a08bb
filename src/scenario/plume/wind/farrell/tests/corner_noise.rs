//! The corners' noise against the theory of the damped oscillator.

use super::super::NoiseForm;
use super::super::corner_noise::{CornerNoise, NoiseLaw};
use crate::lanes::{Random8, SimdLevel, normal_pair};
use crate::random::StreamSeed;

/// The published sets: gain, damping ratio, bandwidth.
const SETS: [(f64, f64, f64); 3] = [(3.0, 0.071, 0.71), (20.0, 0.1, 0.2), (2.0, 0.1, 0.2)];

/// The standard deviation for dt → 0.
fn theory_sd(form: NoiseForm, (gain, damping, bandwidth): (f64, f64, f64), dt_s: f64) -> f64 {
    let sd = gain * (bandwidth / (4.0 * damping)).sqrt();
    match form {
        NoiseForm::Sde => sd,
        NoiseForm::Farrell => sd * dt_s.sqrt(),
    }
}

#[test]
fn the_stationary_sd_is_that_of_the_theory() {
    for set @ (gain, damping, bandwidth) in SETS {
        for dt_s in [1e-4, 0.01, 0.1] {
            let sd = NoiseLaw::new(NoiseForm::Sde, gain, damping, bandwidth, dt_s).sd();
            assert!((sd / theory_sd(NoiseForm::Sde, set, dt_s) - 1.0).abs() < 1e-14);
            // Explicit Euler weakens the damping: ζ − ω dt/2 instead of ζ, to first order.
            let sd = NoiseLaw::new(NoiseForm::Farrell, gain, damping, bandwidth, dt_s).sd();
            let weakened = damping - 0.5 * bandwidth * dt_s;
            let expected = theory_sd(NoiseForm::Farrell, (gain, weakened, bandwidth), dt_s);
            let tau = bandwidth * dt_s;
            assert!((sd / expected - 1.0).abs() < 0.2 * tau, "{sd} {expected}");
        }
    }
}

/// Φ P Φᵀ + L Lᵀ = P: what the noise starts in is what a step leaves unchanged.
#[test]
fn a_step_leaves_the_stationary_covariance_unchanged() {
    for form in [NoiseForm::Sde, NoiseForm::Farrell] {
        for (gain, damping, bandwidth) in SETS.into_iter().chain([(1.0, 1.0, 2.0), (1.0, 1.7, 0.5)]) {
            for dt_s in [1e-5, 0.01, 0.08] {
                let law = NoiseLaw::new(form, gain, damping, bandwidth, dt_s);
                let square = |a: [[f64; 2]; 2], i: usize, j: usize| a[i][0] * a[j][0] + a[i][1] * a[j][1];
                let moved = {
                    let [t, s] = [law.transition, law.start];
                    let entry = |i: usize, j: usize| t[i][0] * s[0][j] + t[i][1] * s[1][j];
                    [[entry(0, 0), entry(0, 1)], [entry(1, 0), entry(1, 1)]]
                };
                let scale = square(law.start, 0, 0);
                for (i, j) in [(0, 0), (0, 1), (1, 1)] {
                    let after = square(moved, i, j) + square(law.kick, i, j);
                    let error = (after - square(law.start, i, j)).abs() / scale;
                    assert!(error < 1e-13, "{form:?} ({i}, {j}), dt = {dt_s}: {error:e}");
                }
            }
        }
    }
}

/// The exact step against the closed form of the oscillator's free swing, and the noise that a short step adds
/// against the leading terms q (τ³/3, τ²/2, τ).
#[test]
fn the_exact_step_has_the_closed_form() {
    for (damping, tau) in [(0.071_f64, 0.0071_f64), (0.1, 0.5), (0.9, 0.3)] {
        let law = NoiseLaw::new(NoiseForm::Sde, 1.0, damping, 1.0, tau);
        let root = (1.0 - damping * damping).sqrt();
        let (decay, (sine, cosine)) = ((-damping * tau).exp(), (root * tau).sin_cos());
        let expected = [
            [decay * (cosine + damping / root * sine), decay * sine / root],
            [-decay * sine / root, decay * (cosine - damping / root * sine)],
        ];
        for (found, expected) in law.transition.iter().flatten().zip(expected.iter().flatten()) {
            assert!((found - expected).abs() < 1e-15, "{found} {expected}");
        }
    }
    let (tau, law) = (1e-5_f64, NoiseLaw::new(NoiseForm::Sde, 1.0, 0.1, 1.0, 1e-5));
    let [[a, _], [b, c]] = law.kick;
    for (found, expected) in [
        (a * a, tau.powi(3) / 3.0),
        (a * b, tau.powi(2) / 2.0),
        (b * b + c * c, tau),
    ] {
        assert!((found / expected - 1.0).abs() < 1e-5, "{found} {expected}");
    }
}

/// Farrell's form is the published recursion, typed again, on the same random numbers.
#[test]
fn farrells_form_is_the_published_recursion() {
    let ((gain, damping, bandwidth), dt_s) = (SETS[0], 0.01);
    let mut noise = CornerNoise::new(
        NoiseLaw::new(NoiseForm::Farrell, gain, damping, bandwidth, dt_s),
        StreamSeed(3),
    );
    let mut random = Random8::new(StreamSeed(3), 0);
    normal_pair(&mut random);
    let start = noise.clone();
    for lane in 0..8 {
        let mut random = random.clone();
        noise = start.clone();
        let (mut x0, mut x1) = (noise.value_m_s().0[lane], bandwidth * noise.slope_m_s.0[lane]);
        for _ in 0..200 {
            let n = normal_pair(&mut random).1.0[lane];
            let acceleration = -bandwidth.powi(2) * x0 - 2.0 * damping * bandwidth * x1 + gain * bandwidth.powi(2) * n;
            (x0, x1) = (x0 + dt_s * x1, x1 + dt_s * acceleration);
            noise.step(SimdLevel::detect());
            assert!((noise.value_m_s().0[lane] - x0).abs() < 1e-13);
        }
    }
}

/// Variance, autocorrelation and equality of the channels over 600 realisations of 8 channels. The autocorrelation of a
/// damped oscillator is ρ(t) = e^{−ζωt} (cos ω_d t + ζ/√(1−ζ²) sin ω_d t), ω_d = ω √(1−ζ²). Standard errors for n
/// normal pairs: variance √(2/n), covariance √((1 + ρ²)/n). 2 forms × (2 variances + 3 covariances) at 4.5 standard
/// errors give a false alarm with probability 7·10⁻⁵; the seeds are fixed, so it always does or never.
#[test]
fn variance_and_autocorrelation_are_those_of_a_damped_oscillator() {
    let ((gain, damping, bandwidth), dt_s) = (SETS[0], 0.01_f64);
    let lags = [100_usize, 300, 500];
    for form in [NoiseForm::Sde, NoiseForm::Farrell] {
        let law = NoiseLaw::new(form, gain, damping, bandwidth, dt_s);
        let (mut first, mut last, mut products, mut n) = (0.0, 0.0, [0.0; 3], 0.0);
        for seed in 0..600 {
            let mut noise = CornerNoise::new(law, StreamSeed(seed));
            let start = noise.value_m_s();
            let mut step = 0;
            for (lag, product) in lags.iter().zip(&mut products) {
                while step < *lag {
                    noise.step(SimdLevel::detect());
                    step += 1;
                }
                *product += start.0.iter().zip(noise.value_m_s().0).map(|(a, b)| a * b).sum::<f64>();
            }
            first += start.0.iter().map(|x| x * x).sum::<f64>();
            last += noise.value_m_s().0.iter().map(|x| x * x).sum::<f64>();
            n += 8.0;
        }
        let variance = law.sd() * law.sd();
        for found in [first, last] {
            let found = found / n / variance;
            assert!(
                (found - 1.0).abs() < 4.5 * f64::sqrt(2.0 / n),
                "{form:?}: variance {found}"
            );
        }
        // Euler's weaker damping is that of the step's eigenvalues.
        let damping = match form {
            NoiseForm::Sde => damping,
            NoiseForm::Farrell => damping - 0.5 * bandwidth * dt_s,
        };
        for (lag, product) in lags.iter().zip(products) {
            let phase = bandwidth * dt_s * *lag as f64;
            let root = (1.0 - damping * damping).sqrt();
            let rho = (-damping * phase).exp() * ((root * phase).cos() + damping / root * (root * phase).sin());
            let found = product / n / variance;
            let error = f64::sqrt((1.0 + rho * rho) / n);
            assert!(
                (found - rho).abs() < 4.5 * error,
                "{form:?}, lag {lag}: {found}, not {rho} ± {error}"
            );
        }
    }
}

/// The spectrum, by periodograms of 200 series of 819 s in Hann's window, against that of a damped oscillator in white
/// noise of density 1: S(ω') = G² ω⁴ / ((ω² − ω'²)² + 4ζ²ω²ω'²), whose integral over ω'/2π is sd². The mean of 200
/// exponential numbers has the relative standard error 1/√200. Seven frequencies at 4.5 standard errors give a false
/// alarm with probability 5·10⁻⁵; 3 % more are for the window's width, which smooths the resonance.
#[test]
fn the_spectrum_is_that_of_a_damped_oscillator() {
    const STEPS: usize = 8192;
    const SERIES: u64 = 25;
    let ((gain, damping, bandwidth), dt_s) = (SETS[0], 0.1);
    let law = NoiseLaw::new(NoiseForm::Sde, gain, damping, bandwidth, dt_s);
    let duration_s = STEPS as f64 * dt_s;
    let multiples = [0.2, 0.5, 0.9, 1.0, 1.1, 2.0, 5.0];
    // Whole periods in the series.
    let frequencies = multiples.map(|multiple| {
        let periods = (multiple * bandwidth * duration_s / std::f64::consts::TAU).round();
        periods * std::f64::consts::TAU / duration_s
    });
    let mut power = [0.0; 7];
    for seed in 0..SERIES {
        let mut noise = CornerNoise::new(law, StreamSeed(5000 + seed));
        let mut sums = [[[0.0; 2]; 8]; 7];
        for step in 0..STEPS {
            let time_s = step as f64 * dt_s;
            let window = 1.0 - (std::f64::consts::TAU * time_s / duration_s).cos();
            for (frequency, sums) in frequencies.iter().zip(&mut sums) {
                let (sine, cosine) = (frequency * time_s).sin_cos();
                for (value, [real, imaginary]) in noise.value_m_s().0.iter().zip(sums) {
                    *real += window * value * cosine;
                    *imaginary += window * value * sine;
                }
            }
            noise.step(SimdLevel::detect());
        }
        for (power, sums) in power.iter_mut().zip(&sums) {
            *power += sums.iter().flatten().map(|part| part * part).sum::<f64>();
        }
    }
    let series = (8 * SERIES) as f64;
    for (frequency, power) in frequencies.iter().zip(power) {
        // The mean square of the window is 3/2.
        let found = power / series * dt_s / (1.5 * STEPS as f64);
        let detuning = bandwidth.powi(2) - frequency.powi(2);
        let expected =
            gain.powi(2) * bandwidth.powi(4) / (detuning.powi(2) + (2.0 * damping * bandwidth * frequency).powi(2));
        let error = found / expected - 1.0;
        assert!(
            error.abs() < 4.5 / series.sqrt() + 0.03,
            "{frequency} rad/s: {found} {expected}"
        );
    }
}
