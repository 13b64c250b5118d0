"""Parquet files."""

import pyarrow as pa
import pyarrow.parquet as pq

from ...errors import DataError
from ..names import find_columns
from ..tables import rows_from_columns

ENDINGS = (".parquet", ".pq")


def fits(path, data):
    """The file begins with Parquet's mark."""
    return data[:4] == b"PAR1"


def read(path, data, request):
    """Rows of the columns that are needed; the others are not decoded."""
    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        roles = find_columns(file.schema_arrow.names, request.columns, str(path))
        table = file.read(columns=list(roles.values()))
    except (pa.ArrowInvalid, OSError) as error:
        text = str(error).splitlines()[0]
        raise DataError(f"{path}: it is cut short or damaged, or not Parquet ({text}); download it again") from None
    columns = {role: table.column(name).combine_chunks() for role, name in roles.items()}
    return rows_from_columns(columns, str(path), tz=request.tz or "UTC")
