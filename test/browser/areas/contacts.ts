import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { eventually } from '#test/eventually.ts';
import type { World } from '../world.ts';

/** Three people who can be taken in; one whose number is none, one whose state is none, and one row twice. */
const FILE = [
  'Phone,Name,State,Zip,Clinic,Notes,Consent source,Consent text,Consent date',
  '(206) 555-0101,Ana Ruiz,WA,98101,North,calls in the morning,fair,Text me.,2026-10-01',
  '(206) 555-0102,Bo Chen,WA,98101,South,,fair,Text me.,2026-10-01',
  '(206) 555-0103,Cy Diaz,OR,,North,,,,',
  '(206) 555-0102,Bo C.,WA,98101,South,,,,',
  '+2065550104,Di Evans,WA,98101,North,,,,',
  '(206) 555-0105,Eve Fox,Atlantis,98101,Moon,,,,',
].join('\n');

async function makeField({ api }: World): Promise<void> {
  const { error } = await api.POST('/v1/contact-fields', {
    body: { name: 'clinic', label: 'Clinic', type: 'choice', choices: ['North', 'South'] },
  });
  assert.equal(error, undefined);
}

/** As the address has it. */
const NORTH = JSON.stringify({ all: [{ field: 'clinic', is: 'North' }] });

const fileOf = (name: string, text: string) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });

/** What somebody gets to keep who presses that. */
async function downloaded(page: Page, press: () => Promise<void>): Promise<string> {
  const coming = page.waitForEvent('download');
  await press();
  const download = await coming;
  return readFile(await download.path(), 'utf8');
}

/** The ids of contacts, by their names. */
async function idsOf({ api }: World, ...names: string[]): Promise<string[]> {
  return Promise.all(
    names.map(async (name) => {
      const { data } = await api.GET('/v1/contacts', { params: { query: { q: name } } });
      return data?.items[0]?.id ?? assert.fail(`nobody is called ${name}`);
    }),
  );
}

const fact = (page: Page, name: string) => page.locator('dl > div').filter({ hasText: name });

/** Contacts, from the file that they come in to what proves that they left. */
export function contactTests(world: () => World): void {
  before(() => makeField(world()));

  it('come from a file whose columns are named, whose faults stand in their cells, and which may be left and found again', async () => {
    const page = await world().open('/contacts');
    await page.getByRole('link', { name: 'Import a file' }).first().click();
    await page.getByRole('heading', { level: 1, name: 'Import a file' }).waitFor();
    await world().looksRight(page, 'import-new');
    await page.getByLabel('File', { exact: true }).setInputFiles(fileOf('fair.csv', FILE));
    await page.getByRole('button', { name: 'Send the file' }).click();

    const columns = page.getByRole('list', { name: 'Columns of the file' });
    await columns.getByText('calls in the morning').waitFor();
    assert.equal(await page.getByRole('combobox', { name: 'What Clinic is' }).inputValue(), 'Clinic');
    await page.getByText('1 column is left out.').waitFor();
    await world().looksRight(page, 'import-columns');
    await page.getByRole('button', { name: 'Check every row' }).click();

    const faulty = page.getByRole('table', { name: 'Rows that are faulty' });
    await faulty.getByText('is no valid phone number').waitFor();
    const cell = faulty.getByRole('cell', { name: /Atlantis/ });
    await cell.getByText('is no state of the United States').waitFor();
    await faulty.getByRole('cell', { name: /Moon/ }).getByText('is no value of the field clinic').waitFor();
    await world().looksRight(page, 'import-checked');
    const bad = await downloaded(page, () => page.getByRole('link', { name: 'Download these rows' }).click());
    assert.match(bad, /^Phone,Name,State.*,carillon line,carillon faults\r\n/);
    assert.match(bad, /Eve Fox,Atlantis,98101,Moon/);
    await page.reload();
    const take = page.getByRole('button', { name: 'Take in 3, leave out 2' });
    assert.equal(await take.getAttribute('aria-disabled'), 'true');
    await page.getByRole('textbox', { name: 'Type 3, how many people that is' }).fill('3');
    await take.click();
    await page.getByText('New contacts').waitFor();
    await page.getByText('What was wrong is kept for 30 days.').waitFor();
    await world().looksRight(page, 'import-report');

    await page.getByRole('link', { name: 'Imports', exact: true }).click();
    await page.locator('tr[data-row]').filter({ hasText: 'fair.csv' }).getByText('Taken in').waitFor();
    await world().looksRight(page, 'imports');
    await page.locator('tr[data-row]').filter({ hasText: 'fair.csv' }).click();
    await page.getByRole('heading', { level: 1, name: 'fair.csv' }).waitFor();
    await world().close(page);
  });

  it('come from a file that is there before its page knows of it, which is not asked for again', async () => {
    const page = await world().open('/contacts/imports/new');
    await page
      .getByLabel('File', { exact: true })
      .setInputFiles(fileOf('small.csv', 'Phone\n+12065550127\n'));
    const asked = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    await page.route(/\/v1\/imports\/[^/?]+\/file$/, async (route) => {
      await asked.promise;
      const response = await route.fetch();
      await route.fulfill({ response });
      arrived.resolve();
    });
    // How the import was before its file was there is heard of when it is.
    await page.route(
      /\/v1\/imports\/[^/?]+$/,
      async (route) => {
        const response = await route.fetch();
        asked.resolve();
        await arrived.promise;
        await route.fulfill({ response });
      },
      { times: 1 },
    );
    await page.getByRole('button', { name: 'Send the file' }).click();
    await page.getByRole('button', { name: 'Check every row' }).waitFor();
    await page.getByRole('button', { name: 'Drop this import' }).click();
    await world().close(page);
  });

  it('are found by name, number and conditions, which stand in the address, and leave as a file', async () => {
    const page = await world().open('/contacts?q=Ana%20R');
    await page.getByRole('status').getByText('1 row').waitFor();
    await page.getByRole('textbox', { name: 'Name or number' }).fill('206 555 0102');
    await page.locator('tr[data-row]').filter({ hasText: 'Bo Chen' }).waitFor();
    await page.getByRole('button', { name: 'Clear the search' }).click();
    await page.getByRole('button', { name: 'Conditions' }).click();
    await page.getByRole('button', { name: 'Add a condition' }).click();
    await page.getByRole('combobox', { name: 'Field' }).fill('Clin');
    await page.getByRole('option', { name: 'Clinic' }).click();
    await page.getByRole('combobox', { name: 'Value' }).click();
    await page.getByRole('option', { name: 'North' }).click();
    await page.getByRole('button', { name: 'Show them' }).click();
    await page.waitForURL(/filter=/);
    await page.getByText('2 contacts are like that.').waitFor();
    await world().looksRight(page, 'contacts-found');
    await page.reload();
    await page.getByText('2 contacts are like that.').waitFor();
    const file = await downloaded(page, () => page.getByRole('link', { name: 'Export as CSV' }).click());
    assert.deepEqual(
      file
        .trim()
        .split('\r\n')
        .map((line) => line.split(',')[2]),
      ['name', 'Ana Ruiz', 'Cy Diaz'],
    );
    await world().close(page);
  });

  it('are put on lists together, which are renamed and put away', async () => {
    const page = await world().open('/contacts/lists');
    await page.getByRole('link', { name: 'New list' }).first().click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Fair of October');
    await page.getByRole('button', { name: 'Make the list' }).click();
    await page.getByRole('dialog', { name: 'Fair of October' }).getByText('0 contacts are on it.').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'People', exact: true }).click();
    for (const name of ['Ana Ruiz', 'Bo Chen'])
      await page.getByRole('checkbox', { name: `Choose ${name}` }).check();
    const bar = page.getByRole('region', { name: 'What is chosen' });
    await bar.getByText('2 chosen').waitFor();
    await world().looksRight(page, 'contacts-chosen');
    await bar.getByRole('button', { name: 'Add to a list' }).click();
    await page.getByRole('menuitem', { name: /Fair of October/ }).click();
    await page.getByText('2 contacts are new on Fair of October.').waitFor();
    const onIt = (count: number): Promise<void> =>
      eventually(async () => {
        const { data } = await world().api.GET('/v1/lists', {});
        assert.equal(data?.items.find(({ name }) => name === 'Fair of October')?.members, count);
      });
    await page.getByRole('button', { name: 'Undo' }).click();
    await onIt(0);
    // All whom the list shows are told one by one by nobody: then it is asked how many they are.
    await page.getByRole('textbox', { name: 'Name or number' }).fill('Ana R');
    await page.getByRole('status').getByText('1 row').waitFor();
    await page.getByRole('button', { name: 'Clear the search' }).click();
    await page.goto(`${page.url().split('?')[0]}?filter=${encodeURIComponent(NORTH)}`);
    await page.getByText('2 contacts are like that.').waitFor();
    await page.getByRole('checkbox', { name: 'Choose Ana Ruiz' }).check();
    await bar.getByRole('button', { name: 'Choose all 2' }).click();
    await bar.getByRole('button', { name: 'Add to a list' }).click();
    await page.getByRole('menuitem', { name: /Fair of October/ }).click();
    const asks = page.getByRole('dialog', { name: 'Put everybody on Fair of October?' });
    await asks.getByRole('textbox', { name: 'Type 2, how many people that is' }).fill('2');
    await world().looksRight(page, 'contacts-all-to-list');
    await asks.getByRole('button', { name: 'Put 2 contacts on it' }).click();
    await asks.waitFor({ state: 'detached' });
    await onIt(2);

    await page.getByRole('link', { name: 'Lists', exact: true }).click();
    await page.locator('tr[data-row]').filter({ hasText: 'Fair of October' }).click();
    const list = page.getByRole('dialog', { name: 'Fair of October' });
    await list.getByText('2 contacts are on it.').waitFor();
    await world().looksRight(page, 'contact-list');
    await list.getByRole('textbox', { name: 'Name' }).fill('Autumn fair');
    await list.getByRole('button', { name: 'Save' }).click();
    const renamed = page.getByRole('dialog', { name: 'Autumn fair' });
    await renamed.getByRole('button', { name: 'Put away' }).click();
    await renamed.getByRole('button', { name: 'Take out again' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('There is no list yet').or(page.locator('tr[data-row]').first()).waitFor();
    assert.equal(await page.locator('tr[data-row]').filter({ hasText: 'Autumn fair' }).count(), 0);
    await page.getByText('Put away', { exact: true }).click();
    await page.locator('tr[data-row]').filter({ hasText: 'Autumn fair' }).waitFor();
    await world().close(page);
  });

  it('have fields of the organisation, of which choices grow', async () => {
    const page = await world().open('/contacts/fields');
    await page.getByRole('link', { name: 'New field' }).first().click();
    await page.getByRole('textbox', { name: 'What it is called' }).fill('Last visit');
    await page.getByRole('combobox', { name: 'Values are' }).click();
    await page.getByRole('option', { name: 'Date' }).click();
    await page.getByText('{{last_visit}}').waitFor();
    await world().looksRight(page, 'contact-field-new');
    await page.getByRole('button', { name: 'Add the field' }).click();
    await page.locator('tr[data-row]').filter({ hasText: 'Last visit' }).waitFor();
    await world().looksRight(page, 'contact-fields');
    await page.locator('tr[data-row]').filter({ hasText: 'Clinic' }).click();
    const field = page.getByRole('dialog', { name: 'Clinic' });
    await field.getByLabel('More choices').fill('East');
    await page.keyboard.press('Enter');
    await field.getByRole('button', { name: 'Save' }).click();
    await field.getByText('North, South, East').waitFor();
    await world().close(page);
  });

  it('are changed by whoever has seen the newest of them, and told when somebody came before', async () => {
    const [id = ''] = await idsOf(world(), 'Ana Ruiz');
    const page = await world().open('/contacts?q=Ana');
    await page.locator('tr[data-row]').filter({ hasText: 'Ana Ruiz' }).click();
    await page.getByRole('heading', { level: 1, name: 'Ana Ruiz' }).waitFor();
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByRole('dialog').getByRole('textbox', { name: 'Last visit' }).fill('2026-11-20');
    await world().looksRight(page, 'contact-edit');
    const seen = await world().api.GET('/v1/contacts/{id}', { params: { path: { id } } });
    await world().api.PATCH('/v1/contacts/{id}', {
      params: { path: { id }, header: { 'If-Match': seen.response.headers.get('etag') ?? '' } },
      body: { tags: ['vip'] },
    });
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('alert').getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('dialog').getByText('vip').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await fact(page, 'Last visit').getByText('Nov 20, 2026').waitFor();
    await fact(page, 'Clinic').getByText('North').waitFor();
    // The consent that the file brought.
    await page.getByRole('region', { name: /2026/ }).first().getByText('Agreed').waitFor();
    await world().looksRight(page, 'contact');
    await world().close(page);
  });

  it('are opted out, which history and evidence prove, and restored where that was a slip', async () => {
    const page = await world().open('/contacts?q=Bo%20Chen');
    await page.locator('tr[data-row]').filter({ hasText: 'Bo Chen' }).click();
    await page.getByRole('button', { name: 'Opt them out…' }).click();
    await page
      .getByRole('textbox', { name: 'What they wrote or said' })
      .fill('Please take me off your list.');
    await world().looksRight(page, 'consent-opt-out');
    await page.getByRole('dialog').getByRole('button', { name: 'Opt them out' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByText('Please take me off your list.').waitFor();
    await page.getByText('Nothing, by text or by call').waitFor();
    await world().looksRight(page, 'consent');

    await page.getByRole('button', { name: 'Evidence' }).click();
    const evidence = page.getByRole('dialog', { name: 'Evidence' });
    const record = await downloaded(page, () =>
      evidence.getByRole('button', { name: 'Download as JSON' }).click(),
    );
    const { lastHash, links } = JSON.parse(record);
    await evidence.getByText(lastHash).waitFor();
    assert.ok(links.length >= 2);
    await world().looksRight(page, 'consent-evidence');
    const opening = page.waitForEvent('popup');
    await evidence.getByRole('button', { name: 'Open as a page for printing' }).click();
    const printed = await opening;
    await printed.getByRole('heading', { level: 1, name: '+12065550102' }).waitFor();
    await printed.getByText('Please take me off your list.').waitFor();
    await printed.close();
    await page.keyboard.press('Escape');

    await page.getByRole('button', { name: 'Take it back…' }).click();
    await page.getByRole('textbox', { name: 'Why' }).fill('It was another Bo Chen.');
    await page.getByRole('button', { name: 'Take it back', exact: true }).click();
    await page.getByText('It was taken back since, and counts as never said.').waitFor();
    await page.getByText('It was another Bo Chen.').waitFor();
    await world().close(page);
  });

  it('that get nothing are looked up by any number, and come in files too', async () => {
    const page = await world().open('/contacts/consent');
    await page.getByRole('link', { name: 'Import a list' }).click();
    await page
      .getByLabel('File', { exact: true })
      .setInputFiles(fileOf('stops.csv', 'phone,reason\n(206) 555-0111,asked at the desk\n12,nobody\n'));
    await page.getByRole('button', { name: 'Send the file' }).click();
    await page.getByRole('button', { name: 'Check every row' }).click();
    await page.getByRole('textbox', { name: 'Type 1, how many people that is' }).fill('1');
    await page.getByRole('button', { name: 'Take in 1, leave out 1' }).click();
    await page.getByRole('link', { name: /New numbers/ }).click();
    await page.locator('tr[data-row]').filter({ hasText: '+12065550111' }).waitFor();
    await world().looksRight(page, 'suppressions');
    await page.getByRole('textbox', { name: 'Look up a number' }).fill('(206) 555-0111');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: '+12065550111' }).waitFor();
    await page.getByText('No contact has this number.').waitFor();
    await page.getByRole('button', { name: 'Take it back…' }).waitFor();
    await world().close(page);
  });
}
