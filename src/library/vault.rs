//! How one file of the vault is written: 64 KiB at a time, each piece bound to its place.

/// What a file of the vault holds; part of what its name and its cipher depend on.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Content {
    /// An answer's recording or file.
    Recording,
    /// A résumé and the like.
    Document,
    /// What a source sent, as it came.
    Raw,
}
