//! What the library keeps, and what it withstands.

mod backup;
mod damage;
mod journal;
mod keep;
mod kill;
mod secrecy;
mod support;
mod versions;
