//! The descriptions that come with the program.

use super::Description;

/// Their names, which are the sources' kinds, and their texts.
pub const SHIPPED: [(&str, &str); 3] = [
    ("willo", include_str!("../platforms/willo.toml")),
    ("spark-hire", include_str!("../platforms/spark-hire.toml")),
    ("hireflix", include_str!("../platforms/hireflix.toml")),
];

/// The description that comes with the program under this name.
pub fn shipped(name: &str) -> Option<Description> {
    let (_, text) = SHIPPED.iter().find(|(known, _)| *known == name)?;
    Some(Description::read(text).expect("a shipped description is right; a test reads each"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_shipped_description_is_right_and_says_where_its_platform_is_asked() {
        for (name, text) in SHIPPED {
            let read = Description::read(text).unwrap_or_else(|why| panic!("{name}: {}", why.join("\n")));
            assert_eq!(read.source, name);
            assert!(read.url.is_some_and(|url| url.starts_with("https://")), "{name}");
        }
    }
}
