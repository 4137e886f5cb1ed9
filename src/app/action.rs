//! Every command of the program, with the words that help and palette show: one table.
//!
//! Adding one is adding a row here, a key in `tui/keys.toml`, and an arm in the screen that does it.

use std::fmt;
use std::str::FromStr;

/// Where an action means something; keys are bound per place, and help shows the place's own first.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the screens' names")]
pub enum Place {
    Anywhere,
    Batches,
    Batch,
    Review,
    Compare,
    Panel,
    Deliver,
    /// A list or a reader that lies over a screen.
    Overlay,
}

impl Place {
    /// All places, in the order of the help.
    pub const ALL: [Place; 8] = [
        Place::Batches,
        Place::Batch,
        Place::Review,
        Place::Compare,
        Place::Panel,
        Place::Deliver,
        Place::Overlay,
        Place::Anywhere,
    ];

    /// Its name in `keys.toml`.
    pub fn name(self) -> &'static str {
        match self {
            Place::Anywhere => "anywhere",
            Place::Batches => "batches",
            Place::Batch => "batch",
            Place::Review => "review",
            Place::Compare => "compare",
            Place::Panel => "panel",
            Place::Deliver => "deliver",
            Place::Overlay => "overlay",
        }
    }
}

impl Place {
    /// How people call it.
    pub fn title(self) -> &'static str {
        match self {
            Place::Anywhere => "every screen",
            Place::Batches => "Batches",
            Place::Batch => "Batch",
            Place::Review => "Review",
            Place::Compare => "Compare",
            Place::Panel => "Panel",
            Place::Deliver => "Deliver",
            Place::Overlay => "lists",
        }
    }
}

macro_rules! actions {
    ($($variant:ident $name:literal [$($place:ident)*] $help:literal $(, $synonyms:literal)?;)*) => {
        /// A command. Its name is what `keys.toml`, the palette and scripts call it.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[expect(missing_docs, reason = "the table's help line says it")]
        pub enum Action { $($variant,)* }

        impl Action {
            /// All of them, in the table's order.
            pub const ALL: &'static [Action] = &[$(Action::$variant,)*];

            /// Its name.
            pub fn name(self) -> &'static str {
                match self { $(Action::$variant => $name,)* }
            }

            /// What it does, in one line.
            pub fn help(self) -> &'static str {
                match self { $(Action::$variant => $help,)* }
            }

            /// Where it means something.
            pub fn places(self) -> &'static [Place] {
                match self { $(Action::$variant => &[$(Place::$place,)*],)* }
            }

            /// Other words by which the palette finds it.
            pub fn synonyms(self) -> &'static str {
                match self { $(Action::$variant => concat!("" $(, $synonyms)?),)* }
            }
        }
    };
}

actions! {
    // Moving about.
    Up "up" [Batches Batch Review Compare Panel Deliver Overlay] "Move up";
    Down "down" [Batches Batch Review Compare Panel Deliver Overlay] "Move down";
    Left "left" [Batch] "Move left";
    Right "right" [Batch] "Move right";
    PageUp "page-up" [Batches Batch Review Compare Panel Deliver Overlay] "Move up a page";
    PageDown "page-down" [Batches Batch Review Compare Panel Deliver Overlay] "Move down a page";
    First "first" [Batches Batch Panel Deliver Overlay] "Go to the first";
    Last "last" [Batches Batch Compare Panel Deliver Overlay] "Go to the last";
    Open "open" [Batches Batch Panel Deliver Overlay] "Open, or do, what is selected", "enter choose one-way on-demand pre-recorded interview";
    OpenDemo "open-demo" [Batches] "Open the demo, in a library of its own", "try example";
    NextPane "next-pane" [Review Compare] "Go to the next pane";
    PreviousPane "previous-pane" [Review Compare] "Go to the previous pane";
    ToBatch "to-batch" [Batch Review Compare Panel Deliver] "Go to the grid of candidates and questions", "overview grid";
    ToReview "to-review" [Batch Compare Panel] "Hear the next answer in the order", "review listen one-way on-demand pre-recorded";
    ToCompare "to-compare" [Batch Review Panel] "Put candidates' answers to this question side by side", "compare side";
    ToPanel "to-panel" [Batch Review Compare Deliver] "See the ranking and how sure it is", "ranking agreement panel";
    ToDeliver "to-deliver" [Batch Panel] "See what would change in the ATS, send it, and what arrived", "deliver ats send ledger plan apply";
    ReadRubric "rubric" [Batches Batch Review Compare Panel] "Read the rubric", "criteria anchors scale";
    ReadProtocol "protocol" [Batch Review Compare Panel] "Read the rules of this batch", "protocol policy locked playback";
    ReadAnalytics "analytics" [Batch Panel] "Read how this batch goes: funnel, times, questions, load", "analytics figures progress funnel";
    AttachRubric "attach-rubric" [Batches Batch Review Compare] "Choose the rubric of this batch…", "attach rubric";
    Sitting "sitting" [Batch Review] "Say how many minutes you have: the end of a round is planned…", "time left break pause minutes";
    Back "back" [Anywhere] "Go back";
    Close "close" [Anywhere] "Go back; on the first screen leave earmark", "exit leave";
    Quit "quit" [Anywhere] "Leave earmark", "exit close";
    Help "help" [Anywhere] "Show the keys that work here; playing waits", "keys shortcuts";
    Palette "palette" [Anywhere] "Do anything by its name; playing waits…", "commands menu";
    Redraw "redraw" [Anywhere] "Draw the screen anew";
    Suspend "suspend" [Anywhere] "Go to the shell for a while", "background stop";
    NextTheme "next-theme" [Anywhere] "Change the colours", "theme dark light contrast";
    ChooseTheme "choose-theme" [Anywhere] "Choose the colours, seen as you go…", "theme dark light contrast blind";

    EndTour "end-tour" [Anywhere] "Show no more hints for beginners, ever", "tour help dismiss";
    OutputDevice "output-device" [Anywhere] "Choose where sound comes out…", "headphones speaker audio sound device output";

    // Hearing.
    PlayPause "play-pause" [Review Compare] "Play or pause", "start stop listen one-way on-demand pre-recorded";
    Back5 "back-5s" [Review Compare] "Back 5 seconds", "rewind seek";
    Forward5 "forward-5s" [Review Compare] "Forward 5 seconds", "seek skip";
    Back1 "back-1s" [Review Compare] "Back 1 second";
    Forward1 "forward-1s" [Review Compare] "Forward 1 second";
    Back15 "back-15s" [Review Compare] "Back 15 seconds";
    Forward15 "forward-15s" [Review Compare] "Forward 15 seconds";
    Loop "loop" [Review Compare] "Mark where a loop begins, then where it ends; once more ends it", "repeat again a-b";
    NextEvidence "next-evidence" [Review Compare] "Forward to the next evidence, others' too once revealed", "quote moment";
    PreviousEvidence "previous-evidence" [Review Compare] "Back to the evidence before", "quote moment";
    PreviousSentence "previous-sentence" [Review Compare] "Back to the start of the sentence, or of the one before";
    NextSentence "next-sentence" [Review Compare] "Forward to the next sentence";
    Skim "skim" [Review Compare] "Skim to the next hit or sentence; after the reveal to passages", "jump hits passages walk";
    SkimBack "skim-back" [Review Compare] "Skim back to the place before", "jump hits passages walk";
    FromStart "from-start" [Review Compare] "Play it from the start", "restart beginning hear";
    Slower "slower" [Review Compare] "Slower by 0.1x, or 20 words a minute", "speed";
    Faster "faster" [Review Compare] "Faster by 0.1x, or 20 words a minute", "speed";
    SlowerFine "slower-fine" [Review Compare] "Slower by 0.05x, or 5 words a minute", "speed fine";
    FasterFine "faster-fine" [Review Compare] "Faster by 0.05x, or 5 words a minute", "speed fine";
    Speed10 "speed-1.0" [Review Compare] "Speed 1.0x", "normal speed";
    Speed15 "speed-1.5" [Review Compare] "Speed 1.5x";
    Speed20 "speed-2.0" [Review Compare] "Speed 2.0x", "double speed";
    Pace "words-per-minute" [Review Compare] "Everyone at the same words a minute, or at the same speed", "wpm pace speed";
    SkipSilence "skip-silence" [Review Compare] "Skip silences, or hear them", "pauses";
    Follow "follow" [Review Compare] "Keep the spoken word in view";
    Find "find" [Review Compare] "Find words in this answer…", "search";
    NextHit "next-hit" [Review Compare] "Next place where it is said, while something is looked for", "search found";
    PreviousHit "previous-hit" [Review Compare] "Previous place where it is said, while something is looked for", "search found";
    Concordance "concordance" [Batch Review Compare Panel] "Where was it said? Find words in all answers; playing waits…", "search find concordance phrase";
    Facts "facts" [Review] "What is known of this recording, and where the rubric's words were said", "level noise pauses rate quality signals hits";
    LookFor "look-for" [Review Compare] "Light the rubric's own words in the transcript, or do not", "keywords hits";
    Original "original" [Review Compare] "See the original of a video answer, or open a file, in your own program", "video picture face mpv vlc watch document pdf";
    Statements "platform-statements" [Review Batch] "Read what the platform says by itself, after the reveal", "score summary sentiment proctoring events vendor ai";
    Documents "documents" [Review Batch Compare] "See what came beside the answers, and open it…", "resume cv cover letter portfolio file pdf";
    GoOn "go-on" [Review Compare] "Once all is rated, go on to the next answer that is not, or the next question", "enter continue next";
    NextAnswer "next-answer" [Review] "Next answer in the order", "candidate next";
    PreviousAnswer "previous-answer" [Review] "Previous answer in the order", "candidate previous";
    NextMissing "next-missing" [Review Batch] "Next answer at which something is missing: not rated, not heard, no evidence", "todo queue unrated unheard";
    NextCandidate "next-candidate" [Review] "Next candidate's answer to this question", "person";
    PreviousCandidate "previous-candidate" [Review] "The candidate's before, to this question", "person";
    NextQuestion "next-question" [Review Compare] "Next question";
    PreviousQuestion "previous-question" [Review Compare] "Previous question";
    ColumnA "column-a" [Compare] "Hear A";
    ColumnB "column-b" [Compare] "Hear B";
    ColumnC "column-c" [Compare] "Hear C";
    ColumnD "column-d" [Compare] "Hear D";
    NextColumn "next-column" [Compare] "Hear the next column";
    PreviousColumn "previous-column" [Compare] "Hear the previous column";
    Overall "over-all-questions" [Batch Compare Panel] "The shortlist over all questions, the largest disagreements first, or one question again", "table matrix shortlist differences consensus";
    Reconcile "reconcile" [Batch Review Compare Panel] "Where reviewers differ by two points and more: hear both sides, write what you agree on…", "consensus disagreement agree third value";
    TurnOrder "turn-order" [Compare] "Over all questions: the largest disagreements first, or the rubric's order", "sort";
    SwitchTo "switch-to-evidence" [Compare] "Switch columns to the evidence for this criterion, or to where each was left", "from position";

    // Judging.
    Rate0 "rate-0" [Review Compare] "Not observed; where the scale has a point 0, that point", "not observed";
    Rate1 "rate-1" [Review Compare] "Rate the criterion 1";
    Rate2 "rate-2" [Review Compare] "Rate the criterion 2";
    Rate3 "rate-3" [Review Compare] "Rate the criterion 3";
    Rate4 "rate-4" [Review Compare] "Rate the criterion 4";
    Rate5 "rate-5" [Review Compare] "Rate the criterion 5";
    Rate6 "rate-6" [Review Compare] "Rate the criterion 6";
    Rate7 "rate-7" [Review Compare] "Rate the criterion 7";
    Rate8 "rate-8" [Review Compare] "Rate the criterion 8";
    Rate9 "rate-9" [Review Compare] "Rate the criterion 9";
    RateValue "rate-value" [Review Compare] "Rate the criterion by its whole value: 10, 4.5, no…", "ten number type";
    NotObserved "not-observed" [Review Compare] "Not observed, on any scale: the answer gave no chance to see it", "missing";
    HalfUp "half-up" [Review Compare] "Half a point more, where the scale has halves";
    TechnicalFault "technical-fault" [Review Compare] "The recording cannot be judged", "unplayable broken";
    ClearRating "clear-rating" [Review Compare] "Take the rating back", "remove delete";
    NextCriterion "next-criterion" [Review Compare] "Next criterion";
    PreviousCriterion "previous-criterion" [Review Compare] "Previous criterion";
    MarkEvidence "evidence" [Review Compare] "Mark the last spoken sentence as evidence, after a digit for that rating", "quote moment";
    EvidenceStartBack "evidence-start-earlier" [Review Compare] "Begin the evidence a word earlier: what is marked, or what e would mark", "adjust quote longer";
    EvidenceStartOn "evidence-start-later" [Review Compare] "Begin the evidence a word later", "adjust quote shorter";
    EvidenceEndBack "evidence-end-earlier" [Review Compare] "End the evidence a word earlier", "adjust quote shorter";
    EvidenceEndOn "evidence-end-later" [Review Compare] "End the evidence a word later", "adjust quote longer";
    PlayEvidence "play-evidence" [Review Compare] "Hear just the evidence for this criterion", "quote moment";
    Prefer "prefer" [Compare] "On this criterion the column you hear is better than the one before", "better pairwise comparison over";
    Same "about-the-same" [Compare] "On this criterion the two columns are about the same", "tie equal draw comparison";
    ClearComparison "clear-comparison" [Compare] "Take back how the two columns compare on this criterion", "remove prefer tie";
    Note "note" [Review Compare] "Write a note at this moment; playing waits…", "comment";
    Probe "probe" [Review Compare] "Mark what to ask live; playing waits…", "follow-up question";
    Copy "copy" [Review Compare] "Copy a snippet for a chat: pseudonym, score, quote, moment", "clipboard yank share";
    Recommend "recommend" [Review Batch] "Recommend, from strong no to strong yes…", "overall hire";
    MustHaves "must-haves" [Review] "Answer the must-haves…", "facts requirements";
    RevealName "reveal-name" [Review Batch] "Show this candidate's name, with a reason…", "names unhide";
    Seal "seal" [Review Batch] "Seal: lock these ratings…", "submit lock finish";
    Reopen "reopen" [Review Batch] "Open what is sealed, with a reason…", "unseal unlock";
    Decide "decide" [Batch Compare] "Decide: advance, hold or decline, with a reason; also many at once…", "outcome reject hire next step";
    Comment "comment" [Batch Review Compare] "Remark on this candidate, outside the scorecard; playing waits…", "comment say deciding";
    Tag "tag" [Batch] "Put a tag on, or take it off; also many at once…", "label mark";
    Undo "undo" [Batch Review Compare] "Undo";
    Redo "redo" [Batch Review Compare] "Redo";
    Select "select" [Batch] "Select this candidate, to compare or to act on many at once", "mark";
    SelectShown "select-shown" [Batch] "Select everyone who is shown", "mark all";
    InvertSelection "invert-selection" [Batch] "Select those who are not selected, of those shown", "mark";
    ClearSelection "clear-selection" [Batch] "Select nobody", "unmark none";
    Filter "filter" [Batches Batch] "Show only some: unheard, late, by tag…", "narrow find only";
    SortRows "sort" [Batches Batch] "Sort the rows…", "order by";
    ClearFilter "clear-filter" [Batches Batch] "Show all of them, in the order of the start", "everyone unfilter reset";
    Shortlist "shortlist" [Batch] "Put on the shortlist, or take off it", "star favourite earmark";
    Assign "assign" [Batch] "Say who reviews: assign, release, hand over…", "reviewer panel workload";
    Recuse "recuse" [Batch Review] "Step aside from this candidate…", "conflict of interest know person";
    FetchNew "fetch" [Batches] "Fetch what is new from a source of the settings…", "get download import refresh update";
    PauseFetch "pause-fetch" [Batches] "Pause the fetch that was begun here, or let it go on", "rest stop continue resume download";
    Exchange "exchange" [Batches Batch] "Exchange journals with the other reviewers, through the folder that you share…", "sync merge share colleagues panel";
    Export "export" [Batch Panel] "Write the comparative CSV…", "csv ats table save";
    Calibrate "calibrate" [Batch Review Compare] "Calibrate: rate a clip that experts have rated, and read their reasons", "anchor clip gold experts training";
    CutLine "cut-line" [Panel] "How many can you meet? Shows who is above the line and who cannot be told apart…", "meet places cut shortlist";
    NextFigures "next-figures" [Panel] "Next figures: candidate, pairs, agreement, reviewers, criteria", "tab detail";
    PreviousFigures "previous-figures" [Panel] "Previous figures";
    MyHabits "my-habits" [Panel] "How you used the scale: prompts to calibrate again, for you alone", "drift halo severity central tendency mine";
    PlanDelivery "plan-delivery" [Deliver] "Plan: what would change there, row by row; nothing is sent", "preview dry run";
    ApplyDelivery "apply-delivery" [Deliver] "Send what the plan names…", "deliver push";
    RetryDelivery "retry-delivery" [Deliver] "Bring to its end what did not arrive; nothing is sent twice", "again failed unknown";
    ChooseWay "choose-profile" [Deliver] "Choose the profile and where to…", "ats target sftp";
    MatchApplications "match-applications" [Deliver] "Tie submissions to the ATS's applications…", "match link ids email";
    NextSheet "next-list" [Deliver] "Next list: plan, what became of it, ledger, applications", "tab";
    PreviousSheet "previous-list" [Deliver] "Previous list";
    AboutFigure "about-figure" [Panel] "What this figure is and how it was made", "method statistics";
}

/// What actions are for: from this one of the table on.
const GROUPS: [(Action, &str); 18] = [
    (Action::Up, "Moving about"),
    (Action::ToBatch, "Going elsewhere"),
    (Action::Back, "In every screen"),
    (Action::PlayPause, "Hearing"),
    (Action::Slower, "Speed and silence"),
    (Action::Find, "Finding"),
    (Action::Original, "What came with it"),
    (Action::GoOn, "The next and the one before"),
    (Action::ColumnA, "Columns"),
    (Action::Rate0, "Rating"),
    (Action::MarkEvidence, "Evidence"),
    (Action::Prefer, "Which is better"),
    (Action::Note, "Notes, and what is asked of you"),
    (Action::RevealName, "Names and seals"),
    (Action::Decide, "Deciding, on one or many"),
    (Action::FetchNew, "Others, and files"),
    (Action::CutLine, "Figures"),
    (Action::PlanDelivery, "Delivering"),
];

impl Action {
    /// Which digit it is; what that gives is a matter of the scale.
    pub fn digit(self) -> Option<u8> {
        use Action::*;
        [Rate0, Rate1, Rate2, Rate3, Rate4, Rate5, Rate6, Rate7, Rate8, Rate9]
            .iter()
            .position(|action| *action == self)
            .map(|digit| digit as u8)
    }

    /// The action of a digit.
    pub fn of_digit(digit: u8) -> Option<Action> {
        Action::ALL.iter().copied().find(|action| action.digit() == Some(digit))
    }

    /// How many rows it goes down in a list, up where negative; beyond the ends for the first and the last.
    pub fn rows(self) -> Option<isize> {
        match self {
            Action::Up => Some(-1),
            Action::Down => Some(1),
            Action::PageUp => Some(-10),
            Action::PageDown => Some(10),
            Action::First => Some(isize::MIN),
            Action::Last => Some(isize::MAX),
            _ => None,
        }
    }

    /// Whether it only moves a cursor or what is shown.
    pub fn moves(self) -> bool {
        use Action::*;
        self.rows().is_some() || matches!(self, Left | Right | NextPane | PreviousPane)
    }

    /// Whether it leads to another screen or to something to read.
    pub fn leads_on(self) -> bool {
        let at = |action: Action| Action::ALL.iter().position(|known| *known == action);
        at(self) < at(Action::PlayPause)
    }

    /// Whether it is what reviewers do, or whoever has all of the batch: who was handed a shortlist to decide on does none of it.
    pub fn reviews(self) -> bool {
        use Action::*;
        let rates = matches!(self, HalfUp | TechnicalFault | ClearRating | Prefer | Same | ClearComparison | Recommend | MustHaves);
        let rates = rates || matches!(self, RateValue | NotObserved);
        let marks = matches!(self, MarkEvidence | EvidenceStartBack | EvidenceStartOn | EvidenceEndBack | EvidenceEndOn);
        let arranges = matches!(self, AttachRubric | Assign | Recuse | Sitting | Calibrate | NextMissing | ToDeliver);
        self.digit().is_some() || rates || marks || arranges || matches!(self, Note | Probe | Seal | Reopen)
    }

    /// What it is for, among the keys of a screen.
    pub fn group(self) -> &'static str {
        let at = |action: Action| Action::ALL.iter().position(|known| *known == action);
        GROUPS.iter().rev().find(|(first, _)| at(*first) <= at(self)).map_or("", |(_, group)| group)
    }

    /// Whether it means something in `place`.
    pub fn works_in(self, place: Place) -> bool {
        self.places().contains(&place) || self.places().contains(&Place::Anywhere)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A name that no action has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no action {0:?}")]
pub struct NoSuchAction(pub String);

impl FromStr for Action {
    type Err = NoSuchAction;
    fn from_str(name: &str) -> Result<Self, NoSuchAction> {
        Action::ALL.iter().copied().find(|action| action.name() == name).ok_or_else(|| NoSuchAction(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_is_found_by_its_name_and_no_two_share_one() {
        for action in Action::ALL {
            assert_eq!(action.name().parse(), Ok(*action));
        }
    }

    #[test]
    fn every_action_is_for_something_and_each_purpose_lies_together() {
        let mut groups: Vec<&str> = Action::ALL.iter().map(|action| action.group()).collect();
        groups.dedup();
        let told: Vec<&str> = GROUPS.iter().map(|(_, group)| *group).collect();
        // What the panel says of a figure stands at the table's end.
        assert_eq!(groups, told);
        assert_eq!(Action::SkipSilence.group(), "Speed and silence");
        assert_eq!(Action::Undo.group(), Action::Decide.group());
    }

    #[test]
    fn digits_are_ratings() {
        assert_eq!(Action::Rate0.digit(), Some(0));
        assert_eq!(Action::Rate9.digit(), Some(9));
        assert_eq!(Action::Undo.digit(), None);
    }
}
