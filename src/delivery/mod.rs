//! Where exports go, and proof of what arrived: plans, their application, the ledger's meaning, and what is told of a run.
//!
//! A row is counted once: selected = delivered + unchanged + moved + quarantined + failed + unknown. What is sent is in
//! the ledger before it is sent; what may have arrived is looked for before anything is sent again.

mod apply;
mod items;
mod plan;
mod report;
mod send;
mod settle;
pub mod store;

pub use apply::{Applied, Applying, NotApplied, RowReport, apply, retry};
pub use items::{Item, Job, items};
pub use plan::{Change, OldNew, Plan, PlanRow, SCHEMA, plan};
pub use report::{Reconciliation, RowOutcome, Run, prometheus};
pub use store::{Store, StoreError};
