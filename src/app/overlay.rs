//! What lies over a screen: a list to choose from, a text field, something to read, a question.

use super::action::Action;
use super::batches::{ShelfKeep, ShelfSort};
use super::concordance::Concordance;
use super::desk::{Deed, Verdict};
use super::sieve::{Keep, SortBy};
use crate::interview::{AnswerId, CriterionId, EventId, Moment, ReviewerId, Slug, Span, SubmissionId};
use crate::journal::{Decision, Scope};
use crate::protocol::decisions::Because;
use crate::rubric::Observed;
use crate::text::SafeText;

/// One thing over the screen; they are a stack of at most a few.
#[derive(Clone, Debug)]
pub enum Overlay {
    /// A list to choose from.
    Picker(Picker),
    /// A text field.
    Field(Field),
    /// Something to read: the rubric, an explanation.
    Reader(Reader),
    /// Where a phrase was said in the batch.
    Concordance(Box<Concordance>),
}

/// A list to choose from, filtered by typing where it is long.
#[derive(Clone, Debug)]
pub struct Picker {
    /// What is chosen.
    pub title: SafeText,
    /// Lines above the list.
    pub lead: Vec<SafeText>,
    /// What happens with the choice.
    pub purpose: Purpose,
    /// What can be chosen.
    pub items: Vec<Item>,
    /// Whether typing narrows it.
    pub filters: bool,
    /// Which item the cursor begins on.
    pub at: usize,
}

/// One line of a list.
#[derive(Clone, Debug)]
pub struct Item {
    /// What it is.
    pub label: SafeText,
    /// More about it.
    pub detail: SafeText,
    /// Other words by which it is found.
    pub synonyms: &'static str,
    /// What choosing it means.
    pub choice: Choice,
    /// Under which heading it stands, where its list has such.
    pub group: &'static str,
}

/// What choosing an item means.
#[derive(Clone, Debug, PartialEq)]
pub enum Choice {
    /// Do an action.
    Do(Action),
    /// Go on with what was asked.
    Yes,
    /// Leave it.
    No,
    /// Go to this answer, and to what it lacks.
    GoTo(AnswerId),
    /// Nothing is chosen yet: the list is asked again.
    Unsaid,
    /// The item with this number of a list that stays as it is while it is open.
    Nth(usize),
    /// This tag, put on or taken off: others may tag while the list is open.
    Tag {
        /// Which.
        tag: SafeText,
        /// Whether it is put on.
        on: bool,
    },
    /// Have this reviewer review.
    Assign(ReviewerId),
    /// This reviewer does not any more; another may take the place.
    Release {
        /// Who does not.
        from: ReviewerId,
        /// Who does instead.
        to: Option<ReviewerId>,
    },
    /// Put this filter on, or take it off.
    Keep(Keep),
    /// Sort by this.
    SortBy(SortBy),
    /// Put this filter of batches on, or take it off.
    ShelfKeep(ShelfKeep),
    /// Sort batches by this.
    ShelfSort(ShelfSort),
    /// A rubric, or a profile, shipped inside the program; of profiles also the file used last.
    Shipped(String),
    /// This output; none: the one that the system chooses.
    Output(Option<String>),
    /// This theme.
    Theme(String),
    /// What to talk about: which answer, which criterion.
    Differs(AnswerId, CriterionId),
    /// Hear this stretch; none: the answer from its start.
    Hear(Option<Span>),
    /// Agree on this value.
    Agree(Observed),
    /// Ask for a name that is not in the list.
    AskName,
}

/// On whom one decides.
#[derive(Clone, Debug, PartialEq)]
pub struct Whom {
    /// Which submissions.
    pub submissions: Vec<SubmissionId>,
    /// For which application of a single one; none for all of them.
    pub application: Option<SafeText>,
}

impl Whom {
    /// The only one.
    pub fn one(&self) -> Option<SubmissionId> {
        if let [one] = self.submissions[..] { Some(one) } else { None }
    }
}

/// What a list or a text field is for.
#[derive(Clone, Debug, PartialEq)]
pub enum Purpose {
    /// Help or palette: run the action.
    Run,
    /// Choose a rubric.
    ChooseRubric,
    /// Say which of its questions scores the batch's question with this number.
    MapQuestion(usize),
    /// Confirm how its questions are tied.
    ConfirmRubric,
    /// Name a rubric's file.
    RubricPath,
    /// Why a name is revealed.
    Reveal(SubmissionId),
    /// Seal.
    Seal {
        /// What.
        scope: Scope,
        /// Answers heard less than the policy asks.
        unheard: Vec<AnswerId>,
    },
    /// Why it is opened again.
    Reopen(Scope),
    /// Recommend.
    Recommend(SubmissionId),
    /// Recommend, before one goes on to the next answer.
    RecommendBefore {
        /// Whom.
        submission: SubmissionId,
        /// Where one goes then.
        next: Option<AnswerId>,
    },
    /// How many minutes there are.
    Minutes,
    /// Answer a must-have: of which submission, which one, by its id in the rubric.
    MustHave(SubmissionId, Slug),
    /// A note on an answer.
    Note {
        /// Which answer.
        answer: AnswerId,
        /// At which moment.
        at: Option<Moment>,
        /// The note that it edits.
        replaces: Option<EventId>,
    },
    /// What to ask live.
    Probe {
        /// Which answer.
        answer: AnswerId,
        /// At which moment.
        at: Option<Moment>,
    },
    /// A value for a criterion, typed whole.
    Value {
        /// Of which answer, or clip.
        answer: AnswerId,
        /// Which of its criteria.
        criterion: usize,
    },
    /// Why a rating is changed or taken back.
    ChangeReason {
        /// Of which answer.
        answer: AnswerId,
        /// Which criterion.
        criterion: CriterionId,
        /// To what; none where it is taken back.
        observed: Option<Observed>,
    },
    /// For which of its applications a submission is decided on; the submission's list stays as it is while it is open.
    DecideFor(SubmissionId, Vec<SafeText>),
    /// Decide what becomes of submissions.
    Decide(Whom),
    /// Which reason of the short list.
    DecideBecause(Whom, Decision),
    /// Why it is decided so.
    DecideReason {
        /// On whom.
        whom: Whom,
        /// How.
        decision: Decision,
        /// The reason of the short list that a note is written to; none where the words are the person's own.
        because: Option<Because>,
    },
    /// Why it is decided before everyone was heard: which reason of the short list.
    DecideEarly(Whom, Box<Verdict>),
    /// The same in one's own words.
    DecideEarlyWords(Whom, Box<Verdict>),
    /// A remark on a submission.
    Comment(SubmissionId),
    /// What to talk about after the reveal.
    Reconcile,
    /// One of it: which side to hear, or what was agreed on.
    Agree(AnswerId, CriterionId),
    /// Why that was agreed on.
    AgreeBecause {
        /// Of which answer.
        answer: AnswerId,
        /// Which criterion.
        criterion: CriterionId,
        /// On what.
        observed: Observed,
    },
    /// Put a tag on submissions, or take it off.
    Tag(Vec<SubmissionId>),
    /// Name a new tag of them.
    NewTag(Vec<SubmissionId>),
    /// Who reviews them.
    Reviewers(Vec<SubmissionId>),
    /// Why somebody does not review them any more.
    ReleaseReason {
        /// Which submissions.
        submissions: Vec<SubmissionId>,
        /// Who did.
        from: ReviewerId,
        /// Who does instead.
        to: Option<ReviewerId>,
    },
    /// Why one steps aside from them.
    Recuse(Vec<SubmissionId>),
    /// Do this to these: what it comes to is shown first.
    Confirm(Box<Deed>, Vec<SubmissionId>),
    /// Which rows are shown.
    Filter,
    /// How they are sorted.
    Sort,
    /// Open one of a candidate's documents.
    Documents(SubmissionId),
    /// Choose where sound comes out.
    Output,
    /// Choose the colours; the one of this name was shown before.
    Theme(String),
    /// What to find in the answers on screen.
    Find,
    /// What to look up in the batch.
    Concordance,
    /// How many can be met.
    Meet,
    /// Where the CSV is written.
    Export,
    /// From which source what is new is fetched.
    FetchFrom,
    /// Through which folder journals are exchanged.
    Exchange,
    /// By which profile is delivered.
    DeliverBy,
    /// In which file that profile is.
    DeliverProfile,
    /// Where this profile delivers to.
    DeliverTo(String),
    /// Apply the plan that this asking made.
    ApplyPlan(u32),
    /// What a person says of a row that was not brought to its end: its id at the other side, and its push.
    Doubt(SafeText, SafeText),
    /// Where the ATS's applications are listed.
    MatchBy,
    /// In which file.
    MatchFile,
    /// Tie what is proposed.
    TieApplication,
    /// Leave although something is not on disk.
    LeaveUnsaved,
    /// Nothing: it is only shown.
    Nothing,
}

/// A text field.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// What is asked.
    pub title: SafeText,
    /// A line below it.
    pub hint: SafeText,
    /// What happens with the text.
    pub purpose: Purpose,
    /// What stood there before, or what a crash left.
    pub initial: String,
    /// What stands there now.
    pub now: String,
    /// Whether it may have several lines: Ctrl-J begins one, Enter ends either way.
    pub lines: bool,
}

/// Something to read.
#[derive(Clone, Debug, PartialEq)]
pub struct Reader {
    /// What it is.
    pub title: SafeText,
    /// Which text; the screen lays it out.
    pub page: Page,
    /// The first line shown.
    pub scroll: usize,
    /// Lines below those on screen; none before it was on screen.
    pub below: Option<usize>,
    /// Lines on screen at once; 0 before it was on screen.
    pub rows: usize,
}

/// A text that the screen lays out.
#[derive(Clone, Debug, PartialEq)]
pub enum Page {
    /// The batch's rubric.
    Rubric,
    /// These paragraphs.
    Text(Vec<SafeText>),
}

impl Picker {
    /// A list with everything shown.
    pub fn new(title: &str, purpose: Purpose, items: Vec<Item>) -> Self {
        Picker { title: SafeText::line(title), lead: Vec::new(), purpose, items, filters: false, at: 0 }
    }

    /// A list that typing filters.
    pub fn filtering(mut self) -> Self {
        self.filters = true;
        self
    }

    /// With the cursor on an item at first.
    pub fn starting_at(mut self, at: usize) -> Self {
        self.at = at;
        self
    }

    /// With lines above the list.
    pub fn led_by(mut self, lead: Vec<SafeText>) -> Self {
        self.lead = lead;
        self
    }
}

impl Field {
    /// A field of one line, in which `initial` stands already.
    pub fn new(title: &str, hint: &str, purpose: Purpose, initial: &str) -> Self {
        let (title, hint) = (SafeText::line(title), SafeText::line(hint));
        Field { title, hint, purpose, initial: initial.to_owned(), now: initial.to_owned(), lines: false }
    }

    /// With several lines where the writer begins them.
    pub fn of_lines(mut self) -> Self {
        self.lines = true;
        self
    }
}

impl Reader {
    /// A text from its first line on.
    pub fn new(title: SafeText, page: Page) -> Self {
        Reader { title, page, scroll: 0, below: None, rows: 0 }
    }

    /// Lines that a page is turned by: one of the page before stays.
    pub fn turn(&self) -> usize {
        self.rows.saturating_sub(1).max(1)
    }
}

impl Item {
    /// A line with its meaning.
    pub fn new(label: impl Into<SafeText>, detail: impl Into<SafeText>, choice: Choice) -> Self {
        Item { label: label.into(), detail: detail.into(), synonyms: "", choice, group: "" }
    }
}

impl From<Action> for Item {
    fn from(action: Action) -> Self {
        Item {
            label: SafeText::line(action.help()),
            detail: SafeText::line(action.name()),
            synonyms: action.synonyms(),
            choice: Choice::Do(action),
            group: "",
        }
    }
}
