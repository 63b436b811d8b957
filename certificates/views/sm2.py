"""The SM2 signature that is kept beside a certificate's file, for whoever has the file and the code."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from certificates.queries.signing_keys import detached_signature
from certificates.queries.verification import certificate_of_token
from certificates.views.verify import unknown_code


@require_GET
@never_cache
def sm2_signature(request: HttpRequest, token: str) -> HttpResponse:
    """Give signature and certificate: SM2 with SM3 over the bytes of the file, DER in base64 (GM/T 0009)."""
    certificate = certificate_of_token(token)
    if certificate is None:
        return unknown_code(request, for_machines=True)
    signature = detached_signature(certificate)
    if signature is None:
        return JsonResponse({"error": "no_sm2_signature"}, status=404)
    key = signature.signing_key
    return JsonResponse(
        {
            "algorithm": signature.algorithm,
            "signer_id": "1234567812345678",
            "file_sha256": certificate.pdf_sha256,
            "signature": signature.value,
            "signed_at": signature.made_at.isoformat(),
            "kid": key.kid,
            "certificate": key.certificate_pem,
            "chain": key.chain_pem,
        }
    )
