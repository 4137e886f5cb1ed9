//! The earmark program.

fn main() {}
