"""A package with nothing in it that depends on the published wheel of this version.

For pre-commit and prek, which install the folder of a `language: python` hook with pip: they get the prebuilt program, and compile nothing.
The wheel itself is not made from here.
"""

from setuptools import setup

setup(
    name="keysieve-pre-commit-placeholder",
    version="0.0.0",
    py_modules=[],
    packages=[],
    install_requires=["keysieve==0.1.0"],
)
