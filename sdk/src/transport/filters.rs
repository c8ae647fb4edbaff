//! Query parameters that the service ignores beside `q`, as `state` of pull requests: where a request has both, they are
//! sent as a condition within `q`. Which ones these are is said by `spec/facts.toml`.

use std::borrow::Cow;

use crate::operation::{Endpoint, Operation};

type Pairs = Vec<(Cow<'static, str>, String)>;

/// The parameters of a request as they are sent.
pub(super) fn within_q(mut query: Pairs, endpoint: &Endpoint) -> Pairs {
    let has_q = query.iter().any(|(name, value)| name == "q" && !value.trim().is_empty());
    let Some(Operation { filters, .. }) = endpoint.operation().filter(|_| has_q) else { return query };
    for filter in *filters {
        let mut chosen = String::new();
        query.retain(|(name, value)| {
            let is_chosen = name == filter;
            if is_chosen {
                chosen.push_str(if chosen.is_empty() { "" } else { " OR " });
                chosen.push_str(&condition(filter, value));
            }
            !is_chosen
        });
        if chosen.is_empty() {
            continue;
        }
        for (_, q) in query.iter_mut().filter(|(name, value)| name == "q" && !value.trim().is_empty()) {
            *q = format!("({q}) AND ({chosen})");
        }
    }
    query
}

fn condition(field: &str, value: &str) -> String {
    format!("{field} = \"{}\"", value.replace("\\", "\\\\").replace("\"", "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    static LIST: Operation = Operation { filters: &["state"], ..Operation::UNKNOWN };

    fn sent(pairs: &[(&'static str, &str)], endpoint: &Endpoint) -> Vec<(String, String)> {
        let pairs = pairs.iter().map(|(name, value)| (Cow::Borrowed(*name), (*value).to_owned())).collect();
        within_q(pairs, endpoint).into_iter().map(|(name, value)| (name.into_owned(), value)).collect()
    }

    #[test]
    fn a_state_beside_q_goes_into_it() {
        let list = Endpoint::listed(&LIST);
        let both = [("state", "OPEN"), ("q", "a = 1 OR b = 2"), ("state", "MER\"GED"), ("page", "2")];
        let q = r#"(a = 1 OR b = 2) AND (state = "OPEN" OR state = "MER\"GED")"#;
        assert_eq!(sent(&both, &list), [("q".into(), q.into()), ("page".into(), "2".into())]);
        for alone in [&[("state", "OPEN"), ("page", "2")][..], &[("q", "a = 1")], &[("state", "OPEN"), ("q", " ")], &[]]
        {
            let same: Vec<_> = alone.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            assert_eq!(sent(alone, &list), same);
        }
        let custom = Endpoint::custom(reqwest::Method::GET, "/x");
        assert_eq!(sent(&both, &custom).len(), 4);
    }
}
