import assert from 'node:assert/strict';
import { type DefinitionFacts, definitionFaults, definitionSchema, storedDefinition } from './definition.ts';
import { testCalling } from './test-calling.ts';

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

const calls: DefinitionFacts['calls'] = {
  ...testCalling,
  canCall: (number) => number !== '+14155550103',
  poolCanCall: () => true,
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
      throttleGroup: (id) => id === LIST,
    },
    hasShortLinks: true,
    calls,
    meansElse: (key) => (key === 'clean2026' ? 'CLEAN2026 is a code' : null),
    by: { texts: true, whatsApp: false },
    programmeOwning: (number) => (number === '+14155550102' ? 'other' : 'clean-hands'),
    ...facts,
  }).map(({ message, pointer }) => `${pointer}: ${message}`);

const body = (text: string) => ({ variants: [{ name: 'A', bodies: { en: text } }] });
const say = (text: string) => ({ name: 'A', calls: { en: { message: { say: text } } } });
const ofCalls = {
  variants: [say('Hello {{first_name|there}}, the clinic is open.')],
  call: { tollFreeNumber: '+18005550142' },
};
const ofLadder = {
  variants: [{ ...good.variants[0], ...ofCalls.variants[0] }],
  call: ofCalls.call,
  ladder: [
    { channel: 'sms' },
    { channel: 'voice', after: ['undelivered', 'no_reply'], answerWithinMinutes: 60 },
  ],
};
const ofDrill = { variants: [], drill: { programme: 'clean-hands', drill: '01-when' } };

describe('The document of a campaign, as it is stored', () => {
  const known = new Set(Object.keys(definitionSchema.parse(good)));
  for (const isNew of [
    'call',
    'ladder',
    'fallback',
    'spreadOverMinutes',
    'acceptedKeywords',
    'fields',
    'throttleGroups',
  ])
    known.delete(isNew);

  it('has no key that the version before ladders and calls refuses, where it says nothing', () => {
    const stored = storedDefinition(definitionSchema.parse(good));
    assert.deepEqual(new Set(Object.keys(stored)), known);
    assert.doesNotMatch(JSON.stringify(stored), /"(calls?|ladder|fallback)"/);
  });

  for (const [what, definition] of Object.entries({
    texts: {},
    calls: ofCalls,
    steps: ofLadder,
    lessons: ofDrill,
    'what is spread over a time': { spreadOverMinutes: 360 },
    'fields of its own': { fields: { day: 'Monday' } },
    'words to answer with': { acceptedKeywords: ['YES', 'No'] },
  })) {
    it(`says what it said: of ${what}`, () => {
      const whole = definitionSchema.parse({ ...good, ...definition });
      assert.deepEqual(definitionSchema.parse(storedDefinition(whole)), whole);
    });
  }

  it('keeps the call that comes where a text cannot', () => {
    const whole = definitionSchema.parse({ ...good, fallback: 'voice' });
    assert.deepEqual(definitionSchema.parse(storedDefinition(whole)), whole);
  });
});

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
    ['a time of nothing to be spread over', { spreadOverMinutes: 0 }],
    ['half a minute to be spread over', { spreadOverMinutes: 0.5 }],
    ['something that is not known', { colour: 'red' }],
  ] as const) {
    it(`is none with ${fault}`, () => {
      assert.ok(!definitionSchema.safeParse({ ...good, ...more }).success);
    });
  }

  it('is spread over a time that fits before its end, in the place of a pace', () => {
    const spread = { spreadOverMinutes: 120 };
    assert.deepEqual(faultsOf(spread), []);
    assert.deepEqual(faultsOf(spread, { endAt: later(2) }), []);
    assert.deepEqual(faultsOf(spread, { startAt: later(1), endAt: later(2) }), [
      '/spreadOverMinutes: is more than the 60 minutes from its start to its end',
    ]);
    assert.deepEqual(faultsOf({ ...spread, messagesPerSecond: 5 }), [
      '/spreadOverMinutes: takes the place of messagesPerSecond: leave one of them out',
    ]);
  });

  it('names throttle groups that there are, each once', () => {
    assert.deepEqual(faultsOf({ throttleGroups: [LIST] }), []);
    assert.deepEqual(faultsOf({ throttleGroups: [LIST, GONE, LIST] }), [
      '/throttleGroups/1: there is no such throttle group',
      '/throttleGroups/2: is named twice',
    ]);
    assert.equal(definitionSchema.safeParse({ ...good, throttleGroups: Array(6).fill(LIST) }).success, false);
  });

  it('accepts words that mean nothing else, in any language', () => {
    assert.deepEqual(faultsOf({ acceptedKeywords: ['YES', 'no', 'Sí', 'B 2', '1'] }), []);
    assert.deepEqual(
      faultsOf({
        acceptedKeywords: ['Cancel', 'yes', ' YES! ', 'Baja', 'UNSTOP', 'ayuda', 'Clean2026', '!!', 'no mas'],
      }),
      [
        '/acceptedKeywords/0: Cancel opts out whoever texts it',
        '/acceptedKeywords/2: YES! stands there already',
        '/acceptedKeywords/3: Baja opts out whoever texts it',
        '/acceptedKeywords/4: UNSTOP opts in again whoever texts it',
        '/acceptedKeywords/5: ayuda asks for help',
        '/acceptedKeywords/6: CLEAN2026 is a code',
        '/acceptedKeywords/7: has no letter and no digit',
        '/acceptedKeywords/8: no mas is understood as an opt-out',
      ],
    );
    assert.deepEqual(faultsOf({ ...ofDrill, acceptedKeywords: ['YES'] }, { type: 'drill' }), [
      '/acceptedKeywords: is of campaigns without a lesson, which knows its answers',
    ]);
  });

  it('may have fields of its own, which are no fields of contacts', () => {
    assert.deepEqual(
      faultsOf({ ...body('{{campaign_name}}: {{day}} at {{clinic}}'), fields: { day: 'Monday' } }),
      [],
    );
    assert.deepEqual(faultsOf(body('On {{day}}')), [
      '/variants/0/bodies/en: {{day}} is no field of contacts',
    ]);
    const fields = {
      clinic: 'North',
      name: 'x',
      tags: 'x',
      campaign_name: 'x',
      day: '{{name}}',
      unused: 'ok',
    };
    assert.deepEqual(faultsOf({ ...body('On {{day}}'), fields }), [
      '/fields/clinic: is a field of contacts too: call it otherwise',
      '/fields/name: is a field of contacts too: call it otherwise',
      '/fields/tags: is a field of contacts too: call it otherwise',
      '/fields/campaign_name: stands for the name of the campaign: call it otherwise',
      '/fields/day: has braces: it is put in as it is, and not looked through for fields',
    ]);
    const named = body('{{campaign_name}} is on');
    assert.deepEqual(faultsOf(named, { name: 'Flu {now}' }), [
      '/name: has braces: it is put in as it is, and not looked through for fields',
    ]);
    const contactField = { name: 'campaign_name', label: '', type: 'text', choices: [] } as const;
    assert.deepEqual(faultsOf(named, { fields: [contactField] }), [
      '/fields: campaign_name is a field of contacts too: texts cannot say which of them they mean',
    ]);
    assert.deepEqual(faultsOf({ ...ofDrill, fields: { day: 'x' } }, { type: 'drill' }), [
      '/fields: is of campaigns with words of their own: a lesson has its own',
    ]);
  });

  it('is judged with the fields of its own put in: by its length and by its links', () => {
    const fields = { site: 'see bit.ly/x', long: 'y'.repeat(500) };
    const [shortener] = faultsOf({ ...body('Hi, {{site}}'), fields });
    assert.match(shortener ?? '', /bit\.ly is a public link shortener/);
    assert.deepEqual(faultsOf({ ...body(`${'x'.repeat(1_101)}{{long}}`), fields: { long: fields.long } }), [
      '/variants/0/bodies/en: is longer than 1600 characters before any value is put in',
    ]);
    const experiment = { metric: 'click', sample: 100 };
    const linked = { name: 'A', bodies: { en: 'Go to {{site}}' } };
    assert.deepEqual(
      faultsOf({ variants: [linked, linked], fields: { site: 'https://example.org/flu' }, experiment }),
      [],
    );
  });

  it('may have a window over midnight', () => {
    assert.ok(
      definitionSchema.safeParse({ ...good, windows: [{ days: [5], from: '22:00', to: '02:00' }] }).success,
    );
  });

  it('is judged by its type: what each needs', () => {
    assert.deepEqual(faultsOf({}, { type: 'sms' }), []);
    assert.deepEqual(faultsOf(ofCalls, { type: 'voice' }), []);
  });

  it("may have a ladder of texts and calls, whose words are its own or the variants'", () => {
    assert.deepEqual(faultsOf(ofLadder, { type: 'hybrid' }), []);
    const own = [
      { channel: 'sms', bodies: { en: 'Hi' } },
      { channel: 'voice', after: ['undelivered'], calls: say('Hello').calls },
    ];
    assert.deepEqual(
      faultsOf({ ...ofLadder, variants: [{ name: 'A' }], ladder: own }, { type: 'hybrid' }),
      [],
    );
  });

  for (const [what, definition, expected] of [
    ['no ladder', { ladder: null }, ['/ladder: must have steps: what comes first, and what after what?']],
    [
      'words that a step needs and no variant has',
      { variants: [{ name: 'A' }] },
      [
        '/variants/0/bodies: must have a text in en, for everybody else',
        '/variants/0/calls: must have words in en, for everybody else',
      ],
    ],
    [
      'what is wrong with steps, and with their words',
      {
        ladder: [
          { channel: 'sms', calls: say('Hello').calls },
          { channel: 'voice', after: ['busy'], bodies: { en: 'Hi' } },
          { channel: 'sms', after: ['answered'], bodies: { en: 'Hi {{nobody}}', es: 'Hola' } },
        ],
      },
      [
        '/ladder/1/after/0: is no ending of a text: those are undelivered, unreachable, no_reply',
        '/ladder/0/calls: is of a step that calls',
        '/ladder/1/bodies: is of a step that texts',
        '/ladder/2/bodies/en: {{nobody}} is no field of contacts',
      ],
    ],
    [
      'no number to call from, and nobody to say who calls',
      { call: null, senderNumbers: ['+14155550103'] },
      [
        '/call: must say how it calls: name a toll-free number',
        '/senderNumbers/0: cannot make calls: its carrier or its type has none',
      ],
    ],
    [
      'an experiment that compares one channel alone',
      { experiment: { metric: 'delivered', sample: 10 } },
      [
        '/experiment: compares variants: there must be two or more',
        '/experiment/metric: is of campaigns that only text or only call: compare ladders by who replies',
      ],
    ],
    [
      'a fallback besides',
      { fallback: 'voice' },
      ['/fallback: is of text campaigns: a ladder says it with its steps'],
    ],
  ] as [string, object, string[]][]) {
    it(`has the fault of a ladder: ${what}`, () => {
      assert.deepEqual(faultsOf({ ...ofLadder, ...definition }, { type: 'hybrid' }), expected);
    });
  }

  it('of texts may call whose number takes none, and needs what calls need', () => {
    const both = { variants: ofLadder.variants, call: ofLadder.call, fallback: 'voice' };
    assert.deepEqual(faultsOf(both), []);
    assert.deepEqual(faultsOf({ fallback: 'voice' }), [
      '/variants/0/calls: must have words in en, for everybody else',
      '/call: must say how it calls: name a toll-free number',
    ]);
    assert.deepEqual(faultsOf({ ...both, maxAttempts: 1 }), [
      '/maxAttempts: must be 2 or more: the call is an attempt besides the text',
    ]);
    assert.deepEqual(faultsOf({ ladder: ofLadder.ladder }), ['/ladder: is of campaigns of type hybrid']);
  });

  it('tells every fault of calls at once, in the order of its document', () => {
    const variants = [
      {
        name: 'A',
        bodies: { en: 'Hi' },
        mediaUrls: ['https://example.org/a.png'],
        calls: {
          es: {
            message: { say: '{{colour}} {{First Name}}' },
            menu: [{ key: '1', prompt: ' ', say: 'ok' }],
          },
          fr: { message: { say: 'Bonjour' } },
        },
      },
      {
        name: 'B',
        calls: {
          en: {
            message: { play: 'https://example.org/a.mp3' },
            menu: [
              { key: '1', prompt: 'For the hours, press 2.', say: 'ok' },
              { key: '1', prompt: 'For the hours, press 1.', say: 'ok' },
            ],
            machine: 'Please call back.',
          },
          es: { message: { play: 'https://example.org/a.mp3' } },
        },
      },
    ];
    const call = { tollFreeNumber: '+12125550142' };
    const experiment = { metric: 'delivered', sample: 100 };
    assert.deepEqual(
      faultsOf(
        { variants, call, experiment, senderNumbers: ['+14155550103'] },
        { type: 'voice', calls: { ...calls, organisation: null } },
      ),
      [
        '/experiment/metric: is of texts: compare calls by who answers them',
        '/variants/0/bodies: is of text campaigns: what a call says stands in calls',
        '/variants/0/mediaUrls: is of text campaigns: what a call says stands in calls',
        '/variants/0/calls: must have words in en, for everybody else',
        '/variants/0/calls/es/message/say: {{First Name}} is not a placeholder',
        '/variants/0/calls/es/message/say: {{colour}} is no field of contacts',
        '/variants/0/calls/es/menu/0/prompt: must not be blank',
        '/variants/0/calls/fr: calls are held in en, es: no voice speaks fr',
        '/variants/1/calls/en/menu/0/prompt: must say key 1',
        '/variants/1/calls/en/menu/1/key: is given twice',
        '/variants/1/calls/es/machine: must be given with a recording: it is what machines are left',
        '/call/organisation: must name who calls: people hear it first, and the environment names nobody',
        '/call/tollFreeNumber: must be a toll-free number',
        '/senderNumbers/0: cannot make calls: its carrier or its type has none',
      ],
    );
  });

  for (const [fault, definition, expected] of [
    [
      'words that are too long before any value is put in',
      { variants: [say(`${'x'.repeat(1_801)}{{clinic}}`)] },
      [
        '/variants/0/calls/en/message/say: is longer than 1800 characters before any value is put in',
        '/variants/0/calls/en/message/say: is too long for machines, which are left 1200 characters with the number: give them words of their own',
      ],
    ],
    [
      'a document that is too long for the carrier',
      {
        variants: [
          {
            ...say('&'.repeat(1_000)),
            calls: { en: { message: { say: '&'.repeat(1_000) }, machine: 'Call us.' } },
          },
        ],
      },
      [
        '/variants/0/calls/en: is too long before any value is put in: as a document for Twilio it has 5778 characters, and 4000 are the most',
      ],
    ],
    ['no number', { call: null }, ['/call: must say how it calls: name a toll-free number']],
    [
      'no toll-free number yet',
      { call: {} },
      ['/call/tollFreeNumber: must be given: it is said to machines, and at the end'],
    ],
    [
      'an experiment by clicks',
      { variants: [say('A'), say('B')], experiment: { metric: 'click', sample: 10 } },
      ['/experiment/metric: is of texts: compare calls by who answers them'],
    ],
  ] as [string, object, string[]][]) {
    it(`makes no calls with ${fault}`, () => {
      assert.deepEqual(faultsOf({ ...ofCalls, ...definition }, { type: 'voice' }), expected);
    });
  }

  it('calls from numbers that can make calls alone: of a pool, from its own, or that of the environment', () => {
    const none = { ...calls, canCall: () => false, poolCanCall: () => false };
    assert.deepEqual(faultsOf(ofCalls, { type: 'voice', calls: none }), [
      "/senderNumbers: the environment's own number cannot make calls: its carrier or its type has none",
    ]);
    assert.deepEqual(faultsOf({ ...ofCalls, senderPool: 'flu-2026' }, { type: 'voice', calls: none }), [
      '/senderPool: has no number that can make calls',
    ]);
    assert.deepEqual(faultsOf({ ...ofCalls, senderPool: 'flu-2026' }, { type: 'voice' }), []);
  });

  it('says nothing in calls where it makes none', () => {
    assert.deepEqual(faultsOf({ ...ofCalls, variants: [{ ...say('Hi'), bodies: { en: 'Hi' } }] }), [
      '/call: is of campaigns that call: a text campaign makes no calls',
      '/variants/0/calls: is of campaigns that call: a text campaign makes no calls',
    ]);
    assert.deepEqual(faultsOf({ ...ofDrill, call: ofCalls.call }, { type: 'drill' }), [
      '/call: is of campaigns that call: a drill is texts',
    ]);
    const experiment = { metric: 'answer', sample: 10 };
    assert.deepEqual(faultsOf({ variants: [good.variants[0], good.variants[0]], experiment }), [
      '/experiment/metric: counts who answers a call: texts are not answered so',
    ]);
  });
});
