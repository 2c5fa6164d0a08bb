//! What the readers' errors mean to someone who has the file.

use super::error::GridProblem;
use super::filters;
use super::hdf5_listing::innermost;

pub(super) fn problem_of_netcdf(error: &netcdf_reader::Error) -> GridProblem {
    use netcdf_reader::Error;
    match error {
        Error::Io(error) => problem_of_io(error),
        Error::UnexpectedEof {
            offset,
            needed,
            available,
        } => cut_off(*offset, *needed, *available),
        Error::Hdf5(error) => problem_of_hdf5(error),
        other => GridProblem::Structure(other.to_string()),
    }
}

pub(super) fn problem_of_hdf5(error: &hdf5_reader::error::Error) -> GridProblem {
    use hdf5_reader::error::Error;
    match innermost(error) {
        Error::Io(error) => problem_of_io(error),
        Error::UnexpectedEof {
            offset,
            needed,
            available,
        } => cut_off(*offset, *needed, *available),
        Error::UnsupportedFilter(text) => GridProblem::Filter {
            name: filters::name(text),
        },
        _ => GridProblem::Structure(error.to_string()),
    }
}

fn problem_of_io(error: &std::io::Error) -> GridProblem {
    match error.kind() {
        std::io::ErrorKind::UnexpectedEof => GridProblem::CutOff("it became shorter while it was read".to_owned()),
        _ => GridProblem::Open(error.to_string()),
    }
}

fn cut_off(offset: u64, needed: u64, available: u64) -> GridProblem {
    GridProblem::CutOff(format!(
        "{needed} bytes are needed at byte {offset}, and {available} are there"
    ))
}
