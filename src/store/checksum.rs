//! The checksum that commits a unit.

use crate::sweep::UnitIndex;

/// CRC-32C of units of one configuration: over configuration hash, unit index, state and slab.
///
/// The hash and the index are in it so that the bytes of another study or another unit never pass for this one's.
#[derive(Clone, Copy, Debug)]
pub(super) struct Checksum {
    /// CRC of the configuration hash, the common start of all units.
    start: u32,
}

impl Checksum {
    /// For the units of the configuration with this hash.
    pub fn new(configuration_hash: &[u8; 32]) -> Self {
        Self {
            start: crc32c::crc32c(configuration_hash),
        }
    }

    /// The checksum of one unit; `slab` gives the bytes of its columns in their order.
    pub fn of_unit<'a>(self, unit: UnitIndex, state: u8, slab: impl IntoIterator<Item = &'a [u8]>) -> u32 {
        let crc = crc32c::crc32c_append(self.start, &unit.0.to_le_bytes());
        let crc = crc32c::crc32c_append(crc, &[state]);
        slab.into_iter().fold(crc, crc32c::crc32c_append)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_counts() {
        let base = Checksum::new(&[0; 32]).of_unit(UnitIndex(1), 1, [&b"ab"[..], b"c"]);
        assert_eq!(base, Checksum::new(&[0; 32]).of_unit(UnitIndex(1), 1, [&b"abc"[..]]));
        for other in [
            Checksum::new(&[1; 32]).of_unit(UnitIndex(1), 1, [&b"abc"[..]]),
            Checksum::new(&[0; 32]).of_unit(UnitIndex(2), 1, [&b"abc"[..]]),
            Checksum::new(&[0; 32]).of_unit(UnitIndex(1), 2, [&b"abc"[..]]),
            Checksum::new(&[0; 32]).of_unit(UnitIndex(1), 1, [&b"abd"[..]]),
        ] {
            assert_ne!(base, other);
        }
    }

    #[test]
    fn it_is_crc_32c() {
        // The check value of CRC-32C (Castagnoli) over the digits 1 to 9 is 0xE3069283 (RFC 3720 uses the same code).
        assert_eq!(crc32c::crc32c(b"123456789"), 0xE306_9283);
    }
}
