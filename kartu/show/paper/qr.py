"""An address as a QR code."""

from __future__ import annotations


def qr_code(address: str) -> str:
    """The code as an <svg> with its white border; a fifth of it may be dirty."""
    import segno

    code = segno.make(address, error="m", micro=False)
    drawn: str = code.svg_inline(border=4, omitsize=True, svgclass="qr", lineclass=None)
    return drawn
