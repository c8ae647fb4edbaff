//! Settings from environment variables. They are read through a function, so that tests need not change the environment
//! of the process. Without credentials there is an error, not an anonymous client.

use crate::auth::{Credentials, OAuth};

pub(crate) const BASE_URL: &str = "BITBUCKET_BASE_URL";
pub(crate) const ACCESS_TOKEN: &str = "BITBUCKET_ACCESS_TOKEN";
pub(crate) const EMAIL: &str = "BITBUCKET_EMAIL";
pub(crate) const API_TOKEN: &str = "BITBUCKET_API_TOKEN";
pub(crate) const OAUTH_KEY: &str = "BITBUCKET_OAUTH_KEY";
pub(crate) const OAUTH_SECRET: &str = "BITBUCKET_OAUTH_SECRET";

const WANTED: &str = "set BITBUCKET_ACCESS_TOKEN, or BITBUCKET_EMAIL and BITBUCKET_API_TOKEN, \
                      or BITBUCKET_OAUTH_KEY and BITBUCKET_OAUTH_SECRET (BITBUCKET_BASE_URL is optional)";

/// The settings in the environment.
pub(crate) struct EnvironmentSettings {
    pub(crate) base_url: Option<String>,
    pub(crate) credentials: Credentials,
}

/// Reads the settings. An empty variable counts as not set, because build servers often set empty ones.
#[inline]
pub(crate) fn settings(lookup: impl Fn(&str) -> Option<String>) -> Result<EnvironmentSettings, String> {
    let get = |name| lookup(name).filter(|value| !value.trim().is_empty());
    let pair = |first, second| match (get(first), get(second)) {
        (Some(one), Some(other)) => Ok(Some((one, other))),
        (None, None) => Ok(None),
        (Some(_), None) => Err(format!("{first} is set without {second}: {WANTED}")),
        (None, Some(_)) => Err(format!("{second} is set without {first}: {WANTED}")),
    };
    let found = [
        get(ACCESS_TOKEN).map(|token| (ACCESS_TOKEN, Credentials::access_token(token))),
        pair(EMAIL, API_TOKEN)?.map(|(email, token)| (API_TOKEN, Credentials::api_token(email, token))),
        pair(OAUTH_KEY, OAUTH_SECRET)?
            .map(|(key, secret)| (OAUTH_KEY, Credentials::oauth(OAuth::client_credentials(key, secret)))),
    ];
    let mut found = found.into_iter().flatten();
    let Some((name, credentials)) = found.next() else {
        return Err(format!("no credentials in the environment: {WANTED}"));
    };
    if let Some((other, _)) = found.next() {
        return Err(format!("{name} and {other} are both set, and may belong to different accounts: {WANTED}"));
    }
    Ok(EnvironmentSettings { base_url: get(BASE_URL), credentials })
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
    fn each_type_of_credentials_is_read() {
        let access = read(&[(ACCESS_TOKEN, "t"), (BASE_URL, "http://x")]);
        assert_eq!(access, Ok("Credentials::access_token([redacted]) Some(\"http://x\")".into()));
        let api = read(&[(EMAIL, "me@example.org"), (API_TOKEN, "t"), (ACCESS_TOKEN, " ")]);
        assert_eq!(api, Ok("Credentials::api_token([redacted]) None".into()));
        let oauth = read(&[(OAUTH_KEY, "k"), (OAUTH_SECRET, "s")]);
        assert_eq!(oauth, Ok("Credentials::oauth([redacted]) None".into()));
    }

    #[test]
    fn missing_or_conflicting_variables_are_an_error_that_names_all_of_them() {
        let cases: [&[(&str, &str)]; 8] = [
            &[],
            &[(EMAIL, "me@example.org")],
            &[(API_TOKEN, "hush-hush")],
            &[(OAUTH_KEY, "hush-hush")],
            &[(OAUTH_SECRET, "hush-hush")],
            &[(ACCESS_TOKEN, "hush-hush"), (OAUTH_KEY, "hush-hush"), (OAUTH_SECRET, "hush-hush")],
            &[(ACCESS_TOKEN, "hush-hush"), (API_TOKEN, "hush-hush")],
            &[(ACCESS_TOKEN, "hush-hush"), (EMAIL, "me@example.org"), (API_TOKEN, "hush-hush")],
        ];
        for case in cases {
            let error = read(case).unwrap_err();
            for name in [BASE_URL, ACCESS_TOKEN, EMAIL, API_TOKEN, OAUTH_KEY, OAUTH_SECRET] {
                assert!(error.contains(name), "{error}");
            }
            assert!(!error.contains("hush"), "{error}");
        }
    }
}
