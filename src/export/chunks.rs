//! How frames are cut into chunks, the pieces that are compressed and read as one.

/// Frames smaller than this share a chunk, bytes: many tiny chunks cost more than they save.
const MIN_CHUNK_BYTES: u64 = 64 << 10;
/// Larger frames are cut into bands of rows, bytes: what HDF5 keeps of a dataset in memory unless told otherwise.
const MAX_CHUNK_BYTES: u64 = 1 << 20;
/// Size of a stored value.
const VALUE_BYTES: u64 = size_of::<f32>() as u64;

/// Shape of a chunk of a variable over (time, y, x). Rows are never cut.
///
/// A single frame costs one chunk (or the few that it alone fills), and playing forward reads every chunk once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChunkShape {
    /// Frames.
    pub frames: u64,
    /// Rows of a frame.
    pub rows: u64,
    /// Values in a row: all of them.
    pub columns: u64,
}

impl ChunkShape {
    /// For frames of `rows` × `columns` values, both at least 1.
    #[must_use]
    pub fn of_frames(rows: u64, columns: u64) -> Self {
        let row_bytes = columns * VALUE_BYTES;
        let frame_bytes = rows * row_bytes;
        if frame_bytes <= MAX_CHUNK_BYTES {
            return Self {
                frames: (MIN_CHUNK_BYTES / frame_bytes).max(1),
                rows,
                columns,
            };
        }
        // Bands of about equal height.
        let bands = rows.div_ceil((MAX_CHUNK_BYTES / row_bytes).max(1));
        Self {
            frames: 1,
            rows: rows.div_ceil(bands),
            columns,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_one_chunk_unless_it_is_tiny_or_huge() {
        let shape = |rows, columns| {
            let ChunkShape { frames, rows, columns } = ChunkShape::of_frames(rows, columns);
            (frames, rows, columns)
        };
        assert_eq!(shape(128, 200), (1, 128, 200));
        assert_eq!(shape(512, 512), (1, 512, 512));
        assert_eq!(shape(21, 21), (37, 21, 21));
        assert_eq!(shape(1, 1), (16_384, 1, 1));
        // 4 MiB are four bands of 1 MiB.
        assert_eq!(shape(1024, 1024), (1, 256, 1024));
        assert_eq!(shape(1080, 1920), (1, 135, 1920));
        // A row is never cut.
        assert_eq!(shape(3, 1_000_000), (1, 1, 1_000_000));
    }
}
