//! `earmark man`: the manual.

use std::path::{Path, PathBuf};

use clap::CommandFactory as _;
use clap_mangen::Man;

use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::{Cli, Context};

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Whose page: a subcommand; earmark's own without
    command: Vec<String>,
    /// Writes every page into this folder instead
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    out: Option<PathBuf>,
}

pub(super) fn run(args: &Args, context: &Context) -> Outcome {
    match &args.out {
        Some(folder) => write_all(folder, context),
        None => print(&args.command, context),
    }
}

fn write_all(folder: &Path, context: &Context) -> Outcome {
    let failed = |e| Failure::new(format!("Could not write the manual into {}", folder.display())).because(&e);
    std::fs::create_dir_all(folder).map_err(failed)?;
    clap_mangen::generate_to(Cli::command(), folder).map_err(failed)?;
    context.out.note(format!("the manual lies in {}", folder.display()));
    Ok(Exit::Done)
}

fn print(names: &[String], context: &Context) -> Outcome {
    let mut command = Cli::command();
    // Building gives each subcommand its full name and the flags that hold everywhere.
    command.build();
    for name in names {
        let found = command.find_subcommand(name).cloned();
        command = found.ok_or_else(|| {
            let known: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
            let failure = Failure::usage(format!("Could not find a manual page for `{name}`"));
            failure.hint(format!("there are {}", known.join(", ")))
        })?;
    }
    let mut page = Vec::new();
    Man::new(command).render(&mut page).map_err(|e| Failure::new("Could not write the page").because(&e))?;
    context.out.document(&page);
    Ok(Exit::Done)
}
