//! A reviewer who knows the keys and has no mouse: hears a whole batch, rates it with evidence where the protocol asks for it,
//! compares, seals, decides and exports, on the real program at a terminal. What trips it trips a person.

mod hand;

use std::path::Path;
use std::time::{Duration, Instant};

use crate::pty::crowd::{self, CRITERIA};
use crate::pty::{Home, Screen};
use hand::Hand;

/// Digits in an answer's first two seconds are for the answer before, by the clock on the wall; nothing on screen says when
/// they are over, and nobody rates what has just begun.
const LISTENS: Duration = Duration::from_millis(2_100);

/// The points that are given, answer by answer: each answer has its own, and one that needs evidence.
const POINTS: [[u8; CRITERIA]; 4] = [[3, 4, 2, 5], [4, 2, 5, 3], [2, 3, 4, 1], [4, 5, 3, 3]];

/// A batch to review, and how much faster than a clock the sound's clock runs.
#[derive(Clone, Copy)]
pub(crate) struct Job {
    pub(crate) candidates: usize,
    pub(crate) questions: usize,
    pub(crate) pace: u32,
}

/// What reviewing it took.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) answers: usize,
    /// Keys until everything was heard and rated, recommendations among them.
    pub(crate) rating_keys: usize,
    pub(crate) keys: usize,
    /// How often an answer was over before it was rated, so that a key went on.
    pub(crate) over_before: usize,
    /// How often it was asked what is recommended.
    pub(crate) recommended: usize,
    /// Minutes that the recordings have.
    pub(crate) recorded: f64,
    /// Minutes that listening took by the sound's clock, from when an answer was seen to play to when it was seen to end.
    pub(crate) listening: f64,
}

/// Reviews a crowd's batch from the first answer to the table, which is written to `table`.
pub(crate) fn review(home: &Home, job: Job, table: &Path) -> Tally {
    let mut hand = Hand::new(home.sit_down(&["review", "crowd"], &format!("clock:{}", job.pace), (160, 45)));
    let mut tally = Tally { answers: job.candidates * job.questions, ..Tally::default() };
    hears_and_rates(&mut hand, &mut tally, job.pace);
    tally.rating_keys = hand.keys;
    to_grid(&mut hand);
    hand.wait("everything rated", |screen| screen.shows(&format!("{0} of {0} rated", tally.answers)) && is_saved(screen));
    compares(&mut hand, job.candidates.min(4));
    seals(&mut hand, job);
    decides(&mut hand, job.candidates);
    sees_the_ranking(&mut hand);
    exports(&mut hand, table);
    hand.leave();
    tally.keys = hand.keys;
    tally
}

/// Hears every answer at twice its speed without its silences, and rates it while it plays.
fn hears_and_rates(hand: &mut Hand, tally: &mut Tally, pace: u32) {
    hand.wait("the grid", |screen| on(screen, "Batch") && is_saved(screen));
    hand.press("enter");
    hand.wait("the rubric", |screen| screen.is_read_first() || on(screen, "Review"));
    hand.reads_to_the_end();
    hand.wait("the first answer", |screen| on(screen, "Review") && length(screen).is_some());
    hand.press("} s");
    let mut last = String::new();
    for nth in 0..tally.answers {
        let screen = hand.wait("the next answer", |screen| is_another(screen, &last));
        last = who(&screen);
        tally.recorded += length(&screen).unwrap_or_default() / 60.0;
        let came = Instant::now();
        hand.wait("it plays", |screen| screen.title().contains('▶'));
        let began = Instant::now();
        let over = |screen: &Screen| screen.title().contains('‖');
        let ended = over(&hand.wait("its end, or two seconds", |screen| over(screen) || came.elapsed() >= LISTENS));
        let mut listened = began.elapsed();
        std::thread::sleep(LISTENS.saturating_sub(came.elapsed()));
        for point in POINTS[nth % POINTS.len()] {
            hand.press(&point.to_string());
            if [1, 5].contains(&point) {
                hand.press("e");
            }
        }
        let end = goes_on(hand, tally, &last, nth + 1 == tally.answers);
        if !ended {
            listened = end.duration_since(began);
        }
        tally.listening += listened.as_secs_f64() * f64::from(pace) / 60.0;
    }
}

/// Waits for the end, which goes on by itself, and says what is recommended where that is asked. Returns when the end was seen.
fn goes_on(hand: &mut Hand, tally: &mut Tally, last: &str, is_last: bool) -> Instant {
    let asks = |screen: &Screen| screen.shows("what do you recommend?");
    let is_over = |screen: &Screen| on(screen, "Review") && who(screen) == last && screen.title().contains('‖') && is_saved(screen);
    let moved = |screen: &Screen| asks(screen) || is_another(screen, last);
    let mut screen = hand.wait("the end of an answer", |screen| moved(screen) || is_over(screen));
    let end = Instant::now();
    if !moved(&screen) {
        // It was over before it was rated.
        tally.over_before += 1;
        hand.press("enter");
        let told = |screen: &Screen| is_last && screen.foot().contains("last answer");
        screen = hand.wait("what comes after it", |screen| moved(screen) || told(screen));
    }
    if asks(&screen) {
        hand.choose(["No", "Yes"][tally.recommended % 2]);
        tally.recommended += 1;
        hand.wait("the answer after it", |screen| !asks(screen));
    }
    end
}

fn to_grid(hand: &mut Hand) {
    hand.press("g");
    hand.wait("the grid", |screen| on(screen, "Batch"));
}

fn to_the_first(hand: &mut Hand) {
    hand.press("< left left left left left");
}

/// Says of the first question's answers which is the better one, before they are sealed.
fn compares(hand: &mut Hand, columns: usize) {
    to_the_first(hand);
    (0..columns).for_each(|_| hand.press("space j"));
    hand.press("v");
    let last = ['A', 'B', 'C', 'D'][columns - 1];
    hand.wait("side by side", |screen| on(screen, "Compare") && screen.shows(&format!(" {last} ")));
    hand.press("b i");
    hand.wait("the better one", |screen| screen.foot().contains("B over A"));
    hand.press("c t");
    hand.wait("the same", |screen| screen.foot().contains("B and C about the same"));
    hand.press("d j i");
    hand.wait("another criterion", |screen| screen.foot().contains("D over C") && is_saved(screen));
    to_grid(hand);
    hand.press("c");
}

/// Question by question; nothing is missing.
fn seals(hand: &mut Hand, job: Job) {
    to_the_first(hand);
    for question in 1..=job.questions {
        hand.press("S");
        let asked = hand.wait("the seal", |screen| screen.shows(&format!("Seal your ratings of question {question}")));
        assert!(!asked.shows("What is missing") && !asked.shows("all the same"), "all was heard and rated\n{asked}");
        hand.choose("Seal");
        hand.wait("sealed", |screen| screen.shows(&format!(" {} sealed", job.candidates * question)) && is_saved(screen));
        if question < job.questions {
            hand.press("right");
        }
    }
    hand.wait("the reveal", |screen| screen.shows("others' scores: shown") && screen.shows("What comes next"));
    hand.press("esc");
    hand.wait("the grid", |screen| !screen.shows("What comes next"));
}

/// The best go on, the others do not, each with one reason for all of them.
fn decides(hand: &mut Hand, candidates: usize) {
    hand.press("s");
    hand.choose("total");
    hand.wait("the best first", |screen| screen.shows("total") && !screen.shows("Sort by"));
    hand.press("<");
    (0..(candidates / 8).max(2)).for_each(|_| hand.press("space j"));
    for (decision, done) in [("advance", "Done: advance"), ("decline", "Done: decline")] {
        hand.press("D");
        hand.choose(decision);
        hand.wait("the reason", |screen| screen.shows(&format!("Why {decision}")));
        hand.choose("In your own words");
        hand.wait("the words", |screen| screen.shows("Esc leaves"));
        hand.type_text("by the total");
        hand.press("enter");
        hand.wait("whom it concerns", |screen| screen.shows("one step, which u takes back"));
        hand.press("enter");
        hand.wait("decided", |screen| screen.foot().contains(done) && is_saved(screen));
        // The others.
        hand.press("i");
    }
}

fn sees_the_ranking(hand: &mut Hand) {
    hand.press("P");
    hand.wait("the ranking", |screen| on(screen, "Panel") && screen.rows().iter().any(|row| row.ends_with("ranked")));
    to_grid(hand);
}

fn exports(hand: &mut Hand, table: &Path) {
    hand.press("X");
    hand.wait("where to", |screen| screen.shows("Write the comparative CSV to"));
    hand.press("ctrl-u");
    hand.type_text(&table.display().to_string());
    hand.press("enter");
    hand.wait("the export told", |screen| screen.foot().contains("rows to"));
}

fn on(screen: &Screen, name: &str) -> bool {
    screen.title().trim_start().starts_with(name)
}

fn is_saved(screen: &Screen) -> bool {
    screen.title().ends_with("● saved")
}

/// Whether another answer than `last` is on screen, with its length, and nothing lies over it.
fn is_another(screen: &Screen, last: &str) -> bool {
    on(screen, "Review") && who(screen) != last && length(screen).is_some() && !screen.shows("what do you recommend?")
}

/// Whose answer is on screen, and to which question: the first two parts of the title.
fn who(screen: &Screen) -> String {
    screen.title().split(" · ").take(2).collect::<Vec<_>>().join(" · ")
}

/// The length that the title shows, in seconds: `0:12/0:45`.
fn length(screen: &Screen) -> Option<f64> {
    let title = screen.title();
    let (_, of) = title.split_whitespace().find_map(|word| word.split_once('/').filter(|(at, _)| at.contains(':')))?;
    let (minutes, seconds) = of.split_once(':')?;
    Some(f64::from(minutes.parse::<u32>().ok()? * 60 + seconds.parse::<u32>().ok()?))
}

/// Takes a crowd of that size in, with recordings that are really heard.
pub(crate) fn take_in(home: &Home, job: Job) {
    crowd::take_in(home, job.candidates, job.questions, crowd::Answers::Spoken);
}
