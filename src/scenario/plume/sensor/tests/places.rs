//! Sensors that reach beyond the agent's place: antennae and slopes.

use super::super::test_support::{Formula, Moment, built, config, sense, smell};
use super::super::{BilateralSensor, BilateralSensorConfig, SensorConfig, SensorModel};
use crate::grids::Inputs;
use crate::lanes::F64x8;
use crate::random::StreamSeed;
use crate::scenario::plume::field::{FieldConfig, Plume};
use crate::scenario::plume::wind::WindConfig;

fn read(config: &SensorConfig, plume: &dyn Plume, moment: &Moment) -> super::super::Readings {
    let mut sensor = built(config, StreamSeed(2), 0.1);
    sense(
        sensor.as_mut(),
        config.provides(),
        plume,
        0.1,
        std::slice::from_ref(moment),
    )
    .remove(0)
}

fn moment() -> Moment {
    Moment {
        x_m: F64x8([1.0, -2.0, 0.5, 7.0, 3.0, -1.0, 2.5, 0.0]),
        y_m: F64x8([0.5, 1.0, -3.0, 2.0, 0.0, -1.0, 4.0, 0.1]),
        heading_rad: F64x8([0.0, 1.0, -2.0, 3.0, 0.7, -0.3, 2.2, -3.1]),
        ..Moment::default()
    }
}

/// Where the tips are: a plume whose concentration is the distance from a far point tells.
#[test]
fn antennae_are_where_they_should_be() {
    let far = |x: f64, y: f64| ((x - 40.0) * (x - 40.0) + (y + 30.0) * (y + 30.0)).sqrt();
    let config = config(r#"{"kind": "bilateral", "separation_m": 0.8, "angle_rad": 0.6, "threshold": 50.0}"#);
    let moment = moment();
    let found = read(
        &config,
        &Formula(|x, y| ((x - 40.0) * (x - 40.0) + (y + 30.0) * (y + 30.0)).sqrt()),
        &moment,
    );
    for i in 0..8 {
        let length = 0.8 / (2.0 * 0.6f64.sin());
        let tip = |side: f64| {
            let angle = moment.heading_rad.0[i] + side * 0.6;
            far(
                moment.x_m.0[i] + length * angle.cos(),
                moment.y_m.0[i] + length * angle.sin(),
            )
        };
        let (left, right) = (tip(1.0), tip(-1.0));
        assert!((found.left[0].0[i] - left).abs() < 1e-12);
        assert!((found.right[0].0[i] - right).abs() < 1e-12);
        assert!((found.signal[0].0[i] - 0.5 * (left + right)).abs() < 1e-12);
        assert_eq!(
            found.detected[0].0[i],
            f64::from(u8::from(0.5 * (left + right) >= 50.0))
        );
    }
}

/// Across a round Gaussian of width σ, at y off its centre, antennae h to either side see the contrast
/// (c_l − c_r)/(c_l + c_r) = tanh(−y h/σ²).
#[test]
fn contrast_across_a_gaussian_is_a_hyperbolic_tangent() {
    let plume = Formula(|x, y| (-(x * x + y * y) / (2.0 * 1.5 * 1.5)).exp());
    let config = config(r#"{"kind": "bilateral", "separation_m": 0.4}"#);
    let found = read(
        &config,
        &plume,
        &Moment {
            y_m: moment().y_m,
            ..Moment::default()
        },
    );
    for i in 0..8 {
        let (left, right) = (found.left[0].0[i], found.right[0].0[i]);
        let expected = (-moment().y_m.0[i] * 0.2 / (1.5f64 * 1.5)).tanh();
        assert!(((left - right) / (left + right) - expected).abs() < 1e-13);
    }
}

/// Both antennae have noise of their own: differences have twice the variance. 8 · 500 steps; 4.9 standard errors raise
/// a false alarm with probability 10⁻⁶.
#[test]
fn antennae_are_noisy_by_themselves() {
    let config = BilateralSensorConfig {
        noise_sd: 0.3,
        negative_readings: true,
        separation_m: 1e-6,
        ..BilateralSensorConfig::default()
    };
    let channels = config.provides();
    let found = smell(
        &mut BilateralSensor::new(&config, StreamSeed(7), 1, 0.1),
        channels,
        0.1,
        &[2.0; 500],
    );
    let squares: f64 = (found.iter())
        .flat_map(|readings| (0..8).map(|i| readings.left[0].0[i] - readings.right[0].0[i]))
        .map(|difference| difference * difference)
        .sum();
    let ratio = squares / 4000.0 / (2.0 * 0.09);
    assert!((ratio - 1.0).abs() < 4.9 * (2.0f64 / 4000.0).sqrt(), "{ratio}");
}

/// For c = x² y + 3 x y the central differences at step h are 2 x y + 3 y and x² + 3 x, exactly but for rounding.
#[test]
fn differences_give_the_slope_where_there_is_no_formula() {
    let plume = Formula(|x, y| x * x * y + 3.0 * x * y);
    let moment = moment();
    for method in ["automatic", "finite_difference"] {
        let config = config(&format!(
            r#"{{"kind": "gradient", "method": "{method}", "step_m": 0.05}}"#
        ));
        let found = read(&config, &plume, &moment);
        for i in 0..8 {
            let (x, y) = (moment.x_m.0[i], moment.y_m.0[i]);
            assert!((found.slope_x_per_m[0].0[i] - (2.0 * x * y + 3.0 * y)).abs() < 1e-11);
            assert!((found.slope_y_per_m[0].0[i] - (x * x + 3.0 * x)).abs() < 1e-11);
            assert_eq!(found.signal[0].0[i], x * x * y + 3.0 * x * y);
        }
    }
}

/// Every plume with a formula for its slope says so in the configuration, and its slope is that of the differences:
/// error h² c'''/6, so four times smaller at half the step.
#[test]
fn formula_and_differences_agree() {
    for (text, has_gradient) in [
        (r#"{"kind": "gaussian"}"#, true),
        (r#"{"kind": "gaussian_isotropic"}"#, true),
        (r#"{"kind": "filament", "spin_up_s": 10.0, "source_z_m": 0.0}"#, true),
        (r#"{"kind": "turbulent", "spin_up_s": 10.0, "source_z_m": 0.0}"#, true),
        (r#"{"kind": "small_puff", "spin_up_s": 10.0}"#, false),
    ] {
        let field: FieldConfig = serde_json::from_str(text).unwrap();
        assert_eq!(field.has_gradient(), has_gradient, "{text}");
        let inputs = Inputs::default();
        let wind_config = WindConfig::default();
        let mut wind = wind_config.realise(-field.spin_up_s(), StreamSeed(1), &inputs).unwrap();
        let plume = field.realise(wind.as_mut(), StreamSeed(2), &inputs).unwrap();
        let moment = Moment {
            x_m: F64x8([4.0, 5.0, 6.0, 7.0, 5.5, 4.5, 6.5, 7.5]),
            y_m: F64x8([0.1, 0.3, -0.2, 0.5, -0.6, 0.0, 0.25, -0.35]),
            ..Moment::default()
        };
        let slopes = |method: &str, step_m: f64| {
            let config = config(&format!(
                r#"{{"kind": "gradient", "method": "{method}", "step_m": {step_m}}}"#
            ));
            let found = read(&config, plume.as_ref(), &moment);
            [found.slope_x_per_m[0], found.slope_y_per_m[0]]
        };
        if !has_gradient {
            assert_eq!(slopes("automatic", 0.01), slopes("finite_difference", 0.01));
            continue;
        }
        let exact = slopes("analytic", 0.01);
        assert_eq!(slopes("automatic", 0.01), exact);
        let scale = exact
            .iter()
            .flat_map(|part| part.0)
            .fold(0.0, |most: f64, slope| most.max(slope.abs()));
        assert!(scale > 0.0, "{text}");
        let error = |step_m: f64| {
            let found = slopes("finite_difference", step_m);
            let differences = exact
                .iter()
                .zip(&found)
                .flat_map(|(a, b)| (0..8).map(|i| (a.0[i] - b.0[i]).abs()));
            differences.fold(0.0, f64::max) / scale
        };
        let (coarse, fine) = (error(2e-3), error(1e-3));
        assert!(
            fine < 1e-2 && (fine < 0.3 * coarse || fine < 1e-8),
            "{text}: {coarse} {fine}"
        );
    }
}

/// A slope is as late as the concentration is, and has noise of its own in each direction.
#[test]
fn slopes_are_delayed_and_noisy() {
    let config = config(r#"{"kind": "gradient", "delay_s": 0.2, "slope_noise_sd": 0.0}"#);
    let moments: Vec<Moment> = (0..6)
        .map(|step| Moment {
            x_m: F64x8::splat(f64::from(step)),
            ..Moment::default()
        })
        .collect();
    let mut sensor = built(&config, StreamSeed(1), 0.1);
    let found = sense(
        sensor.as_mut(),
        config.provides(),
        &Formula(|x, _| 0.5 * x * x),
        0.1,
        &moments,
    );
    for (step, readings) in found.iter().enumerate().skip(2) {
        let late = step as f64 - 2.0;
        assert!((readings.slope_x_per_m[0].0[1] - late).abs() < 1e-9);
        assert_eq!(readings.signal[0].0[1], 0.5 * late * late);
    }
    let noisy = super::super::test_support::config(r#"{"kind": "gradient", "slope_noise_sd": 0.4}"#);
    let mut sensor = built(&noisy, StreamSeed(1), 0.1);
    let found = sense(
        sensor.as_mut(),
        noisy.provides(),
        &Formula(|_, _| 1.0),
        0.1,
        &vec![Moment::default(); 500],
    );
    let (mut squares, mut product) = (0.0, 0.0);
    for readings in &found {
        for i in 0..8 {
            let (x, y) = (readings.slope_x_per_m[0].0[i], readings.slope_y_per_m[0].0[i]);
            squares += x * x + y * y;
            product += x * y;
        }
    }
    // 8000 and 4000 numbers; 4.9 standard errors raise a false alarm with probability 10⁻⁶ each.
    assert!(
        (squares / 8000.0 / 0.16 - 1.0).abs() < 4.9 * (2.0f64 / 8000.0).sqrt(),
        "{squares}"
    );
    assert!((product / 4000.0 / 0.16).abs() < 4.9 / 4000f64.sqrt(), "{product}");
}
