"""A device that signs its requests with the PyPI package http-message-signatures, which nobody here wrote."""

from http_message_signatures import HTTPMessageSigner, MappingKeyResolver, algorithms

COMPONENTS = ("@method", "@path", "@query", "x-device", "x-counter")


class SigningDevice:
    """One device: its number as it stands in the requests, and its Ed25519 key."""

    def __init__(self, number, private):
        self.number = number
        self.keys = MappingKeyResolver(public_keys={number: private.public_key()}, private_keys={number: private})
        self._signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=self.keys)

    def sign(self, request, counter, body=b"", order=COMPONENTS, nonce=None, include_alg=True):
        """Puts number, counter, digest and signature into the headers of a prepared request."""
        request.headers.update({"X-Device": self.number, "X-Counter": str(counter)})
        self._signer.sign(
            request,
            key_id=self.number,
            nonce=nonce,
            include_alg=include_alg,
            covered_component_ids=order,
            body=body or None,
        )
