//! Responses of the walking fly to a pulse of odour, as comma-separated values:
//!
//! ```text
//! cargo run --release --example fly-pulse -- consistent 50 > pulse.csv
//! ```
//!
//! The pulse is that of Álvarez-Salvado et al. (2018): clean air for 30 s, odour 1 for 10 s, clean air for 30 s. A row tells
//! what a fly does in a sample, before it takes in the odour of that sample. Numbers have all their digits.

use plume_nav_sim::scenario::plume::navigator::{FlyForm, WalkingFly, WalkingFlyConfig};
use std::io::{Error, ErrorKind, Write};

fn arguments() -> Option<(FlyForm, u32)> {
    let mut arguments = std::env::args().skip(1);
    let form = match arguments.next()?.as_str() {
        "consistent" => FlyForm::Consistent,
        "published" => FlyForm::Published,
        _ => return None,
    };
    let rate_hz = arguments
        .next()?
        .parse()
        .ok()
        .filter(|rate| (5..=1000).contains(rate))?;
    arguments.next().is_none().then_some((form, rate_hz))
}

fn main() -> Result<(), Error> {
    let (form, rate_hz) = arguments().ok_or_else(|| {
        let usage = "usage: fly-pulse consistent|published SAMPLES_PER_SECOND (5 to 1000)";
        Error::new(ErrorKind::InvalidInput, usage)
    })?;
    let config = WalkingFlyConfig {
        form,
        ..WalkingFlyConfig::default()
    };
    let odour: Vec<f64> = (0..70 * rate_hz)
        .map(|sample| f64::from(u8::from((30 * rate_hz..40 * rate_hz).contains(&sample))))
        .collect();
    let dt_s = 1.0 / f64::from(rate_hz);
    let mut out = std::io::stdout().lock();
    writeln!(out, "time_s,odour,on,off,speed_m_s,turns_per_s")?;
    for (sample, (odour, response)) in odour
        .iter()
        .zip(WalkingFly::open_loop(&config, dt_s, &odour))
        .enumerate()
    {
        let time_s = sample as f64 * dt_s;
        writeln!(
            out,
            "{time_s},{odour},{},{},{},{}",
            response.on, response.off, response.speed_m_s, response.turns_per_s
        )?;
    }
    Ok(())
}
