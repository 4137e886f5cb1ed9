//! Where settings, keys and secrets live.

pub mod key;
