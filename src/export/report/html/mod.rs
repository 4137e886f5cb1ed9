//! The report as one page that needs nothing else: text escaped by construction, charts as inline SVG, one style and one script
//! of its own under a policy that lets nothing else run and nothing be fetched.

mod build;
mod charts;
mod figures;
mod page;
mod person;
mod ranking;
mod rules;

pub use page::page;
