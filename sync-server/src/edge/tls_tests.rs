//! A client that checks only the pin and the handshake's signature reaches the server, and nobody else's.

use super::*;
use crate::edge::serve::{Edge, EdgeConfig, EdgeError};
use axum::Router;
use axum::routing::get;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsConnector;

#[derive(Debug)]
struct OnlyThePin(SpkiPin, Arc<CryptoProvider>);

impl ServerCertVerifier for OnlyThePin {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let spki = ParsedCertificate::try_from(end_entity)?.subject_public_key_info();
        if SpkiPin::of(&spki) == self.0 {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(rustls::CertificateError::ApplicationVerificationFailure.into())
        }
    }
    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, dss, &self.1.signature_verification_algorithms)
    }
    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, dss, &self.1.signature_verification_algorithms)
    }
    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.1.signature_verification_algorithms.supported_schemes()
    }
}

async fn serving(key: &TlsKey) -> SocketAddr {
    let config = EdgeConfig { header_timeout: Duration::from_millis(400), ..EdgeConfig::default() };
    let edge = Edge::bind("0.0.0.0:0".parse().unwrap(), key.acceptor().unwrap(), config).await.unwrap();
    let port = edge.addr().port();
    tokio::spawn(edge.serve(Router::new().route("/", get(|| async { "hello" })), std::future::pending()));
    SocketAddr::from(([127, 0, 0, 1], port))
}

async fn fetch(addr: SocketAddr, pin: SpkiPin) -> io::Result<String> {
    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(OnlyThePin(pin, provider)))
        .with_no_client_auth();
    let stream = TcpStream::connect(addr).await?;
    let name = ServerName::try_from("any.example").unwrap();
    let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
    stream.write_all(b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await?;
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer).await;
    Ok(answer)
}

#[tokio::test]
async fn the_pin_of_the_key_is_what_a_client_sees_and_another_is_refused() {
    let key = TlsKey::generate(vec!["127.0.0.1".into(), "grid.local".into()]).unwrap();
    let addr = serving(&key).await;
    assert!(fetch(addr, key.pin().unwrap()).await.unwrap().ends_with("hello"));
    assert!(fetch(addr, SpkiPin([1; 32])).await.is_err());
    let other = TlsKey::generate(vec!["127.0.0.1".into()]).unwrap();
    assert_ne!(other.pin().unwrap(), key.pin().unwrap());
}

#[tokio::test]
async fn a_peer_that_does_not_finish_the_handshake_is_cut_off() {
    let addr = serving(&TlsKey::generate(vec!["a".into()]).unwrap()).await;
    for start in [&b""[..], b"\x16\x03\x01\x02\x00", b"GET / HTTP/1.1\r\n\r\n"] {
        let mut stream = TcpStream::connect(addr).await.unwrap();
        stream.write_all(start).await.unwrap();
        let mut rest = Vec::new();
        let closed = tokio::time::timeout(Duration::from_secs(2), stream.read_to_end(&mut rest)).await;
        assert!(closed.is_ok());
    }
}

#[test]
fn a_key_survives_being_written_and_read_and_a_wrong_one_is_refused() {
    let key = TlsKey::generate(vec!["a".into()]).unwrap();
    let read = TlsKey { certificate_pem: key.certificate_pem.clone(), key_pem: key.key_pem.clone() };
    assert_eq!(read.pin().unwrap(), key.pin().unwrap());
    assert_eq!(key.pin().unwrap().to_string().parse::<SpkiPin>().unwrap(), key.pin().unwrap());
    let other = TlsKey::generate(vec!["a".into()]).unwrap();
    let mixed = TlsKey { certificate_pem: key.certificate_pem, key_pem: other.key_pem };
    assert!(matches!(mixed.acceptor(), Err(TlsError::Use(_))));
    let empty = TlsKey { certificate_pem: String::new(), key_pem: String::new() };
    assert!(matches!(empty.acceptor(), Err(TlsError::Pem { what: "certificate" })));
    assert!("zz".parse::<SpkiPin>().is_err());
}

#[tokio::test]
async fn the_key_is_not_printed() {
    let key = TlsKey::generate(vec!["a".into()]).unwrap();
    assert!(!format!("{key:?}").contains("PRIVATE"));
    let refused: Option<EdgeError> =
        Edge::bind("0.0.0.0:0".parse().unwrap(), key.acceptor().unwrap(), EdgeConfig::default()).await.err();
    assert!(refused.is_none());
}
