import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { eventually } from '#test/eventually.ts';
import { settled, type World } from '../world.ts';

/** From here the campaign goes, and here the course is taught: no other test's numbers. */
const CLINIC = '+14155550191';
const COURSE = '+14155550192';

/** Three who agreed in Chicago, one in Los Angeles, where it is still night, one who never did, and one whose number is none. */
const FILE = [
  'Phone,Name,Time zone,Consent source,Consent text,Consent date',
  '(872) 555-0101,Ida Park,America/Chicago,fair,Text me about my clinic.,2026-10-01',
  '(872) 555-0102,Ned Cole,America/Chicago,fair,Text me about my clinic.,2026-10-01',
  '(872) 555-0103,Lea Moss,America/Chicago,fair,Text me about my clinic.,2026-10-01',
  '(747) 555-0104,Gus Webb,America/Los_Angeles,fair,Text me about my clinic.,2026-10-01',
  '(872) 555-0105,Zoe Lane,America/Chicago,,,',
  '+8725550106,Max Dorn,America/Chicago,,,',
].join('\n');

const QUESTION = 'How long should you wash your hands? Text the number of seconds.';

const link = (page: Page, name: string): Locator => page.getByRole('link', { name, exact: true });
const title = (page: Page, name: string | RegExp): Promise<void> =>
  page.getByRole('heading', { level: 1, name }).waitFor();
const cardOf = (page: Page, phone: string): Locator =>
  page.getByRole('region', { name: `Phone ${phone}`, exact: true });

/** What somebody writes on a virtual phone that is open, to one of our numbers. */
async function write(page: Page, phone: string, to: string, text: string): Promise<void> {
  const card = cardOf(page, phone);
  await card.getByLabel('Number of ours that it writes to').click();
  await page.getByRole('option', { name: to }).click();
  await card.getByLabel(`Text from ${phone}`).fill(text);
  await card.getByLabel(`Text from ${phone}`).press('Enter');
}

/**
 * Services hear of a new programme a second later, or within a minute where the database is slow: until then nobody knows its
 * code, and whoever is told so sends it again.
 */
async function register(page: Page, phone: string): Promise<void> {
  const texts = cardOf(page, phone).getByRole('listitem');
  for (let unknown = 1; ; unknown += 1) {
    await write(page, phone, COURSE, 'WASH2027');
    const toldSo = texts.filter({ hasText: /do not know that code/ }).nth(unknown - 1);
    const question = texts.filter({ hasText: QUESTION });
    await question.or(toldSo).last().waitFor();
    if (await question.last().isVisible()) return;
    assert.ok(unknown < 10, 'nobody ever knew the code');
  }
}

const hears = (page: Page, phone: string, text: string | RegExp): Promise<void> =>
  cardOf(page, phone).getByRole('listitem').filter({ hasText: text }).last().waitFor();

/**
 * A day of somebody at a clinic, with nothing but the browser: docs/tour.md tells it with the pictures that are taken here
 * (CARILLON_SCREENSHOTS).
 */
export function tourTests(world: () => World): void {
  // Past nine in Chicago, and not yet in Los Angeles.
  before(() => world().system.skip({ to: '09:00', zone: 'America/Chicago' }));

  it('leads from a file of people to an answered campaign, and from a question to what people answer', async function () {
    this.timeout(300_000);
    const page = await world().open('/');
    const picture = (name: string): Promise<void> => world().picture(page, `tour-${name}`);

    await addNumber(page, CLINIC);
    await addNumber(page, COURSE);
    await picture('senders');

    await importPeople(page, picture);
    await buildCampaign(page, picture);
    await watchCampaign(page, picture);
    await answerReply(page, picture);
    await optOut(page, picture);
    await findOutWhy(page, picture);

    await writeDrill(page, picture);
    await teach(page, picture);
    await world().close(page);
  });
}

type Picture = (name: string) => Promise<void>;

async function addNumber(page: Page, number: string): Promise<void> {
  await link(page, 'System').click();
  await link(page, 'Senders').click();
  await page.getByRole('button', { name: 'New number' }).first().click();
  const adding = page.getByRole('dialog', { name: 'New number' });
  await adding.getByRole('textbox', { name: 'Number' }).fill(number);
  await adding.getByRole('combobox', { name: 'Registration' }).click();
  await page.getByRole('option', { name: 'Registered', exact: true }).click();
  await adding.getByRole('textbox', { name: 'Segments a second' }).fill('3');
  await adding.getByRole('button', { name: 'Add the number' }).click();
  await page.getByRole('dialog', { name: number }).getByText('Works').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

async function importPeople(page: Page, picture: Picture): Promise<void> {
  await link(page, 'Contacts').click();
  await link(page, 'Lists').click();
  await page.getByRole('link', { name: 'New list' }).first().click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Elm Street clinic');
  await page.getByRole('button', { name: 'Make the list' }).click();
  await page.getByRole('dialog', { name: 'Elm Street clinic' }).getByText('0 contacts are on it.').waitFor();
  await page.keyboard.press('Escape');
  await link(page, 'People').click();
  await page.getByRole('link', { name: 'Import a file' }).first().click();
  const file = { name: 'clinic.csv', mimeType: 'text/csv', buffer: Buffer.from(FILE) };
  await page.getByLabel('File', { exact: true }).setInputFiles(file);
  await page.getByRole('combobox', { name: 'Put them on a list' }).click();
  await page.getByRole('option', { name: 'Elm Street clinic' }).click();
  await page.getByRole('button', { name: 'Send the file' }).click();
  await page.getByRole('button', { name: 'Check every row' }).click();
  await page
    .getByRole('table', { name: 'Rows that are faulty' })
    .getByText('is no valid phone number')
    .waitFor();
  await picture('import');
  await page.getByRole('textbox', { name: 'Type 5, how many people that is' }).fill('5');
  await page.getByRole('button', { name: 'Take in 5, leave out 1' }).click();
  await page.getByText('New contacts').waitFor();
}

const section = (page: Page, name: RegExp): Locator =>
  page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name });

async function save(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('All is saved.').waitFor();
}

async function buildCampaign(page: Page, picture: Picture): Promise<void> {
  await link(page, 'Campaigns').click();
  await page.getByRole('link', { name: 'New campaign' }).first().click();
  await title(page, 'New campaign');
  await page.getByRole('textbox', { name: 'Name' }).fill('Flu shots this week');
  await page.getByRole('button', { name: 'Make the draft' }).click();
  await title(page, 'Flu shots this week');
  await page.getByLabel('Lists to include').first().fill('Elm Street');
  await page.getByRole('option', { name: /Elm Street clinic/ }).click();
  await page.getByRole('region', { name: 'Who that is' }).getByText('of 5 contacts').waitFor();
  await page.getByRole('heading', { level: 1 }).click();
  await save(page);
  await section(page, /Review/).click();
  await page.getByText(/keeps? it from starting/).waitFor();
  await picture('blockers');
  await section(page, /Message/).click();
  await page
    .getByRole('textbox', { name: 'Text in English' })
    .fill('Hi {{first_name|there}}, flu shots are free at the clinic this week. Questions? Just reply.');
  await save(page);
  await page.getByText('In the middle').waitFor();
  await picture('message');
  await section(page, /Senders/).click();
  await page.getByRole('radio', { name: 'Numbers that you choose' }).check();
  await page.getByRole('combobox', { name: 'Numbers that you choose' }).press('ArrowDown');
  await page.getByRole('option', { name: new RegExp(`\\${CLINIC}`) }).click();
  await page.getByRole('heading', { level: 1 }).click();
  await save(page);
  await section(page, /Hours/).click();
  await page.getByRole('button', { name: 'Remove these hours' }).first().click();
  await page.getByRole('button', { name: 'Add hours' }).click();
  for (const day of ['Sat', 'Sun']) await page.getByText(day, { exact: true }).click();
  await save(page);
  await section(page, /Review/).click();
  await page.getByText('Everything is complete. It may start.').waitFor();
  await page.getByText('1: No consent').waitFor();
  await page.locator('.recharts-surface').first().waitFor();
  await picture('forecast');
  await page.getByRole('textbox', { name: 'Type 4, how many people that is' }).fill('4');
  await page.getByRole('button', { name: 'Start it' }).click();
}

async function watchCampaign(page: Page, picture: Picture): Promise<void> {
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('button', { name: 'Resume' }).click();
  await page.getByRole('button', { name: 'Pause' }).waitFor();
  await page
    .getByRole('link', { name: /^Delivered/ })
    .getByText('3', { exact: true })
    .waitFor();
  await page.getByRole('link', { name: /^Held/ }).getByText('1', { exact: true }).waitFor();
  await picture('campaign');
}

async function answerReply(page: Page, picture: Picture): Promise<void> {
  const ida = '+18725550101';
  await link(page, 'Phones').click();
  await page.getByRole('button', { name: 'Take a phone' }).first().click();
  await page.getByLabel('Its number').fill(ida);
  await page.keyboard.press('Enter');
  await hears(page, ida, 'Hi Ida, flu shots are free');
  await write(page, ida, CLINIC, 'Can I bring my son?');
  await picture('phone');
  await page.getByRole('link', { name: /^Inbox/ }).click();
  await page
    .getByRole('list', { name: 'Conversations' })
    .getByRole('link')
    .filter({ hasText: 'bring my son' })
    .click();
  const thread = page.getByRole('region', { name: /^Conversation with/ });
  await thread.getByText('Can I bring my son?').waitFor();
  await page.getByRole('textbox', { name: 'Answer them' }).fill('Yes, from six months on.');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await thread.getByText('Yes, from six months on.').waitFor();
  await thread.getByText('Delivered').last().waitFor();
  await picture('inbox');
}

async function optOut(page: Page, picture: Picture): Promise<void> {
  await link(page, 'Contacts').click();
  await page.getByRole('textbox', { name: 'Name or number' }).fill('Lea Moss');
  // Rows move up when the others go: a click that is under way then would be on none.
  const others = page.locator('tr[data-row]').filter({ hasNotText: 'Lea Moss' });
  await others.first().waitFor({ state: 'detached' });
  await page.locator('tr[data-row]').filter({ hasText: 'Lea Moss' }).click();
  await title(page, 'Lea Moss');
  await page.getByRole('button', { name: 'Opt them out…' }).click();
  await page.getByRole('textbox', { name: 'What they wrote or said' }).fill('Please take me off your list.');
  await page.getByRole('dialog').getByRole('button', { name: 'Opt them out' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.getByText('Please take me off your list.').waitFor();
  await picture('opted-out');
}

async function findOutWhy(page: Page, picture: Picture): Promise<void> {
  await link(page, 'Campaigns').click();
  await page.locator('tr[data-row]').filter({ hasText: 'Flu shots this week' }).click();
  await title(page, 'Flu shots this week');
  const blocked = page.getByRole('row').filter({ hasText: /^Blocked/ });
  await blocked.getByRole('link').click();
  await page.getByRole('dialog').locator('tr[data-row]').first().click();
  await page.getByText('No consent').first().waitFor();
  await picture('why');
  // Back to the list of those who are blocked, and from there to the campaign.
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

async function writeDrill(page: Page, picture: Picture): Promise<void> {
  await link(page, 'Drills').click();
  await page.getByRole('link', { name: 'New drill' }).first().click();
  await title(page, 'New drill');
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Twenty seconds');
  await page.getByRole('button', { name: 'Make the draft' }).click();
  await title(page, 'Twenty seconds');
  await page.getByRole('button', { name: 'Add a prompt' }).click();
  const card = page.getByRole('region', { name: /^Prompt 1:/ });
  await card.getByRole('textbox', { name: 'Message in English' }).fill(QUESTION);
  await card.getByRole('textbox', { name: 'Right answer', exact: true }).fill('20');
  await page.getByRole('status').getByText('All is saved').waitFor();
  const phone = page.getByRole('region', { name: 'The message as it is received' });
  for (const [text, takenFor] of [
    ['5', 'Wrong'],
    ['20', 'Right'],
  ] as const) {
    await page.getByRole('textbox', { name: 'Text as the person' }).fill(text);
    await page.getByRole('button', { name: 'Send' }).click();
    await phone.getByText(takenFor, { exact: true }).waitFor();
  }
  await page.getByRole('button', { name: 'Save as an example' }).click();
  await page.getByRole('textbox', { name: 'Name of the example' }).fill('right at the second try');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Goes as expected').waitFor();
  await picture('drill');
  await page.getByRole('button', { name: 'Publish…' }).click();
  const drawer = page.getByRole('dialog', { name: 'Publish “Twenty seconds”' });
  await drawer
    .getByRole('textbox', { name: 'Why it is published all the same' })
    .fill('Tried on our own phones.');
  await picture('publish');
  await drawer.getByRole('button', { name: 'Publish version 1' }).click();
  await page.getByText('Nobody was asked anything of it yet').waitFor();
}

async function teach(page: Page, picture: Picture): Promise<void> {
  await link(page, 'Drills').click();
  await link(page, 'Programmes').click();
  await page.getByRole('link', { name: 'New programme' }).first().click();
  await title(page, 'New programme');
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Washing hands');
  await page.getByRole('textbox', { name: 'Organisation' }).fill('Elm County Health');
  await page.getByRole('textbox', { name: 'How people reach somebody' }).fill('care@example.org');
  await page.getByRole('textbox', { name: 'First code' }).fill('WASH2027');
  await page.getByRole('combobox', { name: 'Numbers' }).fill(COURSE);
  await page.keyboard.press('Enter');
  await page.getByRole('combobox', { name: 'Add a drill' }).fill('Twenty');
  await page.getByRole('option', { name: 'Twenty seconds' }).click();
  await page.getByRole('button', { name: 'Make the programme' }).click();
  await title(page, 'Washing hands');

  const ned = '+18725550102';
  await link(page, 'Phones').click();
  await page.getByRole('button', { name: 'Take a phone' }).first().click();
  await page.getByLabel('Its number').fill(ned);
  await page.keyboard.press('Enter');
  await register(page, ned);
  await write(page, ned, COURSE, '10');
  await hears(page, ned, /try again/i);
  await write(page, ned, COURSE, '20');
  await hears(page, ned, /MORE/);
  await picture('lesson');

  await link(page, 'Drills').click();
  await page.locator('tr[data-row]').filter({ hasText: 'Twenty seconds' }).click();
  const question = page.getByRole('region', { name: 'question-1', exact: true });
  // What was answered a moment ago is counted a moment later.
  await eventually(async () => {
    await page.reload();
    await settled(page);
    assert.equal(await question.getByText('1 wrong answer').count(), 1);
  });
  await page.locator('.recharts-surface').first().waitFor();
  await picture('report');
}
