//! Singular and plural of English words, as far as names of the API need them.

/// The singular of an English plural, as far as names of the API need it.
#[must_use]
pub fn singular(word: &str) -> String {
    if let Some(stem) = word.strip_suffix("ies") {
        return format!("{stem}y");
    }
    for ending in ["sses", "uses", "shes", "nches", "xes"] {
        if word.ends_with(ending) {
            return word[..word.len() - 2].to_owned();
        }
    }
    match word.strip_suffix('s') {
        Some(stem) if !word.ends_with("ss") && !word.ends_with("us") && !word.ends_with("is") => stem.to_owned(),
        _ => word.to_owned(),
    }
}

/// The plural of an English word, as far as names of the API need it; a plural stays what it is.
#[must_use]
pub fn plural(word: &str) -> String {
    if is_plural(word) {
        return word.to_owned();
    }
    let consonant_before_y = word.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'i', 'o', 'u']));
    match consonant_before_y {
        Some(stem) => format!("{stem}ies"),
        None if ["s", "sh", "ch", "x"].iter().any(|end| word.ends_with(end)) => format!("{word}es"),
        None => format!("{word}s"),
    }
}

/// A number with its noun: `1 place`, `2 places`.
#[must_use]
pub fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// Whether the word is an English plural.
#[must_use]
pub fn is_plural(word: &str) -> bool {
    singular(word) != word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn singular_and_plural_of_what_occurs_in_paths() {
        for (one, many) in [
            ("repository", "repositories"),
            ("branch", "branches"),
            ("status", "statuses"),
            ("cache", "caches"),
            ("key", "keys"),
            ("activity", "activities"),
            ("diffstat", "diffstats"),
            ("access", "accesses"),
        ] {
            assert_eq!((singular(many).as_str(), singular(one).as_str()), (one, one));
            assert_eq!((plural(one).as_str(), plural(many).as_str()), (many, many));
        }
    }
}
