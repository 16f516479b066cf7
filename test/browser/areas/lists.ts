import assert from 'node:assert/strict';
import type { World } from '../world.ts';

const MANY = 1_000;

/** What all lists have: the table. */
export function listTests(world: () => World): void {
  it('look right where there is something and where there is nothing', async () => {
    for (const [path, name] of [
      ['/campaigns', 'campaigns'],
      ['/inbox', 'inbox'],
      ['/drills', 'drills'],
      ['/contacts', 'contacts'],
      ['/phones', 'phones'],
    ] as const) {
      const page = await world().open(path);
      await world().looksRight(page, name);
      await world().close(page);
    }
  });

  describe('of as many as there are', () => {
    before(() =>
      world().system.database.query(
        `INSERT INTO contact (contact_id, phone_number, name, created_at, updated_at)
         SELECT gen_random_uuid(), '+1' || 701 + n / 100 || '55501' || lpad((n % 100)::text, 2, '0'),
                'Row ' || lpad(n::text, 4, '0'), now(), now()
           FROM generate_series(0, ${MANY - 1}) AS n`,
      ),
    );
    after(() => world().system.database.query(`DELETE FROM contact WHERE name LIKE 'Row %'`));

    it('keep their columns, and draw only rows that are on the screen', async () => {
      const page = await world().open('/contacts?q=Row');
      await page.getByRole('status').getByText('The first 200 rows').waitFor();
      await page.getByRole('button', { name: 'Columns' }).click();
      await page.getByLabel('Tags').uncheck();
      await page.keyboard.press('Escape');
      await page.reload();
      await page.getByRole('status').getByText('The first 200 rows').waitFor();
      assert.equal(await page.getByRole('columnheader', { name: 'Tags' }).count(), 0);

      const table = page.getByRole('region', { name: 'Contacts' });
      const toTheEnd = (): Promise<void> =>
        table.evaluate((element) => element.scrollTo(0, element.scrollHeight));
      const drawn = page.locator('tr[data-row]');
      const all = page.getByRole('status').getByText(`${MANY.toLocaleString('en')} rows`);
      while ((await all.count()) === 0) {
        await toTheEnd();
        await page.locator('[data-reading]').waitFor({ state: 'detached' });
        assert.ok((await drawn.count()) < 80, 'rows out of sight are not drawn');
      }
      await toTheEnd();
      // The head is the first row.
      await page.locator(`tr[data-row][aria-rowindex="${MANY + 1}"]`).waitFor();
      assert.ok((await drawn.count()) < 80, 'rows out of sight are not drawn');
      await world().close(page);
    });

    it('are searched, and the search stands in the address', async () => {
      const page = await world().open('/contacts?q=Row%200012');
      await page.getByRole('status').getByText('1 row').waitFor();
      await page.getByRole('textbox', { name: 'Name or number' }).fill('Row 001');
      await page.waitForURL(/q=Row\+001|q=Row%20001/);
      await page.getByRole('status').getByText('10 rows').waitFor();
      await page.getByRole('textbox', { name: 'Name or number' }).fill('Nobody');
      await page.getByText('Nobody is like that').waitFor();
      await world().close(page);
    });
  });
}
