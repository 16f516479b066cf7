import assert from 'node:assert/strict';
import { FIRST_LOAD_BYTES, firstLoad } from '../../../apps/console/build/first-load.ts';
import { consoleFolder } from '../../console-folder.ts';
import { settled, type World } from '../world.ts';

/** The rail, signing in, the keyboard, both languages. */
export function shellTests(world: () => World): void {
  it('asks a stranger to sign in, refuses a key that is none, and lets in whoever has one', async () => {
    const page = await world().openAsStranger('/campaigns');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await world().looksRight(page, 'sign-in');
    await page.getByLabel('API key').fill('crl_nobody');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('This key is not valid.').waitFor();
    const { data } = await world().api.POST('/v1/keys', {
      body: { name: 'Ana of the night shift', role: 'viewer', expiresAt: null },
    });
    await page.getByLabel('API key').fill(data?.key ?? '');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Campaigns' }).waitFor();
    // Somebody who reloads is still there.
    await page.reload();
    await page.getByRole('button', { name: 'Ana of the night shift' }).click();
    await page.getByText('Viewer: may look').waitFor();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await world().close(page);
  });

  it('does nothing by keys of one letter where somebody has switched them off, or has a menu open', async () => {
    const page = await world().open('/system');
    await page.keyboard.press('?');
    const help = page.getByRole('dialog', { name: 'What the keyboard does' });
    await help.getByRole('switch', { name: /Keys of one letter or sign/ }).click();
    await page.keyboard.press('Escape');
    await help.waitFor({ state: 'detached' });
    await page.reload();
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.keyboard.press('?');
    await page.keyboard.press('g');
    await page.keyboard.press('i');
    await page.getByRole('button', { name: 'You, at this machine' }).click();
    assert.match(page.url(), /\/system$/);
    assert.equal(await help.count(), 0);
    await page.getByRole('menuitem', { name: 'Keyboard' }).click();
    await help.getByRole('switch', { name: /Keys of one letter or sign/ }).click();
    await page.keyboard.press('Escape');
    await help.waitFor({ state: 'detached' });

    await page.getByRole('button', { name: 'You, at this machine' }).click();
    await page.getByRole('menuitem', { name: 'Keyboard' }).focus();
    await page.keyboard.press('g');
    await page.keyboard.press('i');
    await page.keyboard.press('Escape');
    assert.match(page.url(), /\/system$/);
    await page.keyboard.press('g');
    await page.keyboard.press('i');
    await page.waitForURL(/\/inbox/);
    await world().close(page);
  });

  it('goes by keyboard: past the rail, to every area, to help', async () => {
    const page = await world().open('/');
    await page.keyboard.press('Tab');
    assert.equal(await page.locator(':focus').textContent(), 'Skip to the content');
    await page.keyboard.press('Enter');
    assert.equal(await page.locator(':focus').getAttribute('id'), 'main');
    for (const [letter, title] of [
      ['d', 'Drills'],
      ['s', 'System'],
      ['p', 'Contacts'],
    ] as const) {
      await page.keyboard.press('g');
      await page.keyboard.press(letter);
      await page.getByRole('heading', { level: 1, name: title }).waitFor();
    }
    await page.keyboard.press('/');
    await page.keyboard.type('Zo?');
    await page.waitForURL(/q=Zo/);
    await page.keyboard.press('Tab');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'What the keyboard does' }).waitFor();
    await page.keyboard.press('Escape');
    await world().close(page);
  });

  it('speaks Spanish, keeps its colours, and is as narrow as somebody wants it, also after a reload', async () => {
    const page = await world().open('/drills');
    await page.getByRole('button', { name: 'You, at this machine' }).click();
    await page.getByRole('menuitemradio', { name: 'Español' }).click();
    await page.getByRole('heading', { level: 1, name: 'Lecciones' }).waitFor();
    await page.getByRole('menuitemradio', { name: 'Oscuro' }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('menu').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Solo los iconos' }).click();
    await page.reload();
    await settled(page);
    await page.getByRole('heading', { level: 1, name: 'Lecciones' }).waitFor();
    assert.equal(await page.locator('html').getAttribute('lang'), 'es');
    assert.equal(await page.locator('html').getAttribute('data-mantine-color-scheme'), 'dark');
    await page.getByRole('button', { name: 'Mostrar las palabras' }).waitFor();
    await page.getByRole('link', { name: 'Bandeja' }).click();
    await page.getByRole('heading', { level: 1, name: 'Bandeja' }).waitFor();
    await world().close(page);
  });

  it('says what is not there, and that the connection is gone and back', async () => {
    const page = await world().open('/of-yesterday');
    await page.getByText('There is nothing here').waitFor();
    // The last of what Home is made of.
    const whole = ['running-campaigns', 'near-limits'].map((part) =>
      page.waitForResponse((response) => response.url().includes(part)),
    );
    await page.getByRole('link', { name: 'To Home' }).click();
    await Promise.all(whole);
    const stream = page.getByRole('status');
    await stream.getByText('Live', { exact: true }).waitFor();
    const to = (name: string) => page.getByRole('link', { name, exact: true }).click();
    const title = (name: string) => page.getByRole('heading', { level: 1, name }).waitFor();
    await to('Campaigns');
    await title('Campaigns');
    await to('Home');
    await title('Home');
    await stream.getByText('Live', { exact: true }).waitFor();
    await page.context().setOffline(true);
    // A connection that stands goes on; the next screen follows other things, by a new one.
    await to('Campaigns');
    await stream.getByText('Not live: trying again').waitFor();
    await page.context().setOffline(false);
    await stream.getByText('Live', { exact: true }).waitFor();
    await world().close(page);
  });

  it('takes less than 185 kB of script for its first screen', async () => {
    const page = await world().open('/');
    const loaded = await page.evaluate<string[]>(
      `performance.getEntriesByType('resource').map(({ name }) => name.split('/console/')[1] ?? '')`,
    );
    await world().close(page);
    const first = await firstLoad(await consoleFolder());
    const bytes = first.reduce((sum, each) => sum + each.bytes, 0);
    assert.ok(bytes < FIRST_LOAD_BYTES, `${bytes} bytes: ${JSON.stringify(first)}`);
    for (const { file } of first) assert.ok(loaded.includes(file), file);
  });
}
