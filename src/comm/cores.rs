//! How many cores a rank may compute on when ranks share a node.

/// The CPUs of this process's affinity mask, from the text of `/proc/self/status` (`Cpus_allowed_list: 0-3,8`).
#[cfg(any(feature = "mpi", test))]
#[must_use]
pub(super) fn allowed_cpus(status: &str) -> Option<Vec<usize>> {
    let list = status
        .lines()
        .find_map(|line| line.strip_prefix("Cpus_allowed_list:"))?
        .trim();
    let mut cpus = Vec::new();
    for part in list.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        cpus.extend(first.trim().parse::<usize>().ok()?..=last.trim().parse::<usize>().ok()?);
    }
    Some(cpus)
}

/// The share of a rank that may use `mine` when `users[cpu]` ranks of the node may use each CPU: ranks that are bound
/// to cores of their own keep them all, ranks that share cores share them evenly. At least 1.
#[cfg(any(feature = "mpi", test))]
#[must_use]
pub(super) fn share(mine: &[usize], users: &[u32]) -> usize {
    let share: f64 = mine
        .iter()
        .map(|&cpu| 1.0 / f64::from(users.get(cpu).copied().unwrap_or(1).max(1)))
        .sum();
    // 3 ranks on 3 cores: 3 × ⅓ must not become 0.
    ((share + 1e-9).floor() as usize).max(1)
}

/// Cores this process may use, as the operating system says: affinity and container limits.
#[must_use]
pub(super) fn available() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_are_read() {
        assert_eq!(
            allowed_cpus("Name:\tx\nCpus_allowed:\t103\nCpus_allowed_list:\t0-1,8\n"),
            Some(vec![0, 1, 8])
        );
        assert_eq!(allowed_cpus("Name:\tx\n"), None);
        assert_eq!(allowed_cpus("Cpus_allowed_list:\t0-x\n"), None);
    }

    #[test]
    fn bound_ranks_keep_their_cores_and_others_share() {
        // Two ranks, each bound to two of four cores.
        assert_eq!(share(&[0, 1], &[1, 1, 1, 1]), 2);
        // Two unbound ranks on four cores.
        assert_eq!(share(&[0, 1, 2, 3], &[2, 2, 2, 2]), 2);
        // Three unbound ranks on three cores, and on two.
        assert_eq!(share(&[0, 1, 2], &[3, 3, 3]), 1);
        assert_eq!(share(&[0, 1], &[3, 3]), 1);
    }
}
