//! Two people and a folder.
