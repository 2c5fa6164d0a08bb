//! The first bytes of a results file, brought from memory to the disk and compared with what is there then.

use super::contents::{Contents, Elements};
use super::extent::Extent;
use super::skeleton::Skeleton;
use super::{StoreError, Subject};
use crate::netcdf4::NewFile;
use std::ops::Range;
use std::os::unix::fs::FileExt;

/// Most bytes that are made, written and compared at a time.
const BLOCK_BYTES: u64 = 4 << 20;

/// All that a new file holds: the structure from memory, and the elements of its datasets as they are made. Whatever lies
/// outside is zero.
pub(super) struct Transcript<'a> {
    skeleton: &'a Skeleton,
    /// Runs of bytes of the structure, without those of `elements`.
    structure: Vec<Range<u64>>,
    elements: Vec<(&'a Extent, Elements<'a>)>,
}

impl<'a> Transcript<'a> {
    /// What goes into the file of a study.
    pub fn new<S: Subject>(skeleton: &'a Skeleton, contents: &'a Contents<'a, S>) -> Result<Self, StoreError> {
        let mut elements = Vec::new();
        for (group, places) in contents.layout.groups().iter().zip(&skeleton.places) {
            for (variable, extent) in group.variables.iter().zip(places) {
                if let Some(made) = contents.of(group, variable) {
                    elements.push((extent, made));
                }
            }
        }
        let taken: Vec<Range<u64>> = elements.iter().map(|(extent, _)| extent.bytes()).collect();
        Ok(Self {
            structure: without(skeleton.written()?, taken),
            skeleton,
            elements,
        })
    }

    /// Writes all of it, brings it to the disk, reads it back and compares.
    pub fn write_to(&self, new: &NewFile) -> Result<(), StoreError> {
        let file = new.file();
        self.visit(|bytes, place| {
            (file.write_all_at(bytes, place)).map_err(|error| StoreError::io("writing", new.path(), error))
        })?;
        file.sync_all()
            .map_err(|error| StoreError::io("syncing", new.path(), error))?;
        // From the disk if the system lets go of its copy; this is no more than a request.
        let _ = rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::DontNeed);
        let mut found = Vec::new();
        self.visit(|bytes, place| {
            found.resize(bytes.len(), 0);
            (file.read_exact_at(&mut found, place))
                .map_err(|error| StoreError::io("reading back", new.path(), error))?;
            match bytes.iter().zip(&found).position(|(written, read)| written != read) {
                None => Ok(()),
                Some(at) => Err(StoreError::NotKept {
                    path: new.path().to_owned(),
                    place: place + at as u64,
                    found: found[at],
                    expected: bytes[at],
                }),
            }
        })
    }

    /// Hands over everything, block by block, with its place in the file.
    fn visit(&self, mut visit: impl FnMut(&[u8], u64) -> Result<(), StoreError>) -> Result<(), StoreError> {
        let mut block = Vec::new();
        for run in &self.structure {
            for start in run.clone().step_by(BLOCK_BYTES as usize) {
                block.resize((run.end - start).min(BLOCK_BYTES) as usize, 0);
                self.skeleton.read(&mut block, start)?;
                visit(&block, start)?;
            }
        }
        for (extent, elements) in &self.elements {
            let step = (BLOCK_BYTES / extent.element_bytes).max(1);
            for start in extent.all().step_by(step as usize) {
                let range = start..(start + step).min(extent.len());
                let place = extent.bytes_of(range.clone());
                let bytes = elements(range);
                assert_eq!(bytes.len() as u64, place.end - place.start, "{}", extent.object);
                visit(&bytes, place.start)?;
            }
        }
        Ok(())
    }
}

/// The parts of `runs` (in order) outside `taken`.
fn without(runs: Vec<Range<u64>>, mut taken: Vec<Range<u64>>) -> Vec<Range<u64>> {
    taken.sort_unstable_by_key(|range| range.start);
    let mut left = Vec::new();
    for run in runs {
        let mut start = run.start;
        for hole in taken.iter().filter(|hole| hole.start < run.end && hole.end > run.start) {
            if hole.start > start {
                left.push(start..hole.start);
            }
            start = start.max(hole.end);
        }
        if start < run.end {
            left.push(start..run.end);
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_is_taken_out_of_what_is_copied() {
        let runs = vec![0..100, 200..300, 400..500];
        let taken = vec![450..600, 20..30, 90..210, 0..0, 250..251];
        assert_eq!(
            without(runs.clone(), taken),
            [0..20, 30..90, 210..250, 251..300, 400..450]
        );
        assert_eq!(without(runs.clone(), Vec::new()), runs);
        assert_eq!(without(runs, vec![0..1000, 50..60]), []);
    }
}
