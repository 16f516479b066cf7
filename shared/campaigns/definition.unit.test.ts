import assert from 'node:assert/strict';
import { type CampaignType, type DefinitionFacts, definitionFaults, definitionSchema } from './definition.ts';

const LIST = '018f0000-0000-7000-8000-000000000001';
const GONE = '018f0000-0000-7000-8000-000000000002';
const NOW = new Date('2026-11-26T12:00:00Z');
const later = (hours: number): Date => new Date(NOW.getTime() + hours * 3_600_000);

const good = {
  audience: { include: [LIST] },
  variants: [{ name: 'A', bodies: { en: 'Hi {{first_name|there}}, your clinic is {{clinic}}.' } }],
  windows: [{ days: [1, 2, 3], from: '09:00', to: '17:00' }],
  timeZone: 'America/New_York',
};

const faultsOf = (definition: object, facts: Partial<DefinitionFacts> = {}): string[] =>
  definitionFaults(definitionSchema.parse({ ...good, ...definition }), {
    name: 'Flu',
    type: 'sms',
    startAt: null,
    endAt: null,
    now: NOW,
    fields: [{ name: 'clinic', label: 'Clinic', type: 'text', choices: [] }],
    exists: {
      list: (id) => id === LIST,
      campaign: () => false,
      drill: (programme, drill) => programme === 'clean-hands' && drill === '01-when',
      pool: (name) => name === 'flu-2026',
    },
    hasShortLinks: true,
    programmeOwning: (number) => (number === '+14155550102' ? 'other' : 'clean-hands'),
    ...facts,
  }).map(({ message, pointer }) => `${pointer}: ${message}`);

const body = (text: string) => ({ variants: [{ name: 'A', bodies: { en: text } }] });
const ofDrill = { variants: [], drill: { programme: 'clean-hands', drill: '01-when' } };

describe('What a campaign is', () => {
  it('takes files of types that carriers take', () => {
    const mediaUrls = ['https://example.org/a.png', 'https://example.org/b.svg'];
    assert.deepEqual(faultsOf({ variants: [{ name: 'A', bodies: { en: 'Look' }, mediaUrls }] }), [
      '/variants/0/mediaUrls/1: ends in .svg, which carriers do not take: use JPEG, PNG or GIF',
    ]);
  });

  it('has no fault when there is none, and a start and an end in order', () => {
    assert.deepEqual(faultsOf({}), []);
    assert.deepEqual(faultsOf({}, { startAt: later(1), endAt: later(2) }), []);
    assert.deepEqual(faultsOf(ofDrill, { type: 'drill' }), []);
  });

  it('tells every fault at once, in the order of its document', () => {
    assert.deepEqual(
      faultsOf(
        {
          audience: {
            include: [LIST, GONE],
            exclude: [GONE],
            filter: {
              all: [
                { field: 'colour', is: 'red' },
                { field: 'clinic', atLeast: 'M' },
              ],
            },
            respondersOf: GONE,
          },
          variants: [
            { name: 'A', bodies: { en: 'Hi {{colour}} {{First Name}}: bit.ly/x', es: ' ' } },
            { name: 'B', bodies: { es: 'x'.repeat(1_601) } },
          ],
          drill: { programme: 'clean-hands', drill: '01-when' },
          windows: [],
        },
        { name: '  ', startAt: later(-2), endAt: later(-1) },
      ),
      [
        '/name: must not be blank',
        '/endAt: is over',
        '/audience/include/1: there is no such list',
        '/audience/exclude/0: there is no such list',
        '/audience/filter/all/0/field: there is no field colour',
        '/audience/filter/all/1: clinic has no order: use is, in or known',
        '/audience/respondersOf: there is no such campaign',
        '/drill: only a drill campaign starts drills',
        '/variants/0/bodies/en: {{First Name}} is not a placeholder',
        '/variants/0/bodies/en: {{colour}} is no field of contacts',
        '/variants/0/bodies/en: bit.ly is a public link shortener, which carriers filter: write the whole link, it is shortened here',
        '/variants/0/bodies/es: must not be blank',
        '/variants/1/bodies: must have a text in en, for everybody else',
        '/variants/1/bodies/es: is longer than 1600 characters before any value is put in',
        '/windows: must have at least one window: when may people hear of it?',
      ],
    );
  });

  for (const [fault, definition, facts, expected] of [
    [
      'an end that is not after its start',
      {},
      { startAt: later(2), endAt: later(2) },
      ['/endAt: must be after the start'],
    ],
    ['an end that is now', {}, { endAt: NOW }, ['/endAt: is over']],
    ['nobody to go to', { audience: {} }, {}, ['/audience: names nobody: include a list, or give a filter']],
    [
      'nobody but people to leave out',
      { audience: { exclude: [LIST] } },
      {},
      ['/audience: names nobody: include a list, or give a filter'],
    ],
    [
      'an experiment with one variant',
      { experiment: { metric: 'reply', sample: 100 } },
      {},
      ['/experiment: compares variants: there must be two or more'],
    ],
    [
      'an experiment by clicks on a text without a link',
      {
        variants: [
          { name: 'A', bodies: { en: 'Hi https://example.org/a' } },
          { name: 'B', bodies: { en: 'Hi' } },
        ],
        experiment: { metric: 'click', sample: 100 },
      },
      {},
      ['/experiment/metric: counts who follows a link: every text must have one'],
    ],
    [
      'an experiment by clicks where links are not made short',
      {
        variants: [
          { name: 'A', bodies: { en: 'Hi https://example.org/a' } },
          { name: 'B', bodies: { en: 'Hello https://example.org/a' } },
        ],
        experiment: { metric: 'click', sample: 100 },
      },
      { hasShortLinks: false },
      [
        '/experiment/metric: counts who follows a link: short links must be on (SHORT_LINK_BASE), else nobody is known to',
      ],
    ],
    [
      'an experiment of a drill',
      { ...ofDrill, experiment: { metric: 'reply', sample: 100 } },
      { type: 'drill' },
      ['/experiment: compares texts: a drill campaign has none of its own'],
    ],
    ['no variant', { variants: [] }, {}, ['/variants: must have at least one: what is said?']],
    [
      'a variant without a text',
      { variants: [{ name: 'A' }] },
      {},
      ['/variants/0/bodies: must have a text in en, for everybody else'],
    ],
    [
      'media instead of a text where something is said',
      { variants: [{ name: 'A', mediaUrls: ['https://example.org/a.png'] }] },
      { type: 'voice' },
      ['/variants/0/bodies: must have a text in en, for everybody else'],
    ],
    [
      'a text of a drill campaign',
      { ...ofDrill, variants: good.variants },
      { type: 'drill' },
      ['/variants/0: a drill campaign says what its drill says'],
    ],
    ['no drill of a drill campaign', { variants: [] }, { type: 'drill' }, ['/drill: must name the drill']],
    [
      'a drill that there is not',
      { variants: [], drill: { programme: 'clean-hands', drill: 'x' } },
      { type: 'drill' },
      ['/drill: the programme clean-hands has no drill x'],
    ],
    [
      'a number of another programme',
      { ...ofDrill, senderNumbers: ['+14155550101', '+14155550102'] },
      { type: 'drill' },
      ['/senderNumbers/1: does not belong to the programme clean-hands: answers would go to another one'],
    ],
    [
      'an own number of another programme',
      ofDrill,
      { type: 'drill', programmeOwning: () => null },
      [
        '/senderNumbers: the number of the environment does not belong to the programme clean-hands: answers would go to another one',
      ],
    ],
  ] as [string, object, Partial<DefinitionFacts>, string[]][]) {
    it(`has a fault with ${fault}`, () => {
      assert.deepEqual(faultsOf(definition, facts), expected);
    });
  }

  it('may be media alone, of a text campaign', () => {
    assert.deepEqual(faultsOf({ variants: [{ name: 'A', mediaUrls: ['https://example.org/a.png'] }] }), []);
  });

  for (const text of [
    'See https://bit.ly/abc',
    'See BIT.LY/abc.',
    'tinyurl.com',
    '(www.t.co/x)',
    'http://rb.gy',
    'go to is.gd, now',
  ]) {
    it(`finds the public shortener in "${text}"`, () => {
      assert.match(faultsOf(body(text)).join(), /public link shortener/);
    });
  }
  for (const text of [
    'See https://example.org/bit.ly.html',
    'See https://habit.ly/x',
    'write to me@t.com',
    'cart.co is a shop',
    'https://not-is.gd.example.org',
    'rabbit.lynx',
  ]) {
    it(`finds none in "${text}"`, () => {
      assert.deepEqual(faultsOf(body(text)), []);
    });
  }

  it('counts what everybody gets against the longest text, and no placeholder', () => {
    assert.deepEqual(faultsOf(body(`${'x'.repeat(1_600)}{{clinic}}`)), []);
    assert.equal(faultsOf(body(`${'x'.repeat(1_601)}{{clinic}}`)).length, 1);
  });

  for (const [fault, more] of [
    ['hours out of range', { windows: [{ days: [1], from: '09:00', to: '24:00' }] }],
    ['a day that there is not', { windows: [{ days: [8], from: '09:00', to: '10:00' }] }],
    ['a window that is none', { windows: [{ days: [1], from: '09:00', to: '09:00' }] }],
    ['a zone that there is not', { timeZone: 'America/Springfield' }],
    ['a sender that is no number', { senderNumbers: ['12345'] }],
    ['media without TLS', { variants: [{ name: 'A', mediaUrls: ['http://example.org/a.png'] }] }],
    ['a weight of nothing', { variants: [{ name: 'A', weight: 0 }] }],
    ['a language that is none', { variants: [{ name: 'A', bodies: { english: 'x' } }] }],
    ['a pace of nothing', { messagesPerSecond: 0 }],
    ['something that is not known', { colour: 'red' }],
  ] as const) {
    it(`is none with ${fault}`, () => {
      assert.ok(!definitionSchema.safeParse({ ...good, ...more }).success);
    });
  }

  it('may have a window over midnight', () => {
    assert.ok(
      definitionSchema.safeParse({ ...good, windows: [{ days: [5], from: '22:00', to: '02:00' }] }).success,
    );
  });

  it('is judged by its type: what each needs', () => {
    const types: CampaignType[] = ['sms', 'voice', 'hybrid'];
    for (const type of types) assert.deepEqual(faultsOf({}, { type }), [], type);
  });
});
