//! Who is in the folder, and whose keys were compared and found right.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::folder::{Found, Shared, read_own, replace};
use super::report::{Person, Standing, Trouble, TroubleKind};
use super::run::{ExchangeError, Wish};
use crate::config::Identity;
use crate::config::identity::PublicIdentity;
use crate::interview::ReviewerId;
use crate::library::Library;
use crate::text::SafeText;

const FORMAT: u16 = 1;
const KIND: &str = "earmark/card/1";

/// A public identity as it lies in the folder, signed by its own key.
#[derive(Serialize, Deserialize)]
struct Card {
    format: u16,
    identity: PublicIdentity,
    /// The signature's bytes in hexadecimal.
    signature: String,
}

/// Everyone in the folder or known from before.
pub(super) struct People {
    me: PublicIdentity,
    /// Those whose keys were found right.
    trusted: BTreeMap<ReviewerId, PublicIdentity>,
    /// The others: who they say they are.
    strangers: BTreeMap<ReviewerId, (PublicIdentity, Standing)>,
}

impl People {
    /// Reads the cards, and trusts and forgets whom the person says.
    pub(super) async fn meet(
        shared: &Shared,
        library: &Library,
        me: &Identity,
        wish: &Wish,
        troubles: &mut Vec<Trouble>,
    ) -> Result<People, ExchangeError> {
        let me = me.public();
        let known = library.colleagues().await?;
        let known = known.iter().filter_map(|bytes| serde_json::from_slice::<PublicIdentity>(bytes).ok());
        let trusted = known.filter(|one| one.reviewer != me.reviewer).map(|one| (one.reviewer, one)).collect();
        let mut people = People { me, trusted, strangers: BTreeMap::new() };
        for found in shared.cards().map_err(|error| ExchangeError::unread("people", error))? {
            match read_card(&found) {
                Ok(identity) => people.sort_in(identity, library, wish.dry).await?,
                Err(trouble) => troubles.push(*trouble),
            }
        }
        for (name, fingerprint) in &wish.trust {
            people.trust(name, fingerprint, library, wish.dry).await?;
        }
        for name in &wish.forget {
            people.forget(name, shared, library, wish.dry).await?;
        }
        Ok(people)
    }

    /// Puts a card to those who are known, or to the strangers.
    async fn sort_in(&mut self, card: PublicIdentity, library: &Library, dry: bool) -> Result<(), ExchangeError> {
        if card.reviewer == self.me.reviewer {
            return Ok(());
        }
        match self.trusted.get(&card.reviewer) {
            None => {
                self.strangers.insert(card.reviewer, (card, Standing::Unknown));
            }
            Some(known) if known.fingerprint() != card.fingerprint() => {
                self.strangers.insert(card.reviewer, (card, Standing::Changed));
            }
            Some(known) if *known == card => {}
            Some(_) => self.keep(card, library, dry).await?,
        }
        Ok(())
    }

    async fn keep(&mut self, card: PublicIdentity, library: &Library, dry: bool) -> Result<(), ExchangeError> {
        if !dry {
            let bytes = serde_json::to_vec(&card).expect("five strings");
            library.keep_colleague(card.reviewer, &bytes).await?;
        }
        self.trusted.insert(card.reviewer, card);
        Ok(())
    }

    async fn trust(&mut self, name: &str, fingerprint: &str, library: &Library, dry: bool) -> Result<(), ExchangeError> {
        if self.trusted.values().any(|one| is_called(one, name) && one.has_fingerprint(fingerprint)) {
            return Ok(());
        }
        let named: Vec<&PublicIdentity> =
            self.strangers.values().map(|(card, _)| card).filter(|card| is_called(card, name)).collect();
        if named.is_empty() {
            let there = self.strangers.values().map(|(card, _)| card.label.to_string()).collect();
            return Err(ExchangeError::Nobody { name: SafeText::line(name), there });
        }
        let Some(right) = named.iter().find(|card| card.has_fingerprint(fingerprint)).map(|card| card.reviewer) else {
            let found = named[0].fingerprint();
            return Err(ExchangeError::OtherFingerprint { name: named[0].label.clone(), found });
        };
        let (card, _) = self.strangers.remove(&right).expect("it was found there");
        self.keep(card, library, dry).await
    }

    async fn forget(&mut self, name: &str, shared: &Shared, library: &Library, dry: bool) -> Result<(), ExchangeError> {
        let found = self.find(name)?.reviewer;
        let gone = self.trusted.remove(&found).expect("it was found there");
        if !dry {
            library.forget_colleague(gone.reviewer).await?;
            if let Some(writer) = library.known_writer().await? {
                let path = shared.letter(writer, gone.reviewer);
                super::folder::remove(&path).map_err(|error| ExchangeError::unwritten(&shared.name(&path), error))?;
            }
        }
        self.strangers.insert(gone.reviewer, (gone, Standing::Unknown));
        Ok(())
    }

    /// The one with this name whose keys were found right.
    pub(super) fn find(&self, name: &str) -> Result<&PublicIdentity, ExchangeError> {
        let mut found = self.trusted.values().filter(|one| is_called(one, name));
        match (found.next(), found.next()) {
            (Some(one), None) => Ok(one),
            _ => {
                let there = self.trusted.values().map(|one| one.label.to_string()).collect();
                Err(ExchangeError::Nobody { name: SafeText::line(name), there })
            }
        }
    }

    /// Whose pieces and letters are read: those who were found right, and oneself on another device.
    pub(super) fn trusted(&self, reviewer: ReviewerId) -> Option<&PublicIdentity> {
        if reviewer == self.me.reviewer { Some(&self.me) } else { self.trusted.get(&reviewer) }
    }

    /// Those who were found right.
    pub(super) fn colleagues(&self) -> impl Iterator<Item = &PublicIdentity> {
        self.trusted.values()
    }

    pub(super) fn me(&self) -> &PublicIdentity {
        &self.me
    }

    /// What a person is called.
    pub(super) fn label(&self, reviewer: ReviewerId) -> SafeText {
        let stranger = || self.strangers.get(&reviewer).map(|(card, _)| card);
        let known = self.trusted(reviewer).or_else(stranger);
        known.map_or_else(|| SafeText::line(&format!("reviewer {}", &reviewer.to_string()[..8])), |one| one.label.clone())
    }

    /// Everyone, for the report.
    pub(super) fn told(&self) -> Vec<Person> {
        let person = |one: &PublicIdentity, standing| Person {
            reviewer: one.reviewer,
            label: one.label.clone(),
            fingerprint: one.fingerprint(),
            standing,
        };
        let trusted = self.trusted.values().map(|one| person(one, Standing::Trusted));
        let strangers = self.strangers.values().map(|(one, standing)| person(one, *standing));
        std::iter::once(person(&self.me, Standing::Me)).chain(trusted).chain(strangers).collect()
    }
}

/// Lays one's own card into the folder where it is not there as it is.
pub(super) fn lay_card(shared: &Shared, me: &Identity) -> Result<(), ExchangeError> {
    let identity = me.public();
    let path = shared.card(identity.reviewer);
    let signature = me.sign(KIND, &signed(&identity)).iter().map(|byte| format!("{byte:02x}")).collect();
    let card = serde_json::to_vec_pretty(&Card { format: FORMAT, identity, signature }).expect("a card has only string keys");
    let failed = |error| ExchangeError::unwritten(&shared.name(&path), error);
    if read_own(&path).map_err(failed)?.as_deref() == Some(&card) {
        return Ok(());
    }
    replace(&path, &card).map_err(failed)
}

fn read_card(found: &Found) -> Result<PublicIdentity, Box<Trouble>> {
    let trouble = |kind, reason: &str, remedy: &str| Box::new(Trouble::of_file(kind, &found.name, reason, remedy));
    let value: Value = serde_json::from_slice(&found.bytes).unwrap_or_default();
    if let Some(format) = value["format"].as_u64().filter(|format| *format > u64::from(FORMAT)) {
        return Err(Box::new(Trouble::newer(&found.name, format)));
    }
    let changed = || {
        let remedy = "the person it belongs to runs `earmark exchange` again, which lays it anew";
        trouble(TroubleKind::Tampered, "it is no public identity that its own key signed", remedy)
    };
    let mut card: Card = serde_json::from_value(value).map_err(|_| changed())?;
    let hex = |at: usize| card.signature.get(at * 2..at * 2 + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    let signature: Vec<u8> = (0..card.signature.len() / 2).map_while(hex).collect();
    if !card.identity.has_signed(KIND, &signed(&card.identity), &signature) {
        return Err(changed());
    }
    card.identity.label = SafeText::name(card.identity.label.raw());
    card.identity.pseudonym = SafeText::name(card.identity.pseudonym.raw());
    Ok(card.identity)
}

fn signed(identity: &PublicIdentity) -> Vec<u8> {
    serde_json::to_vec(identity).expect("five strings")
}

fn is_called(one: &PublicIdentity, name: &str) -> bool {
    one.label.raw().to_lowercase() == name.trim().to_lowercase() || one.reviewer.to_string() == name.trim()
}
