//! Encrypting small things: a nonce, then XChaCha20-Poly1305 bound to what the thing is and whose.

use chacha20poly1305::aead::AeadInOut;
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::{LibraryError, Result};

const NONCE: usize = 24;

/// A key of 32 bytes, wiped when dropped.
#[derive(Clone)]
pub(super) struct Key(Zeroizing<[u8; 32]>);

impl Key {
    pub(super) fn generate() -> Result<Self> {
        Ok(Key(Zeroizing::new(random()?)))
    }

    pub(super) fn new(bytes: &[u8; 32]) -> Self {
        Key(Zeroizing::new(*bytes))
    }

    pub(super) fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(|bytes: &[u8; 32]| Key::new(bytes))
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    pub(super) fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&(*self.0).into())
    }

    /// Encrypts `plain`. The same `about` is needed to open it, so that it can stand in no other's place.
    pub(super) fn seal(&self, about: About<'_>, plain: &[u8]) -> Result<Vec<u8>> {
        let nonce: [u8; NONCE] = random()?;
        let mut buffer = Zeroizing::new(Vec::with_capacity(plain.len() + 16));
        buffer.extend_from_slice(plain);
        let encrypted = self.cipher().encrypt_in_place(&XNonce::from(nonce), &about.bytes(), &mut *buffer);
        encrypted.expect("what fits into memory is not too long for the cipher");
        Ok([&nonce[..], &buffer].concat())
    }

    /// The plain bytes; `None` when the key is another one, or a bit is different.
    pub(super) fn open(&self, about: About<'_>, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, rest) = sealed.split_first_chunk::<NONCE>()?;
        let mut buffer = Zeroizing::new(rest.to_vec());
        self.cipher().decrypt_in_place(&XNonce::from(*nonce), &about.bytes(), &mut *buffer).ok()?;
        Some(buffer)
    }

    /// A name that says nothing to those without the key, the same each time.
    pub(super) fn name(&self, about: About<'_>) -> [u8; 32] {
        Sha256::new_with_prefix(b"earmark/name/1").chain_update(&self.0[..]).chain_update(about.bytes()).finalize().into()
    }
}

/// What a sealed thing is, and of what.
#[derive(Clone, Copy)]
pub(super) struct About<'a>(pub(super) &'static str, pub(super) &'a [&'a [u8]]);

impl About<'_> {
    /// The parts with their lengths, so that they cannot run together.
    fn bytes(&self) -> Vec<u8> {
        let parts = std::iter::once(self.0.as_bytes()).chain(self.1.iter().copied());
        parts.flat_map(|part| [&(part.len() as u32).to_be_bytes(), part].concat()).collect()
    }
}

pub(super) fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| LibraryError::NoRandomness)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_only_with_its_key_in_its_place_and_whole() {
        let (key, other) = (Key::new(&[1; 32]), Key::new(&[2; 32]));
        let about = About("note", &[b"a", b"bc"]);
        let sealed = key.seal(about, b"Priya spoke well").expect("randomness");
        assert_eq!(key.open(about, &sealed).expect("its own").as_slice(), b"Priya spoke well");
        assert!(other.open(about, &sealed).is_none());
        assert!(key.open(About("note", &[b"ab", b"c"]), &sealed).is_none());
        for at in 0..sealed.len() {
            let mut flipped = sealed.clone();
            flipped[at] ^= 1;
            assert!(key.open(about, &flipped).is_none(), "byte {at}");
            assert!(key.open(about, &sealed[..at]).is_none(), "cut at {at}");
        }
    }

    #[test]
    fn the_same_text_sealed_twice_looks_different() {
        let key = Key::new(&[1; 32]);
        let seal = || key.seal(About("note", &[]), b"same").expect("randomness");
        assert_ne!(seal(), seal());
    }
}
