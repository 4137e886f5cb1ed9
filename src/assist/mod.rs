//! Engines outside the process: a language model as second reader, and what writes down what was said.
//!
//! Nothing is sent anywhere without an address, a model and a key in the settings, and nothing of a region that the settings do not
//! name for that engine: both are looked at before the first byte. What an engine answers is a stranger's text: it is bounded, read by
//! the contract of the room whose value it becomes, and every way to fail has a name that can be counted.

mod endpoint;
pub mod reader;
pub mod transcribe;

pub use endpoint::{Endpoint, NotSet, Regions, Said, Still, Trouble, Turn};
pub use reader::{Exchange, ModelReader};
pub use transcribe::Transcriber;
