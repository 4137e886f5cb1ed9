//! Anchors that describe a person, give a grade, or differ in nothing that could be heard.

use super::{Part, Said, is_one_of, words};
use crate::rubric::model::Criterion;

/// Who an anchor speaks of.
const SUBJECTS: &str = "the this candidate applicant interviewee speaker person they he she someone";

/// Verbs that lead to what somebody is, rather than to what somebody does.
const LINKS: &str = "is was are were be being seems seemed appears appeared sounds sounded looks looked feels felt remains stays comes \
    across over as has have had shows showed displays demonstrates exudes lacks possesses projects radiates with does not \
    no never";

const DEGREES: &str = "a an and or but , very quite rather somewhat extremely highly fairly really too so little much some more most less \
    least only slightly truly genuinely overly not always often sometimes mostly generally usually";

const GRADES: &str = "good great excellent poor bad weak strong adequate average acceptable unacceptable outstanding exceptional \
    satisfactory unsatisfactory fair solid superb basic decent mediocre perfect positive negative natural clear unclear \
    ideal true high low";

/// What a person is.
const TRAITS: &str = "adaptable aggressive ambitious anxious arrogant articulate assertive bright calm careless caring charismatic charming \
    clever committed compassionate competent confident creative curious dedicated dependable disorganised disorganized \
    eloquent empathetic energetic enthusiastic experienced flexible friendly gifted hard-working hardworking honest humble \
    immature incompetent inexperienced insecure intelligent knowledgeable lazy likeable mature motivated nervous nice \
    open-minded organised organized outgoing passionate pleasant polite proactive professional reliable resilient rude \
    self-assured self-confident shy sincere smart stubborn talented trustworthy unconfident unmotivated unprofessional \
    warm attitude charisma charm confidence energy enthusiasm maturity motivation passion personality presence \
    self-confidence professionalism empathy leadership";

/// What a person is called in two words.
const COMPOUNDS: [&str; 9] = [
    "fast learner",
    "go getter",
    "hard worker",
    "people person",
    "problem solver",
    "quick learner",
    "self starter",
    "strategic thinker",
    "team player",
];

/// What a person is called; a trait only after an article or a grade ("a natural leader").
const KINDS: &str = "candidate communicator employee fast-learner fit go-getter hard-worker hire leader learner listener people-person \
    performer person personality player problem-solver quick-learner self-starter speaker strategic-thinker teacher team-player thinker worker";

/// What may follow a trait when it stands for the person; anything else makes it part of something that was done.
const FOLLOWERS: &str = "and or but , about with in when while throughout to for at enough towards toward under during as of";

/// How somebody sounds or looks.
const MANNERS: &[&str] = &["accent", "eye contact", "body language", "well dressed", "well-dressed", "posture", "appearance"];

pub(super) fn person(criterion: &Criterion) -> Said {
    let word = |text: &str| text.split(['.', ';', ':']).find_map(person_in).or_else(|| manner_in(text));
    let found: Vec<(i16, String)> =
        criterion.anchors.iter().filter_map(|(point, text)| Some((*point, word(text.as_str())?))).collect();
    let (first, _) = *found.first().as_ref()?;
    let points = found.iter().map(|(point, _)| point.to_string()).collect::<Vec<_>>().join(", ");
    let words = found.iter().map(|(_, word)| word.as_str()).collect::<Vec<_>>().join(", ");
    let (noun, verb) = if found.len() == 1 { ("anchor", "describes") } else { ("anchors", "describe") };
    let said = format!("the {noun} for {points} of \"{}\" {verb} a person ({words})", criterion.name.as_str());
    Some((Part::Anchor(*first), said, "say what such an answer holds: what was done, said or left out"))
}

/// The word for a person with which a clause begins, past who is spoken of and how much.
fn person_in(clause: &str) -> Option<String> {
    let joined = |text: String, compound: &&str| text.replace(compound, &compound.replace(' ', "-"));
    let words = words(&COMPOUNDS.iter().fold(clause.to_lowercase(), joined));
    let lead = words.iter().take_while(|word| is_one_of(word, SUBJECTS) || is_one_of(word, LINKS)).count();
    let mut is_named = false;
    for (at, word) in words.iter().enumerate().skip(lead.min(6)).take(7) {
        let next = words.get(at + 1);
        let stands_alone = next.is_none_or(|next| is_one_of(next, FOLLOWERS) || is_one_of(next, TRAITS) || is_one_of(next, KINDS));
        if (is_one_of(word, TRAITS) || (is_named && is_one_of(word, KINDS))) && stands_alone {
            return Some(word.clone());
        }
        if !(is_one_of(word, DEGREES) || is_one_of(word, GRADES) || is_one_of(word, TRAITS) && next.is_some()) {
            return None;
        }
        is_named |= is_one_of(word, GRADES) || is_one_of(word, TRAITS) || word == "a" || word == "an";
    }
    None
}

fn manner_in(text: &str) -> Option<String> {
    let plain = format!(" {} ", words(text).join(" "));
    MANNERS.iter().find(|manner| plain.contains(&format!(" {manner} "))).map(|manner| (*manner).to_owned())
}

/// Words with which a grade is spelled out and nothing is described.
const SPELLED: &str = "answer answers response explanation performance level standard standards expectation expectations requirement \
    requirements criterion meets meet exceeds exceed below above far well does the of all fully partly partially what is \
    expected needed required beyond poorly badly";

pub(super) fn grade(criterion: &Criterion) -> Said {
    let says_nothing = |word: &String| is_one_of(word, GRADES) || is_one_of(word, SPELLED) || is_one_of(word, DEGREES);
    let (point, text) = criterion.anchors.iter().find(|(_, text)| words(text.as_str()).iter().all(says_nothing))?;
    let said = format!("the anchor for {point} of \"{}\" is a grade (\"{}\")", criterion.name.as_str(), text.as_str());
    Some((Part::Anchor(*point), said, "describe the behaviour that earns it; the scale's labels hold the grades"))
}

/// Words in -ly that are no adverb of degree: what they say can be heard in an answer.
const NO_ADVERBS: &str = "ally anomaly apply assembly bully comply costly daily early elderly family friendly hourly immediately imply \
    independently jointly likely monthly multiply only orderly privately publicly rely reply separately supply timely \
    unlikely verbally weekly yearly";

const PLAIN_ADVERBS: &str = "well better best enough fully partial full limited the very never rarely";

/// Whether a word says only how much or how well.
fn is_degree(word: &str) -> bool {
    let adverb = word.len() > 4 && word.ends_with("ly") && !is_one_of(word, NO_ADVERBS);
    let degree = is_one_of(word, DEGREES) && !is_one_of(word, "not only");
    adverb || degree || is_one_of(word, PLAIN_ADVERBS) || is_one_of(word, GRADES)
}

/// A point, its anchor's words of degree, and the others.
type Stripped = (i16, Vec<String>, Vec<String>);

pub(super) fn adverb_only(criterion: &Criterion) -> Said {
    let stripped: Vec<Stripped> = criterion
        .anchors
        .iter()
        .map(|(point, text)| {
            let (degrees, rest) = words(text.as_str()).into_iter().partition(|word| is_degree(word));
            (*point, degrees, rest)
        })
        .collect();
    let pairs = stripped.iter().enumerate().flat_map(|(at, low)| stripped[at + 1..].iter().map(move |high| (low, high)));
    // Two bare grades are told as such.
    // So are two that say the same.
    let is_degree_apart = |(low, high): &(&Stripped, &Stripped)| low.2 == high.2 && !low.2.is_empty() && low.1 != high.1;
    let (low, high) = pairs.into_iter().find(is_degree_apart)?;
    let own = |a: &[String], b: &[String]| a.iter().filter(|word| !b.contains(word)).cloned().collect::<Vec<_>>();
    let differing = [own(&low.1, &high.1), own(&high.1, &low.1)].concat().join(", ");
    let said =
        format!("the anchors for {} and {} of \"{}\" differ only by degree ({differing})", low.0, high.0, criterion.name.as_str());
    Some((Part::Anchor(high.0), said, "name something that is there at the higher point and missing at the lower one"))
}
