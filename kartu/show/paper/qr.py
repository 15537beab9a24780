"""An address as a QR code."""

from __future__ import annotations


def qr_code(address: str) -> str:
    """Returns the code as an <svg> with its quiet zone; 15 % of it can be restored (level M)."""
    import segno

    code = segno.make(address, error="m", micro=False)
    drawn: str = code.svg_inline(border=4, omitsize=True, svgclass="qr", lineclass=None)
    return drawn
