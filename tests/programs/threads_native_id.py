# ways: run threads wasmtime-threads
"""Each thread has a number of its own, and the main thread has the process's."""
import os
import threading

print(threading.get_native_id() == os.getpid() == threading.main_thread().native_id)
seen, again, started = {}, {}, threading.Barrier(5)


def note():
    seen[threading.current_thread()] = threading.get_native_id()
    started.wait()
    again[threading.current_thread()] = threading.get_native_id()


new = threading.Thread(target=note)
print(new.native_id)
threads = [new, *(threading.Thread(target=note) for _ in range(3))]
for thread in threads:
    thread.start()
started.wait()
for thread in threads:
    thread.join()
print([thread.native_id == seen[thread] == again[thread] for thread in threads], len({os.getpid(), *seen.values()}))
