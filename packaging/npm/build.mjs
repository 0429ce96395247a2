#!/usr/bin/env node
// Assembles the npm packages: `build.mjs OUT TARGET=PROGRAM…`, with targets by their Rust names. `npm pack` or `npm publish` each folder of OUT.
//
// One package per platform holds the program; `keysieve` has all of them as optional dependencies, of which npm installs the one whose `os` and
// `cpu` fit, and a script that runs it. No install script runs, so `--ignore-scripts` changes nothing.

import { chmodSync, copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, "../..");

// The Linux programs are linked statically, so one serves glibc and musl.
const platforms = {
  "x86_64-unknown-linux-musl": { os: "linux", cpu: "x64" },
  "aarch64-unknown-linux-musl": { os: "linux", cpu: "arm64" },
  "x86_64-apple-darwin": { os: "darwin", cpu: "x64" },
  "aarch64-apple-darwin": { os: "darwin", cpu: "arm64" },
  "x86_64-pc-windows-msvc": { os: "win32", cpu: "x64" },
};

function fail(message) {
  console.error(`build.mjs: ${message}`);
  process.exit(2);
}

function manifest() {
  const text = readFileSync(join(root, "Cargo.toml"), "utf8");
  const value = (key) => text.match(new RegExp(`^${key} = "(.*)"$`, "m"))?.[1] ?? fail(`Cargo.toml has no ${key}`);
  return { version: value("version"), description: value("description"), license: value("license") };
}

function write(folder, about, files) {
  for (const [name, from, mode] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    copyFileSync(from, join(folder, name));
    chmodSync(join(folder, name), mode);
  }
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(about, null, 2)}\n`);
}

const licenses = ["LICENSE-APACHE", "LICENSE-MIT"].map((name) => [name, join(root, name), 0o644]);
const [out, ...given] = process.argv.slice(2);
if (!out || given.length === 0) {
  fail(`usage: build.mjs OUT TARGET=PROGRAM…; the targets are ${Object.keys(platforms).join(", ")}`);
}
const common = manifest();
const optionalDependencies = {};
for (const word of given) {
  const [target, program] = [word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)];
  const platform = platforms[target] ?? fail(`\`${word}\` names no target; the targets are ${Object.keys(platforms).join(", ")}`);
  if (!statSync(program, { throwIfNoEntry: false })?.isFile()) {
    fail(`there is no program ${program}`);
  }
  const { os, cpu } = platform;
  const name = `@keysieve/${os}-${cpu}`;
  const file = `bin/keysieve${os === "win32" ? ".exe" : ""}`;
  const about = { name, ...common, description: `keysieve for ${os} on ${cpu}`, os: [os], cpu: [cpu], files: ["bin", "LICENSE-*"], preferUnplugged: true };
  write(join(out, `${os}-${cpu}`), about, [[file, program, 0o755], ...licenses]);
  optionalDependencies[name] = common.version;
}
const about = {
  name: "keysieve",
  ...common,
  keywords: ["secrets", "security", "git", "pre-commit", "sarif"],
  bin: { keysieve: "bin/keysieve.js" },
  files: ["bin", "LICENSE-*"],
  engines: { node: ">=18" },
  optionalDependencies,
};
write(join(out, "keysieve"), about, [
  ["bin/keysieve.js", join(here, "keysieve.js"), 0o755],
  ["README.md", join(here, "README.md"), 0o644],
  ...licenses,
]);
