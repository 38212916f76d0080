"""What went wrong, in words, when libcurl could not bring an exchange to its end?

Told apart because a person does something different about each: a name that does not resolve is a typo or a
dead domain, a certificate is the publisher's to mend, a timeout may pass by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import pycurl

from aggregator.models import Failed, FailureReason

E_TOO_LARGE = 100
"""CURLE_TOO_LARGE (8.6.0): a header line or all headers together; pycurl has no name for it."""
E_HTTP2_STREAM = 92
E_HTTP3 = 95

_TLS = frozenset(
    {
        pycurl.E_SSL_CONNECT_ERROR,
        pycurl.E_PEER_FAILED_VERIFICATION,
        pycurl.E_SSL_CERTPROBLEM,
        pycurl.E_SSL_CIPHER,
        pycurl.E_SSL_CACERT_BADFILE,
        pycurl.E_SSL_ISSUER_ERROR,
        pycurl.E_SSL_INVALIDCERTSTATUS,
        pycurl.E_SSL_PINNEDPUBKEYNOTMATCH,
    }
)
_RESET = frozenset(
    {
        pycurl.E_GOT_NOTHING,
        pycurl.E_PARTIAL_FILE,
        pycurl.E_RECV_ERROR,
        pycurl.E_SEND_ERROR,
        pycurl.E_READ_ERROR,
        pycurl.E_HTTP2,
        E_HTTP2_STREAM,
        E_HTTP3,
    }
)
_NOT_HTTP = (FailureReason.HTTP, "what answers at this address does not speak HTTP")
_FIXED = {
    pycurl.E_COULDNT_RESOLVE_HOST: (FailureReason.DNS, "the name of the host is not known"),
    pycurl.E_COULDNT_RESOLVE_PROXY: (FailureReason.DNS, "the name of the proxy (environment) is not known"),
    pycurl.E_COULDNT_CONNECT: (FailureReason.CONNECT, "nobody answers at this address"),
    pycurl.E_BAD_CONTENT_ENCODING: (
        FailureReason.MALFORMED,
        "the body is not compressed the way its headers say",
    ),
    pycurl.E_URL_MALFORMAT: (FailureReason.CONNECT, "not an address that can be asked"),
    pycurl.E_UNSUPPORTED_PROTOCOL: _NOT_HTTP,
    # "Weird server reply" is what HTTP/0.9 and other protocols on the port give.
    pycurl.E_FTP_WEIRD_SERVER_REPLY: _NOT_HTTP,
    E_TOO_LARGE: (FailureReason.TOO_LARGE, "the headers are larger than any server needs"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far an exchange had come when it ended."""

    resolved: bool
    connected: bool
    answered: bool
    received: int
    """Bytes of body."""
    seconds: float


def failed(code: int, message: str, progress: Progress) -> Failed:
    """Give the failure for a libcurl error code; ``message`` is libcurl's own, shown only where it adds."""
    reason, words = _words(code, message, progress)
    return Failed(reason=reason, message=words)


def too_large(max_bytes: int, *, setting: str = "") -> Failed:
    """Give the failure of a body that was not read to its end because of its size; ``setting`` says what bounds it."""
    size = f"{max_bytes / 1024 / 1024:.3g} MiB" if max_bytes >= 1024 * 1024 else f"{max_bytes} bytes"
    return Failed(
        reason=FailureReason.TOO_LARGE,
        message=f"the document is larger than {size}{f'; {setting}' if setting else ''}",
    )


def _words(code: int, message: str, progress: Progress) -> tuple[FailureReason, str]:
    if code == pycurl.E_OPERATION_TIMEDOUT:
        return FailureReason.TIMEOUT, _timeout(progress)
    if code in _TLS:
        return FailureReason.TLS, f"no trusted encrypted connection: {message.partition(', (')[0][:200]}"
    if code in _RESET:
        return FailureReason.RESET, _reset(progress)
    known = _FIXED.get(code)
    if known is not None:
        return known
    return FailureReason.CRASHED, f"the exchange failed in a way not foreseen (libcurl error {code})"


def _timeout(progress: Progress) -> str:
    after = (
        f"within {progress.seconds:.0f} s" if progress.seconds >= 1 else f"within {progress.seconds:.2f} s"
    )
    if progress.received:
        return f"still sending, {progress.received} bytes came {after}"
    if progress.answered:
        return f"the answer began and no document came {after}"
    if progress.connected:
        return f"connected, and no answer came {after}"
    if progress.resolved:
        return f"no connection {after}"
    return f"the name of the host was not resolved {after}"


def _reset(progress: Progress) -> str:
    if progress.received:
        return f"the connection broke off after {progress.received} bytes: the document is incomplete"
    if progress.answered:
        return "the connection broke off before the document came"
    return "the server hung up without an answer"
