//! Reviewers at their terminals: the whole story through the keyboard alone, and everything that can come between.

mod faults;
mod journey;
mod kill;
mod two;

use crate::pty::{Home, Screen, Terminal};

/// The size in which the stories are played.
const WINDOW: (u16, u16) = (120, 40);

/// Opens the demo, in which nothing was done yet, with sound on a device for tests that runs `audio`.
fn open_demo(home: &Home, audio: &str) -> Terminal {
    let terminal = home.sit_down(&["demo"], audio, WINDOW);
    terminal.wait_until("the grid, with everything saved", |screen| is_grid(screen) && is_saved(screen));
    terminal
}

fn is_grid(screen: &Screen) -> bool {
    screen.title().contains(" Batch ·")
}

fn is_review(screen: &Screen) -> bool {
    screen.title().contains(" Review ·")
}

/// Whether the screen calls everything saved.
fn is_saved(screen: &Screen) -> bool {
    screen.title().ends_with("● saved")
}

/// Opens the answer under the cursor; the rubric, which comes first, is read and left. Returns once the answer can be played.
fn open_answer(terminal: &mut Terminal) -> Screen {
    terminal.press("enter");
    let reading = "Enter goes on";
    if terminal.wait_until("the answer or the rubric", |s| s.shows(reading) || is_review(s)).shows(reading) {
        terminal.press("enter");
    }
    ready(terminal)
}

/// Waits until the answer on screen can be played and its words are there.
fn ready(terminal: &Terminal) -> Screen {
    terminal.wait_until("an answer that can be played", |screen| {
        is_review(screen) && screen.title().contains('/') && !screen.shows("goes on") && is_saved(screen)
    })
}

/// The moment that the title shows, in seconds.
fn moment(screen: &Screen) -> Option<u32> {
    let title = screen.title();
    let (before, _) = title.split_once('/')?;
    let (minutes, seconds) = before.rsplit(' ').next()?.split_once(':')?;
    Some(minutes.parse::<u32>().ok()? * 60 + seconds.parse::<u32>().ok()?)
}

/// What the screen says was given for a criterion, once it calls that saved.
fn saved_rating(screen: &Screen, criterion: &str) -> Option<String> {
    let row = screen.rows().into_iter().find(|row| row.contains(criterion) && row.ends_with("●┃"))?;
    row.trim_end_matches("●┃").split_whitespace().last().map(str::to_owned)
}
