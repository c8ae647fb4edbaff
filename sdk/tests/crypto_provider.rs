//! TLS by rustls and the crypto provider of the process. The only test of its process, which has one provider.
#![cfg(feature = "rustls")]
#![allow(missing_docs)]

use std::error::Error as _;

use bitbucket_cloud::{Client, Error, ErrorKind, Method, RetryPolicy};
use rustls::crypto::{CryptoProvider, ring};
use tokio::io::AsyncWriteExt;

/// A call to a server that speaks no TLS.
async fn call() -> Error {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        tokio::io::AsyncReadExt::read_u8(&mut socket).await.unwrap();
        socket.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
    });
    let client = Client::builder().base_url(&base).retry(RetryPolicy::none()).build().unwrap();
    client.request(Method::GET, "/a").send_raw().await.unwrap_err()
}

#[tokio::test]
async fn the_provider_of_the_process_is_neither_set_nor_used() {
    let error = call().await;
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(CryptoProvider::get_default().is_none());
    // It is rustls that has failed, also in a build with `native-tls`.
    let mut cause = error.source().unwrap();
    while let Some(next) = cause.source() {
        cause = next;
    }
    assert!(format!("{cause:?}").contains("InvalidContentType"), "{cause:?}");

    // With this one, no TLS is possible at all.
    let useless = CryptoProvider { cipher_suites: Vec::new(), ..ring::default_provider() };
    useless.install_default().unwrap();
    let plain = rustls::ClientConfig::builder_with_provider(CryptoProvider::get_default().unwrap().clone());
    assert!(plain.with_safe_default_protocol_versions().is_err());
    assert_eq!(call().await.kind(), ErrorKind::Connect);
}
