//! Decides whether a redirect is followed, and what is sent there. Logs and downloads are redirected to object storage
//! on another host, which must not get the credentials; diffs to another path on the same host, which needs them.

use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, HeaderMap, HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, LOCATION, RANGE,
    USER_AGENT,
};
use reqwest::{Method, StatusCode, Url};

use super::origin;

/// Maximum number of redirects in a row.
pub(crate) const MAX_REDIRECTS: usize = 10;

/// The only headers that are sent to another host; not among them are credentials and headers of callers and hooks.
const KEPT_HEADERS: [HeaderName; 7] =
    [ACCEPT, ACCEPT_ENCODING, USER_AGENT, RANGE, IF_RANGE, IF_NONE_MATCH, IF_MODIFIED_SINCE];

/// Whether the status is a redirect.
pub(crate) fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// The next request of a redirect.
#[derive(Debug, PartialEq)]
pub(crate) struct Hop {
    pub(crate) url: Url,
    pub(crate) method: Method,
    /// Whether the next origin is not the first one.
    pub(crate) leaves: bool,
}

/// Evaluates the response to a request with `method` to `url`, in a call that began at `first`.
pub(crate) fn next(
    first: &Url,
    url: &Url,
    method: &Method,
    status: StatusCode,
    headers: &HeaderMap,
) -> Result<Hop, &'static str> {
    let location = headers.get(LOCATION).ok_or("a redirect without `Location`")?;
    let location = std::str::from_utf8(location.as_bytes()).map_err(|_| "a redirect whose `Location` is not text")?;
    let mut next = url.join(location.trim()).map_err(|_| "a redirect whose `Location` is not a URL")?;
    if !matches!(next.scheme(), "http" | "https") || !next.has_host() {
        return Err("a redirect to a scheme other than HTTP was not followed");
    }
    if !next.username().is_empty() || next.password().is_some() {
        return Err("a redirect whose `Location` holds a user name or password was not followed");
    }
    let secure = |url: &Url| url.scheme() == "https";
    if (secure(url) || secure(first)) && !secure(&next) {
        return Err("a redirect from https to http was not followed");
    }
    next.set_fragment(None);
    let leaves = !origin::same(first, &next);
    let method = match status.as_u16() {
        303 if method != Method::HEAD => Method::GET,
        // Browsers turn these into GET: nothing would be written and yet the call would succeed. A POST that is sent
        // again might be carried out twice.
        301 | 302 if *method == Method::POST || *method == Method::PATCH => {
            return Err("a redirect that would turn a write into a read was not followed");
        }
        _ => method.clone(),
    };
    if leaves && !method.is_safe() {
        return Err("a redirect of a write to another host was not followed");
    }
    Ok(Hop { url: next, method, leaves })
}

/// Removes all headers that are not for another host.
pub(crate) fn strip(headers: &mut HeaderMap) {
    *headers = KEPT_HEADERS.iter().filter_map(|name| Some((name.clone(), headers.get(name)?.clone()))).collect();
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    fn go(from: &str, method: &Method, status: u16, location: &str) -> Result<(String, String, bool), &'static str> {
        let url = Url::parse(from).unwrap();
        let status = StatusCode::from_u16(status).unwrap();
        let location = HeaderValue::from_bytes(location.as_bytes()).unwrap();
        let headers = HeaderMap::from_iter([(LOCATION, location)]);
        next(&url, &url, method, status, &headers).map(|hop| (hop.url.to_string(), hop.method.to_string(), hop.leaves))
    }

    #[test]
    fn targets_are_resolved_and_checked() {
        let from = "https://api.example.org/2.0/a?secret=1";
        let ok = |url: &str, leaves| Ok((url.to_owned(), "GET".to_owned(), leaves));
        assert_eq!(go(from, &Method::GET, 302, "/2.0/b?x=%2F#f"), ok("https://api.example.org/2.0/b?x=%2F", false));
        assert_eq!(go(from, &Method::GET, 301, "c"), ok("https://api.example.org/2.0/c", false));
        assert_eq!(go(from, &Method::GET, 307, "//s3.test/k"), ok("https://s3.test/k", true));
        assert_eq!(
            go(from, &Method::GET, 308, "https://api.example.org:444/"),
            ok("https://api.example.org:444/", true)
        );
        let refused = ["http://api.example.org/2.0/a", "ftp://x/", "data:,x", "https://u:p@s3.test/", "https://"];
        let refused = refused.into_iter().chain(["https://u@s3.test/", "https://:p@s3.test/"]);
        for location in refused {
            assert!(go(from, &Method::GET, 302, location).is_err(), "{location}");
        }
        assert_eq!(go("http://localhost:1/a", &Method::GET, 302, "https://s3.test/"), ok("https://s3.test/", true));
        for location in ["ftp://x/", "data:,x", "ws://localhost:1/"] {
            assert!(go("http://localhost:1/a", &Method::GET, 302, location).is_err(), "{location}");
        }
        let url = Url::parse(from).unwrap();
        assert!(next(&url, &url, &Method::GET, StatusCode::FOUND, &HeaderMap::new()).is_err());
        // Through plain http in the middle.
        let plain = Url::parse("http://localhost/").unwrap();
        let headers = HeaderMap::from_iter([(LOCATION, HeaderValue::from_static("/x"))]);
        assert!(next(&url, &plain, &Method::GET, StatusCode::FOUND, &headers).is_err());
        // From plain http to https and back.
        let headers = HeaderMap::from_iter([(LOCATION, HeaderValue::from_static("http://localhost/x"))]);
        assert!(next(&plain, &url, &Method::GET, StatusCode::FOUND, &headers).is_err());
    }

    #[test]
    fn only_statuses_that_name_another_address_are_redirects() {
        let redirects: Vec<u16> =
            (100..600).filter(|status| StatusCode::from_u16(*status).is_ok_and(is_redirect)).collect();
        assert_eq!(redirects, [301, 302, 303, 307, 308]);
    }

    #[test]
    fn the_method_is_kept_or_the_redirect_is_refused() {
        let from = "http://localhost:1/a";
        let method = |method, status| go(from, &method, status, "/b").ok().map(|(_, method, _)| method);
        for status in [307, 308] {
            for kept in [Method::GET, Method::POST, Method::PUT, Method::DELETE] {
                assert_eq!(method(kept.clone(), status), Some(kept.to_string()));
            }
        }
        assert_eq!(method(Method::POST, 303).as_deref(), Some("GET"));
        assert_eq!(method(Method::HEAD, 303).as_deref(), Some("HEAD"));
        for status in [301, 302] {
            assert_eq!(method(Method::POST, status), None);
            assert_eq!(method(Method::PUT, status).as_deref(), Some("PUT"));
        }
        assert!(go(from, &Method::PUT, 307, "http://other/").is_err());
    }

    #[test]
    fn another_host_gets_only_the_headers_it_needs() {
        let names = ["authorization", "cookie", "proxy-authorization", "x-api-key", "content-type", "range", "accept"];
        let pairs = names.map(|name| (HeaderName::from_static(name), HeaderValue::from_static("x")));
        let mut headers = HeaderMap::from_iter(pairs);
        strip(&mut headers);
        assert_eq!(headers.keys().map(HeaderName::as_str).collect::<Vec<_>>(), ["accept", "range"]);
    }
}
