//! Where exports go, and proof of what arrived: plans, their application, the ledger's meaning, and what is told of a run.
//!
//! A row is counted once: selected = delivered + unchanged + moved + quarantined + failed + unknown + held. What is sent is in
//! the ledger before it is sent; what may have arrived is looked for before anything is sent again.

mod apply;
mod beside;
mod calls;
mod checked;
mod cut_off;
mod enter;
mod fate;
mod items;
mod known;
mod looked;
mod lying;
mod matching;
mod meter;
mod moved;
mod plan;
mod pull;
mod report;
mod send;
mod settle;
pub mod store;
mod withdrawn;

pub use apply::{Applied, Applying, NotApplied, Over, Place, RowReport, apply, retry};
pub use beside::Lacking;
pub use calls::{Caller, LookAsk, Present, Presents, look_at};
pub use enter::enter;
pub use items::{Item, Job, Made, items};
pub use known::{Known, known};
pub use looked::{Looked, Said, Whose};
pub use lying::{Lying, look_for_files};
pub use matching::{By, Listed, Matching, Pair, matching};
pub use meter::Meter;
pub use plan::{Change, Doubt, OldNew, Plan, PlanRow, SCHEMA, Sights, plan, withdrawn};
pub use pull::pull;
pub use report::{GuardedCell, Reconciliation, RowOutcome, Run, prometheus};
pub use store::{Store, StoreError};
pub use withdrawn::{Erased, Withdrawn};
