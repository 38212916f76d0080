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
_HUNG_UP = ("reset by peer", "unexpected eof", "SSL_ERROR_SYSCALL", "SSL_ERROR_ZERO_RETURN")
"""What OpenSSL and libcurl call it when a connection ends in the middle of a handshake."""
_DISTRUST = (
    ("certificate has expired", "the server's certificate has expired"),
    ("not yet valid", "the server's certificate is not valid yet; is this machine's clock right?"),
    ("self-signed certificate in", "an authority that nobody here trusts signed the server's certificate"),
    ("self-signed certificate", "the server signed its certificate itself"),
    ("self signed certificate", "the server signed its certificate itself"),
    (
        "unable to get local issuer",
        "the server does not show who signed its certificate, or nobody here trusts them",
    ),
    ("subject name", "the server's certificate is that of another host"),
    ("does not match target host", "the server's certificate is that of another host"),
    ("revoked", "the server's certificate has been revoked"),
    ("protocol version", "the server knows only ways of encrypting that are no longer safe"),
    ("unsupported protocol", "the server knows only ways of encrypting that are no longer safe"),
    ("handshake failure", "the server and we know no way of encrypting in common"),
    ("wrong version number", "what answers there is not encrypted"),
    ("packet length", "what answers there is not encrypted"),
)
"""By what stands in the messages of libcurl and OpenSSL; a person does another thing about each."""
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
    """As far as a request can be sent: with https, encryption is agreed on."""
    accepted: bool = False
    """The server took the connection, whatever came of it."""
    answered: bool
    received: int
    """Bytes of body."""
    seconds: float


def progress(curl: pycurl.Curl, *, answered: bool, received: int, seconds: float) -> Progress:
    """Say how far the exchange of a libcurl handle had come."""
    # libcurl 8.23 counts the wait for a name that never resolved as a time before the transfer.
    resolved = curl.getinfo(pycurl.NAMELOOKUP_TIME) > 0
    accepted = resolved and curl.getinfo(pycurl.CONNECT_TIME) > 0
    encrypted = str(curl.getinfo(pycurl.EFFECTIVE_URL)).lower().startswith("https:")
    # A connection that is used again has no time of its own at which encryption was agreed on.
    agreed = (
        not encrypted or curl.getinfo(pycurl.APPCONNECT_TIME) > 0 or not curl.getinfo(pycurl.NUM_CONNECTS)
    )
    return Progress(
        resolved=resolved,
        connected=resolved and agreed and curl.getinfo(pycurl.PRETRANSFER_TIME) > 0,
        accepted=accepted,
        answered=answered,
        received=received,
        seconds=seconds,
    )


def failed(code: int, message: str, came: Progress) -> Failed:
    """Give the failure for a libcurl error code; ``message`` is libcurl's own, shown only where it adds."""
    reason, words = _words(code, message, came)
    return Failed(reason=reason, message=words)


def too_large(max_bytes: int, *, setting: str = "") -> Failed:
    """Give the failure of a body that was not read to its end because of its size; ``setting`` says what bounds it."""
    size = f"{max_bytes / 1024 / 1024:.3g} MiB" if max_bytes >= 1024 * 1024 else f"{max_bytes} bytes"
    return Failed(
        reason=FailureReason.TOO_LARGE,
        message=f"the document is larger than {size}{f'; {setting}' if setting else ''}",
    )


def _words(code: int, message: str, came: Progress) -> tuple[FailureReason, str]:
    if code == pycurl.E_OPERATION_TIMEDOUT:
        return FailureReason.TIMEOUT, _timeout(came)
    if code in _TLS:
        if any(sign in message for sign in _HUNG_UP):
            return FailureReason.RESET, "the server hung up while encryption was being agreed on"
        return FailureReason.TLS, f"no trusted encrypted connection: {_distrust(message)}"
    if code in _RESET:
        return FailureReason.RESET, _reset(came)
    known = _FIXED.get(code)
    if known is not None:
        return known
    return FailureReason.CRASHED, f"the exchange failed in a way not foreseen (libcurl error {code})"


def _distrust(message: str) -> str:
    """Say what is wrong with a certificate or a way of encrypting; libcurl's own words where there are no others."""
    known = (words for sign, words in _DISTRUST if sign in message)
    return next(known, message.partition(", (")[0][:200])


def _timeout(came: Progress) -> str:
    after = f"within {came.seconds:.0f} s" if came.seconds >= 1 else f"within {came.seconds:.2f} s"
    if came.received:
        return f"still sending, {came.received} bytes came {after}"
    if came.answered:
        return f"the answer began and no document came {after}"
    if came.connected:
        return f"connected, and no answer came {after}"
    if came.accepted:
        return f"connected, and no encryption was agreed on {after}"
    if came.resolved:
        return f"no connection {after}"
    return f"the name of the host was not resolved {after}"


def _reset(came: Progress) -> str:
    if came.received:
        return f"the connection broke off after {came.received} bytes: the document is incomplete"
    if came.answered:
        return "the connection broke off before the document came"
    return "the server hung up without an answer"
