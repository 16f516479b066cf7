import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { imageTag, imageTagOf } from './image-tag.ts';

const file = (path: string, text: string) => ({ path, content: Buffer.from(text) });

describe('The tag of an image', () => {
  it('is one that a registry takes', () => {
    assert.match(imageTag([file('a', '1')]), /^source-[0-9a-f]{32}$/);
  });

  it('is the same for the same files, in whatever order they are read', () => {
    const files = [file('a', '1'), file('b', '2')];
    assert.equal(imageTag(files), imageTag(files.toReversed()));
  });

  it('changes with a content, a name, and with what belongs to which file', () => {
    const tags = [
      [file('a', '1'), file('b', '2')],
      [file('a', '1'), file('b', '3')],
      [file('a', '1'), file('c', '2')],
      [file('a', '12'), file('b', '')],
      [file('a', '1')],
    ].map(imageTag);
    assert.equal(new Set(tags).size, tags.length);
  });

  describe('of a folder', () => {
    let root: string;
    const write = async (path: string, text: string) => {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    };

    beforeEach(async () => {
      root = await mkdtemp(join(tmpdir(), 'carillon-tag-'));
      await write(
        'Dockerfile',
        'FROM a AS b\nCOPY lock.json ./\nFROM a\nCOPY --from=b /x x\nCOPY apps apps\n',
      );
      await write('.dockerignore', '*\n!lock.json\n!apps\n**/*.test.ts\n');
      await write('lock.json', '{}');
      await write('apps/main.ts', 'main');
    });
    afterEach(() => rm(root, { recursive: true, force: true }));

    for (const path of ['Dockerfile', 'lock.json', 'apps/main.ts', 'apps/new.ts']) {
      it(`changes with ${path}, which is built from`, async () => {
        const before = await imageTagOf(root);
        await write(path, 'COPY lock.json ./\nCOPY apps apps\n');
        assert.notEqual(await imageTagOf(root), before);
      });
    }

    for (const path of ['apps/main.test.ts', 'infra/index.ts', 'x']) {
      it(`stays when ${path} changes, which is not`, async () => {
        const before = await imageTagOf(root);
        await write(path, 'else');
        assert.equal(await imageTagOf(root), before);
      });
    }
  });
});
