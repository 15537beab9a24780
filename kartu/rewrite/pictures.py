"""Pictures from a teacher's computer as decks hold them: upright, in sRGB, without hidden data.

A photo says where and when it was taken, and by whom; students get none of that. Each picture is
encoded again, so that nothing but what can be seen is left, and one that is large for a phone is
offered smaller. Drawings (SVG) stay as they are, if they are nothing but drawings.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from kartu.compile.render.signatures import content_of_file
from kartu.core.language import N_, _
from kartu.core.source import Span
from kartu.load.svg import drawing_fault
from kartu.rewrite.notes.values import EditRefusedError

if TYPE_CHECKING:
    from PIL import Image, ImageFile

LONGEST_SIDE = 1600  # pixels: more than a phone displays
MOST_PIXELS = 64_000_000  # of all frames together, where there are several
_QUALITY = 82
_WHOLE_QUALITY = 92
_WORTH_LESS = 300_000  # bytes; a picture of fewer is offered in one size
_SAVES = 0.8  # the smaller one must have at most this share of the other's bytes
_COLOURS = 4096  # photos have more

_TURNED = 0x0112  # Exif: orientation
_PLACE = 0x8825  # Exif: GPS
_ENDINGS = {"JPEG": "jpg", "PNG": "png", "GIF": "gif", "WEBP": "webp", "AVIF": "avif"}
_HIDDEN = ("comment", "exif", "xmp", "XML:com.adobe.xmp")  # what Pillow would save again
_HELP = N_("open it and save it as PNG or JPEG")


class Size(NamedTuple):
    """A picture in one of the sizes in which it is offered; `ending` is that of names for it."""

    data: bytes
    width: int
    height: int
    ending: str


class Picture(NamedTuple):
    """A picture for a deck.

    `sizes` are those to choose from, the smallest first. `turned` is whether it was not upright,
    `cleared` what was taken out: "place" and "about".
    """

    sizes: tuple[Size, ...]
    turned: bool = False
    cleared: tuple[str, ...] = ()


def picture_of(data: bytes) -> Picture:
    """Returns what a deck holds of a picture, whatever its name said.

    Raises:
        EditRefusedError: It is none that all devices show, is broken, or is more than a picture;
            or the library that reads pictures is not installed.
    """
    found = content_of_file(data)
    if found is not None and "svg" in found.endings:
        return _drawing(data)
    if found is not None and not {*found.endings} & {*_ENDINGS.values()}:
        help = _(found.help, error=found.error) if found.help else ""
        what = _(found.what)
        raise _refused(_("the file holds {what}: students would see no picture", what=what), help)
    try:
        return _read(data)
    except EditRefusedError:
        raise
    except Exception as error:  # decoders raise anything of bytes that are no picture
        raise _refused(_("this picture is broken, or not whole")) from error


def _refused(message: str, help: str = "") -> EditRefusedError:
    return EditRefusedError(Span(""), message, help or _(_HELP))


def _drawing(data: bytes) -> Picture:
    if fault := drawing_fault(data):
        message = _("this drawing is more than a picture: {fault}", fault=fault)
        raise _refused(message, _("save it as PNG, or as a plain SVG"))
    return Picture((Size(data, 0, 0, "svg"),))


def _read(data: bytes) -> Picture:
    with _opened(data) as image:
        frames = getattr(image, "n_frames", 1)
        if image.width * image.height * frames > MOST_PIXELS:
            raise _too_large()
        exif = image.getexif()
        about = exif or image.info.keys() & {*_HIDDEN}
        cleared = ("place",) * bool(exif.get_ifd(_PLACE)) + ("about",) * bool(about)
        if frames > 1:
            return Picture((_animated(image),), cleared=cleared)
        turned = exif.get(_TURNED, 1) not in (0, 1)
        upright = _in_srgb(_upright(image))
        whole = _whole(image, upright, turned=turned)
    smaller = _smaller(upright, whole.ending) if len(whole.data) > _WORTH_LESS else None
    if smaller is None or len(smaller.data) > len(whole.data) * _SAVES:
        return Picture((whole,), turned, cleared)
    return Picture((smaller, whole), turned, cleared)


def _opened(data: bytes) -> ImageFile.ImageFile:
    """The picture, of which only the beginning is read; each kind by the reader of that kind.

    Image.open would warn, which is for the whole process, of a picture that is too large.
    """
    try:
        from PIL import (
            AvifImagePlugin,
            GifImagePlugin,
            JpegImagePlugin,
            PngImagePlugin,
            WebPImagePlugin,
        )
    except ImportError as error:
        message = _("a library that reads pictures is missing")
        raise _refused(message, "pip install 'kartu[edit]'") from error
    readers: dict[bytes, Callable[[io.BytesIO], ImageFile.ImageFile]] = {
        b"\xff\xd8": JpegImagePlugin.JpegImageFile,
        b"\x89P": PngImagePlugin.PngImageFile,
        b"GI": GifImagePlugin.GifImageFile,
        b"RI": WebPImagePlugin.WebPImageFile,
    }
    return readers.get(data[:2], AvifImagePlugin.AvifImageFile)(io.BytesIO(data))


def _too_large() -> EditRefusedError:
    most = MOST_PIXELS // 1_000_000
    message = _("this picture has more than {most} million pixels", most=most)
    return _refused(message, _("make it smaller first"))


def _upright(image: Image.Image) -> Image.Image:
    from PIL import ImageOps

    image.load()
    found = ImageOps.exif_transpose(image)
    return found if found is not None else image


def _in_srgb(image: Image.Image) -> Image.Image:
    """The picture with the colours that it has without a profile, eight bits each."""
    from PIL import ImageCms

    if image.mode.startswith("I") or image.mode == "F":  # 16 bits of grey
        image = image.point(lambda value: value * (1 / 256)).convert("L")
    profile = image.info.get("icc_profile")
    transparent = image.has_transparency_data
    if image.mode not in ("L", "P", "RGB", "RGBA", "CMYK") or (profile and image.mode == "P"):
        image = image.convert("RGBA" if transparent else "RGB")
    if profile and image.mode != "L":
        target = "RGBA" if image.mode == "RGBA" else "RGB"
        try:
            given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            changed = ImageCms.profileToProfile(
                image, given, ImageCms.createProfile("sRGB"), outputMode=target
            )
            image = changed if changed is not None else image
        except (ImageCms.PyCMSError, OSError):  # without a profile it is read as sRGB
            pass
    return image.convert("RGB") if image.mode == "CMYK" else image


def _whole(given: Image.Image, upright: Image.Image, *, turned: bool) -> Size:
    """The picture in all its pixels; one that needs no change with the tables that it has."""
    ending = _ENDINGS[str(given.format)]
    same = given.format == "JPEG" and given.mode == upright.mode
    if same and not turned and not given.info.get("icc_profile"):
        return Size(_encoded(given, ending, quality="keep"), *given.size, ending)
    options = {"quality": _WHOLE_QUALITY, **(_tables(given) if same else {})}
    data = _encoded(upright, ending, **options)
    return Size(data, *upright.size, ending)


def _tables(given: Image.Image) -> dict[str, Any]:
    """What makes a JPEG as good as the given one, and no better."""
    from PIL.JpegImagePlugin import get_sampling

    tables = getattr(given, "quantization", None)
    return {"quality": -1, "qtables": tables, "subsampling": get_sampling(given)} if tables else {}


def _smaller(image: Image.Image, ending: str) -> Size | None:
    """The picture as large as a phone displays it; None for one that would not become smaller."""
    from PIL.Image import Resampling

    scale = min(1.0, LONGEST_SIDE / max(image.size))
    if ending == "png" and not image.has_transparency_data and not image.getcolors(_COLOURS):
        ending = "jpg"  # a photo
    if scale == 1.0 and ending in ("png", "gif"):
        return None
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    if image.mode == "P":
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    image = image.resize(size, Resampling.LANCZOS)
    return Size(_encoded(image, ending, quality=_QUALITY), *size, ending)


def _encoded(image: Image.Image, ending: str, *, quality: int | str, **more: Any) -> bytes:
    out = io.BytesIO()
    options: dict[str, Any] = {"exif": b"", "icc_profile": None, **more}
    image = image.copy() if quality != "keep" else image
    for name in (*_HIDDEN, "icc_profile"):
        image.info.pop(name, None)
    if ending == "jpg":
        flat = image if image.mode in ("L", "RGB") or quality == "keep" else image.convert("RGB")
        own = {"comment": b"", "xmp": b"", "quality": quality, "optimize": True}
        flat.save(out, "JPEG", progressive=True, **(own | options))
    elif ending == "png":
        image.save(out, "PNG", optimize=image.width * image.height < 4_000_000, **options)
    elif ending == "gif":
        image.save(out, "GIF")
    else:
        image = image if image.mode in ("RGB", "RGBA") else image.convert("RGBA")
        image.save(out, ending.upper(), quality=quality, xmp=b"", **options)
    return out.getvalue()


def _animated(image: Image.Image) -> Size:
    """A picture that moves, with all its frames and their times."""
    from PIL import ImageSequence

    frames, times = [], []
    for frame in ImageSequence.Iterator(image):
        times.append(frame.info.get("duration", 100))
        frames.append(frame.copy())
        for name in (*_HIDDEN, "icc_profile"):
            frames[-1].info.pop(name, None)
    options: dict[str, Any] = {"save_all": True, "append_images": frames[1:], "duration": times}
    if "loop" in image.info:
        options["loop"] = image.info["loop"]
    if image.format in ("WEBP", "AVIF"):
        options |= {"quality": _WHOLE_QUALITY}
    out = io.BytesIO()
    frames[0].save(out, str(image.format), **options)
    return Size(out.getvalue(), *image.size, _ENDINGS[str(image.format)])
