//! What a process takes from itself before it reads a byte that a stranger wrote: memory, time, files, network, other programs.

use serde::{Deserialize, Serialize};

/// How much a child may use.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Limits {
    /// Bytes of memory of its own.
    pub(super) memory: u64,
    /// Seconds of a processor.
    pub(super) seconds: u64,
}

/// Which walls stand: not every system has all of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Walls {
    /// Memory, time, size of files and number of descriptors are limited.
    pub limits: bool,
    /// It can never get more rights than it has.
    pub no_new_rights: bool,
    /// No file can be opened and no port reached (Landlock).
    pub no_files: bool,
    /// The system answers nothing but what decoding needs (seccomp).
    pub few_calls: bool,
}

impl Walls {
    /// Whether all of them stand.
    pub fn are_whole(self) -> bool {
        self.limits && self.no_new_rights && self.no_files && self.few_calls
    }

    /// What is missing, in words; empty when nothing is.
    pub fn gaps(self) -> Vec<&'static str> {
        let walls = [
            (self.limits, "no limits on memory and time"),
            (self.no_new_rights, "it could gain rights"),
            (self.no_files, "files are not closed to it (no Landlock)"),
            (self.few_calls, "the system's calls are not closed to it (no seccomp)"),
        ];
        walls.into_iter().filter(|(stands, _)| !stands).map(|(_, gap)| gap).collect()
    }
}

/// Raises all that this system has around the process that calls it; there is no way back.
pub(super) fn raise(limits: Limits) -> Walls {
    Walls {
        limits: limit(limits),
        no_new_rights: system::no_new_rights(),
        no_files: system::close_files(&[]),
        few_calls: system::close_calls(system::Calls::Decoding),
    }
}

/// The same for a process that becomes another program: what lies under `readable` can be read and run, nothing can be written.
pub(super) fn raise_for_program(limits: Limits, readable: &[std::path::PathBuf]) -> Walls {
    Walls {
        limits: limit(limits),
        no_new_rights: system::no_new_rights(),
        no_files: system::close_files(readable),
        few_calls: system::close_calls(system::Calls::Program),
    }
}

#[cfg(unix)]
fn limit(limits: Limits) -> bool {
    use rustix::process::{Resource, Rlimit, setrlimit};
    // The first is a signal that tells what it was, the second cannot be outlived.
    let to = |value: u64| Rlimit { current: Some(value), maximum: Some(value.saturating_add(u64::from(value > 0))) };
    // Pages of the program itself count towards the address space, not towards its data.
    let all = [
        (Resource::Data, limits.memory),
        (Resource::As, limits.memory + (1 << 30)),
        (Resource::Cpu, limits.seconds),
        (Resource::Fsize, 0),
        (Resource::Nofile, 16),
        (Resource::Core, 0),
    ];
    all.into_iter().filter(|(resource, value)| setrlimit(*resource, to(*value)).is_err()).count() == 0
}

#[cfg(not(unix))]
fn limit(_: Limits) -> bool {
    false
}

#[cfg(target_os = "linux")]
mod system {
    use std::collections::BTreeMap;
    use std::path::PathBuf;

    use landlock::{
        ABI, Access as _, AccessFs, AccessNet, CompatLevel, Compatible as _, Ruleset, RulesetAttr as _, RulesetCreatedAttr as _,
        RulesetError, RulesetStatus, Scope, path_beneath_rules,
    };
    use libc::{self as sys, c_long};
    use seccompiler::{
        BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule, apply_filter,
    };

    /// Which of the system's calls stay open.
    pub(super) enum Calls {
        /// Those that decoding needs, and no others.
        Decoding,
        /// All but those that reach out of the process.
        Program,
    }

    pub(super) fn no_new_rights() -> bool {
        rustix::thread::set_no_new_privs(true).is_ok()
    }

    /// Nothing can be opened but to read and run what lies under `readable`; ports and other processes' sockets are closed.
    pub(super) fn close_files(readable: &[PathBuf]) -> bool {
        let close = || -> Result<RulesetStatus, RulesetError> {
            let rules = Ruleset::default()
                .set_compatibility(CompatLevel::BestEffort)
                .handle_access(AccessFs::from_all(ABI::V5))?
                .handle_access(AccessNet::from_all(ABI::V4))?
                .scope(Scope::from_all(ABI::V6))?
                .create()?;
            let read = AccessFs::from_read(ABI::V5);
            Ok(rules.add_rules(path_beneath_rules(readable, read))?.restrict_self()?.ruleset)
        };
        // An older kernel closes less of it, but files it closes.
        close().is_ok_and(|status| status != RulesetStatus::NotEnforced)
    }

    pub(super) fn close_calls(calls: Calls) -> bool {
        let (listed, listed_is, other_is) = match &calls {
            Calls::Decoding => (DECODING, SeccompAction::Allow, SeccompAction::Errno(sys::EPERM as u32)),
            Calls::Program => (REACHING_OUT, SeccompAction::Errno(sys::EPERM as u32), SeccompAction::Allow),
        };
        let mut rules: BTreeMap<c_long, Vec<SeccompRule>> = listed.iter().map(|call| (*call, Vec::new())).collect();
        if let (Calls::Decoding, Some(itself)) = (calls, to_itself()) {
            // It may end itself by a signal, and nobody else.
            rules.insert(sys::SYS_tgkill, vec![itself]);
        }
        let Ok(arch) = std::env::consts::ARCH.try_into() else { return false };
        let filter = SeccompFilter::new(rules, other_is, listed_is, arch).ok();
        filter.and_then(|filter| BpfProgram::try_from(filter).ok()).is_some_and(|program| apply_filter(&program).is_ok())
    }

    fn to_itself() -> Option<SeccompRule> {
        let pid = u64::from(std::process::id());
        let condition = SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, pid).ok()?;
        SeccompRule::new(vec![condition]).ok()
    }

    /// Reading and writing what is open, memory, time, and ending. Nothing opens, connects, starts or signals another.
    const DECODING: &[c_long] = &[
        sys::SYS_read,
        sys::SYS_readv,
        sys::SYS_write,
        sys::SYS_writev,
        sys::SYS_close,
        sys::SYS_fstat,
        sys::SYS_lseek,
        sys::SYS_ppoll,
        sys::SYS_mmap,
        sys::SYS_mremap,
        sys::SYS_munmap,
        sys::SYS_mprotect,
        sys::SYS_madvise,
        sys::SYS_brk,
        sys::SYS_futex,
        sys::SYS_sched_yield,
        sys::SYS_clock_gettime,
        sys::SYS_clock_nanosleep,
        sys::SYS_getrandom,
        sys::SYS_getpid,
        sys::SYS_gettid,
        sys::SYS_rt_sigaction,
        sys::SYS_rt_sigprocmask,
        sys::SYS_rt_sigreturn,
        sys::SYS_sigaltstack,
        sys::SYS_restart_syscall,
        sys::SYS_exit,
        sys::SYS_exit_group,
    ];

    /// Sockets, other processes, and what changes the system.
    const REACHING_OUT: &[c_long] = &[
        sys::SYS_socket,
        sys::SYS_socketpair,
        sys::SYS_connect,
        sys::SYS_bind,
        sys::SYS_listen,
        sys::SYS_accept,
        sys::SYS_accept4,
        sys::SYS_sendto,
        sys::SYS_sendmsg,
        sys::SYS_ptrace,
        sys::SYS_process_vm_readv,
        sys::SYS_process_vm_writev,
        sys::SYS_kill,
        sys::SYS_mount,
        sys::SYS_umount2,
        sys::SYS_unshare,
        sys::SYS_setns,
        sys::SYS_bpf,
        sys::SYS_keyctl,
        sys::SYS_add_key,
        sys::SYS_request_key,
        sys::SYS_perf_event_open,
        sys::SYS_io_uring_setup,
        sys::SYS_userfaultfd,
        sys::SYS_memfd_create,
        sys::SYS_shmget,
        sys::SYS_msgget,
        sys::SYS_semget,
    ];
}

#[cfg(not(target_os = "linux"))]
mod system {
    use std::path::PathBuf;

    /// Which of the system's calls stay open.
    pub(super) enum Calls {
        /// Those that decoding needs, and no others.
        Decoding,
        /// All but those that reach out of the process.
        Program,
    }

    pub(super) fn no_new_rights() -> bool {
        false
    }

    pub(super) fn close_files(_: &[PathBuf]) -> bool {
        false
    }

    pub(super) fn close_calls(_: Calls) -> bool {
        false
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::fs::File;
    use std::net::UdpSocket;
    use std::path::PathBuf;
    use std::process::Command;

    use super::system::{Calls, close_calls, close_files, no_new_rights};

    /// Landlock and seccomp hold for the thread that asks for them, so a test can try them.
    fn behind<T: Send + 'static>(test: impl FnOnce() -> T + Send + 'static) -> T {
        std::thread::spawn(test).join().expect("the thread ends")
    }

    #[test]
    fn behind_the_walls_nothing_opens_connects_or_starts() {
        let outcomes = behind(|| {
            let try_all = || {
                let opens = File::open("/proc/self/status").is_ok();
                (opens, UdpSocket::bind("127.0.0.1:0").is_ok(), Command::new("/bin/true").status().is_ok())
            };
            let before = try_all();
            let stand = no_new_rights() && close_calls(Calls::Decoding);
            // What decoding needs goes on: memory and time.
            let memory: u64 = vec![1u8; 8 << 20].iter().map(|byte| u64::from(*byte)).sum();
            (before, stand, memory, try_all())
        });
        assert_eq!(outcomes, ((true, true, true), true, 8 << 20, (false, false, false)));
    }

    #[test]
    fn a_program_behind_its_walls_reads_what_programs_are_made_of_and_nothing_of_the_users() {
        let secret = tempfile::NamedTempFile::new().expect("a file");
        let path = secret.path().to_owned();
        let (closed, program, users, socket) = behind(move || {
            let closed = no_new_rights() && close_files(&[PathBuf::from("/usr")]) && close_calls(Calls::Program);
            let socket = UdpSocket::bind("127.0.0.1:0").is_ok();
            (closed, std::fs::read_dir("/usr/bin").is_ok(), File::open(path).is_ok(), socket)
        });
        // An older kernel has no Landlock, and says so.
        assert!(!closed || (program && !users && !socket), "{program} {users} {socket}");
    }
}
