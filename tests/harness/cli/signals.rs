//! Signals that somebody sends to `wasocket run`, which it passes on to the program.

use std::fmt::Write as _;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use rustix::process::Signal;

use super::{Case, PATIENCE, Workshop};
use crate::process::{Finished, Running, native};

pub(super) const CASES: &[Case] = &[
    ("ctrl_c_is_keyboard_interrupt", ctrl_c_is_keyboard_interrupt),
    ("ctrl_c_without_threads", ctrl_c_without_threads),
    ("ctrl_c_at_a_prompt", ctrl_c_at_a_prompt),
    ("ctrl_c_twice", ctrl_c_twice),
    ("ctrl_c_and_a_component", ctrl_c_and_a_component),
    ("signals_reach_handlers", signals_reach_handlers),
    ("signals_end_asyncio_servers", signals_end_asyncio_servers),
    ("signals_without_handlers", signals_without_handlers),
    ("signals_that_are_blocked", signals_that_are_blocked),
];

/// How soon a program that was told to end has to.
const SOON: Duration = Duration::from_secs(30);

/// What Ctrl-C interrupts, after it has printed "ready".
const BUSY: &[(&str, &str)] = &[
    ("computes", "while True: pass"),
    ("calls", "while True: len([])"),
    ("sleeps", "import time; time.sleep(1000)"),
    ("accepts", "import socket; socket.create_server(('127.0.0.1', 0)).accept()"),
    ("selects", "import select; select.select([], [], [], 1000)"),
    ("runs asyncio", "import asyncio; asyncio.run(asyncio.sleep(1000))"),
    ("serves", "import http.server; http.server.HTTPServer(('127.0.0.1', 0), None).serve_forever()"),
];
const BUSY_WITH_THREADS: &[(&str, &str)] = &[
    (
        "joins",
        "import threading, time; t = threading.Thread(target=time.sleep, args=(1000,), daemon=True); t.start(); t.join()",
    ),
    (
        "joins what computes",
        "import threading; t = threading.Thread(target=exec, args=('while True: pass',), daemon=True); t.start(); t.join()",
    ),
    (
        "waits for a queue",
        "import queue, threading, time; threading.Thread(target=time.sleep, args=(1000,), daemon=True).start(); queue.Queue().get()",
    ),
];

fn ctrl_c_is_keyboard_interrupt(workshop: &Workshop) -> Result<()> {
    BUSY.iter().try_for_each(|(what, code)| interrupt(workshop, &[], what, code))?;
    // What native Python's status is depends on what the other thread does just then.
    BUSY_WITH_THREADS.iter().try_for_each(|(what, code)| interrupt_here(workshop, &[], what, code).map(drop))
}

fn ctrl_c_without_threads(workshop: &Workshop) -> Result<()> {
    BUSY.iter().try_for_each(|(what, code)| interrupt(workshop, &["--no-threads"], what, code))
}

/// Natively and in a guest: `finally` and `atexit` run, the traceback is shown, and the status is what a shell shows.
fn interrupt(workshop: &Workshop, options: &[&str], what: &str, code: &str) -> Result<()> {
    let here = interrupt_here(workshop, options, what, code)?;
    let mut native = native(&workshop.python);
    native.arg("program.py").current_dir(workshop.folder.path());
    let natively = interrupted(native)?;
    ensure!(here.stdout == natively.stdout && here.code() == natively.code(), "{what}: {natively:?} and {here:?}");
    Ok(())
}

fn interrupt_here(workshop: &Workshop, options: &[&str], what: &str, code: &str) -> Result<Finished> {
    let mut program = String::from("import atexit\natexit.register(print, 'at exit')\n");
    writeln!(program, "try:\n    print('ready', flush=True)\n    {code}\nfinally:\n    print('finally')")?;
    workshop.write("program.py", &program)?;
    let command = workshop.command(&[&["run", "--allow-net"], options, &["program.py"]].concat());
    let here = interrupted(command).with_context(|| what.to_owned())?;
    ensure!(here.stdout == "ready\nfinally\nat exit\n" && here.code() == 130, "{what}: {here:?}");
    ensure!(here.stderr.trim_end().ends_with("KeyboardInterrupt"), "{what}: {}", here.stderr);
    Ok(here)
}

fn interrupted(command: Command) -> Result<Finished> {
    let running = Running::start(command, b"")?;
    running.expect_line("ready", PATIENCE)?;
    running.signal(Signal::INT)?;
    running.finish(SOON)
}

fn ctrl_c_at_a_prompt(workshop: &Workshop) -> Result<()> {
    let program =
        "try:\n    print('ready', flush=True)\n    input()\nexcept KeyboardInterrupt:\n    print('interrupted')\n";
    workshop.write("program.py", program)?;
    for options in [&["run", "program.py"][..], &["run", "--no-threads", "program.py"]] {
        let (running, _keyboard) = Running::with_keyboard(workshop.command(options))?;
        running.expect_line("ready", PATIENCE)?;
        running.signal(Signal::INT)?;
        let finished = running.finish(SOON)?;
        ensure!(finished.stdout == "ready\ninterrupted\n" && finished.code() == 0, "{options:?}: {finished:?}");
    }
    Ok(())
}

/// The second one ends what does not end by itself.
fn ctrl_c_twice(workshop: &Workshop) -> Result<()> {
    for rest in ["while True: pass", "import time; time.sleep(1000)"] {
        workshop.write(
            "program.py",
            format!(
                "try:\n    print('ready', flush=True)\n    while True: pass\nfinally:\n    print('finally', flush=True)\n    {rest}\n"
            ),
        )?;
        let running = Running::start(workshop.command(&["run", "program.py"]), b"")?;
        running.expect_line("ready", PATIENCE)?;
        running.signal(Signal::INT)?;
        running.expect_line("finally", SOON)?;
        running.signal(Signal::INT)?;
        let finished = running.finish(SOON)?;
        ensure!(finished.code() == 130 && finished.stderr.is_empty(), "{rest}: {finished:?}");
    }
    Ok(())
}

/// What catches nothing ends at once.
fn ctrl_c_and_a_component(workshop: &Workshop) -> Result<()> {
    workshop.write("program.py", "print('ready', flush=True)\nwhile True:\n    pass\n")?;
    workshop.output(&["build", "program.py", "-o", "program.wasm"])?;
    let running = Running::start(workshop.command(&["run", "program.wasm"]), b"")?;
    running.expect_line("ready", PATIENCE)?;
    running.signal(Signal::INT)?;
    let finished = running.finish(SOON)?;
    ensure!(finished.code() == 130, "{finished:?}");
    Ok(())
}

fn signals_reach_handlers(workshop: &Workshop) -> Result<()> {
    // A signal may come between two calls of `pause()`, natively too.
    let program = "import select, signal\n\
        seen = []\n\
        def handler(number, frame):\n\
        \x20   print(signal.Signals(number).name, flush=True)\n\
        \x20   seen.append(number)\n\
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2, signal.SIGQUIT):\n\
        \x20   signal.signal(number, handler)\n\
        signal.signal(signal.SIGINT, signal.SIG_IGN)\n\
        print('ready', flush=True)\n\
        while len(seen) < 5:\n\
        \x20   select.select([], [], [], 0.1)\n";
    workshop.write("program.py", program)?;
    let running = Running::start(workshop.command(&["run", "program.py"]), b"")?;
    running.expect_line("ready", PATIENCE)?;
    running.signal(Signal::INT)?;
    for (signal, name) in [
        (Signal::TERM, "SIGTERM"),
        (Signal::HUP, "SIGHUP"),
        (Signal::USR1, "SIGUSR1"),
        (Signal::USR2, "SIGUSR2"),
        (Signal::QUIT, "SIGQUIT"),
    ] {
        running.signal(signal)?;
        running.expect_line(name, SOON)?;
    }
    let finished = running.finish(SOON)?;
    ensure!(finished.code() == 0, "{finished:?}");
    Ok(())
}

fn signals_end_asyncio_servers(workshop: &Workshop) -> Result<()> {
    let program = "import asyncio, signal\n\
        async def main():\n\
        \x20   stop = asyncio.Event()\n\
        \x20   for number in (signal.SIGINT, signal.SIGTERM):\n\
        \x20       asyncio.get_running_loop().add_signal_handler(number, stop.set)\n\
        \x20   async with await asyncio.start_server(print, '127.0.0.1', 0):\n\
        \x20       print('ready', flush=True)\n\
        \x20       await stop.wait()\n\
        \x20   print('closed')\n\
        asyncio.run(main())\n";
    workshop.write("program.py", program)?;
    for signal in [Signal::INT, Signal::TERM] {
        let running = Running::start(workshop.command(&["run", "--allow-net", "program.py"]), b"")?;
        running.expect_line("ready", PATIENCE)?;
        running.signal(signal)?;
        let finished = running.finish(SOON)?;
        ensure!(finished.stdout == "ready\nclosed\n" && finished.code() == 0, "{signal:?}: {finished:?}");
    }
    Ok(())
}

/// They do to the command what they do to any process; so do those whose handlers are gone.
fn signals_without_handlers(workshop: &Workshop) -> Result<()> {
    for (before, signal, status) in [
        ("", Signal::TERM, 143),
        ("", Signal::HUP, 129),
        (
            "import signal; signal.signal(signal.SIGTERM, print); signal.signal(signal.SIGTERM, signal.SIG_DFL)",
            Signal::TERM,
            143,
        ),
        ("import signal; signal.signal(signal.SIGINT, signal.SIG_DFL)", Signal::INT, 130),
        ("import signal; signal.signal(signal.SIGALRM, signal.SIG_DFL); signal.alarm(1)", Signal::WINCH, 142),
    ] {
        workshop.write("program.py", format!("{before}\nprint('ready', flush=True)\nwhile True:\n    pass\n"))?;
        let running = Running::start(workshop.command(&["run", "program.py"]), b"")?;
        running.expect_line("ready", PATIENCE)?;
        running.signal(signal)?;
        let finished = running.finish(SOON)?;
        ensure!(finished.code() == status, "{before:?} and {signal:?}: {finished:?}");
    }
    Ok(())
}

fn signals_that_are_blocked(workshop: &Workshop) -> Result<()> {
    let program = "import signal\n\
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})\n\
        print('ready', flush=True)\n\
        print(signal.sigwait({signal.SIGTERM}).name, signal.sigpending())\n\
        signal.signal(signal.SIGINT, lambda *_: print('interrupted'))\n\
        signal.pthread_sigmask(signal.SIG_SETMASK, ())\n";
    workshop.write("program.py", program)?;
    let running = Running::start(workshop.command(&["run", "program.py"]), b"")?;
    running.expect_line("ready", PATIENCE)?;
    running.signal(Signal::INT)?;
    running.signal(Signal::TERM)?;
    let finished = running.finish(SOON)?;
    ensure!(finished.stdout == "ready\nSIGTERM {<Signals.SIGINT: 2>}\ninterrupted\n", "{finished:?}");
    Ok(())
}
