//! Compares origins: scheme, host and port. Credentials, redirects and links of pages all use this rule; nothing else
//! in the crate may compare hosts.

use reqwest::Url;

/// Whether both URLs have the same scheme, host and port; no port is the default port.
pub(crate) fn same(a: &Url, b: &Url) -> bool {
    a.scheme() == b.scheme() && a.host() == b.host() && a.port_or_known_default() == b.port_or_known_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scheme_host_and_port_decide() {
        let cases = [
            ("https://api.example.org/2.0/a", true),
            ("https://API.example.org:443/?x=1#f", true),
            ("https://u:p@api.example.org/", true),
            ("http://api.example.org/", false),
            ("https://api.example.org:8443/", false),
            ("https://api.example.org.evil.test/", false),
            ("https://example.org/", false),
            ("https://api.example.org./", false),
            ("ftp://api.example.org/", false),
            ("data:text/plain,x", false),
        ];
        let base = Url::parse("https://api.example.org/2.0").unwrap();
        for (text, expected) in cases {
            assert_eq!(same(&base, &Url::parse(text).unwrap()), expected, "{text}");
        }
    }
}
