//! What the system counts for a process that runs, read from /proc (<https://docs.kernel.org/filesystems/proc.html>).

use std::collections::BTreeMap;
use std::path::PathBuf;

use rustix::process::Pid;

/// Milliseconds of processor time that the threads of a process have used so far.
pub(crate) fn cpu_ms(process: Pid) -> f64 {
    let run = |thread: &PathBuf| -> Option<f64> {
        let text = std::fs::read_to_string(thread.join("schedstat")).ok()?;
        text.split(' ').next()?.parse().ok()
    };
    threads(process).iter().filter_map(run).sum::<f64>() / 1e6
}

/// Memory that the process alone holds, MiB: what would be free without it.
pub(crate) fn memory_mib(process: Pid) -> f64 {
    let text = std::fs::read_to_string(format!("/proc/{}/smaps_rollup", process.as_raw_nonzero())).unwrap_or_default();
    let kib = |line: &str| line.split_whitespace().nth(1).and_then(|kib| kib.parse::<f64>().ok());
    let own = text.lines().filter(|line| line.starts_with("Private_Clean:") || line.starts_with("Private_Dirty:"));
    own.filter_map(kib).sum::<f64>() / 1024.0
}

/// How often each thread has gone to sleep so far, by its name and number: each time it was woken before.
pub(crate) fn wakes(process: Pid) -> BTreeMap<String, u64> {
    let count = |thread: PathBuf| -> Option<(String, u64)> {
        let status = std::fs::read_to_string(thread.join("status")).ok()?;
        let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        let number = thread.file_name()?.to_string_lossy().into_owned();
        Some((format!("{} {number}", field("Name:")?), field("voluntary_ctxt_switches:")?.parse().ok()?))
    };
    threads(process).into_iter().filter_map(count).collect()
}

/// What was added between two counts, the threads without any left out.
pub(crate) fn since(before: &BTreeMap<String, u64>, after: &BTreeMap<String, u64>) -> BTreeMap<String, u64> {
    let added = |(thread, count): (&String, &u64)| (thread.clone(), count - before.get(thread).unwrap_or(&0).min(count));
    after.iter().map(added).filter(|(_, added)| *added > 0).collect()
}

fn threads(process: Pid) -> Vec<PathBuf> {
    let tasks = format!("/proc/{}/task", process.as_raw_nonzero());
    std::fs::read_dir(tasks).into_iter().flatten().filter_map(|entry| entry.ok().map(|entry| entry.path())).collect()
}
