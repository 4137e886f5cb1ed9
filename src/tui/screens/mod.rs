//! The screens, one a file, with the application's names.

mod batch;
mod batches;
mod calibrate;
mod compare;
mod concordance;
mod deliver;
mod foot;
mod listen;
mod overall;
mod overlay;
mod panel;
mod revealed;
mod review;
mod scoring;

use ratatui::layout::Rect;

use crate::app::action::{Action, Place};
use crate::app::{App, Desk, Device, OnDisk, Screen, Tone};
use crate::interview::QuestionId;

use super::draw::Canvas;
use super::pointing::Target;
use super::theme::Role;
use super::view::View;
use super::widgets::{Footer, Notice, SaveState, TitleBar};
use super::words::Words;

pub(super) use batch::Cells;
pub(super) use listen::Columns;

/// The least that a screen is drawn in.
const SMALLEST: (u16, u16) = (40, 12);

/// Draws the application's top screen, and what lies over it.
pub(super) fn draw(view: &mut View, canvas: &mut Canvas<'_>, app: &App) {
    let area = canvas.area();
    view.is_small = is_too_small(area.width, area.height);
    if view.is_small {
        return too_small(canvas, area);
    }
    title(canvas, area, app);
    let body = Rect { y: area.y + 1, height: area.height - 2, ..area };
    match app.screen() {
        Screen::Batches => batches::draw(view, canvas, body, app),
        Screen::Batch(grid) => batch::draw(view, canvas, body, app, grid),
        Screen::Review(review) => review::draw(view, canvas, body, app, review),
        Screen::Compare(compare) => compare::draw(view, canvas, body, app, compare),
        Screen::Panel(panel) => panel::draw(view, canvas, body, app, panel),
        Screen::Deliver(open) => deliver::draw(view, canvas, body, app, open),
        Screen::Calibrate(open) => calibrate::draw(&mut view.targets, canvas, body, app, open),
    }
    foot(view, canvas, Rect { y: area.bottom() - 1, height: 1, ..area }, app);
    if !app.overlays.is_empty() {
        // What lies under a list or a field is not pointed at.
        view.targets.clear();
    }
    overlay::draw(view, canvas, area, app);
}

/// Whether there is no room for a screen.
pub(super) fn is_too_small(columns: u16, rows: u16) -> bool {
    columns < SMALLEST.0 || rows < SMALLEST.1
}

fn too_small(canvas: &mut Canvas<'_>, area: Rect) {
    canvas.paragraph(
        area,
        "This window is too small: 40 columns and 12 rows are the least. What plays goes on; space pauses it, Q leaves.",
        Role::Text,
    );
}

fn title(canvas: &mut Canvas<'_>, area: Rect, app: &App) {
    let desk = app.desk.as_ref();
    let question = desk.and_then(|desk| {
        let (index, _) = desk.batch.question(&asked(desk, app.screen())?)?;
        Some(format!("{}/{}", index + 1, desk.batch.interview.questions.len()))
    });
    let screen = match app.screen() {
        Screen::Batches => "earmark",
        Screen::Batch(_) => "Batch",
        Screen::Review(_) => "Review",
        Screen::Compare(compare) if compare.overall.is_some() => "Compare all",
        Screen::Compare(_) => "Compare",
        Screen::Panel(_) => "Panel",
        Screen::Deliver(_) => "Deliver",
        Screen::Calibrate(_) => "Calibrate",
    };
    // In the grid that is said above it.
    let decided = desk
        .and_then(Desk::handed)
        .filter(|_| matches!(app.screen(), Screen::Review(_)))
        .map(|handed| format!("{} of {} decided", handed.decided, handed.of));
    let left = decided
        .or_else(|| app.time_left_here().filter(|_| !app.only_decides()))
        .filter(|_| matches!(app.screen(), Screen::Batch(_) | Screen::Review(_)));
    let title = desk.map(Desk::title);
    let title: Option<Words<'_>> = title.as_ref().map(Into::into);
    let about: Vec<Words<'_>> = match app.screen() {
        Screen::Review(_) => left.map(Words::from).into_iter().chain(title).collect(),
        _ => title.into_iter().chain(left.map(Words::from)).collect(),
    };
    let (mut who, mut badges) = (None, Vec::new());
    // Who was erased has no name that could be shown.
    let any_hidden = |desk: &Desk| desk.rows.iter().any(|id| desk.shown_name(*id, None).is_hidden() && !desk.is_erased(*id));
    // What was handed over has its own names, or none, whatever the rule says.
    let mut names_hidden =
        desk.is_some_and(|desk| if desk.sight.only_decides() { any_hidden(desk) } else { desk.rules.protocol.hide_names });
    if let (Some(desk), Screen::Review(review)) = (desk, app.screen())
        && let Some((submission, answer)) = desk.batch.answer(review.answer)
    {
        let shown = desk.shown_name(submission.id, Some(&answer.question));
        who = Some(Words::from(shown.text()).into_owned());
        names_hidden = shown.is_hidden();
        if let Some(word) = desk.left_out(answer.id).filter(|_| desk.why_left_out(answer.id).is_some()) {
            badges.push((word.into(), Role::Late));
        }
        if desk.is_sealed(answer.id) {
            badges.push(("sealed".into(), Role::Sealed));
        }
    }
    if matches!(app.deck.device, Device::Missing(_)) && matches!(app.screen(), Screen::Review(_) | Screen::Compare(_)) {
        badges.push(("no sound".into(), Role::Warning));
    }
    if app.read_only {
        badges.push(("only reading".into(), Role::Warning));
    }
    let bar = TitleBar {
        short: question.as_ref().map_or_else(|| screen.into(), |nth| format!("{screen} {nth}").into()),
        screen: question.map_or_else(|| screen.into(), |nth| format!("{screen} question {nth}").into()),
        about,
        who,
        names_hidden,
        badges,
        state: transport_in_words(canvas, app),
        saved: match app.on_disk() {
            // What only reads saves nothing.
            _ if app.read_only => SaveState::None,
            OnDisk::HeldUp => SaveState::HeldUp,
            OnDisk::Soon => SaveState::Pending,
            OnDisk::All if app.types() => SaveState::Pending,
            OnDisk::All if desk.is_some() => SaveState::Saved,
            OnDisk::All => SaveState::None,
        },
    };
    bar.draw(canvas, area);
}

/// The question that a screen is about.
fn asked(desk: &Desk, screen: &Screen) -> Option<QuestionId> {
    match screen {
        Screen::Review(review) => desk.batch.answer(review.answer).map(|(_, answer)| answer.question.clone()),
        Screen::Compare(compare) if compare.overall.is_none() => Some(compare.question.clone()),
        _ => None,
    }
}

/// Speed, moment and skipping, where something is heard.
fn transport_in_words(canvas: &Canvas<'_>, app: &App) -> Words<'static> {
    if !matches!(app.screen(), Screen::Review(_) | Screen::Compare(_) | Screen::Calibrate(_)) {
        return Words::default();
    }
    let deck = &app.deck;
    // Over all questions it is the selected value that one looks at: what was heard before says nothing of it.
    if matches!(app.screen(), Screen::Compare(compare) if compare.overall.is_some()) && !deck.playing {
        return Words::default();
    }
    let sign = if deck.playing { canvas.glyphs().pick("▶", ">") } else { canvas.glyphs().pick("‖", "=") };
    // In Review the waveform says it, and how much; side by side there may be no room for that.
    let skipped = if deck.skip_silence && matches!(app.screen(), Screen::Compare(_)) { " skip" } else { "" };
    let length = match deck.loaded(deck.active) {
        crate::app::Loaded::Ready { length: Some(length), .. } => format!("/{length}"),
        _ => String::new(),
    };
    Words::from(format!("{sign} {}{length} {}{skipped}", deck.at(deck.active), app.shown_lead()))
}

fn foot(view: &mut View, canvas: &mut Canvas<'_>, area: Rect, app: &App) {
    if let Some(notice) = &app.notice {
        let role = match notice.tone {
            Tone::Done => Role::Saved,
            Tone::Hint => Role::Notice,
            Tone::Trouble => Role::Error,
        };
        return Notice { role, words: (&notice.text).into() }.draw(canvas, area);
    }
    if let (Some(step), true) = (app.tour(), view.waiting().is_empty()) {
        return tour(view, canvas, area, step);
    }
    let mut footer = match app.overlays.last() {
        _ if !view.waiting().is_empty() => Footer::following(&view.keymap, app.place(), view.waiting()),
        None => Footer::of(&view.keymap, app.screen().place(), &foot::hints(app)),
        // What lies over a screen says at its own foot what its keys are; those of the screen below do not work now.
        Some(_) => Footer::of(&view.keymap, Place::Overlay, &[]),
    };
    if !view.waiting().is_empty() {
        footer.right = super::keymap::label(view.waiting()).into();
    }
    for (area, action) in footer.draw(canvas, area) {
        view.targets.put(area, Target::Do(action));
    }
}

/// A hint for beginners in the place of the keys, which it names.
fn tour(view: &View, canvas: &mut Canvas<'_>, area: Rect, step: &'static str) {
    canvas.paint(area, Role::Footer);
    let ends = view.keymap.key(Place::Anywhere, Action::EndTour).map(|key| format!(" {key} ends it"));
    let ends = Words::from(ends.unwrap_or_default());
    let both = area.width >= ends.width() + Words::from(step).width();
    let room = area.width.saturating_sub(if both { ends.width() } else { 0 });
    Notice { role: Role::Notice, words: step.into() }.draw(canvas, Rect { width: room, ..area });
    if room < area.width {
        canvas.text(area.x + room, area.y, ends.width(), ends, Role::Muted);
    }
}
