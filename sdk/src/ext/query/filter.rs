//! Builders for filters, sort orders and fields, in the syntax of the service. Field names come from the caller's code
//! and are written as they are; values may come from anywhere and are quoted.

use std::fmt;

use chrono::{DateTime, SecondsFormat, TimeZone};

/// A filter in Bitbucket's query language, for `q`. Not every list supports it; the list of pipelines ignores it.
///
/// ```
/// use bitbucket_cloud::ext::query::field;
///
/// let found = field("title").contains("say \"hi\"").or(field("id").one_of([3, 4]));
/// let filter = field("state").eq("OPEN").and(found);
/// let text = r#"state = "OPEN" AND (title ~ "say \"hi\"" OR id IN (3, 4))"#;
/// assert_eq!(filter.to_string(), text);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a filter does nothing before it is part of a request"]
pub struct Filter {
    text: String,
    joined: Option<&'static str>,
}

/// A field to compare, from [`field`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a field is not a filter before it is compared"]
pub struct Field(String);

/// A value in a filter, quoted if it is text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value(String);

/// A field by its path, such as `source.branch.name`. The path is written as it is.
///
/// ```
/// let open = bitbucket_cloud::ext::query::field("state").eq("OPEN");
/// ```
#[inline]
pub fn field(path: impl Into<String>) -> Field {
    Field(path.into())
}

macro_rules! operators {
    ($($name:ident $operator:literal $doc:literal;)*) => {$(
        #[doc = $doc]
        ///
        /// ```
        /// use bitbucket_cloud::ext::query::field;
        ///
        #[doc = concat!("let filter = field(\"created_on\").", stringify!($name), "(\"2026-01-01\");")]
        #[doc = concat!("assert_eq!(filter.to_string(), r#\"created_on ", $operator, " \"2026-01-01\"\"#);")]
        /// ```
        pub fn $name(self, value: impl Into<Value>) -> Filter {
            Filter::new(format!("{} {} {}", self.0, $operator, value.into().0))
        }
    )*};
}

#[allow(clippy::should_implement_trait, reason = "these make filters, they do not compare")]
impl Field {
    operators! {
        eq "=" "Equal to the value.";
        ne "!=" "Not equal to the value.";
        contains "~" "Contains the value, ignoring case.";
        not_contains "!~" "Does not contain the value.";
        gt ">" "Greater or later than the value.";
        ge ">=" "Greater or later than the value, or equal.";
        lt "<" "Less or earlier than the value.";
        le "<=" "Less or earlier than the value, or equal.";
    }

    /// One of the values.
    ///
    /// ```
    /// let filter = bitbucket_cloud::ext::query::field("state").one_of(["OPEN", "MERGED"]);
    /// assert_eq!(filter.to_string(), r#"state IN ("OPEN", "MERGED")"#);
    /// ```
    #[inline]
    pub fn one_of<V: Into<Value>>(self, values: impl IntoIterator<Item = V>) -> Filter {
        Filter::new(format!("{} IN {}", self.0, list(values)))
    }

    /// None of the values.
    ///
    /// ```
    /// let filter = bitbucket_cloud::ext::query::field("id").none_of([1, 2]);
    /// assert_eq!(filter.to_string(), "id NOT IN (1, 2)");
    /// ```
    #[inline]
    pub fn none_of<V: Into<Value>>(self, values: impl IntoIterator<Item = V>) -> Filter {
        Filter::new(format!("{} NOT IN {}", self.0, list(values)))
    }

    /// Not set.
    ///
    /// ```
    /// use bitbucket_cloud::ext::query::field;
    ///
    /// assert_eq!(field("parent").is_null().to_string(), "parent = null");
    /// ```
    #[inline]
    pub fn is_null(self) -> Filter {
        Filter::new(format!("{} = null", self.0))
    }

    /// Set to anything.
    ///
    /// ```
    /// use bitbucket_cloud::ext::query::field;
    ///
    /// assert_eq!(field("parent").is_set().to_string(), "parent != null");
    /// ```
    #[inline]
    pub fn is_set(self) -> Filter {
        Filter::new(format!("{} != null", self.0))
    }
}

#[inline]
fn list<V: Into<Value>>(values: impl IntoIterator<Item = V>) -> String {
    let values: Vec<String> = values.into_iter().map(|value| value.into().0).collect();
    format!("({})", values.join(", "))
}

impl Filter {
    #[inline]
    fn new(text: String) -> Self {
        Self { text, joined: None }
    }

    /// A filter written by hand, for what this builder does not cover.
    ///
    /// ```
    /// let filter = bitbucket_cloud::ext::query::Filter::raw(r#"name ~ "api""#);
    /// ```
    #[inline]
    pub fn raw(text: impl Into<String>) -> Self {
        // Its operators are not known, so it is put in parentheses when it is combined.
        Self { text: text.into(), joined: Some("") }
    }

    /// Both filters match.
    ///
    /// ```
    /// use bitbucket_cloud::ext::query::field;
    ///
    /// assert_eq!(field("a").eq(1).and(field("b").eq(true)).to_string(), "a = 1 AND b = true");
    /// ```
    #[allow(clippy::needless_pass_by_value, reason = "filters are put together from fresh ones")]
    #[inline]
    pub fn and(self, other: Self) -> Self {
        self.join("AND", &other)
    }

    /// At least one of the filters matches.
    ///
    /// ```
    /// use bitbucket_cloud::ext::query::field;
    ///
    /// assert_eq!(field("a").eq(1).or(field("b").eq(true)).to_string(), "a = 1 OR b = true");
    /// ```
    #[allow(clippy::needless_pass_by_value, reason = "filters are put together from fresh ones")]
    #[inline]
    pub fn or(self, other: Self) -> Self {
        self.join("OR", &other)
    }

    #[inline]
    fn join(self, word: &'static str, other: &Self) -> Self {
        let side = |filter: &Self| match filter.joined {
            Some(joined) if joined != word => format!("({})", filter.text),
            _ => filter.text.clone(),
        };
        Self { text: format!("{} {word} {}", side(&self), side(other)), joined: Some(word) }
    }
}

impl fmt::Display for Filter {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<Filter> for String {
    #[inline]
    fn from(filter: Filter) -> Self {
        filter.text
    }
}

impl From<&str> for Value {
    #[inline]
    fn from(text: &str) -> Self {
        let mut quoted = String::with_capacity(text.len() + 2);
        quoted.push('"');
        for c in text.chars() {
            if matches!(c, '"' | '\\') {
                quoted.push('\\');
            }
            quoted.push(c);
        }
        quoted.push('"');
        Self(quoted)
    }
}

impl From<String> for Value {
    #[inline]
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

macro_rules! plain {
    ($($type:ty),*) => {$(
        impl From<$type> for Value {
            #[inline]
            fn from(value: $type) -> Self {
                Self(value.to_string())
            }
        }
    )*};
}
plain!(i32, i64, u32, u64, bool);

/// Written with its offset and without quotes.
impl<Z: TimeZone> From<DateTime<Z>> for Value
where
    Z::Offset: fmt::Display,
{
    #[inline]
    fn from(time: DateTime<Z>) -> Self {
        Self(time.to_rfc3339_opts(SecondsFormat::AutoSi, false))
    }
}

/// The sort order of a list, for `sort`: one field.
///
/// ```
/// use bitbucket_cloud::ext::query::Sort;
///
/// assert_eq!(String::from(Sort::descending("created_on")), "-created_on");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sort(String);

impl Sort {
    /// Smallest or oldest first.
    ///
    /// ```
    /// let sort = bitbucket_cloud::ext::query::Sort::ascending("name");
    /// ```
    #[must_use]
    #[inline]
    pub fn ascending(field: impl Into<String>) -> Self {
        Self(field.into())
    }

    /// Greatest or newest first.
    ///
    /// ```
    /// let sort = bitbucket_cloud::ext::query::Sort::descending("created_on");
    /// ```
    #[must_use]
    #[inline]
    pub fn descending(field: impl Into<String>) -> Self {
        Self(format!("-{}", field.into()))
    }
}

/// The fields of a response, for `fields`. The service silently ignores misspelt fields.
///
/// ```
/// use bitbucket_cloud::ext::query::Fields;
///
/// assert_eq!(String::from(Fields::only(["values.uuid", "next"])), "values.uuid,next");
/// let fields = Fields::defaults().with("values.target.commit").without("values.links");
/// assert_eq!(String::from(fields), "+values.target.commit,-values.links");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fields(Vec<String>);

impl Fields {
    /// The default fields.
    ///
    /// ```
    /// let fields = bitbucket_cloud::ext::query::Fields::defaults().without("links");
    /// ```
    #[must_use]
    #[inline]
    pub fn defaults() -> Self {
        Self::default()
    }

    /// Only these fields; `*` matches any one name. Streams of lists add `next`.
    ///
    /// ```
    /// let fields = bitbucket_cloud::ext::query::Fields::only(["uuid", "state.name"]);
    /// ```
    #[must_use]
    #[inline]
    pub fn only<F: Into<String>>(fields: impl IntoIterator<Item = F>) -> Self {
        Self(fields.into_iter().map(Into::into).collect())
    }

    /// Adds a field.
    ///
    /// ```
    /// use bitbucket_cloud::ext::query::Fields;
    ///
    /// let fields = Fields::defaults().with("values.file.commit.repository");
    /// ```
    #[must_use]
    #[inline]
    pub fn with(mut self, field: impl fmt::Display) -> Self {
        self.0.push(format!("+{field}"));
        self
    }

    /// Removes a field.
    ///
    /// ```
    /// let fields = bitbucket_cloud::ext::query::Fields::defaults().without("values.links");
    /// ```
    #[must_use]
    #[inline]
    pub fn without(mut self, field: impl fmt::Display) -> Self {
        self.0.push(format!("-{field}"));
        self
    }
}

impl fmt::Display for Sort {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Sort> for String {
    #[inline]
    fn from(sort: Sort) -> Self {
        sort.0
    }
}

impl fmt::Display for Fields {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(","))
    }
}

impl From<Fields> for String {
    #[inline]
    fn from(fields: Fields) -> Self {
        fields.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_cannot_break_out_of_their_quotes() {
        let cases = [
            (field("a").eq("x\" OR b = \"y"), r#"a = "x\" OR b = \"y""#),
            (field("a").eq("back\\slash\""), r#"a = "back\\slash\"""#),
            (field("a").eq(i64::MIN), "a = -9223372036854775808"),
            (field("a").ne(false), "a != false"),
            (field("a").one_of(Vec::<String>::new()), "a IN ()"),
        ];
        for (filter, wanted) in cases {
            assert_eq!(filter.to_string(), wanted);
        }
        let time = DateTime::from_timestamp(1_700_000_000, 0).unwrap_or_default();
        assert_eq!(field("t").ge(time).to_string(), "t >= 2023-11-14T22:13:20+00:00");
    }

    #[test]
    fn mixed_operators_get_parentheses() {
        let (a, b, c) = (field("a").eq(1), field("b").eq(2), field("c").eq(3));
        let both = a.clone().and(b.clone());
        assert_eq!(both.clone().and(c.clone()).to_string(), "a = 1 AND b = 2 AND c = 3");
        assert_eq!(both.clone().or(c.clone()).to_string(), "(a = 1 AND b = 2) OR c = 3");
        assert_eq!(c.clone().and(a.or(b)).to_string(), "c = 3 AND (a = 1 OR b = 2)");
        assert_eq!(c.and(Filter::raw("x = 1 OR y = 2")).to_string(), "c = 3 AND (x = 1 OR y = 2)");
    }
}
