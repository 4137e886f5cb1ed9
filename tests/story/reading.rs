//! A library that can be read and not written.
#![allow(clippy::print_stderr, reason = "a test that is skipped says so")]

use std::process::Command;

use super::*;

/// A disk of its own; unmounted when dropped.
struct Disk(std::path::PathBuf);

impl Disk {
    fn mount(at: std::path::PathBuf) -> Option<Disk> {
        std::fs::create_dir_all(&at).ok()?;
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=8m", "tmpfs"]).arg(&at).output().ok()?;
        mounted.status.success().then_some(Disk(at))
    }
}

impl Disk {
    /// Lets nothing be written in a folder that is there.
    fn close_to_writes(at: std::path::PathBuf) -> Option<Disk> {
        let mount = |options: &[&str]| Command::new("mount").args(options).arg(&at).output().is_ok_and(|ran| ran.status.success());
        let place = at.to_str()?.to_owned();
        if !mount(&["--bind", &place]) {
            return None;
        }
        let disk = Disk(at.clone());
        mount(&["-o", "remount,bind,ro"]).then_some(disk)
    }
}

#[test]
fn a_demo_that_cannot_be_written_to_is_shown_all_the_same() {
    let home = Home::with_demo();
    let Some(_disk) = Disk::close_to_writes(home.path().join(".local/share/earmark/demo")) else {
        eprintln!("skipped: mounting needs root");
        return;
    };
    let mut terminal = home.sit_down(&["demo"], "clock:20", WINDOW);
    let screen = terminal.wait_until("the grid", is_grid);
    assert!(screen.title().contains("only reading"), "{screen}");
    assert!(screen.shows("earmark only reads:") && screen.shows("cannot be written to"), "{screen}");
    terminal.press("Q");
    assert_eq!(terminal.wait_for_end(), 0);
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).output();
    }
}

#[test]
fn where_nothing_can_be_written_the_screen_says_why_and_shows_everything() {
    let home = Home::new();
    two::write_letters(home.path());
    home.run(&["identity", "--label", "Mara", "--pseudonym", "R7"]);
    let Some(disk) = Disk::mount(home.path().join("disk")) else {
        eprintln!("skipped: mounting a disk needs root");
        return;
    };
    let library = ["--library", "disk/library"];
    home.run(&[&library[..], &["import", "letters"]].concat());
    home.run(&[&library[..], &["rubric", "attach", "Letters of two", "support-engineer", "--yes"]].concat());
    let again = Command::new("mount").args(["-o", "remount,ro"]).arg(&disk.0).status();
    assert!(again.is_ok_and(|status| status.success()));
    // Commands that look work as ever.
    assert!(home.run(&[&library[..], &["batches"]].concat()).contains("Letters of two"));
    let mut terminal = home.sit_down(&[&library[..], &["review", "Letters of two"]].concat(), "clock:20", WINDOW);
    let screen = terminal.wait_until("the grid", is_grid);
    assert!(screen.title().contains("only reading"), "{screen}");
    assert!(screen.shows("earmark only reads:") && screen.shows("cannot be written to"), "{screen}");
    terminal.press("enter");
    terminal.press("Q");
    assert_eq!(terminal.wait_for_end(), 0);
}
