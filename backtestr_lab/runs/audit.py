"""What was checked of a run when it ended, as a table (P3)."""

import pandas as pd

__all__ = ["audit"]


def audit(checked):
    """One row per invariant.

    Parameters
    ----------
    checked : list of Checked
        What `check_conservation` returned.

    Returns
    -------
    DataFrame
        Index `invariant`; columns `says`, `how`, `checked` (count of records) and `result`.
    """
    return pd.DataFrame(
        {
            "says": [one.says for one in checked],
            "how": [one.how for one in checked],
            "checked": pd.array([one.checked for one in checked], "int64"),
            "result": ["does not hold: " + one.found if one.wrong else "holds" for one in checked],
        },
        index=pd.Index([one.name for one in checked], name="invariant"),
    )
