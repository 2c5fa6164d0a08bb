//! Moments, autocorrelation, and independence of who asks.

use super::*;

fn wind(config: &OrnsteinUhlenbeckWindConfig, seed: u64) -> OrnsteinUhlenbeckWind {
    OrnsteinUhlenbeckWind::new(config, 0.0, StreamSeed(seed))
}

/// Deviations over standard deviations at time 0 and at `time_s`, of `count` realisations: `[count][2]`.
fn ensemble(config: &OrnsteinUhlenbeckWindConfig, lane: usize, time_s: f64, count: u64) -> Vec<[f64; 2]> {
    let sd = [config.speed_sd_m_s, config.direction_sd_rad][lane];
    (0..count)
        .map(|seed| {
            let mut wind = wind(config, seed);
            let before = wind.deviation.0[lane] / sd;
            wind.advance(time_s).unwrap();
            [before, wind.deviation.0[lane] / sd]
        })
        .collect()
}

/// Over independent realisations: mean 0, variance 1 and correlation e^{−t/T} after t, for steps short and as long as
/// t, against their standard errors. The estimators are means of products of normal numbers: for n realisations the
/// mean has the standard error 1/√n, the variance √(2/n), the covariance √((1 + ρ²)/n). 2 lanes × 3 cases × 5 numbers at
/// 4.5 standard errors give a false alarm with probability 2·10⁻⁴; the seeds are fixed, so it always does or never.
#[test]
fn variance_and_autocorrelation_are_those_of_the_theory() {
    let n = 4000.0;
    for (dt_s, time_s) in [(0.1, 3.0), (1.5, 3.0), (3.0, 3.0)] {
        let config = OrnsteinUhlenbeckWindConfig {
            dt_s,
            speed_time_s: 4.0,
            direction_time_s: 3.0,
            ..OrnsteinUhlenbeckWindConfig::default()
        };
        for (lane, correlation_time_s) in [(0, 4.0), (1, 3.0)] {
            let pairs = ensemble(&config, lane, time_s, n as u64);
            let average = |f: &dyn Fn(&[f64; 2]) -> f64| pairs.iter().map(f).sum::<f64>() / n;
            let rho = f64::exp(-time_s / correlation_time_s);
            for (what, found, expected, error) in [
                ("first mean", average(&|p| p[0]), 0.0, (1.0 / n).sqrt()),
                ("mean", average(&|p| p[1]), 0.0, (1.0 / n).sqrt()),
                ("first variance", average(&|p| p[0] * p[0]), 1.0, (2.0 / n).sqrt()),
                ("variance", average(&|p| p[1] * p[1]), 1.0, (2.0 / n).sqrt()),
                (
                    "covariance",
                    average(&|p| p[0] * p[1]),
                    rho,
                    ((1.0 + rho * rho) / n).sqrt(),
                ),
            ] {
                assert!(
                    (found - expected).abs() < 4.5 * error,
                    "lane {lane}, dt = {dt_s}: {what} {found}, not {expected} ± {error}"
                );
            }
        }
    }
}

/// With the same numbers the recursion is this one, typed again.
#[test]
fn it_follows_the_scalar_recursion() {
    let config = OrnsteinUhlenbeckWindConfig::default();
    let mut wind = wind(&config, 5);
    let mut normals = NormalStream::blocks(StreamSeed(5), 1).remove(0);
    let first = normals.at_step(0);
    let (mut speed, mut direction) = (0.2 * first.0[0], 0.35 * first.0[1]);
    for step in 1..=50_u32 {
        let normal = normals.at_step(u64::from(step));
        let decay = (f64::exp(-0.1 / 5.0), f64::exp(-0.1 / 10.0));
        speed = speed * decay.0 + 0.2 * (1.0 - decay.0 * decay.0).sqrt() * normal.0[0];
        direction = direction * decay.1 + 0.35 * (1.0 - decay.1 * decay.1).sqrt() * normal.0[1];
        wind.advance(f64::from(step) * 0.1).unwrap();
        let mut sample = WindSample::new(1);
        wind.sample(SimdLevel::detect(), &[0], &[F64x8::ZERO], &[F64x8::ZERO], &mut sample);
        assert!((sample.x_m_s[0].0[0] - (1.0 + speed) * direction.cos()).abs() < 1e-13);
        assert!((sample.y_m_s[0].0[7] - (1.0 + speed) * direction.sin()).abs() < 1e-13);
        assert!((sample.direction_rad[0].0[2] - direction).abs() < 1e-13);
    }
    let mean = wind.mean();
    assert_eq!((mean.speed_m_s, mean.direction_rad), (1.0, 0.0));
}

#[test]
fn who_asks_and_how_often_doesn_t_matter() {
    let config = OrnsteinUhlenbeckWindConfig::default();
    let mut often = wind(&config, 9);
    for i in 0..=1000_u32 {
        often.advance(f64::from(i) * 0.023).unwrap();
    }
    let mut once = wind(&config, 9);
    once.advance(23.0).unwrap();
    assert_eq!(often.deviation.0.map(f64::to_bits), once.deviation.0.map(f64::to_bits));
    assert_eq!(often.velocity.x_m_s().to_bits(), once.velocity.x_m_s().to_bits());
    let before = once.velocity.x_m_s();
    once.advance(23.05).unwrap();
    assert_eq!(once.velocity.x_m_s(), before, "between its steps it stands still");
    once.advance(23.1).unwrap();
    assert_ne!(once.velocity.x_m_s(), before);
}

#[test]
fn it_never_blows_backwards() {
    // A third of the mean is the most that is allowed: the speed is cut in 1 of 740 moments.
    let config = OrnsteinUhlenbeckWindConfig {
        speed_sd_m_s: 1.0 / 3.0,
        direction_sd_rad: 0.0,
        speed_time_s: 0.1,
        ..OrnsteinUhlenbeckWindConfig::default()
    };
    assert!(config.check().is_empty());
    let mut wind = wind(&config, 1);
    let mut calm = 0;
    for step in 0..20_000_u32 {
        wind.advance(f64::from(step) * 0.1).unwrap();
        assert!(wind.velocity.x_m_s() >= 0.0);
        calm += u32::from(wind.velocity.x_m_s() == 0.0);
    }
    assert!(calm > 0, "the cut was never met");
}

#[test]
fn what_makes_no_sense_is_told() {
    let keys = |text: &str| -> Vec<String> {
        let config: OrnsteinUhlenbeckWindConfig = serde_json::from_str(text).unwrap();
        config.check().into_iter().map(|problem| problem.key).collect()
    };
    assert_eq!(keys(r#"{"speed_sd_m_s": 0.34}"#), ["wind.speed_sd_m_s"]);
    assert_eq!(keys(r#"{"dt_s": 6.0}"#), ["wind.dt_s"]);
    assert!(keys("{}").is_empty());
}
