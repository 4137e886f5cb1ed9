//! The earmark program.

use std::process::ExitCode;

fn main() -> ExitCode {
    earmark::cli::run(std::env::args_os())
}
