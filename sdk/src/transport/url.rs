//! Builds URLs: fills in path templates, checks custom paths, and percent-encodes every value exactly once. Nothing
//! else in the crate may encode or join parts of a URL.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, percent_decode_str, utf8_percent_encode};
use reqwest::Url;

use super::identify::PathValue;
use super::origin;
use crate::serialization::VALUE;

/// What is encoded in a custom path: everything but RFC 3986's `pchar`, slashes and percent signs.
const PATH: &AsciiSet = &VALUE
    .remove(b'%')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b':')
    .remove(b'@')
    .remove(b'/');
/// The same for a query, where the URL parser would encode a quote.
const QUERY: &AsciiSet = &PATH.remove(b'?').add(b'\'');

/// How many times a path may be percent-encoded.
const MAX_DECODINGS: usize = 5;
/// Maximum length of a URL that the HTTP library sends, in bytes.
const MAX_URL: usize = 65_534;

/// An encoded path relative to the base URL, and its encoded query.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) path: String,
    pub(crate) query: Option<String>,
}

/// Checks a base URL and returns it without a trailing slash.
pub(crate) fn parse_base(text: &str) -> Result<Url, String> {
    let url = Url::parse(text.trim_end_matches('/')).map_err(|error| format!("the base URL is not valid: {error}"))?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err("the base URL must begin with `https://` or `http://` and name a host".into());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("the base URL must not hold a user name or password; use `Credentials`".into());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("the base URL must not have a query or a fragment".into());
    }
    Ok(url)
}

/// Fills in a path template with raw values, in the order of the template.
///
/// Empty values, `.` and `..` are refused, because URL parsers drop such segments: without its workspace,
/// `/repositories/{workspace}` would be another resource. So are values with such a segment between slashes, which a
/// server that decodes before it splits would drop. A `{path}` at the end is the path of a file: its slashes are kept,
/// and an empty one is the root.
pub(crate) fn expand(template: &str, values: &[&dyn PathValue]) -> Result<String, String> {
    let mut out = String::with_capacity(template.len() + 32);
    let mut rest = template;
    let mut values = values.iter();
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            return Err(format!("the template `{template}` has a parameter without `}}`"));
        };
        let Some(value) = values.next() else {
            return Err(format!("no value for the path parameter `{name}`"));
        };
        out.push_str(before);
        let value = value.text()?;
        match value.as_str() {
            path if name == "path" && after.is_empty() => push_file_path(&mut out, path)?,
            "" => return Err(format!("the path parameter `{name}` is empty")),
            "." | ".." => {
                return Err(format!("the path parameter `{name}` is `{value}`, which is not allowed in a URL"));
            }
            value if value.split('/').any(|segment| matches!(segment, "." | "..")) => {
                return Err(format!(
                    "the path parameter `{name}` has a segment `.` or `..`, which is not allowed in a URL"
                ));
            }
            value => out.extend(utf8_percent_encode(value, VALUE)),
        }
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

/// Appends the path of a file: its slashes are kept, and an empty one is the root.
fn push_file_path(out: &mut String, path: &str) -> Result<(), String> {
    for (at, segment) in path.trim_start_matches('/').split('/').enumerate() {
        if matches!(segment, "." | "..") {
            return Err(format!("the path parameter `path` has a segment `{segment}`, which is not allowed in a URL"));
        }
        if at > 0 {
            out.push('/');
        }
        out.extend(utf8_percent_encode(segment, VALUE));
    }
    Ok(())
}

/// Checks a custom path, or an absolute URL below `base` such as the `next` link of a page.
///
/// Percent-encoded characters stay as they are, and characters that are not allowed in a URL are encoded.
#[inline]
pub(crate) fn custom(base: &Url, text: &str) -> Result<Address, String> {
    if text.starts_with('/') {
        return relative(text);
    }
    let Ok(url) = Url::parse(text) else {
        return Err("the path must begin with `/` or be an absolute URL below the base URL".into());
    };
    below(base, &url)
}

/// Checks a link of the service. It may be relative to the address that it came from (RFC 3986, section 5).
#[inline]
pub(crate) fn linked(base: &Url, from: &Address, link: &str) -> Result<Address, String> {
    let from = join(base, from, &[])?;
    match from.join(link) {
        Ok(url) if url.as_str().len() > MAX_URL => Err("the link is too long".into()),
        // The words of a message would be a path.
        Ok(url) if !link.contains(' ') || link.starts_with(['/', '?']) || Url::parse(link).is_ok() => below(base, &url),
        _ => Err("the link is not a URL".into()),
    }
}

/// The address of a URL, if it is below `base`.
#[inline]
fn below(base: &Url, url: &Url) -> Result<Address, String> {
    if !origin::same(url, base) {
        return Err("the URL is not on the scheme, host and port of the base URL".into());
    }
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return Err("the URL must not hold a user name, a password or a fragment".into());
    }
    // The parser has resolved plain dot segments, so the prefix is that of the URL that is sent.
    match url.path().strip_prefix(base.path().trim_end_matches('/')) {
        Some(path) if path.starts_with('/') => {
            check_segments(path)?;
            Ok(Address { path: path.to_owned(), query: url.query().map(str::to_owned) })
        }
        _ => Err("the URL is not below the path of the base URL".into()),
    }
}

#[inline]
fn relative(text: &str) -> Result<Address, String> {
    let (raw, query) = match text.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (text, None),
    };
    let path = encode_keeping_escapes(raw, PATH);
    check_segments(&path)?;
    let query = query.map(|raw| encode_keeping_escapes(raw, QUERY));
    Ok(Address { path, query })
}

/// Refuses dot segments in every encoding: servers and proxies differ in whether, and how often, they decode a path
/// before they resolve them.
fn check_segments(path: &str) -> Result<(), String> {
    let mut path = path.to_owned();
    for _ in 0..MAX_DECODINGS {
        if has_dot_segment(&path) {
            return Err("the path has a `.` or `..` segment, which is not allowed in a URL".into());
        }
        let decoded = percent_decode_str(&path).decode_utf8_lossy().into_owned();
        if decoded == path {
            return Ok(());
        }
        path = decoded;
    }
    Err("the path is percent-encoded too many times".into())
}

/// Whether a path has a segment `.` or `..` between slashes of any kind. What follows a `;` is a parameter of its segment,
/// and URL parsers drop tabs and line breaks.
#[inline]
fn has_dot_segment(path: &str) -> bool {
    path.split(['/', '\\']).any(|segment| {
        let name = segment.split(';').next().unwrap_or_default();
        matches!(name.replace("\t", "").replace("\r", "").replace("\n", "").as_str(), "." | "..")
    })
}

/// The names and values of a query.
#[inline]
pub(crate) fn pairs(query: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

/// Joins the base URL, the path, its query and further parameters.
pub(crate) fn join(base: &Url, address: &Address, pairs: &[(Cow<'static, str>, String)]) -> Result<Url, String> {
    let mut text = String::from(base.as_str().trim_end_matches('/'));
    text.push_str(&address.path);
    let mut separator = '?';
    if let Some(query) = address.query.as_deref().filter(|query| !query.is_empty()) {
        text.push(separator);
        text.push_str(query);
        separator = '&';
    }
    for (name, value) in pairs {
        text.push(separator);
        text.extend(utf8_percent_encode(name, VALUE));
        text.push('=');
        // Names and values are raw, so a percent sign is data.
        text.extend(utf8_percent_encode(value, VALUE));
        separator = '&';
    }
    // The parser leaves encoded bytes alone, so nothing is encoded twice (tested in `tests/wire.rs`).
    Url::parse(&text).map_err(|error| format!("the address is not valid: {error}"))
}

/// Encodes characters that are not allowed in a URL, and percent signs that do not begin an escape.
fn encode_keeping_escapes(text: &str, set: &'static AsciiSet) -> String {
    let encoded = utf8_percent_encode(text, set).to_string();
    let mut out = String::with_capacity(encoded.len());
    let mut parts = encoded.split('%');
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let is_escape =
            matches!(part.as_bytes(), [high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit());
        out.push_str(if is_escape { "%" } else { "%25" });
        out.push_str(part);
    }
    out
}

/// The link to another page of the same list, if the links of its pages differ in the number only.
#[inline]
pub(crate) fn numbered_link(link: &str, page: u64, other: u64) -> Option<String> {
    let (path, query) = link.split_once('?')?;
    let own = format!("page={page}");
    let mut pairs: Vec<&str> = query.split('&').collect();
    // `ctx` is valid for one page only.
    if pairs.iter().any(|pair| pair.starts_with("ctx=")) {
        return None;
    }
    let next = format!("page={other}");
    *pairs.iter_mut().find(|pair| **pair == own)? = &next;
    Some(format!("{path}?{}", pairs.join("&")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = "/repositories/{workspace}/{repo_slug}/src/{commit}/{path}";

    fn filled(workspace: &str, commit: &str, path: &str) -> Result<String, String> {
        expand(TEMPLATE, &[&workspace, &"rocket", &commit, &path])
    }

    fn root() -> Url {
        parse_base("https://api.example.org/2.0/").unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn raw_values_are_encoded_once() {
        let cases = [
            ("{6a0d}", "%7B6a0d%7D"),
            ("feature/x y", "feature%2Fx%20y"),
            ("100%", "100%25"),
            ("%7B", "%257B"),
            ("grün", "gr%C3%BCn"),
            ("a:b+c?d#e", "a%3Ab%2Bc%3Fd%23e"),
            ("-._~", "-._~"),
            ("...", "..."),
        ];
        for (raw, encoded) in cases {
            assert_eq!(filled("ws", raw, "f"), Ok(format!("/repositories/ws/rocket/src/{encoded}/f")));
        }
    }

    #[test]
    fn segments_that_a_url_parser_would_drop_are_refused() {
        for value in ["", ".", ".."] {
            let error = filled(value, "main", "f").unwrap_err();
            assert!(error.contains("`workspace`"), "{error}");
        }
        for value in ["../x", "a/../b", "a/..", "./.", "/..", "../../user"] {
            assert!(filled(value, "main", "f").unwrap_err().contains("`workspace`"), "{value}");
        }
        assert!(filled("a..b", "x/..y", "f").is_ok() && filled("...", "%2e%2e", "f").is_ok());
        assert!(filled("ws", "main", "..").is_err());
        assert_eq!(filled("ws", "main", ""), Ok("/repositories/ws/rocket/src/main/".into()));
        assert!(expand("/{path}/x", &[&""]).is_err());
        assert!(expand("/{a}", &[]).unwrap_err().contains("`a`"));
    }

    #[test]
    fn a_custom_path_keeps_its_escapes() {
        let cases = [
            ("/a/%7Bb%7D", "/a/%7Bb%7D", None),
            ("/a/{b} c", "/a/%7Bb%7D%20c", None),
            ("/a/100%/%zz", "/a/100%25/%25zz", None),
            ("/ü?q=name ~ \"x\"&p=%2B", "/%C3%BC", Some("q=name%20~%20%22x%22&p=%2B")),
            ("/a#b\\c", "/a%23b%5Cc", None),
            ("/a:b@c;d=e,f", "/a:b@c;d=e,f", None),
        ];
        for (raw, path, query) in cases {
            let address = Address { path: path.into(), query: query.map(str::to_owned) };
            assert_eq!(custom(&root(), raw), Ok(address), "{raw}");
        }
        for raw in ["", "a/b", "/a/../b", "/a/%2E./b", "ftp:x"] {
            assert!(custom(&root(), raw).is_err(), "{raw}");
        }
    }

    #[test]
    fn dot_segments_are_refused_in_every_encoding() {
        let refused = [
            "a/..%2f..%2fb",
            "a/..%2F",
            "a/%2e%2e%2fb",
            "a%2F..%2fb",
            "a/%2e%2e%5cb",
            "a/..\\b",
            "a\\..\\b",
            "a/..%5c..%5Cb",
            "a/%252e%252e/b",
            "a/%25252e./b",
            "a/.%252e%252fb",
            "a/%5c%2e%2e%5c",
            "a/..;/b",
            "a/..;x=1%2fb",
            "a/%2e%2e%3b/b",
            "a/.%09./b%2f..",
            "a/%09../b",
            "%2e",
            "%2f%2e%2e%2f",
            "a/%2525252525252525252e/b",
        ];
        for text in refused {
            for path in [format!("/{text}"), format!("https://api.example.org/2.0/{text}")] {
                // The parser of URLs resolves what is written plainly, below the base.
                let resolved =
                    Url::parse(&path).is_ok_and(|url| !url.path().contains('%') && !url.path().contains(';'));
                assert!(custom(&root(), &path).is_err() || resolved, "{path}");
            }
        }
        for fine in ["/a/...", "/a/.b/..c/d..", "/a/%2e%2ea", "/a/b%2fc", "/a..b/c%2e%2e.d", "/100%25/%5cb", "/a/x;.."]
        {
            assert!(custom(&root(), fine).is_ok(), "{fine}");
        }
    }

    #[test]
    fn links_are_resolved_as_the_standard_says() {
        let from = Address { path: "/a/b".into(), query: Some("x=1".into()) };
        let address = |link: &str| linked(&root(), &from, link).map(|address| (address.path, address.query));
        let (path, query) = ("/a/b".to_owned(), Some("page=2".to_owned()));
        for link in [
            "/2.0/a/b?page=2",
            "?page=2",
            "b?page=2",
            "./b?page=2",
            "../a/b?page=2",
            "//api.example.org/2.0/a/b?page=2",
            "https://api.example.org/2.0/a/b?page=2",
            "https:/2.0/a/b?page=2",
        ] {
            assert_eq!(address(link), Ok((path.clone(), query.clone())), "{link}");
        }
        for link in
            ["/a", "/", "../../a", "//evil.test/2.0/a", "/\\evil.test/2.0/a", "http://api.example.org/2.0/a", "#x"]
        {
            assert!(address(link).is_err(), "{link}");
        }
        // Words are no path, unless they are written as one.
        for words in ["no more pages", "see the next page", "b c?page=2"] {
            assert!(address(words).is_err(), "{words}");
        }
        for link in ["/2.0/a b", "../a b", "https://api.example.org/2.0/a b"] {
            let expected = (!link.starts_with('.')).then(|| ("/a%20b".to_owned(), None));
            assert_eq!(address(link).ok(), expected, "{link}");
        }
        assert_eq!(address("?q=a b"), Ok((path, Some("q=a%20b".into()))));
        let base = "https://api.example.org/2.0/a?x=";
        let long = |length: usize| address(&format!("{base}{}", "y".repeat(length - base.len())));
        assert!(long(MAX_URL).is_ok() && long(MAX_URL + 1).is_err());
    }

    #[test]
    fn an_absolute_url_must_lie_below_the_base() {
        let address = custom(&root(), "https://api.example.org:443/2.0/a/%7Bb%7D?page=2").unwrap_or_default();
        assert_eq!((address.path.as_str(), address.query.as_deref()), ("/a/%7Bb%7D", Some("page=2")));
        let refused = [
            "http://api.example.org/2.0/a",
            "https://api.example.org:8443/2.0/a",
            "https://api.example.com/2.0/a",
            "https://api.example.org.evil.test/2.0/a",
            "https://api.example.org/1.0/a",
            "https://api.example.org/2.01/a",
            "https://api.example.org/2.0/../1.0/a",
            "https://api.example.org/2.0/%2e%2e/1.0/a",
            "https://u:p@api.example.org/2.0/a",
            "https://u@api.example.org/2.0/a",
            "https://:p@api.example.org/2.0/a",
            "https://api.example.org/2.0/a#b",
        ];
        for url in refused {
            assert!(custom(&root(), url).is_err(), "{url}");
        }
    }

    #[test]
    fn parameters_are_appended_to_the_query_of_the_path() {
        let address = Address { path: "/a".into(), query: Some("x=1".into()) };
        let pairs = [(Cow::from("variables[0].key"), "a+b & 100%".to_owned())];
        let url = join(&root(), &address, &pairs).map(String::from);
        let expected = "https://api.example.org/2.0/a?x=1&variables%5B0%5D.key=a%2Bb%20%26%20100%25";
        assert_eq!(url, Ok(expected.into()));
    }

    #[test]
    fn the_pairs_of_a_query_are_decoded() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(pairs("q=a+b%26c&page=2&x"), [pair("q", "a b&c"), pair("page", "2"), pair("x", "")]);
        assert_eq!(pairs(""), []);
    }

    #[test]
    fn a_base_url_is_checked() {
        assert_eq!(parse_base("http://localhost:29418/").map(String::from), Ok("http://localhost:29418/".into()));
        for text in [
            "",
            "localhost",
            "ftp://a",
            "https://u@a/2.0",
            "https://:p@a/2.0",
            "https://a/2.0?x=1",
            "https://a/2.0#f",
            "https://",
        ] {
            assert!(parse_base(text).is_err(), "{text}");
        }
    }

    #[test]
    fn only_links_with_a_page_number_are_changed() {
        let other = |link| numbered_link(link, 2, 3);
        assert_eq!(other("http://h/a?q=x&page=2").as_deref(), Some("http://h/a?q=x&page=3"));
        assert_eq!(other("http://h/a?page=2&pagelen=2").as_deref(), Some("http://h/a?page=3&pagelen=2"));
        for link in ["http://h/a?ctx=abc&page=2", "http://h/a?page=5", "http://h/a"] {
            assert_eq!(other(link), None);
        }
    }

    #[test]
    fn the_path_of_a_file_keeps_its_slashes() {
        let path = |path: &str| filled("ws", "main", path);
        assert_eq!(path("docs/a b.md"), Ok("/repositories/ws/rocket/src/main/docs/a%20b.md".into()));
        assert_eq!(path("/docs//x?/"), Ok("/repositories/ws/rocket/src/main/docs//x%3F/".into()));
        for refused in ["a/../b", "..", "./a", "a/."] {
            assert!(path(refused).unwrap_err().contains("`path`"), "{refused}");
        }
    }
}
