//! The program as a script meets it.
