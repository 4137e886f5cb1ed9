//! What identities do for each other: sign, check a signature, write what only one person can read.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::{Signature, Signer as _};
use zeroize::Zeroizing;

use super::{Identity, PublicIdentity};
use crate::interview::Digest;

/// How many bytes a signature has.
pub const SIGNATURE: usize = 64;

/// Crockford's base 32: no letter looks like another one or like a digit.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl Identity {
    /// Signs bytes as this kind of thing (Ed25519); the signature fits no other kind.
    pub fn sign(&self, kind: &str, bytes: &[u8]) -> [u8; SIGNATURE] {
        self.signing.sign(&signed(kind, bytes)).to_bytes()
    }

    /// Opens what was written to this identity (age, X25519); none where it is another's, or damaged.
    pub fn open(&self, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        age::decrypt(&self.encryption, sealed).ok().map(Zeroizing::new)
    }
}

impl PublicIdentity {
    /// Whether this person signed these bytes as this kind of thing.
    pub fn has_signed(&self, kind: &str, bytes: &[u8], signature: &[u8]) -> bool {
        let signature = signature.try_into().map(|bytes: [u8; SIGNATURE]| Signature::from_bytes(&bytes));
        match (self.verifying_key(), signature) {
            (Some(key), Ok(signature)) => key.verify_strict(&signed(kind, bytes), &signature).is_ok(),
            _ => false,
        }
    }

    /// Encrypts bytes so that this person alone can read them (age, X25519); none where the public key is no key.
    pub fn seal(&self, plain: &[u8]) -> Option<Vec<u8>> {
        let recipient: age::x25519::Recipient = self.encryption.parse().ok()?;
        age::encrypt(&recipient, plain).ok()
    }

    /// Both public keys in 32 characters, in groups of four, so that two people can compare them over the telephone.
    pub fn fingerprint(&self) -> String {
        let decoded = BASE64.decode(&self.signing).unwrap_or_default();
        let Digest(hash) = Digest::of_all(&[b"earmark/fingerprint/1", &decoded, self.encryption.as_bytes()]);
        let mut text = String::with_capacity(39);
        for nth in 0..32 {
            if nth > 0 && nth % 4 == 0 {
                text.push('-');
            }
            let bits = (0..5).map(|bit| nth * 5 + bit).map(|at| hash[at / 8] >> (7 - at % 8) & 1);
            text.push(char::from(LETTERS[usize::from(bits.fold(0, |number, bit| number << 1 | bit))]));
        }
        text
    }

    /// Whether `written` is this person's fingerprint, however it was typed.
    pub fn has_fingerprint(&self, written: &str) -> bool {
        let plainly = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_uppercase();
        plainly(written) == plainly(&self.fingerprint())
    }
}

/// The kind with its length, so that it cannot run into the bytes.
fn signed(kind: &str, bytes: &[u8]) -> Vec<u8> {
    [&(kind.len() as u32).to_be_bytes(), kind.as_bytes(), bytes].concat()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn someone() -> Identity {
        Identity::generate("Mara", None, Timestamp::UNIX_EPOCH).expect("randomness")
    }

    #[test]
    fn a_signature_is_its_signers_and_of_these_bytes_as_this_kind() {
        let (mara, ivo) = (someone(), someone());
        let signature = mara.sign("card", b"bytes");
        assert!(mara.public().has_signed("card", b"bytes", &signature));
        assert!(!mara.public().has_signed("card", b"byte", &signature));
        assert!(!mara.public().has_signed("cardb", b"ytes", &signature));
        assert!(!mara.public().has_signed("card", b"bytes", &signature[1..]));
        assert!(!ivo.public().has_signed("card", b"bytes", &signature));
    }

    #[test]
    fn a_letter_opens_for_the_one_it_was_written_to() {
        let (mara, ivo) = (someone(), someone());
        let sealed = ivo.public().seal(b"keys").expect("a public key");
        assert_eq!(ivo.open(&sealed).expect("his").as_slice(), b"keys");
        assert!(mara.open(&sealed).is_none());
    }

    #[test]
    fn a_fingerprint_changes_with_either_key_and_not_with_the_name() {
        let mara = someone().public();
        let print = mara.fingerprint();
        assert_eq!((print.len(), print.matches('-').count()), (39, 7), "{print}");
        assert!(mara.has_fingerprint(&print.to_lowercase().replace('-', " ")));
        let renamed = PublicIdentity { label: "Mara K.".into(), ..mara.clone() };
        assert_eq!(renamed.fingerprint(), print);
        for other in [
            PublicIdentity { encryption: someone().public().encryption, ..mara.clone() },
            PublicIdentity { signing: someone().public().signing, ..mara },
        ] {
            assert!(!other.has_fingerprint(&print));
        }
    }
}
