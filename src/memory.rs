//! Memory of this machine.

/// Memory that this process can still get: the host's, or what its control group leaves if that is less.
#[must_use]
pub fn available_memory_bytes() -> Option<u64> {
    let mut system = sysinfo::System::new().ok()?;
    system.refresh_memory();
    let host = system.available_memory();
    Some(match system.cgroup_limits() {
        Some(limits) if limits.total_memory > 0 => host.min(limits.free_memory),
        _ => host,
    })
}
