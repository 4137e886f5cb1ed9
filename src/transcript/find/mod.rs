//! Finds where a phrase or its inflected forms were said, in one transcript and in all of a batch.
//!
//! Words are compared in a folded form: lower case, without accents, apostrophes and punctuation; `e-mail` is two words, and
//! each character of Chinese and Japanese writing is one, since these have no spaces. The index is a value: it holds the words
//! themselves, packed, so that a hit's quote and moment need no file.

mod apart;
mod binder;
mod fold;
mod index;
mod pack;
mod pairs;
mod phrase;
mod stem;
mod text;
mod volume;

#[cfg(test)]
mod tests;

pub use binder::{Binder, Entry};
pub use index::{Found, Hit, Index, Quote};
pub use phrase::{Phrase, ToFindIn};
pub use stem::Language;
pub use text::{find_in, folded, stems};
pub use volume::Volume;
