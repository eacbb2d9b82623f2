//! The server's own TLS key, without a public authority: devices pin the hash of its public key.
//!
//! A city's server often has no public name, and a handheld's clock may be decades off, so neither names nor dates of
//! a certificate can be relied on. What the device checks is the pin from its enrolment code and that the server holds
//! the key. TLS 1.3 only; the cryptography is `ring`'s, which cross-builds for handhelds as it does here.

use super::serve::Accept;
use rcgen::{CertificateParams, KeyPair, PublicKeyData};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use sha2::{Digest, Sha256};
use std::fmt;
use std::io;
use std::str::FromStr;
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// SHA-256 of a key's SubjectPublicKeyInfo in DER (as in RFC 7469): what devices pin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SpkiPin(pub [u8; 32]);

impl SpkiPin {
    /// The pin of a SubjectPublicKeyInfo.
    pub fn of(spki_der: &[u8]) -> SpkiPin {
        SpkiPin(Sha256::digest(spki_der).into())
    }
}

impl fmt::Display for SpkiPin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

impl FromStr for SpkiPin {
    type Err = TlsError;
    fn from_str(text: &str) -> Result<SpkiPin, TlsError> {
        let bytes = gridweave_core::ids::from_hex(text).and_then(|b| b.try_into().ok());
        bytes.map(SpkiPin).ok_or(TlsError::Pin)
    }
}

/// Why a TLS key cannot be made or used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// Making the key or its certificate failed.
    #[error("cannot make a TLS key: {0}")]
    Make(#[from] rcgen::Error),
    /// The certificate or key file is not PEM, or holds none.
    #[error("cannot read the TLS {what}: not PEM, or nothing in it")]
    Pem {
        /// Which of the two.
        what: &'static str,
    },
    /// Key and certificate do not fit each other, or are of a kind not served.
    #[error("cannot use the TLS key with its certificate: {0}")]
    Use(#[from] rustls::Error),
    /// Not a pin's text.
    #[error("not a pin: 64 hexadecimal digits")]
    Pin,
}

/// A private key with its certificate, as text to be kept.
pub struct TlsKey {
    /// Certificate chain in PEM, the server's own first.
    pub certificate_pem: String,
    /// PKCS #8 private key in PEM: secret.
    pub key_pem: String,
}

impl fmt::Debug for TlsKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TlsKey(..)")
    }
}

impl TlsKey {
    /// Makes a new ECDSA P-256 key with a certificate signed by itself for these host names or addresses.
    ///
    /// The certificate is valid without a practical end: its dates are not what is trusted.
    pub fn generate(names: Vec<String>) -> Result<TlsKey, TlsError> {
        let key = KeyPair::generate()?;
        let certificate = CertificateParams::new(names)?.self_signed(&key)?;
        Ok(TlsKey { certificate_pem: certificate.pem(), key_pem: key.serialize_pem() })
    }

    /// The pin that devices are given at enrolment.
    pub fn pin(&self) -> Result<SpkiPin, TlsError> {
        let key = KeyPair::from_pem(&self.key_pem)?;
        Ok(SpkiPin::of(&key.subject_public_key_info()))
    }

    /// The acceptor for [`super::serve::Edge::bind`].
    pub fn acceptor(&self) -> Result<Tls, TlsError> {
        let chain: Result<Vec<_>, _> =
            CertificateDer::pem_slice_iter(self.certificate_pem.as_bytes()).collect();
        let chain = chain.ok().filter(|c| !c.is_empty()).ok_or(TlsError::Pem { what: "certificate" })?;
        let key = PrivateKeyDer::from_pem_slice(self.key_pem.as_bytes())
            .map_err(|_| TlsError::Pem { what: "key" })?;
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Tls(TlsAcceptor::from(Arc::new(config))))
    }
}

/// TLS over TCP, for any address.
#[derive(Clone)]
pub struct Tls(TlsAcceptor);

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tls(..)")
    }
}

impl Accept for Tls {
    type Stream = TlsStream<TcpStream>;
    const ENCRYPTED: bool = true;
    async fn accept(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        self.0.accept(stream).await
    }
}

#[cfg(test)]
#[path = "tls_tests.rs"]
mod tests;
