"""``PYTHONPATH=docs python -m drawn``: write every picture and every drawn place of the pages, name what changed."""

from .shell import Shell
from .write import DOCS, drawn, pages

for page in pages():
    for path, text in drawn(page, Shell(page.name).run_cell).items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(path.relative_to(DOCS.parent))
