"""What docs/ draws from code: pictures and tables of real runs, and of the engine's own tables.

``make docs`` writes them, tests/test_drawn.py fails when what is committed is not what would be written now.
"""
