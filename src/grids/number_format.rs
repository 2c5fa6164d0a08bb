//! Numbers in formats that no register has: half and quadruple precision, the 80 bits of Intel, 24-bit integers,
//! enumerations.

use hdf5_reader::Datatype;
use hdf5_reader::datatype_api::{H5Type, dtype_element_size};
use hdf5_reader::error::Error;

/// The longest format, in bytes.
const MAX_BYTES: usize = 16;

/// What the bits of a number mean, as an HDF5 datatype message says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NumberFormat {
    bytes: usize,
    is_big_endian: bool,
    is_enumeration: bool,
    meaning: Meaning,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    Integer {
        first_bit: u32,
        bits: u32,
        is_signed: bool,
    },
    Floating {
        sign_bit: u32,
        exponent: Field,
        mantissa: Field,
        bias: i32,
        /// Whether the leading 1 of the mantissa isn't stored.
        leads_unseen: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Field {
    first_bit: u32,
    bits: u32,
}

impl Field {
    fn of(self, word: u128) -> u128 {
        (word >> self.first_bit) & mask(self.bits)
    }

    fn is_within(self, bits: u32) -> bool {
        self.bits > 0 && self.first_bit.checked_add(self.bits).is_some_and(|end| end <= bits)
    }
}

fn mask(bits: u32) -> u128 {
    1_u128.checked_shl(bits).map_or(u128::MAX, |beyond| beyond - 1)
}

const fn ieee(bytes: usize, exponent_bits: u32, mantissa_bits: u32) -> NumberFormat {
    NumberFormat {
        bytes,
        is_big_endian: false,
        is_enumeration: false,
        meaning: Meaning::Floating {
            sign_bit: 8 * bytes as u32 - 1,
            exponent: Field {
                first_bit: mantissa_bits,
                bits: exponent_bits,
            },
            mantissa: Field {
                first_bit: 0,
                bits: mantissa_bits,
            },
            bias: (1 << (exponent_bits - 1)) - 1,
            leads_unseen: true,
        },
    }
}

const SINGLE: NumberFormat = ieee(4, 8, 23);
const DOUBLE: NumberFormat = ieee(8, 11, 52);

impl NumberFormat {
    /// What a datatype message says; `None` for what isn't a number, or none that is read.
    pub(super) fn parse(message: &[u8]) -> Option<Self> {
        const INTEGER: u8 = 0;
        const FLOATING: u8 = 1;
        const ENUMERATION: u8 = 8;
        let class = message.first()? & 0x0f;
        if class == ENUMERATION {
            let base = message.get(8..)?;
            let found = Self::parse(base).filter(|found| !found.is_enumeration && !found.is_floating())?;
            return Some(Self {
                is_enumeration: true,
                ..found
            });
        }
        let bytes = usize::try_from(u32::from_le_bytes(message.get(4..8)?.try_into().ok()?)).ok()?;
        if bytes == 0 || bytes > MAX_BYTES {
            return None;
        }
        let all = 8 * bytes as u32;
        let short = |place: usize| -> Option<u32> {
            Some(u16::from_le_bytes(message.get(place..place + 2)?.try_into().ok()?).into())
        };
        let flags = *message.get(1)?;
        let meaning = match class {
            INTEGER => {
                let field = Field {
                    first_bit: short(8)?,
                    bits: short(10)?,
                };
                if !field.is_within(all) {
                    return None;
                }
                Meaning::Integer {
                    first_bit: field.first_bit,
                    bits: field.bits,
                    is_signed: flags & 0x08 != 0,
                }
            }
            FLOATING => {
                let byte = |place: usize| message.get(place).map(|&byte| u32::from(byte));
                let (exponent, mantissa) = (
                    Field {
                        first_bit: byte(12)?,
                        bits: byte(13)?,
                    },
                    Field {
                        first_bit: byte(14)?,
                        bits: byte(15)?,
                    },
                );
                let sign_bit = byte(2)?;
                let is_vax = flags & 0x40 != 0;
                let fits = exponent.is_within(all) && mantissa.is_within(all) && sign_bit < all && exponent.bits <= 15;
                if is_vax || !fits || short(8)? != 0 {
                    return None;
                }
                Meaning::Floating {
                    sign_bit,
                    exponent,
                    mantissa,
                    bias: i32::try_from(u32::from_le_bytes(message.get(16..20)?.try_into().ok()?)).ok()?,
                    leads_unseen: flags & 0x30 == 0x20,
                }
            }
            _ => return None,
        };
        Some(Self {
            bytes,
            is_big_endian: flags & 0x01 != 0,
            is_enumeration: false,
            meaning,
        })
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn is_enumeration(&self) -> bool {
        self.is_enumeration
    }

    pub(super) fn is_floating(&self) -> bool {
        matches!(self.meaning, Meaning::Floating { .. })
    }

    /// Whether it is single precision as every machine has it, in either order of bytes.
    pub(super) fn is_single(&self) -> bool {
        self.bytes == SINGLE.bytes && self.meaning == SINGLE.meaning
    }

    /// Whether it is double precision as every machine has it, in either order of bytes.
    pub(super) fn is_double(&self) -> bool {
        self.bytes == DOUBLE.bytes && self.meaning == DOUBLE.meaning
    }

    /// Whether it is an integer that fills its bytes, and one with a sign.
    pub(super) fn plain_integer(&self) -> Option<bool> {
        match self.meaning {
            Meaning::Integer {
                first_bit: 0,
                bits,
                is_signed,
            } if !self.is_enumeration && bits == 8 * self.bytes as u32 => Some(is_signed),
            _ => None,
        }
    }

    /// The nearest `f64` of a stored number.
    pub(super) fn number(&self, stored: &[u8]) -> f64 {
        let word = stored
            .iter()
            .take(self.bytes)
            .enumerate()
            .fold(0_u128, |word, (place, &byte)| {
                let place = if self.is_big_endian {
                    self.bytes - 1 - place
                } else {
                    place
                };
                word | u128::from(byte) << (8 * place)
            });
        match self.meaning {
            Meaning::Integer {
                first_bit,
                bits,
                is_signed,
            } => {
                let value = Field { first_bit, bits }.of(word);
                if is_signed && value >> (bits - 1) != 0 {
                    -((mask(bits) - value + 1) as f64)
                } else {
                    value as f64
                }
            }
            Meaning::Floating {
                sign_bit,
                exponent,
                mantissa,
                bias,
                leads_unseen,
            } => {
                let sign = if word >> sign_bit & 1 == 0 { 1.0 } else { -1.0 };
                let (power, digits) = (exponent.of(word), mantissa.of(word));
                let below_point = mantissa.bits as i32 - i32::from(!leads_unseen);
                if power == mask(exponent.bits) {
                    let is_infinite = digits & mask(below_point as u32) == 0;
                    return if is_infinite { sign * f64::INFINITY } else { f64::NAN };
                }
                let unseen = u128::from(leads_unseen && power != 0) << mantissa.bits.min(127);
                let power = (power as i32).max(1).saturating_sub(bias).saturating_sub(below_point);
                sign * libm::scalbn((digits | unseen) as f64, power)
            }
        }
    }
}

/// The bytes of one stored number, as long as the format at most.
#[derive(Clone, Copy)]
pub(super) struct StoredNumber(pub [u8; MAX_BYTES]);

impl H5Type for StoredNumber {
    fn hdf5_type() -> Datatype {
        Datatype::Opaque {
            size: MAX_BYTES as u32,
            tag: String::new(),
        }
    }

    fn from_bytes(bytes: &[u8], _dtype: &Datatype) -> Result<Self, Error> {
        let mut stored = [0; MAX_BYTES];
        let room = stored.get_mut(..bytes.len());
        room.ok_or_else(|| Error::InvalidData(format!("a number of {} bytes", bytes.len())))?
            .copy_from_slice(bytes);
        Ok(Self(stored))
    }

    fn element_size(dtype: &Datatype) -> usize {
        dtype_element_size(dtype).unwrap_or(MAX_BYTES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HALF: NumberFormat = ieee(2, 5, 10);
    const QUADRUPLE: NumberFormat = ieee(16, 15, 112);

    #[test]
    fn halves() {
        for (bits, expected) in [
            (0x0000_u16, 0.0),
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x7bff, 65504.0),
            (0x0001, 5.960_464_477_539_063e-8),
            (0x03ff, 6.097_555_160_522_461e-5),
            (0x3555, 0.333_251_953_125),
            (0x7c00, f64::INFINITY),
            (0xfc00, f64::NEG_INFINITY),
        ] {
            assert_eq!(HALF.number(&bits.to_le_bytes()), expected, "{bits:#x}");
            let big_endian = NumberFormat {
                is_big_endian: true,
                ..HALF
            };
            assert_eq!(big_endian.number(&bits.to_be_bytes()), expected, "{bits:#x}");
        }
        assert!(HALF.number(&0x7c01_u16.to_le_bytes()).is_nan());
    }

    /// Singles and doubles through the general decoder are what the machine makes of them.
    #[test]
    fn singles_and_doubles_are_those_of_the_machine() {
        for value in [
            0.0,
            -0.0,
            1.0,
            -1.5,
            0.1,
            1e-310,
            5e-324,
            f64::MAX,
            f64::MIN_POSITIVE,
            f64::NEG_INFINITY,
        ] {
            assert_eq!(
                DOUBLE.number(&value.to_le_bytes()).to_bits(),
                value.to_bits(),
                "{value}"
            );
            let single = value as f32;
            assert_eq!(SINGLE.number(&single.to_le_bytes()), f64::from(single), "{value}");
        }
    }

    #[test]
    fn quadruple_precision_and_eighty_bits() {
        let one = 0x3fff_u128 << 112;
        assert_eq!(QUADRUPLE.number(&one.to_le_bytes()), 1.0);
        assert_eq!(QUADRUPLE.number(&(one | 1 << 111).to_le_bytes()), 1.5);
        let eighty = NumberFormat {
            bytes: 16,
            is_big_endian: false,
            is_enumeration: false,
            meaning: Meaning::Floating {
                sign_bit: 79,
                exponent: Field {
                    first_bit: 64,
                    bits: 15,
                },
                mantissa: Field { first_bit: 0, bits: 64 },
                bias: 16_383,
                leads_unseen: false,
            },
        };
        let value = 0x4000_u128 << 64 | 0xc000_0000_0000_0000;
        assert_eq!(eighty.number(&value.to_le_bytes()), 3.0);
        assert_eq!(
            eighty.number(&(0x7fff_u128 << 64 | 1 << 63).to_le_bytes()),
            f64::INFINITY
        );
    }

    #[test]
    fn integers_of_odd_widths() {
        let twelve = |is_signed| NumberFormat {
            bytes: 3,
            is_big_endian: false,
            is_enumeration: false,
            meaning: Meaning::Integer {
                first_bit: 4,
                bits: 12,
                is_signed,
            },
        };
        let stored = [0xf0, 0xff, 0xab];
        assert_eq!(twelve(true).number(&stored), -1.0);
        assert_eq!(twelve(false).number(&stored), 4095.0);
        assert_eq!(twelve(true).number(&[0x00, 0x80, 0x00]), -2048.0);
    }

    /// Whatever a message says, it is a format or refused; numbers in it never panic.
    #[test]
    fn no_message_does_harm() {
        let mut random = crate::random::StreamSeed(5).generator(0);
        let mut formats = 0;
        for attempt in 0..200_000 {
            let mut message = [0; 28];
            for byte in &mut message {
                *byte = random.next_bits() as u8 >> (random.next_bits() % 8);
            }
            message[0] = [0x10, 0x11, 0x18][attempt % 3];
            message[5..8].fill(0);
            if let Some(format) = NumberFormat::parse(&message) {
                formats += 1;
                let _ = format.number(&message[..16]);
                let _ = format.number(&[0xff; 16]);
            }
        }
        assert!(formats > 100, "{formats}");
    }
}
