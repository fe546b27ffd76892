/**
 * What runs first, in a language that Node.js has understood since 2019: it tells a Node.js that is too old for the
 * program itself, which would only see a syntax error in it.
 */

/** Of package.json, put in by the build: `22.19`. */
declare const NEEDED_NODE: string;

const PROGRAM = './cli/main.mjs';

const found = process.versions.node.split('.').map(Number);
const needed = NEEDED_NODE.split('.').map(Number);
const [major = 0, minor = 0] = found;
const [neededMajor = 0, neededMinor = 0] = needed;

if (major < neededMajor || (major === neededMajor && minor < neededMinor)) {
  process.stderr.write(
    `error: kubectl-crossaccountlink needs Node.js ${NEEDED_NODE} or newer, and this is ${process.versions.node} (${process.execPath}): ` +
      'install a newer one from https://nodejs.org, or take the executable of a release, which needs none\n',
  );
  process.exitCode = 1;
} else {
  void import(PROGRAM);
}
