//! What is taken out of texts.

use proptest::prelude::*;

use crate::interview::{Candidate, CandidateId};
use crate::protocol::*;

fn zora() -> Particulars {
    Particulars::of(&Candidate {
        id: CandidateId::derive(&["z"]),
        source_id: "z".into(),
        name: Some("Zora van der Quill-May".into()),
        email: Some("zora.q@post.example".into()),
        phone: Some("+44 20 7946 0958".into()),
    })
}

#[test]
fn what_names_the_speaker_is_taken_out_and_the_rest_stays() {
    let check = |text: &str, redacted: &str| assert_eq!(redact(text, &zora()), redacted, "of {text:?}");
    check("Hi, I'm Zora Quill.", "Hi, I'm [name] [name].");
    check("ZORA's idea, quill's too", "[name]'s idea, [name]'s too");
    check("Quillon and Dezora drove the van", "Quillon and Dezora drove the van");
    check("We may see. May Quill", "We may see. [name] [name]");
    check("write to zora.q@post.example, or a.b+c@x.co.uk.", "write to [e-mail], or [e-mail].");
    check("Zora.Q@Post.Example", "[e-mail]");
    check("me @ home, 5@6", "me @ home, 5@6");
    check("call 020 7946 0958 or (555) 123-4567", "call [phone] or [phone]");
    check("on 2023-05-14 and 14.05.2023", "on 2023-05-14 and 14.05.2023");
    check("in 2019-2023 we grew 120% to 1,500,000 users on 24/7", "in 2019-2023 we grew 120% to 1,500,000 users on 24/7");
    check("ext 0958 stays, 60958 too", "ext 0958 stays, [phone] too");
    check("", "");
}

#[test]
fn names_in_scripts_without_spaces_are_found_inside_a_sentence() {
    let particulars = Particulars::of(&Candidate {
        id: CandidateId::derive(&["w"]),
        source_id: "w".into(),
        name: Some("王小明".into()),
        email: None,
        phone: None,
    });
    assert_eq!(redact("我叫王小明，你好", &particulars), "我叫[name]，你好");
}

fn named(name: &str) -> Particulars {
    let id = CandidateId::derive(&[name]);
    Particulars::of(&Candidate { id, source_id: "n".into(), name: Some(name.into()), email: None, phone: None })
}

#[test]
fn a_name_is_found_however_a_keyboard_or_a_machine_spells_it() {
    let spelt = [
        ("Łukasz Żółć", "Lukasz Zolc"),
        ("François Lefèvre", "FRANCOIS lefevre"),
        ("Jörg Weiß", "Joerg Weiss"),
        ("Jörg Weiß", "JÖRG WEISS"),
        ("Joerg Weiss", "Jörg Weiß"),
        ("Siân Ó Súilleabháin", "sian suilleabhain"),
        ("İbrahim Çelik", "ibrahim celik"),
        ("Jose Garcia", "José García"),
        ("An Nguyen", "Nguyễn"),
        ("Anna-Lena Groß", "Annalena Gross"),
        ("Søren Ærø", "Soeren Aeroe"),
        ("Zoe\u{308} Sta\u{308}hle", "Zoë Stähle"),
    ];
    for (name, said) in spelt {
        let redacted = redact(said, &named(name));
        assert!(redacted.split(' ').all(|word| word == "[name]"), "{said:?} of {name:?}: {redacted}");
    }
    assert_eq!(redact("I'm O'Brien, o’brien's own", &named("Pat O'Brien")), "I'm [name], [name]'s own");
    assert_eq!(redact("jorg_weiss.webm, jorgweiss-2.webm", &named("Jörg Weiß")), "[name]_[name].webm, [name]-2.webm");
    assert_eq!(redact("grossly jörgen", &named("Jörg Groß")), "grossly jörgen");
}

#[test]
fn what_clings_to_a_name_hides_it_from_nobody() {
    for name in ["Zora \u{1b}[31mQuimby\u{202e}", "\u{1b}[31mZora\u{1b}[0m Quimby"] {
        assert_eq!(redact("I am Zora Quimby", &named(name)), "I am [name] [name]", "{name:?}");
    }
    assert_eq!(redact("Müllers Team, der Quimbys", &named("José Müller")), "[name] Team, der Quimbys");
    assert_eq!(redact("he wills it", &named("Anna Will")), "he wills it");
    assert_eq!(redact("我叫王小明。小明在这里。", &named("王小明")), "我叫[name]。[name]在这里。");
}

#[test]
fn a_name_in_a_script_whose_vowels_are_marks_is_taken_out_whole() {
    assert_eq!(redact("मेरा नाम हरीश शर्मा है", &named("हरीश शर्मा")), "मेरा नाम [name] [name] है");
    assert_eq!(redact("राम कृष्ण।", &named("राम कृष्ण")), "[name] [name]।");
    assert_eq!(redact("দুর্গা বলেন", &named("দুর্গা")), "[name] বলেন");
    assert_eq!(redact("ผมชื่อธรรมค่ำครับ", &named("ธรรมค่ำ")), "ผมชื่อ[name]ครับ");
}

#[test]
fn words_of_a_transcript_stay_one_for_one() {
    let words = ["My", "number", "is", "+44", "20", "7946", "0958,", "Zora's", "mail", "zora.q@post.example"];
    let redacted = redact_words(&words, &zora());
    assert_eq!(redacted.len(), words.len());
    assert_eq!(redacted[..3], ["My", "number", "is"]);
    assert_eq!(redacted[3..], ["[phone]", "[phone]", "[phone]", "[phone],", "[name]'s", "mail", "[e-mail]"]);
}

proptest! {
    #[test]
    fn redaction_never_panics_and_words_never_move(words in prop::collection::vec("[^ ]{0,12}", 0..12)) {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        prop_assert_eq!(redact_words(&words, &zora()).len(), words.len());
        let text = words.join(" ");
        let once = redact(&text, &zora()).into_owned();
        prop_assert!(!once.contains("zora.q@post.example"));
    }

    #[test]
    fn the_own_number_is_found_however_it_is_spaced(spaces in prop::collection::vec(prop::sample::select(vec!["", " ", "-", ". "]), 11)) {
        let digits = "02079460958";
        let text: String = digits.chars().zip(&spaces).map(|(digit, space)| format!("{digit}{space}")).collect();
        let said = format!("on {text} please");
        let has_digits = redact(&said, &zora()).contains('9');
        prop_assert!(!has_digits);
    }
}
