//! Reading the rules that hold in a batch, and which of them are its own.

use super::overlay::{Overlay, Page, Reader};
use super::{App, Effect, Tone};
use crate::text::SafeText;

impl App {
    /// Shows the batch's rules; what it locks of the playing comes first, for it is what one runs into.
    pub(super) fn read_protocol(&mut self) -> Vec<Effect> {
        let Some(desk) = &self.desk else { return self.tell(Tone::Hint, "Open a batch first: the rules are that batch's.") };
        let mut lines = Vec::new();
        lines.push(match (desk.fixed_speed(), desk.fixed_skipping()) {
            (None, None) => "Everyone chooses speed and skipping.".to_owned(),
            (speed, skips) => {
                let speed = speed.map(|speed| format!("Everyone hears at {:.2}x.", f32::from(speed) / 100.0));
                let skips = skips.map(|skips| format!("Silences are {} by everyone.", if skips { "skipped" } else { "heard" }));
                [speed, skips].into_iter().flatten().collect::<Vec<_>>().join(" ")
            }
        });
        if let Some(own) = &desk.record.protocol {
            let reason = own.reason.as_ref().map_or_else(String::new, |reason| format!(": {reason}"));
            lines.push(format!("This batch has rules of its own since {}{reason}.", own.at.strftime("%Y-%m-%d %H:%M UTC")));
        }
        lines.push(String::new());
        for rule in desk.told_rules() {
            let rubric = rule.in_rubric.map_or_else(String::new, |rubric| format!(" (the rubric says {rubric})"));
            lines.push(format!("{} = {}{rubric}: {}", rule.name, rule.value, rule.means));
        }
        lines.push(String::new());
        lines.push("`earmark protocol BATCH --set RULE=VALUE` gives a batch rules of its own.".to_owned());
        let page = Page::Text(lines.iter().map(|line| SafeText::line(line)).collect());
        self.overlays.push(Overlay::Reader(Reader::new("How this batch is reviewed".into(), page)));
        Vec::new()
    }
}
