"""The folders above those that a program was given are there, and list what is below."""
import os
import stat
import tempfile
from pathlib import Path

folder = Path(tempfile.gettempdir())
(folder / "file").write_text("content")
found = set()
for above in folder.parents:
    found.add((above.is_dir(), above.exists(), stat.S_ISDIR(os.lstat(above).st_mode), os.access(above, os.X_OK)))
    (below,) = [part for part in (folder, *folder.parents) if part.parent == above and part != above]
    entries = [entry.name for entry in os.scandir(above) if entry.is_dir()]
    found.add((below.name in os.listdir(above), below.name in entries))
    try:
        open(above)
    except OSError as error:
        found.add(type(error).__name__)
print(sorted(found, key=str))
print(any("file" in files for _, _, files in os.walk(folder)))
print([Path("/none").exists(), os.path.isdir("/none"), os.access("/none", os.F_OK)])
try:
    os.listdir("/none")
except OSError as error:
    print(type(error).__name__, error.filename)
