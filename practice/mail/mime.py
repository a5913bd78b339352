"""An e-mail's bytes as SMTP carries them: CRLF, leading dots doubled, the final dot.

Own code because Django's message() with the standard library's generator takes three times as long as everything
else about a message; it knows only what outbox_render makes, and a test holds it to what Django would have written.
"""

import secrets
from email.charset import QP, Charset
from email.header import Header
from email.utils import formatdate

from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import sanitize_address

#: RFC 5322: octets of a line, without its end.
LONGEST_LINE = 998
CRLF = "\r\n"
_QUOTED = Charset("utf-8")
_QUOTED.body_encoding = QP


def wire_bytes(email: EmailMultiAlternatives) -> bytes:
    """Raises ValueError for a header that would begin another."""
    headers = {
        "Subject": email.subject,
        "From": _addresses([email.from_email]),
        "To": _addresses(email.to),
        "Date": formatdate(),
        **({"Reply-To": _addresses(email.reply_to)} if email.reply_to else {}),
        **email.extra_headers,
        "MIME-Version": "1.0",
    }
    head = "".join(_header(name, str(value)) for name, value in headers.items())
    plain = _part(str(email.body), "plain")
    if not email.alternatives:
        text = head + plain
    else:
        parts = [plain, *(_part(str(content), kind.partition("/")[2]) for content, kind in email.alternatives)]
        line = f"--={secrets.token_hex(12)}="
        inside = "".join(f"{line}\r\n{part}\r\n" for part in parts)
        text = f'{head}Content-Type: multipart/alternative; boundary="{line[2:]}"\r\n\r\n{inside}{line}--\r\n'
    return text.replace("\r\n.", "\r\n..").removesuffix("\r\n").encode() + b"\r\n.\r\n"


def _addresses(addresses: list[str]) -> str:
    """A name in another script is encoded by itself, a domain by IDNA: the address must stay one."""
    return ", ".join(each if each.isascii() else sanitize_address(each, "utf-8") for each in addresses)


def _header(name: str, value: str) -> str:
    if not value.isprintable():
        raise ValueError(f"Control characters in the header {name}.")
    line = f"{name}: {value}\r\n"
    if value.isascii() and len(line) <= LONGEST_LINE:
        return line
    coded = Header(value, None if value.isascii() else "utf-8", header_name=name)
    return f"{name}: {coded.encode(linesep=CRLF)}{CRLF}"


def _part(text: str, kind: str) -> str:
    text = _with_crlf(text)
    how = "7bit" if text.isascii() else "8bit"
    lines = text.split(CRLF)
    # A letter takes four octets at most, so most texts need no second look.
    if max(map(len, lines)) * 4 > LONGEST_LINE < max(len(line.encode()) for line in lines):
        how, text = "quoted-printable", _with_crlf(_QUOTED.body_encode(text))
    return f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: {how}\r\n\r\n{text}"


def _with_crlf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
