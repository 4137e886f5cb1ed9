//! The application on a terminal: terminal handling, themes, keymap, widgets and screens.
//!
//! The rule of this room: only [`Words`] reach the screen, and they are made from [`SafeText`](crate::text::SafeText),
//! from words in the program itself, or cleaned on the way. Widths come from [`crate::text::width`] alone. Roles name
//! what a cell means; colours and glyphs are the theme's and [`Glyphs`]' business.

mod draw;
mod ground;
mod input;
pub mod keymap;
mod lines;
pub mod plain;
mod pointing;
mod screens;
pub mod terminal;
pub mod theme;
mod view;
pub mod widgets;
mod words;

pub use draw::{Canvas, Glyphs, Look};
pub use input::{Input, Mouse, MouseDid, inputs};
pub use theme::{Role, Theme};
pub use view::View;
pub use words::Words;
