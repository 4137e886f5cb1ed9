//! Reviewers at their terminals: the whole story through the keyboard alone, and everything that can come between.

use crate::pty::Home;

#[test]
fn look() {
    let home = Home::with_demo();
    let mut it = home.sit_down(&["demo"], "clock:20", (120, 40));
    let s = it.wait_for("● saved");
    println!("{s}");
    it.press("r");
    println!("{}", it.wait_for("Narrowing"));
    it.press("enter o");
    println!("{}", it.wait_for("Review"));
    std::thread::sleep(std::time::Duration::from_secs(2));
    println!("{}", it.screen());
    it.press("enter space");
    std::thread::sleep(std::time::Duration::from_secs(1));
    println!("{}", it.screen());
    println!("{:?}", it.screen().spoken());
    it.press("3 e m");
    std::thread::sleep(std::time::Duration::from_secs(1));
    println!("{}", it.screen());
    it.type_text("a note");
    it.press("enter v");
    std::thread::sleep(std::time::Duration::from_secs(1));
    println!("{}", it.screen());
    it.press("S");
    it.press("g S");
    std::thread::sleep(std::time::Duration::from_secs(1));
    println!("{}", it.screen());
}
