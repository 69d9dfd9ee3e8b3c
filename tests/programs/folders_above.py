"""The folders above those that a program was given are there, and list what is below."""
import os
import stat
import tempfile
from pathlib import Path

folder = Path(tempfile.gettempdir())
(folder / "file").write_text("content")
for above in folder.parents:
    print(above.is_dir(), above.exists(), stat.S_ISDIR(os.lstat(above).st_mode), os.access(above, os.X_OK))
    (below,) = [part for part in (folder, *folder.parents) if part.parent == above and part != above]
    print(below.name in os.listdir(above), below.name in [entry.name for entry in os.scandir(above) if entry.is_dir()])
    try:
        open(above)
    except OSError as error:
        print(type(error).__name__)
print(any("file" in files for _, _, files in os.walk(folder)))
print([Path("/none").exists(), os.path.isdir("/none"), os.access("/none", os.F_OK)])
try:
    os.listdir("/none")
except OSError as error:
    print(type(error).__name__, error.filename)
