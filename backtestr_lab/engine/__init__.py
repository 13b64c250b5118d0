"""The engine: pure, compiled, deterministic. No clock but its own, no file, no log, no pandas, no global."""
