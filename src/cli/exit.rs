//! The one table of exit codes.

use std::process::ExitCode;

/// How a command ended; scripts tell these apart by their number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Exit {
    /// Done, also when there was nothing new.
    Done = 0,
    /// Failed.
    Failed = 1,
    /// The command or the settings are wrong.
    Usage = 2,
    /// Someone must sign in.
    Authentication = 3,
    /// Done in part; what failed was named.
    Partial = 4,
    /// Something was asked for by name, and none of it is there.
    NoMatch = 5,
    /// It may work later.
    TryLater = 75,
    /// Stopped by the user, or by a reader who left.
    Interrupted = 130,
}

impl Exit {
    /// Every way to end, in order, for the manual.
    pub const ALL: [Exit; 8] = [
        Exit::Done,
        Exit::Failed,
        Exit::Usage,
        Exit::Authentication,
        Exit::Partial,
        Exit::NoMatch,
        Exit::TryLater,
        Exit::Interrupted,
    ];

    /// The number that the shell sees.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// What it means, in a few words.
    pub fn meaning(self) -> &'static str {
        match self {
            Exit::Done => "done, also when there was nothing new",
            Exit::Failed => "failed",
            Exit::Usage => "the command or the settings are wrong",
            Exit::Authentication => "someone must sign in",
            Exit::Partial => "done in part; what failed is named",
            Exit::NoMatch => "none of what was asked for is there",
            Exit::TryLater => "it may work later",
            Exit::Interrupted => "interrupted",
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.code())
    }
}
