"""The text inside a file: plain, gzip or zip; UTF-8 or UTF-16."""

import gzip
import io
import zipfile
import zlib

from ...errors import DataError

__all__ = ["is_zip", "unpack"]


def is_zip(data):
    """Whether a file begins like a zip archive."""
    return data[:4] == b"PK\x03\x04"


def unpack(path, data):
    """The text of the file as UTF-8 bytes, and the name of the archive's member (or None).

    Raises
    ------
    DataError
        The archive is cut short or damaged, holds no file or several, or the text is not UTF-8 or UTF-16.

    Examples
    --------
    >>> unpack("x.gz", gzip.compress(b"time,bid,ask"))
    (b'time,bid,ask', None)
    """
    member = None
    try:
        if data[:2] == b"\x1f\x8b":
            data = gzip.decompress(data)
        elif is_zip(data):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                members = [name for name in archive.namelist() if not name.endswith("/")]
                if len(members) != 1:
                    raise DataError(
                        f"{path} holds {len(members)} files, one is needed; unpack it and ingest the folder"
                    )
                member = members[0]
                data = archive.read(member)
    except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile) as error:
        raise DataError(f"{path}: the archive is cut short or damaged ({_words(error)}); download it again") from None
    except (RuntimeError, NotImplementedError) as error:
        raise DataError(f"{path}: the archive cannot be opened ({_words(error)}); unpack it first") from None
    return _utf8(path, data), member


def _words(error):
    text = str(error).strip().rstrip(".")
    return text[:1].lower() + text[1:]


def _utf8(path, data):
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return data.decode("utf-16").encode()
        except UnicodeDecodeError:
            raise DataError(f"{path}: its text begins like UTF-16 but is not; save it as UTF-8") from None
    if data[:3] == b"\xef\xbb\xbf":
        data = data[3:]
    if b"\0" in data[:1024]:
        raise DataError(f"{path} is not a text, and none of the known formats; give format= if it is one")
    return data
