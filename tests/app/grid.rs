//! What the grid and the ranking say of those who are not reviewed or not ranked.

use earmark::app::{Event, Screen};
use earmark::interview::Status;
use earmark::tui::Glyphs;

use crate::station::{Shelf, Station, paper};

/// Mara before a batch in which the deadline passed for one, and another stepped back.
fn with_some_gone() -> Station {
    let mut shelf = Shelf::new();
    shelf.batch.submissions[0].status = Status::Expired;
    shelf.batch.submissions[1].status = Status::Withdrawn;
    let mut station = Station::of("Mara", shelf, |_| {});
    station.press("enter o enter").waits(3_000).rates_everything(3);
    station
}

fn line<'a>(screen: &'a str, with: &str) -> &'a str {
    screen.lines().find(|line| line.contains(with)).unwrap_or_else(|| panic!("no {with:?} in {screen}"))
}

#[test]
fn who_is_out_of_the_running_is_never_shown_as_sealed_and_the_row_says_why() {
    let mut station = with_some_gone();
    station.seals_everything();
    let names: Vec<String> = [0, 1].map(|at| station.desk().called(station.shelf.batch.submissions[at].id).to_string()).into();
    let screen = station.screen(80, 24);
    let expired = line(&screen, &names[0]).to_owned();
    assert!(expired.contains("expired") && !expired.contains('▣') && !expired.contains("0/3"), "{screen}");
    assert!(line(&screen, &names[1]).contains("withdrawn"), "{screen}");
    station.press("end");
    let screen = station.screen(80, 24);
    assert!(screen.contains("not ranked, because"), "the row under the cursor says more: {screen}");
}

#[test]
fn the_panel_names_who_is_not_ranked_and_why() {
    let mut station = with_some_gone();
    let names: Vec<String> = [0, 1, 4].map(|at| station.desk().called(station.shelf.batch.submissions[at].id).to_string()).into();
    station.seals_everything().press("P");
    for size in [(80, 24), (120, 40)] {
        let screen = station.screen(size.0, size.1);
        let expired = format!("Not ranked: {}, because the deadline passed before the interview was finished.", names[0]);
        let text = screen.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains(&expired), "{screen}");
        assert!(text.contains(&format!("Not ranked: {}, because the candidate withdrew.", names[1])), "{screen}");
        assert!(text.contains(&format!("Not ranked: {}, because an answer could not be judged", names[2])), "{screen}");
    }
}

#[test]
fn before_the_seal_the_panel_says_that_ones_own_scorecards_are_missing() {
    let mut station = Station::reviewing();
    station.press("P");
    let text = station.screen(120, 40).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("because your scorecard is not sealed."), "{text}");
}

#[test]
fn a_rating_that_needs_evidence_is_marked_in_the_grid_until_it_has_some() {
    let mut station = Station::reviewing();
    station.hears(4).press("5 g");
    assert!(station.screen(80, 24).contains("◐ 1/3◇"), "{}", station.screen(80, 24));
    assert!(station.screen(80, 24).contains("◇ evidence asked at the seal"));
    station.look = paper::look("mono", Glyphs::Ascii);
    assert!(station.screen(80, 24).contains("+ 1/3e"), "in seven bits too");
    station.look = paper::look("dark", Glyphs::Unicode);
    station.press("o").waits(3_000).press("k e g");
    assert!(!station.screen(80, 24).contains("◐ 1/3◇"), "{}", station.screen(80, 24));
}

#[test]
fn at_80_columns_the_overall_view_and_the_way_to_the_ranking_are_there() {
    let mut station = Station::at_batch();
    let screen = station.screen(80, 24);
    assert!(screen.contains("Overall") && screen.contains("P ranking") && screen.contains("S seal"), "{screen}");
    station.shelf.batch.interview.questions[0].prompt = "Word ".repeat(80).as_str().into();
    let mut again = station.again();
    again.press("enter home");
    let screen = again.screen(80, 24);
    let foot: Vec<&str> = screen.lines().filter(|line| line.contains("Word")).collect();
    assert!(foot.last().is_some_and(|line| line.ends_with('…')), "a prompt that is cut says so: {foot:?}");
}

#[test]
fn totals_of_different_rank_never_look_the_same() {
    let mut station = with_some_gone();
    station.seals_everything().press("P");
    let Screen::Panel(panel) = station.app.screen() else { panic!("the ranking is open") };
    let digits = panel.analysis.digits();
    let shown: Vec<(Option<u32>, String)> = panel
        .analysis
        .ranking
        .iter()
        .filter_map(|one| one.total.value().map(|total| (one.rank, format!("{total:.digits$}"))))
        .collect();
    for pair in shown.windows(2) {
        assert!(pair[0].0 == pair[1].0 || pair[0].1 != pair[1].1, "{shown:?}");
    }
}

#[test]
fn answers_that_another_import_brings_are_in_the_grid_at_once_and_said() {
    let mut shelf = Shelf::new();
    let late = shelf.batch.submissions.pop().expect("there are five");
    let mut station = Station::of("Mara", shelf, |_| {});
    station.press("enter j j");
    let under_cursor = |station: &Station| match station.app.screen() {
        Screen::Batch(grid) => station.desk().rows[grid.row],
        other => panic!("in {}", other.place().name()),
    };
    let (before, steps) = (under_cursor(&station), station.desk().plan.steps.len());
    station.shelf.batch.submissions.push(late);
    let contents = Box::new(station.shelf.contents());
    station.happens(Event::Renewed(contents.clone()));
    assert_eq!(station.says(), "2 answers came in: they are in the grid and in your order.");
    assert_eq!((station.desk().plan.steps.len(), under_cursor(&station)), (steps + 2, before));
    station.press("o enter").waits(3_000).press("3");
    let answer = station.answer();
    station.happens(Event::Renewed(contents));
    assert_eq!((station.answer(), station.desk().rated(answer).0), (answer, 1), "told twice, nothing is lost");
}

#[test]
fn the_total_stands_in_the_grid_once_all_is_sealed_and_the_panels_beside_it() {
    let totals = |station: &mut Station, width| -> Vec<String> {
        let screen = station.screen(width, 40);
        let overall =
            screen.lines().filter_map(|line| line.split_once("▣").map(|(before, _)| before.to_owned())).collect::<Vec<_>>();
        overall.iter().filter_map(|line| line.get(line.len().saturating_sub(11)..).map(|end| end.trim().to_owned())).collect()
    };
    let mut alone = Station::reviewing();
    alone.rates_everything(3).press("g home S j enter");
    assert!(!alone.screen(120, 40).contains("your total"), "nothing is said of a scorecard that is half sealed");
    alone.press("right S j enter right S j enter");
    assert!(alone.screen(80, 24).contains("your total 50 of 100"), "{}", alone.screen(80, 24));
    assert!(totals(&mut alone, 80).iter().any(|total| total == "50"), "{:?}", totals(&mut alone, 80));

    let mut shelf = Shelf::new();
    shelf.colleague("Ivo", 4);
    let mut both = Station::of("Mara", shelf, |_| {});
    both.press("enter o enter").waits(3_000).rates_everything(3).press("g");
    assert!(!both.screen(120, 40).contains("total"), "others' scores are sealed");
    both.seals_everything().press("home");
    assert!(both.screen(80, 24).contains("your total 50 of 100, the panel's 6"), "{}", both.screen(80, 24));
    assert!(totals(&mut both, 80).iter().any(|total| total.starts_with("50 / 6")), "{:?}", totals(&mut both, 80));
}

#[test]
fn an_answer_is_found_also_after_the_batch_was_changed() {
    let mut batch = crate::station::batch::batch();
    let (gone, kept) = (batch.submissions[0].answers[0].id, batch.submissions[2].answers[0].id);
    let found = |batch: &earmark::interview::Batch, id| batch.answer(id).map(|(of, answer)| (of.id, answer.id));
    let before = found(&batch, kept);
    assert!(before.is_some() && found(&batch, gone).is_some());
    batch.submissions.remove(0);
    assert_eq!((found(&batch, kept), found(&batch, gone)), (before, None));
    assert_eq!(before.and_then(|(of, _)| batch.submission(of)).map(|of| of.id), before.map(|(of, _)| of));
}

#[test]
fn only_what_may_change_a_cell_makes_the_grid_reckon_its_cells_anew() {
    let mut station = Station::reviewing();
    station.press("g home");
    station.screen(120, 40);
    let at = |station: &Station| station.app.edition();
    let before = at(&station);
    station.press("down down up j k pgdn pgup end home");
    assert_eq!(at(&station), before, "going from row to row changes no cell");
    for key in ["right", "v", "D esc", "o 3"] {
        let before = at(&station);
        station.press(key);
        assert!(at(&station) > before, "{key}");
    }
}
