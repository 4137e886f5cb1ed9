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
fn a_batchs_title_keeps_a_word_that_somebody_is_called_by_and_not_who_somebody_is() {
    let called = |name: &str| Candidate {
        id: CandidateId::derive(&[name]),
        source_id: name.into(),
        name: Some(name.into()),
        email: None,
        phone: None,
    };
    let everyone = [called("Ada North"), called("Sam Keeper"), called("Keepers"), called("Zora van der Quill"), called("王小明")];
    let check = |title: &str, shown: &str| assert_eq!(Covered::title(&title.into(), &everyone).as_str(), shown, "of {title:?}");
    check("Keepers of the north light", "Keepers of the north light");
    check("Zora Quill for Support", "[name] [name] for Support");
    check("SAM KEEPER, second round", "[name] [name], second round");
    check("王小明 for Support", "[name] for Support");
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
    check(&[
        ("Anna Will", "he wills it", "he wills it"),
        ("Zora Quill", "quills, zoras, quill92, quills1990", "[name], [name], [name], [name]"),
        ("June Clas", "june2024 in class", "june2024 in class"),
        ("Patrick O'Brien-Kelly", "OBrien, mr obrien, BrienKelly", "[name], mr [name], [name]"),
        ("Dr. Anna Schmidt", "AnnaSchmidt", "[name]"),
        ("Maria Jose Garcia", "mariajose, josegarcia", "[name], [name]"),
    ]);
    assert_eq!(redact("我叫王小明。小明在这里。", &named("王小明")), "我叫[name]。[name]在这里。");
}

/// Rows of a name, what is said, and what of it is shown.
fn check(rows: &[(&str, &str, &str)]) {
    for (name, said, shown) in rows {
        assert_eq!(redact(said, &named(name)), *shown, "{said:?} of {name:?}");
    }
}

#[test]
fn parts_of_a_name_side_by_side_are_the_name_in_any_case_and_order() {
    check(&[
        ("Li Na", "li na here, na li", "[name] [name] here, [name] [name]"),
        ("Bo Xi Li", "bo xi li, bo li, XI LI", "[name] [name] [name], [name] [name], [name] [name]"),
        ("Wei Xu", "wei xu, Xu, Wei", "[name] [name], [name], [name]"),
        ("Will May", "it was will may. they will, may be later", "it was [name] [name]. they will, may be later"),
        ("Jo-Ann Smith", "jo-ann, jo ann, she and jo", "[name]-[name], [name] [name], she and jo"),
        ("Jo Li", "jo-li, jo_li, JoLi, @joli, joli92", "[name]-[name], [name]_[name], [name], @[name], [name]"),
        ("Jo Li", "linkedin.com/in/jo-li and x.example/joli", "linkedin.com/in/[name]-[name] and x.example/[name]"),
        ("Jo Li", "J O L I, j.o.l.i., J-O-L-I", "[name], [name]., [name]"),
        ("Jo Li", "une joli fleur, jo, li", "une joli fleur, [name], [name]"),
        ("Ivan Petrov", "P E T R O V, @ipetrov", "[name], @[name]"),
    ]);
}

#[test]
fn a_name_that_is_a_word_is_told_by_what_is_said_before_it() {
    check(&[
        ("Jo Li", "i'm jo. call me li, not jo", "i'm [name]. call me [name], not jo"),
        ("Ng", "my name is ng, ng is short", "my name is [name], ng is short"),
        ("Will May", "Call me will. this is may. I will, we may", "Call me [name]. this is [name]. I will, we may"),
        ("Zoe Chase", "ms chase, we chase it", "ms [name], we chase it"),
        ("Jo Long", "ich heiße jo, je m'appelle jo, me llamo jo", "ich heiße [name], je m'appelle [name], me llamo [name]"),
        ("Ян Ли", "меня зовут ли, если ли", "меня зовут [name], если ли"),
        ("An Nguyen", "i am an engineer, this is an example", "i am an engineer, this is an example"),
        ("Grace Long", "i am long in this, how long", "i am long in this, how long"),
        ("Do An", "i do an hour. my name is do an", "i do an hour. my name is [name] [name]"),
        ("So Young", "i am so young. So Young", "i am so young. [name] [name]"),
        ("An Le", "an le, le an, an hour", "[name] [name], [name] [name], an hour"),
        ("Can Öz", "i can, can oez", "i can, [name] [name]"),
    ]);
}

#[test]
fn names_in_chinese_and_japanese_are_found_whole_given_and_before_an_address() {
    check(&[
        ("陳 怡君", "我叫陳怡君，大家叫我怡君，陳小姐在嗎", "我叫[name]，大家叫我[name]，[name]小姐在嗎"),
        ("王小明 Wang Xiaoming", "王小明, wang xiaoming, Xiaoming, wangxiaoming", "[name], [name] [name], [name], [name]"),
        ("陳怡君", "我 叫 陳 怡 君 。 叫我小陳", "我 叫 [name] 。 叫我[name]"),
        ("陈 怡君", "小陈也行。小陈 你好，陈姐", "[name]也行。[name] 你好，[name]姐"),
        ("于成", "小于三，小时，我是小于。于先生", "小于三，小时，我是小[name]。[name]先生"),
        ("王小明", "王先生说国王来了，我姓王，我是王。", "[name]先生说国王来了，我姓[name]，我是[name]。"),
        ("高明月", "我是高级工程师", "我是高级工程师"),
        ("山田 太郎", "山田太郎です。山田さん、太郎", "[name]です。[name]さん、[name]"),
        ("スミス・アンナ", "すみすさん、アンナです", "[name]さん、[name]です"),
    ]);
}

#[test]
fn a_korean_name_is_found_with_what_sticks_to_it() {
    check(&[
        ("안지우", "저는 안지우입니다. 지우라고 불러요", "저는 [name]입니다. [name]라고 불러요"),
        ("안 지우", "안지우가, 안 지우는, 안 씨와 안씨", "[name]가, [name]는, [name] 씨와 [name]씨"),
        ("안지우", "파일을 지우고 하지 우리는 안 합니다", "파일을 지우고 하지 우리는 안 합니다"),
        ("허준", "허준입니다. 허준비", "[name]입니다. 허준비"),
    ]);
}

#[test]
fn a_name_is_found_in_other_letters_and_in_other_cases() {
    check(&[
        ("Иван Петров", "меня зовут ivan petrov, Ivana Petrova", "меня зовут [name] [name], [name] [name]"),
        ("Sofia Rossi", "της Σοφίας", "της [name]"),
        ("Иван Петров", "ивана петрова с Иваном Петровым", "[name] [name] с [name] [name]"),
        ("Ivan Petrov", "Иван Петров, ивану петрову", "[name] [name], [name] [name]"),
        ("Юлия Хрущёва", "yulia Julija Iuliia khrushcheva", "[name] [name] [name] [name]"),
        ("Павел Достоевский", "павла достоевскому, pavel dostoyevsky", "[name] [name], [name] [name]"),
        ("Σοφία Παπαδοπούλου", "Sofia Papadopoulou, της Σοφίας", "[name] [name], της [name]"),
        ("Jan Kowalski", "Kowalskiego, jan w styczniu", "[name], [name] w styczniu"),
        ("Вера Лев", "я верю в левую сторону", "я верю в левую сторону"),
        ("Марк Май", "we mark it, it may be", "we mark it, it may be"),
        ("Mina Chin", "China is far", "China is far"),
    ]);
}

#[test]
fn a_phone_number_that_is_written_in_words_is_one() {
    check(&[
        ("Zora", "it's oh one seven one, five five double two three", "it's [phone]"),
        ("Zora", "null eins sieben sechs 5 vier drei zwo", "[phone]"),
        ("Zora", "我的电话是一三八零零一三八零零零。", "我的电话是[phone]。"),
        (
            "Zora",
            "one two three four five six seven eight, one or two of five",
            "one two three four five six seven eight, one or two of five",
        ),
        ("Zora", "nine one one, twenty-four seven", "nine one one, twenty-four seven"),
        ("Zora", "공일공 사구육공 공공삼칠입니다", "[phone]입니다"),
    ]);
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

#[test]
fn a_name_over_several_words_of_a_transcript_covers_each() {
    assert_eq!(redact_words(&["i'm", "li", "na", "li,"], &named("Li Na")), ["i'm", "[name]", "[name]", "[name],"]);
    assert_eq!(redact_words(&["我", "叫", "陳", "怡", "君"], &named("陳怡君")), ["我", "叫", "[name]", "[name]", "[name]"]);
    assert_eq!(redact_words(&["J", "O", "L", "I."], &named("Jo Li")), ["[name]", "[name]", "[name]", "[name]."]);
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
