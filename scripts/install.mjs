// Makes node_modules fit package-lock.json before anything else runs. Plain JavaScript for Node 20 and later, without
// dependencies: it is what installs them. Does nothing, and needs no network, when all is in place.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const RUNTIME_MAJOR = 24;

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const lockFile = join(root, 'package-lock.json');
const modules = join(root, 'node_modules');
const stampFile = join(modules, '.carillon-installed');

/** What the installed packages depend on: the lock file, and the machine that native programs were chosen for. */
function wanted() {
  const hash = createHash('sha256').update(readFileSync(lockFile)).digest('hex');
  return `${process.platform}-${process.arch} ${hash}\n`;
}

function installed() {
  return existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : '';
}

/**
 * Whether npm's own list in node_modules names exactly what the lock file wants for this machine: then somebody ran
 * `npm install` by hand, and there is nothing to do. Packages for other machines are missing from that list.
 */
function npmSaysInstalled() {
  const hidden = join(modules, '.package-lock.json');
  if (!existsSync(hidden)) return false;
  const inPlace = JSON.parse(readFileSync(hidden, 'utf8')).packages ?? {};
  const { packages } = JSON.parse(readFileSync(lockFile, 'utf8'));
  return Object.entries(packages).every(
    ([path, row]) =>
      path === '' ||
      (inPlace[path] ? inPlace[path].version === row.version : row.optional || row.peer || row.devOptional),
  );
}

/**
 * Its warnings are for whoever keeps the lock file: packages that want a newer Node than the one that installs get the one that is
 * pinned, and scripts that npm holds back are not needed (allowScripts in package.json has those that are).
 */
const ARGUMENTS = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];

/** Runs npm with the Node and npm that started us. */
function npmCi() {
  const npm = process.env.npm_execpath;
  const options = { cwd: root, stdio: 'inherit' };
  const result = npm?.endsWith('.js')
    ? spawnSync(process.execPath, [npm, ...ARGUMENTS], options)
    : spawnSync('npm', ARGUMENTS, options);
  if (result.status !== 0) {
    fail(
      `Installing the dependencies failed (npm ci: ${result.error?.message ?? `exit code ${result.status}`}).\n` +
        'The first run needs the npm registry, or a registry that npm is configured for; later runs need no network.\n' +
        'Put right what npm says above, then run the same command again.',
    );
  }
}

/** The runtime is a dependency; scripts run with it because npm puts node_modules/.bin first on the PATH. */
function checkRuntime() {
  const node = join(modules, '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
  const result = spawnSync(node, ['--version'], { encoding: 'utf8', shell: process.platform === 'win32' });
  const version = result.status === 0 ? result.stdout.trim() : 'missing';
  if (!version.startsWith(`v${RUNTIME_MAJOR}.`)) {
    fail(
      `Carillon runs on Node ${RUNTIME_MAJOR}, which npm installs into node_modules/.bin; what is there is ${version}.\n` +
        'The install script of the package "node" puts it there: it was probably switched off (npm config get ignore-scripts).\n' +
        'Run: npm ci --ignore-scripts=false   or use a Node of your own: npm rebuild node --ignore-scripts=false',
    );
  }
}

function fail(message) {
  console.error(`\n${message}`);
  process.exit(1);
}

const [major] = process.versions.node.split('.').map(Number);
if (major < 20) fail(`Carillon needs Node 20 or later to install itself; this is ${process.version}.`);
if (installed() !== wanted()) {
  if (!npmSaysInstalled()) {
    console.log('Installing dependencies (npm ci)');
    npmCi();
  }
  writeFileSync(stampFile, wanted());
}
checkRuntime();
