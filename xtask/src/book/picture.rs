//! Pictures of what a test saw. They are made where the book is built, so that none stands in the repository and gets old.

use anyhow::{Context, Result};
use std::path::Path;

use crate::{files, progress};

/// Puts a picture from `made` in the place of each comment that names one, and its file beside the pages; what no test has made
/// yet is left out.
pub(super) fn shown(text: &str, made: &Path, book: &Path) -> Result<String> {
    let mut result = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(OPENS) {
        let (comment, after) = after.split_once(" -->").context("a comment on a picture has no end")?;
        let (file, subject) = comment.split_once(": ").context("a comment on a picture is `picture: FILE: SUBJECT`")?;
        result.push_str(before);
        if made.join(file).is_file() {
            files::copy(&made.join(file), &book.join(file))?;
            result.push_str(&format!("![{subject}]({file})"));
        } else {
            progress::already(file, "no picture in the book before a test has made it");
        }
        rest = after;
    }
    result.push_str(rest);
    Ok(result)
}

const OPENS: &str = "<!-- picture: ";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_shown_once_it_is_made() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let (made, book) = (folder.path().join("made"), folder.path().join("book"));
        let text = "before <!-- picture: a.png: What a test saw --> after";
        assert_eq!(shown(text, &made, &book)?, "before  after");
        files::write(&made.join("a.png"), "PNG")?;
        assert_eq!(shown(text, &made, &book)?, "before ![What a test saw](a.png) after");
        assert_eq!(files::read(&book.join("a.png"))?, b"PNG");
        Ok(())
    }
}
