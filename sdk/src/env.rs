//! Settings from environment variables. Reads them through a function it is given, so that tests need not change the
//! environment of the process. Being anonymous is never guessed from what is missing.

use crate::credentials::Credentials;

pub(crate) const BASE_URL: &str = "BITBUCKET_BASE_URL";
pub(crate) const ACCESS_TOKEN: &str = "BITBUCKET_ACCESS_TOKEN";
pub(crate) const EMAIL: &str = "BITBUCKET_EMAIL";
pub(crate) const API_TOKEN: &str = "BITBUCKET_API_TOKEN";

const WANTED: &str = "set BITBUCKET_ACCESS_TOKEN, or both BITBUCKET_EMAIL and BITBUCKET_API_TOKEN \
                      (BITBUCKET_BASE_URL is optional)";

/// What the environment says.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) base_url: Option<String>,
    pub(crate) credentials: Credentials,
}

/// Reads the settings. An empty variable counts as one that is not set, as build servers like to set them.
pub(crate) fn settings(lookup: impl Fn(&str) -> Option<String>) -> Result<Settings, String> {
    let get = |name| lookup(name).filter(|value| !value.trim().is_empty());
    let credentials = match (get(ACCESS_TOKEN), get(EMAIL), get(API_TOKEN)) {
        (Some(token), None, None) => Credentials::access_token(token),
        (None, Some(email), Some(token)) => Credentials::api_token(email, token),
        (None, None, None) => return Err(format!("no credentials in the environment: {WANTED}")),
        (None, Some(_), None) => return Err(format!("{EMAIL} is set without {API_TOKEN}: {WANTED}")),
        (None, None, Some(_)) => return Err(format!("{API_TOKEN} is set without {EMAIL}: {WANTED}")),
        (Some(_), email, _) => {
            let other = if email.is_some() { EMAIL } else { API_TOKEN };
            return Err(format!("{ACCESS_TOKEN} and {other} are both set, which are two accounts: {WANTED}"));
        }
    };
    Ok(Settings { base_url: get(BASE_URL), credentials })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<String, String> {
        let lookup =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        settings(lookup).map(|settings| format!("{:?} {:?}", settings.credentials, settings.base_url))
    }

    #[test]
    fn each_kind_is_read() {
        let access = read(&[(ACCESS_TOKEN, "t"), (BASE_URL, "http://x")]);
        assert_eq!(access, Ok("Credentials::access_token([redacted]) Some(\"http://x\")".into()));
        let api = read(&[(EMAIL, "me@example.org"), (API_TOKEN, "t"), (ACCESS_TOKEN, " ")]);
        assert_eq!(api, Ok("Credentials::api_token([redacted]) None".into()));
    }

    #[test]
    fn what_is_unclear_is_an_error_that_names_every_variable() {
        let cases: [&[(&str, &str)]; 5] = [
            &[],
            &[(EMAIL, "me@example.org")],
            &[(API_TOKEN, "hush-hush")],
            &[(ACCESS_TOKEN, "hush-hush"), (API_TOKEN, "hush-hush")],
            &[(ACCESS_TOKEN, "hush-hush"), (EMAIL, "me@example.org"), (API_TOKEN, "hush-hush")],
        ];
        for case in cases {
            let error = read(case).unwrap_err();
            for name in [BASE_URL, ACCESS_TOKEN, EMAIL, API_TOKEN] {
                assert!(error.contains(name), "{error}");
            }
            assert!(!error.contains("hush"), "{error}");
        }
    }
}
