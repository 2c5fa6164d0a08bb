//! The state of a unit as bytes, to go on from later.

/// Writes numbers one after the other, little-endian.
#[derive(Debug, Default)]
pub(super) struct Writer(pub Vec<u8>);

impl Writer {
    pub(super) fn word(&mut self, word: u64) {
        self.0.extend(word.to_le_bytes());
    }

    pub(super) fn number(&mut self, number: f64) {
        self.word(number.to_bits());
    }

    pub(super) fn words(&mut self, words: impl ExactSizeIterator<Item = u32>) {
        self.word(words.len() as u64);
        words.for_each(|word| self.0.extend(word.to_le_bytes()));
    }

    pub(super) fn numbers(&mut self, numbers: impl ExactSizeIterator<Item = f64>) {
        self.word(numbers.len() as u64);
        numbers.for_each(|number| self.number(number));
    }
}

/// Reads what a [`Writer`] wrote; `None` where there is less than that.
#[derive(Debug)]
pub(super) struct Reader<'a>(pub &'a [u8]);

impl Reader<'_> {
    fn bytes<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*first)
    }

    pub(super) fn word(&mut self) -> Option<u64> {
        self.bytes().map(u64::from_le_bytes)
    }

    pub(super) fn number(&mut self) -> Option<f64> {
        self.word().map(f64::from_bits)
    }

    fn length(&mut self, bytes: usize) -> Option<usize> {
        let length = usize::try_from(self.word()?).ok()?;
        (length <= self.0.len() / bytes).then_some(length)
    }

    pub(super) fn words(&mut self) -> Option<Vec<u32>> {
        let length = self.length(4)?;
        (0..length).map(|_| self.bytes().map(u32::from_le_bytes)).collect()
    }

    pub(super) fn numbers(&mut self) -> Option<Vec<f64>> {
        let length = self.length(8)?;
        (0..length).map(|_| self.number()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_nothing_more() {
        let mut writer = Writer::default();
        writer.word(7);
        writer.words([1, 2, 3].into_iter());
        writer.numbers([0.5].into_iter());
        let bytes = writer.0;
        let read = |bytes: &[u8]| {
            let mut reader = Reader(bytes);
            Some((reader.word()?, reader.words()?, reader.numbers()?))
        };
        assert_eq!(read(&bytes), Some((7, vec![1, 2, 3], vec![0.5])));
        assert!((0..bytes.len()).all(|length| read(&bytes[..length]).is_none()));
    }
}
