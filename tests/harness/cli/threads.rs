//! Threads of `wasocket run` and of a component: where they end, and what happens when all of them wait.

use anyhow::{Result, ensure};

use super::building::wasmtime;
use super::{Case, Workshop};
use crate::component::{THREADS, compile_with};

pub(super) const CASES: &[Case] = &[
    ("threads_wait_for_one_another", threads_wait_for_one_another),
    ("threads_that_nobody_can_tell", threads_that_nobody_can_tell),
    ("threads_have_a_limit", threads_have_a_limit),
    ("threads_end_with_the_program", threads_end_with_the_program),
    ("threads_end_while_they_write", threads_end_while_they_write),
    ("no_threads", no_threads),
    ("threads_example", threads_example),
    ("threads_build", threads_build),
    ("threads_of_a_component_end", threads_of_a_component_end),
];

/// What a wait raises that nobody can end.
const DEADLOCK: &str = "all threads wait for one another, and nothing else could end that";

/// What wasmtime says of a component with threads that it is not told to have.
const NEEDS_THREADS: &str = "`thread.index` requires the component model threading feature";

fn threads_wait_for_one_another(workshop: &Workshop) -> Result<()> {
    workshop.write(
        "program.py",
        "import threading\n\
         lock = threading.Lock()\n\
         lock.acquire()\n\
         other = threading.Thread(target=lock.acquire)\n\
         other.start()\n\
         try:\n    lock.acquire()\nexcept RuntimeError as error:\n    print(error)\n\
         lock.release()\n\
         other.join()\n",
    )?;
    let output = workshop.output(&["run", "program.py"])?;
    ensure!(output == format!("{DEADLOCK}\n"), "{output:?}");
    Ok(())
}

/// The thread that is joined at the end waits for ever.
fn threads_that_nobody_can_tell(workshop: &Workshop) -> Result<()> {
    let code = "import threading; threading.Thread(target=threading.Event().wait).start()";
    let finished = workshop.run(&["run", "-c", code])?;
    ensure!(finished.stderr.contains(DEADLOCK), "{finished:?}");
    Ok(())
}

fn threads_have_a_limit(workshop: &Workshop) -> Result<()> {
    workshop.write(
        "program.py",
        "import threading\n\
         event, threads = threading.Event(), []\n\
         try:\n\
         \x20   while True:\n\
         \x20       thread = threading.Thread(target=event.wait)\n\
         \x20       thread.start()\n\
         \x20       threads.append(thread)\n\
         except RuntimeError as error:\n\
         \x20   print(error, len(threads))\n\
         event.set()\n\
         for thread in threads:\n    thread.join()\n\
         again = threading.Thread(target=print, args=('again',))\n\
         again.start()\n\
         again.join()\n",
    )?;
    let output = workshop.output(&["run", "program.py"])?;
    ensure!(output == "can't start new thread 2047\nagain\n", "{output:?}");
    Ok(())
}

/// A daemon that waits, and one that computes.
fn threads_end_with_the_program(workshop: &Workshop) -> Result<()> {
    workshop.write(
        "program.py",
        "import threading\n\
         started = threading.Barrier(3)\n\
         def wait():\n    started.wait()\n    threading.Event().wait()\n\
         def compute():\n    started.wait()\n    while True: pass\n\
         for target in wait, compute:\n    threading.Thread(target=target, daemon=True).start()\n\
         started.wait()\n\
         print('the end')\n\
         raise SystemExit(7)\n",
    )?;
    let finished = workshop.run(&["run", "program.py"])?;
    ensure!(finished.code() == 7 && finished.stdout == "the end\n", "{finished:?}");
    Ok(())
}

/// Daemons hold the lock of standard error, which the end of the program takes. Native CPython aborts in some of these runs, so
/// there is nothing to compare with.
fn threads_end_while_they_write(workshop: &Workshop) -> Result<()> {
    workshop.write(
        "program.py",
        "import sys, threading\n\
         def write():\n    while True: print('again', 'and again', file=sys.stderr)\n\
         for _ in range(20):\n    threading.Thread(target=write, daemon=True).start()\n\
         for number in range(50):\n    print('line', number, flush=True)\n",
    )?;
    let lines: String = (0..50).map(|number| format!("line {number}\n")).collect();
    let finished = workshop.run(&["run", "program.py"])?;
    ensure!(finished.code() == 0 && finished.stdout == lines, "{finished:?}");

    workshop.output(&["build", "--threads", "program.py", "-o", "program.wasm"])?;
    let compiled = compile_with(&workshop.wasmtime, &THREADS, &workshop.path("program.wasm"))?;
    let finished = wasmtime(workshop, &compiled, &THREADS, &[])?;
    ensure!(finished.code() == 0 && finished.stdout == lines, "{finished:?}");
    Ok(())
}

fn no_threads(workshop: &Workshop) -> Result<()> {
    let code = "import threading; threading.Thread(target=print).start()";
    for options in [["--no-threads"].as_slice(), &["--backend", "wasi"]] {
        let finished = workshop.run(&[&["run"], options, &["-c", code]].concat())?;
        let is_refused = finished.stderr.contains("RuntimeError: can't start new thread");
        ensure!(finished.code() == 1 && is_refused, "{options:?}: {finished:?}");
    }
    Ok(())
}

fn threads_example(workshop: &Workshop) -> Result<()> {
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/threads.py");
    let output = workshop.output(&["run", "--allow-net", example, "2"])?;
    ensure!(output == "HELLO FROM CLIENT 1\nHELLO FROM CLIENT 2\n", "{output:?}");
    Ok(())
}

/// The example as a component with threads, under both hosts; the controls are wasmtime without its flag, and no `--threads`.
fn threads_build(workshop: &Workshop) -> Result<()> {
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/threads.py");
    workshop.output(&["build", "--threads", example, "-o", "threads.wasm"])?;
    let answers = "HELLO FROM CLIENT 1\nHELLO FROM CLIENT 2\n";
    let output = workshop.output(&["run", "--allow-net", "threads.wasm", "2"])?;
    ensure!(output == answers, "{output:?}");

    let compiled = compile_with(&workshop.wasmtime, &THREADS, &workshop.path("threads.wasm"))?;
    let network = ["-S", "inherit-network"];
    let finished = wasmtime(workshop, &compiled, &[&THREADS, network.as_slice()].concat(), &["2"])?;
    ensure!(finished.code() == 0 && finished.stdout == answers, "{finished:?}");

    let refused = wasmtime(workshop, &workshop.path("threads.wasm"), &network, &["2"])?;
    ensure!(refused.code() != 0 && refused.stderr.contains(NEEDS_THREADS), "{refused:?}");

    workshop.output(&["build", example, "-o", "none.wasm"])?;
    let finished = workshop.run(&["run", "--allow-net", "none.wasm", "2"])?;
    let is_refused = finished.stderr.contains("RuntimeError: can't start new thread");
    ensure!(finished.code() == 1 && is_refused, "{finished:?}");
    Ok(())
}

/// Threads that wait for one another, and those that are left when the program ends, under wasmtime.
fn threads_of_a_component_end(workshop: &Workshop) -> Result<()> {
    workshop.write(
        "program.py",
        "import socket, sys, threading\n\
         def deadlock():\n\
         \x20   lock = threading.Lock()\n\
         \x20   lock.acquire()\n\
         \x20   other = threading.Thread(target=lock.acquire)\n\
         \x20   other.start()\n\
         \x20   try:\n        lock.acquire()\n    except RuntimeError as error:\n        print(error)\n\
         \x20   lock.release()\n\
         \x20   other.join()\n\
         def pair():\n\
         \x20   near, far = socket.socketpair()\n\
         \x20   other = threading.Thread(target=near.recv, args=(1,), daemon=True)\n\
         \x20   other.start()\n\
         \x20   try:\n        far.recv(1)\n    except OSError as error:\n        print(error.strerror)\n\
         def end():\n\
         \x20   started = threading.Barrier(3)\n\
         \x20   def receive():\n        near, far = socket.socketpair()\n        started.wait()\n        near.recv(1)\n\
         \x20   def compute():\n        started.wait()\n        while True: pass\n\
         \x20   for target in receive, compute:\n        threading.Thread(target=target, daemon=True).start()\n\
         \x20   started.wait()\n\
         \x20   print('the end')\n\
         globals()[sys.argv[1]]()\n",
    )?;
    workshop.output(&["build", "--threads", "program.py", "-o", "program.wasm"])?;
    let compiled = compile_with(&workshop.wasmtime, &THREADS, &workshop.path("program.wasm"))?;
    for (case, said) in [("deadlock", DEADLOCK), ("pair", "Resource deadlock avoided"), ("end", "the end")] {
        let finished = wasmtime(workshop, &compiled, &THREADS, &[case])?;
        ensure!(finished.code() == 0 && finished.stdout == format!("{said}\n"), "{case}: {finished:?}");
    }
    Ok(())
}
