//! What the edges tell of the library's answers, of faults, and of what others wrote.

use jiff::Timestamp;

use super::*;
use crate::config::key::LibraryKey;
use crate::journal::Act;
use crate::library::{Access, system_clock};
use crate::runtime::testing;
use crate::scorecard::sample::reviewer;

#[tokio::test]
async fn a_fault_while_a_batch_is_opened_is_told_because_the_keyboard_waits_for_it() {
    let (tell, mut happened) = unbounded_channel();
    spawn(tell, |why| Event::NotOpened { why }, async { panic!("a test's fault") });
    let told = happened.recv().await;
    assert!(matches!(&told, Some(Event::NotOpened { why }) if why.as_str().contains("panic")), "{told:?}");
}

#[tokio::test]
async fn a_table_whose_receipt_cannot_be_kept_is_told_to_be_written_all_the_same() {
    let (folder, library, sample) = testing::library().await;
    let batch = sample.batch.id;
    let rubric = attach::find_rubric("support-engineer").expect("it is shipped");
    attach::attach(&library, batch, &rubric, Vec::new()).await.expect("it is attached");
    library.close().await;
    let (path, key) = (folder.path().join("library"), LibraryKey::from_bytes([7; 32]));
    let looking = Library::open(&path, key, Access::ReadOnly, system_clock()).await.expect("it opens");
    let (tell, mut happened) = unbounded_channel();
    let mut edges = Edges::start(looking, reviewer("mara"), tell);
    let table = folder.path().join("table.csv");
    edges.perform(Effect::Export { batch, path: table.display().to_string() });
    let told = happened.recv().await;
    let Some(Event::Failed { what, .. }) = &told else { panic!("{told:?}") };
    assert!(what.as_str().ends_with("table.csv; the receipt could not be"), "{what}");
    assert!(table.exists());
    edges.end().await;
}

#[tokio::test]
async fn journals_are_exchanged_from_the_screen_and_what_could_not_be_is_told() {
    let (folder, library, _) = testing::library().await;
    let me = Identity::generate("Mara", None, Timestamp::UNIX_EPOCH).expect("keys can be made");
    let (tell, mut happened) = unbounded_channel();
    let mut edges = Edges::start(library.acting_as(me.reviewer()), me.reviewer(), tell);
    edges.identity = Some(me);
    let shared = folder.path().join("shared");
    let mut next = async || loop {
        match happened.recv().await.expect("it is told") {
            // What was written meanwhile is looked at as ever.
            Event::Others(_) => {}
            told => return told,
        }
    };
    edges.perform(Effect::Exchange(shared.display().to_string()));
    let told = next().await;
    assert!(matches!(&told, Event::Failed { why, .. } if why.as_str().contains("shared")), "{told:?}");
    std::fs::create_dir(&shared).expect("a folder can be made");
    edges.perform(Effect::Exchange(shared.display().to_string()));
    let told = next().await;
    let Event::Exchanged { told, whole: true } = &told else { panic!("{told:?}") };
    assert!(told.as_str().ends_with("you are alone in the folder so far"), "{told}");
    assert!(std::fs::read_dir(&shared).expect("it can be read").count() > 0, "the card lies there");
    edges.end().await;
}

#[tokio::test]
async fn an_act_that_is_written_while_a_batch_is_read_is_told_once_the_batch_is_open() {
    let (_folder, library, sample) = testing::library().await;
    let (tell, mut happened) = unbounded_channel();
    let (batch, news) = (sample.batch.id, Arc::<News>::default());
    let follower = tokio::spawn(news::follow(library.clone(), news.clone(), Open::default(), tell));
    // The batch is read as it is now, and nobody has the desk yet.
    let cursor = library.cursor().await.expect("it is read");
    let act = attach::draft(Some(batch), Act::Panel { reviewers: Vec::new() });
    let id = act.id;
    library.append(vec![act]).await.expect("it is written");
    news.look();
    let generation = library.generation(batch).await.expect("it is read");
    news.opened(batch, cursor, generation);
    let told = async {
        loop {
            match happened.recv().await {
                Some(Event::Others(events)) if events.iter().any(|event| event.id() == id) => break,
                Some(_) => {}
                None => panic!("it was never told"),
            }
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), told).await.expect("it is told");
    news.end();
    follower.await.expect("it ends");
}

#[tokio::test]
async fn what_is_imported_into_the_open_batch_is_told_at_once() {
    let (_folder, library, sample) = testing::library().await;
    let (tell, mut happened) = unbounded_channel();
    let mut edges = Edges::start(library.clone(), reviewer("mara"), tell);
    edges.perform(Effect::OpenBatch(sample.batch.id));
    let mut next = async |wanted: fn(&Event) -> bool| {
        let told = async {
            loop {
                match happened.recv().await {
                    Some(event) if wanted(&event) => return event,
                    Some(_) => {}
                    None => panic!("it was never told"),
                }
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(20), told).await.expect("it is told")
    };
    next(|event| matches!(event, Event::Opened(_))).await;
    // The first look after the opening is over.
    next(|event| matches!(event, Event::Others(_))).await;
    let mut more = sample.batch.clone();
    more.title = SafeText::line("With the late ones");
    library.keep_batch(&more).await.expect("it is kept");
    edges.look();
    let Event::Renewed(contents) = next(|event| matches!(event, Event::Renewed(_))).await else { unreachable!() };
    assert_eq!(contents.batch.title, more.title);
    assert_eq!(edges.batch().map(|batch| batch.title.clone()), Some(more.title));
    edges.end().await;
}
