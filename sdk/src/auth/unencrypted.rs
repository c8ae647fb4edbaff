//! Whether an address would get secrets unencrypted.

use std::net::IpAddr;

/// Whether requests to this address can be read on the network: plain `http` to another machine, by its name or number.
pub(crate) fn exposes(url: &reqwest::Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let number: Option<IpAddr> = host.trim_start_matches('[').trim_end_matches(']').parse().ok();
    url.scheme() != "https" && !number.map_or(host == "localhost", |number| number.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_stays_on_the_machine() {
        let cases = [
            ("https://api.bitbucket.org/2.0", false),
            ("http://localhost", false),
            ("http://LOCALHOST:8080/2.0", false),
            ("http://127.0.0.1:1/", false),
            ("http://127.255.0.9", false),
            ("http://127.1", false),
            ("http://2130706433", false),
            ("http://[::1]:8080/", false),
            ("http://api.bitbucket.org/2.0", true),
            ("http://localhost.evil.test", true),
            ("http://localhost.", true),
            ("http://127.0.0.1.evil.test", true),
            ("http://128.0.0.1", true),
            ("http://0.0.0.0", true),
            ("http://[::]", true),
            ("http://[2001:db8::1]", true),
            ("http://192.168.0.1", true),
            ("http://host.docker.internal:29418", true),
        ];
        for (text, expected) in cases {
            assert_eq!(exposes(&reqwest::Url::parse(text).unwrap()), expected, "{text}");
        }
    }
}
