//! `wasocket run`: programs of every form, what they see, and how they end.

use anyhow::{Result, ensure};

use super::{Case, PATIENCE, Workshop};

pub(super) const CASES: &[Case] = &[
    ("exit_statuses", exit_statuses),
    ("uncaught_exception", uncaught_exception),
    ("code", code),
    ("module", module),
    ("standard_input", standard_input),
    ("directories", directories),
    ("read_only_directories", read_only_directories),
    ("script_folder_is_read_only", script_folder_is_read_only),
    ("environment", environment),
    ("python_path", python_path),
    ("modules_beside_the_script", modules_beside_the_script),
    ("arguments_belong_to_the_program", arguments_belong_to_the_program),
    ("randomness_differs", randomness_differs),
    ("output_is_complete", output_is_complete),
    ("without_coalescing", without_coalescing),
];

/// What `random`, `uuid`, `secrets` and `tempfile` answer.
pub(super) const RANDOM: &str = "import random, uuid, secrets, tempfile, os\nprint(random.random())\nprint(uuid.uuid4())\nprint(secrets.token_hex())\nprint(next(tempfile._get_candidate_names()))\nprint(os.urandom(8))\nprint(random.SystemRandom().random())\n";

/// How many lines it prints.
pub(super) const RANDOM_LINES: usize = 6;

fn exit_statuses(workshop: &Workshop) -> Result<()> {
    for (code, status) in [
        ("pass", 0),
        ("import sys; sys.exit()", 0),
        ("import sys; sys.exit(7)", 7),
        ("import sys; sys.exit(255)", 255),
        ("import sys; sys.exit(256)", 0),
        ("import sys; sys.exit('text')", 1),
        ("raise SystemExit(3)", 3),
        ("1/0", 1),
        ("not python", 1),
        ("import os; os._exit(9)", 9),
        // As a shell shows a program that a signal has ended.
        ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", 143),
        ("import signal; signal.raise_signal(signal.SIGHUP)", 129),
    ] {
        let finished = workshop.run(&["run", "-c", code])?;
        ensure!(finished.code() == status, "{code:?} ends with {}, not {status}: {}", finished.code(), finished.stderr);
    }
    Ok(())
}

fn uncaught_exception(workshop: &Workshop) -> Result<()> {
    let script = workshop.write("program.py", "def inner():\n    raise KeyError('x')\n\ninner()\n")?;
    let finished = workshop.run(&["run", "program.py"])?;
    ensure!(finished.code() == 1, "{finished:?}");
    let lines: Vec<&str> = finished.stderr.lines().collect();
    ensure!(lines.first() == Some(&"Traceback (most recent call last):"), "{}", finished.stderr);
    ensure!(lines.last() == Some(&"KeyError: 'x'"), "{}", finished.stderr);
    ensure!(finished.stderr.matches("  File ").count() == 2, "frames of ours show: {}", finished.stderr);
    let name = script.file_name().unwrap_or_default().to_string_lossy().into_owned();
    ensure!(finished.stderr.contains(&name) && finished.stderr.contains("line 4, in <module>"), "{}", finished.stderr);
    Ok(())
}

fn code(workshop: &Workshop) -> Result<()> {
    let output = workshop.output(&["run", "-c", "import sys; print(sys.argv, __name__)", "--flag", "x"])?;
    ensure!(output == "['-c', '--flag', 'x'] __main__\n", "{output:?}");
    Ok(())
}

fn module(workshop: &Workshop) -> Result<()> {
    workshop.write("folder/tool.py", "import sys\nprint(__name__, sys.argv[1:])\n")?;
    let output = workshop.output(&["run", "--python-path", "folder", "-m", "tool", "x"])?;
    ensure!(output == "__main__ ['x']\n", "{output:?}");
    let output = workshop.run_with_input(&["run", "-m", "json.tool", "--compact"], "{\"a\": 1}")?;
    ensure!(output.stdout == "{\"a\":1}\n", "{output:?}");
    let missing = workshop.run(&["run", "-m", "no_such_module"])?;
    ensure!(missing.code() == 1 && missing.stderr.contains("No module named no_such_module"), "{missing:?}");
    Ok(())
}

fn standard_input(workshop: &Workshop) -> Result<()> {
    let finished = workshop
        .run_with_input(&["run", "-c", "import sys; print(len(sys.stdin.buffer.read()))"], &"x".repeat(300_000))?;
    ensure!(finished.stdout == "300000\n", "{finished:?}");
    Ok(())
}

fn directories(workshop: &Workshop) -> Result<()> {
    workshop.write("data/input.txt", "from the host")?;
    let program = "print(open('/data/input.txt').read())\nopen('/data/output.txt', 'w').write('from the guest')\n";
    workshop.write("program.py", program)?;
    let output = workshop.output(&["run", "--dir", "data::/data", "program.py"])?;
    ensure!(output == "from the host\n", "{output:?}");
    ensure!(std::fs::read_to_string(workshop.path("data/output.txt"))? == "from the guest", "not written");
    Ok(())
}

fn read_only_directories(workshop: &Workshop) -> Result<()> {
    workshop.write("data/input.txt", "content")?;
    let program = "print(open('/data/input.txt').read())\ntry:\n    open('/data/output.txt', 'w')\nexcept OSError as error:\n    print('refused')\n";
    let output = workshop.output(&["run", "--dir", "data::/data::ro", "-c", program])?;
    ensure!(output == "content\nrefused\n", "{output:?}");
    ensure!(!workshop.path("data/output.txt").exists(), "written all the same");
    Ok(())
}

fn script_folder_is_read_only(workshop: &Workshop) -> Result<()> {
    let program = "import os\nhere = os.path.dirname(os.path.abspath(__file__))\nprint(os.listdir(here))\ntry:\n    open(os.path.join(here, 'made'), 'w')\nexcept OSError:\n    print('refused')\n";
    workshop.write("app/program.py", program)?;
    let output = workshop.output(&["run", "app/program.py"])?;
    ensure!(output == "['program.py']\nrefused\n", "{output:?}");
    Ok(())
}

fn environment(workshop: &Workshop) -> Result<()> {
    let program = "import os; print(os.environ.get('GIVEN'), os.environ.get('PASSED'), os.environ.get('HIDDEN'))";
    let mut command = workshop.command(&["run", "--env", "GIVEN=a=b", "--env", "PASSED", "-c", program]);
    command.env("PASSED", "on").env("HIDDEN", "no");
    let finished = crate::process::run(command, b"", PATIENCE)?;
    ensure!(finished.stdout == "a=b on None\n", "{finished:?}");
    Ok(())
}

fn python_path(workshop: &Workshop) -> Result<()> {
    workshop.write("site/package/__init__.py", "from .inner import value")?;
    workshop.write("site/package/inner.py", "value = 'found'")?;
    workshop.write("program.py", "import package\nprint(package.value)\n")?;
    let output = workshop.output(&["run", "--python-path", "site", "program.py"])?;
    ensure!(output == "found\n", "{output:?}");
    Ok(())
}

fn modules_beside_the_script(workshop: &Workshop) -> Result<()> {
    workshop.write("app/neighbour.py", "value = 'a neighbour'")?;
    workshop.write(
        "app/program.py",
        "import sys, os\nimport neighbour\nprint(neighbour.value, os.path.basename(sys.path[0]))\n",
    )?;
    let output = workshop.output(&["run", "app/program.py"])?;
    ensure!(output == "a neighbour app\n", "{output:?}");
    Ok(())
}

fn arguments_belong_to_the_program(workshop: &Workshop) -> Result<()> {
    workshop.write("program.py", "import sys\nprint(sys.argv)\n")?;
    let output = workshop.output(&["run", "program.py", "--allow-net", "-c", "", "--", "x y", "ü"])?;
    ensure!(output == "['program.py', '--allow-net', '-c', '', '--', 'x y', 'ü']\n", "{output:?}");
    Ok(())
}

fn randomness_differs(workshop: &Workshop) -> Result<()> {
    workshop.write("random_things.py", RANDOM)?;
    let (first, second) =
        (workshop.output(&["run", "random_things.py"])?, workshop.output(&["run", "random_things.py"])?);
    ensure!(first.lines().count() == RANDOM_LINES, "{first}");
    ensure!(first.lines().zip(second.lines()).all(|(first, second)| first != second), "{first}{second}");
    Ok(())
}

fn output_is_complete(workshop: &Workshop) -> Result<()> {
    let program =
        "import sys\nsys.stdout.write('x' * 1_000_000)\nsys.stderr.write('y' * 1_000_000)\nraise SystemExit(4)\n";
    let finished = workshop.run(&["run", "-c", program])?;
    ensure!(finished.code() == 4, "exit status {}", finished.code());
    ensure!(finished.stdout.len() == 1_000_000 && finished.stderr.len() == 1_000_000, "something is lost");
    Ok(())
}

fn without_coalescing(workshop: &Workshop) -> Result<()> {
    let program = "import socket\nserver = socket.create_server(('127.0.0.1', 0))\nsock = socket.create_connection(server.getsockname())\nsock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)\npeer, _ = server.accept()\nsock.send(b'one')\nsock.send(b'two')\nprint(peer.recv(6, socket.MSG_WAITALL))\n";
    workshop.write("program.py", program)?;
    for option in [&["--no-coalesce"][..], &["--no-gather"], &[]] {
        let output = workshop.output(&[&["run", "--allow-net"], option, &["program.py"]].concat())?;
        ensure!(output == "b'onetwo'\n", "{output:?}");
    }
    Ok(())
}
