"""What `pip install .` installs from this repository: nothing of its own, but the wheel of the version that stands here.

pre-commit and prek install a hook of `language: python` in this way, and so get the prebuilt program in seconds. The wheel itself is made by
packaging/python; were its pyproject.toml here, pip would compile keysieve instead.
"""

from setuptools import setup

setup(
    name="keysieve-from-repository",
    version="0.0.0",
    description="Installs the keysieve wheel of the version that the repository has",
    # The version of Cargo.toml; the step `packages` of .ci/run compares them.
    install_requires=["keysieve==0.1.0"],
    packages=[],
    py_modules=[],
)
