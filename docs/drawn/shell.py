"""Snippets are run where their source can be found again, as a cell's can: strategies are compiled from it."""

from backtestr_lab.strategy.source import remember

__all__ = ["Shell"]


class Shell:
    """Names that snippets share, like the cells of one notebook."""

    def __init__(self, name):
        self.name, self.count = name, 0
        self.known = {"__name__": "__main__"}

    def run_cell(self, code):
        """Run a snippet, give the names that are known then."""
        self.count += 1
        filename = f"<{self.name} {self.count}>"
        remember(filename, code)
        exec(compile(code, filename, "exec"), self.known)
        return self.known
