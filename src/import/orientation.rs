//! How a camera was held: pictures are turned as viewers turn them.

use super::{Picture, PictureSize};

/// Number of the tag in EXIF data and in TIFF files.
pub(super) const TAG: u16 = 274;

/// The orientation in EXIF data, which is a TIFF file without pictures; 1 (upright) if it doesn't say.
pub(super) fn of_exif(exif: &[u8]) -> u16 {
    find(exif)
        .filter(|orientation| (1..=8).contains(orientation))
        .unwrap_or(1)
}

fn find(exif: &[u8]) -> Option<u16> {
    let is_little = match exif.get(..4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let short = |place: usize| {
        let pair = exif.get(place..place.checked_add(2)?)?.try_into().ok()?;
        Some(if is_little {
            u16::from_le_bytes(pair)
        } else {
            u16::from_be_bytes(pair)
        })
    };
    let long = |place: usize| {
        let four = exif.get(place..place.checked_add(4)?)?.try_into().ok()?;
        Some(if is_little {
            u32::from_le_bytes(four)
        } else {
            u32::from_be_bytes(four)
        } as usize)
    };
    let directory = long(4)?;
    for entry in 0..usize::from(short(directory)?) {
        let place = directory.checked_add(2 + 12 * entry)?;
        // One number of 16 bits, in the entry itself.
        if short(place)? == TAG && short(place + 2)? == 3 && long(place + 4)? == 1 {
            return short(place + 8);
        }
    }
    None
}

impl Picture {
    /// The picture as it is to be seen, of one that was stored with an orientation from 1 to 8; others leave it alone.
    pub(super) fn upright(self, orientation: u16) -> Self {
        if !(2..=8).contains(&orientation) {
            return self;
        }
        let (width, height) = (self.size.width as usize, self.size.height as usize);
        // From 5 on rows of what is seen are columns of what is stored.
        let is_turned = orientation >= 5;
        let (columns, rows) = if is_turned { (height, width) } else { (width, height) };
        let mut levels = Vec::with_capacity(self.levels.len());
        for row in 0..rows {
            for column in 0..columns {
                let (right, down) = (columns - 1 - column, rows - 1 - row);
                let (x, y) = match orientation {
                    2 => (right, row),
                    3 => (right, down),
                    4 => (column, down),
                    5 => (row, column),
                    6 => (row, right),
                    7 => (down, right),
                    _ => (down, column),
                };
                levels.push(self.levels[y * width + x]);
            }
        }
        Self {
            size: PictureSize {
                width: columns as u32,
                height: rows as u32,
            },
            white: self.white,
            levels,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A letter F, as each orientation stores it (the drawings of the EXIF standard).
    #[test]
    fn all_orientations_show_the_same_letter() {
        let upright = ["11", "10", "11", "10"];
        let stored: [(u16, &[&str]); 8] = [
            (1, &["11", "10", "11", "10"]),
            (2, &["11", "01", "11", "01"]),
            (3, &["01", "11", "01", "11"]),
            (4, &["10", "11", "10", "11"]),
            (5, &["1111", "1010"]),
            (6, &["1010", "1111"]),
            (7, &["0101", "1111"]),
            (8, &["1111", "0101"]),
        ];
        let picture = |rows: &[&str]| Picture {
            size: PictureSize {
                width: rows[0].len() as u32,
                height: rows.len() as u32,
            },
            white: 255,
            levels: rows.concat().bytes().map(|byte| u16::from(byte - b'0')).collect(),
        };
        for (orientation, rows) in stored {
            assert_eq!(picture(rows).upright(orientation), picture(&upright), "{orientation}");
        }
        assert_eq!(picture(&upright).upright(9), picture(&upright));
    }

    #[test]
    fn orientation_in_exif() {
        let little = b"II*\0\x08\0\0\0\x02\0\x0f\x01\x02\0\x01\0\0\0A\0\0\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0";
        let big = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x08\0\0";
        assert_eq!((of_exif(little), of_exif(big)), (6, 8));
        for cut in 0..little.len() {
            assert!(matches!(of_exif(&little[..cut]), 1 | 6));
        }
        assert_eq!(of_exif(b"II*\0\xff\xff\xff\xff"), 1);
    }
}
