"""What `pip install .` installs from this repository: nothing of its own, but the wheel of the version that stands here.

pre-commit installs a hook of `language: python` in this way, and so gets the prebuilt program in seconds. The wheel itself is made by
packaging/python; were its pyproject.toml here, pip would compile keysieve instead.
"""

from setuptools import setup

VERSION = "0.1.0"  # That of Cargo.toml; the step `packages` of .ci/run compares them.

setup(
    name="keysieve-from-repository",
    version=VERSION,
    description="Installs the keysieve wheel of the same version",
    install_requires=[f"keysieve=={VERSION}"],
    packages=[],
    py_modules=[],
)
