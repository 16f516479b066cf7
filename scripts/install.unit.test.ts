import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('./install.mjs', import.meta.url));

describe('The first step of npm start and npm test', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'carillon-install-'));
    await mkdir(join(root, 'scripts'));
    await mkdir(join(root, 'bin'));
    await copyFile(SCRIPT, join(root, 'scripts', 'install.mjs'));
    await lock('1.0.0');
    await npm(`mkdir -p node_modules/.bin && printf '#!/bin/sh\\necho v24.1.0\\n' > node_modules/.bin/node
      chmod +x node_modules/.bin/node`);
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  const lock = (version: string): Promise<void> =>
    writeFile(
      join(root, 'package-lock.json'),
      JSON.stringify({
        packages: { '': {}, 'node_modules/a': { version }, 'node_modules/b': { version, optional: true } },
      }),
    );

  /** An npm that notes its arguments and does this. */
  const npm = async (script: string): Promise<void> => {
    await writeFile(join(root, 'bin', 'npm'), `#!/bin/sh\necho "$@" >> ${root}/calls\n${script}\n`);
    await chmod(join(root, 'bin', 'npm'), 0o755);
  };
  const calls = async (): Promise<string[]> =>
    (await readFile(join(root, 'calls'), 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');
  const run = (): { status: number | null; words: string } => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'scripts', 'install.mjs')], {
      env: { PATH: `${join(root, 'bin')}:/usr/bin:/bin` },
      encoding: 'utf8',
    });
    return { status, words: stdout + stderr };
  };

  it('installs exactly what the lock file says on a fresh clone, and only once', async () => {
    assert.deepEqual([run().status, run().status], [0, 0]);
    assert.equal((await calls()).length, 1);
    assert.match((await calls())[0] ?? '', /^ci\b/);
  });

  it('has npm say what went wrong, and none of its warnings about packages', async () => {
    run();
    assert.match((await calls())[0] ?? '', /--loglevel=error/);
  });

  it('says nothing and does nothing when all is in place', () => {
    run();
    assert.deepEqual(run(), { status: 0, words: '' });
  });

  it('installs again when the lock file changed', async () => {
    run();
    await lock('2.0.0');
    run();
    assert.equal((await calls()).length, 2);
  });

  it('trusts what somebody installed by hand when npm says that it fits', async () => {
    await mkdir(join(root, 'node_modules', '.bin'), { recursive: true });
    await writeFile(join(root, 'node_modules', '.bin', 'node'), '#!/bin/sh\necho v24.9.0\n', { mode: 0o755 });
    await writeFile(
      join(root, 'node_modules', '.package-lock.json'),
      JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.0' } } }),
    );
    assert.equal(run().status, 0);
    assert.deepEqual(await calls(), []);
  });

  it('ends with what to do when npm fails, and tries again the next time', async () => {
    await npm('echo "npm error network" >&2; exit 7');
    const { status, words } = run();
    assert.equal(status, 1);
    assert.match(words, /npm error network/);
    assert.match(words, /exit code 7[\s\S]*run the same command again/);
    run();
    assert.equal((await calls()).length, 2);
  });

  for (const [label, script] of [
    ['is missing', 'mkdir -p node_modules/.bin'],
    [
      'is of another major version',
      "mkdir -p node_modules/.bin; printf '#!/bin/sh\\necho v22.1.0\\n' > node_modules/.bin/node; chmod +x node_modules/.bin/node",
    ],
  ] as const) {
    it(`says how to get the runtime when it ${label}`, async () => {
      await npm(script);
      const { status, words } = run();
      assert.equal(status, 1);
      assert.match(words, /Carillon runs on Node 24[\s\S]*ignore-scripts/);
    });
  }
});
