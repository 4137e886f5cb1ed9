//! What a run has learned so far, kept where it is found however the run ends.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;

use super::apply::formula_guard;
use super::open::wire;
use crate::cli::Context;
use crate::cli::failure::Failure;
use crate::cli::room::Seat;
use crate::delivery::{Applied, GuardedCell, Plan, RowReport, Run};
use crate::export::profile::Profile;
use crate::interview::Digest;
use crate::library::UiLock;
use crate::runtime::delivering::{self, Opened};
use crate::text::SafeText;

/// What a run has learned so far.
pub(super) struct Scene {
    /// When it began.
    pub(super) began_at: Timestamp,
    /// The profile as the command named it.
    named: String,
    /// What the run is called where the profile cannot be read.
    called: SafeText,
    /// Where to, where the command says.
    to: Option<String>,
    seat: OnceCell<Seat>,
    /// The same since it is this run's turn.
    in_turn: OnceCell<Seat>,
    opened: OnceCell<Opened>,
    /// What had arrived when the run began.
    before: OnceCell<BTreeSet<Digest>>,
    plan: OnceCell<Plan>,
    /// The files that were written so far.
    files: RefCell<Vec<String>>,
    /// Which of their cells could be taken for formulas.
    guarded: RefCell<Vec<GuardedCell>>,
    /// Whether the brake, or another earmark that delivers, held everything back.
    is_held: Cell<bool>,
}

impl Scene {
    /// A run that begins now. `named` is the profile as the command named it, `called` its id where that is known.
    pub(super) fn of(named: &str, called: &str, to: Option<&str>) -> Self {
        Scene {
            began_at: Timestamp::now(),
            named: named.to_owned(),
            called: SafeText::line(called),
            to: to.map(str::to_owned),
            seat: OnceCell::new(),
            in_turn: OnceCell::new(),
            opened: OnceCell::new(),
            before: OnceCell::new(),
            plan: OnceCell::new(),
            files: RefCell::default(),
            guarded: RefCell::default(),
            is_held: Cell::default(),
        }
    }

    /// Opens the batch.
    pub(super) async fn sits(&self, batch: &str, context: &Context) -> Result<&Seat, Failure> {
        let seat = Seat::to_act(batch, context).await?;
        Ok(self.seat.get_or_init(|| seat))
    }

    /// Keeps others from delivering; where another does, nothing is sent, and every row waits.
    pub(super) async fn takes_turn(&self, seat: &Seat, patience: Duration) -> Result<UiLock, Failure> {
        let turn = delivering::turn(&seat.library, patience).await;
        self.is_held.set(turn.is_err());
        Ok(turn?)
    }

    /// Opens it once more, now that nobody else delivers: what was decided meanwhile counts.
    pub(super) async fn sits_anew(&self, seat: &Seat) -> Result<&Seat, Failure> {
        let seat = seat.anew().await?;
        Ok(self.in_turn.get_or_init(|| seat))
    }

    /// Applies the profile to the batch, with its secrets.
    pub(super) async fn opens(&self, seat: &Seat, profile: Profile, context: &Context) -> Result<&Opened, Failure> {
        let opened = Opened::new(&seat.desk, profile, self.to.as_deref(), &wire(context))?;
        let before = delivering::arrived(&seat.library, &seat.desk, &opened).await?;
        self.before.get_or_init(|| before);
        Ok(self.opened.get_or_init(|| opened))
    }

    /// Takes in what would change there.
    pub(super) fn plans(&self, plan: Plan) -> &Plan {
        self.plan.get_or_init(|| plan)
    }

    /// Takes in that the brake holds everything back.
    pub(super) fn holds(&self) {
        self.is_held.set(true);
    }

    /// Takes in files that were written.
    pub(super) fn wrote(&self, applied: &Applied) {
        let mut written = self.files.borrow_mut();
        if applied.files.iter().any(|file| !written.contains(file)) {
            self.guarded.borrow_mut().clone_from(&applied.guarded);
        }
        let new: Vec<String> = applied.files.iter().filter(|file| !written.contains(file)).cloned().collect();
        written.extend(new);
    }

    /// A run of which nothing but its name is known.
    pub(super) fn bare(&self) -> Run {
        Run::begun(self.called.clone(), self.began_at)
    }

    /// What is known of a run that did not come to its end, and row by row: from the library alone, except for what its plan saw.
    pub(super) async fn cut_off(&self, failure: &Failure, context: &Context) -> (Run, Vec<RowReport>) {
        let Some(seat) = self.in_turn.get().or_else(|| self.seat.get()) else { return (self.bare(), Vec::new()) };
        let run = Run { batch: Some(seat.desk.batch.id), ..self.bare() };
        let Ok(profile) = delivering::read_profile(&self.named) else { return (run, Vec::new()) };
        let place = delivering::place(&profile, self.to.as_deref()).ok().map(|(_, canonical)| SafeText::line(&canonical));
        let (profile_hash, id) = (profile.hash, SafeText::line(profile.id.as_str()));
        let run = Run { profile: id, profile_hash: Some(profile_hash), to: place, ..run };
        let unasked = OnceCell::new();
        let opened = match self.opened.get() {
            Some(opened) => opened,
            None => match Opened::unasked(&seat.desk, profile, self.to.as_deref(), &wire(context)) {
                Ok(opened) => unasked.get_or_init(|| opened),
                Err(_) => return (run, Vec::new()),
            },
        };
        let plan = self.plan.get().filter(|plan| plan.profile_hash == profile_hash);
        let run = Run {
            lost: plan.and_then(Plan::lost_count),
            not_ready: Some(not_ready(opened)),
            not_come: Some(opened.job(&seat.desk).sources.not_come()),
            formula_guard: formula_guard(opened),
            guarded: guarded_of(opened, &self.guarded.borrow()),
            ..run
        };
        let before = match self.before.get() {
            Some(before) => before.clone(),
            // Nothing was sent yet: what is there now was there before.
            None => delivering::arrived(&seat.library, &seat.desk, opened).await.unwrap_or_default(),
        };
        let why = why(failure);
        match delivering::known_of(&seat.library, &seat.desk, opened, plan, &before, (&why, self.is_held.get())).await {
            Ok(known) => (run.with(known.sum, &known.rows, &known.withdrawn), known.rows),
            Err(_) => (run, Vec::new()),
        }
    }

    /// The files that were written so far.
    pub(super) fn files(&self) -> Vec<String> {
        self.files.borrow().clone()
    }
}

/// Why a row was not sent, where nothing else is known of it.
pub(super) fn why(failure: &Failure) -> String {
    let cause = failure.causes.first().map_or_else(String::new, |cause| format!(": {cause}"));
    format!("it was not sent: {}{cause}", failure.what)
}

/// Cells that could be taken for formulas: those of the files that were written, and those that keep their rows out of every file.
pub(super) fn guarded_of(opened: &Opened, written: &[GuardedCell]) -> Vec<GuardedCell> {
    written.iter().cloned().chain(GuardedCell::all("", &opened.mapped.guarded)).collect()
}

/// Who has nothing to be sent yet.
pub(super) fn not_ready(opened: &Opened) -> Vec<SafeText> {
    let left_out = &opened.gathered.exported.left_out.candidates;
    let mut not_ready: Vec<SafeText> = opened.mapped.filtered_of.iter().chain(left_out).cloned().collect();
    not_ready.sort();
    not_ready.dedup();
    not_ready
}
