//! Extends the lock of names by operations that have no entry yet, with the names that the rules give.

use crate::document::Document;
use crate::model::Model;

/// Marks an entry whose name nobody has read yet.
const REVIEW: &str = "review = true\n";

/// The operations without an entry, as method and path with their name, and the text of the lock with entries for them.
pub(super) fn extend(text: &str, document: &Document, model: &Model) -> (Vec<(String, String)>, String) {
    let mut entries: Vec<LockEntry> = entries(text);
    let mut named = Vec::new();
    let known = |entries: &[LockEntry], method: &str, path: &str| entries.iter().any(|entry| entry.is(method, path));
    for operation in &model.operations {
        let (method, path) = (operation.method.as_str(), operation.path.as_str());
        if known(&entries, method, path) {
            continue;
        }
        let (group, name) = (&operation.group, &operation.name);
        let identified = document.operations.iter().find(|known| known.method == method && known.path == path);
        let id = identified.map_or(name, |known| &known.id);
        let block = format!(
            "[[operation]]\nmethod = {method:?}\npath = {path:?}\nid = {id:?}\ngroup = {group:?}\nname = {name:?}\n{REVIEW}\n"
        );
        let entry =
            LockEntry { id: id.clone(), group: group.clone(), path: path.to_owned(), method: method.to_owned(), block };
        let at = entries.iter().position(|other| other.key() > entry.key()).unwrap_or(entries.len());
        if at == entries.len() && !entries.last().is_none_or(|last| last.block.ends_with("\n\n")) {
            entries.last_mut().into_iter().for_each(|last| last.block.push('\n'));
        }
        entries.insert(at, entry);
        named.push((format!("{method} {path}"), format!("{group}().{name}")));
    }
    if named.is_empty() {
        return (named, text.to_owned());
    }
    let head = text.find("[[operation]]").map_or(text, |at| &text[..at]);
    let whole = entries.iter().fold(head.to_owned(), |whole, entry| whole + &entry.block);
    (named, whole.trim_end().to_owned() + "\n")
}

/// Id, and method and path, of the entry that has this line (1-based).
pub(super) fn entry_at(text: &str, line: usize) -> Option<(String, (String, String))> {
    let mut begins = 1;
    let head = text.find("[[operation]]").map_or(0, |at| text[..at].lines().count());
    begins += head;
    for entry in entries(text) {
        let ends = begins + entry.block.lines().count();
        if (begins..ends).contains(&line) {
            return Some((entry.id, (entry.method, entry.path)));
        }
        begins = ends;
    }
    None
}

struct LockEntry {
    id: String,
    group: String,
    path: String,
    method: String,
    /// Its text, with the empty line after it.
    block: String,
}

impl LockEntry {
    fn is(&self, method: &str, path: &str) -> bool {
        self.method == method && self.path == path
    }

    /// Entries stand in this order.
    fn key(&self) -> (&str, &str, usize) {
        let rank = ["GET", "POST", "PUT", "PATCH", "DELETE"].iter().position(|known| *known == self.method);
        (&self.group, &self.path, rank.unwrap_or(usize::MAX))
    }
}

/// The entries of the lock; it is known to be readable.
fn entries(text: &str) -> Vec<LockEntry> {
    let begins: Vec<_> = text.match_indices("[[operation]]").map(|(at, _)| at).collect();
    let ends = begins.iter().skip(1).copied().chain([text.len()]);
    let blocks = begins.iter().zip(ends).filter_map(|(begin, end)| text.get(*begin..end));
    let field = |block: &str, name: &str| {
        let mut values = block.lines().filter_map(|line| line.split_once(" = ").filter(|(key, _)| *key == name));
        values.next().map(|(_, value)| value.trim_matches('"').to_owned()).unwrap_or_default()
    };
    blocks
        .map(|block| LockEntry {
            id: field(block, "id"),
            group: field(block, "group"),
            path: field(block, "path"),
            method: field(block, "method"),
            block: block.to_owned(),
        })
        .collect()
}
