"""The media loop as machine code: the modules that every frame goes through, compiled from the very same source.

`python -m media.native.build` compiles them with mypyc where a C compiler is at hand; `loading` takes what was built
from exactly the source that is there. Without it everything runs as plain Python: slower, and otherwise the same.
"""
