//! Reviewers at their terminals: the whole story through the keyboard alone, and everything that can come between.

mod faults;
mod journey;
mod kill;
mod mouse;
mod plain;
mod reading;
mod two;
mod whole;

use crate::pty::{Home, Screen, Terminal};

/// The size in which the stories are played.
const WINDOW: (u16, u16) = (120, 40);

/// Opens the demo, in which nothing was done yet, with sound on a device for tests that runs `audio`.
fn open_demo(home: &Home, audio: &str) -> Terminal {
    let terminal = home.sit_down(&["demo"], audio, WINDOW);
    terminal.wait_until("the grid, with everything saved", |screen| is_grid(screen) && (is_saved(screen) || only_reads(screen)));
    terminal
}

/// Whether this screen is on top.
fn is_on(screen: &Screen, name: &str) -> bool {
    screen.title().trim_start().starts_with(name)
}

fn is_grid(screen: &Screen) -> bool {
    is_on(screen, "Batch")
}

fn is_review(screen: &Screen) -> bool {
    is_on(screen, "Review")
}

/// Whether the screen calls everything saved.
fn is_saved(screen: &Screen) -> bool {
    screen.title().ends_with("● saved")
}

/// Whether the screen saves nothing, because another one writes.
fn only_reads(screen: &Screen) -> bool {
    screen.title().contains("only reading")
}

/// Opens the answer under the cursor; the rubric, which comes first, is read and left. Returns once the answer can be played.
fn open_answer(terminal: &mut Terminal) -> Screen {
    terminal.press("enter");
    terminal.wait_until("the answer or the rubric", |screen| screen.is_read_first() || is_review(screen));
    terminal.reads_to_the_end();
    ready(terminal)
}

/// Waits until the answer on screen can be played and its words are there.
fn ready(terminal: &Terminal) -> Screen {
    terminal.wait_until("an answer that can be played", |screen| {
        is_review(screen) && moment(screen).is_some() && !screen.is_read_first() && is_saved(screen)
    })
}

/// The moment that the title shows, in seconds, once it knows the length too: `0:12/0:45`.
fn moment(screen: &Screen) -> Option<u32> {
    let title = screen.title();
    let (at, _) = title.split_whitespace().find_map(|word| word.split_once('/').filter(|(at, _)| at.contains(':')))?;
    let (minutes, seconds) = at.split_once(':')?;
    Some(minutes.parse::<u32>().ok()? * 60 + seconds.parse::<u32>().ok()?)
}

/// What the screen says was given for a criterion, once it calls that saved.
fn saved_rating(screen: &Screen, criterion: &str) -> Option<String> {
    let of = |row: String| row.trim_end_matches(['┃', ' ']).strip_suffix('●').map(str::to_owned);
    let row = screen.rows().into_iter().filter(|row| row.contains(criterion)).find_map(of)?;
    row.split_whitespace().last().map(str::to_owned)
}

/// Leaves the rubric where it lies over Compare; returns the screen once its answers are there.
fn leave_rubric(terminal: &mut Terminal) -> Screen {
    let side_by_side = |screen: &Screen| is_on(screen, "Compare") && moment(screen).is_some();
    terminal.wait_until("side by side", side_by_side);
    terminal.reads_to_the_end();
    let stands = |screen: &Screen| is_saved(screen) || only_reads(screen);
    terminal.wait_until("the ratings, saved", |screen| given(screen, 'A').is_some() && stands(screen))
}

/// What Compare says was given in a column for the first criterion.
fn given(screen: &Screen, column: char) -> Option<String> {
    given_in(&screen.row_with("Narrowing down the cause ")?, column)
}

fn given_in(row: &str, column: char) -> Option<String> {
    let mut words = row.split_whitespace().skip_while(|word| !word.starts_with(column) || word.len() != 1);
    words.next()?;
    words.next().map(str::to_owned)
}

/// Rates the first criterion of what is on screen. Where a digit is refused, because it was meant for what stood there
/// before, more is heard, and it is pressed again.
fn rate_first(terminal: &mut Terminal, digit: &str, taken: impl Fn(&Screen) -> bool) -> Screen {
    let refused = |screen: &Screen| screen.foot().contains("just begun");
    loop {
        terminal.press("k");
        terminal.wait_until("a foot without news", |screen| !refused(screen));
        terminal.press(digit);
        let screen = terminal.wait_until("the digit, taken or refused", |screen| taken(screen) || refused(screen));
        if taken(&screen) {
            return screen;
        }
        if !plays(&screen) {
            terminal.press("space");
            terminal.wait_until("it plays", plays);
        }
        let at = moment(&screen);
        terminal.wait_until("more is heard", |screen| moment(screen) != at || !plays(screen));
    }
}

fn plays(screen: &Screen) -> bool {
    screen.title().contains('▶')
}
