//! TLS that believes pinned keys alone. No authority's word counts, so no authority can be talked into a false one.
//!
//! A pin is the SHA-256 of the server's public key (SubjectPublicKeyInfo, DER). The city gives two: the present one
//! and the next, so that a key can be changed while devices are out. Once the server uses the next one it tells what
//! comes after, signed by the organisation.

use super::HttpExchange;
use crate::wire::pins::{PinsNotice, mark};
use crate::wire::{Bytes, ExchangeError};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use sha2::{Digest, Sha256};
use std::error::Error as StdError;
use std::io;
use std::sync::{Arc, PoisonError};

/// A client configuration that believes these pins.
pub(super) fn config(pins: &[Bytes]) -> ClientConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let pins = pins.iter().map(|pin| pin.0.clone()).collect();
    ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .expect("the provider has the cipher suites of TLS 1.2 and 1.3")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Pins { pins, provider }))
        .with_no_client_auth()
}

/// Whether something failed because whoever answered holds none of the pinned keys.
pub(super) fn refused(error: &(dyn StdError + 'static)) -> bool {
    if let Some(tls) = error.downcast_ref::<Error>() {
        return matches!(tls, Error::InvalidCertificate(_));
    }
    // Asked for its source, an I/O error passes over the error in it.
    let within = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    match within {
        Some(within) => refused(within),
        None => error.source().is_some_and(refused),
    }
}

impl HttpExchange {
    /// Fetches and takes the notice of the server's keys when the server's mark differs from that of the known ones.
    /// What fails is tried again after the next pull: the keys that are known still serve.
    pub(super) async fn hear_of_new_keys(&self) {
        let told = self.connection.pins_mark.lock().unwrap_or_else(PoisonError::into_inner).take();
        let known = self.store.lock().identity().map(|identity| mark(&identity.pins));
        if told.is_some() && told != known.ok() {
            let notice: Result<PinsNotice, ExchangeError> = self.ask("v1/pins", &()).await;
            let _ = notice.map(|notice| self.store.lock().take_server_keys(&notice));
        }
    }
}

#[derive(Debug)]
struct Pins {
    pins: Vec<Vec<u8>>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Pins {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        // A phone's clock may be decades off, and the pin says all that dates could.
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let certificate = webpki::EndEntityCert::try_from(end_entity)
            .map_err(|_| Error::InvalidCertificate(CertificateError::BadEncoding))?;
        let found = Sha256::digest(certificate.subject_public_key_info()).to_vec();
        if self.pins.contains(&found) {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure))
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
