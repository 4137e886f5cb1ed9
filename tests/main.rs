//! The one integration-test binary: everything that needs more than values.

mod library;
