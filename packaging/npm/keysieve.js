#!/usr/bin/env node
// Runs the keysieve of this platform, which is in a package of its own: see build.mjs.
"use strict";

const { spawnSync } = require("node:child_process");
const { constants } = require("node:os");

const name = `@keysieve/${process.platform}-${process.arch}`;
const file = process.platform === "win32" ? "keysieve.exe" : "keysieve";

let program;
try {
  program = require.resolve(`${name}/bin/${file}`);
} catch {
  console.error(
    `keysieve: the package ${name} is not installed. Either there is no prebuilt keysieve for this platform, or optional dependencies ` +
      "were left out (--omit=optional, --no-optional): install again with them.",
  );
  process.exit(2);
}

const done = spawnSync(program, process.argv.slice(2), { stdio: "inherit", windowsHide: true });
if (done.error) {
  console.error(`keysieve: cannot run ${program}: ${done.error.message}`);
  process.exit(2);
}
// As a shell does for a program that a signal ended.
process.exit(done.signal ? 128 + constants.signals[done.signal] : done.status);
