//! What lies over a screen, in lines: lists to choose from, text fields, things to read; and the ranking.

use super::{Kind, Line};
use crate::app::{App, Overlay, Page, Screen};
use crate::panel::{RankRange, Statistic};
use crate::text::{SafeText, many};

/// Columns of a rubric's lines: screen readers read lines, so they are long.
const LONG: usize = 400;

/// The ranking, a candidate a line.
pub(super) fn ranking(app: &App) -> Vec<Line> {
    let (Some(desk), Screen::Panel(panel)) = (&app.desk, app.screen()) else { return Vec::new() };
    let called = |source: &SafeText| {
        let of = desk.batch.submissions.iter().find(|one| one.candidate.source_id == *source);
        of.map_or_else(|| source.clone(), |one| desk.called(one.id))
    };
    let one = |ranked: &crate::panel::Ranked| {
        let (place, range) = match &ranked.in_group {
            Some(of) => (of.rank.map(|rank| format!("Group {}, rank {rank}", of.group)), &of.range),
            None => (ranked.rank.map(|rank| format!("Rank {rank}")), &ranked.range),
        };
        let rank = place.unwrap_or_else(|| "Not ranked".to_owned());
        let range = match range {
            RankRange::Known { low, high, rough } => format!(", {}{low} to {high}", if *rough { "roughly " } else { "" }),
            _ => String::new(),
        };
        let total = match &ranked.total {
            Statistic::Known(_) => format!(", total {}", crate::panel::words::total(&ranked.total, 1)),
            _ => String::new(),
        };
        Line::told(format!("{rank}{range}: {}{total}", called(&ranked.candidate)))
    };
    let lines = panel.analysis.ranking.iter().map(one);
    let rest = panel.not_ranked.iter().map(|group| {
        let names: Vec<String> = group.who.iter().map(|who| desk.called(*who).to_string()).collect();
        Line::told(format!("Not ranked: {} ({})", names.join(", "), group.why))
    });
    let why =
        crate::panel::words::groups(&panel.analysis, called).into_iter().chain(crate::panel::words::no_range(&panel.analysis));
    why.map(Line::told).collect::<Vec<_>>().into_iter().chain(lines).chain(rest).collect()
}

/// What is asked now, where something is.
pub(super) fn asked(app: &App) -> Option<Vec<Line>> {
    let told = |text: &str| Line::told(text);
    Some(match app.overlays.last()? {
        Overlay::Picker(picker) => {
            let lead = picker.lead.iter().map(|line| told(line.as_str()));
            let items = picker.items.iter().enumerate().map(|(nth, item)| {
                let detail = if item.detail.is_empty() { String::new() } else { format!(": {}", item.detail) };
                Line::told(format!("{}. {}{detail}", nth + 1, item.label))
            });
            let asked = Line::new(Kind::Asked, "A number chooses; back leaves.");
            [told(picker.title.as_str())].into_iter().chain(lead).chain(items).chain([asked]).collect()
        }
        Overlay::Field(field) => {
            let mut lines = Vec::new();
            if !field.initial.is_empty() {
                lines.push(Line::told(format!("It reads so far: {}", field.initial)));
            }
            let empty = if field.initial.is_empty() { "" } else { "; an empty one takes what stands there" };
            let title = field.title.as_str().split(" · ").next().unwrap_or_default();
            lines.push(Line::new(Kind::Asked, format!("{title}: type a line{empty}; a dot alone leaves.")));
            lines
        }
        Overlay::Reader(reader) => {
            let lines: Vec<Line> = match &reader.page {
                Page::Rubric => rubric(app),
                Page::Text(paragraphs) => paragraphs.iter().map(|text| told(text.as_str())).collect(),
            };
            let first = if app.reads_first() {
                "An empty line says that you have read it and goes on; back leaves."
            } else {
                "An empty line goes on."
            };
            [told(reader.title.as_str())].into_iter().chain(lines).chain([Line::new(Kind::Asked, first)]).collect()
        }
        Overlay::Concordance(open) => places(app, open),
    })
}

fn rubric(app: &App) -> Vec<Line> {
    let shown = app.desk.as_ref().and_then(|desk| desk.rubric.as_ref()).map(|rubric| rubric.show(LONG));
    shown.into_iter().flatten().filter(|line| !line.is_empty()).map(|line| Line::told(line.as_str().trim())).collect()
}

/// Where a phrase was said.
fn places(app: &App, open: &crate::app::Concordance) -> Vec<Line> {
    let Some(desk) = &app.desk else { return Vec::new() };
    let typed = open.field.now.trim();
    if typed.is_empty() {
        return vec![Line::new(Kind::Asked, "Where was it said? Type the words; a dot alone leaves.")];
    }
    const AROUND: u32 = 8;
    const MOST: usize = 30;
    let hits = &open.found.hits;
    let line = |(nth, hit): (usize, &crate::transcript::Hit)| {
        let quote = desk.quote(hit, AROUND);
        let at = hit.at.map_or_else(String::new, |at| format!(" at {at}"));
        let words = format!("{} {} {}", quote.before, quote.said, quote.after);
        Line::told(format!("{}. {}{at}: {}", nth + 1, desk.whose(hit.entry.answer), words.trim()))
    };
    let progress = desk.indexing();
    let reading = if progress.is_under_way() {
        format!(" {} of {} answers are read so far.", progress.done, progress.of)
    } else {
        String::new()
    };
    let told = match hits.len() {
        0 => format!("Nobody said “{typed}”.{reading}"),
        n => format!("“{typed}”: {}.{reading}", many(n, "place")),
    };
    let asked = Line::new(Kind::Asked, "A number hears it, other words are looked up instead, a dot alone leaves.");
    [Line::told(told)].into_iter().chain(hits.iter().take(MOST).enumerate().map(line)).chain([asked]).collect()
}
