//! From grey levels to concentrations.

use super::crop::lay_out;
use super::{Crop, Flip, ImportError, Picture};

/// Which grey level stands for which concentration.
///
/// c = c_max · max(0, (l^γ − b^γ) / (w^γ − b^γ)): level l, black level b, white level w, all as fractions of the
/// largest possible level; concentration c_max at the white level; exponent γ (1: the camera is linear).
/// Levels beyond the white one go on along the same line. A white level below the black one turns dark into much.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Levels {
    /// Level of no concentration, counted as in the pictures.
    pub black: f64,
    /// Level of the largest concentration, counted as in the pictures.
    pub white: f64,
    /// Exponent.
    pub gamma: f64,
    /// Concentration at the white level.
    pub value_max: f64,
}

/// Makes concentrations of pictures.
#[derive(Clone, Debug)]
pub struct Scale {
    /// Concentration of every level.
    table: Vec<f32>,
    crop: Crop,
    flip: Flip,
}

impl Scale {
    /// For pictures whose white is `full_scale` to the user and `white` in [`Picture::levels`].
    ///
    /// # Errors
    /// If black and white are the same, or no levels of these pictures.
    pub fn new(levels: Levels, full_scale: u16, white: u16, crop: Crop, flip: Flip) -> Result<Self, ImportError> {
        let scale = f64::from(full_scale);
        let within = |level: f64| (0.0..=scale).contains(&level);
        let power = |fraction: f64| {
            if levels.gamma == 1.0 {
                fraction
            } else {
                libm::pow(fraction, levels.gamma)
            }
        };
        let (black, top) = (power(levels.black / scale), power(levels.white / scale));
        if !within(levels.black) || !within(levels.white) || black == top {
            return Err(ImportError::Levels {
                black: levels.black,
                white: levels.white,
                full_scale,
            });
        }
        let table = (0..=white)
            .map(|level| {
                let fraction = power(f64::from(level) / f64::from(white));
                (levels.value_max * ((fraction - black) / (top - black)).max(0.0)) as f32
            })
            .collect();
        Ok(Self { table, crop, flip })
    }

    /// Concentrations of a picture into `values`, row by row, the lowest first.
    pub fn apply(&self, picture: &Picture, values: &mut Vec<f32>) {
        lay_out(picture, self.crop, self.flip, &self.table, values);
    }
}
