//! In which language an answer was given, where nobody says so: as far as its words are enough to tell.

use whatlang::{Detector, Lang, Script, detect};

/// Letters of an alphabet that are enough to tell a language; fewer say nothing.
const FEWEST_LETTERS: usize = 120;
/// Signs that are enough where a script is that of few languages.
const FEWEST_SIGNS: usize = 20;
/// From this confidence on it is told, of 1.
const SURE: f64 = 0.95;
/// Languages so near to each other that their words do not tell which it is.
const NEAR: &[&[&str]] = &[
    &["no", "nb", "nn", "da", "sv"],
    &["hr", "sr", "bs", "sl", "mk"],
    &["id", "ms"],
    &["es", "pt", "gl", "ca"],
    &["ru", "uk", "be", "bg"],
    &["cs", "sk"],
    &["nl", "af"],
    &["hi", "mr", "ne"],
    &["fa", "ar", "ur"],
];

/// The language of a text that is surely another than `asked` (a primary subtag), as a tag; none where it cannot be told.
pub(super) fn other_than(asked: &str, text: &str) -> Option<&'static str> {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let info = detect(text)?;
    let enough = if matches!(info.script(), Script::Latin | Script::Cyrillic) { FEWEST_LETTERS } else { FEWEST_SIGNS };
    let told = tag(info.lang().code())?;
    let is_near = NEAR.iter().any(|near| near.contains(&asked) && near.contains(&told));
    let is_other = letters >= enough && told != asked && !is_near;
    (is_other && is_sure(info.lang(), asked, text)).then_some(told)
}

/// Whether there is no doubt that a text is in this language rather than in the one that was asked for. Which of several others it is
/// may well be doubtful: Danish and Norwegian differ little, and neither is English.
fn is_sure(told: Lang, asked: &str, text: &str) -> bool {
    let asked = TAGS.iter().find(|(_, two)| *two == asked).and_then(|(three, _)| Lang::from_code(*three));
    let detector = asked.map_or_else(Detector::new, |asked| Detector::with_allowlist(vec![told, asked]));
    detector.detect(text).is_some_and(|info| info.lang() == told && info.confidence() >= SURE)
}

/// The two letters of a language for its three; none for what few people speak at work.
fn tag(code: &str) -> Option<&'static str> {
    TAGS.iter().find(|(three, _)| *three == code).map(|(_, two)| *two)
}

const TAGS: [(&str, &str); 44] = [
    ("tgl", "tl"),
    ("afr", "af"),
    ("eng", "en"),
    ("deu", "de"),
    ("fra", "fr"),
    ("spa", "es"),
    ("por", "pt"),
    ("ita", "it"),
    ("nld", "nl"),
    ("cat", "ca"),
    ("ron", "ro"),
    ("dan", "da"),
    ("nob", "nb"),
    ("swe", "sv"),
    ("fin", "fi"),
    ("est", "et"),
    ("lav", "lv"),
    ("lit", "lt"),
    ("pol", "pl"),
    ("ces", "cs"),
    ("slk", "sk"),
    ("slv", "sl"),
    ("hrv", "hr"),
    ("srp", "sr"),
    ("hun", "hu"),
    ("tur", "tr"),
    ("ell", "el"),
    ("rus", "ru"),
    ("ukr", "uk"),
    ("bel", "be"),
    ("bul", "bg"),
    ("heb", "he"),
    ("ara", "ar"),
    ("pes", "fa"),
    ("urd", "ur"),
    ("hin", "hi"),
    ("ben", "bn"),
    ("tam", "ta"),
    ("tha", "th"),
    ("vie", "vi"),
    ("ind", "id"),
    ("cmn", "zh"),
    ("jpn", "ja"),
    ("kor", "ko"),
];

#[cfg(test)]
mod tests {
    use super::*;

    const GERMAN: &str = "Ich habe zuerst gedacht, dass der Router kaputt war, weil alle Geräte gleichzeitig ausgefallen sind. Danach habe \
                          ich den Kunden angerufen und ihm gesagt, was passiert ist und wann ich mich wieder melde.";
    const ENGLISH: &str = "So first I thought that the router was broken because all of the devices went down at the same time. Then I \
                           called the customer and told them what had happened and when I would call again, and we swapped the cables.";

    #[test]
    fn another_language_is_told_where_there_is_enough_of_it() {
        assert_eq!(other_than("en", GERMAN), Some("de"));
        assert_eq!(other_than("de", GERMAN), None);
        assert_eq!(other_than("en", "我首先检查了路由器,因为所有的设备同时断线了。然后我给客户打电话。"), Some("zh"));
        assert_eq!(other_than("de", ENGLISH), Some("en"));
    }

    #[test]
    fn a_language_that_has_near_ones_is_no_less_another_than_the_rubrics() {
        let danish = "En kunde kunne ikke udskrive etiketter mandag morgen, og jeg havde en mistanke om driveren, fordi den var blevet \
                      opdateret aftenen før. Jeg ringede til kunden og fortalte, hvornår der ville komme nyt.";
        let tagalog = "Hindi makapag-print ng mga label ang isang customer noong Lunes ng umaga at pinaghinalaan ko ang driver dahil \
                       na-update ito noong nakaraang gabi. Tinawagan ko ang customer at sinabi kung kailan magkakaroon ng balita.";
        assert!(matches!(other_than("en", danish), Some("da" | "nb")), "{:?}", other_than("en", danish));
        assert_eq!((other_than("en", tagalog), other_than("nb", danish)), (Some("tl"), None));
        for english in [
            "So the customer he was not able to print label on Monday and me I was thinking the driver is problem because update was in \
             the night. I call to customer and I say when is the news coming. After, I am printing from two other machine.",
            "Och the wee printer wasnae working the morn and I kent fine it was the driver, so I gied the customer a bell and telt her \
             I'd be back afore noon wi some news, aye.",
            "um so Kubernetes pods nginx ingress timeout, Grafana dashboard, Prometheus alert, Helm rollback, Terraform plan, Ansible \
             playbook, Postgres failover, Redis eviction, Kafka lag, Istio mesh, Envoy proxy, Vault token, Consul quorum",
        ] {
            assert_eq!(other_than("en", english), None, "{english}");
        }
    }

    #[test]
    fn what_is_short_or_of_the_same_language_is_let_through() {
        assert_eq!(other_than("en", ENGLISH), None);
        assert_eq!(other_than("en", "Ich habe angerufen."), None);
        assert_eq!(
            other_than(
                "en",
                "um kubernetes nginx postgres grafana helm istio envoy redis kafka terraform ansible vault consul nomad"
            ),
            None
        );
        assert_eq!(other_than("en", ""), None);
    }
}
