import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { World } from '../world.ts';

const LIST = 'Clinic of Elm Street';
const NAME = 'Flu shots at Elm Street';
/** People in Chicago who agreed to be told things, and some in Los Angeles, two hours behind them. */
const CHICAGO = 24;
const ANGELES = 4;
/** Nobody of them agreed to anything. */
const WITHOUT_CONSENT = 2;

/** People on a list of their own. */
async function insertPeople(world: World): Promise<void> {
  await world.system.database.query(
    `WITH made AS (
       INSERT INTO contact (contact_id, phone_number, name, language, time_zone, created_at, updated_at)
       SELECT gen_random_uuid(), '+1' || CASE WHEN n < $1 THEN '312' ELSE '213' END || '55501' || lpad(n::text, 2, '0'),
              'Elm ' || n, 'en', CASE WHEN n < $1 THEN 'America/Chicago' ELSE 'America/Los_Angeles' END, now(), now()
         FROM generate_series(0, $1::int + $2::int + $3::int - 1) AS n
       RETURNING contact_id, phone_number),
     list AS (
       INSERT INTO contact_list (list_id, name, created_at, updated_at)
       VALUES (gen_random_uuid(), $4, now(), now()) RETURNING list_id)
     INSERT INTO list_member (list_id, contact_id, added_at) SELECT list_id, contact_id, now() FROM list, made`,
    [CHICAGO, ANGELES, WITHOUT_CONSENT, LIST],
  );
  for (let n = 0; n < CHICAGO + ANGELES; n += 1) {
    const { error } = await world.api.POST('/v1/consents', {
      body: {
        phoneNumber: `+1${n < CHICAGO ? '312' : '213'}55501${String(n).padStart(2, '0')}`,
        method: 'web',
        granted: ['informational'],
        wording: 'Text me about my appointments. Reply STOP to stop.',
        affirmativeAction: 'ticked the box',
        url: 'https://example.org/join',
      },
    });
    assert.equal(error, undefined);
  }
}

/** Saves the section that is open, and waits until that is done. */
async function save(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('All is saved.').waitFor();
}

const section = (page: Page, name: RegExp) =>
  page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name });

/** A campaign from its draft to its end, with the browser alone. */
export function campaignTests(world: () => World): void {
  let address: string;

  before(() => insertPeople(world()));

  it('are built section by section, and say what keeps them from starting', async () => {
    // Morning in Chicago, while people in Los Angeles still sleep.
    await world().system.skip({ to: '09:00', zone: 'America/Chicago' });
    const page = await world().open('/campaigns');
    await page.getByRole('link', { name: 'New campaign' }).first().click();
    await page.getByRole('heading', { level: 1, name: 'New campaign' }).waitFor();
    await world().looksRight(page, 'campaign-new');
    await page.getByRole('textbox', { name: 'Name' }).fill(NAME);
    await page.getByRole('button', { name: 'Make the draft' }).click();
    await page.getByRole('heading', { level: 1, name: NAME }).waitFor();

    await section(page, /Audience/)
      .getByText('Blocks the start')
      .waitFor();
    await page.getByLabel('Lists to include').first().fill('Elm');
    await page.getByRole('option', { name: new RegExp(LIST) }).click();
    const counted = page.getByRole('region', { name: 'Who that is' });
    await counted.getByText(`of ${CHICAGO + ANGELES + WITHOUT_CONSENT} contacts`).waitFor();
    await page.getByRole('heading', { level: 1 }).click();
    await save(page);
    await section(page, /Audience/)
      .getByText('Complete')
      .waitFor();
    await world().looksRight(page, 'campaign-audience');

    await section(page, /Message/).click();
    const text = page.getByRole('textbox', { name: 'Text in English' });
    await text.fill('Hi {{first_name|there}}, “flu shots” are free today.');
    await page.getByText('These characters make it longer').waitFor();
    await world().looksRight(page, 'campaign-message');
    await page.getByRole('button', { name: 'Replace them' }).click();
    assert.equal(await text.inputValue(), 'Hi {{first_name|there}}, "flu shots" are free today.');
    await save(page);
    await page.getByText('In the middle').waitFor();

    await section(page, /Senders/).click();
    await page.getByRole('textbox', { name: 'At most, a second' }).fill('1');
    await save(page);
    await world().looksRight(page, 'campaign-senders');

    await section(page, /Hours/).click();
    await page.getByRole('button', { name: 'Remove these hours' }).first().click();
    await save(page);
    await section(page, /Hours/).getByText('Blocks the start').waitFor();
    await section(page, /Review/).click();
    await page.getByText('1 thing keeps it from starting').waitFor();
    await section(page, /Hours/).click();
    await page.getByRole('button', { name: 'Add hours' }).click();
    for (const day of ['Sat', 'Sun']) await page.getByText(day, { exact: true }).click();
    await save(page);
    await world().looksRight(page, 'campaign-schedule');
    address = new URL(page.url()).pathname.replace('/console', '').replace('/edit', '');
    await world().close(page);
  });

  it('say whom they reach and when, and start once somebody has typed how many', async () => {
    const page = await world().open(`${address}/edit?section=review`);
    await page.getByText('Everything is complete. It may start.').waitFor();
    await page.getByText(`${WITHOUT_CONSENT}: No consent`).waitFor();
    await page.getByRole('heading', { name: 'How many are written to by when' }).waitFor();
    await page.locator('.recharts-surface').first().waitFor();
    await world().looksRight(page, 'campaign-review');
    const start = page.getByRole('button', { name: 'Start it' });
    assert.equal(await start.getAttribute('aria-disabled'), 'true');
    const people = CHICAGO + ANGELES;
    await page.getByRole('textbox', { name: `Type ${people}, how many people get it` }).fill(String(people));
    await start.click();
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await world().close(page);
  });

  it('are watched, paused, resumed and stopped; every number opens its people, and every person what was decided', async () => {
    const page = await world().open(address);
    await page.getByRole('link', { name: /^Held/ }).getByText(String(ANGELES), { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Resume' }).waitFor();
    await page.locator('.recharts-surface').first().waitFor();
    await world().looksRight(page, 'campaign');
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await page
      .getByRole('link', { name: /^Delivered/ })
      .getByText(String(CHICAGO), { exact: true })
      .waitFor({ timeout: 60_000 });

    await page.getByRole('link', { name: /^Held/ }).click();
    const held = page.getByRole('dialog', { name: 'Held' });
    await held.locator('tr[data-row]').first().waitFor();
    assert.equal(await held.locator('tr[data-row]').count(), ANGELES);
    await held.locator('tr[data-row]').first().click();
    await page.getByText('Held until 09:00 in Los Angeles: quiet hours', { exact: false }).first().waitFor();
    await world().looksRight(page, 'campaign-contact');
    await page.reload();
    await page.getByText('Held until 09:00 in Los Angeles', { exact: false }).first().waitFor();
    await page.goBack();
    await page.getByRole('dialog', { name: 'Held' }).waitFor();
    await page.keyboard.press('Escape');

    await page.getByRole('button', { name: `More for ${NAME}` }).click();
    await page.getByRole('menuitem', { name: 'Stop…' }).click();
    const stop = page.getByRole('dialog', { name: `Stop ${NAME}?` });
    assert.equal(await stop.getByRole('button', { name: 'Stop it for good' }).isDisabled(), true);
    await stop.getByRole('textbox').fill(String(ANGELES));
    await stop.getByRole('button', { name: 'Stop it for good' }).click();
    await page.getByText('Stopped', { exact: true }).first().waitFor();
    await world().close(page);
  });

  it('are found by their name and how they stand, copied, and put away', async () => {
    const page = await world().open('/campaigns?status=ended&q=Elm');
    const row = page.locator('tr[data-row]').filter({ hasText: NAME });
    await row.getByText(`${CHICAGO} of`).waitFor();
    await world().looksRight(page, 'campaigns-ended');
    await row.getByRole('button', { name: `More for ${NAME}` }).click();
    await page.getByRole('menuitem', { name: 'Put away' }).click();
    await page.getByText('No campaign is like that').waitFor();
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.getByText('Put away', { exact: true }).click();
    await page.locator('tr[data-row]').filter({ hasText: NAME }).click();
    await page.getByRole('button', { name: `More for ${NAME}` }).click();
    await page.getByRole('menuitem', { name: 'Make a copy' }).click();
    await page.getByRole('heading', { level: 1, name: `${NAME} (copy)` }).waitFor();
    await world().close(page);
  });
}
