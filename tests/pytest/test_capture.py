"""What pytest captures of a test is shown where the test fails, and nowhere else."""
import logging
import os
import sys
import warnings

import pytest


def write_everywhere():
    print("by print")
    os.write(1, b"by number\n")
    print("by stderr", file=sys.stderr)
    sys.__stderr__.write("by the first stderr\n")
    os.write(2, b"by number of stderr\n")


def test_that_passes():
    write_everywhere()


def test_that_fails():
    write_everywhere()
    logging.getLogger("of the test").warning("by a logger")
    assert [1, 2, 3] == [1, 2, 4]


@pytest.fixture
def broken():
    print("before it breaks")
    raise RuntimeError("a broken fixture")


def test_with_broken_fixture(broken):
    pass


def test_by_number(capfd):
    write_everywhere()
    out, err = capfd.readouterr()
    assert out == "by print\nby number\n"
    assert err == "by stderr\nby the first stderr\nby number of stderr\n"
    with capfd.disabled():
        print("shown at once")
    os.write(1, b"again")
    assert capfd.readouterr() == ("again", "")


def test_bytes_by_number(capfdbinary):
    os.write(1, b"\xff\x00")
    assert capfdbinary.readouterr().out == b"\xff\x00"


def test_by_object(capsys):
    print("by print")
    print("by stderr", file=sys.stderr)
    assert capsys.readouterr() == ("by print\n", "by stderr\n")


def test_numbers_of_streams():
    assert (sys.__stdout__.fileno(), sys.__stderr__.fileno()) == (1, 2)
    assert os.read(0, 1) == b""
    with pytest.raises(OSError, match="reading from stdin"):
        input()


def test_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OF_THE_TEST", "1")
    (tmp_path / "file").write_text("content")
    assert os.listdir() == ["file"] and os.environ["OF_THE_TEST"] == "1"


def test_tests_inside_tests(pytester):
    pytester.makepyfile(
        """
        import os

        def test_inner():
            os.write(1, b"of the inner test")
            assert False
        """
    )
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*Captured stdout call*", "of the inner test"])


@pytest.mark.parametrize("number", range(3))
def test_parameters(number, recwarn):
    warnings.warn(f"number {number}", UserWarning)
    assert len(recwarn) == 1
    if number == 2:
        pytest.xfail("as expected")


# The report names what was left out, and why: that line is compared as well, so one test is always skipped.
@pytest.mark.skip(reason="to be seen in the summary")
def test_left_out():
    pass


def test_warning():
    warnings.warn("of a test", UserWarning)
