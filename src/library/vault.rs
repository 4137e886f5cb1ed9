//! How a file of the vault is written: 64 KiB at a time, each piece bound to its place, its person and its kind.
//!
//! A file is [`MAGIC`], 19 random bytes, and the pieces, each encrypted with XChaCha20-Poly1305. A piece's nonce is the
//! random bytes, its number, and whether it is the last one (the STREAM construction of Hoang, Reyhanitabar, Rogaway and
//! Vizár, 2015): pieces can be neither moved nor dropped nor added, and any one can be read alone. The file's name and
//! its folder's are made with the person's key: they tell those without it neither who nor what.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use chacha20poly1305::XNonce;
use chacha20poly1305::aead::AeadInOut;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::open::make_private_folder;
use super::part::{locked_part, sweep_let_go};
use super::seal::{About, Key, random};
use super::{LibraryError, Result};
use crate::interview::{CandidateId, Digest};

pub(super) const MAGIC: &[u8; 13] = b"earmark vlt 1";
pub(super) const PREFIX: usize = 19;
pub(super) const PIECE: usize = 64 * 1024;
pub(super) const TAG: usize = 16;
/// Where files lie in the vault while they are written: apart, so that a start finds what a killed one left without going through
/// everybody's shelves.
const PARTS: &str = ".parts";
/// What their names begin with.
const PART: &str = ".part-";

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

impl Content {
    fn tag(self) -> &'static str {
        match self {
            Content::Recording => "earmark/vault/recording/1",
            Content::Document => "earmark/vault/document/1",
            Content::Raw => "earmark/vault/raw/1",
        }
    }
}

/// One person's part of the vault.
pub(super) struct Shelf {
    vault: PathBuf,
    folder: PathBuf,
    pub(super) candidate: CandidateId,
    pub(super) key: Key,
}

impl Shelf {
    pub(super) fn new(library: &Path, candidate: CandidateId, key: Key) -> Self {
        let vault = library.join("vault");
        let name = key.name(About("earmark/vault/shelf/1", &[candidate.0.as_bytes()]));
        Shelf { folder: vault.join(hex(&name[..16])), vault, candidate, key }
    }

    /// Where everything of this person lies.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where what has this digest lies, or would.
    pub(super) fn path(&self, content: Content, digest: Digest) -> PathBuf {
        let name = self.key.name(About(content.tag(), &[self.candidate.0.as_bytes(), &digest.0]));
        self.folder.join(hex(&name[..16]))
    }

    /// Encrypts all that `from` gives into a file; returns the digest of the plain bytes.
    ///
    /// The file is whole and on disk before it has its name.
    pub(super) fn write(&self, content: Content, from: &mut dyn Read) -> Result<Digest> {
        let parts = self.vault.join(PARTS);
        make_private_folder(&self.folder)?;
        make_private_folder(&parts)?;
        let mut part = locked_part(&parts, PART).map_err(|error| LibraryError::write(&parts, 0, error))?;
        let (digest, bytes) = self.encrypt(content, from, part.as_file_mut())?;
        let path = self.path(content, digest);
        let failed = |error| LibraryError::write(&path, bytes, error);
        part.as_file().sync_all().map_err(failed)?;
        part.persist(&path).map_err(|error| failed(error.error))?;
        sync_folder(&self.folder).and_then(|()| sync_folder(&self.vault)).map_err(failed)?;
        Ok(digest)
    }

    /// The plain bytes; `None` when they are not what was written.
    pub(super) fn read(&self, content: Content, digest: Digest) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
        let mut file = File::open(self.path(content, digest))?;
        // Room for all of it from the start: what grows leaves copies behind.
        let room = file.metadata()?.len();
        let mut plain = Zeroizing::new(Vec::with_capacity(usize::try_from(room).unwrap_or(0)));
        let whole = self.open_pieces(content, &mut file, |piece| plain.extend_from_slice(piece))?;
        Ok(Some(plain).filter(|plain| whole && Digest::of(plain) == digest))
    }

    /// Whether a file of this shelf is what was written under its name, whichever kind it is; it is never held as a whole.
    pub(super) fn is_whole(&self, path: &Path) -> io::Result<bool> {
        for content in [Content::Recording, Content::Document, Content::Raw] {
            let mut hash = Sha256::new();
            let opened = self.open_pieces(content, &mut File::open(path)?, |piece| hash.update(piece))?;
            if opened {
                return Ok(self.path(content, Digest(hash.finalize().into())) == path);
            }
        }
        Ok(false)
    }

    fn encrypt(&self, content: Content, from: &mut dyn Read, to: &mut File) -> Result<(Digest, u64)> {
        let (cipher, about) = (self.key.cipher(), self.about(content));
        let prefix: [u8; PREFIX] = random()?;
        let (mut hash, mut bytes) = (Sha256::new(), 0);
        let failed = |bytes: usize, error| LibraryError::write(&self.vault, bytes as u64, error);
        let unread = |error| LibraryError::io("read the content of", &self.vault, error);
        to.write_all(&[&MAGIC[..], &prefix].concat()).map_err(|error| failed(PREFIX, error))?;
        let mut piece = next_piece(from, PIECE).map_err(unread)?;
        for number in 0u32.. {
            let next = if piece.len() == PIECE { next_piece(from, PIECE).map_err(unread)? } else { Zeroizing::default() };
            let last = next.is_empty();
            hash.update(&piece[..]);
            bytes += piece.len();
            let sealed = cipher.encrypt_in_place(&nonce(&prefix, number, last), &about, &mut *piece);
            sealed.expect("a piece is not too long for the cipher");
            to.write_all(&piece).map_err(|error| failed(bytes, error))?;
            if last {
                break;
            }
            piece = next;
        }
        Ok((Digest(hash.finalize().into()), bytes as u64))
    }

    /// Gives the plain pieces one after the other; false as soon as one is not what was written.
    fn open_pieces(&self, content: Content, from: &mut dyn Read, mut each: impl FnMut(&[u8])) -> io::Result<bool> {
        let (cipher, about) = (self.key.cipher(), self.about(content));
        let (mut magic, mut prefix) = ([0; MAGIC.len()], [0; PREFIX]);
        match from.read_exact(&mut magic).and_then(|()| from.read_exact(&mut prefix)) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
            read => read?,
        }
        if magic != *MAGIC {
            return Ok(false);
        }
        let mut piece = next_piece(from, PIECE + TAG)?;
        for number in 0u32.. {
            let next = if piece.len() == PIECE + TAG { next_piece(from, PIECE + TAG)? } else { Zeroizing::default() };
            let last = next.is_empty();
            if cipher.decrypt_in_place(&nonce(&prefix, number, last), &about, &mut *piece).is_err() {
                return Ok(false);
            }
            each(&piece);
            if last {
                break;
            }
            piece = next;
        }
        Ok(true)
    }

    pub(super) fn about(&self, content: Content) -> Vec<u8> {
        [content.tag().as_bytes(), self.candidate.0.as_bytes()].concat()
    }
}

pub(super) fn nonce(prefix: &[u8; PREFIX], number: u32, last: bool) -> XNonce {
    let mut nonce = [0; 24];
    nonce[..PREFIX].copy_from_slice(prefix);
    nonce[PREFIX..23].copy_from_slice(&number.to_be_bytes());
    nonce[23] = u8::from(last);
    nonce.into()
}

/// The next so many bytes; less where there are no more. It has room for a tag, so that it is never moved and left behind.
pub(super) fn next_piece(from: &mut dyn Read, length: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut piece = Zeroizing::new(Vec::with_capacity(PIECE + TAG));
    from.take(length as u64).read_to_end(&mut piece)?;
    Ok(piece)
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Makes a new name in `folder` survive a power cut.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    Ok(())
}

/// Every file of the vault, relative to the library's folder and sorted; those that are being written are left out.
pub(super) fn files(library: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let shelves = entries(&library.join("vault"))?.into_iter().filter(|path| path.is_dir() && !path.ends_with(PARTS));
    for shelf in shelves {
        files.extend(entries(&shelf)?.iter().filter_map(|path| path.strip_prefix(library).ok()).map(Path::to_owned));
    }
    files.sort();
    Ok(files)
}

/// Whether anything is kept there.
pub(super) fn is_filled(library: &Path) -> bool {
    files(library).is_ok_and(|files| !files.is_empty())
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let failed = |error| LibraryError::io("read", folder, error);
    match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(failed(error)),
        Ok(entries) => entries.map(|entry| entry.map(|entry| entry.path()).map_err(failed)).collect(),
    }
}

/// Removes what a killed process left half written: what nobody holds any more, and where that cannot be told what is a day old.
pub(super) fn sweep(library: &Path) {
    let parts = library.join("vault").join(PARTS);
    sweep_let_go(&parts, PART);
    sweep_parts(&parts, PART);
}

/// Removes what is a day old and longer and lies in `folder` under a temporary name that begins with `prefix`.
pub(super) fn sweep_parts(folder: &Path, prefix: &str) {
    let is_part = |path: &&PathBuf| {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        name.strip_prefix(prefix).is_some_and(|rest| rest.len() == 6 && rest.bytes().all(|byte| byte.is_ascii_alphanumeric()))
    };
    for path in entries(folder).unwrap_or_default().iter().filter(is_part) {
        let Ok(meta) = fs::symlink_metadata(path) else { continue };
        let age = meta.modified().ok().and_then(|at| at.elapsed().ok());
        if age.is_some_and(|age| age > Duration::from_secs(24 * 3600)) {
            // It is only rubbish: the next start tries again.
            let _ = if meta.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Shelf {
        fn decrypt(&self, content: Content, mut sealed: &[u8]) -> Option<Vec<u8>> {
            let mut plain = Vec::new();
            let whole = self.open_pieces(content, &mut sealed, |piece| plain.extend_from_slice(piece));
            whole.expect("memory can be read").then_some(plain)
        }
    }

    fn shelf(folder: &Path, who: &str) -> Shelf {
        Shelf::new(folder, CandidateId::derive(&[who]), Key::new(&Digest::of(who.as_bytes()).0))
    }

    fn round_trip(length: usize) {
        let folder = tempfile::tempdir().expect("a folder");
        let plain: Vec<u8> = (0..length).map(|i| (i / 251) as u8 ^ i as u8).collect();
        let shelf = shelf(folder.path(), "Priya");
        let digest = shelf.write(Content::Recording, &mut plain.as_slice()).expect("it is written");
        assert_eq!(digest, Digest::of(&plain));
        let read = shelf.read(Content::Recording, digest).expect("it is there").expect("it is whole");
        assert!(*read == plain, "{length} bytes");
        let size = fs::metadata(shelf.path(Content::Recording, digest)).expect("it is there").len() as usize;
        assert_eq!(size, 32 + length + TAG * length.div_ceil(PIECE).max(1));
    }

    #[test]
    fn what_goes_in_comes_out_at_every_edge_of_a_piece() {
        for length in [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 3 * PIECE + 17] {
            round_trip(length);
        }
    }

    #[test]
    fn pieces_cannot_be_flipped_cut_swapped_or_given_to_another_person_or_kind() {
        let folder = tempfile::tempdir().expect("a folder");
        let (hers, his) = (shelf(folder.path(), "Priya"), shelf(folder.path(), "Tom"));
        let plain = vec![7; 3 * PIECE];
        let digest = hers.write(Content::Recording, &mut plain.as_slice()).expect("it is written");
        let sealed = fs::read(hers.path(Content::Recording, digest)).expect("it is there");
        assert!(hers.decrypt(Content::Recording, &sealed).is_some());
        for at in [0, 20, 40, PIECE + 50, sealed.len() - 1] {
            let mut flipped = sealed.clone();
            flipped[at] ^= 1;
            assert!(hers.decrypt(Content::Recording, &flipped).is_none(), "byte {at}");
        }
        let piece = PIECE + TAG;
        assert!(hers.decrypt(Content::Recording, &sealed[..32 + 2 * piece]).is_none(), "the last piece is missing");
        let swapped =
            [&sealed[..32], &sealed[32 + piece..32 + 2 * piece], &sealed[32..32 + piece], &sealed[32 + 2 * piece..]].concat();
        assert!(hers.decrypt(Content::Recording, &swapped).is_none(), "two pieces changed places");
        assert!(hers.decrypt(Content::Document, &sealed).is_none());
        assert!(his.decrypt(Content::Recording, &sealed).is_none());
    }

    #[test]
    fn a_file_is_whole_only_under_its_own_name_with_every_bit_and_of_any_kind() {
        let folder = tempfile::tempdir().expect("a folder");
        let shelf = shelf(folder.path(), "Priya");
        for content in [Content::Recording, Content::Document, Content::Raw] {
            let digest = shelf.write(content, &mut &[7; PIECE + 9][..]).expect("it is written");
            let path = shelf.path(content, digest);
            assert!(shelf.is_whole(&path).expect("it is read"));
            let renamed = path.with_extension("moved");
            fs::copy(&path, &renamed).expect("it is copied");
            assert!(!shelf.is_whole(&renamed).expect("it is read"), "another name");
            let mut bytes = fs::read(&path).expect("it is read");
            *bytes.last_mut().expect("it is not empty") ^= 1;
            fs::write(&path, bytes).expect("it is written");
            assert!(!shelf.is_whole(&path).expect("it is read"), "a bit was flipped");
            fs::write(&path, b"").expect("it is written");
            assert!(!shelf.is_whole(&path).expect("it is read"), "nothing is left");
        }
    }

    #[test]
    fn what_a_killed_run_left_is_removed_after_a_day_and_nothing_else_is() {
        let folder = tempfile::tempdir().expect("a folder");
        let make = |name: &str| fs::create_dir(folder.path().join(name)).expect("it is made");
        let age = |name: &str| {
            let at = std::time::SystemTime::now() - Duration::from_secs(25 * 3600);
            File::open(folder.path().join(name)).and_then(|file| file.set_modified(at)).expect("it is aged");
        };
        let old = [".earmark-backup-Ab3dE6", ".earmark-backup-aaaaaa"];
        let stay = [".earmark-backup-young1", ".earmark-backup-of-mine", "backup-aaaaaa"];
        make(old[0]);
        fs::write(folder.path().join(old[0]).join("library.db"), b"x").expect("it is written");
        fs::write(folder.path().join(old[1]), b"x").expect("it is written");
        stay.iter().for_each(|name| make(name));
        [old[0], old[1], stay[1], stay[2]].iter().for_each(|name| age(name));
        sweep_parts(folder.path(), ".earmark-backup-");
        assert!(old.iter().all(|name| !folder.path().join(name).exists()));
        assert!(stay.iter().all(|name| folder.path().join(name).exists()));
    }

    #[test]
    fn names_in_the_vault_do_not_tell_what_or_whose() {
        let folder = tempfile::tempdir().expect("a folder");
        let (hers, his) = (shelf(folder.path(), "Priya"), shelf(folder.path(), "Tom"));
        let digest = Digest::of(b"x");
        let name = hers.path(Content::Recording, digest);
        assert!(!name.to_string_lossy().contains(&digest.to_string()[..16]));
        assert_ne!(name.file_name(), his.path(Content::Recording, digest).file_name());
    }
}
