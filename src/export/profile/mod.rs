//! Profiles: TOML files that say how earmark's tables become one ATS's columns or requests.

mod fields;
mod model;
mod pointer;
mod pull;
mod push;
mod read;
mod shipped;
mod template;

pub use fields::{BESIDE, Own, known_fields, own_range};
pub use model::{
    Column, Deliver, Expand, Filter, From, IdForm, Ident, Kind, OnMissing, OnOverflow, OnUnmapped, PERSONAL, Privacy, Profile,
    Range, Retry, ReviewerNames, Rows, Scaling, Shape, Type,
};
pub use pointer::{Pointer, says};
pub use pull::{Each, Known, Next, Pull};
pub use push::{Auth, Body, Call, Http, Look, Push, Safe, Success, THERE, Tree};
pub use read::{CheckedProfile, unspoken_scheme};
pub use shipped::{ShippedProfile, shipped_profile, shipped_profiles};
pub use template::{Lookup, Reference, Template, for_file, for_xml, percent};
