//! The words of the linear form beside the actions' own names: what tells, and what names in one line what takes several keys.

use crate::app::action::Action;

/// What one of its own words does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Does {
    Where,
    Help,
    Question,
    Criteria,
    Anchors,
    Said,
    Transcript,
    Notes,
    Missing,
    List,
    Go,
    Rate,
    Seek,
    Speed,
    Play,
    Pause,
    Wait,
    Captions,
    Again,
}

/// One of its own words.
#[derive(Debug)]
pub(super) struct Word {
    pub name: &'static str,
    pub takes: &'static str,
    pub help: &'static str,
    pub does: Does,
}

const fn word(name: &'static str, takes: &'static str, does: Does, help: &'static str) -> Word {
    Word { name, takes, help, does }
}

/// All of them, in the order of the help.
pub(super) const WORDS: &[Word] = &[
    word("where", "", Does::Where, "Whose answer, which moment, how far"),
    word("help", "[WORD]", Does::Help, "What works here, or what one word does"),
    word("again", "", Does::Again, "Tell once more what is asked, or where one is"),
    word("question", "", Does::Question, "What was asked, and the conditions"),
    word("criteria", "", Does::Criteria, "The criteria with your ratings"),
    word("anchors", "[CRITERION]", Does::Anchors, "What each point of a criterion means"),
    word("said", "[COUNT]", Does::Said, "What was said last, one sentence or several"),
    word(
        "transcript",
        "[FROM [TO]]",
        Does::Transcript,
        "The words with their moments, sentence by sentence, or the written answer",
    ),
    word("notes", "", Does::Notes, "Your evidence, notes and follow-ups on this answer"),
    word("missing", "", Does::Missing, "What is missing before the seal"),
    word("list", "", Does::List, "The batches, or the candidates with how far each is"),
    word("go", "CANDIDATE [QUESTION]", Does::Go, "To a candidate's answer, by number or pseudonym"),
    word(
        "rate",
        "CRITERION VALUE",
        Does::Rate,
        "One rating by name: rate 2 4, rate clarity 3.5, rate clarity no (not observed), rate 1 fault",
    ),
    word("seek", "MOMENT", Does::Seek, "To a moment: seek 1:05"),
    word("speed", "FACTOR", Does::Speed, "A speed from 0.5 to 3.0: speed 1.7"),
    word("play", "", Does::Play, "Play, where it does not"),
    word("pause", "", Does::Pause, "Pause, where it plays"),
    word("wait", "[SECONDS|end|saved]", Does::Wait, "Do nothing for so long, or until it is played or saved"),
    word("captions", "on|off", Does::Captions, "Tell each sentence as it begins"),
];

/// Short words for actions whose own names are longer.
pub(super) const SHORT: &[(&str, Action)] = &[
    ("next", Action::NextAnswer),
    ("previous", Action::PreviousAnswer),
    ("prev", Action::PreviousAnswer),
    ("review", Action::ToReview),
    ("grid", Action::ToBatch),
    ("compare", Action::ToCompare),
    ("ranking", Action::ToPanel),
    ("panel", Action::ToPanel),
    ("deliver", Action::ToDeliver),
    ("plan", Action::PlanDelivery),
    ("apply", Action::ApplyDelivery),
    ("retry", Action::RetryDelivery),
    ("match", Action::MatchApplications),
    ("search", Action::Concordance),
    ("follow-up", Action::Probe),
    ("must-have", Action::MustHaves),
    ("clear", Action::ClearRating),
    ("fault", Action::TechnicalFault),
    ("reveal", Action::RevealName),
    ("start", Action::FromStart),
    ("exit", Action::Quit),
];

/// Actions that only mean something where a screen is drawn.
pub(super) const DRAWN: &[Action] = &[
    Action::Redraw,
    Action::NextTheme,
    Action::Suspend,
    Action::NextPane,
    Action::PreviousPane,
    Action::Follow,
    Action::Help,
    Action::Palette,
];

/// The word with this name.
pub(super) fn find(name: &str) -> Option<&'static Word> {
    WORDS.iter().find(|word| word.name == name)
}

/// The action that a short word is for.
pub(super) fn short(name: &str) -> Option<Action> {
    SHORT.iter().find(|(known, _)| *known == name).map(|(_, action)| *action)
}
