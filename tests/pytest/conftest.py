"""Has the tests that run tests of their own."""
pytest_plugins = ["pytester"]
