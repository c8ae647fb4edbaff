//! The TLS backend of the client that this crate makes. rustls gets its provider (ring) and the platform's roots
//! explicitly: reqwest would look for a provider installed for the whole process and panic when there is none.

use reqwest::ClientBuilder;

/// Whether this build can speak HTTPS by itself.
pub(crate) const AVAILABLE: bool = cfg!(any(feature = "rustls", feature = "native-tls"));

/// Sets the backend. `required` tells whether the base URL needs it; a redirect may need it in any case.
#[cfg(feature = "rustls")]
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
        // Plain HTTP works without roots, and HTTPS then fails to connect, as it should.
        Err(_) => config.with_root_certificates(rustls::RootCertStore::empty()),
    };
    Ok(builder.tls_backend_preconfigured(config.with_no_client_auth()))
}

/// Sets the backend.
#[cfg(all(feature = "native-tls", not(feature = "rustls")))]
pub(crate) fn configure(builder: ClientBuilder, _required: bool) -> Result<ClientBuilder, String> {
    Ok(builder.tls_backend_native())
}

/// There is no backend to set.
#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
pub(crate) fn configure(builder: ClientBuilder, _required: bool) -> Result<ClientBuilder, String> {
    Ok(builder)
}
