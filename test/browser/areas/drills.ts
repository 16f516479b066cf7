import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { eventually } from '#test/eventually.ts';
import type { World } from '../world.ts';

/** Of a programme of its own, so that nobody else's texts come to it. */
const OURS = '+14155550163';
const QUESTION = 'Is gel enough when your hands are dirty?';

const saved = (page: Page): Promise<void> => page.getByRole('status').getByText('All is saved').waitFor();

const promptCard = (page: Page, number: number): Locator =>
  page.getByRole('region', { name: new RegExp(`^Prompt ${number}:`) });

/** Says something on the phone beside the drill, and waits for what it is taken for. */
async function says(page: Page, text: string, takenFor: string): Promise<void> {
  const phone = page.getByRole('region', { name: 'The message as it is received' });
  const taken = phone.getByText(takenFor, { exact: true });
  const before = await taken.count();
  await page.getByRole('textbox', { name: 'Text as the person' }).fill(text);
  await page.getByRole('button', { name: 'Send' }).click();
  await taken.nth(before).waitFor();
}

/** A draft of one question, begun through the API. */
async function makeDraft({ api }: World, slug: string, name: string): Promise<void> {
  const { error } = await api.POST('/v1/drill-drafts', { body: draftOf(slug, name, QUESTION) });
  assert.equal(error, undefined);
}

const draftOf = (slug: string, name: string, question: string) => ({
  slug,
  name,
  defaultLanguage: 'en',
  prompts: [
    { slug: 'gel', messages: [{ text: { en: question } }], correctResponse: { en: 'no' } },
    { slug: 'bye', messages: [{ text: { en: 'Thank you!' } }] },
  ],
});

/** Drills from their first word to the answers of people, and the programmes that give them. */
export function drillTests(world: () => World): void {
  it('are written with a phone beside them, published, taken part in, and say which question does not work', async () => {
    const { senderNumber } = await world().sender(OURS);
    const name = 'Soap and water';
    const page = await world().open('/drills');
    await page.getByRole('link', { name: 'New drill' }).first().click();
    await page.getByRole('heading', { level: 1, name: 'New drill' }).waitFor();
    await world().looksRight(page, 'drill-new');
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill(name);
    await page.getByRole('button', { name: 'Make the draft' }).click();
    await page.getByRole('heading', { level: 1, name }).waitFor();

    await page.getByRole('button', { name: 'Add a prompt' }).click();
    const card = promptCard(page, 1);
    await page.getByText('Prompt 1 says nothing yet').waitFor();
    await card.getByRole('textbox', { name: 'Message in English' }).fill(QUESTION);
    await card.getByRole('textbox', { name: 'Right answer', exact: true }).fill('no');
    await saved(page);
    const tried = card.getByRole('textbox', { name: 'Try an answer' });
    for (const [text, verdict] of [
      ['No!', 'Right'],
      ['Yes', 'Wrong'],
      ['Stop', 'Not an answer'],
    ] as const) {
      await tried.fill(text);
      await card.getByText(verdict, { exact: true }).waitFor();
    }
    await card.getByRole('button', { name: 'Another right answer' }).click();
    const further = card.getByRole('textbox', { name: 'Also right 1 in English' });
    await further.fill('quit');
    await card.getByText('A reserved word: it would never be taken for an answer.').waitFor();
    // The check of the API says so too, at the same place.
    await card.getByText('1 fault').waitFor();
    await card.getByRole('button', { name: 'Add a language' }).click();
    await page.getByRole('menuitem', { name: 'Spanish' }).click();
    await card.getByText('3 missing').waitFor();
    await world().looksRight(page, 'drill-editor');
    await card.getByRole('tab', { name: /English/ }).click();
    await further.fill('not enough');
    await saved(page);

    await says(page, 'yes', 'Wrong');
    await says(page, 'no', 'Right');
    await page.getByRole('button', { name: 'Save as an example' }).click();
    await page.getByRole('textbox', { name: 'Name of the example' }).fill('right at the second try');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Goes as expected').waitFor();
    await saved(page);

    await page.getByRole('button', { name: 'Publish…' }).click();
    const drawer = page.getByRole('dialog', { name: `Publish “${name}”` });
    await drawer.getByText('Nothing keeps it from being published.').waitFor();
    await drawer.getByText('No example answers it wrong for the last time', { exact: false }).waitFor();
    await world().looksRight(page, 'drill-publish');
    await drawer
      .getByRole('textbox', { name: 'Why it is published all the same' })
      .fill('Tried on our phones.');
    await drawer.getByRole('button', { name: 'Publish version 1' }).click();
    await page.getByText('Nobody was asked anything of it yet').waitFor();

    await page.goto(page.url().replace(/\/drills\/.*/, '/drills/programmes/new'));
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Soap course');
    await page.getByRole('textbox', { name: 'Organisation' }).fill('Elm County Health');
    await page.getByRole('textbox', { name: 'How people reach somebody' }).fill('care@example.org');
    await page.getByRole('textbox', { name: 'First code' }).fill('SOAP2027');
    await page.getByRole('combobox', { name: 'Numbers' }).fill(senderNumber);
    await page.keyboard.press('Enter');
    await page.getByRole('combobox', { name: 'Add a drill' }).fill('Soap and');
    await page.getByRole('option', { name }).click();
    await page.getByRole('listitem').filter({ hasText: name }).waitFor();
    await world().looksRight(page, 'programme-new');
    await page.getByRole('button', { name: 'Make the programme' }).click();
    await page.getByRole('heading', { level: 1, name: 'Soap course' }).waitFor();
    // Longer than services take to hear of it.
    await world().looksRight(page, 'programme-begun');

    for (const phone of ['+13125550181', '+13125550182']) {
      await answers(world(), phone, ['SOAP2027', QUESTION]);
      await answers(world(), phone, ['not really', /try again/i]);
      await answers(world(), phone, ['not realy', 'Thank you! Text MORE to go on.']);
    }
    await eventually(async () => {
      const { data } = await world().api.GET('/v1/programmes/{slug}/progress', {
        params: { path: { slug: 'soap-course' } },
      });
      assert.equal(data?.participants.completed, 2);
    });
    await page.reload();
    await page
      .locator('[data-leads]', { hasText: 'Completed all' })
      .getByText('2', { exact: true })
      .waitFor();
    await world().looksRight(page, 'programme');
    await page.getByRole('row', { name: new RegExp(name) }).click();
    const wrong = page.getByRole('region', { name: 'question-1', exact: true });
    await wrong.getByText('2 spellings').waitFor();
    await page.locator('.recharts-surface').first().waitFor();
    await world().looksRight(page, 'drill-report');
    await wrong.getByRole('button', { name: /^Accept this too: “not real+y”/ }).click();
    await page.getByRole('heading', { level: 1, name }).waitFor();
    const accepted = promptCard(page, 1).getByRole('textbox', { name: 'Also right 2 in English' });
    assert.match(await accepted.inputValue(), /^not real+y$/);

    await page.goto(page.url().replace(/\/edit.*/, '/versions'));
    await page.getByText('Also right · English').waitFor();
    await page.getByText('Tried on our phones.').waitFor();
    await world().looksRight(page, 'drill-versions');
    await page.getByRole('button', { name: `More for ${name}` }).click();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'Download as a YAML file' }).click(),
    ]);
    assert.equal(file.suggestedFilename(), 'soap-and-water.yaml');
    await world().close(page);
  });

  it('tell whoever was overtaken, who loses nothing', async () => {
    await makeDraft(world(), 'gel', 'Gel');
    const page = await world().open('/drills/drill/gel/edit');
    const text = promptCard(page, 1).getByRole('textbox', { name: 'Message in English' });
    const { api } = world();
    const params = { path: { slug: 'gel' } };
    const changeElsewhere = async (question: string): Promise<void> => {
      const { response } = await api.GET('/v1/drill-drafts/{slug}', { params });
      const { error } = await api.PUT('/v1/drill-drafts/{slug}', {
        params: { ...params, header: { 'If-Match': response.headers.get('etag') ?? '' } },
        body: draftOf('gel', 'Gel', question),
      });
      assert.equal(error, undefined);
    };
    // It hears of the change at once: what it reads then comes when something is written here, as it does on a slow line.
    const written = Promise.withResolvers<void>();
    await page.route('**/v1/drill-drafts/gel', async (route) => {
      if (route.request().method() === 'GET') await written.promise;
      await route.continue();
    });
    await changeElsewhere('Is gel enough?');
    await text.fill('Is gel as good as soap?');
    written.resolve();
    await page.getByText('You changed the same thing.', { exact: false }).waitFor();
    await page.getByRole('button', { name: 'Show what differs' }).click();
    await page.getByText('enough').first().waitFor();
    await world().looksRight(page, 'drill-overtaken');
    // It is there again when the page is left and opened again.
    await page.reload();
    await page.getByRole('button', { name: 'Take mine' }).waitFor();
    assert.equal(await text.inputValue(), 'Is gel as good as soap?');
    await page.getByRole('button', { name: 'Take mine' }).click();
    await saved(page);
    const { data } = await api.GET('/v1/drill-drafts/{slug}', { params });
    assert.equal(data?.draft.prompts[0]?.messages[0]?.text?.en, 'Is gel as good as soap?');

    await page.getByRole('button', { name: 'More for Gel' }).click();
    await page.getByRole('menuitem', { name: 'Give the draft up' }).click();
    await page.getByRole('heading', { level: 1, name: 'Drills' }).waitFor();
    await world().close(page);
  });

  it('keep a prompt that is not finished when the drill is published, and have it back when it is edited again', async () => {
    await makeDraft(world(), 'gloves', 'Gloves');
    const page = await world().open('/drills/drill/gloves/edit');
    await saved(page);
    await page.getByRole('button', { name: 'Add a prompt' }).click();
    const half = promptCard(page, 2).getByRole('textbox', { name: 'Right answer', exact: true });
    await half.fill('every time');
    await page.reload();
    assert.equal(await half.inputValue(), 'every time');
    await page.getByRole('button', { name: 'Publish…' }).click();
    const drawer = page.getByRole('dialog', { name: 'Publish “Gloves”' });
    await drawer.getByText('What is not finished yet is not published with it.', { exact: false }).waitFor();
    await drawer
      .getByRole('textbox', { name: 'Why it is published all the same' })
      .fill('Tried on our phones.');
    await drawer.getByRole('button', { name: 'Publish version 1' }).click();
    await page.getByText('Nobody was asked anything of it yet').waitFor();
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.waitForURL(/gloves\/edit/);
    assert.equal(await half.inputValue(), 'every time');
    await world().close(page);
  });

  it('are given by programmes, with codes and people of their own, which can be over', async () => {
    const page = await world().open('/drills/programmes/soap-course/codes');
    await page.getByRole('row', { name: /SOAP2027/ }).waitFor();
    await page.getByRole('button', { name: 'Add a code' }).click();
    const adding = page.getByRole('dialog', { name: 'Add a code' });
    await adding.getByRole('textbox', { name: 'Code' }).fill('ELM2027');
    await adding.getByRole('textbox', { name: 'At most so many times' }).fill('200');
    await adding.getByRole('button', { name: 'Add', exact: true }).click();
    await page
      .getByRole('row', { name: /ELM2027/ })
      .getByText('0 of 200')
      .waitFor();
    await world().looksRight(page, 'programme-codes');

    await page.getByRole('link', { name: 'Participants' }).click();
    await page.getByRole('status').getByText('2 rows').waitFor();
    await world().looksRight(page, 'participants');
    await enrolsList(world(), page);
    await page.locator('tr[data-row]').first().click();
    const person = page.getByRole('dialog', { name: '+13125550181' });
    await person.getByText('Answered wrong').first().waitFor();
    await person.getByText('not realy').waitFor();
    await world().looksRight(page, 'participant');
    await page.keyboard.press('Escape');

    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('switch', { name: 'Send the next drill by itself' }).check();
    await page.getByText('Not saved yet.').waitFor();
    await world().looksRight(page, 'programme-settings');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('All is saved.').waitFor();

    await page.getByRole('button', { name: 'More for Soap course' }).click();
    await page.getByRole('menuitem', { name: 'Archive' }).click();
    await page.getByText('This programme is archived').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('This programme is archived').waitFor({ state: 'detached' });
    await world().close(page);
  });

  it('come in as files, whose faults are named with their lines', async () => {
    const page = await world().open('/drills/import');
    const choose = (text: string): Promise<void> =>
      page
        .locator('input[type="file"]')
        .setInputFiles({ name: 'masks.yaml', mimeType: 'application/yaml', buffer: Buffer.from(text) });
    const file = 'kind: drill\nslug: masks\nname: Masks\ndefaultLanguage: en\nprompts:\n  - slug: hello\n';
    await choose(file);
    await page.getByRole('button', { name: 'Take them in' }).click();
    await page.getByText('masks.yaml:6', { exact: false }).waitFor();
    await world().looksRight(page, 'drill-import');
    await choose(`${file}    messages: [{ text: { en: Masks help. } }]\n`);
    await page.getByRole('button', { name: 'Take them in' }).click();
    await page
      .getByRole('table', { name: 'What became of them' })
      .getByText('Draft', { exact: true })
      .waitFor();
    await page.getByRole('link', { name: 'Open' }).click();
    await page.getByRole('heading', { level: 1, name: 'Masks' }).waitFor();
    await world().close(page);
  });
}

/** Two on a list, of whom one takes part by now: whoever enrols it reads how many it reaches, and types it. */
async function enrolsList({ system }: World, page: Page): Promise<void> {
  await system.database.query(
    `WITH made AS (
       INSERT INTO contact (contact_id, phone_number, name, created_at, updated_at)
       SELECT gen_random_uuid(), '+1312555018' || n, 'Soap ' || n, now(), now() FROM generate_series(2, 3) AS n
       RETURNING contact_id),
     list AS (
       INSERT INTO contact_list (list_id, name, created_at, updated_at)
       VALUES (gen_random_uuid(), 'Soap people', now(), now()) RETURNING list_id)
     INSERT INTO list_member (list_id, contact_id, added_at) SELECT list_id, contact_id, now() FROM list, made`,
  );
  await page.getByRole('button', { name: 'Enrol a list' }).click();
  const dialog = page.getByRole('dialog', { name: 'Enrol a list' });
  await dialog.getByRole('combobox', { name: 'List' }).fill('Soap people');
  await page.getByRole('option', { name: 'Soap people' }).click();
  await dialog.getByText('1 of the 2 on the list do not take part yet.', { exact: false }).waitFor();
  const enrol = dialog.getByRole('button', { name: 'Enrol them' });
  assert.equal(await enrol.getAttribute('aria-disabled'), 'true');
  await dialog.getByRole('textbox', { name: 'Type 1, how many people that is' }).fill('1');
  await enrol.click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('status').getByText('3 rows').waitFor();
}

/** A person texts our number of the programme, and waits for what comes last. */
async function answers(
  { system }: World,
  phone: string,
  [text, heard]: [string, string | RegExp],
): Promise<void> {
  const person = phoneNumber(phone);
  await system.simulator.text(person, text, phoneNumber(OURS));
  await eventually(async () => {
    const last = (await system.simulator.conversation(person)).at(-1);
    assert.equal(last?.direction, 'to_phone');
    if (typeof heard === 'string') assert.equal(last.body, heard);
    else assert.match(last.body, heard);
  });
}
