import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { GIVE_UP_MS, restAfter, waitAfter } from './back-off.ts';
import {
  ALSO_THIS_MACHINE,
  allowedLookup,
  isAllowedAddress,
  PUBLIC_INTERNET,
  urlFault,
} from './public-address.ts';
import { newSecret, openSecret, sealSecret, signatureOf } from './secret.ts';

describe('Signatures of webhooks', () => {
  it('are those of the example of Standard Webhooks', () => {
    const body = '{"test": 2432232314}';
    const signature = signatureOf(['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'], {
      eventId: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      timestamp: 1_614_265_330,
      body,
    });
    assert.equal(signature, 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  it('are made with the bytes of the secret, over id, time and body', () => {
    const key = randomBytes(32);
    const expected = createHmac('sha256', key).update('e.17.{"a":1}').digest('base64');
    const signature = signatureOf([`whsec_${key.toString('base64')}`], {
      eventId: 'e',
      timestamp: 17,
      body: '{"a":1}',
    });
    assert.equal(signature, `v1,${expected}`);
  });

  it('are as many as there are secrets', () => {
    const signed = { eventId: 'e', timestamp: 1, body: '{}' };
    const [one, two] = [newSecret(), newSecret()];
    assert.equal(
      signatureOf([one, two], signed),
      `${signatureOf([one], signed)} ${signatureOf([two], signed)}`,
    );
  });
});

describe('Secrets of webhooks', () => {
  const key = randomBytes(32);

  it('are opened under the key and for the endpoint that they were sealed with', () => {
    const secret = newSecret();
    const sealed = sealSecret(secret, key, 'one');
    assert.equal(openSecret(sealed, key, 'one'), secret);
    assert.equal(openSecret(sealed, key, 'two'), null);
    assert.equal(openSecret(sealed, randomBytes(32), 'one'), null);
    assert.ok(!sealed.includes(Buffer.from(secret.slice(6))));
  });

  it('are not opened when a single bit is another', () => {
    const sealed = sealSecret(newSecret(), key, 'one');
    fc.assert(
      fc.property(fc.nat(sealed.length * 8 - 1), (bit) => {
        const changed = Buffer.from(sealed);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        assert.equal(openSecret(changed, key, 'one'), null);
      }),
    );
    for (const short of [0, 1, 28]) assert.equal(openSecret(sealed.subarray(0, short), key, 'one'), null);
  });
});

describe('Addresses of webhooks', () => {
  const forbidden: [what: string, ...addresses: string[]][] = [
    ['this machine', '127.0.0.1', '127.255.255.254', '::1', '0.0.0.0', '::'],
    [
      'private networks',
      '10.0.0.1',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.1.1',
      'fc00::1',
      'fd12:3456::1',
    ],
    ['the metadata of instances and tasks', '169.254.169.254', '169.254.170.2', 'fd00:ec2::254'],
    ['link-local networks', '169.254.0.1', 'fe80::1'],
    ['carrier-grade NAT', '100.64.0.1'],
    ['multicast and broadcast', '224.0.0.1', '239.255.255.255', '255.255.255.255', 'ff02::1'],
    [
      'what is reserved or for documents',
      '240.0.0.1',
      '192.0.2.1',
      '198.51.100.1',
      '203.0.113.1',
      '198.18.0.1',
      '2001:db8::1',
    ],
    [
      'IPv4 in IPv6',
      '::ffff:127.0.0.1',
      '::ffff:10.0.0.1',
      '::ffff:a9fe:a9fe',
      '::127.0.0.1',
      '64:ff9b::a9fe:a9fe',
      '2002:7f00:1::',
      '2001:0:7f00:1::',
    ],
    ['what is none', 'localhost', '', '1.2.3', '999.1.1.1'],
  ];
  for (const [what, ...addresses] of forbidden) {
    it(`are not of ${what}`, () => {
      for (const address of addresses) {
        assert.equal(isAllowedAddress(address, PUBLIC_INTERNET), false, address);
      }
    });
  }

  it('are of the public internet', () => {
    for (const address of ['8.8.8.8', '93.184.215.14', '2606:4700::1111', '::ffff:8.8.8.8']) {
      assert.equal(isAllowedAddress(address, PUBLIC_INTERNET), true, address);
    }
  });

  /** Networks that nobody on the internet is in, and the form in which IPv6 carries addresses of IPv4. */
  const privateNetworks = [
    ['127.0.0.0', 8],
    ['10.0.0.0', 8],
    ['172.16.0.0', 12],
    ['192.168.0.0', 16],
    ['169.254.0.0', 16],
    ['100.64.0.0', 10],
    ['0.0.0.0', 8],
    ['224.0.0.0', 3],
  ] as const;
  const inPrivateNetwork = fc
    .tuple(fc.constantFrom(...privateNetworks), fc.nat(0xffffffff))
    .map(([[network, bits], random]) => {
      const host = random % 2 ** (32 - bits);
      const number = ipaddr.IPv4.parse(network)
        .toByteArray()
        .reduce((sum, byte) => sum * 256 + byte, 0);
      return number + host;
    });
  const bytesOf = (number: number): number[] => [24, 16, 8, 0].map((shift) => (number / 2 ** shift) & 255);
  const hex = (number: number): string => number.toString(16);

  it('are in no private network, however a URL or an address writes it', () => {
    fc.assert(
      fc.property(inPrivateNetwork, (number) => {
        const bytes = bytesOf(number);
        const dotted = bytes.join('.');
        const [high, low] = [hex(Math.floor(number / 65_536)), hex(number % 65_536)];
        const inIpv6 = [
          `::ffff:${dotted}`,
          `::ffff:${high}:${low}`,
          `::${dotted}`,
          `64:ff9b::${high}:${low}`,
          `2002:${high}:${low}::1`,
        ];
        for (const address of [dotted, ...inIpv6]) {
          assert.equal(isAllowedAddress(address, PUBLIC_INTERNET), false, address);
        }
        const hosts = [
          dotted,
          `${dotted}.`,
          String(number),
          `0x${hex(number)}`,
          bytes.map((byte) => `0${byte.toString(8)}`).join('.'),
          `${bytes[0]}.${number % 2 ** 24}`,
          ...inIpv6.map((address) => `[${address}]`),
        ];
        for (const host of hosts) {
          assert.match(urlFault(`https://${host}/`, PUBLIC_INTERNET) ?? '', /public internet/, host);
        }
      }),
    );
  });

  it('are none of IPv6 outside what is given out to networks', () => {
    fc.assert(
      fc.property(
        fc.ipV6().filter((text) => !/^[23][0-9a-f]{3}:/i.test(text)),
        (address) => {
          const embedded = ipaddr.IPv6.parse(address.replace(/%.*/, ''));
          fc.pre(!embedded.isIPv4MappedAddress());
          assert.equal(isAllowedAddress(address, PUBLIC_INTERNET), false, address);
        },
      ),
    );
  });

  const urls: [url: string, fault: RegExp | null][] = [
    ['https://crm.example.org/hook', null],
    ['https://crm.example.org:443/hook?a=b', null],
    ['https://crm.example.org:8443/hook', /port 443/],
    ['https://8.8.8.8/hook', null],
    ['http://crm.example.org/hook', /https/],
    ['ftp://crm.example.org', /https/],
    ['file:///etc/passwd', /https/],
    ['nonsense', /an address/],
    ['https://user:word@crm.example.org', /a user/],
    ['https://crm.example.org/#x', /#/],
    ['https://10.0.0.1/', /public internet/],
    ['https://169.254.169.254/', /public internet/],
    ['https://[::1]/', /public internet/],
    ['https://[::ffff:10.0.0.1]/', /public internet/],
    ['https://2130706433/', /public internet/],
    ['https://0x7f.1/', /public internet/],
    ['https://0177.0.0.1/', /public internet/],
    ['https://localhost/', /public internet/],
    ['https://a.localhost./', /public internet/],
    ['https://ip-10-0-0-1.ec2.internal/', /public internet/],
    ['https://printer.local/', /public internet/],
  ];
  for (const [url, fault] of urls) {
    it(`${url} ${fault === null ? 'may be one' : 'is refused'}`, () => {
      const found = urlFault(url, PUBLIC_INTERNET);
      if (fault === null) assert.equal(found, null);
      else assert.match(found ?? '', fault);
    });
  }

  it('may be of this machine, also without TLS, where the local stack allows it; nothing else may then', () => {
    for (const url of ['http://127.0.0.1:3000/', 'http://localhost/', 'http://[::1]/']) {
      assert.equal(urlFault(url, ALSO_THIS_MACHINE), null);
    }
    for (const url of ['http://10.0.0.1/', 'https://10.0.0.1/', 'http://crm.example.org/']) {
      assert.notEqual(urlFault(url, ALSO_THIS_MACHINE), null);
    }
  });

  it('are refused when any of the addresses of a name is, at the moment of the connection', async () => {
    const look = (addresses: readonly string[] | Error, name = 'a.example.org', rule = PUBLIC_INTERNET) =>
      new Promise((resolve) => {
        const answer = addresses instanceof Error ? Promise.reject(addresses) : Promise.resolve(addresses);
        allowedLookup(rule, () => answer)(name, { all: true }, (error, found) =>
          resolve(error?.message ?? found),
        );
      });
    assert.deepEqual(await look(['8.8.8.8', '2606:4700::1111']), [
      { address: '8.8.8.8', family: 4 },
      { address: '2606:4700::1111', family: 6 },
    ]);
    assert.match(String(await look(['8.8.8.8', '10.0.0.1'])), /not of the public internet/);
    assert.match(String(await look(['::ffff:169.254.169.254'])), /not of the public internet/);
    assert.match(String(await look(['127.0.0.1'])), /not of the public internet/);
    assert.match(String(await look([])), /not of the public internet/);
    assert.equal(await look(new Error('nobody answers')), 'nobody answers');
    assert.match(String(await look([], 'localhost')), /not of the public internet/);
    assert.deepEqual(await look([], 'localhost', ALSO_THIS_MACHINE), [
      { address: '127.0.0.1', family: 4 },
      { address: '::1', family: 6 },
    ]);
  });
});

describe('Waits between attempts of a webhook', () => {
  it('grow, and the last attempt is three days after the first, whatever luck does', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1 }), (luck) => {
        const waits: number[] = [];
        let sinceFirstMs = 0;
        for (;;) {
          const random = luck[waits.length % luck.length] ?? 0;
          const wait = waitAfter({ attempts: waits.length + 1, sinceFirstMs, retryAfterMs: null }, random);
          if (wait === null) break;
          waits.push(wait);
          sinceFirstMs += wait;
        }
        assert.equal(sinceFirstMs, GIVE_UP_MS);
        assert.ok(waits.length >= 9 && waits.length <= 11, String(waits.length));
        for (const [index, wait] of waits.slice(0, 7).entries()) assert.ok(wait < (waits[index + 1] ?? 0));
      }),
    );
  });

  it('are as long as the receiver asks for', () => {
    assert.equal(waitAfter({ attempts: 1, sinceFirstMs: 0, retryAfterMs: 60_000 }, 0), 60_000);
    assert.equal(waitAfter({ attempts: 1, sinceFirstMs: 0, retryAfterMs: 1_000 }, 0), 5_000);
  });
});

describe('Rests of an endpoint of webhooks', () => {
  it('begin with the third failure in a row, double, and end at five minutes', () => {
    const rests = Array.from({ length: 14 }, (_, failures) => restAfter(failures, null) / 1_000);
    assert.deepEqual(rests, [0, 0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
    assert.equal(restAfter(100_000, null), 300_000);
  });

  it('are as long as the receiver asks for, up to an hour', () => {
    assert.equal(restAfter(1, 60_000), 60_000);
    assert.equal(restAfter(1, 86_400_000), 3_600_000);
    assert.equal(restAfter(20, 1_000), 300_000);
  });
});
