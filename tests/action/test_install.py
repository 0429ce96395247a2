"""How the action gets keysieve: downloads, checksums, platforms, builds."""

import hashlib
import tarfile
from pathlib import Path

from support import ROOT, ActionTest

TARGET = "x86_64-unknown-linux-musl"


class Install(ActionTest):
    def release(self, version="9.9.9", says=None, program="keysieve", target=TARGET):
        """A mirror with one release, whose program passes everything but its version on to keysieve."""
        name = f"keysieve-{target}-v{version}"
        script = f'[[ "$1" == --version ]] && {{ echo "keysieve {says or version}"; exit; }}\nexec "{self.bin}/keysieve" "$@"'
        path = self.program(f"packed-{program}", script)
        folder = self.folder / "mirror" / f"v{version}"
        folder.mkdir(parents=True, exist_ok=True)
        with tarfile.open(folder / f"{name}.tgz", "w:gz") as archive:
            archive.add(path, f"{name}/{program}")
        digest = hashlib.sha256((folder / f"{name}.tgz").read_bytes()).hexdigest()
        (folder / "SHA256SUMS").write_text(f"{'0' * 64}  keysieve-other.tgz\n{digest}  {name}.tgz\n")
        return digest

    def get(self, version="9.9.9", **more):
        mirror = more.pop("download_url", f"file://{self.folder}/mirror")
        return self.run_action(self.checkout("main"), "release", {}, version=version, download_url=mirror, **more)

    def test_a_release(self):
        digest = self.release()
        for more in ({}, {"version": "v9.9.9"}, {"checksum": digest}, {"checksum": digest.upper()}):
            self.assert_outcome(self.get(**more), "clean", 0, 0)

    def test_without_a_version_it_is_the_one_of_the_action(self):
        own = next(line.split('"')[1] for line in (ROOT / "Cargo.toml").read_text().splitlines() if line.startswith("version = "))
        self.release(own)
        self.assert_outcome(self.get(version=""), "clean", 0, 0)

    def test_a_wrong_checksum_is_refused(self):
        self.release()
        self.assert_refused(self.get(checksum="ab" * 32), "SHA-256", "not " + "ab" * 32)
        sums = self.folder / "mirror/v9.9.9/SHA256SUMS"
        sums.write_text(sums.read_text().replace(f"  keysieve-{TARGET}", "0").replace("\n", f"  keysieve-{TARGET}-v9.9.9.tgz\n"))
        self.assert_refused(self.get(), "SHA-256")
        sums.write_text("")
        self.assert_refused(self.get(), "SHA256SUMS does not list")
        sums.unlink()
        self.assert_refused(self.get(), "cannot download", "SHA256SUMS")
        self.assert_refused(self.get(checksum="12"), "64 hex digits")

    def test_an_archive_that_was_changed_is_not_unpacked(self):
        self.release()
        archive = self.folder / f"mirror/v9.9.9/keysieve-{TARGET}-v9.9.9.tgz"
        archive.write_bytes(archive.read_bytes() + b"\0")
        self.assert_refused(self.get(), "not unpacked")
        self.assertEqual(list(self.temp.rglob("packed*")), [])

    def test_other_contents_are_refused(self):
        self.release(says="9.9.8")
        self.assert_refused(self.get(), "holds `keysieve 9.9.8`")
        self.release(program="other")
        self.assert_refused(self.get(), "holds no")

    def test_what_is_not_there(self):
        self.assert_refused(self.get(), "cannot download", "v9.9.9")
        for version in ("latest", "9.9", "../../9.9.9", "9.9.9/../x"):
            self.assert_refused(self.get(version=version), "must be a version such as")

    def test_only_safe_addresses(self):
        for url in ("http://mirror.example.invalid", "ftp://x", "-o/tmp/x", "mirror"):
            self.assert_refused(self.get(download_url=url), "no https or file URL")
        own = {"action_repository": ""}
        self.assert_refused(self.run_action(self.checkout("main"), "release", {}, version="", github=own), "version: source")

    def test_platforms(self):
        targets = {("Linux", "ARM64"): "aarch64-unknown-linux-musl", ("macOS", "X64"): "x86_64-apple-darwin",
                   ("macOS", "ARM64"): "aarch64-apple-darwin"}
        for (system, processor), target in targets.items():
            self.release(target=target)
            self.assert_outcome(self.get(environment={"RUNNER_OS": system, "RUNNER_ARCH": processor}), "clean", 0, 0)
        self.release(target="x86_64-pc-windows-msvc", program="keysieve.exe")
        self.assert_outcome(self.get(environment={"RUNNER_OS": "Windows", "RUNNER_ARCH": "X64"}), "clean", 0, 0)
        for system, processor in (("Linux", "ARM"), ("Linux", "X86"), ("Plan9", "X64"), ("", "")):
            self.assert_refused(self.get(environment={"RUNNER_OS": system, "RUNNER_ARCH": processor}), "no prebuilt keysieve", "version: source")

    def test_installed(self):
        (self.bin / "keysieve").unlink()
        found = self.run_action(self.checkout("main"), "release", {}, environment={"PATH": f"{self.bin}:/usr/bin:/bin"})
        self.assert_refused(found, "keysieve on the PATH")

    def test_source_is_built_outside_of_what_is_scanned(self):
        self.program("cargo", f'pwd >"$HOME/cargo"; echo "$*" >>"$HOME/cargo"; '
                              f'while [[ "$1" != --root ]]; do shift; done; mkdir -p "$2/bin"; cp "{self.bin}/keysieve" "$2/bin/"')
        self.assert_outcome(self.get(version="source"), "clean", 0, 0)
        where, words = (self.folder / "home/cargo").read_text().splitlines()
        self.assertEqual(Path(where), ROOT)
        self.assertIn("install --locked --path .", words)

    def test_a_build_that_fails_is_an_error(self):
        self.program("cargo", "exit 101")
        self.assert_refused(self.get(version="source"), "could not build")
        self.program("cargo", "exit 0")
        self.assert_refused(self.get(version="source"), "left no keysieve")
