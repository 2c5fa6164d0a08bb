//! The Sobol sequence, point by point.
//!
//! Coordinate `j` of point `i` is the exclusive-or of the direction numbers of `j` at the set bits of the Gray code of
//! `i` (Antonov & Saleev 1979), so any point costs at most 32 operations. The direction numbers follow from primitive
//! polynomials and initial numbers by the recurrence of Bratley & Fox (1988), with the choice of Joe & Kuo (2008, SIAM
//! J. Sci. Comput. 30, 2635–2654; file new-joe-kuo-6), which has good two-dimensional projections.

use super::sobol_directions::INITIAL_NUMBERS;

/// Bits of a coordinate.
const BITS: usize = 32;

/// Most variables of one Sobol axis.
pub(super) const MAX_DIMENSIONS: usize = INITIAL_NUMBERS.len() + 1;

/// One coordinate of the sequence.
#[derive(Clone, Debug)]
pub(super) struct SobolDimension {
    directions: [u32; BITS],
}

impl SobolDimension {
    /// Coordinate number `dimension`, from 0; below [`MAX_DIMENSIONS`].
    pub(super) fn new(dimension: usize) -> Self {
        let mut directions = [0_u32; BITS];
        if dimension == 0 {
            for (bit, direction) in directions.iter_mut().enumerate() {
                *direction = 1 << (BITS - 1 - bit);
            }
            return Self { directions };
        }
        let (coefficients, initial) = INITIAL_NUMBERS[dimension - 1];
        let degree = initial.len();
        for bit in 0..BITS {
            directions[bit] = if bit < degree {
                initial[bit] << (BITS - 1 - bit)
            } else {
                let oldest = directions[bit - degree];
                (1..degree)
                    .filter(|term| coefficients >> (degree - 1 - term) & 1 == 1)
                    .fold(oldest ^ (oldest >> degree), |sum, term| sum ^ directions[bit - term])
            };
        }
        Self { directions }
    }

    /// The coordinate of point `index` as a binary fraction of 32 bits.
    pub(super) fn bits(&self, index: u32) -> u32 {
        let mut gray = index ^ (index >> 1);
        let mut sum = 0;
        while gray != 0 {
            sum ^= self.directions[gray.trailing_zeros() as usize];
            gray &= gray - 1;
        }
        sum
    }
}
