//! The flags that every subcommand takes.

use std::path::PathBuf;

use crate::config::settings::{Flag, Raw};

#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Everywhere")]
pub(super) struct Globals {
    /// The library to work on
    #[arg(long, global = true, value_name = "DIR", env = "EARMARK_LIBRARY", hide_env_values = true)]
    pub(super) library: Option<PathBuf>,
    /// Works on the demo's library
    #[arg(long, global = true)]
    pub(super) demo: bool,
    /// The settings file
    #[arg(long, global = true, value_name = "FILE", env = "EARMARK_CONFIG", hide_env_values = true)]
    pub(super) config: Option<PathBuf>,
    /// Results as JSON
    #[arg(long, global = true)]
    pub(super) json: bool,
    /// Results and problems alone
    #[arg(short, long, global = true)]
    pub(super) quiet: bool,
    /// No colours
    #[arg(long, global = true)]
    no_color: bool,
    /// Line by line, for screen readers and scripts: reviewing too; no progress bars, no colours
    #[arg(long, global = true)]
    plain: bool,
}

impl Globals {
    /// Whether everything is to go line by line.
    pub(super) fn is_plain(&self) -> bool {
        self.plain
    }

    /// Those of them that are settings.
    pub(super) fn flags(&self) -> Vec<Flag> {
        let color = self.no_color.then(|| Flag { flag: "--no-color", name: "color", value: Raw::Text("off".to_owned()) });
        let plain = self.plain.then_some(Flag { flag: "--plain", name: "plain", value: Raw::Truth(true) });
        color.into_iter().chain(plain).collect()
    }
}
