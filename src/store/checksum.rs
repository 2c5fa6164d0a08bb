//! The checksums of what changes after creation: units, and the rows of the table of failures.

use super::SchemaVersion;
use crate::sweep::UnitIndex;

/// CRC-32C of units and failures of one configuration.
///
/// The hash and the index are in it so that the bytes of another study or another unit never pass for this one's.
#[derive(Clone, Copy, Debug)]
pub(super) struct Checksum {
    /// CRC of the configuration hash, the common start of all units.
    start: u32,
    /// Whether the seed is in it, as it is from schema version 2 on.
    seeded: bool,
}

impl Checksum {
    /// For the configuration with this hash, as files of this program have it.
    pub fn new(configuration_hash: &[u8; 32]) -> Self {
        Self::of_version(configuration_hash, SchemaVersion::CURRENT)
    }

    /// For the configuration with this hash, as files of a version have it.
    pub fn of_version(configuration_hash: &[u8; 32], version: SchemaVersion) -> Self {
        Self {
            start: crc32c::crc32c(configuration_hash),
            seeded: version.is_sealed(),
        }
    }

    /// The checksum of the configuration, with which those of blocks of rows start too.
    pub fn start(self) -> u32 {
        self.start
    }

    /// The checksum of one unit; `slab` gives the bytes of its columns in their order.
    pub fn of_unit<'a>(
        self,
        unit: UnitIndex,
        state: u8,
        seed: [u8; 8],
        slab: impl IntoIterator<Item = &'a [u8]>,
    ) -> u32 {
        let mut crc = crc32c::crc32c_append(self.start, &unit.0.to_le_bytes());
        crc = crc32c::crc32c_append(crc, &[state]);
        if self.seeded {
            crc = crc32c::crc32c_append(crc, &seed);
        }
        slab.into_iter().fold(crc, crc32c::crc32c_append)
    }

    /// The checksum of what the recorded rows of a unit come to; `slab` gives the bytes of their columns in their order.
    pub fn of_recorded<'a>(self, unit: UnitIndex, slab: impl IntoIterator<Item = &'a [u8]>) -> u32 {
        let crc = crc32c::crc32c_append(self.start, b"recorded");
        let crc = crc32c::crc32c_append(crc, &unit.0.to_le_bytes());
        slab.into_iter().fold(crc, crc32c::crc32c_append)
    }

    /// The checksum of a row of the table of failures, of its columns in their order.
    pub fn of_failure(self, unit: [u8; 8], attempts: [u8; 4], seed: [u8; 8], message: &[u8]) -> u32 {
        [b"failure".as_slice(), &unit, &attempts, &seed, message]
            .into_iter()
            .fold(self.start, crc32c::crc32c_append)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_counts() {
        let of = |hash: u8, unit, state, seed: u8, slab: &'static [u8]| {
            Checksum::new(&[hash; 32]).of_unit(UnitIndex(unit), state, [seed; 8], [slab])
        };
        let base = Checksum::new(&[0; 32]).of_unit(UnitIndex(1), 1, [9; 8], [&b"ab"[..], b"c"]);
        assert_eq!(base, of(0, 1, 1, 9, b"abc"));
        for other in [
            of(1, 1, 1, 9, b"abc"),
            of(0, 2, 1, 9, b"abc"),
            of(0, 1, 2, 9, b"abc"),
            of(0, 1, 1, 8, b"abc"),
            of(0, 1, 1, 9, b"abd"),
        ] {
            assert_ne!(base, other);
        }
    }

    #[test]
    fn the_first_version_left_the_seed_out() {
        let first = Checksum::of_version(&[0; 32], SchemaVersion(1));
        let of = |seed: u8| first.of_unit(UnitIndex(1), 1, [seed; 8], [&b"abc"[..]]);
        assert_eq!(of(9), of(8));
    }

    #[test]
    fn every_part_of_a_failure_counts() {
        let checksum = Checksum::new(&[0; 32]);
        let base = checksum.of_failure([1; 8], [2; 4], [3; 8], b"why");
        for other in [
            Checksum::new(&[1; 32]).of_failure([1; 8], [2; 4], [3; 8], b"why"),
            checksum.of_failure([2; 8], [2; 4], [3; 8], b"why"),
            checksum.of_failure([1; 8], [3; 4], [3; 8], b"why"),
            checksum.of_failure([1; 8], [2; 4], [4; 8], b"why"),
            checksum.of_failure([1; 8], [2; 4], [3; 8], b"who"),
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
