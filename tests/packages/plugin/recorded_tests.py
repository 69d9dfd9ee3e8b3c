"""A plugin of pytest: writes a line of JSON when a test begins, and one when it has ended, so that a hang has a name."""
import json
import os

file = open(os.environ["RECORDED_TESTS"], "a")
worst = {}


def write(**line):
    file.write(json.dumps(line) + "\n")
    file.flush()


def pytest_runtest_logstart(nodeid, location):
    worst[nodeid] = ("pass", "")
    write(test=nodeid, begins=True)


def pytest_runtest_logreport(report):
    if report.failed:
        worst[report.nodeid] = ("fail", str(report.longrepr).strip().splitlines()[-1:])
    elif report.skipped and worst.get(report.nodeid, ("pass",))[0] == "pass":
        worst[report.nodeid] = ("skip", str(report.longrepr).strip().splitlines()[-1:])


def pytest_runtest_logfinish(nodeid, location):
    outcome, text = worst[nodeid]
    write(test=nodeid, outcome=outcome, text="".join(text))
