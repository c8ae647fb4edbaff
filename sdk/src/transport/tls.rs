//! The TLS backend of the HTTP client. rustls gets its crypto provider (ring) and the root certificates of the system
//! explicitly, because reqwest would look for a provider that is installed for the process and panic without one.

use reqwest::ClientBuilder;

/// Whether this build has a TLS backend.
pub(crate) const AVAILABLE: bool = cfg!(any(feature = "rustls", feature = "native-tls"));

/// Sets the backend. `required` tells whether the base URL needs it; a redirect may need it anyway.
#[cfg(feature = "rustls")]
#[inline]
pub(crate) fn configure(builder: ClientBuilder, required: bool) -> Result<ClientBuilder, String> {
    use rustls::ClientConfig;
    use rustls::crypto::ring;
    use std::sync::Arc;

    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| format!("no TLS protocol version is available: {error}"))?;
    let config = match rustls_platform_verifier::Verifier::new(provider) {
        Ok(verifier) => config.dangerous().with_custom_certificate_verifier(Arc::new(verifier)),
        Err(error) if required => return Err(format!("the system's root certificates cannot be used: {error}")),
        // Plain HTTP works without root certificates; HTTPS then fails to connect, as it should.
        Err(_) => config.with_root_certificates(rustls::RootCertStore::empty()),
    };
    Ok(builder.tls_backend_preconfigured(config.with_no_client_auth()))
}

/// Sets the backend.
#[cfg(all(feature = "native-tls", not(feature = "rustls")))]
#[inline]
pub(crate) fn configure(builder: ClientBuilder, _required: bool) -> Result<ClientBuilder, String> {
    Ok(builder.tls_backend_native())
}

/// Without a TLS feature there is no backend.
#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
#[inline]
pub(crate) fn configure(builder: ClientBuilder, _required: bool) -> Result<ClientBuilder, String> {
    Ok(builder)
}
