//! What comes between: windows that change, shells, signals, machines without sound.
#![allow(clippy::print_stderr, reason = "a test that is skipped says so")]

use rustix::process::{Signal, WaitOptions, waitpid};

use super::*;

#[test]
fn the_window_may_change_at_any_moment() {
    let home = Home::with_demo();
    let mut terminal = open_demo(&home, "clock:5");
    let fits = |terminal: &Terminal, columns: u16| {
        terminal.wait_until("a frame as wide as the window", |screen| {
            is_saved(screen) && screen.title().chars().count() == usize::from(columns) - 1 && !screen.foot().is_empty()
        });
    };
    for (columns, rows) in [(80, 24), (200, 60), (100, 30)] {
        terminal.resize(columns, rows);
        fits(&terminal, columns);
    }
    open_answer(&mut terminal);
    // While it plays, and without waiting for the frames between.
    for step in 0..40 {
        terminal.resize(60 + step * 3, 15 + step);
        terminal.press("l");
    }
    terminal.resize(39, 11);
    terminal.wait_for("This window is too small");
    terminal.resize(90, 28);
    fits(&terminal, 90);
    terminal.press("Q");
    assert_eq!(terminal.wait_for_end(), 0);
}

#[test]
fn ctrl_z_gives_the_terminal_to_the_shell_and_fg_takes_it_again() {
    let home = Home::with_demo();
    let mut terminal = open_demo(&home, "clock:5");
    open_answer(&mut terminal);
    for _ in 0..2 {
        terminal.press("ctrl-z");
        let stopped = waitpid(Some(terminal.process()), WaitOptions::UNTRACED).expect("it is our child");
        assert!(stopped.is_some_and(|(_, status)| status.stopped()));
        terminal.wait_until("a terminal for the shell", Screen::is_given_back);
        assert!(terminal.is_cooked());
        terminal.signal(Signal::CONT);
        terminal.wait_until("the answer again", |screen| is_review(screen) && !screen.is_given_back());
        // Away from the answer, nothing plays on.
        assert!(!terminal.screen().title().contains('▶'), "{}", terminal.screen());
    }
    terminal.press("g");
    terminal.wait_until("the grid: keys work", is_grid);
    terminal.press("Q");
    assert_eq!(terminal.wait_for_end(), 0);
}

/// Fills a page of the demo's database with nonsense that nothing on the way to the grid reads.
fn damage(home: &Home) {
    use sqlx::Connection as _;
    use std::os::unix::fs::FileExt as _;
    let path = home.demo().join("library.db");
    let page = async {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path);
        let mut db = sqlx::SqliteConnection::connect_with(&options).await?;
        sqlx::raw_sql("pragma wal_checkpoint(truncate)").execute(&mut db).await?;
        let page = "select rootpage from sqlite_master where name = 'colleague'";
        let page = sqlx::query_scalar::<_, i64>(page).fetch_one(&mut db).await?;
        db.close().await.map(|()| page as u64)
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let page = runtime.block_on(page).expect("it is a database");
    let file = std::fs::File::options().write(true).open(&path).expect("it can be written");
    file.write_all_at(&[0xee; 4096], (page - 1) * 4096).expect("it is written");
}

#[test]
fn damage_that_is_found_when_the_screen_is_on_ends_it_with_words_as_if_it_had_not_opened() {
    let home = Home::with_demo();
    damage(&home);
    let mut terminal = home.sit_down(&["--demo", "review"], "null", WINDOW);
    assert_eq!(terminal.wait_for_end(), 1, "{}", terminal.screen());
    let screen = terminal.screen();
    assert!(screen.is_given_back() && terminal.is_cooked(), "{screen}");
    assert!(screen.shows("Could not open the library") && screen.shows("damaged"), "{screen}");
}

#[test]
fn a_signal_that_ends_the_program_gives_the_terminal_back() {
    for signal in [Signal::TERM, Signal::HUP, Signal::INT] {
        let home = Home::with_demo();
        let mut terminal = open_demo(&home, "clock:5");
        open_answer(&mut terminal);
        terminal.signal(signal);
        terminal.wait_for_end();
        assert!(terminal.screen().is_given_back(), "{signal:?}\n{}", terminal.screen());
        assert!(terminal.is_cooked(), "{signal:?}");
        let bytes = terminal.bytes();
        assert_eq!(bytes.matches("\x1b[?1049h").count(), bytes.matches("\x1b[?1049l").count(), "{signal:?}");
        for off in ["\x1b[?1000l", "\x1b[?1002l", "\x1b[?1006l", "\x1b[?1004l", "\x1b[?2004l", "\x1b[?25h"] {
            assert!(bytes.contains(off), "{signal:?}: {off:?}");
        }
    }
}

#[test]
fn a_terminal_that_is_closed_ends_the_program_and_what_was_heard_is_kept() {
    let home = Home::with_demo();
    // A terminal within the terminal, which can be taken away.
    let mut command = portable_pty::CommandBuilder::new("script");
    command.args(["-qec", &format!("{} demo", env!("CARGO_BIN_EXE_earmark")), "/dev/null"]);
    if std::process::Command::new("script").arg("--version").output().is_err() {
        crate::parts::absent("there is no script");
        return;
    }
    let mut terminal = home.start(command, &[("EARMARK_AUDIO", "clock:5")], WINDOW);
    terminal.wait_until("the grid, with everything saved", |screen| is_grid(screen) && is_saved(screen));
    open_answer(&mut terminal);
    let screen = terminal.wait_until("some of it was heard", |screen| moment(screen) > Some(9));
    let at = f64::from(moment(&screen).expect("it is shown"));
    terminal.kill();
    let heard = || {
        let compared = home.run(&["--demo", "compare", "Support engineer", "--question", "1", "--json"]);
        let compared: serde_json::Value = serde_json::from_str(&compared).expect("JSON");
        let rows = compared["candidates"].as_array().cloned().expect("a list");
        let answers = rows.iter().filter_map(|row| row["answers"].as_array()).flatten();
        answers.filter_map(|answer| answer["heard"].as_f64()).fold(0.0, f64::max)
    };
    // Nobody is there to be told that it ended: it is asked until all is written.
    let patience = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while heard() <= 0.0 {
        assert!(std::time::Instant::now() < patience, "nothing of {at} s was kept");
    }
    let mut again = open_demo(&home, "clock:5");
    assert!(!again.screen().title().contains("only reading"), "the first has ended: {}", again.screen());
    again.press("Q");
    assert_eq!(again.wait_for_end(), 0);
}

#[test]
fn without_a_sound_device_the_words_are_read_and_nothing_counts_as_heard() {
    let home = Home::with_demo();
    let nobody = [("EARMARK_AUDIO", "pulse"), ("PULSE_SERVER", "unix:/nonexistent/earmark")];
    let mut terminal = home.sit_down_with(&["demo"], &nobody, WINDOW);
    terminal.wait_until("the grid", |screen| is_grid(screen) && is_saved(screen));
    open_answer(&mut terminal);
    let screen = terminal.wait_for("No sound:");
    assert!(screen.foot().contains("nothing counts as heard"), "{screen}");
    assert!(transcript_is_there(&screen), "{screen}");
    terminal.press("space");
    terminal.wait_for("No sound:");
    nothing_is_heard(&mut terminal);
}

#[test]
fn on_a_device_that_only_passes_time_the_word_is_lit_and_nothing_counts_as_heard() {
    let home = Home::with_demo();
    let mut terminal = open_demo(&home, "null");
    let screen = open_answer(&mut terminal);
    assert!(transcript_is_there(&screen), "{screen}");
    terminal.wait_until("a spoken word", |screen| screen.spoken().is_some() && moment(screen) > Some(1));
    nothing_is_heard(&mut terminal);
}

/// Whether the transcript's pane has lines of words.
fn transcript_is_there(screen: &Screen) -> bool {
    let within = |row: &String| row.strip_prefix('│').is_some_and(|row| row.split('│').next().is_some_and(|said| said.len() > 40));
    screen.rows().iter().filter(|row| within(row)).count() > 3
}

fn nothing_is_heard(terminal: &mut Terminal) {
    terminal.press("g");
    let grid = terminal.wait_until("the grid", is_grid);
    let cells: usize = grid.rows().iter().map(|row| row.matches("   0%").count()).sum();
    // Seven gave four answers; what the one gave whose deadline passed is not reviewed.
    assert_eq!(cells, 28, "{grid}");
    terminal.press("Q");
    assert_eq!(terminal.wait_for_end(), 0);
    let home = terminal.screen();
    assert!(home.is_given_back());
}

#[test]
fn what_was_typed_before_the_name_was_asked_for_is_no_name() {
    let home = Home::new();
    let mut command = portable_pty::CommandBuilder::new("sh");
    // The shell takes the first line; the second waits in the terminal when earmark starts.
    command.args(["-c", "read -r go; exec \"$EARMARK\" identity"]);
    let mut terminal = home.start(command, &[("EARMARK", env!("CARGO_BIN_EXE_earmark"))], WINDOW);
    terminal.type_text("go\rq4 n n\r");
    terminal.wait_for("What name should colleagues see");
    terminal.type_text("Mara\r");
    let screen = terminal.wait_for("label       ");
    assert!(screen.shows("label       Mara"), "{screen}");
}
