//! Says which folders are built into the program, so that an edit there is seen by the next build.

#![allow(clippy::print_stdout)] // cargo listens there

/// The folders that `include_dir!` takes in; the macro alone does not tell cargo of them.
const BUILT_IN: [&str; 3] = ["rubrics", "themes", "src/demo"];

fn main() {
    BUILT_IN.iter().for_each(|folder| println!("cargo::rerun-if-changed={folder}"));
    println!("cargo::rerun-if-changed=build.rs");
}
