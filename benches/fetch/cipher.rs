//! What hashing and encrypting the same bytes takes, in the vault's pieces: alone, and behind curl.

use std::fs::File;
use std::hint::black_box;
use std::io::{Read as _, Write as _};
use std::path::Path;

use chacha20poly1305::aead::AeadInOut as _;
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use sha2::{Digest as _, Sha256};

/// Bytes of a piece.
const PIECE: usize = 64 * 1024;

/// Seconds of the processor for files of these lengths.
pub(crate) fn seconds(sizes: &[u64]) -> f64 {
    let cipher = XChaCha20Poly1305::new(&[7; 32].into());
    let mut piece = vec![1_u8; PIECE];
    let before = used();
    for size in sizes {
        let (mut hash, mut left) = (Sha256::new(), *size as usize);
        while left > 0 {
            let some = left.min(PIECE);
            hash.update(&piece[..some]);
            let part = &mut piece[..some];
            let tag = cipher.encrypt_inout_detached(&XNonce::from([3; 24]), b"about", part.into()).expect("it is short");
            black_box(tag);
            left -= some;
        }
        black_box(hash.finalize());
    }
    used() - before
}

/// Hashes and encrypts what comes on the input, a file of each of these lengths, and syncs each to disk before it has its name.
pub(crate) fn from_input(sizes: &[u64], to: &Path) -> std::io::Result<()> {
    let cipher = XChaCha20Poly1305::new(&[7; 32].into());
    let (mut input, mut piece) = (std::io::stdin().lock(), vec![0; PIECE]);
    for (nth, size) in sizes.iter().enumerate() {
        let (part, mut hash, mut left) = (to.join(format!("{nth}.part")), Sha256::new(), *size as usize);
        let mut file = File::create(&part)?;
        while left > 0 {
            piece.resize(left.min(PIECE), 0);
            input.read_exact(&mut piece)?;
            hash.update(&piece);
            left -= piece.len();
            let tag =
                cipher.encrypt_inout_detached(&XNonce::from([3; 24]), b"about", (&mut piece[..]).into()).expect("it is short");
            piece.extend_from_slice(&tag);
            file.write_all(&piece)?;
        }
        black_box(hash.finalize());
        file.sync_all()?;
        std::fs::rename(part, to.join(nth.to_string()))?;
    }
    Ok(())
}

/// Seconds of the processor that this thread has used so far.
fn used() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|ns| ns.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}
