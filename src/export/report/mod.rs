//! The report: what was judged of a batch, for people without a terminal, as values and as one self-contained page.
//!
//! [`Report::collect`] takes its figures from the folds that the panel and the tables use; [`page`] turns them into text, in
//! which every word from outside is escaped, because a single writer makes all of the markup. Sounds are given to it.

mod brief;
mod collect;
mod html;
mod naming;
mod value;

#[cfg(test)]
pub(super) mod tests;

pub use brief::{Ask, Why, brief, brief_text};
pub use collect::{Given, NotRanked};
pub use html::page;
pub use naming::{Called, Naming};
pub use value::{
    Clip, CriterionRow, DecisionRow, Hearing, Judged, Machine, MustHaveRow, Person, Quote, Reconciled, Remark, Report, RubricNote,
    Sound,
};
