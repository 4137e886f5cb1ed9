//! Settings of platforms that are wrong, and descriptions of one's own.

use super::{fetch, home};

#[test]
fn every_mistake_in_a_sources_settings_is_named_at_once_with_its_key() {
    let home = home("kind = \"hireflix\"\nauht = \"env:KEY\"\nat_once = 0\n");
    let ran = fetch(&home, &[]);
    assert_eq!(ran.code, Some(2), "{ran:#?}");
    for says in
        ["`auht` is no setting of a source; did you mean auth?", "`auth` is missing", "`at_once` is 0: write a number from 1 to 16"]
    {
        assert!(ran.err.contains(says), "{says}: {ran:#?}");
    }
    let seen = home.run(&["doctor", "--json"]);
    assert!(seen.out.contains("did you mean auth?") && seen.out.contains("platform: `at_once`"), "{seen:#?}");
    let home = super::home("kind = \"spark-hire\"\nauth = \"env:PLATFORM_KEY\"\n");
    let ran = fetch(&home, &[]);
    assert!(
        ran.code == Some(2) && ran.err.contains("`values.requester` is missing") && ran.err.contains("`client_id`"),
        "{ran:#?}"
    );
}

#[test]
fn the_shipped_description_is_printed_and_one_of_your_own_takes_its_place() {
    let home = home("kind = \"willo\"\nauth = \"env:PLATFORM_KEY\"\ndescription = \"mine.toml\"\n");
    let printed = home.run(&["schema", "willo"]);
    assert!(printed.code == Some(0) && printed.out.contains("/participants/?page_size=30"), "{printed:#?}");
    let mine = printed.out.replace("[questions.fields]", "[questions.field]").replace("statuses = {", "status = {");
    std::fs::write(home.path().join(".config/earmark/mine.toml"), mine).expect("written");
    let ran = fetch(&home, &[]);
    assert!(ran.code == Some(2) && ran.err.contains("mine.toml") && ran.err.contains("line"), "{ran:#?}");
}

#[test]
fn a_host_of_recordings_is_named_alone_and_one_with_a_port_is_not_taken_without_a_word() {
    let home = crate::home::Home::new();
    let hosts = "[\"127.0.0.1:9101\", \"https://media.example/\", \"media.example\", \"::1\", \"10.0.0.1\"]";
    home.settings(&format!(
        "[source.team]\nkind = \"earmark\"\nurl = \"https://hub.example\"\nauth = \"env:TOKEN\"\nmedia_hosts = {hosts}\n"
    ));
    let ran = home.run(&["fetch", "team"]);
    assert_eq!((ran.code, ran.err.matches("write the host alone").count()), (Some(2), 2), "{ran:#?}");
    assert!(ran.err.contains("`media_hosts` names \"127.0.0.1:9101\""), "{ran:#?}");
}
