//! What is kept of people: everything about one handed over or removed, and what is past its date removed.

mod counted;
mod deleting;
mod erasing;
mod handing;
mod page;
mod person;
mod retention;
mod room;
mod told;

pub use counted::{Counted, EngineTold, Receiver, engines, receivers};
pub use deleting::{Braked, Deleted, braked, deleted, plan_deletion, remove_deleted};
pub use erasing::{Erasing, HandedTold, NamedIn, Unreachable, erase, plan};
pub use handing::{HandedOver, hand_over};
pub use person::{Entry, Found, NoSuchPerson, Person, find, open};
pub use retention::{Due, Removal, Retention, due, remove};
pub use room::{Shrunk, shrink};
