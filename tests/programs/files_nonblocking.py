"""A regular file never blocks: `O_NONBLOCK` changes nothing for it."""
import os
import tempfile

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "file")
    with open(path, "wb") as file:
        os.set_blocking(file.fileno(), False)
        print(file.write(b"abc" * 1000))
    descriptor = os.open(path, os.O_RDONLY)
    os.set_blocking(descriptor, False)
    print(os.read(descriptor, 3), os.read(descriptor, 4), os.get_blocking(descriptor))
    with open(descriptor, "rb") as file:
        print(len(file.read()), file.read())
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    print(os.read(descriptor, 3), os.get_blocking(descriptor))
    os.close(descriptor)

    descriptor = os.open(path, os.O_WRONLY)
    os.set_blocking(descriptor, False)
    copy = os.dup(descriptor)
    print(os.write(descriptor, b"x" * 300_000), os.get_blocking(copy))
    os.set_blocking(copy, True)
    print(os.get_blocking(descriptor), os.stat(path).st_size)
    os.close(copy)
    os.close(descriptor)
