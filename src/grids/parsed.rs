//! Small files that are parsed once per rank.

use std::any::{Any, TypeId};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

type Parsed = Arc<dyn Any + Send + Sync>;

/// What small files hold, by place and type. Failures aren't kept.
#[derive(Default)]
pub(super) struct ParsedFiles {
    files: Mutex<BTreeMap<(PathBuf, TypeId), Parsed>>,
}

impl fmt::Debug for ParsedFiles {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ParsedFiles").finish_non_exhaustive()
    }
}

impl ParsedFiles {
    /// What `parse` makes of the file at `place`, at the first call; the same again later.
    pub(super) fn get<T: Any + Send + Sync, E>(
        &self,
        place: &Path,
        parse: impl FnOnce(&Path) -> Result<T, E>,
    ) -> Result<Arc<T>, E> {
        // Held while parsing, so that threads that start together don't parse the same file.
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (place.to_owned(), TypeId::of::<T>());
        if let Some(known) = files.get(&key)
            && let Ok(known) = Arc::clone(known).downcast::<T>()
        {
            return Ok(known);
        }
        let parsed = Arc::new(parse(place)?);
        files.insert(key, parsed.clone());
        Ok(parsed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_parsed_once_and_failures_are_tried_again() {
        let files = ParsedFiles::default();
        let place = Path::new("table.csv");
        assert_eq!(files.get::<u32, _>(place, |_| Err("missing")), Err("missing"));
        assert_eq!(files.get::<u32, &str>(place, |_| Ok(7)).as_deref(), Ok(&7));
        assert_eq!(files.get::<u32, _>(place, |_| Err("parsed again")).as_deref(), Ok(&7));
        assert_eq!(
            files.get::<u64, &str>(place, |_| Ok(8)).as_deref(),
            Ok(&8),
            "another type is another entry"
        );
        assert_eq!(
            files.get::<u32, &str>(Path::new("other.csv"), |_| Ok(9)).as_deref(),
            Ok(&9)
        );
    }
}
