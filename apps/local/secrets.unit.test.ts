import assert from 'node:assert/strict';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { completed, localSecrets } from './secrets.ts';

describe('Local secrets', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'carillon-secrets-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('are made once and then stay', async () => {
    const file = join(folder, 'secrets.json');
    const made = await localSecrets(file, ['gateway', 'log']);
    assert.deepEqual(await localSecrets(file, ['gateway', 'log']), made);
  });

  it('are read by their owner only', async () => {
    const file = join(folder, 'secrets.json');
    await localSecrets(file, ['gateway']);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
  });

  it('differ from folder to folder and from role to role', () => {
    const [one, two] = [completed(null, ['gateway', 'log']), completed(null, ['gateway', 'log'])];
    const all = [one, two].flatMap((secrets) => [
      secrets?.postgresPassword,
      secrets?.twilioAccountSid,
      secrets?.twilioAuthToken,
      ...Object.values(secrets?.rolePasswords ?? {}),
    ]);
    assert.equal(new Set(all).size, 10);
  });

  it('gain a password when a service is new, and keep the others', () => {
    const before = completed(null, ['gateway']);
    const after = completed(before, ['gateway', 'log']);
    assert.equal(after?.rolePasswords.gateway, before?.rolePasswords.gateway);
    assert.equal(after?.twilioAuthToken, before?.twilioAuthToken);
    assert.ok(after?.rolePasswords.log);
  });

  it('are not replaced when the file is damaged: the database would not know the new ones', async () => {
    const file = join(folder, 'secrets.json');
    await writeFile(file, '{"postgresPassword":');
    await assert.rejects(localSecrets(file, ['gateway']), /secrets\.json is damaged/);
  });
});
