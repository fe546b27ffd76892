/**
 * Runs first, in a language that Node.js has understood since 2019. If the running Node.js is too old for the program itself,
 * in which it would only see a syntax error, the one that a checkout has installed takes over; if there is none, this says so.
 */

/** From package.json, inserted by the build: `22.19`. */
declare const NEEDED_NODE: string;

const PROGRAM = './cli/main.mjs';
/** Seen from `dist/` of a checkout. */
const PINNED_NODE = '../node_modules/.bin/node';

const found = process.versions.node.split('.').map(Number);
const needed = NEEDED_NODE.split('.').map(Number);
const [major = 0, minor = 0] = found;
const [neededMajor = 0, neededMinor = 0] = needed;

if (major < neededMajor || (major === neededMajor && minor < neededMinor)) void runOnPinnedNode();
else void import(PROGRAM);

async function runOnPinnedNode(): Promise<void> {
  const { existsSync } = await import('fs');
  const { fileURLToPath } = await import('url');
  const node = fileURLToPath(new URL(PINNED_NODE, import.meta.url));
  if (!existsSync(node)) return refuse();
  const { spawn } = await import('child_process');
  const program = fileURLToPath(new URL(PROGRAM, import.meta.url));
  const child = spawn(node, [program, ...process.argv.slice(2)], { stdio: 'inherit' });
  // Ctrl-C reaches both processes, and the program decides what to do.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('error', refuse);
  child.on('exit', (code) => {
    process.exitCode = code === null ? 1 : code;
  });
}

function refuse(): void {
  process.stderr.write(
    `error: kubectl-crossaccountlink needs Node.js ${NEEDED_NODE} or newer, and this is ${process.versions.node} (${process.execPath}): ` +
      'install a newer one from https://nodejs.org, or take the executable of a release, which needs none\n',
  );
  process.exitCode = 1;
}
