//! Where the values of a dataset are in the file.

use super::StoreError;
use std::ops::Range;
use std::path::Path;

/// A dataset as one run of bytes: all datasets of a results file are contiguous, and never move once the file is made.
///
/// Elements are counted row by row (the last axis runs fastest), as they follow each other in the file. A run of units or
/// points is thus one run of bytes, whatever the shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    /// Path of the dataset in the file.
    pub object: String,
    /// First byte in the file.
    pub offset: u64,
    /// Length along every axis.
    pub shape: Vec<u64>,
    /// Bytes of one element.
    pub element_bytes: u64,
}

impl Extent {
    /// Number of elements.
    pub fn len(&self) -> u64 {
        self.shape.iter().product()
    }

    /// All elements.
    pub fn all(&self) -> Range<u64> {
        0..self.len()
    }

    /// All bytes, by their place in the file.
    pub fn bytes(&self) -> Range<u64> {
        self.bytes_of(self.all())
    }

    /// The bytes of a run of elements, by their place in the file.
    ///
    /// # Panics
    /// If the run leaves the dataset: it would be another dataset's bytes.
    pub fn bytes_of(&self, elements: Range<u64>) -> Range<u64> {
        assert!(
            elements.start <= elements.end && elements.end <= self.len(),
            "elements {elements:?} leave {} with {} of them",
            self.object,
            self.len()
        );
        self.offset + elements.start * self.element_bytes..self.offset + elements.end * self.element_bytes
    }

    /// Refuses a dataset that reaches beyond the end of its file.
    pub fn check_within(&self, file_bytes: u64, path: &Path) -> Result<(), StoreError> {
        let end = (self.shape.iter())
            .try_fold(self.element_bytes, |bytes, length| bytes.checked_mul(*length))
            .and_then(|bytes| bytes.checked_add(self.offset));
        if end.is_some_and(|end| end <= file_bytes) {
            return Ok(());
        }
        Err(StoreError::Damaged {
            path: path.to_owned(),
            object: self.object.clone(),
            found: format!("cut off: the file has only {file_bytes} bytes"),
            expected: end.map_or_else(
                || "a dataset".to_owned(),
                |end| format!("a file of {end} bytes at least"),
            ),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extent() -> Extent {
        Extent {
            object: "/units/seed".to_owned(),
            offset: 1000,
            shape: vec![3, 2, 5],
            element_bytes: 8,
        }
    }

    #[test]
    fn a_run_of_elements_is_a_run_of_bytes() {
        assert_eq!(extent().len(), 30);
        assert_eq!(extent().bytes(), 1000..1240);
        assert_eq!(extent().bytes_of(7..12), 1056..1096);
        assert_eq!(extent().bytes_of(30..30), 1240..1240);
        let single = Extent {
            shape: Vec::new(),
            ..extent()
        };
        assert_eq!(single.bytes(), 1000..1008);
    }

    #[test]
    #[should_panic(expected = "leave /units/seed")]
    fn a_run_never_reaches_into_the_next_dataset() {
        let _bytes = extent().bytes_of(29..31);
    }

    #[test]
    fn a_dataset_is_within_its_file() {
        let path = Path::new("r.h5");
        extent().check_within(1240, path).unwrap();
        let cut = extent().check_within(1239, path).unwrap_err().to_string();
        assert!(cut.contains("1239") && cut.contains("1240"), "{cut}");
        let absurd = Extent {
            shape: vec![u64::MAX, 3],
            ..extent()
        };
        absurd.check_within(u64::MAX, path).unwrap_err();
    }
}
