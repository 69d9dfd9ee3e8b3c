"""List the files that `wasocket build` embeds.

Runs inside the interpreter component itself, so that it reads imports and
syntax exactly as the interpreter that will run them::

    python -m wasocket.bundle [--python-path DIR]... SCRIPT

SCRIPT and every DIR are absolute guest paths, readable under the same path.
The answer is one JSON object on standard output::

    {
      "main": "app.py",
      "files": [{"name": "app.py", "path": "/home/me/app.py"}, ...],
      "missing": ["simplejson", ...]
    }

`name` is the embedded name (relative, with "/", sorted, no duplicates) and
`path` the guest path to copy it from. `main` is the name to give to
`main.embedded`. `missing` lists modules that are imported somewhere but found
neither in the standard library nor beside the program; that is no error, as
such imports are often guarded by `try`.

The status is 0, or 1 with one line per problem on standard error, such as
`/home/me/app.py:3:5: SyntaxError: invalid syntax`, and nothing on standard
output; 2 for wrong arguments.

What is embedded: the script; every module that it imports from its own
folder, and what those import in turn; a package whole, with its data files,
as soon as any part of it is imported; and every DIR whole. Where two places
offer the same top-level module, the first one wins, as on `sys.path`.
"""
