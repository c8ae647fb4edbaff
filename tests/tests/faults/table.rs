//! What a cell found, as a line of the table, and the comparison of the table with `docs/reliability.md`.

use std::time::Duration;

use bitbucket_cloud::Error;

/// One line of the table.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) fault: &'static str,
    /// What a read gets and how many requests the server saw, then the same of a call that must happen once.
    pub(crate) read: Option<(String, usize)>,
    pub(crate) once: Option<(String, usize)>,
    /// Anything else worth knowing.
    pub(crate) note: &'static str,
}

impl Row {
    pub(crate) fn line(&self) -> String {
        let cell = |found: &Option<(String, usize)>| match found {
            Some((outcome, requests)) => format!("{outcome} | {requests}"),
            None => "– | –".to_owned(),
        };
        format!("| {} | {} | {} | {} |", self.fault, cell(&self.read), cell(&self.once), self.note)
    }
}

/// A call's end in a few words.
pub(crate) fn outcome<T>(result: &Result<T, Error>) -> String {
    let Err(error) = result else { return "success".to_owned() };
    let mut text = format!("`{:?}`", error.kind());
    if let Some(status) = error.status() {
        text.push_str(&format!(" {}", status.as_u16()));
    }
    if error.is_ambiguous() {
        text.push_str(", ambiguous");
    }
    if let Some(wait) = error.retry_after().filter(|wait| *wait > Duration::from_secs(60)) {
        text.push_str(&format!(", retry after {} s", wait.as_secs()));
    }
    text
}

/// Prints the table, and fails where the one in the documents says something else.
pub(crate) fn compare(rows: &[Row]) {
    let lines: Vec<String> = rows.iter().map(Row::line).collect();
    let head =
        "| fault | a read gets | requests | a non-idempotent write gets | requests | |\n|---|---|---|---|---|---|";
    println!("{head}\n{}", lines.join("\n"));
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/reliability.md");
    let document = std::fs::read_to_string(path).expect("docs/reliability.md");
    let (begin, end) = ("<!-- fault matrix -->\n", "<!-- end of fault matrix -->");
    let (before, rest) = document.split_once(begin).expect("the beginning of the matrix");
    let (_, after) = rest.split_once(end).expect("the end of the matrix");
    let expected = format!("{before}{begin}{head}\n{}\n{end}{after}", lines.join("\n"));
    if std::env::var_os("UPDATE_RELIABILITY").is_some() {
        std::fs::write(path, expected).expect("docs/reliability.md");
    } else {
        assert!(document == expected, "docs/reliability.md is stale; run the test with UPDATE_RELIABILITY=1");
    }
}
