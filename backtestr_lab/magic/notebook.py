"""The cell magic `%%backtest`."""

from pathlib import Path

from IPython.core.magic import Magics, cell_magic, magics_class, needs_local_scope, no_var_expand
from IPython.display import display

from ..errors import BacktestrError, RunStopped, StrategyError
from ..strategy.trust import trusted_always
from . import warm
from .cell import define
from .data import data_of, keywords_of
from .line import manual, parse, split
from .options import MAGIC
from .progress import Progress

__all__ = ["BacktestMagics"]

USAGE = "%%backtest SYMBOL [SYMBOL ...] [options]"
ABOUT = """\
Run the strategy that this cell defines over the ticks of one symbol or of several, tick by tick.

The cell needs no imports: Strategy, Indicator, ta, pips, points, pct, share, risk, crossed_above, crossed_below, lab
and np are there. It defines one subclass of Strategy; whatever else it defines stays in the notebook too. The cell's
value is the run: `_`, or the name given with --as."""
EXAMPLES = """\
values:
  $name stands for a value of the notebook: --cash $cash, --set fast=$n, --start $begin
  a value with spaces needs quotes: --start "2014-05-01 12:30"

examples:
  %%backtest EURUSD --sample
  %%backtest EURUSD --start 2014-05-01 --end 2014-05-10 --cash 100_000 --commission 3.5/lot --as trend
  %%backtest EURUSD --sample 20 --set fast=12 --set slow=26 --slippage 0.2pips
  %%backtest EURUSD GBPUSD --max-leverage 10 --daily-loss 2%
  %%backtest BTCUSDT --store crypto.duckdb --timeframes 1m,1h,1d --python

  class Trend(Strategy):
      fast = 10
      timeframe = "5m"

      def init(self):
          self.average = ta.ema("5m", self.fast)

      def on_bar(self, bar):
          if bar.close > self.average[-1] and not self.position:
              self.buy(10_000, stop_loss=pips(10), take_profit=pips(15))

Interrupting the kernel ends a run at once and keeps what was computed."""


@magics_class
class BacktestMagics(Magics):
    """The magics of BackTestr Lab.

    Examples
    --------
    >>> get_ipython().register_magics(BacktestMagics)          # doctest: +SKIP
    """

    @no_var_expand
    @needs_local_scope
    @cell_magic
    def backtest(self, line, cell, local_ns=None):
        # its documentation is set below
        tokens = split(line)
        if {"-h", "--help"} & set(tokens):
            print(self.backtest.__doc__)
            return None
        names = self.shell.user_ns | (local_ns or {})
        given, words = parse(tokens, MAGIC, names)
        run = None
        try:
            run = self._run(given, words, line, cell)
        except BacktestrError as error:
            run = getattr(error, "run", None)
            if run is not None:
                self._keep(run, given)
                if isinstance(error, RunStopped) and not given.quiet:
                    _tell(run)
            raise
        if getattr(given, "as"):
            self.shell.push({getattr(given, "as"): run})
        if not given.quiet:
            return run
        self._keep(run, given)
        return None

    backtest.__doc__ = manual(MAGIC, USAGE, ABOUT, EXAMPLES)

    def _run(self, given, words, line, cell):
        try:
            with Progress() as progress:
                warm.wait(progress.say)
                strategy, source = self._define(line, cell, given.trust or trusted_always())
                progress.say(f"loading {', '.join(words) or 'ticks'}")
                data, more = data_of(given, words)
                from ..runs import backtest

                return backtest(strategy, data, **more, **keywords_of(given), source=source, progress=progress)
        except KeyboardInterrupt:
            raise RunStopped("interrupted before the run began; run the cell again") from None

    def _define(self, line, cell, trust):
        """The cell's strategy and what the strategy layer needs to read it."""
        shell = self.shell
        # The magic's line stays as a comment, so that line 4 of the cell is line 4 of the text.
        written = f"%%backtest {line}\n{cell}"
        try:
            text = shell.transform_cell(f"# {written}")
        except SyntaxError as error:
            raise StrategyError(error.msg, line=error.lineno) from None
        filename = shell.compile.cache(text, shell.execution_count, raw_code=written.removesuffix("\n"))
        strategy, scope = define(
            text,
            filename,
            shell.user_ns,
            flags=shell.compile.flags,
            bring=lambda names: shell.push(names, interactive=False),
            folder=Path.cwd(),
            trust=trust,
        )
        return strategy, {"source": text, "filename": filename, "namespace": scope}

    def _keep(self, run, given):
        """Bind the run as the cell's value would be, without showing it."""
        self.shell.displayhook.update_user_ns(run)
        if getattr(given, "as"):
            self.shell.push({getattr(given, "as"): run})


def _tell(run):
    """The words of a partial run, without its charts: whoever stops a run wants the kernel back at once."""
    from ..replay import summary

    display({"text/plain": summary.text(run), "text/html": summary.html(run)}, raw=True)
