//! The one integration-test binary: everything that needs more than values.

mod architecture;
mod cli;
